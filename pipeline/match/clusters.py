"""Clusters as columns: which texts belong together, in the order of the output, and what each is to the canonical one."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Config
from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match import settings
from pipeline.match.at_a_time import in_stretches, stretches
from pipeline.match.core.cluster import cluster
from pipeline.match.core.packed import (
    contains,
    distinct,
    groups,
    look_up,
    pack,
    pack_unordered,
    unpack,
)
from pipeline.match.core.redirects import Redirects
from pipeline.match.core.relation import (
    COPY,
    COVERED,
    NAMES,
    NOISE,
    NOISY,
    REPEAT,
    REVISION,
    RelationRules,
    relations,
)
from pipeline.match.items import Items
from pipeline.match.near import Near
from pipeline.match.pairs import Pairs, joined
from pipeline.match.slots import Slots
from pipeline.model import Level

_PRECEDENCE = (REPEAT, COPY, NOISY, REVISION)
"""Of the members' relations, the last of these is the cluster's."""


class Alike(Struct, frozen=True):
    """Texts of a level that are alike, all by rank."""

    items: Items
    representative: Redirects
    """the first text of those with the same words"""
    symbols: Column
    """uint64, by place: signs and units at the numbers, in which texts with the same words may differ"""
    canonical: Redirects
    """the canonical text of the cluster"""
    pairs: Pairs
    """of representatives"""
    relation: Array
    """int8 [pairs]"""
    crowded: Array
    """int64, sorted: representatives that so many are like that not all pairs were looked at"""

    def relation_of_copies(self, numbers: Array) -> Array:
        """Return what texts are to the first with the same words, int8."""
        first = self.representative[numbers]
        is_same_document = self.items.document(first) == self.items.document(numbers)
        kinds = np.where(is_same_document, REPEAT, COPY)
        # The words are the same, but a minus before a number is no word.
        other_symbols = self._symbols_of(first) != self._symbols_of(numbers)
        kinds[other_symbols & (kinds == COPY)] = REVISION
        return kinds.astype(np.int8)

    def _symbols_of(self, ranks: Array) -> Array:
        """Return the symbols of texts, uint64."""
        return self.symbols.at(self.items.place(ranks))


def alike(items: Items, near: Near, symbols: Column, noisy: Pairs, config: Config) -> Alike:
    """Return what is alike: near-duplicates, and texts that differ by noise alone.

    noisy: pairs that are no near-duplicates
    """
    is_noise = (noisy.flags & NOISE) > 0
    extra = noisy.take(is_noise)
    pairs = near.pairs
    if len(extra):
        low, high = unpack(extra.key)
        one = near.representative[low]
        two = near.representative[high]
        key = pack_unordered(one, two)
        _, once = np.unique(key, return_index=True)
        extra = replace(extra, key=key).take(once)
        pairs = joined([near.pairs, extra])
    low, high = unpack(pairs.key)
    canonical = cluster(low, high)
    limits = settings.relation_rules(config, items.level, containment=1.0)
    return Alike(
        items=items,
        representative=near.representative,
        symbols=symbols,
        canonical=near.representative.then(canonical),
        pairs=pairs,
        relation=relations_of(items, pairs, limits),
        crowded=near.crowded,
    )


def relations_of(items: Items, pairs: Pairs, limits: RelationRules) -> Array:
    """Return what the two texts of each pair are to each other, int8."""
    low, high = unpack(pairs.key)
    same_document = items.document(low) == items.document(high)
    if items.differ:
        limits = replace(limits, similar=items.least_of(pairs.key))
    return relations(pairs.overlap, same_document, pairs.flags, limits)


class ClusterRows(Struct, frozen=True):
    """Consecutive clusters. Cluster `i` has the members `offsets[i]:offsets[i + 1]`, in order of source."""

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


class Clusters(Struct, frozen=True):
    """Clusters of two and more texts of a level, in the order of the output, with as little of each member as can be."""

    level: Level
    slots: Slots
    packed: Array
    """uint64 [members], sorted: the slot of the canonical text << 32 | that of the member"""
    offsets: Array
    """int64 [clusters + 1]: where the members of each begin"""
    relation: Array
    """int8 [members]; the canonical member has that of the cluster"""
    covered: Array
    """bool [members]: whether all that it says, word by word, stands in the canonical one"""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def part(self, low: int, high: int) -> ClusterRows:
        """Return the clusters from `low` to `high` (exclusive)."""
        offsets = self.offsets[low : high + 1]
        canonical, members = unpack(self.packed[offsets[0] : offsets[-1]])
        is_canonical = np.flatnonzero(canonical == members)  # one of each cluster
        number = self.numbers(members)
        document = self.slots.documents(members)
        return ClusterRows(
            offsets=offsets - offsets[0],
            number=number,
            document=document,
            canonical=number[is_canonical],
            canonical_document=document[is_canonical],
            relation=self.relation[offsets[0] + is_canonical],
        )

    def numbers(self, slots: Array) -> Array:
        """Return the documents or paragraphs, counted through all packs, at slots, int64."""
        return self.slots.documents(slots) if self.level == "document" else self.slots.paragraphs(slots)


def clusters(found: Alike, slots: Slots) -> Clusters:
    """Return the clusters in which a new document takes part."""
    items = found.items

    def in_output(ranks: Array) -> Array:
        """Return members by their slots, with those of their canonical texts."""
        return pack(slots.of(items, found.canonical[ranks]), slots.of(items, ranks))

    # One row a member from here on.
    packed = in_stretches(in_output, _members(found))
    packed.sort()
    canonical = np.empty(len(packed), dtype=np.uint32)
    is_canonical = np.empty(len(packed), dtype=bool)
    own = np.empty(len(packed), dtype=np.int8)
    covered = np.empty(len(packed), dtype=bool)
    for some in stretches(len(packed)):
        best, member = unpack(packed[some])
        canonical[some] = best
        is_canonical[some] = best == member
        own[some], covered[some] = _to_canonical(found, slots.ranks(items, member), slots.ranks(items, best))
    first, _ = groups(canonical)
    own[is_canonical] = _overall(own, is_canonical, first)
    return Clusters(
        level=items.level,
        slots=slots,
        packed=packed,
        offsets=np.append(first, len(packed)),
        relation=own,
        covered=covered,
    )


def _members(found: Alike) -> Array:
    """Return the texts in clusters of two and more, one of them new, uint32."""
    canonical = found.canonical
    members = distinct(np.concatenate((canonical.number, canonical.target)))
    if not found.items.older:
        return members
    best = canonical[members]
    with_new = distinct(best[members >= found.items.older])
    return members[contains(with_new, best)]


def _to_canonical(found: Alike, members: Array, best: Array) -> tuple[Array, Array]:
    """Return (relation int8, whether all of it stands there bool) of members to their canonical text."""
    representative = found.representative[members]
    as_copy = found.relation_of_copies(members)
    if not len(found.pairs):
        return as_copy, np.ones(len(members), dtype=bool)
    # What is no pair has the words of the canonical text itself.
    keys = pack(best, representative)
    place, is_pair = look_up(found.pairs.key, keys)
    own = np.where(is_pair, found.relation[place], as_copy)
    # Other signs at the numbers make a copy of a member no copy of the canonical text either.
    is_other = is_pair & (own == COPY)
    is_other &= as_copy == REVISION
    own[is_other] = REVISION
    flags = found.pairs.flags[place]
    covered = (flags & COVERED) > 0
    covered |= ~is_pair
    return own.astype(np.int8), covered


def _overall(own: Array, is_canonical: Array, first: Array) -> Array:
    """Return the relation of each cluster, int8: of its members' the one of the highest precedence."""
    of_weight = np.array([0, *_PRECEDENCE], dtype=np.int8)
    weight_of = np.zeros(len(NAMES), dtype=np.int8)
    weight_of[of_weight] = np.arange(len(of_weight))
    weight = np.where(is_canonical, 0, weight_of[own])
    strongest = np.maximum.reduceat(weight, first) if len(first) else weight
    return of_weight[strongest]
