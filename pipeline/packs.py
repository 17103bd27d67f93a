"""Packs: cleaned documents on disk, as columns, so that what compares them need hold none in memory.

A pack is what one shard gave. All packs of a run, one after another, number its documents and its paragraphs.
"""

from __future__ import annotations

import heapq
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson

from pipeline import shape
from pipeline.dedup.columns import Utf8
from pipeline.model import Document
from pipeline.sinks import records
from pipeline.sinks.records import Record
from pipeline.store import table
from pipeline.store.table import Array, Blobs, Table
from pipeline.tokens import offsets_of, ranges

KINDS = ("body", "heading", "list_item", "quote")
MIN_WORDS = 5
"""Shorter paragraphs are not compared: that two texts both say "Thank you" means nothing."""
NO_DATE = 99999999
"""Sorts behind every date."""
_OPEN = 32
"""Packs kept open at a time: a run may have more of them than a process may have files."""
_BLOCK = 64
"""Names read at a time from each pack when all are merged."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document in another pack."""

    pack: Pack
    number: int


def write(path: Path, documents: Sequence[Document | Stored]) -> None:
    """Write the pack of these documents."""
    made = [_copied(one) if isinstance(one, Stored) else _table(one) for one in documents] or [_table(None)]
    paragraphs = table.concatenate([_numbered(two, i) for i, (_, two) in enumerate(made)])
    table.write(_paragraphs_path(path), paragraphs)
    table.write(path, table.concatenate([one for one, _ in made]))


def exists(path: Path) -> bool:
    """Whether there is a whole pack at `path`: its own file is written last."""
    return path.exists()


def _copied(one: Stored) -> tuple[Table, Table]:
    owner = np.asarray(one.pack.paragraphs["document"])
    places = np.arange(*np.searchsorted(owner, [one.number, one.number + 1]))
    return table.take(one.pack.documents, np.array([one.number])), table.take(one.pack.paragraphs, places)


def _numbered(paragraphs: Table, document: int) -> Table:
    return {**paragraphs, "document": np.full(table.rows(paragraphs), document, dtype=np.int64)}


def _table(document: Document | None) -> tuple[Table, Table]:
    """A document as one row, and its paragraphs as rows; no rows at all for None."""
    rows: list[tuple[bytes, bytes, bytes, bytes, bytes]] = []
    numbers: list[tuple[int, int, int]] = []
    paragraphs: list[tuple[int, int, int, int, int, int, bool]] = []
    names: list[bytes] = []
    if document is not None:
        bare = records.document(document, {}, None)
        text = bare.pop("text").encode("utf-8", "surrogatepass")
        ledger = b"".join(orjson.dumps(edit, option=orjson.OPT_APPEND_NEWLINE) for edit in records.removed(document))
        rows.append((document.id.encode(), document.source.encode(), text, orjson.dumps(bare), ledger))
        day = int(document.metadata.date.replace("-", "").ljust(8, "0")) if document.metadata.date else NO_DATE
        numbers.append((day, len(document.text), len(document.edits)))
        end = last = 0
        for p in document.paragraphs:
            piece = document.text[p.start : p.end]
            first = last + _bytes(document.text[end : p.start])
            end, last = p.end, first + _bytes(piece)
            compared = p.kind != "heading" and shape.words(piece) >= MIN_WORDS
            paragraphs.append((0, p.start, p.end, first, last, KINDS.index(p.kind), compared))
        names = [p.id.encode() for p in document.paragraphs]
    blobs = [Blobs.of([row[i] for row in rows]) for i in range(5)]
    figures = np.array(numbers, dtype=np.int64).reshape(-1, 3)
    places = np.array(paragraphs, dtype=np.int64).reshape(-1, 7)
    return (
        {
            **dict(zip(("id", "source", "text", "record", "ledger"), blobs, strict=True)),
            "date": figures[:, 0],
            "chars": figures[:, 1],
            "edits": figures[:, 2],
        },
        {
            "id": Blobs.of(names),
            **dict(zip(("document", "start", "end", "first", "last", "kind", "compared"), places.T, strict=True)),
        },
    )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _paragraphs_path(path: Path) -> Path:
    return path.with_suffix(".paragraphs")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack, opened: mapped into memory, read where it is touched."""

    documents: Table
    """`id`, `source`, `text` (UTF-8, surrogatepass), `record` (JSON of the record but its text), `ledger` (the records of
    its edits, JSON Lines): Blobs. `date` (year, month, day as one number, or `NO_DATE`), `chars`, `edits`: int64."""
    paragraphs: Table
    """`id`: Blobs. `document` (number in this pack), `start`, `end` (code points of the document's text), `first`, `last`
    (the same in bytes of its UTF-8), `kind` (place in `KINDS`), `compared` (whether it is long enough): int64. In the
    order of the text."""

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

    def paragraph_id(self, number: int) -> bytes:
        """The id of a paragraph."""
        column = self.paragraphs["id"]
        assert isinstance(column, Blobs)
        return column[number]

    def texts(self) -> Utf8:
        """The clean texts of all documents."""
        column = self.documents["text"]
        assert isinstance(column, Blobs)
        return Utf8(column.data, column.offsets)

    def paragraph_texts(self, numbers: Array) -> list[bytes]:
        """The texts of paragraphs, UTF-8."""
        texts = self.texts()
        begin = texts.offsets[np.asarray(self.paragraphs["document"])[numbers]]
        first, last = ((begin + np.asarray(self.paragraphs[name])[numbers]).tolist() for name in ("first", "last"))
        return [texts.data[low:high].tobytes() for low, high in zip(first, last, strict=True)]

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
        self._opened: OrderedDict[int, Pack] = OrderedDict()
        sizes = [(len(pack), table.rows(pack.paragraphs)) for pack in self]
        documents, paragraphs = np.array(sizes, dtype=np.int64).reshape(-1, 2).T
        self.first_document = offsets_of(documents)
        """int64 [packs + 1]"""
        self.first_paragraph = offsets_of(paragraphs)
        """int64 [packs + 1]"""

    def save(self, path: Path) -> None:
        """Write down which packs these are, for `load`."""
        names = Blobs.of([os.fsencode(path) for path in self.paths])
        firsts = {"documents": np.diff(self.first_document), "paragraphs": np.diff(self.first_paragraph)}
        table.write(path, {"path": names, **firsts})

    @classmethod
    def load(cls, path: Path) -> Packs:
        """The packs written down by `save`, none of them opened yet."""
        saved = table.read(path)
        names = saved["path"]
        assert isinstance(names, Blobs)
        packs = cls(())
        packs.paths = [Path(os.fsdecode(names[row])) for row in range(len(names))]
        packs.first_document = offsets_of(np.asarray(saved["documents"]))
        packs.first_paragraph = offsets_of(np.asarray(saved["paragraphs"]))
        return packs

    def __len__(self) -> int:
        return int(self.first_document[-1])

    def __iter__(self) -> Iterator[Pack]:
        return (self.pack(number) for number in range(len(self.paths)))

    def pack(self, number: int) -> Pack:
        """A pack by its place in the run."""
        if number not in self._opened:
            if len(self._opened) >= _OPEN:
                self._opened.popitem(last=False)
            self._opened[number] = Pack.open(self.paths[number])
        self._opened.move_to_end(number)
        return self._opened[number]

    def find(self, document: int) -> tuple[Pack, int]:
        """The pack of a document, and the document's number in it."""
        number = int(np.searchsorted(self.first_document, document, side="right")) - 1
        return self.pack(number), document - int(self.first_document[number])

    def with_id(self, name: str) -> tuple[Pack, int]:
        """The pack of the document with this id, and the document's number in it; all packs are searched.

        Raises:
            KeyError: there is none.
        """
        for pack in self:
            column = pack.documents["id"]
            assert isinstance(column, Blobs)
            at = column.data.tobytes().find(name.encode())
            if at >= 0:
                return pack, int(np.searchsorted(column.offsets, at, side="right")) - 1
        raise KeyError(name)

    def find_paragraph(self, paragraph: int) -> tuple[Pack, int]:
        """The pack of a paragraph, and the paragraph's number in it."""
        number = int(np.searchsorted(self.first_paragraph, paragraph, side="right")) - 1
        return self.pack(number), paragraph - int(self.first_paragraph[number])

    def column(self, name: str) -> Array:
        """A column of numbers of all documents."""
        return self._joined([np.array(pack.documents[name]) for pack in self])

    def paragraph_column(self, name: str) -> Array:
        """A column of all paragraphs; `document` counts through all packs."""
        parts = [np.array(pack.paragraphs[name]) for pack in self]
        if name == "document":
            parts = [part + first for part, first in zip(parts, self.first_document[:-1], strict=True)]
        return self._joined(parts)

    @staticmethod
    def _joined(parts: list[Array]) -> Array:
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def document_ids(self, documents: Array) -> list[bytes]:
        """The ids of documents, int64."""
        return [pack.blob("id", own) for pack, own in map(self.find, documents.tolist())]

    def document_texts(self, documents: Array) -> Utf8:
        """The clean texts of documents, int64, copied."""
        return self._gather(documents, self.first_document, lambda pack, own: list(_slices(pack.texts(), own)))

    def paragraph_texts(self, paragraphs: Array) -> Utf8:
        """The texts of paragraphs, int64, copied."""
        return self._gather(paragraphs, self.first_paragraph, Pack.paragraph_texts)

    def compared_paragraphs(self, documents: Array) -> tuple[Array, Array, Array, Array]:
        """(place in `documents`, number, start, end), int64, of the paragraphs of documents that are compared."""
        parts: list[Array] = [np.empty((0, 4), dtype=np.int64)]
        order = np.argsort(documents, kind="stable")
        bounds = np.searchsorted(documents[order], self.first_document)
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            places = order[bounds[number] : bounds[number + 1]]
            columns = self.pack(number).paragraphs
            own = documents[places] - self.first_document[number]
            owners = np.asarray(columns["document"])
            first, last = (np.searchsorted(owners, own, side=side) for side in ("left", "right"))
            rows = ranges(first, last - first)
            rows = rows[np.asarray(columns["compared"])[rows] > 0]
            place = places[np.searchsorted(own, owners[rows])]
            start, end = (np.asarray(columns[name])[rows] for name in ("start", "end"))
            parts.append(np.stack((place, rows + self.first_paragraph[number], start, end), axis=1))
        rows = np.concatenate(parts)
        place, paragraph, start, end = rows[np.argsort(rows[:, 0], kind="stable")].T
        return place, paragraph, start, end

    def _gather(self, numbers: Array, firsts: Array, read: Callable[[Pack, Array], list[bytes]]) -> Utf8:
        """Texts pack by pack, put into the order asked for."""
        order = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[order], firsts)
        texts = [b""] * len(numbers)
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            part = order[bounds[number] : bounds[number + 1]]
            own = numbers[part] - firsts[number]
            for place, text in zip(part.tolist(), read(self.pack(number), own), strict=True):
                texts[place] = text
        column = Blobs.of(texts)
        return Utf8(column.data, column.offsets)

    def order(self) -> Array:
        """int64 [documents]: the documents by source, then id: the order in which they are written."""
        last = (b"", b"")
        for number in range(len(self.paths)):
            names = [last, *self._names(number, np.arange(len(self.pack(number))))]
            if any(one > two for one, two in pairwise(names)):
                break
            last = names[-1]
        else:
            return np.arange(len(self))
        streams = [self._sorted_names(number) for number in range(len(self.paths))]
        merged = (document for _, document in heapq.merge(*streams))
        return np.fromiter(merged, dtype=np.int64, count=len(self))

    def _names(self, number: int, documents: Array) -> Iterator[tuple[bytes, bytes]]:
        pack = self.pack(number)
        return ((pack.blob("source", row), pack.blob("id", row)) for row in documents.tolist())

    def _sorted_names(self, number: int) -> Iterator[tuple[tuple[bytes, bytes], int]]:
        """(name, document) of a pack's documents in order, read a block at a time."""
        names = list(self._names(number, np.arange(len(self.pack(number)))))
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        del names
        for at in range(0, len(order), _BLOCK):
            block = order[at : at + _BLOCK]
            numbers = (block + self.first_document[number]).tolist()
            yield from list(zip(self._names(number, block), numbers, strict=True))


def _slices(texts: Utf8, numbers: Array) -> Iterator[bytes]:
    first, last = texts.offsets[numbers].tolist(), texts.offsets[numbers + 1].tolist()
    return (texts.data[low:high].tobytes() for low, high in zip(first, last, strict=True))
