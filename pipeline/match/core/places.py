"""Where paragraphs stand in documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.tokens import Array


@dataclass(frozen=True, slots=True)
class Places:
    """Paragraphs, sorted by document, then place; they do not overlap. int64 [paragraphs] each."""

    document: Array
    start: Array
    """code points of the document's text"""
    end: Array

    def at(self, document: Array, position: Array) -> Array:
        """Return the paragraph at each position of each document, int64, -1 for none."""
        if not len(self.document):
            return np.full(len(document), -1)
        own = (self.document << 40) + self.start
        wanted = (document << 40) + position
        index = np.searchsorted(own, wanted, side="right") - 1
        found = index >= 0
        found &= self.document[index] == document
        found &= position < self.end[index]
        return np.where(found, index, -1)
