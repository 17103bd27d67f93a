"""Candidate pairs: texts that share a band key. One sort of packed integers per band, no dictionary.

Texts are numbered by priority: number 0 is the one preferred as canonical. A bucket (texts with one key) of up to
`ALL_PAIRS` members gives all its pairs, so texts that never stand in a larger one lose none. A larger bucket is crowded:
all its pairs would be quadratically many. It gives a star (its best member with every other) and is split by the keys of
the next bands; and texts of crowded buckets get no more partners from small ones once they have `ENOUGH`. So the number of
pairs is linear in the number of texts, whatever they repeat. Texts that are similar share many bands and meet again;
clustering asks again for those that are left over (near.py), so no member of a cluster is lost.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.packed import (
    contains,
    distinct,
    group_numbers,
    groups,
    is_first,
    is_shared,
    merged,
    pack,
    unpack,
)
from pipeline.tokens import Array

ALL_PAIRS = 128
"""Largest bucket that gives all its pairs."""

ENOUGH = 16
"""Partners after which a text of a crowded bucket gets no more but the best of its buckets."""

SPLITS = 3
"""How many further bands split a crowded bucket."""

Band = Callable[[int], Array]
"""Gives the keys of a band, uint32 [texts], in order of priority."""

_UPPER_FIRST = sys.byteorder == "big"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to be verified."""

    pairs: Array
    """uint64 [pairs]: `pack(better, other)`, sorted, each once"""
    crowded: Array
    """bool [texts]: whether a text stood in a bucket that was too large for all its pairs"""


def candidate_pairs(band: Band, bands: int) -> Candidates:
    """Return the pairs of texts that share a band key, fewer of those in crowded buckets."""
    return _Search(band, bands).run()


def all_pairs(bucket: Array, ids: Array, most: int) -> Iterator[Array]:
    """Yield all pairs inside the buckets of at most `most` members, lag by lag, packed; `bucket` is sorted."""
    first, size = groups(bucket)
    end = np.repeat(first + size, size)
    is_small = np.repeat(size <= most, size)
    row = np.flatnonzero(is_small)
    left = end[row] - row  # rows of the same bucket from each on
    for lag in range(1, most):
        has_partner = left > lag
        row = row[has_partner]
        left = left[has_partner]
        if not len(row):
            return
        yield pack(ids[row], ids[row + lag])


class _Search:
    """The pairs found so far, while bands are looked at one after another."""

    def __init__(self, band: Band, bands: int) -> None:
        self._band = band
        self._bands = bands
        self._pairs = np.empty(0, dtype=np.uint64)
        """sorted"""
        self._partners = np.empty(0, dtype=np.int64)
        """[texts]: in how many pairs each is"""
        self._crowded = np.empty(0, dtype=bool)
        """[texts]"""

    def run(self) -> Candidates:
        """Look at all bands."""
        for index in range(self._bands):
            keys = self._band(index)
            if not len(self._partners):
                self._partners = np.zeros(len(keys), dtype=np.int64)
                self._crowded = np.zeros(len(keys), dtype=bool)
            self._look_at(keys, index)
        return Candidates(self._pairs, self._crowded)

    def _look_at(self, keys: Array, index: int) -> None:
        """Take the pairs of one band."""
        bucket, ids = _shared_keys(keys)
        self._take_small(bucket, ids)
        bucket, ids = _large(bucket, ids)
        self._crowded[ids] = True
        self._take(_star(bucket, ids))
        for split in range(1, SPLITS + 1):
            if not len(ids):
                return
            further = (index + split) % self._bands
            keys = self._band(further)[ids]
            bucket, ids = _split(bucket, ids, keys)
            self._take_small(bucket, ids)
            bucket, ids = _large(bucket, ids)
            self._take_wanted(_star(bucket, ids))

    def _take_small(self, bucket: Array, ids: Array) -> None:
        """Take the pairs of buckets that are small enough.

        bucket, ids: int64 [members], the bucket that each is in and the text that it is; sorted by both
        """
        waiting: list[Array] = []
        for pairs in all_pairs(bucket, ids, ALL_PAIRS):
            better, other = unpack(pairs)
            if self._crowded[better].any() and self._crowded[other].any():
                # Partners are counted lag by lag: a bucket of texts that have none yet gives each of them some.
                self._take_wanted(pairs)
            else:
                waiting.append(pairs)
        if waiting:
            self._take(np.concatenate(waiting))

    def _take_wanted(self, pairs: Array) -> None:
        """Take pairs but those of two texts that have partners enough, both crowded."""
        better, other = unpack(pairs)
        has_enough = self._partners >= ENOUGH
        has_enough &= self._crowded
        is_unwanted = has_enough[better] & has_enough[other]
        self._take(pairs[~is_unwanted])

    def _take(self, pairs: Array) -> None:
        """Take pairs, packed, in any order."""
        pairs = distinct(pairs)
        is_there = contains(self._pairs, pairs)
        pairs = pairs[~is_there]
        for side in unpack(pairs):
            self._partners += np.bincount(side, minlength=len(self._partners))
        self._pairs = merged(self._pairs, pairs)


def _shared_keys(keys: Array) -> tuple[Array, Array]:
    """Return (bucket, id), int64, sorted, of the texts that share their key with another."""
    # One sort of key and text together is faster than sorting texts by key.
    packed = np.empty(len(keys), dtype=np.uint64)
    halves = packed.view(np.uint32).reshape(-1, 2)  # written and compared by halves, without a copy of the whole
    lower, upper = (1, 0) if _UPPER_FIRST else (0, 1)
    halves[:, lower] = np.arange(len(keys), dtype=np.uint32)
    halves[:, upper] = keys
    packed.sort()
    shared = is_shared(halves[:, upper])
    return unpack(packed[shared])


def _large(bucket: Array, ids: Array) -> tuple[Array, Array]:
    """Return (bucket, id) of the members of crowded buckets."""
    _, size = groups(bucket)
    is_large = np.repeat(size > ALL_PAIRS, size)
    return bucket[is_large], ids[is_large]


def _star(bucket: Array, ids: Array) -> Array:
    """Return the pairs of each bucket's best member with every other."""
    first, size = groups(bucket)
    best = np.repeat(ids[first], size)
    rest = ~is_first(bucket)
    return pack(best[rest], ids[rest])


def _split(bucket: Array, ids: Array, keys: Array) -> tuple[Array, Array]:
    """Return (bucket, id) of buckets split by the keys of their members, without those left alone."""
    order = np.lexsort((ids, keys, bucket))
    ids = ids[order]
    parts = group_numbers(bucket[order], keys[order])
    shared = is_shared(parts)
    return parts[shared], ids[shared]
