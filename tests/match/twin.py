"""Near-duplicates and families put together in memory from the same steps, one after another: what the partitioned run is held
to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.candidates import KeysInMemory, candidate_pairs
from pipeline.match.core.cluster import cluster, collapse, left_over
from pipeline.match.core.families import SHIFTS, Families, packed_sides, unpacked_sides
from pipeline.match.core.packed import contains, merged, order_of, pack, unpack
from pipeline.match.core.redirects import NO_REDIRECTS
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import sketch
from pipeline.match.core.verify import verify
from pipeline.tokens import Array


@dataclass(frozen=True)
class Twin:
    """Which texts are alike, by their places in the order of rank."""

    representative: Array
    canonical: Array
    pairs: dict[tuple[int, int], float]
    """Jaccard similarity of representatives that are alike"""


def near_duplicates(texts: Sequence[str], threshold: float, signing: Signing) -> Twin:
    """Near-duplicates among texts that stand in order of rank."""
    sketches = sketch(texts, signing)
    representative, numbers = collapse(sketches.fingerprint)
    found: dict[tuple[int, int], float] = {}
    known = np.empty(0, dtype=np.uint64)
    members = numbers
    canonical = NO_REDIRECTS
    while True:
        own = sketches.keys[:, members]
        low, high = unpack(candidate_pairs(KeysInMemory(own)).pairs)
        low, high = members[low], members[high]
        fresh = ~contains(known, pack(low, high))
        if not fresh.any():
            return Twin(representative, canonical[representative], dict(sorted(found.items())))
        low, high = low[fresh], high[fresh]
        known = merged(known, pack(low, high))
        known.sort()
        jaccard = verify(low, high, lambda which: [texts[i] for i in which.tolist()], signing.k).jaccard
        for a, b, value in zip(low.tolist(), high.tolist(), jaccard.tolist(), strict=True):
            if value >= threshold:
                found[a, b] = value
        alike = np.array(list(found), dtype=np.int64).reshape(-1, 2)
        canonical = cluster(alike[:, 0], alike[:, 1])
        members = left_over(canonical, alike[:, 0], alike[:, 1])


def families(start: Array, end: Array, together: int = 1 << 20) -> Array:
    """The family of each passage, numbered from 0 as they first appear, int64.

    start, end: int64 [passages, 2], positions in the concatenation of all documents
    together: so many sides come in together
    """
    found = Families(len(start))
    for shift in SHIFTS:
        found.begin()
        high, low = packed_sides(0, start.ravel(), end.ravel(), shift)
        order = order_of(high, low)
        for at in range(0, len(order), together):
            some = order[at : at + together]
            found.add(*unpacked_sides(high[some], low[some]))
    _, number = np.unique(np.concatenate([np.empty(0, dtype=np.int32), *found.some()]), return_inverse=True)
    return number
