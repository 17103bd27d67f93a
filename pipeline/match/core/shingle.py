"""Shingles: a text as the set of its runs of k words.

A shingle is a 64-bit hash of the hashes of its words. Sets of such hashes are taken for the sets of shingles
themselves, and what is counted on them is called exact: see verify.py for the odds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.tokens import Array, mix64, offsets_of, ranges, scalar_mix64, span_hashes, token_hash, token_hashes

MULTIPLIER = 0xBB67AE8584CAA73B
"""Base of the polynomial over word hashes: odd, the bits of the square root of 3."""

_BLOCK = 1 << 15
"""Words hashed at a time, so that they stay in the processor's cache."""


class Shingles(Struct, frozen=True):
    """The shingles of a batch of texts. Text `i` has `hash[offsets[i]:offsets[i + 1]]`."""

    offsets: Array
    """int64 [texts + 1]"""
    hash: Array
    """uint64, in the order of the text, repeats included"""
    fingerprint: Array
    """uint64 [texts], hash of all the words in order: equal for exact duplicates; 0 without words"""

    def __len__(self) -> int:
        return len(self.fingerprint)

    @property
    def hash32(self) -> Array:
        """uint32: what MinHash sees of each shingle."""
        return upper_half(self.hash)


def upper_half(hashes: Array) -> Array:
    """The upper 32 bits of hashes, uint32."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def shingles(texts: Sequence[str], k: int) -> Shingles:
    """The runs of `k` words of every text. A text of fewer words is one shingle: it equals only its like."""
    return shingles_of_words(*token_hashes(texts), k)


def shingles_of_words(offsets: Array, words: Array, k: int) -> Shingles:
    """`shingles` of texts already tokenised: `offsets` int64 [texts + 1], `words` uint64 token hashes."""
    if native.kernels is not None:
        bounds, hashes, fingerprint = native.kernels.shingles(offsets, words, k)
        return Shingles(
            offsets=np.frombuffer(bounds, np.int64),
            hash=np.frombuffer(hashes, np.uint64),
            fingerprint=np.frombuffer(fingerprint, np.uint64),
        )
    lengths = np.diff(offsets)
    # A short text is one shingle, one without words none.
    least = np.minimum(lengths, 1)
    counts = np.maximum(lengths - (k - 1), least)
    bounds = offsets_of(counts)
    if len(words) < k:
        missing = np.zeros(k - len(words), dtype=np.uint64)
        words = np.append(words, missing)
    # Runs are hashed over the edges of texts, too, which is faster than text by text; those are left out here.
    begins = ranges(offsets[:-1], counts)
    hashes = run_hashes(words, k).take(begins, mode="clip")
    is_short = (lengths > 0) & (lengths < k)
    short = np.flatnonzero(is_short)
    of_short = _short_hashes(words, offsets[short], lengths[short], k)
    hashes[bounds[short]] = of_short
    fingerprint = span_hashes(words, offsets[:-1], offsets[1:], MULTIPLIER)
    return Shingles(bounds, hashes, fingerprint)


def run_hashes(words: Array, k: int) -> Array:
    """uint64 [len(words) - k + 1]: `polynomial_hash` of the `k` words from each one on."""
    count = max(0, len(words) - k + 1)
    hashes = np.empty(count, dtype=np.uint64)
    for low in range(0, len(hashes), _BLOCK):
        part = hashes[low : low + _BLOCK]  # a view, in which the sum is made
        high = low + len(part)
        part[:] = words[low:high]
        for step in range(1, k):
            following = words[low + step : high + step]
            part += following * _weight(step)
        mix64(part)
    return hashes


def _short_hashes(words: Array, start: Array, length: Array, k: int) -> Array:
    """The same of `length` < `k` words from `start` on."""
    total = np.zeros(len(start), dtype=np.uint64)
    for step in range(k - 1):
        inside = np.flatnonzero(length > step)
        word = words[start[inside] + step]
        total[inside] += word * _weight(step)
    return mix64(total)


def _weight(power: int) -> np.uint64:
    """The factor of a word with so many before it in its shingle."""
    return np.uint64(pow(MULTIPLIER, power, 1 << 64))


def shingle_hash(data: bytes) -> int:
    """64-bit hash of one shingle, given as the UTF-8 bytes of its folded words joined by one space.

    Of word hashes w0, w1, ...: w0 + w1 * M + w2 * M^2 + ... modulo 2^64 with M = `MULTIPLIER`, then `mix64`.
    """
    total = 0
    weight = 1
    for word in data.split(b" "):
        total += token_hash(word) * weight
        weight *= MULTIPLIER
    return scalar_mix64(total)


def shingle_hash32(data: bytes) -> int:
    """The 32 bits that MinHash sees: give it to `datasketch.MinHash(hashfunc=...)` to get our signatures."""
    return shingle_hash(data) >> 32
