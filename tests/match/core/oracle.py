"""Exact answers, found the plain way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.tokens import tokenize

Shingles = frozenset[tuple[str, ...]]


def shingle_sets(texts: Sequence[str], k: int) -> list[Shingles]:
    made = tokenize(texts)
    sets = []
    for number in range(len(texts)):
        words = made.words(number)
        runs = max(1, len(words) - k + 1) if words else 0
        sets.append(frozenset(tuple(words[at : at + k]) for at in range(runs)))
    return sets


def similar_pairs(sets: Sequence[Shingles], threshold: float) -> dict[tuple[int, int], float]:
    """All pairs of at least this Jaccard similarity, by counting on an inverted index."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    found: dict[tuple[int, int], float] = {}
    for number, own in enumerate(sets):
        shared: dict[int, int] = defaultdict(int)
        for shingle in own:
            for other in places[shingle]:
                shared[other] += 1
            places[shingle].append(number)
        for other, count in shared.items():
            similarity = count / (len(own) + len(sets[other]) - count)
            if similarity >= threshold:
                found[other, number] = similarity
    return found


def shared_runs(one: Sequence[str], two: Sequence[str], least: int) -> list[tuple[int, int, int]]:
    """All maximal common runs of at least `least` words: (start in one, start in two, words)."""
    lengths = [0] * (len(two) + 1)
    found = []
    for i, word in enumerate(one):
        row = [0] * (len(two) + 1)
        for j, other in enumerate(two):
            if word == other:
                row[j + 1] = lengths[j] + 1
                ends = i + 1 == len(one) or j + 1 == len(two) or one[i + 1] != two[j + 1]
                if ends and row[j + 1] >= least:
                    found.append((i + 1 - row[j + 1], j + 1 - row[j + 1], row[j + 1]))
        lengths = row
    return found
