"""Candidate pairs: texts that share a band key. One sort of packed integers per band, no dictionary.

Texts are numbered by priority: number 0 is the one preferred as canonical. A bucket (texts with one key) of
up to `ALL_PAIRS` members gives all its pairs. A larger one would give a quadratic number; it gives a star
(its best member with every other) and is then split by the keys of the next bands, the parts treated alike.
Texts that are similar share many bands, so they meet again in a part or in another band; clustering asks
again for those that are left over (match.py). So no member is lost and the number of pairs stays linear.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np

from pipeline.tokens import Array

ALL_PAIRS = 32
"""Largest bucket that gives all its pairs."""

SPLITS = 3
"""How many further bands split a larger bucket."""

_ID_BITS = np.uint64(32)
_ID_MASK = np.uint64(0xFFFFFFFF)
_LOWER = 0 if sys.byteorder == "little" else 1
"""Which half of a packed integer in memory is the lower one."""


def candidate_pairs(band: Callable[[int], Array], bands: int, buffer: int = 1 << 18) -> Array:
    """uint64 [pairs]: `pack(low, high)` with low < high, sorted, no repeats.

    `band(i)` gives the keys of band `i` in order of priority, uint32 [texts]. Beside the distinct pairs, at
    most as many again, or about `buffer`, are held at a time.
    """
    kept = np.empty(0, dtype=np.uint64)
    fresh: list[Array] = []
    waiting = 0
    for index in range(bands):
        for pairs in _pairs_of_band(band, bands, index):
            fresh.append(pairs)
            waiting += len(pairs)
            if waiting > max(buffer, len(kept)):
                kept, fresh, waiting = distinct(np.concatenate((kept, *fresh))), [], 0
    return distinct(np.concatenate((kept, *fresh)))


def distinct(values: Array) -> Array:
    """Sorted, each once. By a sort: the hash table of `np.unique` is many times slower on large arrays."""
    values = np.sort(values)
    fresh = np.append(True, values[1:] != values[:-1])[: len(values)]
    return values.compress(fresh)


def among(values: Array, known: Array) -> Array:
    """bool: which of the values are in `known`, which is sorted."""
    place = np.searchsorted(known, values)
    found: Array = np.append(known, known[-1:])[place] == values if len(known) else np.zeros(len(values), bool)
    return found


def pack(low: Array, high: Array) -> Array:
    """uint64: `low << 32 | high`."""
    packed: Array = low.astype(np.uint64) << _ID_BITS
    packed |= high.astype(np.uint64)
    return packed


def unpack(pairs: Array) -> tuple[Array, Array]:
    """(low, high), int64, of packed pairs."""
    return (pairs >> _ID_BITS).astype(np.int64), (pairs & _ID_MASK).astype(np.int64)


def _pairs_of_band(band: Callable[[int], Array], bands: int, index: int) -> Iterator[Array]:
    keys = band(index)
    packed = np.empty(len(keys), dtype=np.uint64)
    halves = packed.view(np.uint32).reshape(-1, 2)  # written and compared by halves, without a copy of the whole
    halves[:, _LOWER] = np.arange(len(keys), dtype=np.uint32)
    halves[:, 1 - _LOWER] = keys
    del keys
    packed.sort()
    bucket, ids = unpack(packed[beside(halves[1:, 1 - _LOWER] == halves[:-1, 1 - _LOWER])[: len(packed)]])
    for split in range(1, SPLITS + 1):
        yield from all_pairs(bucket, ids, ALL_PAIRS)
        bucket, ids, star = _stars(bucket, ids)
        if not len(ids):
            return
        yield star
        keys = band((index + split) % bands)[ids]
        order = np.lexsort((ids, keys, bucket))
        bucket, ids, keys = bucket[order], ids[order], keys[order]
        parts = np.cumsum((bucket[1:] != bucket[:-1]) | (keys[1:] != keys[:-1]))
        bucket, ids = crowded(np.append(0, parts), ids)
    yield from all_pairs(bucket, ids, ALL_PAIRS)
    yield _stars(bucket, ids)[2]


def crowded(bucket: Array, ids: Array) -> tuple[Array, Array]:
    """Those that share their bucket with another; `bucket` is sorted."""
    shared = beside(bucket[1:] == bucket[:-1])[: len(bucket)]
    return bucket[shared], ids[shared]


def beside(same: Array) -> Array:
    """bool [n + 1]: which of n + 1 items are the same as a neighbour; `same` compares each with the next."""
    shared = np.zeros(len(same) + 1, dtype=bool)
    shared[1:] = same
    shared[:-1] |= same
    return shared


def bucket_sizes(bucket: Array) -> tuple[Array, Array]:
    """(first, size), int64: where each bucket starts and how many it has; `bucket` is sorted."""
    first = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])[: len(bucket)])
    return first, np.diff(np.append(first, len(bucket)))


def all_pairs(bucket: Array, ids: Array, most: int) -> Iterator[Array]:
    """All pairs inside the buckets of at most `most` members, lag by lag; `bucket` is sorted."""
    first, size = bucket_sizes(bucket)
    left = np.repeat(first + size, size) - np.arange(len(ids))  # members from here to the bucket's end
    at = np.flatnonzero(np.repeat(size <= most, size))
    for lag in range(1, most):
        at = at[left[at] > lag]
        if not len(at):
            return
        yield pack(ids[at], ids[at + lag])


def _stars(bucket: Array, ids: Array) -> tuple[Array, Array, Array]:
    """Of the larger buckets: their members (bucket, ids) and the pairs of each with the bucket's best."""
    first, size = bucket_sizes(bucket)
    large = np.repeat(size > ALL_PAIRS, size)
    best = np.repeat(ids[first], size)[large]
    bucket, ids = bucket[large], ids[large]
    rest = ids != best
    return bucket, ids, pack(best[rest], ids[rest])
