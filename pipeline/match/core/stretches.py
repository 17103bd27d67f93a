"""Stretches of documents side by side: what is looked at of a corpus when passages are sought."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.match.core import rows
from pipeline.match.core.marks import BREAK
from pipeline.match.core.packed import batches, owner_at
from pipeline.tokens import Array, offsets_of, ranges

_FEW = 8
"""Words compared at first; most runs are shorter."""
_MANY = 1024
"""Words compared at a time, at most, of runs that are longer."""
_CELLS = 1 << 20
"""Words compared at a time, of all runs together."""

_UNLIMITED = 1 << 40

WordBits = Callable[[Array], Array]
"""Gives the bits of evidence in words: uint64 hashes -> float64."""


class Words(Struct, frozen=True):
    """Columns of words, one row a word."""

    hash: Array
    """uint64, `token_hash` of the folded word"""
    start: Array
    """int32, code point of the document's text where the word starts"""
    end: Array
    """int32, where it ends"""
    flags: Array
    """uint8, see marks.py"""
    closing: Array
    """uint8, characters of final punctuation right after it"""

    def take(self, index: Array) -> Words:
        """Return some of them."""
        return rows.take(self, index)


class Windows(Struct, frozen=True):
    """Stretches of documents, as places. int64 [stretches] each."""

    document: Array
    """the document, by rank"""
    first: Array
    """the first word, counted in the document"""
    last: Array
    """the word after the last"""
    length: Array
    """words of the whole document"""

    def __len__(self) -> int:
        return len(self.document)

    def take(self, index: Array) -> Windows:
        """Return some of them."""
        return rows.take(self, index)


class Stretches:
    """Stretches of documents, copied out of all words. A position counts words through all of them, one after another.

    Nothing is the same beyond the end of a stretch: where it is not the end of its document, see `cut`.
    """

    def __init__(self, windows: Windows, words: Words, total: int, evidence: WordBits) -> None:
        """
        words: those of the windows, one window after another
        total: how many words all documents have together
        """
        self.windows = windows
        self.words = words
        self.total = total
        self.offsets = offsets_of(windows.last - windows.first)
        """int64 [stretches + 1]: where each begins"""
        self._evidence = evidence

    def stretch(self, position: Array) -> Array:
        """Return the stretch that each position is in, int64."""
        return owner_at(self.offsets, position)

    def room_before(self, position: Array, stretch: Array) -> Array:
        """Return how many words stand before each position; without limit where the document itself begins there."""
        room = position - self.offsets[stretch]
        is_beginning = self.windows.first[stretch] == 0
        return np.where(is_beginning, _UNLIMITED, room)

    def room_after(self, position: Array, stretch: Array) -> Array:
        """Return how many words stand from each position on; without limit where the document itself ends there."""
        room = self.offsets[stretch + 1] - position
        is_end = self.windows.last[stretch] == self.windows.length[stretch]
        return np.where(is_end, _UNLIMITED, room)

    def bits(self, start: Array, end: Array) -> Array:
        """Return the evidence in the words from `start` to `end` (exclusive), float64."""
        lengths = end - start
        bits = np.zeros(len(start))
        for low, high in batches(lengths, _CELLS):
            if high - low == 1:
                bits[low] = self._bits_of_one(int(start[low]), int(end[low]))
                continue
            size = lengths[low:high]
            words = self.words.hash[ranges(start[low:high], size)]
            bits_before = np.zeros(len(words) + 1)
            np.cumsum(self._evidence(words), out=bits_before[1:])
            bounds = offsets_of(size)
            bits[low:high] = np.diff(bits_before[bounds])
        return bits

    def _bits_of_one(self, start: int, end: int) -> float:
        """Return the evidence in one run, which may be very long: a piece at a time, so that it takes little memory."""
        bits = 0.0
        for at in range(start, end, _CELLS):
            piece = slice(at, min(at + _CELLS, end))
            of_words = self._evidence(self.words.hash[piece])
            bits += float(of_words.sum())
        return bits

    def has_flag(self, position: Array, flag: int) -> Array:
        """Return whether the words at these positions have a flag, bool; positions beyond the end are allowed."""
        flags = self.words.flags
        found = flags[np.clip(position, 0, len(flags) - 1)]
        return (found & flag) > 0

    @cached_property
    def line(self) -> Array:
        """The line that each word is in, int32, counted through all stretches."""
        is_after_break = (self.words.flags & BREAK) > 0
        return np.cumsum(is_after_break, dtype=np.int32)

    def hashes(self, position: Array) -> Array:
        """Return the words at these positions, uint64; for a position beyond the ends that of the first or last word."""
        hashes = self.words.hash
        return hashes[np.clip(position, 0, len(hashes) - 1)]

    def same(self, a: Array, b: Array, direction: int) -> Array:
        """Return how many words are alike from `a`, `b` onwards (1) or backwards (-1), these counted: int64.

        Never beyond the stretches.
        """
        if native.kernels is not None:
            counts = native.kernels.same(self.words.hash, self.offsets, a, b, direction)
            return np.frombuffer(counts, np.int64)
        room_a = self._room(a, direction)
        room_b = self._room(b, direction)
        room = np.minimum(room_a, room_b)
        return same_words(self.words.hash, a, b, room, direction)

    def _room(self, position: Array, direction: int) -> Array:
        """Return how many words there are from each position to the end of its stretch, itself counted."""
        stretch = self.stretch(position)
        if direction > 0:
            return self.offsets[stretch + 1] - position
        return position - self.offsets[stretch] + 1


def same_words(words: Array, a: Array, b: Array, room: Array, direction: int) -> Array:
    """Return how many words are alike from places `a`, `b` onwards (1) or backwards (-1), these counted: int64.

    words: uint64 hashes
    room: int64, how many are looked at, at most; never beyond the ends of `words`
    """
    if native.kernels is not None:
        counts = native.kernels.same_words(words, a, b, room, direction)
        return np.frombuffer(counts, np.int64)
    count = np.zeros(len(a), dtype=np.int64)
    still = np.flatnonzero(room > 0)  # pairs that are alike as far as they were looked at
    width = _FEW
    # All pairs are looked at together, some words at a time: more and more, as fewer pairs are left.
    while len(still):
        # [pairs, width]: how far on each word is that is looked at now.
        steps = count[still][:, None] + np.arange(width)
        is_inside = steps < room[still][:, None]
        onwards = direction * steps
        one = words.take(a[still][:, None] + onwards, mode="clip")
        two = words.take(b[still][:, None] + onwards, mode="clip")
        alike = one == two
        alike &= is_inside
        goes_on = alike.all(axis=1)
        first_different = np.argmin(alike, axis=1)
        count[still] += np.where(goes_on, width, first_different)
        still = still[goes_on]
        fits = _CELLS // max(1, len(still))
        width = max(_FEW, min(2 * width, _MANY, fits))
    return count
