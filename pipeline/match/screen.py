"""Which pairs of documents are worth comparing: most share a few common words and nothing else.

Around each hit a window of both documents is looked at. If all that is chained there is too probable for a passage and
ends well inside the window, comparing the whole documents would give the same, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.corpus.table import Array, Table
from pipeline.match.core.align import maximal_runs
from pipeline.match.core.candidates import bucket_sizes
from pipeline.match.core.chain import Chains, chain
from pipeline.match.core.passages import PassageRules
from pipeline.match.core.seeds import Hits
from pipeline.match.core.sketch import batches
from pipeline.match.excerpt import Excerpt
from pipeline.match.workspace import Workspace
from pipeline.tokens import ranges

_FEW = 8
"""A pair of documents with more hits is compared as a whole."""
_MARGIN = 48
"""Words around hits that are looked at."""
_EDGE = 24
"""Words before the window's edge that a chain must not come into."""
_HITS = 1 << 18
"""Hits looked at together."""
_WORDS = 1 << 20
"""Words of windows looked at together."""

_RANK = np.uint64(32)
_WORD = np.uint64(0xFFFFFFFF)


def promising(excerpt: Excerpt, chains: Chains, rules: PassageRules) -> Array:
    """int64: the chains that may be worth reporting, as far as can be told without the text."""
    bits = chains.total(excerpt.bits(chains.runs.a, chains.runs.a + chains.runs.words))
    beyond = bits - 2 * np.log2(max(1, excerpt.total))
    enough = beyond >= min(rules.margin, rules.quoted_margin)
    return np.flatnonzero(enough | (chains.longest() >= rules.run))


def screened(workspace: Workspace, rules: PassageRules, rows: Table) -> Table:
    """The hits of the pairs that are to be compared. `rows` are sorted by `pair`."""
    pairs = np.asarray(rows["pair"])
    first, size = bucket_sizes(pairs)
    kept = size > _FEW
    few = np.flatnonzero(~kept)
    for low, high in batches(size[few], _HITS):
        part = few[low:high]
        kept[part] = _worth_comparing(workspace, rules, rows, first[part], size[part])
    chosen = ranges(first[kept], size[kept])
    return {name: np.asarray(column)[chosen] for name, column in rows.items()}


def _worth_comparing(workspace: Workspace, rules: PassageRules, rows: Table, first: Array, size: Array) -> Array:
    """bool [pairs]: of the pairs of documents that have the hits `rows[first:first + size]`."""
    rows = {name: np.asarray(column)[ranges(first, size)] for name, column in rows.items()}
    pair = np.repeat(np.arange(len(first)), size)
    order = np.lexsort((np.asarray(rows["a"]), pair))
    pairs = np.asarray(rows["pair"])[order]
    a, b, words = (np.asarray(rows[name])[order].astype(np.int64) for name in ("a", "b", "words"))
    fresh = np.append(True, (pair[1:] != pair[:-1]) | (np.diff(a) > 2 * _MARGIN))[: len(pair)]
    begin = np.flatnonzero(fresh)
    sides = [
        _windows(workspace, (pairs[begin] >> _RANK).astype(np.int64), a, a + words, begin),
        _windows(workspace, (pairs[begin] & _WORD).astype(np.int64), b, b + words, begin),
    ]
    found = np.zeros(len(first), dtype=bool)
    bounds = np.append(begin, len(pair))
    one, two = (side.last - side.first for side in sides)
    for low, high in batches(one + two, _WORDS):
        part = slice(int(bounds[low]), int(bounds[high]))
        window = np.repeat(np.arange(high - low), np.diff(bounds[low : high + 1]))
        own = [side.take(low, high) for side in sides]
        may = _may_hold_a_passage(workspace, rules, own, window, Hits(a[part], b[part], words[part]))
        found[pair[begin[low:high]][may]] = True
        workspace.words.forget()
    return found


@dataclass(frozen=True, slots=True)
class _Windows:
    """Stretches of documents, int64 each."""

    document: Array
    """where the document begins among all words"""
    length: Array
    """words of the document"""
    first: Array
    """first word in the document"""
    last: Array
    """end in the document"""

    def take(self, low: int, high: int) -> _Windows:
        return _Windows(*(getattr(self, name)[low:high] for name in self.__slots__))


def _windows(workspace: Workspace, rank: Array, start: Array, end: Array, begin: Array) -> _Windows:
    """The windows around the words from `start` to `end` of hits, those of each window from `begin` on."""
    document = workspace.ranks.by_rank[rank]
    offsets = workspace.words.offsets
    base, length = offsets[document], offsets[document + 1] - offsets[document]
    first = np.maximum(np.minimum.reduceat(start, begin) - _MARGIN, 0)
    last = np.minimum(np.maximum.reduceat(end, begin) + _MARGIN, length)
    return _Windows(base, length, first, last)


def _may_hold_a_passage(
    workspace: Workspace, rules: PassageRules, sides: list[_Windows], window: Array, hits: Hits
) -> Array:
    """bool [windows]: whether there may be a passage, in the window or across its edge."""
    one, two = sides
    first, last = (
        np.stack((one.document + edge[0], two.document + edge[1]), axis=1).ravel()
        for edge in ((one.first, two.first), (one.last, two.last))
    )
    excerpt = Excerpt(workspace.words, first, last)
    base = [excerpt.offsets[2 * window + i] - side.first[window] for i, side in enumerate(sides)]
    runs = maximal_runs(excerpt, [Hits(base[0] + hits.a, base[1] + hits.b, hits.words)])
    chains = chain(excerpt, runs, rules.gap)
    found = np.zeros(len(one.first), dtype=bool)
    runs = chains.runs
    owner = excerpt.document(runs.a) // 2
    found[owner[chains.offsets[promising(excerpt, chains, rules)]]] = True
    for i, (side, position) in enumerate(((one, runs.a), (two, runs.b))):
        before = position - excerpt.offsets[2 * owner + i]
        after = excerpt.offsets[2 * owner + i + 1] - position - runs.words
        cut = (before < _EDGE) & (side.first[owner] > 0)
        cut |= (after < _EDGE) & (side.last[owner] < side.length[owner])
        found[owner[cut]] = True
    return found
