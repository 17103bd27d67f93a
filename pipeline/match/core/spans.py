"""From positions of words to spans of text: clause edges, final punctuation, quotation marks, line breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from pipeline.tokens import Array, Tokens

_QUOTED = re.compile(r'[“„][^“„”"\n]*|"[^"\n]*"?|«[^«»\n]*|»[^«»\n]*(?=«)|[「『][^「」『』\n]*')
_EDGE = re.compile(r'[.;:!?…](?=\W|$)|[。；：！？\n“”„«»"]')
_CLOSING = re.compile(r"[.!?…。！？]+(?!\w)")


def line_numbers(texts: Sequence[str], tokens: Tokens) -> Array:
    """int64 [words]: number of line breaks before each word, counted over all texts."""
    breaks: list[int] = []
    bases = np.zeros(len(texts), dtype=np.int64)
    base = 0
    for number, text in enumerate(texts):
        bases[number] = base
        at = text.find("\n")
        while at >= 0:
            breaks.append(base + at)
            at = text.find("\n", at + 1)
        base += len(text) + 1
    place = tokens.start + np.repeat(bases, np.diff(tokens.offsets))
    return np.searchsorted(np.array(breaks, dtype=np.int64), place)


class Spans:
    """The texts behind a corpus. Words are given by position in the concatenation of all documents."""

    def __init__(self, texts: Sequence[str], tokens: Tokens) -> None:
        self._texts = texts
        self._tokens = tokens
        self.start, self.end = tokens.start, tokens.end
        self._quotes: dict[int, list[tuple[int, int]]] = {}

    def quoted(self, document: int, first: int, end: int) -> bool:
        """Whether the words `first` to `end` (exclusive) stand inside one pair of quotation marks."""
        if document not in self._quotes:
            found = _QUOTED.finditer(self._texts[document])
            self._quotes[document] = [match.span() for match in found]
        quotes = self._quotes[document]
        at = bisect_right(quotes, int(self.start[first]), key=lambda quote: quote[0]) - 1
        return at >= 0 and int(self.end[end - 1]) <= quotes[at][1]

    def to_edge(self, document: int, position: int, step: int, most: int) -> int:
        """Words from `position` to the clause's edge after (`step` 1) or before (-1); `most + 1` if further.

        `position` stands between two words: before the one with that number.
        """
        first, last = int(self._tokens.offsets[document]), int(self._tokens.offsets[document + 1])
        for distance in range(most + 1):
            at = position + step * distance
            if at in (first, last) or _EDGE.search(self._between(document, at)):
                return distance
        return most + 1

    def span(self, document: int, first: int, end: int) -> tuple[int, int]:
        """Code points of the words `first` to `end` (exclusive), with a full stop or the like after them."""
        stop = int(self.end[end - 1])
        closing = _CLOSING.match(self._texts[document], stop)
        return int(self.start[first]), closing.end() if closing else stop

    def _between(self, document: int, position: int) -> str:
        """What stands before the word at `position` and after the one before it."""
        return self._texts[document][self.end[position - 1] : self.start[position]]
