"""Runs of the same words in two documents, and the runs near them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.candidates import pack, unpack
from pipeline.match.core.corpus import Corpus
from pipeline.match.core.seeds import Hits
from pipeline.tokens import Array

_ANCHOR_BITS = 10.0
"""Least evidence in the words by which a run goes on after a gap; less in a very small corpus."""

_PORTION = 1 << 14
"""Runs whose surroundings are searched at a time."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The same words in two documents, verbatim, and no further on either side. All int64 [runs]."""

    a: Array
    """position of the first word in the better document"""
    b: Array
    """position of the first word in the other"""
    words: Array

    def __len__(self) -> int:
        return len(self.a)

    @property
    def keys(self) -> Array:
        """uint64: tells maximal runs apart."""
        return pack(self.a, self.b)

    def take(self, index: Array) -> Runs:
        return Runs(self.a[index], self.b[index], self.words[index])

    def join(self, other: Runs) -> Runs:
        return Runs(
            np.concatenate((self.a, other.a)),
            np.concatenate((self.b, other.b)),
            np.concatenate((self.words, other.words)),
        )

    def unique(self) -> Runs:
        """Each once, sorted by a, b."""
        return self.take(np.unique(self.keys, return_index=True)[1])


def maximal_runs(corpus: Corpus, hits: Iterable[Hits]) -> Runs:
    """Merge hits that overlap on one diagonal and extend them both ways to the first difference."""
    parts = [(part.a, part.b, part.words) for part in hits]
    a, b, words = (np.concatenate(column) for column in zip(*parts, strict=True))
    packed, index = np.unique(pack(b - a, a), return_index=True)
    diagonal, a = unpack(packed)
    # The furthest end on the diagonal so far; scaled by 2^32, diagonals do not meet.
    begin = (diagonal << 32) + a
    reach = np.maximum.accumulate(begin + words[index])
    fresh = np.ones(len(a), dtype=bool)
    fresh[1:] = begin[1:] > reach[:-1]
    for document in (corpus.document(a), corpus.document(a + diagonal)):
        fresh[1:] |= document[1:] != document[:-1]
    return runs_around(corpus, a[fresh], (a + diagonal)[fresh]).unique()


def runs_around(corpus: Corpus, a: Array, b: Array) -> Runs:
    """The maximal runs around equal words at `a` and `b`, in the same order, with repeats."""
    back = corpus.same(a, b, -1) - 1
    return Runs(a - back, b - back, back + corpus.same(a, b, 1))


def neighbours(corpus: Corpus, runs: Runs, gap: int) -> tuple[Array, Runs, Array, Runs]:
    """Runs that go on where others end, after up to `gap` words on either side.

    After a gap of n words at least max(2, n) must be the same, and improbable enough for the (gap + 1)^2
    pairs of places that are tried: otherwise, in texts of few different words, all would be near everything.
    Gives (index into `runs`, its followers) and (index into `runs`, its predecessors).
    """
    none = np.empty(0, dtype=np.int64)
    found: list[list[tuple[Array, Runs]]] = [
        [(none, Runs(none, none, none))],
        [(none, Runs(none, none, none))],
    ]
    for low in range(0, len(runs), _PORTION):
        part = runs.take(np.arange(low, min(low + _PORTION, len(runs))))
        for direction, results in zip((1, -1), found, strict=True):
            index, others = _neighbours(corpus, part, gap, direction)
            results.append((index + low, others))
    after, before = ((np.concatenate([i for i, _ in side]), _concatenate([r for _, r in side])) for side in found)
    return *after, *before


def _neighbours(corpus: Corpus, runs: Runs, gap: int, direction: int) -> tuple[Array, Runs]:
    steps = np.array([(x, y) for x in range(gap + 1) for y in range(gap + 1) if x or y], dtype=np.int64)
    edges = (runs.a + runs.words, runs.b + runs.words) if direction > 0 else (runs.a - 1, runs.b - 1)
    a, b = (edge[:, None] + direction * steps[:, side] for side, edge in enumerate(edges))
    index, step = np.nonzero(corpus.alike(a, b))
    a, b = a[index, step], b[index, step]
    inside = (corpus.document(a) == corpus.document(runs.a[index])) & (
        corpus.document(b) == corpus.document(runs.b[index])
    )
    index, step, a, b = index[inside], step[inside], a[inside], b[inside]
    gain = corpus.same(a, b, direction)
    enough = gain >= np.maximum(steps[step].max(axis=1), 2)
    bits = corpus.bits(a, a + gain) if direction > 0 else corpus.bits(a - gain + 1, a + 1)
    good = np.flatnonzero(enough & (bits >= min(_ANCHOR_BITS, 1.5 * np.log2(max(1, corpus.total)))))
    return index[good], runs_around(corpus, a[good], b[good])


def _concatenate(parts: list[Runs]) -> Runs:
    return Runs(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("a", "b", "words")))
