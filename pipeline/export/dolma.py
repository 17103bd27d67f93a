"""The documents in Dolma's layout: `documents/`, and beside them `attributes/`, whose rows are spans of their texts.

An attribute is called `pagerinse__SET__KIND`, and holds `[start, end, score]` for each span, in code points. `dolma mix` filters
by them and puts something else into their place. With the text of the sources in place of the clean one, what a run took out is
such an attribute as well, a kind for each rule: which of it goes is decided there then.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pipeline.export.staged import Shards, staged
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import finished, restored

Text = Literal["clean", "source"]
Spans = dict[str, list[tuple[int, int, float]]]

SETS: dict[Text, tuple[str, ...]] = {
    "clean": ("quality", "blocks", "copies"),
    "source": ("quality", "blocks", "copies", "ledger"),
}
"""The folders of `attributes/`."""
_OURS = ("documents/*.jsonl.gz", *(f"attributes/{name}/*.jsonl.gz" for name in SETS["source"]))


def write(out: Path, folder: Path, text: Text = "clean") -> int:
    """Write the documents of an output folder to `folder`, whose name is the `source` of all; return how many there are.

    Raises:
        UsageError: `out` is not the output of a finished run.
        OutputError: the files cannot be written.
    """
    count = 0
    output = finished(out)
    name = folder.resolve().name
    with staged(folder, _OURS) as staging:
        folders = [staging / "attributes" / one for one in SETS[text]]
        with Shards(staging / "documents", *folders) as files:
            for record, removed in output.ledgers():
                shown = restored(record, removed) if text == "source" else record.text
                key = {"id": record.id, "source": name}
                found = (attributes(one, record, removed, shown, text) for one in SETS[text])
                files.write(document(record, name, shown), *({**key, "attributes": one} for one in found))
                count += 1
    return count


def document(record: DocumentRecord, source: str, text: str) -> dict[str, Any]:
    """A row of `documents/`."""
    known = {"source": record.source, "source_id": record.source_id, "duplicate_of": record.duplicate_of}
    more = {name: record[name] for name in ("quality", "captions", "posts", "extra")}
    row: dict[str, Any] = {"id": record.id, "text": text, "source": source}
    row |= {name: record[name] for name in ("added", "created") if record[name] is not None}
    return {**row, "metadata": {**known, **record.metadata.to_dict(), **more}}


def attributes(name: str, record: DocumentRecord, removed: list[EditRecord], shown: str, text: Text) -> Spans:
    """The attributes of a document that one folder holds."""
    spans: Spans = {}
    for kind, start, end, score in _spans(name, record, removed, shown, text):
        spans.setdefault(f"pagerinse__{name}__{kind.replace('-', '_')}", []).append((start, end, score))
    return spans


def _spans(
    name: str, record: DocumentRecord, removed: list[EditRecord], shown: str, text: Text
) -> Iterator[tuple[str, int, int, float]]:
    """(kind, start, end, score) of the spans of one folder, each kind in the order of the text."""
    if name == "quality" and record.quality is not None:
        for kind, score in record.quality.items():
            yield kind, 0, len(shown), score
    if name == "copies" and record.duplicate_of is not None:
        yield "document", 0, len(shown), 1.0
    if name in ("blocks", "copies"):
        for block in record.blocks:
            start, end = (block.start, block.end) if text == "clean" else (block.src_start, block.src_end)
            if name == "blocks":
                yield block.kind, start, end, 1.0
            elif block.relation is not None and not block.canonical:
                yield block.relation, start, end, 1.0
    if name == "ledger":
        for edit in removed:
            start, end, replacement = _least(edit)
            if start < end:
                yield ("replaced_" if replacement else "") + edit.rule, start, end, 1.0


def _least(edit: EditRecord) -> tuple[int, int, str]:
    """What an edit changes, without what is the same before and after at its edges: the line break that stays, above all."""
    old, new = edit.text, edit.replacement
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return edit.start + head, edit.end - tail, new[head : len(new) - tail]
