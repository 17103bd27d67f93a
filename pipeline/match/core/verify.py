"""Exact similarity of pairs, counted on their sets of shingles.

An element of a set is the upper 52 bits of a shingle's hash; the lower 12 make room for the number of the
text or of the pair, so that one flat sort serves thousands of them. Two different shingles are taken for
the same with probability 2^-52: somewhere in two paragraphs of 64 shingles 10^-12, in two documents of
2,000 10^-9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.match.core import compiled
from pipeline.match.core.columns import Utf8
from pipeline.match.core.shingle import Shingles, shingles
from pipeline.match.core.sketch import batches
from pipeline.tokens import Array, offsets_of, ranges

SET_BITS = 52
"""Bits of a hash that make an element."""

_HASH_BITS = np.uint64(SET_BITS)
_TAG_BITS = np.uint64(64 - SET_BITS)
_TAGS = 1 << (64 - SET_BITS)
_CELLS = 1 << 19
"""Shingles sorted at a time."""

_PAIRS = 1 << 12
"""Pairs whose texts are looked at together."""

Fetch = Callable[[Array], Sequence[str]]
"""Gives the texts with these numbers (int64)."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of shingles. Set `i` is `element[offsets[i]:offsets[i + 1]]`."""

    offsets: Array
    """int64 [sets + 1]"""
    element: Array
    """uint64, 52 bits used, ascending in each set"""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Exact counts of pairs of sets, int64 [pairs] each."""

    shared: Array
    """shingles in both"""
    a: Array
    """shingles in the first"""
    b: Array
    """shingles in the second"""

    def take(self, index: Array) -> Overlap:
        """Return some of them."""
        return Overlap(self.shared[index], self.a[index], self.b[index])

    @property
    def jaccard(self) -> Array:
        """float64: shared / union; 0 where both are empty."""
        similarity: Array = self.shared / np.maximum(self.a + self.b - self.shared, 1)
        return similarity

    @property
    def containment_ab(self) -> Array:
        """float64: how much of the first is in the second."""
        share: Array = self.shared / np.maximum(self.a, 1)
        return share

    @property
    def containment_ba(self) -> Array:
        """float64: how much of the second is in the first."""
        share: Array = self.shared / np.maximum(self.b, 1)
        return share

    @property
    def containment(self) -> Array:
        """float64: the greater of the two."""
        share: Array = self.shared / np.maximum(np.minimum(self.a, self.b), 1)
        return share


def sets_of(shingles: Shingles) -> Sets:
    """Sort each text's shingles and drop repeats."""
    offsets = shingles.offsets
    elements, counts = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for low, high in _tagged(np.diff(offsets)):
        size = np.diff(offsets[low : high + 1])
        tagged = shingles.hash[offsets[low] : offsets[high]] >> _TAG_BITS
        tagged |= np.repeat(np.arange(high - low, dtype=np.uint64) << _HASH_BITS, size)
        tagged.sort()
        tagged = tagged[np.concatenate(([True], tagged[1:] != tagged[:-1]))] if len(tagged) else tagged
        tag = (tagged >> _HASH_BITS).astype(np.int64)
        counts.append(np.bincount(tag, minlength=high - low))
        elements.append(tagged & ((np.uint64(1) << _HASH_BITS) - np.uint64(1)))
    return Sets(offsets_of(np.concatenate(counts)), np.concatenate(elements))


def overlap(a: Sets, first: Array, b: Sets, second: Array) -> Overlap:
    """Count what set `first[i]` of `a` and set `second[i]` of `b` share, for every pair `i`."""
    size_a = np.diff(a.offsets)[first]
    size_b = np.diff(b.offsets)[second]
    shared = np.zeros(len(first), dtype=np.int64)
    for low, high in _tagged(size_a + size_b):
        part = slice(low, high)
        size = np.concatenate((size_a[part], size_b[part]))
        tagged = np.concatenate(
            (
                a.element[ranges(a.offsets[first[part]], size_a[part])],
                b.element[ranges(b.offsets[second[part]], size_b[part])],
            )
        )
        tagged |= np.repeat(np.tile(np.arange(high - low, dtype=np.uint64) << _HASH_BITS, 2), size)
        tagged.sort()
        both = tagged[1:][tagged[1:] == tagged[:-1]]
        shared[part] = np.bincount((both >> _HASH_BITS).astype(np.int64), minlength=high - low)
    return Overlap(shared, size_a, size_b)


def verify(low: Array, high: Array, fetch: Fetch, k: int) -> Overlap:
    """Exact overlap of pairs of texts, given by number. Shingles are made anew, a portion at a time."""
    parts = [_verify(low[at : at + _PAIRS], high[at : at + _PAIRS], fetch, k) for at in range(0, len(low), _PAIRS)]
    none = np.empty(0, dtype=np.int64)
    columns = zip(*((part.shared, part.a, part.b) for part in parts), strict=True)
    return Overlap(*map(np.concatenate, columns)) if parts else Overlap(none, none, none)


def _verify(low: Array, high: Array, fetch: Fetch, k: int) -> Overlap:
    used, place = np.unique(np.concatenate((low, high)), return_inverse=True)
    first, second = place[: len(low)], place[len(low) :]
    texts = fetch(used)
    fast = compiled.kernels(sum(map(len, texts)) if not isinstance(texts, Utf8) else len(texts.data))
    if fast is None:
        sets = sets_of(shingles(texts, k))
        return overlap(sets, first, sets, second)
    data, edges = (texts.data, texts.offsets) if isinstance(texts, Utf8) else fast.encode(texts)
    return Overlap(*fast.overlap(*fast.shingles(data, edges, k), first, second))


def _tagged(sizes: Array) -> Iterator[tuple[int, int]]:
    """Ranges of about `_CELLS` shingles in at most `_TAGS` items."""
    for low, high in batches(sizes, _CELLS):
        for at in range(low, high, _TAGS):
            yield at, min(at + _TAGS, high)
