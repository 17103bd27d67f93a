"""Candidate pairs: texts that share a band key. One sort of packed integers per band, no dictionary.

Texts are numbered by priority: number 0 is the one preferred as canonical. A bucket (texts with one key) of up to
`ALL_PAIRS` members gives all its pairs, so texts that never stand in a larger one lose none. A larger bucket is crowded:
all its pairs would be quadratically many. It gives a star (its best member with every other) and is split by the keys of
the next bands; and texts of crowded buckets get no more partners from small ones once they have `ENOUGH`. So the number of
pairs is linear in the number of texts, whatever they repeat. Texts that are similar share many bands and meet again;
clustering asks again for those that are left over (near.py), so no member of a cluster is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from msgspec import Struct

from pipeline.match.core.packed import (
    HALF,
    contains,
    distinct,
    group_numbers,
    groups,
    is_first,
    is_shared,
    look_up,
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


class Keys(Protocol):
    """The keys of the bands of some texts, wherever they lie."""

    @property
    def bands(self) -> int:
        """How many bands there are."""

    def portions(self, band: int) -> Iterator[Array]:
        """Yield keys of a band and the texts that have them, `pack(key, text)`, sorted: all texts of a key in one portion."""

    def of(self, band: int, texts: Array) -> Array:
        """Return the keys of a band, uint32, of these texts."""


class KeysInMemory(Struct, frozen=True):
    """The keys of a few texts, numbered as they stand there."""

    keys: Array
    """uint32 [bands, texts]"""

    @property
    def bands(self) -> int:
        """How many bands there are."""
        return len(self.keys)

    def portions(self, band: int) -> Iterator[Array]:
        """Yield the keys of a band, all at once."""
        keys = self.keys[band]
        yield np.sort(pack(keys, np.arange(len(keys))))

    def of(self, band: int, texts: Array) -> Array:
        """Return the keys of a band of these texts."""
        return self.keys[band, texts]


class Candidates(Struct, frozen=True):
    """Pairs to be verified."""

    pairs: Array
    """uint64 [pairs]: `pack(better, other)`, sorted, each once"""
    crowded: Array
    """int64, sorted: the texts that stood in a bucket that was too large for all its pairs"""


def candidate_pairs(keys: Keys) -> Candidates:
    """Return the pairs of texts that share a band key, fewer of those in crowded buckets."""
    return _Search(keys).run()


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
    """The pairs found so far, while bands are looked at one after another. No more is held of texts that are not crowded."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._pairs = np.empty(0, dtype=np.uint64)
        """sorted"""
        self._crowded = np.empty(0, dtype=np.int64)
        """texts, sorted"""
        self._partners = np.empty(0, dtype=np.int64)
        """of each crowded text, in how many pairs it is"""

    def run(self) -> Candidates:
        """Look at all bands."""
        for band in range(self._keys.bands):
            self._look_at(band)
        return Candidates(self._pairs, self._crowded)

    def _look_at(self, band: int) -> None:
        """Take the pairs of one band."""
        bucket, ids = self._take_uncrowded(band)
        self._take_small(bucket, ids)
        bucket, ids = _large(bucket, ids)
        self._add_crowded(ids)
        self._take(_star(bucket, ids))
        for split in range(1, SPLITS + 1):
            if not len(ids):
                return
            further = (band + split) % self._keys.bands
            bucket, ids = _split(bucket, ids, self._keys.of(further, ids))
            self._take_small(bucket, ids)
            bucket, ids = _large(bucket, ids)
            self._take_wanted(_star(bucket, ids))

    def _take_uncrowded(self, band: int) -> tuple[Array, Array]:
        """Take the pairs of small buckets without crowded texts, portion by portion: nothing else depends on them.

        Returns:
            (bucket, id) of the texts in all other buckets, int64, sorted by bucket, then id.
        """
        nothing = np.empty(0, dtype=np.int64)
        buckets = [nothing]
        every = [nothing]
        for packed in self._keys.portions(band):
            bucket, ids = unpack(packed[is_shared(packed >> HALF)])
            first, size = groups(bucket)
            waits = size > ALL_PAIRS
            if len(self._crowded) and len(ids):
                is_crowded = contains(self._crowded, ids)
                waits |= np.logical_or.reduceat(is_crowded, first)
            waits = np.repeat(waits, size)
            self._take_small(bucket[~waits], ids[~waits])
            buckets.append(bucket[waits])
            every.append(ids[waits])
        return np.concatenate(buckets), np.concatenate(every)

    def _add_crowded(self, ids: Array) -> None:
        """Take texts for crowded from now on."""
        ids = distinct(ids)
        ids = ids[~contains(self._crowded, ids)]
        if not len(ids):
            return
        partners = self._partners
        crowded = merged(self._crowded, ids)
        self._partners = np.zeros(len(crowded), dtype=np.int64)
        self._partners[np.searchsorted(crowded, self._crowded)] = partners
        self._partners[np.searchsorted(crowded, ids)] = _partners(ids, self._pairs)
        self._crowded = crowded

    def _take_small(self, bucket: Array, ids: Array) -> None:
        """Take the pairs of buckets that are small enough.

        bucket, ids: int64 [members], the bucket that each is in and the text that it is; sorted by both
        """
        waiting: list[Array] = []
        for pairs in all_pairs(bucket, ids, ALL_PAIRS):
            better, other = unpack(pairs)
            if contains(self._crowded, better).any() and contains(self._crowded, other).any():
                # Partners are counted lag by lag: a bucket of texts that have none yet gives each of them some.
                self._take_wanted(pairs)
            else:
                waiting.append(pairs)
        if waiting:
            self._take(np.concatenate(waiting))

    def _take_wanted(self, pairs: Array) -> None:
        """Take pairs but those of two texts that have partners enough, both crowded."""
        better, other = unpack(pairs)
        is_unwanted = self._has_enough(better)
        is_unwanted &= self._has_enough(other)
        self._take(pairs[~is_unwanted])

    def _has_enough(self, ids: Array) -> Array:
        """Return which texts are crowded and have partners enough, bool."""
        place, has_enough = look_up(self._crowded, ids)
        has_enough[has_enough] = self._partners[place[has_enough]] >= ENOUGH
        return has_enough

    def _take(self, pairs: Array) -> None:
        """Take pairs, packed, in any order."""
        pairs = distinct(pairs)
        is_there = contains(self._pairs, pairs)
        pairs = pairs[~is_there]
        self._partners += _partners(self._crowded, pairs)
        self._pairs = merged(self._pairs, pairs)


def _partners(ids: Array, pairs: Array) -> Array:
    """Return in how many of these pairs each text is, int64; `ids` is sorted."""
    counts = np.zeros(len(ids), dtype=np.int64)
    if len(ids):
        for side in unpack(pairs):
            place, is_there = look_up(ids, side)
            counts += np.bincount(place[is_there], minlength=len(ids))
    return counts


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
