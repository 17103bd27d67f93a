"""Near-duplicates of one level: the steps of `dedup.match`, with keys on disk and verification on the engine.

Texts are numbered by rank, best first. The driver holds a few columns of them, and the pairs that are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.table import Array
from pipeline.match.core import relation
from pipeline.match.core.candidates import candidate_pairs
from pipeline.match.core.cluster import cluster, collapse, left_over
from pipeline.match.core.packed import contains, merged, pack, unpack
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import batches
from pipeline.match.core.verify import Overlap, verify
from pipeline.match.digest import Sketched
from pipeline.match.workspace import Workspace
from pipeline.model import Level

_CHUNK = 8_000_000
"""Characters of text verified together."""
_PAIR = 1_000
"""What a pair costs beside its text, in characters."""
_WIDE = 1 << 20
"""Candidates whose texts are verified before the next are."""


@dataclass(frozen=True, slots=True)
class Items:
    """The texts compared at one level, in order of rank."""

    level: Level
    number: Array
    """int64: of each document or paragraph, counted through all packs"""
    document: Array
    """int64: the document of each"""
    size: Array
    """int32: characters"""
    place: Array
    """int64: where each stands among those that were sketched"""
    older: int
    """so many of the first belong to an older run"""

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Verified pairs; the texts are numbered by rank."""

    key: Array
    """uint64: the better one << 32 | the other"""
    shared: Array
    """int32: shingles in both"""
    a: Array
    """int32: shingles in the better one"""
    b: Array
    """int32: shingles in the other"""
    same_numbers: Array
    """bool: whether both have the same numbers in them"""

    def __len__(self) -> int:
        return len(self.key)

    def take(self, index: Array) -> Pairs:
        """Some of them."""
        return Pairs(*(getattr(self, name)[index] for name in self.__slots__))

    @property
    def overlap(self) -> Overlap:
        """The same counts as `dedup.verify` gives."""
        return Overlap(self.shared.astype(np.int64), self.a.astype(np.int64), self.b.astype(np.int64))

    @classmethod
    def join(cls, parts: list[Pairs]) -> Pairs:
        """All pairs of all parts, sorted."""
        none = np.empty(0, dtype=np.int32)
        empty = cls(none.astype(np.uint64), none, none, none, none.astype(bool))
        joined = cls(*(np.concatenate([getattr(part, name) for part in (empty, *parts)]) for name in cls.__slots__))
        return joined.take(np.argsort(joined.key, kind="stable"))


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


def near_duplicates(
    engine: Engine, workspace: Workspace, items: Items, sketched: Sketched, threshold: float, signing: Signing
) -> Near:
    """Near-duplicates among the texts of a level. Two texts of the older run are never compared."""
    fingerprint = sketched.fingerprint[items.place]
    representative, members = collapse(fingerprint)
    canonical = np.arange(len(items))
    crowded = np.zeros(len(items), dtype=bool)
    known = np.empty(0, dtype=np.uint64)
    pairs = Pairs.join([])
    while True:
        found = candidate_pairs(partial(_band, sketched, items.place[members]), signing.bands)
        crowded[members[found.crowded]] = True
        low, high = unpack(found.pairs)
        low = members[low]
        high = members[high]
        fresh = pack(low, high)[high >= items.older]
        fresh = fresh[~contains(known, fresh)]
        if not len(fresh):
            return Near(representative, canonical[representative], pairs, crowded)
        known = merged(known, fresh)
        alike = verify_pairs(engine, workspace, items, fresh, k=signing.k, jaccard=threshold, containment=None)
        pairs = Pairs.join([pairs, alike])
        low, high = unpack(pairs.key)
        canonical = cluster(len(items), low, high)
        members = left_over(canonical, low, high)


def exact_copies(items: Items, sketched: Sketched) -> Array:
    """Return the first text with the same words, int64 [texts], by rank; without words, the text itself."""
    return collapse(sketched.fingerprint[items.place])[0]


def _band(sketched: Sketched, place: Array, band: int) -> Array:
    return sketched.keys[band][place]


@dataclass(frozen=True, slots=True)
class _Check:
    """Pairs to be verified, by the numbers of their documents or paragraphs, and what they must reach."""

    workspace: Workspace
    level: Level
    first: Array
    second: Array
    k: int
    jaccard: float
    containment: float | None


def verify_pairs(
    engine: Engine,
    workspace: Workspace,
    items: Items,
    keys: Array,
    *,
    k: int,
    jaccard: float,
    containment: float | None,
) -> Pairs:
    """The pairs of texts that have at least this Jaccard similarity or this containment, sorted by key.

    `keys`: uint64, packed pairs of ranks.
    """
    parts: list[Pairs] = []
    for at in range(0, len(keys), _WIDE):
        part = keys[at : at + _WIDE]
        low, high = unpack(part)
        order = np.argsort(items.number[high], kind="stable")  # texts that lie together are read together
        part, low, high = part[order], low[order], high[order]
        sizes = items.size[low].astype(np.int64) + items.size[high] + _PAIR
        chunks = [slice(start, end) for start, end in batches(sizes, _CHUNK)]
        checks = [
            _Check(workspace, items.level, items.number[low[chunk]], items.number[high[chunk]], k, jaccard, containment)
            for chunk in chunks
        ]
        for chunk, (kept, *columns) in zip(chunks, engine.map(_verify, checks), strict=True):
            parts.append(Pairs(part[chunk][kept], *columns))
    return Pairs.join(parts)


def _verify(check: _Check) -> tuple[Array, Array, Array, Array, Array]:
    """(places of the pairs that hold, shared, a, b, same numbers)."""
    packs = check.workspace.packs
    fetch = packs.document_texts if check.level == "document" else packs.paragraph_texts
    found = verify(check.first, check.second, fetch, check.k)
    holds = found.jaccard >= check.jaccard
    if check.containment is not None:
        holds |= found.containment >= check.containment
    kept = np.flatnonzero(holds)
    used, place = np.unique(np.concatenate((check.first[kept], check.second[kept])), return_inverse=True)
    numbers = relation.number_fingerprints(fetch(used))
    same = numbers[place[: len(kept)]] == numbers[place[len(kept) :]]
    shared, a, b = (column[kept].astype(np.int32) for column in (found.shared, found.a, found.b))
    return kept, shared, a, b, same
