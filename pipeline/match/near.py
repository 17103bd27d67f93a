"""Near-duplicates of one level: candidates by the keys of bands, verified on the engine, and clusters of them.

Texts are numbered by rank, best first. The driver holds a few columns of them, and the pairs that are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.table import Array
from pipeline.match.core.candidates import candidate_pairs
from pipeline.match.core.cluster import cluster, collapse, left_over
from pipeline.match.core.packed import contains, merged, pack, unpack
from pipeline.match.core.sign import Signing
from pipeline.match.digest import Sketched
from pipeline.match.pairs import Items, Knowledge, Least, Pairs, joined, verify_pairs
from pipeline.match.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Near:
    """Which texts are alike, all by rank."""

    representative: Array
    """int64 [texts]: the first of those with the same words"""
    canonical: Array
    """int64 [texts]: the canonical text of the cluster; its own number where there is none"""
    pairs: Pairs
    """of representatives, at or above the threshold"""
    crowded: Array
    """bool [texts]: whether there are so many like it that not all pairs were looked at"""


def all_documents(space: Workspace) -> Items:
    """Return the documents of the packs as they are compared."""
    by_rank = space.ranks.by_rank
    chars = space.packs.column("chars")[by_rank]
    return Items(
        level="document",
        number=by_rank,
        document=by_rank,
        size=chars.astype(np.int32),
        place=by_rank,
        older=space.ranks.older,
    )


def near_duplicates(
    engine: Engine,
    workspace: Workspace,
    items: Items,
    sketched: Sketched,
    threshold: float,
    signing: Signing,
    known: Knowledge | None = None,
) -> Near:
    """Return the near-duplicates among the texts of a level. Two texts of the older run are never compared."""
    representative, members = collapse(sketched.fingerprint[items.place])
    canonical = np.arange(len(items))
    crowded = np.zeros(len(items), dtype=bool)
    seen = np.empty(0, dtype=np.uint64)
    pairs = joined([])
    while True:
        # All texts with words at first; then those that clusters have left over, which may find another canonical one.
        band = partial(_band, sketched, items.place[members])
        found = candidate_pairs(band, signing.bands)
        crowded[members[found.crowded]] = True
        low, high = unpack(found.pairs)
        fresh = pack(members[low], members[high])
        # Two texts of the older run were compared when it was made.
        fresh = fresh[members[high] >= items.older]
        fresh = fresh[~contains(seen, fresh)]
        if not len(fresh):
            return Near(representative, canonical[representative], pairs, crowded)
        seen = merged(seen, fresh)
        alike = verify_pairs(engine, workspace, items, fresh, signing.k, Least(threshold), known)
        if items.least is not None:
            is_enough = alike.overlap.jaccard >= items.least_of(alike.key)
            alike = alike.take(is_enough)
        pairs = joined([pairs, alike])
        low, high = unpack(pairs.key)
        canonical = cluster(len(items), low, high)
        members = left_over(canonical, low, high)


def exact_copies(items: Items, sketched: Sketched) -> Array:
    """Return the first text with the same words, int64 [texts], by rank; without words, the text itself."""
    first, _ = collapse(sketched.fingerprint[items.place])
    return first


def _band(sketched: Sketched, place: Array, band: int) -> Array:
    """Return the keys of a band, uint32, of the texts that stand at these places among those sketched."""
    return sketched.keys[band][place]
