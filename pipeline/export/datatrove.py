"""The documents as datatrove's writers leave them and its readers take them: `text`, `id`, and `metadata` that is flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline import jsonlines
from pipeline.export.staged import Shards, staged
from pipeline.records import DocumentRecord
from pipeline.write.output import finished

_OURS = ("[0-9][0-9][0-9][0-9][0-9].jsonl.gz",)
_TAKEN = frozenset({"text", "id", "media", "metadata", "file_path"})
"""Names that datatrove's reader gives a meaning of its own."""
Scalar = str | int | float | bool


def write(out: Path, folder: Path) -> int:
    """Write the documents of an output folder to `folder` as `00000.jsonl.gz` and so on; return how many there are.

    Raises:
        UsageError: `out` is not the output of a finished run.
        OutputError: the files cannot be written.
    """
    count = 0
    output = finished(out)
    with staged(folder, _OURS) as staging, Shards(staging) as files:
        for record in output.records("documents"):
            files.write(row(record))
            count += 1
    return count


def row(record: DocumentRecord) -> dict[str, Any]:
    """A document as a `Document` of datatrove has it."""
    return {"text": record.text, "id": record.id, "metadata": dict(_metadata(record))}


def _metadata(record: DocumentRecord) -> Mapping[str, Scalar]:
    """What is known of a document, as the texts, numbers and truth values that datatrove's metadata hold.

    Null is left out. Fields of the input record keep their names where those are free, and are JSON where they are lists or
    objects.
    """
    known = {name: value for name, value in _known(record) if value is not None}
    for name, value in record.extra.items():
        if value is None or name in _TAKEN:
            continue
        known.setdefault(name, value if isinstance(value, Scalar) else jsonlines.encode(value).decode())
    return known


def _known(record: DocumentRecord) -> Iterator[tuple[str, Scalar | None]]:
    yield "source", record.source
    yield "source_id", record.source_id
    yield "added", record.added
    for name, value in record.metadata.items():
        if name != "rights":
            yield name, value
    for kind in dict.fromkeys(right.kind for right in record.metadata.rights):
        yield kind, "; ".join(dict.fromkeys(right.value for right in record.metadata.rights if right.kind == kind))
    yield "duplicate_of", record.duplicate_of
    if record.quality:
        yield "quality_f1", record.quality.f1
        yield "quality_precision", record.quality.precision
        yield "quality_recall", record.quality.recall
