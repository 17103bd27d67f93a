"""Packs: cleaned documents on disk, as columns, so that what compares them need hold none in memory.

A pack is what one shard gave. All packs of a run, one after another, number its documents and its paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import orjson

from pipeline import shape
from pipeline.model import Document
from pipeline.sinks import records
from pipeline.sinks.records import Record
from pipeline.store import table
from pipeline.store.table import Array, Blobs, Table

KINDS = ("body", "heading", "list_item", "quote")
MIN_WORDS = 5
"""Shorter paragraphs are not compared: that two texts both say "Thank you" means nothing."""
NO_DATE = 99999999
"""Sorts behind every date."""


def write(path: Path, documents: Sequence[Document]) -> None:
    """Write the pack of these documents."""
    rows: list[tuple[bytes, bytes, bytes, bytes, bytes]] = []
    numbers: list[tuple[int, int, int]] = []
    paragraphs: list[tuple[int, int, int, int, bool]] = []
    for number, document in enumerate(documents):
        bare = records.document(document, {}, None)
        text = bare.pop("text").encode("utf-8", "surrogatepass")
        ledger = b"".join(orjson.dumps(edit, option=orjson.OPT_APPEND_NEWLINE) for edit in records.removed(document))
        rows.append((document.id.encode(), document.source.encode(), text, orjson.dumps(bare), ledger))
        day = int(document.metadata.date.replace("-", "")) if document.metadata.date else NO_DATE
        numbers.append((day, len(document.text), len(document.edits)))
        for p in document.paragraphs:
            piece = document.text[p.start : p.end]
            compared = p.kind != "heading" and shape.words(piece) >= MIN_WORDS
            paragraphs.append((number, p.start, p.end, KINDS.index(p.kind), compared))
    blobs = [Blobs.of(column) for column in zip(*rows, strict=True)] or [Blobs.of(())] * 5
    figures = np.array(numbers, dtype=np.int64).reshape(-1, 3)
    places = np.array(paragraphs, dtype=np.int64).reshape(-1, 5)
    table.write(
        path,
        {
            **dict(zip(("id", "source", "text", "record", "ledger"), blobs, strict=True)),
            "date": figures[:, 0],
            "chars": figures[:, 1],
            "edits": figures[:, 2],
        },
    )
    columns = dict(zip(("document", "start", "end", "kind", "compared"), places.T, strict=True))
    table.write(_paragraphs_path(path), columns)


def _paragraphs_path(path: Path) -> Path:
    return path.with_suffix(".paragraphs")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack, opened: mapped into memory, read where it is touched."""

    documents: Table
    """`id`, `source`, `text` (UTF-8, surrogatepass), `record` (JSON of the record but its text), `ledger` (the records of
    its edits, JSON Lines): Blobs. `date` (year, month, day as one number, or `NO_DATE`), `chars`, `edits`: int64."""
    paragraphs: Table
    """`document` (number in this pack), `start`, `end` (code points of the document's text), `kind` (place in `KINDS`),
    `compared` (whether it is long enough): int64, in the order of the text."""

    @classmethod
    def open(cls, path: Path) -> Pack:
        """Open a pack.

        Raises:
            ValueError: it is damaged.
        """
        return cls(table.read(path), table.read(_paragraphs_path(path)))

    def __len__(self) -> int:
        return table.rows(self.documents)

    def blob(self, name: str, number: int) -> bytes:
        """One value of a column of byte strings."""
        column = self.documents[name]
        assert isinstance(column, Blobs)
        return column[number]

    def text(self, number: int) -> str:
        """The clean text of a document."""
        return self.blob("text", number).decode("utf-8", "surrogatepass")

    def record(self, number: int) -> Record:
        """The record of a document, its text in place, as if it had nothing in common with others."""
        bare: Record = orjson.loads(self.blob("record", number))
        head = {name: bare.pop(name) for name in ("schema_version", "id", "source")}
        return {**head, "text": self.text(number), **bare}

    def ledger(self, number: int) -> list[Record]:
        """The records of a document's edits, in order."""
        return [orjson.loads(line) for line in self.blob("ledger", number).splitlines()]


class Packs:
    """The packs of a run, one after another. Numbers of documents and paragraphs count through all of them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)
        packs = [Pack.open(path) for path in paths]
        self.first_document = np.array([0, *accumulate(len(pack) for pack in packs)], dtype=np.int64)
        """int64 [packs + 1]"""
        self.first_paragraph = np.array([0, *accumulate(table.rows(pack.paragraphs) for pack in packs)], dtype=np.int64)
        """int64 [packs + 1]"""
        self._open = packs

    def __len__(self) -> int:
        return int(self.first_document[-1])

    def __iter__(self) -> Iterator[Pack]:
        return iter(self._open)

    def find(self, document: int) -> tuple[Pack, int]:
        """The pack of a document, and the document's number in it."""
        pack = int(np.searchsorted(self.first_document, document, side="right")) - 1
        return self._open[pack], document - int(self.first_document[pack])

    def column(self, name: str) -> Array:
        """A column of numbers of all documents."""
        parts = [np.asarray(pack.documents[name]) for pack in self._open]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def paragraph_column(self, name: str) -> Array:
        """A column of all paragraphs; `document` counts through all packs."""
        parts = [np.asarray(pack.paragraphs[name]) for pack in self._open]
        if name == "document":
            parts = [part + first for part, first in zip(parts, self.first_document[:-1], strict=True)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
