"""Seeds of passages: short runs of words that stand in more than one document.

Documents are concatenated in order of priority and positions count words in the whole, so the better
document of a pair is the one with the lower position.

Seeds are thinned out by winnowing: of every `window` consecutive runs of `k` words the one with the least
hash is kept, so any `k + window - 1` words that two documents share hold a seed of both. A seed found in
few places gives all its pairs. One found in many would give a quadratic number of them, most of them stock
phrases: there only the longer runs around it count, and where even those are many, each place is paired
with the first alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.candidates import all_pairs, bucket_sizes, crowded, distinct, pack, unpack
from pipeline.match.core.shingle import run_hashes
from pipeline.tokens import Array, ranges

FEW = 24
"""A seed found in more places is a frequent one."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of places, in different documents, with the same words."""

    a: Array
    """int64, position of the first word in the better document"""
    b: Array
    """int64, position of the first word in the other"""
    words: Array
    """int64, how many words are known to be the same from there on"""

    def take(self, kept: Array) -> Hits:
        return Hits(self.a[kept], self.b[kept], self.words[kept])


def winnow(offsets: Array, words: Array, k: int, window: int) -> tuple[Array, Array]:
    """(position int64, hash uint64) of the kept runs of `k` words; `offsets`, `words` as in `Tokens`."""
    runs = np.maximum(np.diff(offsets) - (k - 1), 0)
    position = ranges(offsets[:-1], runs)
    hashes = run_hashes(words, k).take(position)
    ends = np.repeat(np.cumsum(runs), runs)
    whole = np.arange(len(hashes)) + window <= ends
    keep = np.repeat(runs < window, runs)
    least = hashes[: max(0, len(hashes) - window + 1)].copy()
    for step in range(1, window):
        np.minimum(least, hashes[step : step + len(least)], out=least)
    for step in range(window):
        keep[step : step + len(least)] |= (hashes[step : step + len(least)] == least) & whole[: len(least)]
    return position[keep], hashes[keep]


def hits(offsets: Array, words: Array, k: int, window: int, run: int) -> Iterator[Hits]:
    """Pairs of equal runs of words in different documents, in portions.

    Whatever `run` words two documents share, both are found with it: with each other or with a third. `run`
    must be at least `k + window - 1`.
    """
    group, at = _groups(*winnow(offsets, words, k, window))
    few, many = _split(offsets, group, at)
    yield from _paired(offsets, *few, k)
    starts = distinct((many[1][:, None] - np.arange(run - k + 1)).ravel())
    document = np.searchsorted(offsets, starts, side="right") - 1
    starts = starts[(starts >= 0) & (starts + run <= offsets[document + 1])]
    group, at = _groups(starts, run_hashes(words, run).take(starts))
    few, many = _split(offsets, group, at)
    yield from _paired(offsets, *few, run)
    first, size = bucket_sizes(many[0])
    yield _different(offsets, np.repeat(many[1][first], size), many[1], run)


def _groups(position: Array, hashes: Array) -> tuple[Array, Array]:
    """(group, position) of the runs whose hash is not unique, sorted by both."""
    # One flat sort by half the hash leaves few to be told apart by all of it.
    packed = pack(hashes >> np.uint64(32), np.arange(len(hashes)))
    packed.sort()
    index = crowded(*unpack(packed))[1]
    index = index[np.lexsort((position[index], hashes[index]))]
    hashes, index = crowded(hashes[index], index)
    return np.cumsum(np.append(False, hashes[1:] != hashes[:-1])[: len(hashes)]), position[index]


def _split(offsets: Array, group: Array, at: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The groups of few and of many places, as (group, position); without those of one document only."""
    first, size = bucket_sizes(group)
    document = np.searchsorted(offsets, at, side="right")
    several = document[first] != document[first + size - 1]
    few = np.repeat(several & (size <= FEW), size)
    many = np.repeat(several & (size > FEW), size)
    return (group[few], at[few]), (group[many], at[many])


def _paired(offsets: Array, group: Array, at: Array, length: int) -> Iterator[Hits]:
    for packed in all_pairs(group, at, FEW):
        yield _different(offsets, *unpack(packed), length)


def _different(offsets: Array, a: Array, b: Array, length: int) -> Hits:
    """Drop the pairs inside one document."""
    other = np.searchsorted(offsets, a, side="right") != np.searchsorted(offsets, b, side="right")
    return Hits(a, b, np.full(len(a), length)).take(other)
