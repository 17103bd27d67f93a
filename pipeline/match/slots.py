"""Places in the order of the output: documents by source have a slot each, and behind it one for each of its paragraphs that is
compared. So two numbers of 32 bits say where a pair stands, and the records of both are found by them."""

from __future__ import annotations

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.core.packed import inverse, owner_at
from pipeline.match.items import Items
from pipeline.match.workspace import Workspace
from pipeline.tokens import offsets_of


class Slots:
    """The slots of a comparison. Arrays are int64, in any order."""

    def __init__(self, space: Workspace, order: Array) -> None:
        """
        order: int64 [documents], the place of each document by source
        """
        self._order = order
        self._by_source = inverse(order)
        self._first = space.first_paragraph
        self._spans = space.paragraph_spans
        paragraphs = np.diff(self._first)[self._by_source]
        self._slot = offsets_of(paragraphs + 1)
        """[documents + 1]: the slot of each document, by source"""

    def of(self, items: Items, ranks: Array) -> Array:
        """Return the slots of texts of a level, given by rank."""
        document = items.document(ranks)
        slots = self.of_documents(document)
        if items.level == "document":
            return slots
        return slots + 1 + items.place(ranks) - self._first[document]

    def of_documents(self, documents: Array) -> Array:
        """Return the slots of documents."""
        return self._slot[self._order[documents]]

    def documents(self, slots: Array) -> Array:
        """Return the documents that stand there, or whose paragraphs do."""
        return self._by_source[owner_at(self._slot, slots)]

    def places(self, slots: Array) -> Array:
        """Return where the paragraphs that stand there are among those that were sketched; below 0 for a document."""
        source = owner_at(self._slot, slots)
        before = slots - self._slot[source] - 1
        return np.where(before < 0, -1, self._first[self._by_source[source]] + before)

    def ranks(self, items: Items, slots: Array) -> Array:
        """Return the ranks of texts of a level that stand there."""
        if items.level == "document":
            return items.ranks_at(self.documents(slots))
        return items.ranks_at(self.places(slots))

    def paragraphs(self, slots: Array) -> Array:
        """Return the paragraphs that stand there, counted through all packs; -1 for a document."""
        places = self.places(slots)
        numbers = np.full(len(slots), -1)
        is_paragraph = places >= 0
        numbers[is_paragraph] = self._spans.at(places[is_paragraph])["number"]
        return numbers
