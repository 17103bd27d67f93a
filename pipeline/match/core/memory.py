"""Documents in memory, as the search for passages sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from pipeline.match.core.evidence import PassageRules, bits_of, word_buckets, word_counts
from pipeline.match.core.hits import Hits, all_hits, promising
from pipeline.match.core.located import FoundPassages
from pipeline.match.core.long import LONG
from pipeline.match.core.marks import LongText, marks
from pipeline.match.core.packed import batches
from pipeline.match.core.passages import passages
from pipeline.match.core.stretches import Stretches, Windows, Words
from pipeline.tokens import Array, Tokens, lengths_of, pieces_of, ranges, tokenize


class DocumentsInMemory:
    """The words of some documents, in order of rank."""

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = tokenize(texts)
        self.offsets = tokens.offsets
        self.words = columns(texts, tokens)
        self._counts = word_counts(tokens.hash)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Array:
        """Words of each document, int64."""
        return np.diff(self.offsets)

    def hits(self, rules: PassageRules) -> Hits:
        """Return the pairs of places that may belong to a passage."""
        hits = all_hits(self.offsets, self.words.hash, self.words.flags, rules.k, rules.run)
        is_promising = promising(hits, rules.run, rules.gap)
        return hits.take(is_promising)

    def load(self, windows: Windows) -> Stretches:
        """Return the words of windows."""
        total = int(self.offsets[-1])
        evidence = partial(_bits, self._counts, total)
        # Windows count words in their document; here the documents stand one after another.
        begin = self.offsets[windows.document] + windows.first
        size = windows.last - windows.first
        words = self.words.take(ranges(begin, size))
        return Stretches(windows, words, total, evidence)

    def passages(self, rules: PassageRules) -> FoundPassages:
        """Return the passages that the documents share."""
        return passages(self.hits(rules), self.lengths, self.load, rules)


def columns(texts: Sequence[str], tokens: Tokens) -> Words:
    """Return the columns of the words of texts."""
    marked = marks(texts, tokens)
    return Words(
        hash=tokens.hash,
        start=tokens.start.astype(np.int32),
        end=tokens.end.astype(np.int32),
        flags=marked.flags,
        closing=marked.closing,
    )


def columns_in_parts(texts: Sequence[str]) -> Iterator[tuple[Words, Array]]:
    """Yield (the columns of the words of some texts, or of a piece of a long one; the text that each is in, int64), in order."""
    sizes = lengths_of(texts)
    for low, high in batches(sizes, LONG):
        if high - low == 1 and sizes[low] > LONG:
            for words in _columns_of_long(texts[low]):
                yield words, np.full(len(words.hash), low)
        else:
            some = texts[low:high]
            tokens = tokenize(some)
            text = np.repeat(np.arange(low, high), np.diff(tokens.offsets))
            yield columns(some, tokens), text


def _columns_of_long(text: str) -> Iterator[Words]:
    """Yield the columns of the words of a text that is looked at in pieces."""
    whole = LongText(text)  # so that quotations go on from piece to piece
    for low, high in pieces_of(text, LONG):
        piece = text[low:high]
        tokens = tokenize([piece])
        marked = whole.marks(piece, tokens)
        yield Words(
            hash=tokens.hash,
            start=(tokens.start + low).astype(np.int32),
            end=(tokens.end + low).astype(np.int32),
            flags=marked.flags,
            closing=marked.closing,
        )


def _bits(counts: Array, total: int, words: Array) -> Array:
    """Return the evidence in words, given by hash, float64.

    counts: int64 [2^20], see `word_counts`
    """
    of_words = counts[word_buckets(words)]
    return bits_of(of_words, total)
