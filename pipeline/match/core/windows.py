"""Windows: what is looked at of documents, and how it grows where it is not enough."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from pipeline.match.core.align import Runs
from pipeline.match.core.chain import Chains
from pipeline.match.core.hits import Hits
from pipeline.match.core.packed import distinct, is_apart, order_of, owner_at, pack
from pipeline.match.core.stretches import Stretches, Windows
from pipeline.tokens import Array

MARGIN = 32
"""Words around hits that are looked at."""
NEAR_EDGE = 20
"""Words from the edge of a window within which a run means that there may be more beyond: more than a gap and what must
follow it."""


def around(hits: Hits, lengths: Array) -> Windows:
    """Return the windows around hits, in either document.

    lengths: int64 [documents by rank], words of each
    """
    # One row a side of a hit from here on.
    document = np.concatenate((hits.better, hits.other))
    place = np.concatenate((hits.a, hits.b))
    words = np.tile(hits.words, 2)
    end = place + words
    length = lengths[document]
    first = np.maximum(place - MARGIN, 0)
    last = np.minimum(end + MARGIN, length)
    return merged(Windows(document, first, last, length))


def merged(windows: Windows) -> Windows:
    """Return windows, given in any order, without overlaps, sorted by document and place."""
    order = order_of(windows.document, windows.first)
    windows = windows.take(order)
    if not len(windows):  # `reduceat` takes no empty list
        return windows
    begin = pack(windows.document, windows.first)
    end = pack(windows.document, windows.last)
    # Packed places grow from document to document: those of two never overlap.
    heads = np.flatnonzero(is_apart(begin, end))
    last = np.maximum.reduceat(windows.last, heads)
    return replace(windows.take(heads), last=last)


def stretch_pairs(stretches: Stretches, runs: Runs) -> Array:
    """Return the pair of stretches that each run is in, packed."""
    one = stretches.stretch(runs.a)
    two = stretches.stretch(runs.b)
    return pack(one, two)


def placed(hits: Hits, stretches: Stretches) -> Runs:
    """Return hits as positions in the stretches."""
    a = _positions(stretches, hits.better, hits.a)
    b = _positions(stretches, hits.other, hits.b)
    return Runs(a, b, hits.words)


def _positions(stretches: Stretches, document: Array, word: Array) -> Array:
    """Return the positions, int64, of words.

    document, word: int64, the rank of the document and the place in it; some window has each of them
    """
    windows = stretches.windows
    begin = pack(windows.document, windows.first)
    place = pack(document, word)
    # Ranks have 31 bits: packed places are the same with a sign.
    stretch = owner_at(begin.view(np.int64), place.view(np.int64))
    words_before = word - windows.first[stretch]
    return stretches.offsets[stretch] + words_before


def grown(stretches: Stretches, chains: Chains) -> tuple[Windows, Array]:
    """Return larger windows where chains come near the edge of one, and the pairs of stretches that do.

    The windows are all there are, in order, some of them twice as wide. Pairs are packed, as in `stretch_pairs`, sorted.
    """
    runs = chains.runs
    windows = stretches.windows
    first = windows.first.copy()
    last = windows.last.copy()
    more = np.maximum(last - first, MARGIN)
    is_cut = np.zeros(len(runs), dtype=bool)
    for begin in (runs.a, runs.b):
        end = begin + runs.words
        stretch = stretches.stretch(begin)
        room_before = stretches.room_before(begin, stretch)
        room_after = stretches.room_after(end, stretch)
        is_near_first = room_before < NEAR_EDGE
        is_near_last = room_after < NEAR_EDGE
        is_cut |= is_near_first
        is_cut |= is_near_last

        back = distinct(stretch[is_near_first])
        earlier = first[back] - more[back]
        first[back] = np.maximum(earlier, 0)

        ahead = distinct(stretch[is_near_last])
        later = last[ahead] + more[ahead]
        last[ahead] = np.minimum(later, windows.length[ahead])
    larger = replace(windows, first=first, last=last)
    pairs = stretch_pairs(stretches, runs)
    return larger, distinct(pairs[is_cut])


def used(windows: Windows, stretches: Stretches, hits: Runs, selected: Array) -> Windows:
    """Return those of the windows that some of the hits are in.

    selected: bool [hits]
    """
    one = stretches.stretch(hits.a[selected])
    two = stretches.stretch(hits.b[selected])
    needed = distinct(np.concatenate((one, two)))
    return merged(windows.take(needed))
