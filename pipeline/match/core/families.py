"""Families: passages that are the same quote, whichever documents they link."""

from __future__ import annotations

import numpy as np

from pipeline.match.core.packed import distinct, pack, unpack
from pipeline.tokens import Array

_LAGS = 4
"""Intervals compared with each one, in order of place: all that lie on one quote follow each other."""
_BLOCK = 1 << 18
"""Sides that are looked at together: of very many passages what is worked with would take more memory than they do"""


def families(start: Array, end: Array) -> Array:
    """int64 [passages]: the family of each passage, numbered from 0 in order of first appearance.

    `start`, `end`: int64 [passages, 2], the two sides of every passage as positions in the concatenation of
    all documents. Two passages belong together if a side of one and a side of the other overlap by at least
    a third of the longer. So a quote does not join the family of a whole copied article around it.
    """
    label = np.arange(len(start))
    # One row a side from here on: a passage has two, one after the other.
    start = start.ravel()
    end = end.ravel()
    # Sizes up to three times each other, half a class at most, fall into one class in at least one of the two rounds.
    for shift in (0.0, 0.5):
        order = np.lexsort((end, start, _size_classes(start, end, shift)))
        for lag in range(1, _LAGS + 1):
            label = _joined(label, *_same(start, end, order, lag))
    return _numbered(label)


def _size_classes(start: Array, end: Array, shift: float) -> Array:
    """int8 [sides]: the logarithm of the length, with base 9, plus `shift`, rounded down."""
    classes = np.empty(len(start), dtype=np.int8)
    for low in range(0, len(start), _BLOCK):
        part = slice(low, low + _BLOCK)
        at_least_one = np.maximum(end[part] - start[part], 1)
        size = np.log(at_least_one) / np.log(9)
        classes[part] = np.floor(size + shift)
    return classes


def _same(start: Array, end: Array, order: Array, lag: int) -> tuple[Array, Array]:
    """Passages, int32, a side of which is the same as the one that stands `lag` further on; and the passages of the latter."""
    found = [np.empty((2, 0), dtype=np.int32)]
    for low in range(0, len(order) - lag, _BLOCK):
        two = order[low + lag : low + lag + _BLOCK]
        one = order[low : low + len(two)]
        first_end = np.minimum(end[one], end[two])
        last_start = np.maximum(start[one], start[two])
        longer = np.maximum(end[one] - start[one], end[two] - start[two])
        is_same = 3 * (first_end - last_start) >= longer
        sides = np.stack((one[is_same], two[is_same]))
        found.append((sides // 2).astype(np.int32))
    one, two = np.concatenate(found, axis=1)
    return one, two


def origins(family: Array, documents: Array, copy_group: Array) -> Array:
    """int64 [families]: how many independent origins each family has.

    `documents` int64 [passages, 2]; `copy_group` int64 [documents]: whole-document copies of one story
    share a number and count once.
    """
    family_of_side = np.repeat(family, 2)
    group_of_side = copy_group[documents.ravel()]
    family_of_origin, _ = unpack(distinct(pack(family_of_side, group_of_side)))
    return np.bincount(family_of_origin)


def earliest(family: Array, documents: Array, dates: Array) -> Array:
    """int64 [families]: the first document of each family by date, -1 where no date is known.

    `dates`: int64 [documents], anything that sorts, with -1 for unknown; equal dates go to the lower number.
    """
    families = int(family.max(initial=-1)) + 1
    first = np.full(families, -1)
    # One row a side from here on, those without a date left out.
    documents = documents.ravel()
    is_dated = dates[documents] >= 0
    documents = documents[is_dated]
    family = np.repeat(family, 2)[is_dated]
    by_date = np.lexsort((documents, dates[documents], family))
    documents = documents[by_date]
    found, row = np.unique(family[by_date], return_index=True)
    first[found] = documents[row]
    return first


def _joined(label: Array, first: Array, second: Array) -> Array:
    """int64: the least number of each connected component, when these are linked too.

    label: int64 [passages], the least number of each component so far
    """
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


def _numbered(label: Array) -> Array:
    """Number components from 0 in order of first appearance, int64.

    label: int64 [passages], the least number of each component, which is that of its first member
    """
    is_first = label == np.arange(len(label))
    number = np.cumsum(is_first) - 1
    return number[label]
