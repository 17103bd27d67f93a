"""Documents as the search for passages sees them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pipeline.match.core.shingle import MULTIPLIER, run_hashes
from pipeline.tokens import Array

_STEP = 8
"""Words compared one by one before hashes of longer stretches are."""


class Corpus:
    """Documents as one sequence of words, in order of priority. Positions count words in all of it."""

    def __init__(self, offsets: Array, words: Array, bits: Array, lines: Array, total: int | None = None) -> None:
        """
        offsets: int64 [documents + 1], as in `Tokens`
        words: uint64, hashes
        bits: float64 [words], the evidence in each
        lines: int64 [words], number of the line that each stands in, ascending
        total: how many words there are, where these documents are only some of them
        """
        self.offsets = offsets
        self.words = words
        self.lines = lines
        self.total = len(words) if total is None else total
        self._bits = np.append(0.0, np.cumsum(bits))

    def bits(self, start: Array, end: Array) -> Array:
        """float64: evidence in the words from `start` to `end` (exclusive)."""
        bits: Array = self._bits[end] - self._bits[start]
        return bits

    def document(self, position: Array) -> Array:
        """int64: the document that each position is in."""
        return np.searchsorted(self.offsets, position, side="right") - 1

    def same(self, a: Array, b: Array, direction: int) -> Array:
        """int64: how many words are alike from `a`, `b` onwards (1) or backwards (-1), these counted.

        Never beyond the documents. Up to `_STEP` words are compared one by one, more of them by hash.
        """
        if direction > 0:
            room = [self.offsets[self.document(at) + 1] - at for at in (a, b)]
        else:
            room = [at - self.offsets[self.document(at)] + 1 for at in (a, b)]
        most: Array = np.minimum(*room)
        alike = self.alike(a[:, None] + direction * np.arange(_STEP), b[:, None] + direction * np.arange(_STEP))
        count = np.minimum(np.where(alike.all(axis=1), _STEP, np.argmin(alike, axis=1)), most)
        long = np.flatnonzero((count == _STEP) & (most > _STEP))
        count[long] = self._same_long(a[long], b[long], direction, most[long])
        return count

    def alike(self, a: Array, b: Array) -> Array:
        """bool: whether the words at `a` and `b` are the same; positions beyond the ends are allowed."""
        last = len(self.words) - 1
        alike: Array = self.words[np.clip(a, 0, last)] == self.words[np.clip(b, 0, last)]
        return alike

    def _same_long(self, a: Array, b: Array, direction: int, most: Array) -> Array:
        """The same where the first `_STEP` words are known to be alike: a binary search over prefix sums.

        The sums are over hashes of `_STEP` words each, one from every position on: over single words they
        would be equal for some different texts of two words only (those of Thue and Morse).
        """
        low, high = np.ones_like(most), most - (_STEP - 1)  # overlapping stretches of `_STEP` words
        while (open_ := low < high).any():
            middle = np.where(open_, (low + high + 1) // 2, low)
            shift = 0 if direction > 0 else -(_STEP - 1) - (middle - 1)
            equal = self._equal(a + shift, b + shift, middle)
            low = np.where(equal, middle, low)
            high = np.where(equal, high, middle - 1)
        return low + (_STEP - 1)

    def _equal(self, a: Array, b: Array, count: Array) -> Array:
        """bool: whether the hashes of `count` stretches from `a` and `b` on are the same."""
        sums, powers = self._sums
        one, two = sums[a + count] - sums[a], sums[b + count] - sums[b]
        ahead = (b - self.offsets[self.document(b)]) - (a - self.offsets[self.document(a)])
        equal: Array = one * powers[np.maximum(ahead, 0)] == two * powers[np.maximum(-ahead, 0)]
        return equal

    @cached_property
    def _sums(self) -> tuple[Array, Array]:
        """(prefix sums of weighted hashes of stretches, powers); the weights begin anew in every document."""
        stretches = run_hashes(self.words, _STEP)
        lengths = np.diff(self.offsets)
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, MULTIPLIER, dtype=np.uint64))
        place = np.arange(len(stretches)) - np.repeat(self.offsets[:-1], lengths)[: len(stretches)]
        sums = np.zeros(len(self.words) + 1, dtype=np.uint64)
        np.cumsum(stretches * powers[place], out=sums[1 : len(stretches) + 1])
        return sums, powers
