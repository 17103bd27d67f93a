"""Some stretches of a large corpus, as the search for passages sees them."""

from __future__ import annotations

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.core.corpus import Corpus
from pipeline.match.words import Words
from pipeline.tokens import offsets_of, ranges

_FIRST, _MOST = 8, 1024
"""Words compared at a time, at first and in the end, of runs that are long."""


class Excerpt(Corpus):
    """Stretches of documents, copied out of the words of all: each is a document here.

    Most runs that two documents share by chance are a few words long: nothing is worked out here that takes time for
    every word. Evidence is looked up only where it is asked for.
    """

    def __init__(self, words: Words, first: Array, last: Array) -> None:
        """`first`, `last`: int64, where each stretch begins and ends among all words."""
        self.offsets = offsets_of(last - first)
        self.words, self.lines = words.pick(first, last, ["hash", "line"])
        self.total = words.total
        self._evidence = words.bits

    def bits(self, start: Array, end: Array) -> Array:
        """float64: evidence in the words from `start` to `end` (exclusive)."""
        lengths = end - start
        values = self._evidence(self.words[ranges(start, lengths)])
        sums = np.append(0.0, np.cumsum(values))
        bounds = offsets_of(lengths)
        bits: Array = sums[bounds[1:]] - sums[bounds[:-1]]
        return bits

    def _same_long(self, a: Array, b: Array, direction: int, most: Array) -> Array:
        """The same where the first words are known to be alike: word by word, more of them each time."""
        count = np.full(len(a), _FIRST, dtype=np.int64)
        still = np.arange(len(a))
        width = _FIRST
        while len(still):
            width = min(2 * width, _MOST)
            steps = count[still][:, None] + np.arange(width)
            alike = self.alike(a[still][:, None] + direction * steps, b[still][:, None] + direction * steps)
            alike &= steps < most[still][:, None]
            whole = alike.all(axis=1)
            count[still] += np.where(whole, width, np.argmin(alike, axis=1))
            still = still[whole]
        return count
