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

from pipeline.match.core import rows
from pipeline.match.core.candidates import all_pairs
from pipeline.match.core.packed import HALF, batches, group_numbers, groups, is_first, place_in_group, unpack
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
    last = first + size - 1
    document = places >> HALF
    # Places are sorted, so a run is in one document alone if its first and last are.
    in_several = document[first] != document[last]
    is_shared = np.repeat(in_several, size)
    is_frequent = np.repeat(size > FEW, size)
    is_not_rare = np.repeat(size > min(RARE, FEW), size)
    places[is_not_rare] &= ~QUOTED_PLACE
    found = SharedRuns(group_numbers(hashes), places, is_frequent)
    return rows.take(found, is_shared)


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
    _, size = groups(run, document)
    repeat = place_in_group(size)  # how often the run stood in the document before
    order = np.lexsort((place, repeat, run))
    part = group_numbers(run[order], repeat[order])
    yield from _few_or_star(part, place[order])
    yield _left_alone(run, document, place, repeat)


def dense_runs(offsets: Array, frequent: Array, k: int, run: int) -> Array:
    """Return where longer runs begin that can only be found by themselves, int64 positions.

    `frequent`: int64, positions of frequent seeds of `k` words. A run of `run` words with `PROOF` seeds that are not
    frequent is found by these.
    """
    total = int(offsets[-1])
    is_frequent = np.bincount(frequent, minlength=total)
    frequent_before = offsets_of(is_frequent)
    seeds = run - k + 1
    counts = np.maximum(np.diff(offsets) - (run - 1), 0)
    start = ranges(offsets[:-1], counts)
    frequent_inside = frequent_before[start + seeds] - frequent_before[start]
    is_dense = frequent_inside > seeds - PROOF
    return start[is_dense]


def _every_pair(run: Array, place: Array) -> Iterator[PlacePairs]:
    """Yield the pairs of places, in different documents, of each run; rows are sorted by both."""
    _, size = groups(run)
    bounds = offsets_of(size)
    for low, high in batches(size, _PORTION):
        part = slice(bounds[low], bounds[high])
        own = place[part]
        numbers = np.arange(len(own))
        for packed in all_pairs(run[part], numbers, FEW + 1):
            one, two = unpack(packed)
            yield _in_different_documents(own[one], own[two])


def _few_or_star(part: Array, place: Array) -> Iterator[PlacePairs]:
    """Yield all pairs of small parts, and of large ones each place with the first; of a document there is one place."""
    first, size = groups(part)
    is_small = np.repeat(size <= FEW, size)
    yield from _every_pair(part[is_small], place[is_small])
    best = np.repeat(place[first], size)
    is_large = ~is_small
    yield _in_different_documents(best[is_large], place[is_large])


def _left_alone(run: Array, document: Array, place: Array, repeat: Array) -> PlacePairs:
    """Pair the places that the best document of their run, or for those of itself the second best, has no equal of.

    All arrays are sorted by run, then place. `repeat`: how often the run stood in the document before.
    """
    first, size = groups(run, document)
    last = first + size - 1
    # One row a document of a run from here on, which has `size` places; of each the document it is held against.
    first_document, documents = groups(run[first])
    best = np.repeat(first_document, documents)
    second = best + 1  # a run that is given here stands in more than one document
    is_best = best == np.arange(len(first))
    other = np.where(is_best, second, best)
    # One row a place again.
    repeats_of_other = np.repeat(size[other], size)
    last_of_other = np.repeat(place[last[other]], size)
    # Of what one document repeats more often than the other, only so many get a partner.
    is_alone = repeat >= repeats_of_other
    is_alone &= repeat < repeats_of_other + REPEATS
    one = last_of_other[is_alone]
    two = place[is_alone]
    return PlacePairs(np.minimum(one, two), np.maximum(one, two))


def _in_different_documents(a: Array, b: Array) -> PlacePairs:
    """Return those pairs of places that are not in one document."""
    differ = (a >> HALF) != (b >> HALF)
    return PlacePairs(a[differ], b[differ])
