"""How telling the words are that two documents share: what makes a chain of runs a passage.

Evidence is counted in bits: each word counts minus the binary logarithm of its frequency in the documents at hand. In N
words there are N^2 pairs of places, so chance alone matches 2 log2 N bits; a passage must have some bits more. A few words
in a row need many more, since words in a row depend on each other: they are stock phrases, names and titles. What goes on
after an edit does not follow from what stood before, so fewer will do. There are fewer places inside quotation marks, and
much fewer where an ellipsis stands in one text for words of the other: that counts as evidence, too.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core.chain import Chains
from pipeline.match.core.marks import CAPITAL, ELLIPSIS, OPENS, QUOTED, SINGLE
from pipeline.match.core.packed import owners, place_in_group
from pipeline.match.core.stretches import Stretches
from pipeline.tokens import Array, ranges

BUCKET_BITS = 20
"""Words are counted by hash in 2^20 buckets: a table that can be added up over partitions."""

_FRACTION = 1 << 16
"""Bits are rounded to 2^-16, so that sums are exact and do not depend on which other words were added up before."""


class PassageRules(Struct, frozen=True):
    """What counts as a passage."""

    run: int
    """every verbatim run of so many words that two documents share is reported"""
    k: int = 3
    """words in a seed"""
    gap: int = 6
    """words changed, dropped or put in between, on either side, that a passage goes over"""
    tail: int = 2
    """words that may differ on both sides at the edge of a clause for the passage to reach to that edge"""
    margin: float = 22.0
    """bits of evidence beyond chance that one run of less than `run` words needs"""
    edited_margin: float = 12.0
    """the same of several runs with an edit between them"""
    quotation_bits: float = 6.0
    """evidence in one pair of quotation marks around all words, on either side"""
    ellipsis_bits: float = 10.0
    """evidence in an ellipsis between the words, on one side alone"""
    least_words: float = 6.0
    """words that a passage without `run` words in a row needs; a character of a script without spaces counts half"""
    least_plain: int = 3
    """of these so many without a capital letter, so that no name or title makes a passage"""
    least_similarity: float = 0.75
    """how much of what it spans on both sides must be the same"""

    def __post_init__(self) -> None:
        if not 2 <= self.k <= self.run - 1:
            raise ValueError(f"run {self.run} is too short for seeds of {self.k} words")


def word_buckets(words: Array) -> Array:
    """Return where each word is counted, int64; words are given by hash."""
    return (words >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)


def word_counts(words: Array) -> Array:
    """Return how often words occur, counted by hash, int64 [2^20]. Tables of several batches add up."""
    return np.bincount(word_buckets(words), minlength=1 << BUCKET_BITS)


def bits_of(counts: Array, total: int) -> Array:
    """Return the evidence in words that occur so often among `total` ones, float64."""
    bits: Array = np.log2(max(1, total)) - np.log2(counts)
    return np.round(bits * _FRACTION) / _FRACTION


def chance(total: int) -> float:
    """Return the bits that some run of words has in common with some other by chance alone."""
    return 2 * float(np.log2(max(1, total)))


class ChainEvidence(Struct, frozen=True):
    """What there is to say for each of some chains."""

    bits: Array
    """float64"""
    is_passage: Array
    """bool, whether it is worth reporting"""
    is_scattered: Array
    """bool, whether it is none, but for the words that differ between: texts that scanning has spoilt may look so"""


def judged(stretches: Stretches, chains: Chains, rules: PassageRules) -> ChainEvidence:
    """Return the evidence for chains and which of them are passages."""
    runs = chains.runs
    bits = chains.total(stretches.bits(runs.a, runs.a + runs.words))
    is_passage = chains.longest() >= rules.run
    short = np.flatnonzero(~is_passage)
    few = chains.take(short)
    sides = _Sides(stretches, few)
    beyond = bits[short] - chance(stretches.total)
    for begin, end in sides.spans:
        is_quotation = _is_inside_one(stretches, begin, end)
        beyond += rules.quotation_bits * is_quotation
    beyond += rules.ellipsis_bits * sides.has_ellipsis()
    # What goes on after an edit does not follow from what stood before, so fewer bits will do.
    is_edited = np.diff(few.offsets) > 1
    margin = np.where(is_edited, rules.edited_margin, rules.margin)
    enough = beyond >= margin
    enough &= _is_telling(stretches, few, rules)
    is_close = sides.similarity() >= rules.least_similarity
    is_passage[short] = enough & is_close
    is_scattered = np.zeros(len(chains), dtype=bool)
    is_scattered[short] = enough & ~is_close
    return ChainEvidence(bits, is_passage, is_scattered)


class _Sides:
    """Chains, from their first word to their last, in either document."""

    def __init__(self, stretches: Stretches, chains: Chains) -> None:
        first = chains.first
        last = chains.last
        self._stretches = stretches
        self._chains = chains
        self.spans = (
            (first.a, last.a + last.words),
            (first.b, last.b + last.words),
        )

    def similarity(self) -> Array:
        """Return how much of what chains span is the same, float64."""
        spanned = np.zeros(len(self._chains), dtype=np.int64)
        for begin, end in self.spans:
            spanned += end - begin
        words = self._chains.total(self._chains.runs.words)
        return 2 * words / np.maximum(1, spanned)

    def has_ellipsis(self) -> Array:
        """Return which chains have an ellipsis inside on one side alone, bool."""
        span_a, span_b = self.spans
        in_a = self._count(*span_a) > 0
        in_b = self._count(*span_b) > 0
        return in_a != in_b

    def _count(self, begin: Array, end: Array) -> Array:
        """Return how many words but the first follow an ellipsis, on one side."""
        lengths = np.maximum(end - begin - 1, 0)
        words = ranges(begin + 1, lengths)
        follow = self._stretches.has_flag(words, ELLIPSIS)
        return np.bincount(owners(lengths), follow, len(begin))


def _is_telling(stretches: Stretches, chains: Chains, rules: PassageRules) -> Array:
    """Return which chains have words enough that are more than a name or a few characters, bool."""
    runs = chains.runs
    flags = stretches.words.flags
    # One row a word from here on.
    flags_a = flags[ranges(runs.a, runs.words)]
    flags_b = flags[ranges(runs.b, runs.words)]
    chain = np.repeat(chains.owner, runs.words)
    is_single = (flags_a & SINGLE) > 0
    is_capital = (flags_a & flags_b & CAPITAL) > 0
    weight = np.where(is_single, 0.5, 1.0)
    words = np.bincount(chain, weight, len(chains))
    plain = np.bincount(chain, ~is_capital, len(chains))
    return (words >= rules.least_words) & (plain >= rules.least_plain)


def _is_inside_one(stretches: Stretches, first: Array, end: Array) -> Array:
    """Return whether the words from `first` to `end` (exclusive) stand inside one pair of quotation marks."""
    lengths = end - first
    flags = stretches.words.flags[ranges(first, lengths)]
    is_outside = (flags & QUOTED) == 0
    opens = (flags & OPENS) > 0
    opens &= place_in_group(lengths) > 0  # the first word may open the quotation
    wrong = np.bincount(owners(lengths), is_outside | opens, len(first))
    return wrong == 0
