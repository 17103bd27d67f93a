"""Passages: text that documents share inside longer, different text, quotes above all.

Guarantee: every verbatim run of `run` (8) words that two documents share is in a reported passage. If very
many documents share it, each of them is paired with the best one among them only, and all are one family.

Shorter or edited runs are reported if they are too improbable for chance. The evidence of a passage is
counted in bits: the words it matches, each by its frequency in the documents at hand. In N words there are
N^2 pairs of places, so chance alone matches 2 log2 N bits; a passage must have `margin` bits more than
that, since words are not independent: stock phrases, names and titles have few bits for their length where
they are frequent. Inside quotation marks on both sides fewer are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.align import maximal_runs
from pipeline.match.core.chain import Chains, chain
from pipeline.match.core.corpus import Corpus
from pipeline.match.core.families import families
from pipeline.match.core.seeds import hits
from pipeline.match.core.spans import Spans, line_numbers
from pipeline.tokens import Array, ranges, tokenize

BUCKET_BITS = 20
"""Words are counted by hash in 2^20 buckets: a table that can be added up over partitions."""

_FRACTION = 1 << 16

_LARGER = 4
"""A chain is looked for inside so many of the longest chains of its two documents."""


@dataclass(frozen=True, slots=True)
class PassageRules:
    """What counts as a passage."""

    run: int = 8
    """every verbatim run of so many words that two documents share is reported"""
    k: int = 4
    """words in a seed"""
    window: int = 2
    """of so many consecutive seeds one is kept; `k + window - 1` may not exceed `run`"""
    gap: int = 6
    """words changed, dropped or put in between, on either side, that a passage goes over"""
    tail: int = 2
    """words that may differ on both sides at the edge of a clause for the passage to reach to that edge"""
    margin: float = 30.0
    """bits of evidence beyond chance that a passage needs without `run` words in a row"""
    quoted_margin: float = 18.0
    """the same inside quotation marks on both sides"""

    def __post_init__(self) -> None:
        if not 2 <= self.k <= self.run - self.window + 1:
            raise ValueError(f"run {self.run} is too short for seeds of {self.k} words, one in {self.window}")


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages, one row each, in order of rank of `a`, place in it, then `b`. Spans count code points."""

    documents: Array
    """int64 [passages, 2]: numbers of the two documents, the better by rank first"""
    start: Array
    """int64 [passages, 2]"""
    end: Array
    """int64 [passages, 2]"""
    words: Array
    """int64, words that are the same"""
    longest: Array
    """int64, words of the longest verbatim run"""
    similarity: Array
    """float64: 2 * words / (words in the one span + words in the other)"""
    bits: Array
    """float64, evidence"""
    family: Array
    """int64, see `families`"""
    pieces: Pieces
    """the verbatim parts"""

    def __len__(self) -> int:
        return len(self.words)

    def take(self, rows: Array) -> Passages:
        """Some of the passages; families keep their numbers."""
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        return Passages(
            self.documents[rows],
            self.start[rows],
            self.end[rows],
            self.words[rows],
            self.longest[rows],
            self.similarity[rows],
            self.bits[rows],
            self.family[rows],
            self.pieces.of(place),
        )


@dataclass(frozen=True, slots=True)
class Pieces:
    """Verbatim parts of passages, none of them across a line break on either side."""

    passage: Array
    """int64 [pieces]: row of the passage"""
    start: Array
    """int64 [pieces, 2], code points"""
    end: Array
    """int64 [pieces, 2]"""
    words: Array
    """int64 [pieces]"""

    def of(self, place: Array) -> Pieces:
        """The pieces of the passages that have a new place, -1 for none."""
        kept = place[self.passage] >= 0
        return Pieces(place[self.passage[kept]], self.start[kept], self.end[kept], self.words[kept])


def passages(
    texts: Sequence[str], rules: PassageRules, rank: Array | None = None, *, queries: int | None = None
) -> Passages:
    """Passages shared by documents in memory.

    `rank`, int64 [texts], all different, least first: of two documents the better one comes first in each
    pair. With `queries`, only passages that one of the best so many documents shares with one of the others.
    """
    order = np.arange(len(texts)) if rank is None else np.argsort(rank, kind="stable")
    texts = [texts[number] for number in order.tolist()]
    tokens = tokenize(texts)
    bits = word_bits(tokens.hash, word_counts(tokens.hash))
    corpus = Corpus(tokens.offsets, tokens.hash, bits, line_numbers(texts, tokens))
    found = hits(tokens.offsets, tokens.hash, rules.k, rules.window, rules.run)
    if queries is not None:
        border = tokens.offsets[queries]
        found = (part.take((part.a < border) & (part.b >= border)) for part in found)
    chains = chain(corpus, maximal_runs(corpus, found), rules.gap)
    spans = Spans(texts, tokens)
    chains, evidence = evident(corpus, chains, spans, rules)
    return located(corpus, chains, evidence, spans, tail=rules.tail, order=order)[0]


def word_counts(words: Array) -> Array:
    """int64 [2^20]: how often words occur, counted by hash. Tables of several batches add up."""
    return np.bincount(word_buckets(words), minlength=1 << BUCKET_BITS)


def word_buckets(words: Array) -> Array:
    """int64 [words]: where each is counted."""
    return (words >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)


def word_bits(words: Array, counts: Array) -> Array:
    """float64 [words]: the evidence in each word, from the table of `word_counts`."""
    return bits_of(counts[word_buckets(words)], int(counts.sum()))


def bits_of(counts: Array, total: int) -> Array:
    """float64: minus the binary logarithm of the frequency of words that occur so often among `total` ones.

    Rounded to 2^-16, so that sums are exact and do not depend on which other words were summed up before.
    """
    bits: Array = np.log2(max(1, total)) - np.log2(counts)
    return np.round(bits * _FRACTION) / _FRACTION


def evident(corpus: Corpus, chains: Chains, spans: Spans, rules: PassageRules) -> tuple[Chains, Array]:
    """The chains worth reporting, and their bits."""
    runs = chains.runs
    bits = chains.total(corpus.bits(runs.a, runs.a + runs.words))
    beyond = bits - 2 * np.log2(max(1, corpus.total))
    enough = (chains.longest() >= rules.run) | (beyond >= rules.margin)
    doubtful = np.flatnonzero(~enough & (beyond >= rules.quoted_margin))
    enough[doubtful] = [
        all(spans.quoted(*place) for place in sides)
        for sides in zip(*_sides(corpus, chains.take(doubtful)), strict=True)
    ]
    kept = np.flatnonzero(enough)
    kept = kept[~_inside_larger(corpus, chains.take(kept))]
    return chains.take(kept), bits[kept]


def _sides(corpus: Corpus, chains: Chains) -> list[list[tuple[int, int, int]]]:
    """(document, first word, end) of every chain, for either side."""
    first, last = chains.first, chains.last
    return [
        list(zip(corpus.document(start).tolist(), start.tolist(), end.tolist(), strict=True))
        for start, end in ((first.a, last.a + last.words), (first.b, last.b + last.words))
    ]


def _inside_larger(corpus: Corpus, chains: Chains) -> Array:
    """bool: whether a longer chain of the same documents covers both sides, as where a text repeats."""
    first, last = chains.first, chains.last
    end_a, end_b = last.a + last.words, last.b + last.words
    pair = corpus.document(first.a) * len(corpus.offsets) + corpus.document(first.b)
    order = np.lexsort((first.b, first.a, -chains.total(chains.runs.words), pair))
    head = np.flatnonzero(np.append(True, pair[order][1:] != pair[order][:-1])[: len(order)])
    place = np.arange(len(order)) - np.repeat(head, np.diff(np.append(head, len(order))))
    inside = np.zeros(len(chains), dtype=bool)
    for larger in range(_LARGER):
        small = order[place > larger]
        large = order[np.flatnonzero(place > larger) - place[place > larger] + larger]
        inside[small] |= (
            (first.a[large] <= first.a[small])
            & (end_a[small] <= end_a[large])
            & (first.b[large] <= first.b[small])
            & (end_b[small] <= end_b[large])
        )
    return inside


def located(
    corpus: Corpus, chains: Chains, bits: Array, spans: Spans, *, tail: int, order: Array
) -> tuple[Passages, Array]:
    """From words to spans of text; also where these stand in words, int64 [passages, 2 sides, first and end]."""
    places = np.empty((len(chains), 2, 2), dtype=np.int64)  # passage, side, first word or end
    span = np.empty((len(chains), 2, 2), dtype=np.int64)
    documents = np.empty((len(chains), 2), dtype=np.int64)
    for row, sides in enumerate(zip(*_sides(corpus, chains), strict=True)):
        before = [spans.to_edge(document, first, -1, tail) for document, first, _ in sides]
        after = [spans.to_edge(document, end, 1, tail) for document, _, end in sides]
        if not all(0 < distance <= tail for distance in before):
            before = [0, 0]
        if not all(0 < distance <= tail for distance in after):
            after = [0, 0]
        for side, (document, first, end) in enumerate(sides):
            places[row, side] = first - before[side], end + after[side]
            span[row, side] = spans.span(document, *places[row, side].tolist())
            documents[row, side] = document
    words = chains.total(chains.runs.words)
    found = Passages(
        order[documents],
        span[:, :, 0],
        span[:, :, 1],
        words,
        chains.longest(),
        2 * words / np.maximum(1, (places[:, :, 1] - places[:, :, 0]).sum(axis=1)),
        bits,
        families(places[:, :, 0], places[:, :, 1]),
        _pieces(corpus, chains, spans),
    )
    return found, places


def _pieces(corpus: Corpus, chains: Chains, spans: Spans) -> Pieces:
    """Cut the runs of every chain at the line breaks of either side."""
    runs = chains.runs
    owner = np.repeat(np.arange(len(chains)), np.diff(chains.offsets))
    run = np.repeat(np.arange(len(runs)), runs.words)
    a, b = ranges(runs.a, runs.words), ranges(runs.b, runs.words)
    fresh = np.ones(len(run), dtype=bool)
    fresh[1:] = run[1:] != run[:-1]
    for at in (a, b):
        line = corpus.lines[at]
        fresh[1:] |= line[1:] != line[:-1]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(run))[: len(first)] - 1
    start = np.stack((spans.start[a[first]], spans.start[b[first]]), axis=1)
    end = np.stack((spans.end[a[last]], spans.end[b[last]]), axis=1)
    return Pieces(owner[run[first]], start, end, last - first + 1)
