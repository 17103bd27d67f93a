"""From chains to passages: which are worth reporting, where they begin and end, and their verbatim parts."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core import rows
from pipeline.match.core.align import Runs
from pipeline.match.core.chain import Chains
from pipeline.match.core.evidence import PassageRules, judged
from pipeline.match.core.marks import EDGE
from pipeline.match.core.packed import batches, is_first, owners, place_in_group
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array, ranges

_CUT = 1 << 20
"""Words cut at line breaks together."""


class Passages(Struct, frozen=True):
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


class VerbatimParts(Struct, frozen=True):
    """Verbatim parts of passages, none of them across a line break on either side."""

    passage: Array
    """int64 [parts]: row of the passage"""
    start: Array
    """int64 [parts, 2], code points"""
    end: Array
    """int64 [parts, 2]"""
    words: Array
    """int64 [parts]"""


class Beginnings(Struct, frozen=True):
    """Where something begins in two documents. int64 [places, 2] each."""

    rank: Array
    """the documents"""
    start: Array
    """code points of their texts"""


class FoundPassages(Struct, frozen=True):
    """Passages and their verbatim parts."""

    passages: Passages
    parts: VerbatimParts
    scattered: Beginnings
    """where much is shared, but too little of what is spanned for a passage"""


def reported(stretches: Stretches, chains: Chains, rules: PassageRules) -> FoundPassages:
    """Return the chains that are passages."""
    evidence = judged(stretches, chains, rules)
    scattered = np.flatnonzero(evidence.is_scattered)
    beginnings = _beginnings(stretches, chains.take(scattered))
    selected = np.flatnonzero(evidence.is_passage)
    chains = chains.take(selected)
    first = _on_both_sides(chains.first)
    last_runs = chains.last
    last = _on_both_sides(last_runs) + last_runs.words[:, None]
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
    parts = _verbatim_parts(stretches, chains)
    return FoundPassages(passages, parts, beginnings)


def _on_both_sides(runs: Runs) -> Array:
    """Return where runs begin in the better document and in the other, int64 [runs, 2]."""
    return np.stack((runs.a, runs.b), axis=1)


def _beginnings(stretches: Stretches, chains: Chains) -> Beginnings:
    """Return where chains begin."""
    first = _on_both_sides(chains.first)
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
    flags = np.append(stretches.words.flags, EDGE)  # behind the last word everything ends
    words = len(flags) - 1
    word = position - 1 if step > 0 else position  # one that is surely in the stretch
    end_of_stretch = stretches.offsets[stretches.stretch(word) + 1]
    distance = np.full(position.shape, most + 1)
    # From far to near: of several edges the nearest is written last, and stays.
    for words_on in range(most, -1, -1):
        at = np.clip(position + step * words_on, 0, words)
        is_edge = (flags[at] & EDGE) > 0
        is_edge |= at == end_of_stretch
        distance[is_edge] = words_on
    return distance


def _verbatim_parts(stretches: Stretches, chains: Chains) -> VerbatimParts:
    """Cut the runs of every chain at the line breaks of either side."""
    runs = chains.runs
    rows_of_parts = [np.empty((0, 3), dtype=np.int64)]
    for low, high in batches(runs.words, _CUT):
        some = runs.take(np.arange(low, high))
        is_one = high - low == 1
        run, first = _cuts_of_one(stretches, some) if is_one else _cuts(stretches, some)
        # A part ends where the next one of its run begins, or with the run.
        end = np.empty_like(first)
        end[:-1] = first[1:]
        is_last = np.ones(len(run), dtype=bool)
        is_last[:-1] = run[1:] != run[:-1]
        end[is_last] = some.words[run[is_last]]
        rows_of_parts.append(np.stack((run + low, first, end), axis=1))
    # int64 [parts] each: the run, and where in it the part begins and ends.
    run, first, end = np.concatenate(rows_of_parts).T
    columns = stretches.words
    run_begins = _on_both_sides(runs.take(run))
    begin = run_begins + first[:, None]
    last = run_begins + end[:, None] - 1
    return VerbatimParts(
        passage=chains.owner[run],
        start=columns.start[begin],
        end=columns.end[last],
        words=end - first,
    )


def _cuts(stretches: Stretches, runs: Runs) -> tuple[Array, Array]:
    """Return each place where a run begins or goes over a line break, in order.

    (run, words of it before), int64 [places] each
    """
    run = owners(runs.words)
    words_before = place_in_group(runs.words)
    line = stretches.line
    line_a = line[ranges(runs.a, runs.words)]
    line_b = line[ranges(runs.b, runs.words)]
    is_cut = is_first(run, line_a, line_b)
    return run[is_cut], words_before[is_cut]


def _cuts_of_one(stretches: Stretches, runs: Runs) -> tuple[Array, Array]:
    """The same of one run, which may be very long."""
    a = int(runs.a[0])
    b = int(runs.b[0])
    words = int(runs.words[0])
    line_a = stretches.line[a : a + words]
    line_b = stretches.line[b : b + words]
    cuts = np.flatnonzero(is_first(line_a, line_b))
    return np.zeros_like(cuts), cuts


def nothing() -> FoundPassages:
    """Return no passages."""
    none = np.empty(0, dtype=np.int64)
    sides = none.reshape(0, 2)
    share = none.astype(np.float64)
    passages = Passages(
        rank=sides,
        first=sides,
        last=sides,
        start=sides,
        end=sides,
        words=none,
        longest=none,
        similarity=share,
        bits=share,
    )
    parts = VerbatimParts(passage=none, start=sides, end=sides, words=none)
    return FoundPassages(passages, parts, Beginnings(sides, sides))
