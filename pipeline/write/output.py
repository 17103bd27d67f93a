"""An output folder read back: its manifest, its records, one document with its ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from pipeline import ledger
from pipeline.errors import UsageError
from pipeline.write import formats
from pipeline.write.folder import MANIFEST
from pipeline.write.records import Record


@dataclass(frozen=True, slots=True)
class Ledgered:
    """A document's record, its lines of the ledger, and its source, put together again from both."""

    record: Record
    removed: list[Record]
    text: str
    """The decoded source."""


class Output:
    """A finished output folder.

    Raises:
        UsageError: the folder holds no manifest, so no run has finished there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            manifest = (path / MANIFEST).read_bytes()
            self.manifest: dict[str, Any] = orjson.loads(manifest)
        except FileNotFoundError:
            raise UsageError(f"{path}: has no {MANIFEST}; it is not the output of a finished run") from None
        except (OSError, orjson.JSONDecodeError) as error:
            raise UsageError(f"{path / MANIFEST}: cannot be read: {error}") from None

        self.sha256 = hashlib.sha256(manifest).hexdigest()
        """Of the manifest, which stands for all of the output."""

    def records(self, name: str) -> Iterator[Record]:
        """The records of `documents`, `removed`, `clusters`, `pairs`, `passages` or `failures`, in their order.

        Raises:
            UsageError: a file is missing or a line is not JSON; the message says which.
        """
        for output in self.manifest["outputs"]:
            if output["records"] is not None and formats.output_name(output["path"]) == name:
                yield from formats.read(self.path / output["path"])

    def ledgers(self) -> Iterator[tuple[Record, list[Record]]]:
        """Every document's record with its lines of the ledger."""
        removed = groupby(self.records("removed"), key=lambda record: record["document_id"])
        group = next(removed, None)
        for record in self.records("documents"):
            edits: list[Record] = []
            if group is not None and group[0] == record["id"]:
                edits = list(group[1])
                group = next(removed, None)
            yield record, edits

    def document(self, source: str) -> Ledgered:
        """The document called `source` (or whose id begins so), with its source text.

        Raises:
            UsageError: there is none.
        """
        for record, removed in self.ledgers():
            if record["source"] == source or (len(source) >= 8 and record["id"].startswith(source)):
                return Ledgered(record, removed, restored(record, removed))
        known = ", ".join(record["source"] for record, _ in zip(self.records("documents"), range(5), strict=False))
        raise UsageError(f"{self.path}: has no document {source!r}; it has, for example: {known or 'none'}")


def restored(record: Record, removed: list[Record]) -> str:
    """The decoded source of a document: its text with the edits undone.

    Raises:
        ValueError: the ledger does not belong to the text.
    """
    return ledger.undo(
        record["text"], ((edit["start"], edit["end"], edit["text"], edit["replacement"]) for edit in removed)
    )


def read_documents(out: str | Path) -> Iterator[Record]:
    """The records of all `documents` files in the output folder `out`, in order of source.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    return Output(Path(out)).records("documents")


def read_records(out: str | Path, name: str) -> Iterator[Record]:
    """The records of one output, such as `removed` or `passages`.

    Raises:
        UsageError: `out` is not the output of a finished run.
    """
    return Output(Path(out)).records(name)
