"""Documents that stand whole inside longer ones: seen from the passages they share."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.corpus.table import Array
from pipeline.match.core import rows as rows_of
from pipeline.match.core.packed import exchange_sides, groups, owners, pack
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.slots import Slots
from pipeline.match.workspace import Workspace

WHOLE = 0.9
"""Share of a document's text that shared passages cover for it to stand whole in the other."""
SAME = 0.8
"""Share of its words that are the same."""
LONGER = 1.25
"""The other has at least so many times as many words; two of one length differ in what is not the same."""

_PAIR = 33
"""Bits of a place in a document: beside them stands the number of the pair."""


class Contained(Struct, frozen=True):
    """Pairs of documents of which one stands whole in the other; side 0 stands first by source."""

    key: Array
    """uint64: the slot of side 0 << 32 | that of side 1"""
    shared: Array
    """int32: words that are the same"""
    a: Array
    """int32: words on side 0"""
    b: Array
    """int32: words on side 1"""
    start: Array
    """int64 [pairs, 2]: where what they share stands, code points of the clean text"""
    end: Array
    """int64 [pairs, 2]"""


def contained(workspace: Workspace, found: SharedPassages, copy_group: Array, slots: Slots) -> Contained:
    """Return the pairs of documents of which one stands whole in the other, and which are no near-copies.

    copy_group: int64 [documents by rank], the same number for near-copies of one document
    """
    chars = workspace.packs.column("chars")
    none = np.empty(0, dtype=np.int32)
    spans = np.empty((0, 2), dtype=np.int64)
    nothing = Contained(none.astype(np.uint64), none, none, none, spans, spans)
    parts = [_contained(workspace, some, chars, copy_group, slots) for some in found.of_two_documents()]
    return rows_of.concatenate([nothing, *parts])


def _contained(workspace: Workspace, passages: Array, chars: Array, copy_group: Array, slots: Slots) -> Contained:
    """Return those of some pairs of documents.

    passages: rows of `passage_rows.ROW`, all those of a pair one after another
    chars: int64 [documents]
    """
    # One row a passage; columns of [passages, 2] are of both sides.
    ranks = passages["rank"].astype(np.int64)
    starts = passages["start"]
    ends = passages["end"]
    words = passages["words"]
    first, counts = groups(*ranks.T)
    pair = owners(counts)

    # One row a pair of documents.
    rank = ranks[first]
    lengths = workspace.lengths[rank]
    shorter_length = lengths.min(axis=1)
    longer_length = lengths.max(axis=1)
    words_of_pair = np.bincount(pair, words, len(first)).astype(np.int64)
    # Passages may overlap where a document repeats itself.
    shared = np.minimum(words_of_pair, shorter_length)
    # The shorter document of each pair is the one that may stand in the other.
    side = np.argmin(lengths, axis=1)
    start_in_shorter = _of_side(starts, side[pair])
    end_in_shorter = _of_side(ends, side[pair])
    covered = _covered(pair, start_in_shorter, end_in_shorter)
    shorter = workspace.ranks.by_rank[_of_side(rank, side)]
    chars_of_shorter = chars[shorter]

    is_inside = covered >= WHOLE * np.maximum(chars_of_shorter, 1)
    is_inside &= shared >= SAME * shorter_length
    is_inside &= longer_length >= LONGER * shorter_length
    # Near-copies have a relation of their own.
    group_a, group_b = copy_group[rank].T
    is_inside &= group_a != group_b
    selected = np.flatnonzero(is_inside)
    rank = rank[selected]
    starts = np.minimum.reduceat(starts, first)
    ends = np.maximum.reduceat(ends, first)
    slot = slots.of_documents(workspace.ranks.by_rank[rank])
    start = starts[selected].astype(np.int64)
    end = ends[selected].astype(np.int64)
    sizes = lengths[selected].astype(np.int32)
    exchange_sides(slot[:, 0] > slot[:, 1], slot, start, end, sizes)
    a, b = sizes.T
    return Contained(pack(*slot.T), shared[selected].astype(np.int32), a, b, start, end)


def _of_side(values: Array, side: Array) -> Array:
    """Return of each row the value on one side.

    values: [rows, 2]
    side: int64 [rows], 0 or 1
    """
    row = np.arange(len(side))
    return values[row, side]


def _covered(pair: Array, start: Array, end: Array) -> Array:
    """Return how many characters the stretches of each pair cover together, int64; `pair` is sorted, from 0."""
    shift = pair << _PAIR  # so that stretches of two pairs never overlap
    begin = start + shift
    stop = end + shift
    order = np.argsort(begin, kind="stable")
    begin = begin[order]
    stop = stop[order]
    # What stretches before have covered counts once: `covered_to` is where those before each one reach.
    reach = np.maximum.accumulate(stop)
    covered_to = np.zeros_like(reach)
    covered_to[1:] = reach[:-1]
    begin = np.maximum(begin, covered_to)
    gain = np.maximum(stop - begin, 0)
    covered = np.bincount(pair[order], gain)
    return covered.astype(np.int64)
