"""Word 4-gram F1 of a choice of lines, for thousands of pages at once: the measure of bench.quality, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.quality.score import GRAM, words
from pipeline.tokens import mix64, offsets_of
from tools.train.corpus import Page

Array = NDArray[Any]


class Metric:
    """Scores selections of the lines of `pages`, which must not change."""

    def __init__(self, pages: Sequence[Page]) -> None:
        numbers: dict[str, int] = {}

        def columns(texts: Sequence[str]) -> tuple[Array, Array]:
            found = [[numbers.setdefault(word, len(numbers)) for word in words(text)] for text in texts]
            flat = np.fromiter((number for row in found for number in row), np.uint64)
            return flat, np.array([len(row) for row in found], dtype=np.int64)

        counts = np.array([len(page.blocks) for page in pages])
        self.offsets = offsets_of(counts)
        self.words, self.line_words = columns([text for page in pages for text in page.blocks.texts])
        self._page = np.repeat(np.repeat(np.arange(len(pages)), counts), self.line_words)
        gold, gold_words = columns([page.gold for page in pages])
        self.gold_words = gold_words
        self._gold, where, self._gold_count = _distinct(*_grams(gold, np.repeat(np.arange(len(pages)), gold_words)))
        self._gold_total = np.bincount(where, weights=self._gold_count, minlength=len(pages))

    def __call__(self, keep: Array) -> tuple[Array, Array, Array]:
        """Precision, recall and F1 of each page when the lines flagged in `keep` are its text."""
        chosen = np.repeat(keep, self.line_words)
        grams, pages, count = _distinct(*_grams(self.words[chosen], self._page[chosen]))
        place = np.searchsorted(self._gold, grams).clip(max=len(self._gold) - 1)
        shared = np.where(self._gold[place] == grams, np.minimum(count, self._gold_count[place]), 0)
        size = len(self._gold_total)
        common = np.bincount(pages, weights=shared, minlength=size)
        total = np.bincount(pages, weights=count, minlength=size)
        precision, recall = common / np.maximum(total, 1), common / np.maximum(self._gold_total, 1)
        return precision, recall, 2 * common / np.maximum(total + self._gold_total, 1)


def _grams(tokens: Array, pages: Array) -> tuple[Array, Array]:
    """A hash of every 4-gram that lies within one page, and the page."""
    if len(tokens) < GRAM:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    size = len(tokens) - GRAM + 1
    hashes = pages[:size].astype(np.uint64)
    for i in range(GRAM):
        hashes = mix64(hashes * np.uint64(0x9E3779B97F4A7C15) + tokens[i : i + size])
    inside = pages[:size] == pages[GRAM - 1 :]
    return hashes[inside], pages[:size][inside]


def _distinct(grams: Array, pages: Array) -> tuple[Array, Array, Array]:
    """The different grams, sorted, the page of each and how often it stands there."""
    distinct, first, count = np.unique(grams, return_index=True, return_counts=True)
    return distinct, pages[first], count
