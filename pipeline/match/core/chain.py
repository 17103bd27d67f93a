"""Chains: runs of the same words, linked across small edits to one passage."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core.align import Neighbours, Runs, joined, neighbours
from pipeline.match.core.marks import ELLIPSIS
from pipeline.match.core.packed import contains, distinct, is_first, order_of, owners, pack, unpack
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array, offsets_of, ranges

BREAK_COST = 3
"""Words that a passage must gain more to go over a gap with a line break on one side only."""

STEPS = 4
"""Runs without a seed of their own that may follow each other. It bounds the work where a text repeats itself."""

_SCALE = 2
"""Scores are counted in halves of a word."""
_ROUNDS = 32
"""Rounds in which the scores of all chains are worked out together; longer chains are followed run by run."""


class Chains(Struct, frozen=True):
    """Linked runs. Chain `i` has `runs[offsets[i]:offsets[i + 1]]`, in order and disjoint on both sides."""

    offsets: Array
    """int64 [chains + 1]"""
    runs: Runs

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def begins(self) -> Array:
        """Where each begins in `runs`, int64 [chains]."""
        return self.offsets[:-1]

    @property
    def first(self) -> Runs:
        """The first run of every chain."""
        return self.runs.take(self.begins)

    @property
    def last(self) -> Runs:
        """The last run of every chain."""
        return self.runs.take(self.offsets[1:] - 1)

    @property
    def owner(self) -> Array:
        """The chain that each run is in, int64 [runs]."""
        return owners(np.diff(self.offsets))

    def total(self, values: Array) -> Array:
        """Return the sum over each chain of values given for its runs."""
        if not len(self):
            return values[:0]
        return np.add.reduceat(values, self.begins)

    def longest(self) -> Array:
        """Return the words of the longest verbatim run of each chain, int64."""
        if not len(self):
            return self.runs.words
        return np.maximum.reduceat(self.runs.words, self.begins)

    def take(self, index: Array) -> Chains:
        """Return some of them."""
        first = self.offsets[index]
        counts = np.diff(self.offsets)[index]
        rows = ranges(first, counts)
        return Chains(offsets_of(counts), self.runs.take(rows))


def chain(stretches: Stretches, seeds: Runs, gap: int) -> Chains:
    """Link runs across edits of up to `gap` words on either side, and to runs without a seed of their own.

    A chain scores the words of its runs less its costs: the words skipped in a gap, counting the longer side, but not
    those that an ellipsis stands for; those that two runs claim; `BREAK_COST` where only one side goes over a line
    break. Two runs are linked if the best chain through either of them goes through both.
    """
    runs = seeds.unique()
    if not len(runs):
        return Chains(np.zeros(1, dtype=np.int64), runs)
    front = runs  # those whose neighbours were not looked for yet
    links: list[Array] = []  # each uint64 [2, links]: keys of the run that a link comes from, and of its target
    for step in range(STEPS + 1):
        after = neighbours(stretches, front, gap, 1)
        before = neighbours(stretches, front, gap, -1)
        if step == STEPS:
            # Runs that were found last may lead back to those there are: these links are wanted, more runs are not.
            after = _among(runs, after)
            before = _among(runs, before)
        keys = front.keys
        from_front = keys[after.index], after.runs.keys
        to_front = before.runs.keys, keys[before.index]
        links.append(np.stack(from_front))
        links.append(np.stack(to_front))
        reached = joined((after.runs, before.runs)).unique()
        is_there = contains(runs.keys, reached.keys)
        front = reached.take(~is_there)
        if not len(front):
            break
        runs = joined((runs, front)).unique()
    keys_of_links = np.concatenate(links, axis=1)
    source, target = np.searchsorted(runs.keys, keys_of_links)
    source, target = _best_links(stretches, runs, source, target)
    return _gather(runs, source, target)


def _among(runs: Runs, found: Neighbours) -> Neighbours:
    """Return those neighbours that are among the runs."""
    among = contains(runs.keys, found.runs.keys)
    return Neighbours(
        index=found.index[among],
        runs=found.runs.take(among),
    )


def _best_links(stretches: Stretches, runs: Runs, source: Array, target: Array) -> tuple[Array, Array]:
    """Return those of the links that lie on the best chain of both their runs.

    source, target: int64 [links], rows of `runs`; what is returned is of the same kind
    """
    links = distinct(pack(source, target))
    source, target = unpack(links)
    cost, is_possible = _costs(stretches, runs.take(source), runs.take(target))
    source = source[is_possible]
    target = target[is_possible]
    cost = cost[is_possible]

    order = runs.a  # links go forwards in either document
    gain = _SCALE * runs.words
    forward = _scores(gain, order, source, target, cost)
    backward = _scores(gain, -order, target, source, cost)
    score_in = forward[source] - cost
    score_out = backward[target] - cost
    best_in = _best(target, score_in, len(runs))
    best_out = _best(source, score_out, len(runs))
    # A link stays if it is the best way on for its first run and the best way in for its second.
    link = best_out[best_out >= 0]
    is_mutual = best_in[target[link]] == link
    link = link[is_mutual]
    return source[link], target[link]


def _costs(stretches: Stretches, one: Runs, two: Runs) -> tuple[Array, Array]:
    """Return what each link costs and whether there can be one: (int64 [links], in halves of a word; bool [links]).

    one, two: of each link the run that it comes from, and the one that it leads to
    """
    end_a = one.a + one.words
    end_b = one.b + one.words
    # Less than nothing where the second run begins before the first one ends.
    gap_a = two.a - end_a
    gap_b = two.b - end_b
    longer_gap = np.maximum(gap_a, gap_b)
    shorter_gap = np.minimum(gap_a, gap_b)

    # An ellipsis stands for the words that one side has more.
    ellipsis_in_a = stretches.has_flag(two.a, ELLIPSIS)
    ellipsis_in_b = stretches.has_flag(two.b, ELLIPSIS)
    left_out = ellipsis_in_a & (gap_a == 0)
    left_out |= ellipsis_in_b & (gap_b == 0)
    cost = np.where(left_out, 0, longer_gap)

    overlap = np.maximum(0, -shorter_gap)  # words that both runs claim
    cost += 2 * overlap

    line = stretches.line
    last_a = end_a - 1
    last_b = end_b - 1
    breaks_a = line[two.a] > line[last_a]
    breaks_b = line[two.b] > line[last_b]
    on_one_side = breaks_a != breaks_b
    cost += BREAK_COST * on_one_side

    cost = _SCALE * cost - 1  # a run of as many words as were skipped goes on
    # A run that another covers whole adds nothing to it.
    shorter_run = np.minimum(one.words, two.words)
    return cost, overlap < shorter_run


def _scores(gain: Array, order: Array, source: Array, target: Array, cost: Array) -> Array:
    """Return the best score of a chain that ends with each run, int64 [runs].

    gain: int64 [runs], what each run adds to a chain
    order: int64 [runs], grows along every link
    source, target, cost: int64 [links]
    """
    score = gain
    gain_of_link = gain[target] - cost
    for _ in range(_ROUNDS):
        better = gain.copy()
        reached = score[source] + gain_of_link
        np.maximum.at(better, target, reached)
        if np.array_equal(better, score):
            return score
        score = better
    return _scores_one_by_one(gain, order, source, target, cost)


def _scores_one_by_one(gain: Array, order: Array, source: Array, target: Array, cost: Array) -> Array:
    """The same in one pass over the links, for chains of very many runs."""
    score: list[int] = gain.tolist()
    along = order_of(order[source], target)
    gain_of_link = gain[target] - cost
    links = np.stack((source, target, gain_of_link), axis=1)
    for one, two, gained in links[along].tolist():
        reached = score[one] + gained
        score[two] = max(score[two], reached)
    return np.array(score, dtype=np.int64)


def _best(owner: Array, score: Array, count: int) -> Array:
    """Return the link with the highest positive score of each owner, int64 [count], -1 without one.

    owner, score: int64 [links]
    """
    order = order_of(owner, -score)
    order = order[score[order] > 0]
    is_highest = is_first(owner[order])
    link = order[is_highest]
    best = np.full(count, -1)
    best[owner[link]] = link
    return best


def _gather(runs: Runs, source: Array, target: Array) -> Chains:
    """Return the chains that links make; words that two runs of a chain claim stay with the first.

    source, target: int64 [links], rows of `runs`: at most one link comes from each run, and one leads to it
    """
    head = np.arange(len(runs))
    head[target] = source
    # Each run points to the one before: pointing to what that one points to halves the way to the first.
    while not np.array_equal(head, head[head]):
        head = head[head]
    order = order_of(head, runs.a)
    runs = runs.take(order)
    begins_chain = is_first(head[order])
    # By how many words each run reaches into the next, on either side.
    words = runs.words[:-1]
    over_a = words - np.diff(runs.a)
    over_b = words - np.diff(runs.b)
    over = np.maximum(over_a, over_b)
    overlap = np.zeros(len(runs), dtype=np.int64)
    overlap[1:] = np.maximum(0, over)
    overlap[begins_chain] = 0

    first = np.flatnonzero(begins_chain)
    offsets = np.append(first, len(runs))
    rest = Runs(
        a=runs.a + overlap,
        b=runs.b + overlap,
        words=runs.words - overlap,
    )
    return Chains(offsets, rest)
