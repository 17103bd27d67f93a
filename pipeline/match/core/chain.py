"""Chains: runs of the same words, linked across small edits to one passage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.match.core.align import Runs, neighbours
from pipeline.match.core.candidates import among, distinct, pack, unpack
from pipeline.match.core.corpus import Corpus
from pipeline.tokens import Array, ranges

BREAK_COST = 3
"""Words that a passage must gain more to go over a gap with a line break on one side only."""


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

    def total(self, values: Array) -> Array:
        """Sum over each chain of values given for its runs."""
        return np.add.reduceat(values, self.offsets[:-1]) if len(self) else values[:0]

    def longest(self) -> Array:
        """int64 [chains]: words of the longest verbatim run."""
        return np.maximum.reduceat(self.runs.words, self.offsets[:-1]) if len(self) else self.runs.words

    def take(self, index: Array) -> Chains:
        counts = np.diff(self.offsets)[index]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        return Chains(offsets, self.runs.take(ranges(self.offsets[index], counts)))


def chain(corpus: Corpus, seeds: Runs, gap: int) -> Chains:
    """Link runs across edits of up to `gap` words on either side, and to runs without a seed of their own.

    A chain scores the words of its runs less its costs: the words skipped in a gap, counting the longer side;
    those that two runs claim; `BREAK_COST` where only one side goes over a line break. Two runs are linked if
    the best chain through either of them goes through both.
    """
    runs = front = seeds.unique()
    links: list[tuple[Array, Array]] = []
    while len(front):
        index, after, index_before, before = neighbours(corpus, front, gap)
        links.append((front.keys[index], after.keys))
        links.append((before.keys, front.keys[index_before]))
        front = after.join(before).unique()
        front = front.take(np.flatnonzero(~among(front.keys, runs.keys)))
        runs = runs.join(front).unique()
    if not len(runs):
        return Chains(np.zeros(1, dtype=np.int64), runs)
    source, target = (np.searchsorted(runs.keys, np.concatenate(side)) for side in zip(*links, strict=True))
    return _gather(runs, *_best_links(corpus, runs, source, target))


def _best_links(corpus: Corpus, runs: Runs, source: Array, target: Array) -> tuple[Array, Array]:
    """The links (from, to) that lie on the best chain of both their runs."""
    source, target = unpack(distinct(pack(source, target)))
    gap_a = runs.a[target] - runs.a[source] - runs.words[source]
    gap_b = runs.b[target] - runs.b[source] - runs.words[source]
    claimed = np.maximum(0, -np.minimum(gap_a, gap_b))  # words that both runs claim
    breaks = [
        corpus.lines[side[target]] > corpus.lines[side[source] + runs.words[source] - 1] for side in (runs.a, runs.b)
    ]
    cost = np.maximum(gap_a, gap_b) + 2 * claimed + BREAK_COST * (breaks[0] != breaks[1])
    possible = claimed < np.minimum(runs.words[source], runs.words[target])
    source, target, cost = source[possible], target[possible], cost[possible]
    forward = _scores(runs.words, source, target, cost)
    backward = _scores(runs.words, target, source, cost)
    into = _best(target, forward[source] - cost, len(runs))
    out = _best(source, backward[target] - cost, len(runs))
    links = out[out >= 0]
    links = links[into[target[links]] == links]
    return source[links], target[links]


def _scores(words: Array, source: Array, target: Array, cost: Array) -> Array:
    """int64 [runs]: the best score of a chain that ends with each run."""
    score = words
    while True:
        better = words.copy()
        np.maximum.at(better, target, words[target] + score[source] - cost)
        if np.array_equal(better, score):
            return score
        score = better


def _best(owner: Array, score: Array, count: int) -> Array:
    """int64 [count]: the link with the highest positive score of each owner, -1 without one."""
    order = np.lexsort((-score, owner))
    order = order[score[order] > 0]
    first = order[np.append(True, owner[order][1:] != owner[order][:-1])[: len(order)]]
    best = np.full(count, -1)
    best[owner[first]] = first
    return best


def _gather(runs: Runs, source: Array, target: Array) -> Chains:
    head = np.arange(len(runs))
    head[target] = source
    while not np.array_equal(head, head[head]):
        head = head[head]
    order = np.lexsort((runs.a, head))
    runs, head = runs.take(order), head[order]
    fresh = np.append(True, head[1:] != head[:-1])
    end_a, end_b = runs.a + runs.words, runs.b + runs.words
    claimed = np.zeros(len(runs), dtype=np.int64)
    claimed[1:] = np.maximum(0, np.maximum(end_a[:-1] - runs.a[1:], end_b[:-1] - runs.b[1:]))
    claimed[fresh] = 0
    offsets = np.append(np.flatnonzero(fresh), len(runs))
    return Chains(offsets, Runs(runs.a + claimed, runs.b + claimed, runs.words - claimed))
