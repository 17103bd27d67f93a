"""Windows: what is looked at of documents, and how it grows where it is not enough."""

from __future__ import annotations

import numpy as np

from pipeline.match.core.align import Runs
from pipeline.match.core.chain import Chains
from pipeline.match.core.hits import Hits
from pipeline.match.core.packed import distinct, pack
from pipeline.match.core.stretches import Stretches, Windows
from pipeline.tokens import Array

MARGIN = 32
"""Words around hits that are looked at."""
NEAR_EDGE = 20
"""Words from the edge of a window within which a run means that there may be more beyond: more than a gap and what must
follow it."""


def around(hits: Hits, lengths: Array) -> Windows:
    """Return the windows around hits, in either document."""
    document = np.concatenate((hits.better, hits.other))
    place = np.concatenate((hits.a, hits.b))
    words = np.concatenate((hits.words, hits.words))
    length = lengths[document]
    first = np.maximum(place - MARGIN, 0)
    last = np.minimum(place + words + MARGIN, length)
    return merged(Windows(document, first, last, length))


def merged(windows: Windows) -> Windows:
    """Return windows, given in any order, without overlaps, sorted by document and place."""
    order = np.lexsort((windows.first, windows.document))
    windows = windows.take(order)
    begin = pack(windows.document, windows.first)
    end = pack(windows.document, windows.last)
    # Packed places grow from document to document: one running maximum serves all.
    reach = np.maximum.accumulate(end)
    fresh = np.ones(len(windows), dtype=bool)
    fresh[1:] = begin[1:] > reach[:-1]
    head = np.flatnonzero(fresh)
    selected = windows.take(head)
    last = np.maximum.reduceat(windows.last, head) if len(head) else windows.last
    return Windows(selected.document, selected.first, last, selected.length)


def stretch_pairs(stretches: Stretches, runs: Runs) -> Array:
    """Return the pair of stretches that each run is in, packed."""
    return pack(stretches.stretch(runs.a), stretches.stretch(runs.b))


def placed(hits: Hits, stretches: Stretches) -> Runs:
    """Return hits as positions in the stretches."""
    return Runs(
        _positions(stretches, hits.better, hits.a),
        _positions(stretches, hits.other, hits.b),
        hits.words,
    )


def _positions(stretches: Stretches, document: Array, word: Array) -> Array:
    """Return the positions of words given by document and place in it."""
    windows = stretches.windows
    begin = pack(windows.document, windows.first)
    stretch = np.searchsorted(begin, pack(document, word), side="right") - 1
    return stretches.offsets[stretch] + word - windows.first[stretch]


def grown(stretches: Stretches, chains: Chains) -> tuple[Windows, Array]:
    """Return larger windows where chains come near the edge of one, and the pairs of stretches that do, sorted."""
    runs = chains.runs
    windows = stretches.windows
    first = windows.first.copy()
    last = windows.last.copy()
    more = np.maximum(last - first, MARGIN)
    cut = np.zeros(len(runs), dtype=bool)
    for side in (runs.a, runs.b):
        stretch = stretches.stretch(side)
        before = stretches.room_before(side, stretch) < NEAR_EDGE
        after = stretches.room_after(side + runs.words, stretch) < NEAR_EDGE
        cut |= before | after
        back = distinct(stretch[before])
        earlier = first[back] - more[back]
        first[back] = np.maximum(earlier, 0)
        ahead = distinct(stretch[after])
        later = last[ahead] + more[ahead]
        last[ahead] = np.minimum(later, windows.length[ahead])
    larger = Windows(windows.document, first, last, windows.length)
    pairs = stretch_pairs(stretches, runs)
    return larger, distinct(pairs[cut])


def used(windows: Windows, stretches: Stretches, hits: Runs, selected: Array) -> Windows:
    """Return those of the windows that some of the hits are in."""
    one = stretches.stretch(hits.a[selected])
    two = stretches.stretch(hits.b[selected])
    return merged(windows.take(distinct(np.concatenate((one, two)))))
