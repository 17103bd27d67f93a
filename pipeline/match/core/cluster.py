"""Clusters that do not chain.

Texts are numbered by priority, best first. In that order: a text similar to no canonical text before it becomes canonical;
any other joins the best canonical text it is similar to. So every member was verified against its canonical text itself
(A~B and B~C never put C under A), the canonical text is the best of its cluster, and the result depends on the similarities
and the priorities alone, not on any order of computing.
"""

from __future__ import annotations

import numpy as np

from pipeline.match.core.packed import distinct, is_first
from pipeline.match.core.redirects import Redirects
from pipeline.tokens import Array

_ROUNDS = 32
_UNDECIDED, _CANONICAL, _MEMBER = 0, 1, 2


def collapse(fingerprint: Array) -> tuple[Array, Array]:
    """Return (the first text with the same words, for every text; those firsts that have words), int64, in order.

    fingerprint: uint64 [texts], equal for the same words, 0 without words
    """
    first = np.arange(len(fingerprint))
    copy, original = same_words(fingerprint, first)
    is_copy = np.zeros(len(fingerprint), dtype=bool)
    is_copy[copy] = True
    first[copy] = original
    return first, np.flatnonzero(~is_copy & (fingerprint != 0))


def same_words(fingerprint: Array, text: Array) -> tuple[Array, Array]:
    """Return (texts that have the words of a better one, the best of those): numbers of texts, by priority.

    fingerprint: uint64 of each text, equal for the same words; texts without words, which have 0, equal nothing
    """
    order = np.lexsort((text, fingerprint))
    fingerprint = fingerprint[order]
    text = text[order]
    begins = is_first(fingerprint)
    best = text[begins]
    group = np.cumsum(begins) - 1  # of each text
    is_copy = ~begins & (fingerprint != 0)
    return text[is_copy], best[group[is_copy]]


def cluster(low: Array, high: Array) -> Redirects:
    """Return the canonical texts of those that have a better one; every other is canonical.

    `low[i] < high[i]` are the pairs verified as similar, in any order; repeats do no harm.
    """
    # Numbered among themselves: of very many texts few are in pairs.
    texts = distinct(np.concatenate((low, high)))
    canonical = _cluster(len(texts), np.searchsorted(texts, low), np.searchsorted(texts, high))
    members = np.flatnonzero(canonical != np.arange(len(texts)))
    return Redirects.of(texts[members], texts[canonical[members]])


def _cluster(count: int, low: Array, high: Array) -> Array:
    """Return the canonical text of every text, int64 [count]: its own number for canonical ones."""
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


def left_over(canonical: Redirects, low: Array, high: Array) -> Array:
    """Return the canonical texts similar to a member of another's cluster, int64, sorted.

    A star of a crowded bucket may leave texts without a canonical one, when their star's centre itself joined another
    cluster. Candidates among them are sought again.
    """
    low_is_member = canonical.has(low)
    high_is_member = canonical.has(high)
    # Similar to a text that is not canonical, on either side of a pair.
    near_member = np.concatenate((low[high_is_member & ~low_is_member], high[low_is_member & ~high_is_member]))
    return distinct(near_member)
