"""MinHash signatures and band keys, bit for bit those of `datasketch.MinHash(scheme="affine32")`.

A signature is never kept: it is made for a block of texts, turned into band keys and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.match.core.packed import HALF, place_in_group
from pipeline.match.core.shingle import MULTIPLIER
from pipeline.tokens import Array, mix64, offsets_of

EMPTY = 0xFFFFFFFF
"""Value of every row of the signature of a text without words."""

_CELLS = 1 << 16
"""Shingles permuted at a time: two arrays of this many uint32 stay in the processor's cache."""

_LONGEST = 256
"""A text of more shingles is signed in pieces of at most this many."""

_TOGETHER = 64
"""Long texts signed together, as far as there are so many: one alone is a small array."""


class Signing(Struct, frozen=True):
    """How texts are signed. Keys made by different settings cannot be compared."""

    k: int
    """words in a shingle"""
    bands: int
    rows: int
    """permutations in a band; `bands * rows` make a signature"""
    seed: int
    """of the permutations, as in datasketch"""

    @property
    def permutations(self) -> int:
        return self.bands * self.rows


def signatures(offsets: Array, hash32: Array, num_perm: int, seed: int) -> Array:
    """uint32 [texts, num_perm]: signatures; text `i` has the shingles `hash32[offsets[i]:offsets[i + 1]]`."""
    count = len(offsets) - 1
    if native.kernels is not None:
        made = native.kernels.signatures(offsets, hash32, *permutations(num_perm, seed))
        return np.frombuffer(made, np.uint32).reshape(count, num_perm)
    result = np.empty((count, num_perm), dtype=np.uint32)
    for texts, minima in _minima(offsets, hash32, num_perm, seed):
        result[texts] = minima.T
    return result


def band_keys(offsets: Array, hash32: Array, signing: Signing) -> Array:
    """uint32 [bands, texts]: texts that agree in all rows of a band share its key."""
    count = len(offsets) - 1
    if native.kernels is not None:
        a, b = permutations(signing.permutations, signing.seed)
        made = native.kernels.band_keys(offsets, hash32, a, b, signing.rows)
        return np.frombuffer(made, np.uint32).reshape(signing.bands, count)
    result = np.empty((signing.bands, count), dtype=np.uint32)
    for texts, minima in _minima(offsets, hash32, signing.permutations, signing.seed):
        rows_of_bands = minima.reshape(signing.bands, signing.rows, -1)
        result[:, texts] = bands_of(rows_of_bands)
    return result


def bands_of(rows: Array) -> Array:
    """uint32 [bands, texts] from signatures laid out as uint32 [bands, rows, texts]."""
    bands, rows_in_band, texts = rows.shape
    keys = np.zeros((bands, texts), dtype=np.uint64)
    for row in range(rows_in_band):
        # A weight for each row, so that the order of a band's minima counts.
        weight = np.uint64(pow(MULTIPLIER, row, 1 << 64))
        keys += rows[:, row] * weight
    upper = mix64(keys) >> HALF
    return upper.astype(np.uint32)


@cache
def permutations(num_perm: int, seed: int) -> tuple[Array, Array]:
    """uint32 [num_perm] twice: permutation `i` is `a[i] * h + b[i]` modulo 2^32, as datasketch draws them."""
    generator = np.random.RandomState(seed)
    # An odd factor makes it a permutation: it has an inverse modulo 2^32.
    half = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32)
    even = half * np.uint32(2)
    a = even + np.uint32(1)
    b = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return a, b


def _minima(offsets: Array, hash32: Array, num_perm: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """Signatures block by block: (texts int64 [n], minima uint32 [num_perm, n]).

    A block holds texts of about the same number of shingles, one to a column, short columns filled up by
    repeating their last shingle. So every permutation is three contiguous passes over one small array.
    """
    a, b = permutations(num_perm, seed)
    # datasketch mixes every hash before it permutes it.
    mixed = _mix32(hash32)
    counts = np.diff(offsets)
    without = np.flatnonzero(counts == 0)
    of_no_words = np.full((num_perm, len(without)), EMPTY, dtype=np.uint32)
    yield without, of_no_words
    # Columns of one height waste nothing on filling up.
    by_height = np.argsort(counts, kind="stable")
    heights = counts[by_height]
    is_long = heights > _LONGEST
    is_short = (heights > 0) & ~is_long
    short = by_height[is_short]
    for block in _cut(counts[short]):
        texts = short[block]
        minima = _permute(mixed, offsets[texts], counts[texts], a, b)
        yield texts, minima
    long = by_height[is_long]
    portions = max(1, len(long) // _TOGETHER)
    for texts in np.array_split(long, portions):
        if len(texts):
            minima = _in_pieces(mixed, offsets[texts], counts[texts], a, b)
            yield texts, minima


def _in_pieces(mixed: Array, starts: Array, counts: Array, a: Array, b: Array) -> Array:
    """`_permute` of long texts, each cut into pieces of about the same length.

    starts, counts: int64 [texts], where the hashes of each begin in `mixed`, and how many they are
    """
    pieces = -(-counts // _LONGEST)  # rounded up
    # One row a piece from here on: how many pieces its text has, its number there, where it begins and ends.
    of = np.repeat(pieces, pieces)
    number = place_in_group(pieces)
    length = np.repeat(counts, pieces)
    start = np.repeat(starts, pieces)
    begin = start + length * number // of
    end = start + length * (number + 1) // of
    size = end - begin
    width = _CELLS // _LONGEST
    minima: list[Array] = []
    for low in range(0, len(size), width):
        part = slice(low, low + width)
        of_part = _permute(mixed, begin[part], size[part], a, b)
        minima.append(of_part)
    # The least of a text is the least of its pieces.
    of_pieces = np.concatenate(minima, axis=1)
    first_piece = offsets_of(pieces)[:-1]
    return np.minimum.reduceat(of_pieces, first_piece, axis=1)


def _cut(counts: Array) -> list[slice]:
    """Ranges of columns that make blocks of about `_CELLS` cells; `counts` is the height of each column, ascending."""
    cuts = []
    low = 0
    while low < len(counts):
        # Columns grow: a block as wide as the first one allows is made as narrow as its last one needs.
        lowest = int(counts[low])
        width = max(1, _CELLS // lowest)
        block = counts[low : low + width]
        highest = int(block[-1])
        width = max(1, _CELLS // highest)
        cuts.append(slice(low, low + width))
        low += width
    return cuts


def _permute(mixed: Array, starts: Array, counts: Array, a: Array, b: Array) -> Array:
    """uint32 [num_perm, columns]: the least value of every permutation over `mixed[start:start + count]`.

    mixed: uint32, hashes of shingles
    starts, counts: int64 [columns]
    a, b: uint32 [num_perm], see `permutations`
    """
    height = int(counts.max())
    steps = np.arange(height)[:, None]
    # int64 [height, columns]: where the value of each cell stands; below its last one a column repeats it.
    places = np.minimum(steps, counts - 1)
    places += starts
    cells = mixed[places]
    scratch = np.empty_like(cells)
    minima = np.empty((len(a), len(starts)), dtype=np.uint32)
    for permutation, (factor, term) in enumerate(zip(a, b, strict=True)):
        np.multiply(cells, factor, out=scratch)
        np.add(scratch, term, out=scratch)
        np.minimum.reduce(scratch, axis=0, out=minima[permutation])
    return minima


def _mix32(values: Array) -> Array:
    """MurmurHash3's 32-bit finaliser, with which datasketch prepares every hash."""
    mixed: Array = values ^ (values >> 16)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> 13
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> 16
    return mixed
