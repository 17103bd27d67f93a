"""Near-duplicates, put together in memory: sketch, collapse, candidates, verification, clusters.

Every step is a pure function of columns, so that the same steps can run partitioned on another engine:
`sketch` is a map over batches, candidates are grouped by (band, key), verification by pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.match.core.candidates import among, candidate_pairs, distinct, pack, unpack
from pipeline.match.core.cluster import cluster
from pipeline.match.core.columns import Utf8
from pipeline.match.core.passages import Passages
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, sketch
from pipeline.match.core.verify import Fetch, Overlap, verify
from pipeline.tokens import Array

_NARROW = 10
"""Pairs given to show where the threshold lies."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Verified pairs of texts; `a[i]` comes before `b[i]` by rank. Sorted by the ranks of a, then b."""

    a: Array
    """int64 [pairs]"""
    b: Array
    """int64 [pairs]"""
    overlap: Overlap

    def __len__(self) -> int:
        return len(self.a)

    def take(self, index: Array) -> Pairs:
        counts = self.overlap
        return Pairs(self.a[index], self.b[index], Overlap(counts.shared[index], counts.a[index], counts.b[index]))


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Which texts are alike. Numbers are positions in the caller's list of texts."""

    representative: Array
    """int64 [texts]: the first by rank of those with the same words; without words, the text itself"""
    canonical: Array
    """int64 [texts]: the canonical text of the cluster; its own number where there is none"""
    pairs: Pairs
    """all verified pairs at or above the threshold, between representatives"""
    near_misses: Pairs
    """the most similar of the pairs that were rejected, best first"""
    rejected: int
    """how many candidates were verified and rejected"""

    @property
    def near_hits(self) -> Pairs:
        """The least similar of the accepted pairs, the lowest first."""
        return self.pairs.take(np.argsort(self.pairs.overlap.jaccard, kind="stable")[:_NARROW])


@dataclass(frozen=True, slots=True)
class Places:
    """Where paragraphs stand in documents. Sorted by document, then place; paragraphs do not overlap."""

    document: Array
    """int64 [paragraphs]"""
    start: Array
    """int64 [paragraphs], code points of the document's text"""
    end: Array
    """int64 [paragraphs]"""

    def at(self, document: Array, position: Array) -> Array:
        """int64: the paragraph at each position of each document, -1 for none."""
        if not len(self.document):
            return np.full(len(document), -1)
        own = (self.document << 40) + self.start
        index = np.searchsorted(own, (document << 40) + position, side="right") - 1
        found = (index >= 0) & (self.document[index] == document) & (position < self.end[index])
        return np.where(found, index, -1)


def near_duplicates(
    texts: Sequence[str], threshold: float, signing: Signing, rank: Array | None = None
) -> NearDuplicates:
    """Near-duplicates among texts in memory. See `match_sketches` for what the arguments mean."""
    return match_sketches(sketch(texts, signing), partial(fetched, texts), threshold, signing, rank)


def fetched(texts: Sequence[str], numbers: Array) -> Sequence[str]:
    """The texts with these numbers, of texts in memory: what `Fetch` asks for."""
    return texts.take(numbers) if isinstance(texts, Utf8) else [texts[number] for number in numbers.tolist()]


def match_sketches(
    sketches: Sketches, fetch: Fetch, threshold: float, signing: Signing, rank: Array | None = None
) -> NearDuplicates:
    """Near-duplicates among texts already sketched.

    Two texts are alike if their exact Jaccard similarity is at least `threshold`, which may change from
    call to call over the same sketches. `rank`, int64 [texts], all different, says which text is preferred
    (least first) as canonical; to be independent of the order of input it must come from the texts and
    their sources. Without it earlier texts are preferred.
    """
    representative, numbers = collapse(sketches.fingerprint, rank)
    pairs, canonical = _cluster(sketches.keys, numbers, fetch, threshold, signing)
    similarity = pairs.overlap.jaccard
    rejected = np.flatnonzero(similarity < threshold)
    closest = rejected[np.argsort(-similarity[rejected], kind="stable")[:_NARROW]]
    near_misses = _renumber(pairs.take(closest), numbers)
    pairs = _renumber(pairs.take(np.flatnonzero(similarity >= threshold)), numbers)
    own = np.arange(len(sketches))
    own[numbers] = numbers[canonical]
    return NearDuplicates(representative, own[representative], pairs, near_misses, len(rejected))


def contained(
    found: Passages, place: Places, fetch: Fetch, *, k: int, threshold: float, rank: Array | None = None
) -> Pairs:
    """Pairs of paragraphs of different documents of which one is contained in the other.

    Candidates are the paragraphs that share a passage; containment is counted exactly, on shingles of `k`
    words. `fetch` gives paragraphs by number. Near-duplicates are among the pairs: tell them by their
    Jaccard similarity.
    """
    sides = [place.at(found.documents[found.pieces.passage, side], found.pieces.start[:, side]) for side in (0, 1)]
    both = (sides[0] >= 0) & (sides[1] >= 0)
    if rank is None:
        rank = np.arange(len(place.document))
    first, second = sides[0][both], sides[1][both]
    swap = rank[first] > rank[second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    first, second = unpack(distinct(pack(first, second)))
    pairs = Pairs(first, second, verify(first, second, fetch, k))
    kept = np.flatnonzero(pairs.overlap.containment >= threshold)
    return pairs.take(kept[np.lexsort((rank[second[kept]], rank[first[kept]]))])


def collapse(fingerprint: Array, rank: Array | None) -> tuple[Array, Array]:
    """(representative of every text, int64 [texts]; representatives that have words, in order of rank)."""
    order = np.arange(len(fingerprint)) if rank is None else np.argsort(rank, kind="stable")
    ranked = fingerprint[order]
    grouped = np.argsort(ranked, kind="stable")
    sorted_ = ranked[grouped]
    again = np.append(False, (sorted_[1:] == sorted_[:-1]) & (sorted_[1:] != 0))[: len(grouped)]
    first, repeated = np.flatnonzero(~again), np.flatnonzero(again)
    best = grouped[first[np.searchsorted(first, repeated) - 1]]
    repeated = grouped[repeated]
    representative = np.arange(len(fingerprint))
    representative[order[repeated]] = order[best]
    kept = ranked != 0
    kept[repeated] = False
    return representative, order[kept]


def _cluster(keys: Array, numbers: Array, fetch: Fetch, threshold: float, signing: Signing) -> tuple[Pairs, Array]:
    """Verify and cluster the texts `keys[:, numbers]`; pairs and clusters count in places of `numbers`.

    A star of a large bucket may leave texts without a canonical one, when their star's centre itself joined
    another cluster. They are brought together again until nothing new comes of it.
    """
    none = np.empty(0, dtype=np.int64)
    known = np.empty(0, dtype=np.uint64)
    pairs = Pairs(none, none, Overlap(none, none, none))
    fresh = candidate_pairs(partial(_band, keys, numbers), signing.bands)
    while True:
        known = distinct(np.concatenate((known, fresh)))
        low, high = unpack(fresh)
        pairs = _join(pairs, Pairs(low, high, verify(numbers[low], numbers[high], fetch, signing.k)))
        similar = pairs.overlap.jaccard >= threshold
        canonical = cluster(len(numbers), pairs.a[similar], pairs.b[similar])
        members = left_over(canonical, pairs.a[similar], pairs.b[similar])
        low, high = unpack(candidate_pairs(partial(_band, keys, numbers[members]), signing.bands))
        fresh = pack(members[low], members[high])
        fresh = fresh[~among(fresh, known)]
        if not len(fresh):
            return pairs.take(np.lexsort((pairs.b, pairs.a))), canonical


def _band(keys: Array, texts: Array, band: int) -> Array:
    chosen: Array = keys[band][texts]
    return chosen


def left_over(canonical: Array, low: Array, high: Array) -> Array:
    """Canonical texts similar to a member of another's cluster."""
    alone = canonical == np.arange(len(canonical))
    left = np.zeros(len(canonical), dtype=bool)
    left[low[~alone[high]]] = True
    left[high[~alone[low]]] = True
    return np.flatnonzero(left & alone)


def _join(one: Pairs, two: Pairs) -> Pairs:
    if not len(one):
        return two
    a, b = one.overlap, two.overlap
    return Pairs(
        np.concatenate((one.a, two.a)),
        np.concatenate((one.b, two.b)),
        Overlap(np.concatenate((a.shared, b.shared)), np.concatenate((a.a, b.a)), np.concatenate((a.b, b.b))),
    )


def _renumber(pairs: Pairs, numbers: Array) -> Pairs:
    return Pairs(numbers[pairs.a], numbers[pairs.b], pairs.overlap)
