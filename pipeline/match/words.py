"""The words of all documents: a table for each pack, written by the worker that read it, opened where it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.table import Array
from pipeline.match.core.passages import BUCKET_BITS, bits_of, word_buckets
from pipeline.tokens import Tokens, offsets_of

_MANY = 1 << 15
"""Buckets from which a table of all of them is worth the memory it touches."""
_OPEN = 32
"""Tables kept open at a time."""

_COUNTS = "words.table"


def write_words(folder: Path, number: int, tokens: Tokens, line: Array) -> None:
    """Write down the words of the documents in a pack. `line`: int64 [words], ascending in each document."""
    places = {"line": line, "start": tokens.start, "end": tokens.end}
    narrow = {name: column.astype(np.int32) for name, column in places.items()}
    table.write(_path(folder, number), {"hash": tokens.hash, **narrow})


def write_counts(folder: Path, sizes: Sequence[Array], buckets: Array, counts: Array) -> None:
    """Write down how many words each document of each pack has, and how often words occur, by bucket."""
    documents = offsets_of(np.concatenate([np.zeros(0, np.int64), *sizes]))
    packs = offsets_of(np.array([size.sum() for size in sizes], dtype=np.int64))
    table.write(folder / _COUNTS, {"offsets": documents, "packs": packs, "bucket": buckets, "count": counts})


class Words:
    """The words of all documents, numbered through all packs."""

    def __init__(self, folder: Path) -> None:
        counts = table.read(folder / _COUNTS)
        self.offsets = np.asarray(counts["offsets"])
        """int64 [documents + 1]"""
        self.total = int(self.offsets[-1])
        self._first = np.asarray(counts["packs"])
        self._columns = lru_cache(maxsize=_OPEN)(lambda number: table.read(_path(folder, number)))
        self._buckets = np.asarray(counts["bucket"])
        self._bits = bits_of(np.asarray(counts["count"]), self.total)

    def pick(self, first: Array, last: Array, names: Sequence[str]) -> list[Array]:
        """Columns of the words from `first` to `last` (exclusive), int64 each, of stretches that are each of one pack.

        `hash`: uint64. `start`, `end` (code points of the document's text), `line` (ascending in each document): int64.
        """
        bounds = offsets_of(last - first)
        found = [np.empty(int(bounds[-1]), np.uint64 if name == "hash" else np.int64) for name in names]
        filled = np.flatnonzero(last > first)
        order = filled[np.argsort(first[filled], kind="stable")]
        edges = np.searchsorted(first[order], self._first)
        for number in np.flatnonzero(np.diff(edges)).tolist():
            own = order[edges[number] : edges[number + 1]]
            columns = self._columns(number)
            stretches = [
                column.tolist()
                for column in (bounds[own], *(side[own] - self._first[number] for side in (first, last)))
            ]
            for name, column in zip(names, found, strict=True):
                values = np.asarray(columns[name])
                for at, low, high in zip(*stretches, strict=True):
                    column[at : at + high - low] = values[low:high]
        return found

    def bits(self, words: Array) -> Array:
        """float64 [words]: the evidence in words, given by hash."""
        buckets = word_buckets(words)
        if len(self._buckets) < _MANY:
            return self._bits[np.searchsorted(self._buckets, buckets)]
        return self._table[buckets]

    @cached_property
    def _table(self) -> Array:
        """The same for every bucket: large, but looked up in no time."""
        bits = np.zeros(1 << BUCKET_BITS)
        bits[self._buckets] = self._bits
        return bits

    def forget(self) -> None:
        """Let go of the tables that were touched: they stay in the system's cache, not in ours."""
        self._columns.cache_clear()


def _path(folder: Path, number: int) -> Path:
    return folder / f"words-{number:06}.table"
