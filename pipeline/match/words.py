"""The words of all documents: a file of rows for each pack, written by the worker that read it, read where they are needed.

A row has all that is known of a word, and stretches of rows are read, not mapped: passages are sought in small stretches all
over the corpus, and neither opening files nor touching their pages may grow with the number of packs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import cached_property, lru_cache
from pathlib import Path
from secrets import token_hex

import numpy as np

from pipeline import bounds
from pipeline.corpus import table
from pipeline.corpus.table import Array
from pipeline.errors import OutputError
from pipeline.match.core.evidence import BUCKET_BITS, bits_of, word_buckets
from pipeline.match.core.packed import groups
from pipeline.match.core.stretches import Words
from pipeline.tokens import offsets_of

_MANY = 1 << 15
"""Buckets from which a table of all of them is worth the memory it touches."""
_OPEN = 64
"""Files kept open at a time, at most,"""
_OPEN_SHARE = 16
"""and this part of what a process may have."""
_BLOCK = 1 << 16
"""Words read or written at a time."""

_MOST_ROWS = 1 << 22
"""Words that are read as rows before they are put into columns."""

_ROW = np.dtype(
    [("hash", "<u8"), ("start", "<i4"), ("end", "<i4"), ("line", "<i4"), ("flags", "u1"), ("closing", "u1")]
)
"""The columns of `Words`"""
_COUNTS = "words.table"


def write_words(folder: Path, number: int, parts: Iterable[Words]) -> None:
    """Write the words of the documents in a pack, given in parts.

    Raises:
        OutputError: they cannot be written.
    """
    path = _path(folder, number)
    staged = path.with_name(f"{path.name}.{token_hex(8)}.tmp")
    try:
        with staged.open("wb") as handle:
            for rows in _rows(parts):
                handle.write(rows.data)
        os.replace(staged, path)
    except OSError as error:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _rows(parts: Iterable[Words]) -> Iterator[Array]:
    for words in parts:
        for low in range(0, len(words.hash), _BLOCK):
            some = slice(low, low + _BLOCK)
            rows: Array = np.empty(len(words.hash[some]), dtype=_ROW)
            for column in fields(Words):
                rows[column.name] = getattr(words, column.name)[some]
            yield rows


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

        @lru_cache(maxsize=max(1, min(_OPEN, bounds.open_files() // _OPEN_SHARE)))
        def opened(number: int) -> _Rows:
            return _Rows(_path(folder, number))

        self._opened = opened

    def hashes(self, first: int, last: int) -> Array:
        """Return the hashes of the words from `first` to `last` (exclusive), uint64."""
        return self._values("hash", first, last)

    def flags(self, first: int, last: int) -> Array:
        """Return the flags of the words from `first` to `last` (exclusive), uint8."""
        return self._values("flags", first, last)

    def _values(self, name: str, first: int, last: int) -> Array:
        low = int(np.searchsorted(self._first, first, side="right")) - 1
        high = int(np.searchsorted(self._first, last, side="left"))
        found: Array = np.empty(last - first, dtype=_ROW[name])
        for number in range(low, high):
            begin = int(self._first[number])
            end = int(self._first[number + 1])
            read = self._opened(number).read
            for at in range(max(first, begin), min(last, end), _BLOCK):
                rows: Array = np.empty(min(_BLOCK, last - at, end - at), dtype=_ROW)
                read(rows, at - begin)
                found[at - first : at - first + len(rows)] = rows[name]
        return found

    def pick(self, first: Array, last: Array) -> Words:
        """Return the words from `first` to `last` (exclusive), int64, of stretches that are each of one pack."""
        bounds = offsets_of(last - first)
        if bounds[-1] > _MOST_ROWS:
            return self._pick_many(first, bounds)
        picked: Array = np.empty(int(bounds[-1]), dtype=_ROW)
        order = np.argsort(first, kind="stable")
        order = order[last[order] > first[order]]
        pack = np.searchsorted(self._first, first[order], side="right") - 1
        heads, sizes = groups(pack)
        for head, size in zip(heads.tolist(), sizes.tolist(), strict=True):
            own = order[head : head + size]
            number = int(pack[head])
            read = self._opened(number).read
            begin = (first[own] - self._first[number]).tolist()
            for low, high, at in zip(bounds[own].tolist(), bounds[own + 1].tolist(), begin, strict=True):
                read(picked[low:high], at)
        return Words(*(picked[column.name].copy() for column in fields(Words)))

    def _pick_many(self, first: Array, bounds: Array) -> Words:
        """The same of so many words that there is no room for them twice: a block of each stretch at a time."""
        picked = Words(*(np.empty(int(bounds[-1]), dtype=_ROW[column.name]) for column in fields(Words)))
        pack = np.searchsorted(self._first, first, side="right") - 1
        begin = first - self._first[pack]
        for number, own, low, high in zip(*(one.tolist() for one in (pack, begin, bounds, bounds[1:])), strict=False):
            for at in range(low, high, _BLOCK):
                rows: Array = np.empty(min(_BLOCK, high - at), dtype=_ROW)
                self._opened(number).read(rows, own + at - low)
                for column in fields(Words):
                    getattr(picked, column.name)[at : at + len(rows)] = rows[column.name]
        return picked

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


class _Rows:
    """The rows of one pack. Its file is open as long as this lives."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)

    def __del__(self) -> None:
        self._file.close()

    def read(self, rows: Array, first: int) -> None:
        """Fill `rows` with those from number `first` on.

        Raises:
            OSError: there are not so many.
        """
        view = rows.view(np.uint8).data
        self._file.seek(first * _ROW.itemsize)
        if self._file.readinto(view) != len(view):
            raise OSError(f"{self._file.name}: is not whole")


def _path(folder: Path, number: int) -> Path:
    return folder / f"words-{number:06}.rows"
