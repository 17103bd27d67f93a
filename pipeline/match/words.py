"""The words of all documents: a file of rows for each pack, written by the worker that read it, read where they are needed.

A row has all that is known of a word, and stretches of rows are read, not mapped: passages are sought in small stretches all
over the corpus, and neither opening files nor touching their pages may grow with the number of packs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from secrets import token_hex

import numpy as np

from pipeline import bounds
from pipeline.corpus import table
from pipeline.corpus.column import fill, fill_bytes
from pipeline.corpus.table import Array
from pipeline.errors import OutputError
from pipeline.match.core.evidence import BUCKET_BITS, bits_of, word_buckets
from pipeline.match.core.packed import groups, owner_at
from pipeline.match.core.stretches import Words
from pipeline.tokens import offsets_of

_MANY = 1 << 15
"""Buckets from which a table of all of them is worth the memory it touches."""
_OPEN = 64
"""Files kept open at a time, at most"""
_SHARE = 16
"""Of the files that a process may have open, they are one of so many."""
_BLOCK = 1 << 16
"""Words read or written at a time."""

_MOST_ROWS = 1 << 22
"""Words that are read as rows before they are put into columns."""

_TYPES = {
    "hash": "<u8",
    "start": "<i4",
    "end": "<i4",
    "flags": "u1",
    "closing": "u1",
}
"""Those of the columns of `Words`"""
_COLUMNS = tuple(_TYPES)
_ROW = np.dtype(list(_TYPES.items()))
_COUNTS = "words.table"


def write_words(folder: Path, number: int, parts: Iterable[Words]) -> None:
    """Write the words of the documents in a pack, given in parts.

    Raises:
        OutputError: they cannot be written.
    """
    path = _path(folder, number)
    staged = path.with_name(f"{path.name}.{token_hex(8)}.tmp")  # a step that is tried again writes another
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
    """Yield words as rows, a block at a time."""
    for words in parts:
        count = len(words.hash)
        for low in range(0, count, _BLOCK):
            some = slice(low, min(low + _BLOCK, count))
            rows: Array = np.empty(some.stop - low, dtype=_ROW)
            for name in _COLUMNS:
                values = getattr(words, name)
                rows[name] = values[some]
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
        counts = table.arrays(table.read(folder / _COUNTS))
        self.offsets = counts["offsets"]
        """int64 [documents + 1]"""
        self.total = int(self.offsets[-1])
        self._first = counts["packs"]
        self._buckets = counts["bucket"]
        self._bits = bits_of(counts["count"], self.total)
        share = bounds.open_files() // _SHARE

        @lru_cache(maxsize=max(1, min(_OPEN, share)))
        def opened(number: int) -> _WordFile:
            return _WordFile(_path(folder, number))

        self._opened = opened

    def hashes(self, first: int, last: int) -> Array:
        """Return the hashes of the words from `first` to `last` (exclusive), uint64."""
        (hashes,) = self._values(("hash",), first, last)
        return hashes

    def hashes_and_flags(self, first: int, last: int) -> tuple[Array, Array]:
        """Return the same and their flags, uint8."""
        hashes, flags = self._values(("hash", "flags"), first, last)
        return hashes, flags

    def _values(self, names: Sequence[str], first: int, last: int) -> list[Array]:
        """Return columns of the words from `first` to `last` (exclusive)."""
        first_pack = int(np.searchsorted(self._first, first, side="right")) - 1
        after = int(np.searchsorted(self._first, last, side="left"))
        found: list[Array] = [np.empty(last - first, dtype=_ROW[name]) for name in names]
        for number in range(first_pack, after):
            begin = int(self._first[number])
            end = int(self._first[number + 1])
            read = self._opened(number).read
            start = max(first, begin)
            stop = min(last, end)
            for at in range(start, stop, _BLOCK):
                count = min(_BLOCK, stop - at)
                rows: Array = np.empty(count, dtype=_ROW)
                read(rows, at - begin)
                to = at - first
                for name, values in zip(names, found, strict=True):
                    values[to : to + count] = rows[name]
        return found

    def pick(self, first: Array, last: Array) -> Words:
        """Return the words from `first` to `last` (exclusive), int64, of stretches that are each of one pack."""
        sizes = last - first
        bounds = offsets_of(sizes)
        words = int(bounds[-1])
        if words > _MOST_ROWS:
            return self._pick_many(first, bounds)
        picked: Array = np.empty(words, dtype=_ROW)
        room = picked.view(np.uint8).data
        # By pack, so that each file is asked for once.
        order = np.argsort(first, kind="stable")
        has_words = sizes[order] > 0
        order = order[has_words]
        pack = self._pack_at(first[order])
        heads, counts = groups(pack)
        for head, count in zip(heads.tolist(), counts.tolist(), strict=True):
            own = order[head : head + count]
            number = int(pack[head])
            file = self._opened(number).file
            begin = first[own] - self._first[number]
            # In bytes: slices of columns would cost as much as reading does.
            places = np.stack((bounds[own], bounds[own + 1], begin)) * _ROW.itemsize
            for low, high, at in places.T.tolist():
                fill_bytes(room[low:high], file, at)
        # Columns that lie by themselves: those of a table of rows would be slow to look through.
        columns = [picked[name].copy() for name in _COLUMNS]
        return Words(*columns)

    def _pack_at(self, word: Array) -> Array:
        """Return the number of the pack that each word is in, int64."""
        return owner_at(self._first, word)

    def _pick_many(self, first: Array, bounds: Array) -> Words:
        """The same of so many words that there is no room for them twice: a block of each stretch at a time."""
        words = int(bounds[-1])
        columns: dict[str, Array] = {name: np.empty(words, dtype=_ROW[name]) for name in _COLUMNS}
        pack = self._pack_at(first)
        begin = first - self._first[pack]
        for stretch in range(len(first)):
            read = self._opened(int(pack[stretch])).read
            low = int(bounds[stretch])
            high = int(bounds[stretch + 1])
            shift = int(begin[stretch]) - low
            for at in range(low, high, _BLOCK):
                count = min(_BLOCK, high - at)
                rows: Array = np.empty(count, dtype=_ROW)
                read(rows, at + shift)
                for name, values in columns.items():
                    values[at : at + count] = rows[name]
        return Words(**columns)

    def bits(self, words: Array) -> Array:
        """Return the evidence in words, given by hash, float64."""
        buckets = word_buckets(words)
        if len(self._buckets) < _MANY:
            place = np.searchsorted(self._buckets, buckets)
            return self._bits[place]
        return self._table[buckets]

    @cached_property
    def _table(self) -> Array:
        """The same for every bucket: large, but looked up in no time."""
        bits = np.zeros(1 << BUCKET_BITS)
        bits[self._buckets] = self._bits
        return bits


class _WordFile:
    """The words of one pack, as rows. Its file is open as long as this lives."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb", buffering=0)

    def __del__(self) -> None:
        self.file.close()

    def read(self, rows: Array, first: int) -> None:
        """Fill `rows` with those from number `first` on.

        Raises:
            OSError: there are not so many.
        """
        fill(rows, self.file, first)


def _path(folder: Path, number: int) -> Path:
    """Return where the words of a pack are."""
    return folder / f"words-{number:06}.rows"
