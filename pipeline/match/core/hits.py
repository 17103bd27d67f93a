"""Hits: pairs of places in two documents that have the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct

from pipeline.match.core import rows, seeds
from pipeline.match.core.packed import order_of, owner_at, pack, unpack
from pipeline.match.core.seeds import QUOTED_PLACE, PlacePairs
from pipeline.tokens import Array

NEARBY = 12
"""Words from one hit to the next that count together."""
_NO_DOCUMENT = 1 << 31
"""Words that no document has."""
_LAGS = 6
"""Following hits that each is held against."""


class Hits(Struct, frozen=True):
    """Pairs of places with the same words in two documents. int64 [hits] each but for the last, sorted by the documents."""

    better: Array
    """rank of the better document"""
    other: Array
    """rank of the other"""
    a: Array
    """the first word in the better document"""
    b: Array
    """the first word in the other"""
    words: Array
    """how many words are known to be the same from there on"""
    quoted: Array
    """bool: whether it is a rare seed that stands inside quotation marks in one of the documents"""

    def __len__(self) -> int:
        return len(self.a)

    def take(self, index: Array | slice) -> Hits:
        """Return some of them."""
        return rows.take(self, index)


def all_hits(offsets: Array, words: Array, flags: Array, k: int, run: int) -> Hits:
    """Return the hits among documents in memory.

    offsets, words: as in `Tokens`, of documents in order of rank
    flags: as in `marks.WordMarks`
    k: words in a seed
    run: words that two documents share at least for both to be found with them, with each other or with a third
    """
    # Seeds of `k` words first: all pairs of few places are hits, and of several those with the first.
    documents = len(offsets) - 1
    first_places = pack(np.arange(documents), np.zeros(documents))
    all_wanted = np.ones(documents, dtype=bool)
    every = seeds.seeds_of(offsets, words, flags, first_places, all_wanted, k, (0, len(words)))
    found = seeds.shared(every.hash, every.place, every.beside)
    parts = list(hits_of(seeds.infrequent_pairs(found), k))
    parts += hits_of(seeds.pairs_of_several(found), k)
    # Of the frequent ones the longer runs are looked at, in which they stand.
    frequent = positions_of(offsets, found.place[found.frequent])
    dense = seeds.dense_runs(offsets, frequent, k, run)
    position, hashes = seeds.runs_of(offsets, words, run)
    is_dense = np.isin(position, dense)
    places = places_of(offsets, position[is_dense])
    found = seeds.shared(hashes[is_dense], places)
    parts += hits_of(seeds.infrequent_pairs(found), run)
    parts += hits_of(seeds.frequent_pairs(found), run)
    return in_order(joined(parts))


def places_of(offsets: Array, position: Array) -> Array:
    """Return places, uint64, of positions in documents that stand one after another in order of rank."""
    document = owner_at(offsets, position)
    word = position - offsets[document]
    return pack(document, word)


def positions_of(offsets: Array, places: Array) -> Array:
    """Return positions, int64, of places."""
    document, word = unpack(places)
    return offsets[document] + word


def hits_of(pairs: Iterable[PlacePairs], words: int) -> Iterator[Hits]:
    """Yield pairs of places as hits of so many words."""
    for part in pairs:
        better, a = unpack(part.a & ~QUOTED_PLACE)
        other, b = unpack(part.b & ~QUOTED_PLACE)
        in_either = (part.a | part.b) & QUOTED_PLACE
        yield Hits(
            better=better,
            other=other,
            a=a,
            b=b,
            words=np.full(len(a), words),
            quoted=in_either > 0,
        )


def joined(parts: Iterable[Hits]) -> Hits:
    """Return the hits of all parts."""
    none = np.empty(0, dtype=np.int64)
    no_hits = Hits(none, none, none, none, none, quoted=none.astype(bool))
    return rows.concatenate([no_hits, *parts])


def in_order(hits: Hits) -> Hits:
    """Return hits sorted by documents, then place."""
    order = order_of(hits.better, hits.other, hits.a, hits.b)
    return hits.take(order)


def diagonals(a: Array, b: Array) -> Array:
    """Return how many words further on the second of two places stands, int64, made positive.

    All words of one run have the same diagonal.

    a, b: whole numbers, words of documents
    """
    return b.astype(np.int64) - a + _NO_DOCUMENT


def promising(hits: Hits, run: int, gap: int) -> Array:
    """Return which hits may belong to a passage, bool: long ones, rare ones of quotations, and those with another near.

    Any two seeds of one run are near each other, on one diagonal: none of these is missed.
    """
    found = hits.words >= run
    found |= hits.quoted
    documents = pack(hits.better, hits.other)
    along_diagonal = pack(diagonals(hits.a, hits.b), hits.a)
    by_diagonal = order_of(documents, along_diagonal)
    _mark_near(found, hits.take(by_diagonal), by_diagonal, lag=1, gap=0)
    place = pack(hits.a, hits.b)
    by_place = order_of(documents, place)
    hits = hits.take(by_place)
    for lag in range(1, _LAGS + 1):
        _mark_near(found, hits, by_place, lag, gap)
    return found


def _mark_near(found: Array, hits: Hits, order: Array, lag: int, gap: int) -> None:
    """Mark hits that have another, `lag` rows on, near them in both documents.

    found: bool [hits], in which they are marked
    order: int64 [hits], where each row of `hits` stands in `found`
    """
    # Views of all rows but the last, and of those that stand `lag` rows on.
    one = hits.take(slice(None, -lag))
    two = hits.take(slice(lag, None))
    ahead_a = two.a - one.a
    ahead_b = two.b - one.b
    difference = np.abs(ahead_b - ahead_a)
    is_near = two.better == one.better
    is_near &= two.other == one.other
    is_near &= (ahead_a > 0) & (ahead_a <= NEARBY)
    is_near &= (ahead_b > 0) & (difference <= gap)
    found[order[:-lag][is_near]] = True
    found[order[lag:][is_near]] = True
