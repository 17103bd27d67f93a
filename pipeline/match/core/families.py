"""Families: passages that are the same quote, whichever documents they link.

Two passages belong together if a side of one and a side of the other overlap by at least a third of the longer. So a quote does
not join the family of a whole copied article around it. Sides come sorted by size and place, some at a time: of a passage no more
is held than the number of another one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.match.core.packed import distinct, pack, unpack
from pipeline.tokens import Array

SHIFTS = (0.0, 0.5)
"""Sizes up to three times each other, half a class at most, fall into one class in at least one of the two rounds."""
_LAGS = 4
"""Intervals compared with each one, in order of place: all that lie on one quote follow each other."""
_BLOCK = 1 << 16
"""Passages looked at together where all are gone through"""
_CLASS = np.uint64(56)
"""Bits of a place in the concatenation of all documents: above them stands the size class."""
_SIDE = np.uint64(32)
"""Bits of the number of a side: above them stands its length."""


def packed_sides(first: int, start: Array, end: Array, shift: float) -> tuple[Array, Array]:
    """Return two numbers by which sides of passages are sorted by size class, then start, then end, uint64; `unpacked_sides`
    takes them.

    first: the number of the first side; a passage has two, one after the other
    start, end: int64 [sides], positions in the concatenation of all documents
    shift: one of `SHIFTS`
    """
    classes = _size_classes(start, end, shift)
    high = (classes << _CLASS) | start.astype(np.uint64)
    number = np.arange(first, first + len(start), dtype=np.uint64)
    low = ((end - start).astype(np.uint64) << _SIDE) | number
    return high, low


def unpacked_sides(high: Array, low: Array) -> tuple[Array, Array, Array]:
    """Return (start int64, end int64, passage int32) of sides."""
    start = (high & np.uint64((1 << 56) - 1)).astype(np.int64)
    length, side = unpack(low)
    return start, start + length, (side // 2).astype(np.int32)


def _size_classes(start: Array, end: Array, shift: float) -> Array:
    """Return the logarithm of each length, with base 9, plus `shift`, rounded down: uint64."""
    at_least_one = np.maximum(end - start, 1)
    size = np.log(at_least_one) / np.log(9)
    return np.floor(size + shift).astype(np.uint64)


class Families:
    """The families of passages, as their sides come in."""

    def __init__(self, passages: int) -> None:
        self._above = np.arange(passages, dtype=np.int32)
        """Of each passage one of its family that is nearer to the first one, as far as that is known; of the first one itself"""
        self._before: list[Array] = []
        """The last sides that have come in, which are compared with the next ones"""
        self.begin()

    def begin(self) -> None:
        """Sides begin anew: what follows does not stand behind what was there before."""
        none = np.empty(0, dtype=np.int64)
        self._before = [none, none, none.astype(np.int32)]

    def add(self, start: Array, end: Array, passage: Array) -> None:
        """Take the next sides, as `unpacked_sides` gives them, sorted by what `packed_sides` gives."""
        known = len(self._before[0])
        columns = [np.concatenate(both) for both in zip(self._before, (start, end, passage), strict=True)]
        start, end, passage = columns
        found = [np.empty((2, 0), dtype=np.int32)]
        for lag in range(1, _LAGS + 1):
            one, two = slice(max(known - lag, 0), -lag), slice(max(known, lag), None)
            is_same = _are_same(start[one], end[one], start[two], end[two])
            found.append(np.stack((passage[one][is_same], passage[two][is_same])))
        self._unite(np.concatenate(found, axis=1))
        self._before = [column[-_LAGS:].copy() for column in columns]

    def _unite(self, linked: Array) -> None:
        """Make one family of those of two passages, time and again; int32 [2, links]."""
        one, two = self._firsts(linked)
        is_new = one != two
        one, two = one[is_new], two[is_new]
        firsts = distinct(np.concatenate((one, two)))
        least = _components(len(firsts), np.searchsorted(firsts, one), np.searchsorted(firsts, two))
        self._above[firsts] = firsts[least]

    def _firsts(self, passages: Array) -> Array:
        """The first passage of the family of each, int32. The way to it is short from then on."""
        firsts = self._above[passages]
        while not np.array_equal(nearer := self._above[firsts], firsts):
            firsts = nearer
        self._above[passages] = firsts
        return firsts

    def some(self) -> Iterator[Array]:
        """Yield the first passage of the family of each passage, in order, some at a time: int32."""
        for low in range(0, len(self._above), _BLOCK):
            yield self._firsts(np.arange(low, min(low + _BLOCK, len(self._above))))


def _are_same(start: Array, end: Array, other_start: Array, other_end: Array) -> Array:
    """Return which sides overlap with another one by at least a third of the longer of both, bool."""
    first_end = np.minimum(end, other_end)
    last_start = np.maximum(start, other_start)
    longer = np.maximum(end - start, other_end - other_start)
    is_same: Array = 3 * (first_end - last_start) >= longer
    return is_same


def _components(count: int, first: Array, second: Array) -> Array:
    """Return the least number of each connected component, int64 [count], when these numbers are linked."""
    label = np.arange(count)
    while True:
        label_one = label[first]
        label_two = label[second]
        least = np.minimum(label_one, label_two)
        better = label.copy()
        np.minimum.at(better, label_one, least)
        np.minimum.at(better, label_two, least)
        better = better[better]
        if np.array_equal(better, label):
            return label
        label = better


def origins(family: Array, copy_group: Array) -> Array:
    """Return how many independent origins each family has, int64 [families].

    family: int64 [sides], numbered from 0
    copy_group: int64 [sides], of the document; whole-document copies of one story share a number and count once
    """
    family_of_origin, _ = unpack(distinct(pack(family, copy_group)))
    return np.bincount(family_of_origin)


def earliest(family: Array, documents: Array, dates: Array) -> Array:
    """Return the first document of each family by date, int64 [families], -1 where no date is known.

    family, documents: int64 [sides]
    dates: int64 [sides], anything that sorts, with -1 for unknown; equal dates go to the lower number
    """
    families = int(family.max(initial=-1)) + 1
    first = np.full(families, -1)
    is_dated = dates >= 0
    documents = documents[is_dated]
    family = family[is_dated]
    by_date = np.lexsort((documents, dates[is_dated], family))
    documents = documents[by_date]
    found, row = np.unique(family[by_date], return_index=True)
    first[found] = documents[row]
    return first
