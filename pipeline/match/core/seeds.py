"""Seeds of passages: short runs of words that stand in more than one document, and pairs of places that share them.

A place is one number: the rank of its document << 32 | the number of the word in it. So places sort as all words would if
the documents stood one after another, the best first.

Every run of `k` words is a seed. One found in few places gives all pairs of them. One found in many would give a quadratic
number, most of them stock phrases: there the longer runs of `run` words count, in which it stands. Where even those are
many, each document takes part with the first place, and the second with the second of others, and so on: a run that a
document repeats a thousand times is one run.

A seed inside quotation marks has one bit more in its place, as long as it is rare: it is worth a look by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.candidates import all_pairs
from pipeline.match.core.packed import HALF, batches, group_numbers, groups, is_first, unpack
from pipeline.match.core.shingle import run_hashes
from pipeline.tokens import Array, offsets_of, ranges

FEW = 24
"""A run found in more places is a frequent one."""

QUOTED_PLACE = np.uint64(1 << 31)
"""The bit of a place at which a rare seed stands inside quotation marks."""

RARE = 4
"""A seed found in more places is not rare."""

REPEATS = 8
"""So many places more than others have of a frequent run are paired with the last of theirs."""

PROOF = 2
"""Infrequent seeds by which a longer run is found without being looked for itself."""

_PORTION = 1 << 17
"""Places whose pairs are made together."""


@dataclass(frozen=True, slots=True)
class PlacePairs:
    """Pairs of places in different documents that have the same words. uint64 each."""

    a: Array
    """the place in the better document"""
    b: Array
    """the place in the other"""


@dataclass(frozen=True, slots=True)
class SharedRuns:
    """Runs that stand in more than one document, sorted by run, then place."""

    run: Array
    """int64, a number for each run"""
    place: Array
    """uint64; with `QUOTED_PLACE` for rare runs only"""
    frequent: Array
    """bool, whether it is found in more than `FEW` places"""


def runs_of(offsets: Array, words: Array, length: int) -> tuple[Array, Array]:
    """Return (position int64, hash uint64) of all runs of `length` words that do not cross documents."""
    counts = np.maximum(np.diff(offsets) - (length - 1), 0)
    position = ranges(offsets[:-1], counts)
    hashes = run_hashes(words, length).take(position)
    return position, hashes


def shared(hashes: Array, places: Array) -> SharedRuns:
    """Return the runs, given by hash and place in any order, that stand in more than one document.

    What is given twice counts once.
    """
    order = np.lexsort((places & ~QUOTED_PLACE, hashes))
    hashes = hashes[order]
    places = places[order]
    once = is_first(hashes, places)
    hashes = hashes[once]
    places = places[once]
    first, size = groups(hashes)
    document = places >> HALF
    # Places are sorted, so a run is in one document alone if its first and last are.
    several = document[first] != document[first + size - 1]
    selected = np.repeat(several, size)
    frequent = np.repeat(size > FEW, size)
    not_rare = np.repeat(size > min(RARE, FEW), size)
    places[not_rare] &= ~QUOTED_PLACE
    run = group_numbers(hashes)
    return SharedRuns(run[selected], places[selected], frequent[selected])


def infrequent_pairs(found: SharedRuns) -> Iterator[PlacePairs]:
    """Yield all pairs of places of the runs that are found in few of them."""
    few = ~found.frequent
    yield from _every_pair(found.run[few], found.place[few])


def frequent_pairs(found: SharedRuns) -> Iterator[PlacePairs]:
    """Yield pairs of places of the frequent runs, so that their number is linear in that of the places.

    The n-th place of a document is paired with the n-th of each other one, where these are few; else with that of the
    best document. Some places for which the best document has no n-th are paired with its last.
    """
    run = found.run[found.frequent]
    place = found.place[found.frequent]
    document = place >> HALF
    first, size = groups(run, document)
    # How often the run stood in the document before.
    repeat = np.arange(len(run)) - np.repeat(first, size)
    order = np.lexsort((place, repeat, run))
    part = group_numbers(run[order], repeat[order])
    yield from _few_or_star(part, place[order])
    yield _left_alone(run, document, place, repeat)


def is_dense(offsets: Array, frequent: Array, k: int, run: int) -> Array:
    """Return where longer runs begin that can only be found by themselves, int64 positions.

    `frequent`: int64, positions of frequent seeds of `k` words. A run of `run` words with `PROOF` seeds that are not
    frequent is found by these.
    """
    total = int(offsets[-1])
    before = np.zeros(total + 1, dtype=np.int64)
    marked = np.bincount(frequent, minlength=total)
    np.cumsum(marked, out=before[1:])
    seeds = run - k + 1
    counts = np.maximum(np.diff(offsets) - (run - 1), 0)
    start = ranges(offsets[:-1], counts)
    inside = before[start + seeds] - before[start]
    return start[inside > seeds - PROOF]


def _every_pair(run: Array, place: Array) -> Iterator[PlacePairs]:
    """Yield the pairs of places, in different documents, of each run; rows are sorted by both."""
    size = groups(run)[1]
    bounds = offsets_of(size)
    for low, high in batches(size, _PORTION):
        part = slice(bounds[low], bounds[high])
        own = place[part]
        rows = np.arange(len(own))
        for packed in all_pairs(run[part], rows, FEW + 1):
            one, two = unpack(packed)
            yield _in_different_documents(own[one], own[two])


def _few_or_star(part: Array, place: Array) -> Iterator[PlacePairs]:
    """Yield all pairs of small parts, and of large ones each place with the first; of a document there is one place."""
    first, size = groups(part)
    small = np.repeat(size <= FEW, size)
    yield from _every_pair(part[small], place[small])
    best = np.repeat(place[first], size)
    large = ~small
    yield _in_different_documents(best[large], place[large])


def _left_alone(run: Array, document: Array, place: Array, repeat: Array) -> PlacePairs:
    """Pair the places that the best document of their run, or for those of itself the second best, has no equal of.

    All arrays are sorted by run, then place. `repeat`: how often the run stood in the document before.
    """
    first, size = groups(run, document)
    runs_first, runs_size = groups(run[first])  # rows of these groups: documents of a run
    best = runs_first
    second = runs_first + 1  # a run that is given here stands in more than one document
    number = np.arange(len(first))
    best = np.repeat(best, runs_size)
    second = np.repeat(second, runs_size)
    other = np.where(number == best, second, best)
    have = np.repeat(size[other], size)
    last_row = first[other] + size[other] - 1
    last = np.repeat(place[last_row], size)
    # Of what one document repeats more often than the other, only so many get a partner.
    alone = (repeat >= have) & (repeat < have + REPEATS)
    one = last[alone]
    two = place[alone]
    return PlacePairs(np.minimum(one, two), np.maximum(one, two))


def _in_different_documents(a: Array, b: Array) -> PlacePairs:
    selected = (a >> HALF) != (b >> HALF)
    return PlacePairs(a[selected], b[selected])
