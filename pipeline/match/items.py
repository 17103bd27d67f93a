"""The texts compared at one level, numbered by rank, best first: what each is, looked up where it is asked for."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.core.packed import owner_at, unpack
from pipeline.match.workspace import Workspace
from pipeline.model import Level
from pipeline.tokens import offsets_of


class Items(Protocol):
    """The texts compared at one level. Arrays are int64 unless said otherwise; ranks are given in any order."""

    level: Level
    older: int
    """so many of the first belong to an older run"""
    differ: bool
    """whether they must reach different similarities"""

    def __len__(self) -> int: ...

    def number(self, ranks: Array) -> Array:
        """Return documents or paragraphs, counted through all packs."""

    def document(self, ranks: Array) -> Array:
        """Return the document of each."""

    def size(self, ranks: Array) -> Array:
        """Return the characters of each, int32."""

    def place(self, ranks: Array) -> Array:
        """Return where each stands among those that were sketched."""

    def ranks(self, first: int, last: int) -> Array:
        """Return the ranks of those that stand there from one place to another (exclusive)."""

    def ranks_at(self, places: Array) -> Array:
        """Return the ranks of those that stand at these places."""

    def least_of(self, key: Array) -> Array:
        """Return the Jaccard similarity that pairs must reach, float64, given their keys; only where it differs."""


class Documents:
    """All documents."""

    level: Level = "document"
    differ = False

    def __init__(self, space: Workspace) -> None:
        self._rank = space.ranks.rank
        self._by_rank = space.ranks.by_rank
        self._size = space.packs.column("chars").astype(np.int32)
        self.older = space.ranks.older

    def __len__(self) -> int:
        return len(self._by_rank)

    def number(self, ranks: Array) -> Array:
        """Return the documents, counted through all packs."""
        return self._by_rank[ranks]

    def document(self, ranks: Array) -> Array:
        """Return the same."""
        return self._by_rank[ranks]

    def size(self, ranks: Array) -> Array:
        """Return the characters of each, int32."""
        return self._size[self._by_rank[ranks]]

    def place(self, ranks: Array) -> Array:
        """Return where each stands in the packs."""
        return self._by_rank[ranks]

    def ranks(self, first: int, last: int) -> Array:
        """Return the ranks of those that stand there from one place to another (exclusive)."""
        return self._rank[first:last]

    def ranks_at(self, places: Array) -> Array:
        """Return the ranks of those that stand at these places."""
        return self._rank[places]

    def least_of(self, key: Array) -> Array:
        """Documents must all reach the same."""
        raise NotImplementedError


class Paragraphs:
    """The paragraphs that are long enough, by the rank of their documents, then in the order of the text.

    They are sketched in the order of packs, and those of a document stand together there as here. So a few numbers for each
    document say where each paragraph is, and what is known of it is read from the workspace.
    """

    level: Level = "paragraph"

    def __init__(self, space: Workspace, least: Array | None = None) -> None:
        """`least`: the Jaccard similarity that paragraphs of each document must reach, float64; a pair, the higher one of both.
        None: all the same."""
        self._document_rank = space.ranks.rank
        self._by_rank = space.ranks.by_rank
        self._spans = space.paragraph_spans
        self._first = space.first_paragraph
        """[documents + 1]: the place of the first paragraph of each document"""
        counts = np.diff(self._first)
        self._before = offsets_of(counts[self._by_rank])
        """[documents + 1]: the rank of the first paragraph of each document, by its rank"""
        self._least = least
        self.differ = least is not None
        self.older = int(self._before[space.ranks.older])

    def __len__(self) -> int:
        return int(self._first[-1])

    def number(self, ranks: Array) -> Array:
        """Return the paragraphs, counted through all packs."""
        return self._spans.at(self.place(ranks))["number"]

    def document(self, ranks: Array) -> Array:
        """Return the document of each."""
        return self._by_rank[owner_at(self._before, ranks)]

    def size(self, ranks: Array) -> Array:
        """Return the characters of each, int32."""
        spans = self._spans.at(self.place(ranks))
        return spans["end"] - spans["start"]

    def place(self, ranks: Array) -> Array:
        """Return where each stands among those that were sketched."""
        document_rank = owner_at(self._before, ranks)
        document = self._by_rank[document_rank]
        return self._first[document] + ranks - self._before[document_rank]

    def ranks(self, first: int, last: int) -> Array:
        """Return the ranks of those that stand there from one place to another (exclusive)."""
        if first == last:
            return np.empty(0, dtype=np.int64)
        low, highest = owner_at(self._first, np.array([first, last - 1])).tolist()
        after = highest + 1
        counts = np.diff(np.clip(self._first[low : after + 1], first, last))
        documents = slice(low, after)
        shift = self._before[self._document_rank[documents]] - self._first[documents]
        return np.arange(first, last) + np.repeat(shift, counts)

    def ranks_at(self, places: Array) -> Array:
        """Return the ranks of those that stand at these places."""
        document = owner_at(self._first, places)
        return self._before[self._document_rank[document]] + places - self._first[document]

    def least_of(self, key: Array) -> Array:
        """Return the Jaccard similarity that pairs must reach, float64, given their keys; only where it differs."""
        assert self._least is not None
        low, high = unpack(key)
        return np.maximum(self._least[self.document(low)], self._least[self.document(high)])
