"""Shingles: a text as the set of its runs of k words.

A shingle is a 64-bit hash of the hashes of its words. Sets of such hashes are taken for the sets of shingles
themselves, and what is counted on them is called exact: see verify.py for the odds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.tokens import Array, offsets_of, polynomial_hash, ranges, span_hashes, token_hash, token_hashes

MULTIPLIER = 0xBB67AE8584CAA73B
"""Base of the polynomial over word hashes: odd, the bits of the square root of 3."""


@dataclass(frozen=True, slots=True)
class Shingles:
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
        """uint32: what MinHash sees of each shingle, its upper half."""
        return (self.hash >> np.uint64(32)).astype(np.uint32)


def shingles(texts: Sequence[str], k: int) -> Shingles:
    """The runs of `k` words of every text. A text of fewer words is one shingle: it equals only its like."""
    return shingles_of_words(*token_hashes(texts), k)


def shingles_of_words(offsets: Array, words: Array, k: int) -> Shingles:
    """`shingles` of texts already tokenised: `offsets` int64 [texts + 1], `words` uint64 token hashes."""
    first, last = offsets[:-1], offsets[1:]
    counts = np.maximum(last - first - (k - 1), np.minimum(last - first, 1))
    starts = ranges(first, counts)
    ends = np.minimum(starts + k, np.repeat(last, counts))
    fingerprint = span_hashes(words, first, last, MULTIPLIER)
    return Shingles(offsets_of(counts), span_hashes(words, starts, ends, MULTIPLIER), fingerprint)


def shingle_hash(data: bytes) -> int:
    """64-bit hash of one shingle, given as the UTF-8 bytes of its folded words joined by one space."""
    return polynomial_hash(map(token_hash, data.split(b" ")), MULTIPLIER)


def shingle_hash32(data: bytes) -> int:
    """The 32 bits that MinHash sees: give it to `datasketch.MinHash(hashfunc=...)` to get our signatures."""
    return shingle_hash(data) >> 32
