"""Clusters as columns: which texts belong together, in the order of the output, and what each is to the canonical one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.core import relation
from pipeline.match.core.packed import pack, unpack
from pipeline.match.core.relation import RelationRules
from pipeline.match.near import Items, Near, Pairs

COPY_SIMILARITY = 0.9
"""Jaccard similarity from which a near-duplicate is a copy; below it some word has changed that may matter."""

REPEAT = relation.NAMES.index("repeat")
COPY = relation.NAMES.index("copy")
REVISION = relation.NAMES.index("revision")
_PRECEDENCE = (REPEAT, COPY, REVISION)
"""Of the members' relations, the last of these is the cluster's."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of two and more texts. Cluster `i` has the members `offsets[i]:offsets[i + 1]`, in order of source."""

    offsets: Array
    """int64 [clusters + 1]"""
    number: Array
    """int64 [members]: the document or paragraph, counted through all packs"""
    document: Array
    """int64 [members]"""
    canonical: Array
    """int64 [clusters]: the number of the canonical one"""
    canonical_document: Array
    """int64 [clusters]"""
    relation: Array
    """int8 [clusters], places in `relation.NAMES`"""
    member_relation: Array
    """int8 [members]; the canonical member has that of the cluster"""

    def __len__(self) -> int:
        return len(self.canonical)


def relations(items: Items, pairs: Pairs, threshold: float, containment: float) -> Array:
    """int8 [pairs]: what the two texts of each pair are to each other."""
    low, high = unpack(pairs.key)
    return relation.relations(
        pairs.overlap,
        items.document[low] == items.document[high],
        pairs.same_numbers,
        RelationRules(similar=threshold, copy=max(threshold, COPY_SIMILARITY), contained=containment),
    )


def clusters(items: Items, near: Near, threshold: float, order: Array) -> Clusters:
    """The clusters in which a new document takes part.

    `order`: int64 [documents], the place of each document by source.
    """
    sizes = np.bincount(near.canonical, minlength=len(items))
    if items.older:
        sizes[np.bincount(near.canonical[items.older :], minlength=len(items)) == 0] = 0
    members = np.flatnonzero(sizes[near.canonical] > 1)
    best = near.canonical[members]
    by_place = np.lexsort(
        (items.number[members], order[items.document[members]], items.number[best], order[items.document[best]])
    )
    members, best = members[by_place], best[by_place]
    first = np.flatnonzero(np.append(True, best[1:] != best[:-1])[: len(best)])
    counts = np.diff(np.append(first, len(best)))

    same = np.where(items.document[members] == items.document[best], REPEAT, COPY).astype(np.int8)
    key = pack(best, near.representative[members])
    place = np.minimum(np.searchsorted(near.pairs.key, key), max(0, len(near.pairs) - 1))
    kinds = relations(items, near.pairs, threshold, 1.0)
    own = np.where(near.pairs.key[place] == key, kinds[place], same) if len(near.pairs) else same
    precedence = np.zeros(len(relation.NAMES), dtype=np.int8)
    precedence[list(_PRECEDENCE)] = np.arange(1, len(_PRECEDENCE) + 1)
    weight = np.where(members == best, 0, precedence[own])
    strongest = np.maximum.reduceat(weight, first) if len(first) else weight
    overall = np.array([0, *_PRECEDENCE], dtype=np.int8)[strongest]
    own = np.where(members == best, np.repeat(overall, counts), own)
    return Clusters(
        np.append(first, len(best)),
        items.number[members],
        items.document[members],
        items.number[best[first]],
        items.document[best[first]],
        overall,
        own.astype(np.int8),
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs in the order of the output; side 0 stands first by source."""

    number: Array
    """int64 [pairs, 2]: paragraphs, counted through all packs"""
    document: Array
    """int64 [pairs, 2]"""
    shared: Array
    """int32: shingles in both"""
    sizes: Array
    """int32 [pairs, 2]: shingles in each"""
    relation: Array
    """int8, places in `relation.NAMES`"""

    def __len__(self) -> int:
        return len(self.shared)

    def part(self, low: int, high: int) -> Linked:
        """The pairs from `low` to `high` (exclusive)."""
        return Linked(*(getattr(self, name)[low:high] for name in self.__slots__))


def linked(items: Items, near: Near, contained: Pairs, threshold: float, containment: float, order: Array) -> Linked:
    """Verified pairs of near-duplicates, those of equal texts with the first of them, and paragraphs quoted whole.

    No pair of `contained` is one of the others.
    """
    again = np.flatnonzero(near.representative != np.arange(len(items)))
    again = again[again >= items.older]
    first = near.representative[again]
    equal = pack(first, again)
    one = np.ones(len(again), dtype=np.int32)
    exact = Pairs(equal, one, one, one, one.astype(bool))
    pairs = [near.pairs, contained, exact]
    kinds = [relations(items, part, threshold, containment) for part in pairs[:2]]
    kinds.append(np.where(items.document[first] == items.document[again], REPEAT, COPY).astype(np.int8))
    kind = np.concatenate(kinds)
    low, high = unpack(np.concatenate([part.key for part in pairs]))
    shared, size_a, size_b = (np.concatenate([getattr(p, name) for p in pairs]) for name in ("shared", "a", "b"))
    number = np.stack((items.number[low], items.number[high]), axis=1)
    document = np.stack((items.document[low], items.document[high]), axis=1)
    sizes = np.stack((size_a, size_b), axis=1)
    place = order[document]
    swap = (place[:, 0] > place[:, 1]) | ((place[:, 0] == place[:, 1]) & (number[:, 0] > number[:, 1]))
    for column in (number, document, sizes, place):
        column[swap] = column[swap][:, ::-1]
    rows = np.lexsort((number[:, 1], place[:, 1], number[:, 0], place[:, 0]))
    rows = rows[kind[rows] > 0]
    return Linked(number[rows], document[rows], shared[rows], sizes[rows], kind[rows])
