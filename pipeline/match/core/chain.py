"""Chains: runs of the same words, linked across small edits to one passage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.match.core.align import Neighbours, Runs, joined, neighbours
from pipeline.match.core.marks import ELLIPSIS
from pipeline.match.core.packed import contains, distinct, is_first, pack, unpack
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array, ranges

BREAK_COST = 3
"""Words that a passage must gain more to go over a gap with a line break on one side only."""

STEPS = 4
"""Runs without a seed of their own that may follow each other. It bounds the work where a text repeats itself."""

_SCALE = 2
"""Scores are counted in halves of a word."""
_ROUNDS = 32
"""Rounds in which the scores of all chains are worked out together; longer chains are followed run by run."""


@dataclass(frozen=True, slots=True)
class Chains:
    """Linked runs. Chain `i` has `runs[offsets[i]:offsets[i + 1]]`, in order and disjoint on both sides."""

    offsets: Array
    """int64 [chains + 1]"""
    runs: Runs

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def first(self) -> Runs:
        """The first run of every chain."""
        return self.runs.take(self.offsets[:-1])

    @property
    def last(self) -> Runs:
        """The last run of every chain."""
        return self.runs.take(self.offsets[1:] - 1)

    @property
    def owner(self) -> Array:
        """The chain that each run is in, int64 [runs]."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def total(self, values: Array) -> Array:
        """Return the sum over each chain of values given for its runs."""
        if not len(self):
            return values[:0]
        return np.add.reduceat(values, self.offsets[:-1])

    def longest(self) -> Array:
        """Return the words of the longest verbatim run of each chain, int64."""
        if not len(self):
            return self.runs.words
        return np.maximum.reduceat(self.runs.words, self.offsets[:-1])

    def take(self, index: Array) -> Chains:
        """Return some of them."""
        counts = np.diff(self.offsets)[index]
        offsets = np.zeros(len(index) + 1, dtype=np.int64)
        np.cumsum(counts, out=offsets[1:])
        rows = ranges(self.offsets[index], counts)
        return Chains(offsets, self.runs.take(rows))


def chain(stretches: Stretches, seeds: Runs, gap: int) -> Chains:
    """Link runs across edits of up to `gap` words on either side, and to runs without a seed of their own.

    A chain scores the words of its runs less its costs: the words skipped in a gap, counting the longer side, but not
    those that an ellipsis stands for; those that two runs claim; `BREAK_COST` where only one side goes over a line
    break. Two runs are linked if the best chain through either of them goes through both.
    """
    runs = seeds.unique()
    if not len(runs):
        return Chains(np.zeros(1, dtype=np.int64), runs)
    front = runs
    links: list[Array] = []
    for step in range(STEPS + 1):
        after = neighbours(stretches, front, gap, 1)
        before = neighbours(stretches, front, gap, -1)
        # Runs that were found last may lead back to those there are: these links are wanted, more runs are not.
        if step == STEPS:  # no more runs, but links between those that are there
            after = _among(runs, after)
            before = _among(runs, before)
        links.append(np.stack((front.keys[after.index], after.runs.keys)))
        links.append(np.stack((before.runs.keys, front.keys[before.index])))
        reached = joined((after.runs, before.runs)).unique()
        front = reached.take(~contains(runs.keys, reached.keys))
        if not len(front):
            break
        runs = joined((runs, front)).unique()
    keys = runs.keys
    source, target = np.searchsorted(keys, np.concatenate(links, axis=1))
    linked = _best_links(stretches, runs, source, target)
    return _gather(runs, *linked)


def _among(runs: Runs, found: Neighbours) -> Neighbours:
    """Return those neighbours that are among the runs."""
    among = contains(runs.keys, found.runs.keys)
    return Neighbours(found.index[among], found.runs.take(among))


def _best_links(stretches: Stretches, runs: Runs, source: Array, target: Array) -> tuple[Array, Array]:
    """Return the links (from, to) that lie on the best chain of both their runs."""
    source, target = unpack(distinct(pack(source, target)))
    words = runs.words[source]
    shorter = np.minimum(words, runs.words[target])
    end_a = runs.a[source] + words
    end_b = runs.b[source] + words
    # Less than nothing where the second run begins before the first one ends.
    gap_a = runs.a[target] - end_a
    gap_b = runs.b[target] - end_b
    overlap = np.maximum(0, -np.minimum(gap_a, gap_b))  # words that both runs claim
    line = stretches.words.line
    breaks_a = line[runs.a[target]] > line[end_a - 1]
    breaks_b = line[runs.b[target]] > line[end_b - 1]
    cost = np.maximum(gap_a, gap_b)
    left_out = (gap_a == 0) & stretches.has_flag(runs.a[target], ELLIPSIS)
    left_out |= (gap_b == 0) & stretches.has_flag(runs.b[target], ELLIPSIS)
    cost[left_out] = 0
    cost += 2 * overlap
    cost += BREAK_COST * (breaks_a != breaks_b)
    cost = _SCALE * cost - 1  # a run of as many words as were skipped goes on

    # A run that another covers whole adds nothing to it.
    possible = overlap < shorter
    source = source[possible]
    target = target[possible]
    cost = cost[possible]
    order = runs.a  # links go forwards in either document
    gain = _SCALE * runs.words
    forward = _scores(gain, order, source, target, cost)
    backward = _scores(gain, -order, target, source, cost)
    into = _best(target, forward[source] - cost, len(runs))
    out = _best(source, backward[target] - cost, len(runs))
    # A link stays if it is the best way on for its first run and the best way in for its second.
    links = out[out >= 0]
    links = links[into[target[links]] == links]
    return source[links], target[links]


def _scores(gain: Array, order: Array, source: Array, target: Array, cost: Array) -> Array:
    """Return the best score of a chain that ends with each run, int64 [runs].

    `order` grows along every link.
    """
    score = gain
    for _ in range(_ROUNDS):
        better = gain.copy()
        reached = gain[target] + score[source] - cost
        np.maximum.at(better, target, reached)
        if np.array_equal(better, score):
            return score
        score = better
    return _scores_one_by_one(gain, order, source, target, cost)


def _scores_one_by_one(gain: Array, order: Array, source: Array, target: Array, cost: Array) -> Array:
    """The same in one pass over the links, for chains of very many runs."""
    score: list[int] = gain.tolist()
    own: list[int] = gain.tolist()
    along = np.lexsort((target, order[source]))
    for one, two, price in zip(
        source[along].tolist(),
        target[along].tolist(),
        cost[along].tolist(),
        strict=True,
    ):
        reached = score[one] + own[two] - price
        score[two] = max(score[two], reached)
    return np.array(score, dtype=np.int64)


def _best(owner: Array, score: Array, count: int) -> Array:
    """Return the link with the highest positive score of each owner, int64 [count], -1 without one."""
    order = np.lexsort((-score, owner))
    order = order[score[order] > 0]
    first = order[is_first(owner[order])]
    best = np.full(count, -1)
    best[owner[first]] = first
    return best


def _gather(runs: Runs, source: Array, target: Array) -> Chains:
    """Return the chains that links make; words that two runs of a chain claim stay with the first."""
    head = np.arange(len(runs))
    head[target] = source
    # Each run points to the one before: pointing to what that one points to halves the way to the first.
    while not np.array_equal(head, head[head]):
        head = head[head]
    order = np.lexsort((runs.a, head))
    runs = runs.take(order)
    fresh = is_first(head[order])
    # By how many words each run reaches into the next, on either side.
    words = runs.words[:-1]
    over_a = words - np.diff(runs.a)
    over_b = words - np.diff(runs.b)
    overlap = np.zeros(len(runs), dtype=np.int64)
    overlap[1:] = np.maximum(0, np.maximum(over_a, over_b))
    overlap[fresh] = 0
    offsets = np.append(np.flatnonzero(fresh), len(runs))
    rest = Runs(runs.a + overlap, runs.b + overlap, runs.words - overlap)
    return Chains(offsets, rest)
