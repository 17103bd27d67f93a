"""Passages: text that documents share inside longer, different text, quotes above all.

Guarantee: every verbatim run of `run` (8) words that two documents share is in a reported passage. If very many documents
share it, each of them is paired with the best one among them only, and all are one family; of a document that repeats it
very often, not every place is (seeds.py). Shorter or edited runs are reported if they are telling enough (evidence.py).

Only what lies around hits is looked at. Where a chain comes near the edge of that, more is: so the work grows with what
documents share, not with how long they are, and the result is that of comparing them whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec.structs import replace

from pipeline.match.core import rows
from pipeline.match.core import windows as windows_of
from pipeline.match.core.align import maximal_runs
from pipeline.match.core.chain import chain
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import Hits
from pipeline.match.core.located import FoundPassages, Passages, nothing, reported
from pipeline.match.core.packed import contains, groups, pack, place_in_group
from pipeline.match.core.stretches import Stretches, Windows
from pipeline.tokens import Array

_LARGER = 4
"""A chain is looked for inside so many of the longest chains of its two documents."""

Load = Callable[[Windows], Stretches]


def passages(hits: Hits, lengths: Array, load: Load, rules: PassageRules) -> FoundPassages:
    """Return the passages of pairs of documents, sorted by documents, then place.

    lengths: int64 [documents by rank], words of each
    load: gives the words of windows
    """
    found: list[FoundPassages] = []
    windows = windows_of.around(hits, lengths)
    while len(hits):
        stretches = load(windows)
        own = windows_of.placed(hits, stretches)
        runs = maximal_runs(stretches, own)
        chains = chain(stretches, runs, rules.gap)
        grown, unfinished = windows_of.grown(stretches, chains)
        pair_of_chain = windows_of.stretch_pairs(stretches, chains.first)
        is_done = ~contains(unfinished, pair_of_chain)
        done = chains.take(np.flatnonzero(is_done))
        found.append(reported(stretches, done, rules))
        # Only the pairs that came near an edge are looked at again, in windows twice as wide.
        pair_of_hit = windows_of.stretch_pairs(stretches, own)
        again = contains(unfinished, pair_of_hit)
        windows = windows_of.used(grown, stretches, own, again)
        hits = hits.take(again)
    return _in_order(found)


def _in_order(found: Sequence[FoundPassages]) -> FoundPassages:
    """Return all passages sorted, without those inside a longer one of the same documents."""
    if not found:
        return nothing()
    every = rows.concatenate([one.passages for one in found])
    rank_a, rank_b = every.rank.T
    first_a, first_b = every.first.T
    last_a, last_b = every.last.T
    order = np.lexsort((last_b, first_b, last_a, first_a, rank_b, rank_a))
    is_left_out = _is_inside_larger(every)
    order = order[~is_left_out[order]]
    # Parts name their passage by its row in what they were found with; here rows get their place in the whole.
    place = np.full(len(every), -1)
    place[order] = np.arange(len(order))
    before = 0
    passage: list[Array] = []
    for one in found:
        passage.append(place[before + one.parts.passage])
        before += len(one.passages)
    parts = rows.concatenate([one.parts for one in found])
    parts = replace(parts, passage=np.concatenate(passage))
    # Those of passages that are left out have none to belong to.
    belong = np.flatnonzero(parts.passage >= 0)
    by_passage = np.argsort(parts.passage[belong], kind="stable")
    parts = rows.take(parts, belong[by_passage])
    scattered = rows.concatenate([one.scattered for one in found])
    return FoundPassages(every.take(order), parts, scattered)


def _is_inside_larger(passages: Passages) -> Array:
    """Return whether a longer passage of the same documents covers both sides, as where a text repeats: bool."""
    rank_a, rank_b = passages.rank.T
    first_a, first_b = passages.first.T
    # Of each pair of documents the passages with the most words come first: only they can cover others.
    order = np.lexsort((first_b, first_a, -passages.words, rank_b, rank_a))
    pair = pack(rank_a, rank_b)[order]
    first, size = groups(pair)
    # Of each row: where the passages of its pair of documents begin, and how many of them stand before it.
    first_of_pair = np.repeat(first, size)
    number = place_in_group(size)
    is_inside = np.zeros(len(passages), dtype=bool)
    for larger in range(_LARGER):
        is_behind = number > larger
        small = order[is_behind]
        large = order[first_of_pair[is_behind] + larger]
        covers = passages.first[large] <= passages.first[small]
        covers &= passages.last[small] <= passages.last[large]
        is_inside[small] |= covers.all(axis=1)
    return is_inside
