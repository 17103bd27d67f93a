"""The words of all documents: a table for each pack, written by the worker that read it, opened where it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.table import Array, Table
from pipeline.match.core.evidence import BUCKET_BITS, bits_of, word_buckets
from pipeline.match.core.packed import groups
from pipeline.match.core.stretches import Words
from pipeline.tokens import offsets_of

_MANY = 1 << 15
"""Buckets from which a table of all of them is worth the memory it touches."""
_OPEN = 12
"""Tables kept open at a time."""

_COUNTS = "words.table"


def write_words(folder: Path, number: int, words: Words) -> None:
    """Write the words of the documents in a pack."""
    columns = {column.name: getattr(words, column.name) for column in fields(Words)}
    table.write(_path(folder, number), columns)


def write_counts(folder: Path, sizes: Sequence[Array], buckets: Array, counts: Array) -> None:
    """Write how many words each document of each pack has, and how often words occur, by bucket."""
    none = np.zeros(0, dtype=np.int64)
    documents = offsets_of(np.concatenate([none, *sizes]))
    in_pack = np.array([size.sum() for size in sizes], dtype=np.int64)
    columns = {
        "offsets": documents,
        "packs": offsets_of(in_pack),
        "bucket": buckets,
        "count": counts,
    }
    table.write(folder / _COUNTS, columns)


class AllWords:
    """The words of all documents, numbered through all packs."""

    def __init__(self, folder: Path) -> None:
        counts = table.read(folder / _COUNTS)
        self.offsets = np.asarray(counts["offsets"])
        """int64 [documents + 1]"""
        self.total = int(self.offsets[-1])
        self._first = np.asarray(counts["packs"])
        self._buckets = np.asarray(counts["bucket"])
        self._bits = bits_of(np.asarray(counts["count"]), self.total)

        @lru_cache(maxsize=_OPEN)
        def opened(number: int) -> Table:
            return table.read(_path(folder, number))

        self._opened = opened

    def hashes(self, first: int, last: int) -> Array:
        """Return the hashes of the words from `first` to `last` (exclusive), uint64."""
        return self._values("hash", np.uint64, first, last)

    def flags(self, first: int, last: int) -> Array:
        """Return the flags of the words from `first` to `last` (exclusive), uint8."""
        return self._values("flags", np.uint8, first, last)

    def _values(self, name: str, kind: type, first: int, last: int) -> Array:
        low = int(np.searchsorted(self._first, first, side="right")) - 1
        high = int(np.searchsorted(self._first, last, side="left"))
        found: Array = np.empty(last - first, dtype=kind)
        for number in range(low, high):
            begin = int(self._first[number])
            # Copied at once: a part of a mapped column would keep its file open
            part = np.asarray(self._opened(number)[name])[max(0, first - begin) : last - begin]
            at = max(0, begin - first)
            found[at : at + len(part)] = part
        return found

    def pick(self, first: Array, last: Array) -> Words:
        """Return the words from `first` to `last` (exclusive), int64, of stretches that are each of one pack."""
        bounds = offsets_of(last - first)
        total = int(bounds[-1])
        picked = Words(
            hash=np.empty(total, dtype=np.uint64),
            start=np.empty(total, dtype=np.int32),
            end=np.empty(total, dtype=np.int32),
            line=np.empty(total, dtype=np.int32),
            flags=np.empty(total, dtype=np.uint8),
            closing=np.empty(total, dtype=np.uint8),
        )
        order = np.argsort(first, kind="stable")
        order = order[last[order] > first[order]]
        pack = np.searchsorted(self._first, first[order], side="right") - 1
        heads, sizes = groups(pack)
        for head, size in zip(heads.tolist(), sizes.tolist(), strict=True):
            own = order[head : head + size]
            number = int(pack[head])
            begin = self._first[number]
            self._copy(number, bounds[own], first[own] - begin, last[own] - begin, picked)
        return picked

    def _copy(self, number: int, to: Array, first: Array, last: Array, picked: Words) -> None:
        """Copy stretches of one pack's words to their places."""
        columns = self._opened(number)
        stretches = list(zip(to.tolist(), first.tolist(), last.tolist(), strict=True))
        for column in fields(Words):
            source = np.asarray(columns[column.name])
            target = getattr(picked, column.name)
            for at, low, high in stretches:
                target[at : at + high - low] = source[low:high]

    def bits(self, words: Array) -> Array:
        """Return the evidence in words, given by hash, float64."""
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
        self._opened.cache_clear()


def _path(folder: Path, number: int) -> Path:
    return folder / f"words-{number:06}.table"
