"""Passages in the order of the output, with what the driver knows of their families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dedup import families
from pipeline.dedup.candidates import distinct
from pipeline.matching.quotes import Quotes
from pipeline.packs import Packs
from pipeline.store.table import Array


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Passages in the order of the output; side 0 stands first by source."""

    document: Array
    """int64 [passages, 2]"""
    start: Array
    """int32 [passages, 2], code points of the clean text"""
    end: Array
    """int32 [passages, 2]"""
    words: Array
    longest: Array
    similarity: Array
    origins: Array
    """int64: documents that are no copies of each other, of the family"""
    first: Array
    """int64 [passages, 3]: the document, start and end that the family is named by"""

    def __len__(self) -> int:
        return len(self.words)

    def take(self, index: Array | slice) -> PassageRows:
        """Some of them."""
        return PassageRows(*(getattr(self, name)[index] for name in self.__slots__))

    def part(self, low: int, high: int) -> PassageRows:
        """The passages from `low` to `high` (exclusive)."""
        return self.take(slice(low, high))


def ordered(packs: Packs, by_rank: Array, quotes: Quotes, copy_group: Array, order: Array) -> PassageRows:
    """Passages by source.

    `by_rank`: the documents in order of rank. `copy_group`: a number for each rank, the same for copies of one document.
    `order`: the place of each document by source. All int64 [documents].
    """
    document = by_rank[quotes.rank]
    origins = families.origins(quotes.family, quotes.rank, copy_group)
    first = _first_places(packs, document, quotes)
    start, end = quotes.start.copy(), quotes.end.copy()
    swap = order[document[:, 0]] > order[document[:, 1]]
    for column in (document, start, end):
        column[swap] = column[swap][:, ::-1]
    place = order[document]
    rows = np.lexsort((end[:, 1], start[:, 1], place[:, 1], end[:, 0], start[:, 0], place[:, 0]))
    words, longest, similarity = quotes.words, quotes.longest, quotes.similarity
    origins, first = origins[quotes.family], first[quotes.family]
    return PassageRows(document, start, end, words, longest, similarity, origins, first).take(rows)


def _first_places(packs: Packs, document: Array, quotes: Quotes) -> Array:
    """int64 [families, 3]: of each family the first place by document id: document, start and end."""
    document, start, end = document.ravel(), quotes.start.ravel(), quotes.end.ravel()
    family = np.repeat(quotes.family, 2)
    used = distinct(document)
    names = sorted(range(len(used)), key=packs.document_ids(used).__getitem__)
    by_name = np.empty(len(used), dtype=np.int64)
    by_name[names] = np.arange(len(used))
    digits = [column.astype("S20") for column in (end, start)]  # compared as text, as ids are
    rows = np.lexsort((*digits, by_name[np.searchsorted(used, document)], family))
    rows = rows[np.append(True, family[rows][1:] != family[rows][:-1])[: len(rows)]]
    return np.stack((document[rows], start[rows], end[rows]), axis=1)
