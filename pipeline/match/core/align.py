"""Runs of the same words in two documents, and the runs near them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.match.core import rows
from pipeline.match.core.marks import ELLIPSIS
from pipeline.match.core.packed import is_apart, is_first, order_of, pack
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array

_ANCHOR_BITS = 5.0
"""Least evidence in the words by which a run goes on after a gap, beyond that of the places that are tried."""
_ANCHOR_SHARE = 1.5
"""In a very small corpus, where all words are frequent, so many times the logarithm of its words."""
_ELLIPSIS_BITS = 3.0
"""Least evidence after an ellipsis on one side and words on the other."""

_PORTION = 1 << 14
"""Runs whose surroundings are searched at a time."""


class Runs(Struct, frozen=True):
    """The same words in two stretches, verbatim, and no further on either side. int64 [runs] each."""

    a: Array
    """position of the first word in the better document"""
    b: Array
    """position of the first word in the other"""
    words: Array

    def __len__(self) -> int:
        return len(self.a)

    @property
    def keys(self) -> Array:
        """Return what tells maximal runs apart, uint64."""
        return pack(self.a, self.b)

    def take(self, index: Array) -> Runs:
        """Return some of them."""
        return rows.take(self, index)

    def unique(self) -> Runs:
        """Return each once, sorted by a, b."""
        keys = self.keys
        order = order_of(keys)
        return self.take(order[is_first(keys[order])])


def joined(parts: Sequence[Runs]) -> Runs:
    """Return the runs of all parts, one part after another."""
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Runs(none, none, none)
    return rows.concatenate(parts)


def maximal_runs(stretches: Stretches, hits: Runs) -> Runs:
    """Merge hits, parts of runs, that overlap on one diagonal, and extend them both ways to the first difference."""
    # Hits on one diagonal that overlap belong to one run: it is extended once, not from each of them.
    shift = int(stretches.offsets[-1])  # makes diagonals positive
    diagonal = hits.b - hits.a + shift
    places = pack(diagonal, hits.a)
    order = order_of(places)
    order = order[is_first(places[order])]
    hits = hits.take(order)
    # Diagonals, in the upper half of a place, do not meet.
    begin = places[order].astype(np.int64)
    is_new = is_apart(begin, begin + hits.words)
    one = stretches.stretch(hits.a)
    two = stretches.stretch(hits.b)
    is_new |= is_first(one, two)
    found = runs_around(stretches, hits.a[is_new], hits.b[is_new])
    return found.unique()


def runs_around(stretches: Stretches, a: Array, b: Array) -> Runs:
    """Return the maximal runs around equal words at `a` and `b`, in the same order, with repeats."""
    back = stretches.same(a, b, -1) - 1  # the words at `a` and `b` are counted both ways
    ahead = stretches.same(a, b, 1)
    return Runs(
        a=a - back,
        b=b - back,
        words=back + ahead,
    )


class Neighbours(Struct, frozen=True):
    """Runs next to others."""

    index: Array
    """int64, the place among the runs that were asked about of the one it is next to"""
    runs: Runs


def neighbours(stretches: Stretches, runs: Runs, gap: int, direction: int) -> Neighbours:
    """Return runs that go on where others end (direction 1) or begin (-1), after up to `gap` words on either side.

    After a gap of n words at least n must be the same, and improbable enough for the (n + 1)^2 pairs of places that are
    tried up to there: otherwise, in texts of few different words, all would be near everything.
    """
    parts: list[Runs] = []
    owners = [np.empty(0, dtype=np.int64)]
    for low in range(0, len(runs), _PORTION):
        high = min(low + _PORTION, len(runs))
        part = runs.take(np.arange(low, high))
        found = _neighbours(stretches, part, gap, direction)
        parts.append(found.runs)
        owners.append(found.index + low)
    return Neighbours(np.concatenate(owners), joined(parts))


def _neighbours(stretches: Stretches, runs: Runs, gap: int, direction: int) -> Neighbours:
    """`neighbours` of so many runs that all places near them fit in memory."""
    near = _places_near(stretches, runs, gap, direction)
    skipped = near.steps.max(axis=1)
    tried = 2 * np.log2(skipped + 1)  # bits that chance gives in so many pairs of places
    # With few words in the corpus none is improbable enough: there, less must do.
    most = _ANCHOR_SHARE * np.log2(max(1, stretches.total))
    enough = np.minimum(_ANCHOR_BITS + tried, most)
    runs_of_places = runs.take(near.index)
    left_out = _is_left_out(stretches, runs_of_places, near.steps, direction)
    skipped[left_out] = 1
    enough[left_out] = _ELLIPSIS_BITS

    gain = stretches.same(near.a, near.b, direction)
    good = np.flatnonzero(gain >= skipped)  # few are: evidence is added up for these alone
    gain = gain[good]
    first = near.a[good]
    if direction < 0:  # the run is given by the word it was met at, its last
        first = first - gain + 1
    bits = stretches.bits(first, first + gain)
    good = good[bits >= enough[good]]
    found = runs_around(stretches, near.a[good], near.b[good])
    return Neighbours(near.index[good], found)


class _PlacesNear(Struct, frozen=True):
    """Places near the ends of runs where both documents have the same word, a row each."""

    index: Array
    """int64, the run"""
    a: Array
    """int64, position of the word in the better document"""
    b: Array
    """int64, and in the other"""
    steps: Array
    """int64 [places, 2], words between the run and it, on either side"""


def _places_near(stretches: Stretches, runs: Runs, gap: int, direction: int) -> _PlacesNear:
    """Return the places of equal words up to `gap` words behind runs (direction 1) or before them (-1).

    Nothing is the same beyond the stretches that a run is in.
    """
    if native.kernels is not None:
        columns = (stretches.words.hash, stretches.offsets, runs.a, runs.b, runs.words)
        index, a, b, steps = native.kernels.places_near(*columns, gap, direction)
        return _PlacesNear(
            index=np.frombuffer(index, np.int64),
            a=np.frombuffer(a, np.int64),
            b=np.frombuffer(b, np.int64),
            steps=np.frombuffer(steps, np.int64).reshape(-1, 2),
        )
    if direction > 0:
        edge_a = runs.a + runs.words
        edge_b = runs.b + runs.words
    else:
        edge_a = runs.a - 1
        edge_b = runs.b - 1
    # All gaps of all runs are tried at once, but for none on both sides: [runs, gap + 1, gap + 1].
    onwards = direction * np.arange(gap + 1)
    words_a = stretches.hashes(edge_a[:, None] + onwards)
    words_b = stretches.hashes(edge_b[:, None] + onwards)
    alike = words_a[:, :, None] == words_b[:, None, :]
    alike[:, 0, 0] = False
    # Few places are alike, and only these are looked at further.
    cell = np.flatnonzero(alike)
    index, step = np.divmod(cell, (gap + 1) ** 2)
    steps = np.stack(np.divmod(step, gap + 1), axis=1)
    near = _PlacesNear(
        index=index,
        a=edge_a[index] + direction * steps[:, 0],
        b=edge_b[index] + direction * steps[:, 1],
        steps=steps,
    )
    stretch_a = stretches.stretch(runs.a)
    stretch_b = stretches.stretch(runs.b)
    is_inside = stretches.stretch(near.a) == stretch_a[index]
    is_inside &= stretches.stretch(near.b) == stretch_b[index]
    return rows.take(near, is_inside)


def _is_left_out(stretches: Stretches, runs: Runs, steps: Array, direction: int) -> Array:
    """Return where one side has an ellipsis and nothing else in the place of the other's gap, bool.

    steps: int64 [runs, 2], words between a run and the next on either side
    """
    if direction > 0:
        next_a = runs.a + runs.words
        next_b = runs.b + runs.words
    else:
        next_a = runs.a
        next_b = runs.b
    steps_a, steps_b = steps.T
    ellipsis_in_a = stretches.has_flag(next_a, ELLIPSIS)
    ellipsis_in_b = stretches.has_flag(next_b, ELLIPSIS)
    left_out: Array = ellipsis_in_a & (steps_a == 0)
    left_out |= ellipsis_in_b & (steps_b == 0)
    return left_out
