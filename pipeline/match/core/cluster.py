"""Clusters that do not chain.

Texts are numbered by priority, best first. In that order: a text similar to no canonical text before it
becomes canonical; any other joins the best canonical text it is similar to. So every member was verified
against its canonical text itself (A~B and B~C never put C under A), the canonical text is the best of its
cluster, and the result depends on the similarities and the priorities alone, not on any order of computing.
"""

from __future__ import annotations

import numpy as np

from pipeline.tokens import Array

_ROUNDS = 32
_UNDECIDED, _CANONICAL, _MEMBER = 0, 1, 2


def cluster(count: int, low: Array, high: Array) -> Array:
    """int64 [count]: the canonical text of every text, its own number for canonical ones.

    `low[i] < high[i]` are the pairs verified as similar, in any order; repeats do no harm.
    """
    state = np.zeros(count, dtype=np.uint8)
    edges = low, high
    for _ in range(_ROUNDS):
        # Whoever has no better neighbour left is canonical; its neighbours are members; both leave the graph.
        waits = np.zeros(count, dtype=bool)
        waits[edges[1]] = True
        state[(state == _UNDECIDED) & ~waits] = _CANONICAL
        if not len(edges[0]):
            break
        state[edges[1][state[edges[0]] == _CANONICAL]] = _MEMBER
        open_ = (state[edges[0]] == _UNDECIDED) & (state[edges[1]] == _UNDECIDED)
        edges = edges[0][open_], edges[1][open_]
    else:
        _finish(state, *edges)
    canonical = np.arange(count)
    kept = (state[low] == _CANONICAL) & (state[high] == _MEMBER)
    np.minimum.at(canonical, high[kept], low[kept])
    return canonical


def _finish(state: Array, low: Array, high: Array) -> None:
    """The same, text by text, for the long chains of dependence that would need too many rounds."""
    order = np.lexsort((low, high))
    better: dict[int, list[int]] = {}
    for a, b in zip(low[order].tolist(), high[order].tolist(), strict=True):
        better.setdefault(b, []).append(a)
    for text in np.flatnonzero(state == _UNDECIDED).tolist():
        joined = any(state[other] == _CANONICAL for other in better.get(text, ()))
        state[text] = _MEMBER if joined else _CANONICAL
