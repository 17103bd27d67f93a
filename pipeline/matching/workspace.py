"""The folder that a comparison works in, as its workers see it: which packs there are, and columns over all of them."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.dedup.passages import BUCKET_BITS, bits_of, word_buckets
from pipeline.packs import Packs
from pipeline.store import table
from pipeline.store.table import Array
from pipeline.tokens import offsets_of

_MANY = 1 << 15
"""Buckets from which a table of all of them is worth the memory it touches."""

PACKS, RANKS, WORDS = "packs.table", "ranks.table", "words.table"


@dataclass(frozen=True, slots=True)
class Ranks:
    """The order in which documents are preferred as the original of what they share."""

    rank: Array
    """int64 [documents], least first"""
    by_rank: Array
    """int64 [documents]: the documents in that order"""
    older: int
    """so many of the first belong to an older run"""

    def save(self, folder: Path) -> None:
        """Write them down for the workers."""
        older = np.array([self.older], dtype=np.int64)
        table.write(folder / RANKS, {"rank": self.rank, "by_rank": self.by_rank, "older": older})


class Workspace:
    """One comparison's folder. What is in it is read when it is first asked for, and never changes.

    Only its path goes to a worker, which opens it once: get one by `workspace`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return workspace, (self.folder,)

    def tidy(self, kept: Collection[str]) -> None:
        """Remove the files that only finding needs; `kept` are the names of others that stay."""
        self.__dict__.pop("words", None)
        for path in self.folder.iterdir():
            if path.name not in (PACKS, RANKS, *kept):
                path.unlink()

    @cached_property
    def packs(self) -> Packs:
        """All packs."""
        return Packs.load(self.folder / PACKS)

    @cached_property
    def ranks(self) -> Ranks:
        """Which documents are better than others."""
        columns = table.read(self.folder / RANKS)
        return Ranks(np.asarray(columns["rank"]), np.asarray(columns["by_rank"]), int(np.asarray(columns["older"])[0]))

    @cached_property
    def words(self) -> Words:
        """The words of all documents."""
        return Words(self.folder)


@lru_cache(maxsize=2)
def workspace(folder: Path) -> Workspace:
    """The workspace in this folder, whose name was never used before."""
    return Workspace(folder)


class Words:
    """The words of all documents, one after another, mapped into memory."""

    def __init__(self, folder: Path) -> None:
        columns = table.read(folder / WORDS)
        self.offsets = np.asarray(columns["offsets"])
        """int64 [documents + 1]"""
        self.total = int(self.offsets[-1])
        self._maps: list[mmap.mmap] = []
        self.hash = self._mapped(folder / "hash", np.dtype(np.uint64))
        """uint64 [total]"""
        self.line = self._mapped(folder / "line", np.dtype(np.int32))
        """int32 [total], ascending in each document"""
        self._buckets = np.asarray(columns["bucket"])
        self._bits = bits_of(np.asarray(columns["count"]), self.total)

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
        """Let go of the pages of the columns that were touched: they stay in the system's cache, not in ours."""
        for part in self._maps:
            if hasattr(mmap, "MADV_DONTNEED"):
                part.madvise(mmap.MADV_DONTNEED)

    def _mapped(self, path: Path, dtype: np.dtype[Any]) -> Array:
        if not self.total:
            return np.empty(0, dtype=dtype)
        with path.open("rb") as handle:
            mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        self._maps.append(mapped)
        return np.frombuffer(mapped, dtype=dtype)


def write_words(folder: Path, sizes: Sequence[Array], buckets: Array, counts: Array) -> None:
    """Write down how many words each document has, and how often words occur, by bucket."""
    offsets = offsets_of(np.concatenate([np.zeros(0, np.int64), *sizes]))
    table.write(folder / WORDS, {"offsets": offsets, "bucket": buckets, "count": counts})
