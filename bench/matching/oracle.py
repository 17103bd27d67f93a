"""Exact answers: all pairs above a similarity, all shared runs of words. Slow, plain, and without MinHash."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from pipeline.match.core.shingle import shingles
from pipeline.tokens import tokenize

Pair = tuple[int, int]


def shingle_sets(texts: Sequence[str], k: int) -> list[frozenset[int]]:
    """The set of shingles of every text, as 64-bit hashes."""
    made = shingles(texts, k)
    hashes, offsets = made.hash.tolist(), made.offsets.tolist()
    return [frozenset(hashes[low:high]) for low, high in pairwise(offsets)]


def similar_pairs(sets: Sequence[frozenset[int]], threshold: float) -> dict[Pair, float]:
    """All pairs of sets with at least this Jaccard similarity: an inverted index with prefix filter.

    With elements in one global order, rarest first, two sets that are similar enough share an element
    among the first |A| - ceil(threshold * |A|) + 1 of each: only those are indexed. Candidates are
    counted exactly.
    """
    frequency = Counter(element for own in sets for element in own)
    index: dict[int, list[int]] = defaultdict(list)
    found: dict[Pair, float] = {}
    for number, own in enumerate(sets):
        ordered = sorted(own, key=lambda element: (frequency[element], element))
        prefix = ordered[: len(own) - math.ceil(threshold * len(own) - 1e-9) + 1]
        for other in {other for element in prefix for other in index[element]}:
            shared = len(own & sets[other])
            similarity = shared / (len(own) + len(sets[other]) - shared)
            if similarity >= threshold:
                found[other, number] = similarity
        for element in prefix:
            if frequency[element] > 1:
                index[element].append(number)
    return found


def shared_runs(texts: Sequence[str], words: int) -> dict[Pair, list[tuple[Pair, Pair]]]:
    """For every pair of documents the spans, on either side, of all runs of so many words they share."""
    made = tokenize(texts)
    places: dict[tuple[str, ...], list[tuple[int, Pair]]] = defaultdict(list)
    for number in range(len(texts)):
        first = int(made.offsets[number])
        listed = made.words(number)
        for at in range(len(listed) - words + 1):
            span = int(made.start[first + at]), int(made.end[first + at + words - 1])
            places[tuple(listed[at : at + words])].append((number, span))
    found: dict[Pair, list[tuple[Pair, Pair]]] = defaultdict(list)
    for group in places.values():
        for place, (one, span) in enumerate(group):
            for two, other in group[place + 1 :]:
                if one != two:
                    found[one, two].append((span, other))
    return found
