"""Documents that stand whole inside longer ones: seen from the passages they share."""

from __future__ import annotations

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.clusters import Linked
from pipeline.match.core.packed import group_numbers, groups
from pipeline.match.core.relation import CONTAINED
from pipeline.match.passages import AllPassages
from pipeline.match.workspace import Workspace

WHOLE = 0.9
"""Share of a document's text that shared passages cover for it to stand whole in the other."""
SAME = 0.8
"""Share of its words that are the same."""
LONGER = 1.25
"""The other has at least so many times as many words; two of one length differ in what is not the same."""

_PAIR = 33
"""Bits of a place in a document: beside them stands the number of the pair."""


def contained(workspace: Workspace, found: AllPassages, copy_group: Array) -> Linked:
    """Return the pairs of documents of which one stands whole in the other, and which are no near-copies.

    copy_group: int64 [documents by rank], the same number for near-copies of one document
    """
    order = np.lexsort((found.rank[:, 1], found.rank[:, 0]))
    start = found.start[order]
    end = found.end[order]
    ranks = found.rank[order].astype(np.int64)
    # Rows of passages from here on to rows of pairs of documents: `first` leads there, `pair` back.
    first, _ = groups(ranks[:, 0], ranks[:, 1])
    pair = group_numbers(ranks[:, 0], ranks[:, 1])
    rank = ranks[first]
    words = np.bincount(pair, found.words[order], len(first)).astype(np.int64)
    lengths = workspace.lengths[rank]
    # The shorter document of each pair is the one that may stand in the other.
    smaller = np.argmin(lengths, axis=1)
    words = np.minimum(words, lengths.min(axis=1))  # passages may overlap where a document repeats itself
    side = smaller[pair]
    row = np.arange(len(pair))
    covered = _covered(pair, start[row, side], end[row, side])
    shorter = np.arange(len(rank)), smaller
    chars = workspace.packs.column("chars")[workspace.ranks.by_rank]
    chars_of_shorter = chars[rank[shorter]]
    is_inside = covered >= WHOLE * np.maximum(chars_of_shorter, 1)
    is_inside &= words >= SAME * lengths[shorter]
    is_inside &= lengths.max(axis=1) >= LONGER * lengths.min(axis=1)
    # Near-copies have a relation of their own.
    is_inside &= copy_group[rank[:, 0]] != copy_group[rank[:, 1]]
    selected = np.flatnonzero(is_inside)
    if len(first):  # `reduceat` takes no empty list of groups
        start = np.minimum.reduceat(start, first)
        end = np.maximum.reduceat(end, first)
    return Linked(
        np.full_like(rank[selected], -1),
        workspace.ranks.by_rank[rank[selected]],
        start[selected].astype(np.int64),
        end[selected].astype(np.int64),
        words[selected].astype(np.int32),
        lengths[selected].astype(np.int32),
        np.full(len(selected), CONTAINED, dtype=np.int8),
    )


def _covered(pair: Array, start: Array, end: Array) -> Array:
    """Return how many characters the stretches of each pair cover together, int64; `pair` is sorted, from 0."""
    begin = (pair << _PAIR) + start
    stop = (pair << _PAIR) + end
    order = np.argsort(begin, kind="stable")
    begin = begin[order]
    stop = stop[order]
    reach = np.maximum.accumulate(stop)
    # What stretches before have covered counts once.
    before = np.zeros_like(reach)
    before[1:] = reach[:-1]
    fresh_from = np.maximum(begin, before)
    gain = np.maximum(stop - fresh_from, 0)
    return np.bincount(pair[order], gain).astype(np.int64)
