"""All packs of a run."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline import bounds
from pipeline.corpus import table
from pipeline.corpus.packs.one import Pack
from pipeline.corpus.packs.source import Sources
from pipeline.corpus.table import Array, Blobs
from pipeline.match.core.columns import Utf8
from pipeline.tokens import offsets_of

_OPEN = 12
"""Packs kept open at a time, at most: a run may have more of them than a process may have files."""
_FILES = 10
"""Files that a pack keeps open, where two of these classes are at hand"""
_OTHER_FILES = 40
"""Files that a process keeps open beside those of packs"""
_BLOCK = 64
"""Names read at a time from each pack when all are merged."""


def _kept_open() -> int:
    """How many packs may be open at a time in this process."""
    return max(1, min(_OPEN, (bounds.open_files() - _OTHER_FILES) // _FILES))


class Packs:
    """The packs of a run, one after another. Numbers of documents and paragraphs count through all of them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = own = list(paths)
        self._backwards = False
        self._opened = lru_cache(maxsize=_kept_open())(lambda number: Pack.open(own[number]))
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
        names = table.blobs(saved, "path")
        packs = cls(())
        packs.paths += [Path(os.fsdecode(name)) for name in names]
        packs.first_document = offsets_of(np.asarray(saved["documents"]))
        packs.first_paragraph = offsets_of(np.asarray(saved["paragraphs"]))
        return packs

    def __len__(self) -> int:
        return int(self.first_document[-1])

    def __iter__(self) -> Iterator[Pack]:
        return (self.pack(number) for number in range(len(self.paths)))

    def pack(self, number: int) -> Pack:
        """A pack by its place in the run."""
        return self._opened(number)

    def find(self, document: int) -> tuple[Pack, int]:
        """The pack of a document, and the document's number in it."""
        number = int(np.searchsorted(self.first_document, document, side="right")) - 1
        return self.pack(number), document - int(self.first_document[number])

    def column(self, name: str) -> Array:
        """A column of numbers of all documents."""
        return self._joined([np.array(pack.documents[name]) for pack in self])

    def paragraph_column(self, name: str) -> Array:
        """A column of all paragraphs, int64; `document` counts through all packs."""
        parts = [np.asarray(pack.paragraphs[name]).astype(np.int64) for pack in self]
        if name == "document":
            parts = [part + first for part, first in zip(parts, self.first_document[:-1], strict=True)]
        return self._joined(parts)

    @staticmethod
    def _joined(parts: list[Array]) -> Array:
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def values(self, name: str, documents: Array) -> list[bytes]:
        """The values of documents, int64, in a column of byte strings."""
        return self._gather(documents, self.first_document, lambda pack, own: pack.blobs(name, own))

    def paragraph_ids(self, paragraphs: Array) -> list[bytes]:
        """The ids of paragraphs, int64."""
        return self._gather(paragraphs, self.first_paragraph, Pack.paragraph_ids)

    def document_texts(self, documents: Array) -> Utf8:
        """The clean texts of documents, int64, copied."""
        return _utf8(self.values("text", documents))

    def paragraph_texts(self, paragraphs: Array) -> Utf8:
        """The texts of paragraphs, int64, copied."""
        return _utf8(self._gather(paragraphs, self.first_paragraph, Pack.paragraph_texts))

    def paragraph_place(self, paragraph: int) -> tuple[int, int, int]:
        """(document, start, end) of a paragraph: where it stands in the document's clean text."""
        number = int(np.searchsorted(self.first_paragraph, paragraph, side="right")) - 1
        columns = self.pack(number).paragraphs
        row = paragraph - int(self.first_paragraph[number])
        document, start, end = (int(np.asarray(columns[name])[row]) for name in ("document", "start", "end"))
        return document + int(self.first_document[number]), start, end

    def in_source(self, documents: Array, start: Array, end: Array) -> list[tuple[int, int, str]]:
        """(start, end, text) in the source, of stretches of the clean texts of documents: all int64 [stretches]."""
        found: list[tuple[int, int, str]] = [(0, 0, "")] * len(documents)
        for number, places, own in self._by_pack(documents, self.first_document):
            sources = Sources(self.pack(number))
            rows = zip(*(column.tolist() for column in (places, own, start[places], end[places])), strict=True)
            for place, *stretch in rows:
                found[place] = sources.stretch(*stretch)
        return found

    def _gather(self, numbers: Array, firsts: Array, read: Callable[[Pack, Array], list[bytes]]) -> list[bytes]:
        """Byte strings read pack by pack, put into the order asked for."""
        found = [b""] * len(numbers)
        for number, places, own in self._by_pack(numbers, firsts):
            for place, value in zip(places.tolist(), read(self.pack(number), own), strict=True):
                found[place] = value
        return found

    def of_documents(self, documents: Array) -> Iterator[tuple[Pack, Array, Array]]:
        """(pack, places in `documents`, the documents' numbers in the pack), pack by pack, int64 [documents] as given. None of
        these packs stays open: what they have is decompressed, and documents may be of very many."""
        for number, places, own in self._by_pack(documents, self.first_document):
            yield Pack.open(self.paths[number]), places, own

    def _by_pack(self, numbers: Array, firsts: Array) -> Iterator[tuple[int, Array, Array]]:
        """(pack, places in `numbers`, the same counted in the pack), in order of number, or every other time from the last to
        the first: those that were opened last are open still, and of many packs none would be if all were opened in turn."""
        order = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[order], firsts)
        direction = -1 if self._backwards else 1
        self._backwards = not self._backwards
        for number in np.flatnonzero(np.diff(bounds))[::direction].tolist():
            places = order[bounds[number] : bounds[number + 1]]
            yield number, places, numbers[places] - firsts[number]

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


def _utf8(texts: Sequence[bytes]) -> Utf8:
    column = Blobs.of(texts)
    return Utf8(column.data, column.offsets)
