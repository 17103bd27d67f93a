"""From chains to passages: which are worth reporting, where they begin and end, and their verbatim parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.match.core import rows
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
        return rows.take(self, index)


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
    # [passages, 2]: the better document, the other.
    first = np.stack((begin.a, begin.b), axis=1)
    last = np.stack((end.a, end.b), axis=1) + end.words[:, None]
    first, last = _to_edges(stretches, first, last, rules.tail)
    words = chains.total(chains.runs.words)
    spanned = (last - first).sum(axis=1)
    columns = stretches.words
    stretch = stretches.stretch(first)
    # From positions in the stretches to words of the documents.
    shift = stretches.windows.first[stretch] - stretches.offsets[stretch]
    last_word = last - 1
    end_of_word = columns.end[last_word].astype(np.int64)
    passages = Passages(
        rank=stretches.windows.document[stretch],
        first=first + shift,
        last=last + shift,
        start=columns.start[first].astype(np.int64),
        end=end_of_word + columns.closing[last_word],
        words=words,
        longest=chains.longest(),
        similarity=2 * words / np.maximum(1, spanned),
        bits=evidence.bits[selected],
    )
    return FoundPassages(passages, _pieces(stretches, chains), scattered)


def _beginnings(stretches: Stretches, chains: Chains) -> Beginnings:
    """Return where chains begin."""
    first = np.stack((chains.first.a, chains.first.b), axis=1)
    stretch = stretches.stretch(first)
    rank = stretches.windows.document[stretch]
    start = stretches.words.start[first].astype(np.int64)
    return Beginnings(rank, start)


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
        some = runs.take(np.arange(low, high))
        is_one = high - low == 1
        run, ahead = _cuts_of_one(stretches, some) if is_one else _cuts(stretches, some)
        # A piece ends where the next one of its run begins, or with the run.
        ends = np.empty_like(ahead)
        ends[:-1] = ahead[1:]
        is_last = np.ones(len(run), dtype=bool)
        is_last[:-1] = run[1:] != run[:-1]
        ends[is_last] = some.words[run[is_last]]
        parts.append(np.stack((run + low, ahead, ends), axis=1))
    run, first, end = np.concatenate(parts).T
    columns = stretches.words
    # [pieces, 2]: where the run begins in the better document, and in the other.
    run_begins = np.stack((runs.a[run], runs.b[run]), axis=1)
    begin = run_begins + first[:, None]
    last = run_begins + end[:, None] - 1
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
    line_a = line[ranges(runs.a, runs.words)]
    line_b = line[ranges(runs.b, runs.words)]
    cuts = np.flatnonzero(is_first(run, line_a, line_b))
    run = run[cuts]
    begins = np.cumsum(runs.words) - runs.words
    return run, cuts - begins[run]


def _cuts_of_one(stretches: Stretches, runs: Runs) -> tuple[Array, Array]:
    """The same of one run, which may be very long."""
    a = int(runs.a[0])
    b = int(runs.b[0])
    words = int(runs.words[0])
    line_a = stretches.words.line[a : a + words]
    line_b = stretches.words.line[b : b + words]
    cuts = np.flatnonzero(is_first(line_a, line_b))
    return np.zeros_like(cuts), cuts


def nothing() -> FoundPassages:
    """Return no passages."""
    none = np.empty(0, dtype=np.int64)
    sides = none.reshape(0, 2)
    share = none.astype(np.float64)
    passages = Passages(sides, sides, sides, sides, sides, none, none, share, share)
    pieces = Pieces(none, sides, sides, none)
    return FoundPassages(passages, pieces, Beginnings(sides, sides))
