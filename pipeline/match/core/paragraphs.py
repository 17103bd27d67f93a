"""Where paragraphs stand in documents."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core.packed import owner_at
from pipeline.tokens import Array

_DOCUMENT = 40
"""Bits of a code point's number: above them stands that of the document."""


class ParagraphSpans(Struct, frozen=True):
    """Paragraphs, sorted by document, then place; they do not overlap. int64 [paragraphs] each."""

    start: Array
    """the document, and where in its text they start: see `packed`"""
    end: Array
    """the same of where they end"""

    @classmethod
    def of(cls, document: Array, start: Array, end: Array) -> ParagraphSpans:
        """Return paragraphs by their documents and code points of these."""
        return cls(packed(document, start), packed(document, end))

    def at(self, document: Array, position: Array) -> Array:
        """Return the paragraph at each position of each document, int64, -1 for none."""
        if not len(self.start):
            return np.full(len(document), -1)
        wanted = packed(document, position)
        index = owner_at(self.start, wanted)  # -1 before the first
        is_inside = (index >= 0) & (wanted < self.end[index])
        return np.where(is_inside, index, -1)


def packed(document: Array, position: Array) -> Array:
    """Return documents and code points of their texts as one number each, int64."""
    return (document.astype(np.int64) << _DOCUMENT) + position
