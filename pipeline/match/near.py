"""Near-duplicates of one level: candidates by the keys of bands, verified on the engine, and clusters of them.

Texts are numbered by rank, best first. The driver holds those that have copies, and the pairs that are alike.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.table import Array
from pipeline.match.core.candidates import Keys, candidate_pairs
from pipeline.match.core.cluster import cluster, left_over
from pipeline.match.core.packed import contains, distinct, merged, unpack
from pipeline.match.core.redirects import NO_REDIRECTS, Redirects
from pipeline.match.items import Items
from pipeline.match.pairs import Knowledge, Least, Pairs, joined, verify_pairs
from pipeline.match.sketched import Sketched
from pipeline.match.sought import SomeTexts, SoughtTexts, exact_copies
from pipeline.match.workspace import Workspace


class Near(Struct, frozen=True):
    """Which texts are alike, all by rank."""

    representative: Redirects
    """the first text of those with the same words"""
    canonical: Redirects
    """the canonical text of the cluster"""
    pairs: Pairs
    """of representatives, at or above the threshold"""
    crowded: Array
    """int64, sorted: representatives that so many are like that not all pairs were looked at"""


def near_duplicates(
    engine: Engine,
    workspace: Workspace,
    items: Items,
    sketched: Sketched,
    threshold: float,
    k: int,
    known: Knowledge | None = None,
    *,
    described: bool = True,
) -> Near:
    """Return the near-duplicates among the texts of a level. Two texts of the older run are never compared.

    k: words in a shingle
    described: see `Least`
    """
    representative = exact_copies(workspace.folder, items, sketched)
    # All texts with words at first; then those that clusters have left over, which may find another canonical one.
    sought: Keys = SoughtTexts(workspace.folder, items, sketched, representative)
    canonical = NO_REDIRECTS
    crowded = np.empty(0, dtype=np.int64)
    seen = np.empty(0, dtype=np.uint64)
    pairs = joined([])
    least = Least(threshold, described=described)
    while True:
        found = candidate_pairs(sought)
        crowded = distinct(np.concatenate((crowded, found.crowded)))
        # Two texts of the older run were compared when it was made.
        _, worse = unpack(found.pairs)
        fresh = found.pairs[worse >= items.older]
        fresh = fresh[~contains(seen, fresh)]
        if not len(fresh):
            return Near(representative, representative.then(canonical), pairs, crowded)
        seen = merged(seen, fresh)
        alike = verify_pairs(engine, workspace, items, fresh, k, least, known)
        if items.differ:
            is_enough = alike.overlap.jaccard >= items.least_of(alike.key)
            alike = alike.take(is_enough)
        pairs = joined([pairs, alike])
        low, high = unpack(pairs.key)
        canonical = cluster(low, high)
        sought = SomeTexts(items, sketched, left_over(canonical, low, high))
