"""Clusters that do not chain.

Texts are numbered by priority, best first. In that order: a text similar to no canonical text before it becomes canonical;
any other joins the best canonical text it is similar to. So every member was verified against its canonical text itself
(A~B and B~C never put C under A), the canonical text is the best of its cluster, and the result depends on the similarities
and the priorities alone, not on any order of computing.
"""

from __future__ import annotations

import numpy as np

from pipeline.match.core.packed import is_first
from pipeline.tokens import Array

_ROUNDS = 32
_UNDECIDED, _CANONICAL, _MEMBER = 0, 1, 2


def collapse(fingerprint: Array) -> tuple[Array, Array]:
    """Return (the first text with the same words, for every text; those firsts that have words), int64, in order.

    fingerprint: uint64 [texts], equal for the same words, 0 without words
    """
    order = np.argsort(fingerprint, kind="stable")
    # The sort is stable, so the first of each group is the best of its texts.
    begins = is_first(fingerprint[order])
    heads = order[begins]
    group = np.cumsum(begins) - 1  # of each text, in this order
    first = np.empty(len(fingerprint), dtype=np.int64)
    first[order] = heads[group]
    empty = np.flatnonzero(fingerprint == 0)
    first[empty] = empty  # texts without words equal nothing
    numbers = np.arange(len(fingerprint))
    selected = (first == numbers) & (fingerprint != 0)
    return first, np.flatnonzero(selected)


def cluster(count: int, low: Array, high: Array) -> Array:
    """Return the canonical text of every text, int64 [count]: its own number for canonical ones.

    `low[i] < high[i]` are the pairs verified as similar, in any order; repeats do no harm.
    """
    state = np.zeros(count, dtype=np.uint8)
    better = low
    other = high
    for _ in range(_ROUNDS):
        # Whoever has no better neighbour left is canonical; its neighbours are members; both leave the graph.
        is_best = state == _UNDECIDED
        is_best[other] = False
        state[is_best] = _CANONICAL
        if not len(better):
            break
        joins = state[better] == _CANONICAL
        state[other[joins]] = _MEMBER
        is_open = state[better] == _UNDECIDED
        is_open &= state[other] == _UNDECIDED
        better = better[is_open]
        other = other[is_open]
    else:
        _finish(state, better, other)
    canonical = np.arange(count)
    selected = state[low] == _CANONICAL
    selected &= state[high] == _MEMBER
    np.minimum.at(canonical, high[selected], low[selected])
    return canonical


def _finish(state: Array, low: Array, high: Array) -> None:
    """Decide the rest text by text: long chains of dependence would need too many rounds."""
    order = np.lexsort((low, high))
    better: dict[int, list[int]] = {}
    pairs = np.stack((low, high), axis=1)
    for one, two in pairs[order].tolist():
        better.setdefault(two, []).append(one)
    undecided = np.flatnonzero(state == _UNDECIDED)
    # In order of priority: what is better is decided before what depends on it.
    for text in undecided.tolist():
        states = [state[other] for other in better.get(text, ())]
        state[text] = _MEMBER if _CANONICAL in states else _CANONICAL


def left_over(canonical: Array, low: Array, high: Array) -> Array:
    """Return the canonical texts similar to a member of another's cluster, int64.

    A star of a crowded bucket may leave texts without a canonical one, when their star's centre itself joined another
    cluster. Candidates among them are sought again.
    """
    alone = canonical == np.arange(len(canonical))
    is_near_member = np.zeros(len(canonical), dtype=bool)
    # Similar to a text that is not canonical, on either side of a pair.
    high_is_member = ~alone[high]
    low_is_member = ~alone[low]
    is_near_member[low[high_is_member]] = True
    is_near_member[high[low_is_member]] = True
    return np.flatnonzero(is_near_member & alone)
