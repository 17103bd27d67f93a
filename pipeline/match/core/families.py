"""Families: passages that are the same quote, whichever documents they link."""

from __future__ import annotations

import numpy as np

from pipeline.match.core.packed import distinct, pack, unpack
from pipeline.tokens import Array

_LAGS = 4
"""Intervals compared with each one, in order of place: all that lie on one quote follow each other."""


def families(start: Array, end: Array) -> Array:
    """int64 [passages]: the family of each passage, numbered from 0 in order of first appearance.

    `start`, `end`: int64 [passages, 2], the two sides of every passage as positions in the concatenation of
    all documents. Two passages belong together if a side of one and a side of the other overlap by at least
    a third of the longer. So a quote does not join the family of a whole copied article around it.
    """
    passages = len(start)
    label = np.arange(passages)
    # One row a side from here on.
    passage = np.repeat(label, 2)
    start = start.ravel()
    end = end.ravel()
    length = end - start
    at_least_one = np.maximum(length, 1)
    size = np.log(at_least_one) / np.log(9)
    # Sizes up to three times each other, half a class at most, fall into one class in at least one of the two rounds.
    for shift in (0.0, 0.5):
        size_class = np.floor(size + shift)
        order = np.lexsort((end, start, size_class))
        for lag in range(1, _LAGS + 1):
            one = order[:-lag]
            two = order[lag:]
            first_end = np.minimum(end[one], end[two])
            last_start = np.maximum(start[one], start[two])
            overlap = first_end - last_start
            longer = np.maximum(length[one], length[two])
            is_same = 3 * overlap >= longer
            one = passage[one[is_same]]
            two = passage[two[is_same]]
            label = _joined(label, one, two)
    return _numbered(label)


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
    """Number labels from 0 in order of first appearance, int64."""
    values, first, index = np.unique(label, return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    number = np.empty(len(values), dtype=np.int64)
    number[by_appearance] = np.arange(len(values))
    return number[index]
