"""From chains to passages: which are worth reporting, where they begin and end, and their verbatim parts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from pipeline.match.core.align import Runs
from pipeline.match.core.chain import Chains
from pipeline.match.core.evidence import PassageRules, judged
from pipeline.match.core.marks import EDGE
from pipeline.match.core.packed import batches, is_first
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array, ranges

_CUT = 1 << 20
"""Words cut at line breaks together."""


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages, one row each. Columns of [passages, 2] are of both sides, the better document first."""

    rank: Array
    """int64 [passages, 2]: the documents"""
    first: Array
    """int64 [passages, 2]: the first word, counted in the document"""
    last: Array
    """int64 [passages, 2]: the word after the last"""
    start: Array
    """int64 [passages, 2]: code points of the document's text"""
    end: Array
    """int64 [passages, 2]"""
    words: Array
    """int64: words that are the same"""
    longest: Array
    """int64: words of the longest verbatim run"""
    similarity: Array
    """float64: 2 * words / (words in the one span + words in the other)"""
    bits: Array
    """float64: evidence in the words that are the same"""

    def __len__(self) -> int:
        return len(self.words)

    def take(self, index: Array) -> Passages:
        """Return some of them."""
        return Passages(*(getattr(self, column.name)[index] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Pieces:
    """Verbatim parts of passages, none of them across a line break on either side."""

    passage: Array
    """int64 [pieces]: row of the passage"""
    start: Array
    """int64 [pieces, 2], code points"""
    end: Array
    """int64 [pieces, 2]"""
    words: Array
    """int64 [pieces]"""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Where something begins in two documents. int64 [places, 2] each."""

    rank: Array
    """the documents"""
    start: Array
    """code points of their texts"""


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """Passages and their verbatim parts."""

    passages: Passages
    pieces: Pieces
    scattered: Beginnings
    """where much is shared, but too little of what is spanned for a passage"""


def reported(stretches: Stretches, chains: Chains, rules: PassageRules) -> FoundPassages:
    """Return the chains that are passages."""
    evidence = judged(stretches, chains, rules)
    scattered = _beginnings(stretches, chains.take(np.flatnonzero(evidence.is_scattered)))
    selected = np.flatnonzero(evidence.is_passage)
    chains = chains.take(selected)
    begin = chains.first
    end = chains.last
    first = np.stack((begin.a, begin.b), axis=1)
    last = np.stack((end.a + end.words, end.b + end.words), axis=1)
    first, last = _to_edges(stretches, first, last, rules.tail)
    words = chains.total(chains.runs.words)
    spanned = (last - first).sum(axis=1)
    columns = stretches.words
    stretch = stretches.stretch(first)
    shift = stretches.windows.first[stretch] - stretches.offsets[stretch]
    rows = Passages(
        rank=stretches.windows.document[stretch],
        first=first + shift,
        last=last + shift,
        start=columns.start[first].astype(np.int64),
        end=columns.end[last - 1].astype(np.int64) + columns.closing[last - 1],
        words=words,
        longest=chains.longest(),
        similarity=2 * words / np.maximum(1, spanned),
        bits=evidence.bits[selected],
    )
    return FoundPassages(rows, _pieces(stretches, chains), scattered)


def _beginnings(stretches: Stretches, chains: Chains) -> Beginnings:
    """Return where chains begin."""
    first = np.stack((chains.first.a, chains.first.b), axis=1)
    stretch = stretches.stretch(first)
    return Beginnings(stretches.windows.document[stretch], stretches.words.start[first].astype(np.int64))


def _to_edges(stretches: Stretches, first: Array, last: Array, most: int) -> tuple[Array, Array]:
    """Return the words `first` to `last`, reaching to the edges of clauses that are near on both sides.

    int64 [passages, 2] each.
    """
    before = _words_to_edge(stretches, first, -1, most)
    after = _words_to_edge(stretches, last, 1, most)
    # Both sides reach to an edge or none does: what is reported stays the same words.
    reaches = (before <= most).all(axis=1, keepdims=True)
    first = first - np.where(reaches, before, 0)
    reaches = (after <= most).all(axis=1, keepdims=True)
    last = last + np.where(reaches, after, 0)
    return first, last


def _words_to_edge(stretches: Stretches, position: Array, step: int, most: int) -> Array:
    """Return how many words there are to the next edge of a clause on this side; `most + 1` if more.

    A position stands between two words: before the one with that number.
    """
    flags = np.append(stretches.words.flags, EDGE)
    words = len(flags) - 1
    ends = stretches.offsets[stretches.stretch(position - (step > 0)) + 1]
    distance = np.full(position.shape, most + 1)
    for words_on in range(most, -1, -1):
        at = np.clip(position + step * words_on, 0, words)
        is_edge = (flags[at] & EDGE) > 0
        is_edge |= at == ends
        distance[is_edge] = words_on
    return distance


def _pieces(stretches: Stretches, chains: Chains) -> Pieces:
    """Cut the runs of every chain at the line breaks of either side."""
    runs = chains.runs
    parts = [np.empty((0, 3), dtype=np.int64)]
    for low, high in batches(runs.words, _CUT):
        some = Runs(runs.a[low:high], runs.b[low:high], runs.words[low:high])
        run, ahead = _cuts_of_one(stretches, some) if high - low == 1 else _cuts(stretches, some)
        # A piece ends where the next one of its run begins, or with the run.
        ends = np.append(ahead[1:], 0)[: len(ahead)]
        is_last = np.append(run[1:] != run[:-1], True)[: len(run)]
        ends[is_last] = some.words[run[is_last]]
        parts.append(np.stack((run + low, ahead, ends), axis=1))
    run, first, end = np.concatenate(parts).T
    columns = stretches.words
    begin = np.stack((runs.a[run] + first, runs.b[run] + first), axis=1)
    last = np.stack((runs.a[run] + end, runs.b[run] + end), axis=1) - 1
    return Pieces(
        passage=chains.owner[run],
        start=columns.start[begin],
        end=columns.end[last],
        words=end - first,
    )


def _cuts(stretches: Stretches, runs: Runs) -> tuple[Array, Array]:
    """Return (run, words of it before), int64, of each place where a run begins or goes over a line break."""
    run = np.repeat(np.arange(len(runs)), runs.words)
    line = stretches.words.line
    cuts = np.flatnonzero(
        is_first(
            run,
            line[ranges(runs.a, runs.words)],
            line[ranges(runs.b, runs.words)],
        )
    )
    run = run[cuts]
    begins = np.cumsum(runs.words) - runs.words
    return run, cuts - begins[run]


def _cuts_of_one(stretches: Stretches, runs: Runs) -> tuple[Array, Array]:
    """The same of one run, which may be very long."""
    a, b, words = (int(column[0]) for column in (runs.a, runs.b, runs.words))
    line = stretches.words.line
    cuts = np.flatnonzero(is_first(line[a : a + words], line[b : b + words]))
    return np.zeros_like(cuts), cuts


def nothing() -> FoundPassages:
    """Return no passages."""
    none = np.empty(0, dtype=np.int64)
    sides = none.reshape(0, 2)
    share = none.astype(np.float64)
    rows = Passages(sides, sides, sides, sides, sides, none, none, share, share)
    return FoundPassages(rows, Pieces(none, sides, sides, none), Beginnings(sides, sides))
