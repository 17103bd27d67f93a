"""Seeds of passages: short runs of words that stand in more than one document, and pairs of places that share them.

A place is one number: the rank of its document << 32 | the number of the word in it. So places sort as all words would if
the documents stood one after another, the best first.

Every run of `k` words is a seed. One found in few places gives all pairs of them. One found in more would give a quadratic
number: there the longer runs of `run` words count, in which it stands. If it is found in not too many, its pairs are made as
well, but where it is part of a phrase that more than few have: each of these is paired with the first. Where even the longer
runs are many, each document takes part with the first place, and the second with the second of others, and so on: a run that
a document repeats a thousand times is one run.

A seed inside quotation marks has one bit more in its place, as long as it is rare: it is worth a look by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.match.core import rows
from pipeline.match.core.candidates import all_pairs
from pipeline.match.core.marks import QUOTED, SINGLE
from pipeline.match.core.packed import (
    HALF,
    batches,
    group_numbers,
    groups,
    is_first,
    order_of,
    owner_at,
    place_in_group,
    unpack,
)
from pipeline.match.core.shingle import run_hashes
from pipeline.tokens import Array, offsets_of, ranges

FEW = 8
"""A run found in more places is a frequent one: of what so many share, pairs are made with the first alone."""

SEVERAL = 24
"""A seed found in more places is most often part of a stock phrase, and no hit."""

QUOTED_PLACE = np.uint64(1 << 31)
"""The bit of a place at which a rare seed stands inside quotation marks."""

RARE = 4
"""A seed found in more places is not rare."""

REPEATS = 8
"""So many places more than others have of a frequent run are paired with the last of theirs."""

PROOF = 2
"""Infrequent seeds by which a longer run is found without being looked for itself."""

_BESIDE_BITS = np.uint32(16)
"""Bits that the word before a seed, and the word after it, are known by"""
_AFTER = np.uint32(0xFFFF)
"""Mask of the word after a seed, in the lower bits"""
_UPPER = np.uint64(48)
"""Bits of a hash below those"""

_PORTION = 1 << 17
"""Places whose pairs are made together."""


class Seeds(Struct, frozen=True):
    """Seeds where they stand, a row each."""

    hash: Array
    """uint64"""
    place: Array
    """uint64; with `QUOTED_PLACE` for those inside quotation marks"""
    beside: Array
    """uint32, the words before and after it, see `words_beside`"""


class PlacePairs(Struct, frozen=True):
    """Pairs of places in different documents that have the same words. uint64 each."""

    a: Array
    """the place in the better document"""
    b: Array
    """the place in the other"""


class SharedRuns(Struct, frozen=True):
    """Runs that stand in more than one document, sorted by run, then place."""

    run: Array
    """int64, a number for each run"""
    place: Array
    """uint64; with `QUOTED_PLACE` for rare runs only"""
    beside: Array
    """uint32, the words before and after it, see `words_beside`"""
    frequent: Array
    """bool, whether it is found in more than `FEW` places"""


def seeds_of(
    offsets: Array,
    words: Array,
    flags: Array,
    places: Array,
    wanted: Array,
    k: int,
    own: tuple[int, int],
    turn: tuple[int, int] = (0, 1),
) -> Seeds:
    """Return seeds of `k` words, in the order in which they stand.

    offsets, words, flags: as in `Tokens` and `marks.WordMarks`, of documents one after another
    places: uint64 [documents], the place of the first of these words of each document
    wanted: bool [documents], whether its seeds are
    own: from which word to which (exclusive) those stand that are wanted
    turn: (number, rounds): of so many rounds the one whose seeds are wanted; each falls into one by its hash
    """
    if native.kernels is not None:
        columns = (offsets, words, flags, places, wanted)
        hashes, place, beside = native.kernels.seeds(*columns, k, own, turn, (QUOTED, SINGLE))
        return Seeds(
            hash=np.frombuffer(hashes, np.uint64),
            place=np.frombuffer(place, np.uint64),
            beside=np.frombuffer(beside, np.uint32),
        )
    number, rounds = turn
    position, hashes = runs_of(offsets, words, k)
    document = owner_at(offsets, position)
    is_wanted = wanted[document]
    is_wanted &= (position >= own[0]) & (position < own[1])
    is_wanted &= hashes % np.uint64(rounds) == np.uint64(number)
    position = position[is_wanted]
    document = document[is_wanted]
    words_before = position - offsets[document]
    place = places[document] + words_before.astype(np.uint64)
    place[_is_quoted(flags, position, k)] |= QUOTED_PLACE
    return Seeds(hashes[is_wanted], place, words_beside(offsets, words, position, k))


def _is_quoted(flags: Array, position: Array, k: int) -> Array:
    """Return which seeds stand inside quotation marks and are more than characters of a script without spaces, bool.

    position: int64 [seeds], of the first of their `k` words
    """
    inside = (flags & QUOTED) > 0
    inside &= (flags & SINGLE) == 0
    last = position + k - 1
    found: Array = inside[position] & inside[last]
    return found


def runs_of(offsets: Array, words: Array, length: int) -> tuple[Array, Array]:
    """Return (position int64, hash uint64) of all runs of `length` words that do not cross documents."""
    counts = np.maximum(np.diff(offsets) - (length - 1), 0)
    position = ranges(offsets[:-1], counts)
    hashes = run_hashes(words, length).take(position)
    return position, hashes


def words_beside(offsets: Array, words: Array, position: Array, length: int) -> Array:
    """Return the words before and after runs of `length` words, uint32: 16 bits of the hash of each, the one before in the upper
    half, 0 where a document begins or ends.

    position: int64, of the first word of each run
    """
    # One place more at either end, so that every word has one before it and one after it.
    known = np.zeros(len(words) + 2, dtype=np.uint32)
    known[1:-1] = words >> _UPPER
    document = owner_at(offsets, position)
    before = known[position]
    before[position == offsets[document]] = 0
    end = position + length
    after = known[end + 1]
    after[end == offsets[document + 1]] = 0
    beside: Array = before << _BESIDE_BITS
    beside |= after
    return beside


def shared(hashes: Array, places: Array, beside: Array | None = None) -> SharedRuns:
    """Return the runs, given by hash and place in any order, that stand in more than one document.

    What is given twice counts once.

    beside: see `words_beside`; without it none is known
    """
    if beside is None:
        beside = np.zeros(len(hashes), dtype=np.uint32)
    order = order_of(hashes, places & ~QUOTED_PLACE)
    hashes = hashes[order]
    places = places[order]
    once = is_first(hashes, places)
    hashes = hashes[once]
    places = places[once]
    beside = beside[order[once]]
    first, size = groups(hashes)
    last = first + size - 1
    document = places >> HALF
    # Places are sorted, so a run is in one document alone if its first and last are.
    in_several = document[first] != document[last]
    is_shared = np.repeat(in_several, size)
    is_frequent = np.repeat(size > FEW, size)
    is_not_rare = np.repeat(size > min(RARE, FEW), size)
    places[is_not_rare] &= ~QUOTED_PLACE
    found = SharedRuns(group_numbers(hashes), places, beside, is_frequent)
    return rows.take(found, is_shared)


def infrequent_pairs(found: SharedRuns) -> Iterator[PlacePairs]:
    """Yield all pairs of places of the runs that are found in few of them."""
    few = ~found.frequent
    yield from _every_pair(found.run[few], found.place[few])


def pairs_of_several(found: SharedRuns) -> Iterator[PlacePairs]:
    """Yield pairs of places of the frequent runs, where these are found in not too many.

    All pairs, but of those that have the same word before or after the run as well, if they are more than few: they are one
    phrase, and each of its places is paired with the first.
    """
    frequent = np.flatnonzero(found.frequent)
    _, size = groups(found.run[frequent])
    is_several = np.repeat(size <= SEVERAL, size)
    several = rows.take(found, frequent[is_several])
    _, size = groups(several.run)
    bounds = offsets_of(size)
    for low, high in batches(size, _PORTION):
        part = rows.take(several, slice(bounds[low], bounds[high]))
        before = _Phrases(part.run, part.beside >> _BESIDE_BITS)
        after = _Phrases(part.run, part.beside & _AFTER)
        numbers = np.arange(len(part.run))
        for packed in all_pairs(part.run, numbers, SEVERAL + 1):
            one, two = unpack(packed)
            in_before = before.have(one, two)
            in_after = after.have(one, two)
            is_wanted = ~(in_before | in_after)
            is_wanted |= in_before & before.is_first[one]
            is_wanted |= in_after & after.is_first[one]
            one = one[is_wanted]
            two = two[is_wanted]
            yield _in_different_documents(part.place[one], part.place[two])


class _Phrases:
    """Seeds with the word before them, or the word after them, that more than few have: each such phrase is one."""

    def __init__(self, run: Array, word: Array) -> None:
        """
        run: int64, the number of the seed at each place, sorted
        word: uint32, the word beside it, 0 for none
        """
        order = order_of(run, word)
        first, size = groups(run[order], word[order])
        has_word = word[order] > 0
        is_phrase = has_word & np.repeat(size > FEW, size)
        # A number for each phrase; what belongs to none has a number of its own.
        own = -1 - np.arange(len(run))
        self._number = np.empty(len(run), dtype=np.int64)
        self._number[order] = np.where(is_phrase, np.repeat(first, size), own)
        self.is_first = np.zeros(len(run), dtype=bool)
        """bool, whether each place is the first with its seed and word"""
        self.is_first[order[first]] = True

    def have(self, one: Array, two: Array) -> Array:
        """Return which two of the places, int64 each, are of one phrase, bool."""
        found: Array = self._number[one] == self._number[two]
        return found


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
    order = order_of(run, repeat, place)
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
