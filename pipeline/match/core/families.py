"""Families: passages that are the same quote, whichever documents they link."""

from __future__ import annotations

import numpy as np

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
    start, end = start.ravel(), end.ravel()
    owner = np.repeat(np.arange(passages), 2)
    label = np.arange(passages)
    size = np.log(np.maximum(end - start, 1)) / np.log(9)
    for shift in (
        0.0,
        0.5,
    ):  # sizes up to three times each other fall into one class in at least one of the two
        order = np.lexsort((end, start, np.floor(size + shift)))
        for lag in range(1, _LAGS + 1):
            one, two = order[:-lag], order[lag:]
            shared = np.minimum(end[one], end[two]) - np.maximum(start[one], start[two])
            same = 3 * shared >= np.maximum(end[one] - start[one], end[two] - start[two])
            label = _joined(label, owner[one[same]], owner[two[same]])
    return _numbered(label)


def origins(family: Array, documents: Array, copy_group: Array) -> Array:
    """int64 [families]: how many independent origins each family has.

    `documents` int64 [passages, 2]; `copy_group` int64 [documents]: whole-document copies of one story
    share a number and count once.
    """
    pairs = np.unique(np.stack((np.repeat(family, 2), copy_group[documents.ravel()])), axis=1)
    return np.bincount(pairs[0])


def earliest(family: Array, documents: Array, dates: Array) -> Array:
    """int64 [families]: the first document of each family by date, -1 where no date is known.

    `dates`: int64 [documents], anything that sorts, with -1 for unknown; equal dates go to the lower number.
    """
    documents = documents.ravel()
    family = np.repeat(family, 2)
    dated = dates[documents] >= 0
    order = np.lexsort((documents[dated], dates[documents[dated]], family[dated]))
    found, at = np.unique(family[dated][order], return_index=True)
    first = np.full(int(family.max()) + 1 if len(family) else 0, -1)
    first[found] = documents[dated][order][at]
    return first


def _joined(label: Array, first: Array, second: Array) -> Array:
    """int64: the least number of each connected component, when these are linked too."""
    while True:
        least = np.minimum(label[first], label[second])
        better = label.copy()
        np.minimum.at(better, label[first], least)
        np.minimum.at(better, label[second], least)
        better = better[better]
        if np.array_equal(better, label):
            return label
        label = better


def _numbered(label: Array) -> Array:
    values, first, index = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(values))
    return rank[index]
