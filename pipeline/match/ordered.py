"""Passages in the order of the output, with what the driver knows of their families."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from msgspec import Struct

from pipeline.corpus.packs import NO_DATE, Packs
from pipeline.corpus.table import Array
from pipeline.match.core import families
from pipeline.match.core.packed import batches, distinct, exchange_sides, inverse, is_first
from pipeline.match.passages import AllPassages
from pipeline.match.workspace import Workspace

_CHARS = 1 << 24
"""Characters of passages that come together, about."""


class PassageRows(Struct, frozen=True):
    """Passages in the order of the output; side 0 stands first by source."""

    side: Array
    """int32 [passages, 2]: the numbers of their sides, see `Sides`"""
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
        self, workspace: Workspace, found: AllPassages, sides: Array, copy_group: Array, order: Array, size: int
    ) -> None:  # fmt: skip
        """
        sides: int32 [passages, 2], the numbers of the sides of each
        copy_group: int64 [documents], a number for each rank, the same for copies of one document
        order: int64 [documents], the place of each document by source
        size: so many passages come together, fewer where they are long
        """
        by_rank = workspace.ranks.by_rank
        self._found = found
        self._sides = sides
        self.passages = len(found)
        self._origins = families.origins(found.family, found.rank, copy_group)
        self._first = _first_places(workspace.packs, by_rank, found)
        self._earliest = _earliest(workspace.packs, by_rank, found)
        place_of_rank = order[by_rank].astype(np.int32)
        place = place_of_rank[found.rank]
        place_of_better, place_of_worse = place.T
        # Whether the side of worse rank stands first, bool [passages].
        self._swap = place_of_better > place_of_worse
        self._rows = self._by_source(place)
        chars = (found.end - found.start).sum(axis=1, dtype=np.int64)
        cost = chars[self._rows] + _CHARS // size
        self._parts = list(batches(cost, _CHARS))

    def _by_source(self, place: Array) -> Array:
        """Return the passages in the order of the output, int64: by the side that stands first, then by the other."""
        found = self._found
        row = np.arange(self.passages)
        first = self._swap.astype(np.int64)
        second = 1 - first
        keys: list[Array] = []  # the last one counts most
        for side in (second, first):
            keys += (column[row, side] for column in (found.end, found.start, place))
        return np.lexsort(keys)

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, index: int) -> PassageRows: ...
    @overload
    def __getitem__(self, index: slice) -> list[PassageRows]: ...
    def __getitem__(self, index: int | slice) -> PassageRows | list[PassageRows]:
        if isinstance(index, slice):
            places = range(len(self))[index]
            return [self[place] for place in places]
        low, high = self._parts[index]
        rows = self._rows[low:high]
        found = self._found
        side = self._sides[rows]
        exchange_sides(self._swap[rows], side)
        family = found.family[rows]
        return PassageRows(
            side=side,
            words=found.words[rows],
            longest=found.longest[rows],
            similarity=found.similarity[rows],
            bits=found.bits[rows],
            origins=self._origins[family],
            first=self._first[family],
            earliest=self._earliest[family],
        )


def _earliest(packs: Packs, by_rank: Array, found: AllPassages) -> Array:
    """Return the first document of each family by date, int64 [families], -1 where no date is known."""
    dates = packs.column("date")[by_rank]
    dates = np.where(dates == NO_DATE, -1, dates)
    earliest = families.earliest(found.family, found.rank, dates)
    if not len(by_rank):
        return earliest
    document = by_rank[earliest]
    return np.where(earliest >= 0, document, -1)


def _first_places(packs: Packs, by_rank: Array, found: AllPassages) -> Array:
    """Return of each family the first place by document id, int64 [families, 3]: document, start and end."""
    # One row a side of a passage
    ranks = found.rank.ravel()
    start = found.start.ravel()
    end = found.end.ravel()
    family = np.repeat(found.family, 2)
    name = _places_by_name(packs, by_rank, ranks)
    families_found = int(family.max(initial=-1)) + 1
    least = np.full(families_found, len(packs), dtype=np.int32)
    np.minimum.at(least, family, name)
    is_least = name == least[family]

    # Of several sides in that document the first; digits are compared as ids are.
    ranks = ranks[is_least]
    start = start[is_least]
    end = end[is_least]
    family = family[is_least]
    start_as_text = start.astype("S20")
    end_as_text = end.astype("S20")
    order = np.lexsort((end_as_text, start_as_text, family))
    first = order[is_first(family[order])]
    document = by_rank[ranks[first]]
    return np.stack((document, start[first], end[first]), axis=1)


def _places_by_name(packs: Packs, by_rank: Array, ranks: Array) -> Array:
    """Return the place by id, among these documents alone, of documents given by rank: int32."""
    used = distinct(ranks)
    ids = packs.values("id", by_rank[used])
    by_name = sorted(range(len(used)), key=ids.__getitem__)
    place = inverse(np.array(by_name, dtype=np.int64)).astype(np.int32)
    number = np.searchsorted(used, ranks)
    return place[number]
