"""Exact similarity of pairs, counted on their sets of shingles.

An element of a set is the upper 52 bits of a shingle's hash; the lower 12 make room for the number of the text or of the
pair, so that one flat sort serves thousands of them. Two different shingles are taken for the same with probability 2^-52:
somewhere in two paragraphs of 64 shingles 10^-12, in two documents of 2,000 10^-9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.match.core import rows
from pipeline.match.core.columns import sizes_of
from pipeline.match.core.long import LONG, distinct_runs
from pipeline.match.core.packed import batches, contains, is_first
from pipeline.match.core.shingle import Shingles, shingles
from pipeline.tokens import Array, offsets_of, ranges

SET_BITS = 52
"""Bits of a hash that make an element."""

_HASH_BITS = np.uint64(SET_BITS)
_TAG_BITS = np.uint64(64 - SET_BITS)
_TAGS = 1 << (64 - SET_BITS)
_ELEMENT = (np.uint64(1) << _HASH_BITS) - np.uint64(1)
_CELLS = 1 << 19
"""Shingles sorted at a time."""
_LOPSIDED = 64
"""Where one set of a pair has so many times the shingles of the other, the smaller is looked up in the larger."""

_MANY = 1 << 21
"""Shingles of the two sets of a pair from which on the smaller is looked up, too: sorting them together takes more room."""

_PAIRS = 1 << 12
"""Pairs whose texts are looked at together."""

Fetch = Callable[[Array], Sequence[str]]
"""Gives the texts with these numbers (int64)."""


class Sets(Struct, frozen=True):
    """Sets of shingles. Set `i` is `element[offsets[i]:offsets[i + 1]]`."""

    offsets: Array
    """int64 [sets + 1]"""
    element: Array
    """uint64, 52 bits used, ascending in each set"""

    def one(self, number: int) -> Array:
        """Return the elements of one set."""
        start, end = self.offsets[number : number + 2]
        return self.element[start:end]


class Overlap(Struct, frozen=True):
    """Exact counts of pairs of sets, int64 [pairs] each."""

    shared: Array
    """shingles in both"""
    a: Array
    """shingles in the first"""
    b: Array
    """shingles in the second"""

    def take(self, index: Array) -> Overlap:
        """Return some of them."""
        return rows.take(self, index)

    @property
    def jaccard(self) -> Array:
        """Shared by union, float64; 0 where both are empty."""
        union = self.a + self.b - self.shared
        return _share(self.shared, union)

    @property
    def containment_ab(self) -> Array:
        """How much of the first is in the second, float64."""
        return _share(self.shared, self.a)

    @property
    def containment_ba(self) -> Array:
        """How much of the second is in the first, float64."""
        return _share(self.shared, self.b)

    @property
    def containment(self) -> Array:
        """The greater of the two, float64."""
        smaller = np.minimum(self.a, self.b)
        return _share(self.shared, smaller)


def _share(part: Array, whole: Array) -> Array:
    """Return `part / whole`, float64; 0 where there is nothing."""
    share: Array = part / np.maximum(whole, 1)
    return share


def sets_of(shingles: Shingles) -> Sets:
    """Sort each text's shingles and drop repeats."""
    offsets = shingles.offsets
    sizes = np.diff(offsets)
    elements = [np.empty(0, dtype=np.uint64)]
    counts = [np.empty(0, dtype=np.int64)]
    for low, high in _sorted_together(sizes):
        own = slice(offsets[low], offsets[high])
        tagged = shingles.hash[own] >> _TAG_BITS
        tagged |= _tags(sizes[low:high])
        # The text is in the upper bits: one sort sorts the shingles of each text by themselves.
        tagged.sort()
        tagged = tagged[is_first(tagged)]
        text = _tag_of(tagged)
        sizes_without_repeats = np.bincount(text, minlength=high - low)
        counts.append(sizes_without_repeats)
        elements.append(tagged & _ELEMENT)
    offsets = offsets_of(np.concatenate(counts))
    return Sets(offsets, np.concatenate(elements))


def overlap(a: Sets, first: Array, b: Sets, second: Array) -> Overlap:
    """Count what set `first[i]` of `a` and set `second[i]` of `b` share, for every pair `i`.

    first, second: int64 [pairs], numbers of sets
    """
    size_a = np.diff(a.offsets)[first]
    size_b = np.diff(b.offsets)[second]
    if native.kernels is not None:
        made = native.kernels.shared(a.offsets, a.element, first, b.offsets, b.element, second)
        return Overlap(np.frombuffer(made, np.int64), size_a, size_b)
    size = size_a + size_b
    shared = np.zeros(len(first), dtype=np.int64)
    is_looked_up = size > _MANY
    is_looked_up |= _are_lopsided(size_a, size_b)
    for pair in np.flatnonzero(is_looked_up).tolist():
        one = a.one(first[pair])
        two = b.one(second[pair])
        shared[pair] = _count_shared(one, two)
    even = np.flatnonzero(~is_looked_up)
    for low, high in _sorted_together(size[even]):
        part = even[low:high]
        elements_a = _tagged_elements(a, first[part])
        elements_b = _tagged_elements(b, second[part])
        tagged = np.concatenate((elements_a, elements_b))
        tagged.sort()
        # No set has an element twice: two equal neighbours come from the two sets of one pair.
        following = tagged[1:]
        is_shared = following == tagged[:-1]
        pair_of_shared = _tag_of(following[is_shared])
        shared[part] = np.bincount(pair_of_shared, minlength=len(part))
    return Overlap(shared, size_a, size_b)


def _tagged_elements(sets: Sets, numbers: Array) -> Array:
    """Return the elements of some sets, each with the place of its set in `numbers` above its own bits, uint64."""
    start = sets.offsets[numbers]
    end = sets.offsets[numbers + 1]
    size = end - start
    elements: Array = sets.element[ranges(start, size)]
    elements |= _tags(size)
    return elements


def _tags(sizes: Array) -> Array:
    """Return the number of the set that each element is in, where the tag goes, uint64; `sizes` are those of the sets."""
    tag = np.arange(len(sizes), dtype=np.uint64)
    tag <<= _HASH_BITS  # above the bits of the elements, so that sorting keeps sets apart
    return np.repeat(tag, sizes)


def _tag_of(tagged: Array) -> Array:
    """Return the number that `_tags` has put above the bits of each element, int64."""
    return (tagged >> _HASH_BITS).astype(np.int64)


def verify(low: Array, high: Array, fetch: Fetch, k: int) -> Overlap:
    """Return the exact overlap of pairs of texts. Shingles are made anew, a portion at a time.

    low, high: int64 [pairs], numbers of texts
    fetch: gives the texts with these numbers
    k: words in a shingle
    """
    none = np.empty(0, dtype=np.int64)
    parts = [Overlap(none, none, none)]
    for at in range(0, len(low), _PAIRS):
        portion = slice(at, at + _PAIRS)
        counted = _verify(low[portion], high[portion], fetch, k)
        parts.append(counted)
    return rows.concatenate(parts)


def _verify(low: Array, high: Array, fetch: Fetch, k: int) -> Overlap:
    """`verify` of a portion, whose texts are all in memory together."""
    # A text in many pairs is fetched once: `place` is that of each in `numbers`.
    both = np.concatenate((low, high))
    numbers, place = np.unique(both, return_inverse=True)
    first, second = np.split(place, 2)
    texts = fetch(numbers)
    sizes = sizes_of(texts)
    sets = _sets(texts, sizes, k)
    return overlap(sets, first, sets, second)


def _sets(texts: Sequence[str], sizes: Array, k: int) -> Sets:
    """Return the sets of shingles of texts, of long ones a piece at a time.

    sizes: int64 [texts], see `sizes_of`
    """
    parts: list[Sets] = []
    for low, high in batches(sizes, LONG):
        is_one = high - low == 1
        if is_one and sizes[low] > LONG:
            element = distinct_runs(texts[low], k, _TAG_BITS)
            offsets = np.array([0, len(element)])
            parts.append(Sets(offsets, element))
        else:
            shingles_of_some = shingles(texts[low:high], k)
            parts.append(sets_of(shingles_of_some))
    if len(parts) == 1:
        return parts[0]
    counts = [np.diff(part.offsets) for part in parts]
    elements = [part.element for part in parts]
    offsets = offsets_of(np.concatenate(counts))
    return Sets(offsets, np.concatenate(elements))


def _are_lopsided(size_a: Array, size_b: Array) -> Array:
    """Return which pairs have one set that is much larger than the other, bool.

    size_a, size_b: int64 [pairs], elements of the two
    """
    larger = np.maximum(size_a, size_b)
    smaller = np.minimum(size_a, size_b)
    most = _LOPSIDED * np.maximum(smaller, 1)
    lopsided: Array = larger > most
    return lopsided


def _count_shared(one: Array, two: Array) -> int:
    """Return how many elements of the smaller of two sets are in the larger.

    one, two: uint64, ascending
    """
    smaller, larger = sorted((one, two), key=len)
    shared = 0
    for low in range(0, len(smaller), _CELLS):
        part = smaller[low : low + _CELLS]
        is_shared = contains(larger, part)
        shared += int(is_shared.sum())
    return shared


def _sorted_together(sizes: Array) -> Iterator[tuple[int, int]]:
    """Yield ranges of about `_CELLS` shingles in at most `_TAGS` items."""
    for low, high in batches(sizes, _CELLS):
        for at in range(low, high, _TAGS):
            yield at, min(at + _TAGS, high)
