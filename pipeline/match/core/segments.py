"""Where the words of two texts differ: the segments between those that are the same, of many pairs of texts at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from pipeline.match.core import rows
from pipeline.match.core.stretches import same_words
from pipeline.tokens import Array

MOST_CELLS = 1 << 30
"""Units of one text times those of the other, up to which two are aligned."""


class Segments(Struct, frozen=True):
    """Words that differ: in place of those from `first_a` to `last_a` (exclusive) of one text, the other has those from
    `first_b` to `last_b`. Places count words in all texts, one after another. int64 [segments] each, by pair, in order."""

    pair: Array
    first_a: Array
    last_a: Array
    first_b: Array
    last_b: Array

    def __len__(self) -> int:
        return len(self.pair)

    @property
    def words_a(self) -> Array:
        """How many words of one text each has, int64."""
        return self.last_a - self.first_a

    @property
    def words_b(self) -> Array:
        """How many of the other, int64."""
        return self.last_b - self.first_b

    def any_more(self, before: Array) -> Array:
        """Return which segments have a word of some kind on either side, bool, from how many of it stand before each word."""
        in_a = before[self.last_a] > before[self.first_a]
        in_b = before[self.last_b] > before[self.first_b]
        more: Array = in_a | in_b
        return more

    def places(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (first_a, last_a, first_b, last_b) of each segment."""
        columns = (self.first_a, self.last_a, self.first_b, self.last_b)
        lists = [column.tolist() for column in columns]
        return zip(*lists, strict=True)

    def take(self, index: Array | slice) -> Segments:
        """Return some of them."""
        return rows.take(self, index)


class Aligned(Struct, frozen=True):
    """Texts of pairs, aligned word by word with as few words put in, left out and exchanged as can be."""

    segments: Segments
    too_long: Array
    """int64: the pairs that were not aligned, of which `segments` has nothing"""


def align(offsets: Array, words: Array, first: Array, second: Array) -> Aligned:
    """Align text `first[i]` with text `second[i]`, for every pair `i`.

    offsets, words: as in `Tokens`

    Most pairs differ in one place: what they begin and end with alike is found for all pairs together, and only where more
    than one word is left on either side, the rest is aligned.
    """
    # int64 [pairs] each, places of words in all texts
    begin_a = offsets[first]
    begin_b = offsets[second]
    end_a = offsets[first + 1]
    end_b = offsets[second + 1]
    room = np.minimum(end_a - begin_a, end_b - begin_b)
    before = same_words(words, begin_a, begin_b, room, 1)
    # No word is counted from both ends: what is left of a text may not be less than nothing.
    room -= before
    after = same_words(words, end_a - 1, end_b - 1, room, -1)
    middle = Segments(
        pair=np.arange(len(first)),
        first_a=begin_a + before,
        last_a=end_a - after,
        first_b=begin_b + before,
        last_b=end_b - after,
    )
    size_a = middle.words_a
    size_b = middle.words_b
    is_different = size_a + size_b > 0
    # Words only put in, only left out, or one for one: there is nothing to align.
    is_one = np.minimum(size_a, size_b) == 0
    is_one |= (size_a == 1) & (size_b == 1)
    cells = size_a * size_b
    is_long = ~is_one & (cells > MOST_CELLS)
    is_several = ~is_one & ~is_long
    single = middle.take(is_one & is_different)
    several = middle.take(is_several)
    segments = rows.concatenate((single, _aligned(words, several)))
    order = np.argsort(segments.pair, kind="stable")
    return Aligned(segments.take(order), np.flatnonzero(is_long))


def _aligned(words: Array, middle: Segments) -> Segments:
    """Return the segments within what is left between the words that pairs begin and end with alike."""
    found: list[tuple[int, int, int, int, int]] = []
    for number in range(len(middle)):
        found += _segments(words, middle, number)
    columns = np.array(found, dtype=np.int64).reshape(-1, 5).T
    return Segments(*columns)


def _segments(words: Array, middle: Segments, number: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the segments, as columns of `Segments`, within one stretch of words that differ."""
    from rapidfuzz.distance import Levenshtein

    a = int(middle.first_a[number])
    b = int(middle.first_b[number])
    span_a = slice(a, middle.last_a[number])
    span_b = slice(b, middle.last_b[number])
    one = words[span_a].tolist()
    two = words[span_b].tolist()
    pair = int(middle.pair[number])
    for part in Levenshtein.opcodes(one, two):
        if part.tag != "equal":
            yield (
                pair,
                a + part.src_start,
                a + part.src_end,
                b + part.dest_start,
                b + part.dest_end,
            )
