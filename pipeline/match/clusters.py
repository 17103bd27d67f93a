"""Clusters as columns: which texts belong together, in the order of the output, and what each is to the canonical one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.config import Config
from pipeline.corpus.table import Array
from pipeline.match import settings
from pipeline.match.column import Column
from pipeline.match.core import rows
from pipeline.match.core.cluster import cluster
from pipeline.match.core.packed import (
    contains,
    distinct,
    exchange_sides,
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
    TELLING,
    RelationRules,
    relations,
)
from pipeline.match.items import Items
from pipeline.match.near import Near
from pipeline.match.pairs import Pairs, joined

_PRECEDENCE = (REPEAT, COPY, NOISY, REVISION)
"""Of the members' relations, the last of these is the cluster's."""


@dataclass(frozen=True, slots=True)
class Alike:
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
    member_covered: Array
    """bool [members]: whether all that it says, word by word, stands in the canonical one"""

    def __len__(self) -> int:
        return len(self.canonical)

    def part(self, low: int, high: int) -> Clusters:
        """Return the clusters from `low` to `high` (exclusive)."""
        offsets = self.offsets[low : high + 1]
        members = slice(offsets[0], offsets[-1])
        return Clusters(
            offsets=offsets - offsets[0],
            number=self.number[members],
            document=self.document[members],
            canonical=self.canonical[low:high],
            canonical_document=self.canonical_document[low:high],
            relation=self.relation[low:high],
            member_relation=self.member_relation[members],
            member_covered=self.member_covered[members],
        )


def clusters(found: Alike, order: Array) -> Clusters:
    """Return the clusters in which a new document takes part.

    order: int64 [documents], the place of each document by source
    """
    items = found.items
    # One row a member from here on; `best` is the canonical text of its cluster.
    members = _members(found)
    best = found.canonical[members]
    number = items.number(members)
    document = items.document(members)
    number_of_best = items.number(best)
    place_of_best = order[items.document(best)]
    by_place = np.lexsort((number, order[document], number_of_best, place_of_best))
    members = members[by_place]
    best = best[by_place]
    first, counts = groups(best)
    own, covered = _to_canonical(found, members, best)
    is_canonical = members == best
    overall = _overall(own, is_canonical, first)
    of_cluster = np.repeat(overall, counts)
    own = np.where(is_canonical, of_cluster, own)
    canonical = best[first]  # of each cluster
    return Clusters(
        offsets=np.append(first, len(best)),
        number=number[by_place],
        document=document[by_place],
        canonical=number_of_best[by_place[first]],
        canonical_document=items.document(canonical),
        relation=overall,
        member_relation=own.astype(np.int8),
        member_covered=covered,
    )


def _members(found: Alike) -> Array:
    """Return the texts in clusters of two and more, one of them new, int64."""
    canonical = found.canonical
    members = distinct(np.concatenate((canonical.number, canonical.target))).astype(np.int64)
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


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs in the order of the output; side 0 stands first by source."""

    number: Array
    """int64 [pairs, 2]: paragraphs, counted through all packs; -1 for whole documents"""
    document: Array
    """int64 [pairs, 2]"""
    start: Array
    """int64 [pairs, 2]: where what they share stands, code points of the clean text; -1 for the whole paragraph"""
    end: Array
    """int64 [pairs, 2]"""
    shared: Array
    """int32: shingles in both"""
    sizes: Array
    """int32 [pairs, 2]: shingles in each"""
    relation: Array
    """int8, places in `relation.NAMES`"""

    def __len__(self) -> int:
        return len(self.shared)

    def take(self, index: Array | slice) -> Linked:
        """Return some of them."""
        return rows.take(self, index)


def linked(found: Alike, quotes: Pairs, config: Config) -> Linked:
    """Return pairs of paragraphs: those that are alike, those of equal words with the first of them, and quotes.

    Of texts that very many are like only the pair with the canonical one. No pair of `quotes` is one of the others.
    """
    items = found.items
    low, high = unpack(found.pairs.key)
    is_crowded = contains(found.crowded, low) & contains(found.crowded, high)
    is_shown = found.canonical[high] == low
    is_shown |= ~is_crowded
    pairs = found.pairs.take(is_shown)

    copies = found.representative.number.astype(np.int64)
    copies = copies[copies >= items.older]
    # Nobody has counted the shingles of equal texts: one of one is all of them.
    one = np.ones(len(copies), dtype=np.int32)
    key = pack(found.representative[copies], copies)
    equal = Pairs(
        key=key,
        shared=one,
        a=one,
        b=one,
        flags=one.astype(np.uint8),
    )

    limits = settings.relation_rules(config, "paragraph", config.containment)
    # Quotes were not looked at word by word. One that is a near-duplicate all the same, which the bands have missed, may
    # differ in what matters: it is no copy.
    unseen = replace(quotes, flags=quotes.flags | TELLING)
    kinds = [
        found.relation[is_shown],
        relations_of(items, unseen, limits),
        found.relation_of_copies(copies),
    ]
    relation = np.concatenate(kinds)
    is_related = relation > 0
    # Of very many pairs the wide columns are made last.
    every = rows.concatenate((pairs, quotes, equal)).take(is_related)
    two_sides = np.stack(unpack(every.key), axis=1)  # int64 [pairs, 2]
    whole = np.full_like(two_sides, -1)
    return Linked(
        number=items.number(two_sides.ravel()).reshape(-1, 2),
        document=items.document(two_sides),
        start=whole,
        end=whole,
        shared=every.shared,
        sizes=np.stack((every.a, every.b), axis=1),
        relation=relation[is_related],
    )


def in_order(parts: list[Linked], order: Array) -> Linked:
    """Return all pairs in the order of the output. `parts` is emptied: of texts that repeat themselves there are very many.

    order: int64 [documents], the place of each document by source
    """
    every = rows.concatenate(parts)
    parts.clear()
    place = order[every.document]
    # Views of the two sides: exchanged below, they are so here.
    place_0, place_1 = place.T
    number_0, number_1 = every.number.T
    swap = place_0 > place_1
    swap |= (place_0 == place_1) & (number_0 > number_1)
    exchange_sides(swap, every.number, every.document, every.start, every.end, every.sizes, place)
    by_source = np.lexsort((number_1, place_1, number_0, place_0))
    return every.take(by_source)
