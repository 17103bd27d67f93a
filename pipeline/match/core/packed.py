"""Pairs of numbers as one integer, and what sorted integers are good for: groups, membership, each once, stretches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline import native
from pipeline.tokens import Array

HALF = np.uint64(32)
"""Bits of the lower number of a packed pair."""
LOWER = np.uint64(0xFFFFFFFF)
"""Mask of the lower number of a packed pair."""
_FEW = 1 << 11
"""Rows that `np.lexsort` sorts as fast"""
_BLOCK = 1 << 16
"""Rows looked at together where there are many"""


def pack(high: Array, low: Array) -> Array:
    """Return `high << 32 | low`, uint64. Packed pairs sort by the higher number, then by the lower."""
    packed: Array = high.astype(np.uint64)
    packed <<= HALF
    packed |= low.astype(np.uint64)
    return packed


def unpack(packed: Array) -> tuple[Array, Array]:
    """Return (high, low), int64, of packed pairs."""
    high = (packed >> HALF).astype(np.int64)
    low = (packed & LOWER).astype(np.int64)
    return high, low


def pack_unordered(one: Array, two: Array) -> Array:
    """Return packed pairs, uint64, of each the lower number first."""
    return pack(np.minimum(one, two), np.maximum(one, two))


def inverse(order: Array) -> Array:
    """Return the place of each number in an order of all of them, int64."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def order_of(*keys: Array) -> Array:
    """Return the order of rows by their keys, int64: by the first key, then by the second, and so on; rows that agree in all of
    them stay in the order in which they came.

    What `np.lexsort` gives for the keys from the last to the first. It sorts so that equal rows stay in order, which takes some
    times as long as sorting them anyhow, by the first key, and then those that are equal alone. There are at most 2^32 rows.

    keys: whole numbers, a column each
    """
    if len(keys[0]) < _FEW:
        return np.lexsort(keys[::-1])
    order = _order(keys[0])
    # Places in the order of rows that the keys until now do not tell apart from others, and their groups
    tied, group = _tied(keys[0], order)
    for key in keys[1:]:
        if not len(tied):
            return order
        rows_of_groups = order[tied]
        values = key[rows_of_groups]
        by_value = _order(values)
        # The groups stand where they stood, and inside of each rows go by this key.
        place = pack(group[by_value], np.arange(len(by_value)))
        place.sort()
        by_group = by_value[(place & LOWER).astype(np.int64)]
        order[tied] = rows_of_groups[by_group]
        group = group_numbers(group, values[by_group])
        shared = np.flatnonzero(is_shared(group))
        tied = tied[shared]
        group = group[shared]
    low = 0
    while low < len(tied):
        # Some groups at a time, since there may be millions of rows.
        last = group[min(low + _BLOCK, len(group)) - 1]
        high = int(np.searchsorted(group, last, side="right"))
        rows = pack(group[low:high], order[tied[low:high]])
        rows.sort()
        order[tied[low:high]] = rows & LOWER
        low = high
    return order


def _order(key: Array) -> Array:
    """Return an order of rows by one key, int64: that in which they are, where it is one."""
    is_sorted = bool((key[1:] >= key[:-1]).all())
    return np.arange(len(key)) if is_sorted else np.argsort(key)


def _tied(key: Array, order: Array) -> tuple[Array, Array]:
    """Return the places in an order by one key of rows that are equal to others, and the number of the group of each: int64."""
    is_tied = np.zeros(len(order), dtype=bool)
    for low in range(0, len(order) - 1, _BLOCK):
        values = key[order[low : low + _BLOCK + 1]]
        same = values[1:] == values[:-1]
        is_tied[low : low + len(same)] |= same
        is_tied[low + 1 : low + 1 + len(same)] |= same
    tied = np.flatnonzero(is_tied)
    return tied, group_numbers(key[order[tied]])


def distinct(values: Array) -> Array:
    """Return the values sorted, each once.

    By a sort: the hash table of `np.unique` is many times slower on large arrays.
    """
    values = np.sort(values)
    return values.compress(is_first(values))


def merged(one: Array, two: Array) -> Array:
    """Return the values of two sorted arrays, sorted. Stable sorting finds the two runs and merges them."""
    values = np.concatenate((one, two))
    values.sort(kind="stable")
    return values


def look_up(members: Array, values: Array) -> tuple[Array, Array]:
    """Return where values stand in `members`, which is sorted: (place int64, whether it is there bool).

    The place of a value that is not there is some other's, or 0.
    """
    if native.kernels is not None and members.dtype == values.dtype == np.uint64:
        places, found = native.kernels.look_up(np.ascontiguousarray(members), np.ascontiguousarray(values))
        place = np.frombuffer(places, np.int64).reshape(values.shape)
        return place, np.frombuffer(found, bool).reshape(values.shape)
    if not len(members):
        nowhere = np.zeros(len(values), dtype=np.int64)
        return nowhere, nowhere.astype(bool)
    place = np.searchsorted(members, values)
    place[place == len(members)] = 0
    return place, members[place] == values


def contains(members: Array, values: Array) -> Array:
    """Return which of the values are in `members`, which is sorted: bool."""
    _, found = look_up(members, values)
    return found


def is_first(*keys: Array) -> Array:
    """Return which rows begin a group, bool: rows of one group stand together and agree in all keys."""
    first = np.ones(len(keys[0]), dtype=bool)
    if len(first):
        first[1:] = False
    # A row begins a group if any of its keys is another than in the row before.
    for key in keys:
        first[1:] |= key[1:] != key[:-1]
    return first


def is_apart(begin: Array, end: Array) -> Array:
    """Return which stretches begin behind the end of all before them, bool; they are sorted by where they begin."""
    apart = np.ones(len(begin), dtype=bool)
    reach = np.maximum.accumulate(end)
    apart[1:] = begin[1:] > reach[:-1]
    return apart


def groups(*keys: Array) -> tuple[Array, Array]:
    """Return (first row, number of rows), int64, of each group: rows of one group stand together."""
    first = np.flatnonzero(is_first(*keys))
    edges = np.append(first, len(keys[0]))
    return first, np.diff(edges)


def group_numbers(*keys: Array) -> Array:
    """Return the number of the group that each row is in, int64, from 0."""
    numbers: Array = np.cumsum(is_first(*keys)) - 1
    return numbers


def place_in_group(sizes: Array) -> Array:
    """Return how many rows of its own group stand before each row, int64, for groups of so many rows each."""
    rows_before = np.cumsum(sizes) - sizes
    row = np.arange(sizes.sum())
    return row - np.repeat(rows_before, sizes)


def owners(sizes: Array) -> Array:
    """Return the number of the group that each row is in, int64, for groups of so many rows each."""
    return np.repeat(np.arange(len(sizes)), sizes)


def owner_at(offsets: Array, positions: Array) -> Array:
    """Return the number of the group that each position is in, int64. Group `i` begins at `offsets[i]`."""
    if native.kernels is not None and offsets.dtype == positions.dtype == np.int64:
        owner = native.kernels.owner_at(np.ascontiguousarray(offsets), np.ascontiguousarray(positions))
        return np.frombuffer(owner, np.int64).reshape(positions.shape)
    return np.searchsorted(offsets, positions, side="right") - 1


def exchange_sides(swap: Array, *columns: Array) -> None:
    """Exchange the two sides of the rows that `swap` flags, in place; columns are [rows, 2]."""
    for column in columns:
        exchanged = column[swap, ::-1]
        column[swap] = exchanged


def is_shared(keys: Array) -> Array:
    """Return which rows have a neighbour with the same key, bool: in sorted keys, those that are not alone."""
    shared = np.zeros(len(keys), dtype=bool)
    same = keys[1:] == keys[:-1]
    shared[1:] = same
    shared[:-1] |= same
    return shared


def batches(sizes: Array, most: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last, exclusive) of stretches of items whose sizes add up to about `most`; a larger item is one alone."""
    ends = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        done = int(ends[low - 1]) if low else 0
        fits = int(np.searchsorted(ends, done + most, side="right"))
        high = max(low + 1, fits)  # at least one
        yield low, high
        low = high
