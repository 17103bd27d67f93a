"""Passages in the order of the output, with what the driver knows of their families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from pipeline.corpus.packs import NO_DATE, Packs
from pipeline.corpus.table import Array
from pipeline.match.core import families
from pipeline.match.core.packed import distinct
from pipeline.match.passages import AllPassages


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
    bits: Array
    origins: Array
    """int64: documents that are no copies of each other, of the family"""
    first: Array
    """int64 [passages, 3]: the document, start and end that the family is named by"""
    earliest: Array
    """int64: the first document of the family by date, -1 where no date is known"""

    def __len__(self) -> int:
        return len(self.words)


class Ordered(Sequence[PassageRows]):
    """All passages by source, some at a time; put together only when they are asked for."""

    def __init__(
        self, packs: Packs, by_rank: Array, quotes: AllPassages, copy_group: Array, order: Array, size: int
    ) -> None:
        """
        by_rank: the documents in order of rank
        copy_group: a number for each rank, the same for copies of one document
        order: the place of each document by source. All int64 [documents]
        size: so many passages come together
        """
        self._quotes, self._by_rank, self._size = quotes, by_rank, size
        self.passages = len(quotes)
        self._origins = families.origins(quotes.family, quotes.rank, copy_group)
        self._first = _first_places(packs, by_rank, quotes)
        dates = packs.column("date")[by_rank]
        earliest = families.earliest(quotes.family, quotes.rank, np.where(dates == NO_DATE, -1, dates))
        self._earliest = np.where(earliest >= 0, by_rank[earliest], -1) if len(by_rank) else earliest
        place = order[by_rank].astype(np.int32)[quotes.rank]
        self._swap = place[:, 0] > place[:, 1]
        one = self._swap.astype(np.int64)
        row = np.arange(self.passages)
        keys = [column[row, side] for side in (1 - one, one) for column in (quotes.end, quotes.start, place)]
        self._rows = np.lexsort(keys)

    def __len__(self) -> int:
        return (self.passages + self._size - 1) // self._size

    @overload
    def __getitem__(self, index: int) -> PassageRows: ...
    @overload
    def __getitem__(self, index: slice) -> list[PassageRows]: ...
    def __getitem__(self, index: int | slice) -> PassageRows | list[PassageRows]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        at = range(len(self))[index] * self._size
        rows, quotes = self._rows[at : at + self._size], self._quotes
        document, start, end = self._by_rank[quotes.rank[rows]], quotes.start[rows], quotes.end[rows]
        swap = self._swap[rows]
        for column in (document, start, end):
            column[swap] = column[swap][:, ::-1]
        words, longest, similarity, bits, family = (
            column[rows] for column in (quotes.words, quotes.longest, quotes.similarity, quotes.bits, quotes.family)
        )
        of_family = (column[family] for column in (self._origins, self._first, self._earliest))
        return PassageRows(document, start, end, words, longest, similarity, bits, *of_family)


def _first_places(packs: Packs, by_rank: Array, quotes: AllPassages) -> Array:
    """int64 [families, 3]: of each family the first place by document id: document, start and end."""
    ranks = quotes.rank.ravel()
    family = np.repeat(quotes.family, 2)
    used = distinct(ranks)
    names = sorted(range(len(used)), key=packs.values("id", by_rank[used]).__getitem__)
    by_name = np.empty(len(used), dtype=np.int32)
    by_name[names] = np.arange(len(used))
    own = by_name[np.searchsorted(used, ranks)]
    least = np.full(int(family.max(initial=-1)) + 1, len(used), dtype=np.int32)
    np.minimum.at(least, family, own)
    rows = np.flatnonzero(own == least[family])
    digits = [column.ravel()[rows].astype("S20") for column in (quotes.end, quotes.start)]  # as text, as ids are
    rows = rows[np.lexsort((*digits, family[rows]))]
    rows = rows[np.append(True, family[rows][1:] != family[rows][:-1])[: len(rows)]]
    return np.stack((by_rank[ranks[rows]], quotes.start.ravel()[rows], quotes.end.ravel()[rows]), axis=1)
