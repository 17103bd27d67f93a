"""Documents by id: their group, their date and where they lie, in some thirty bytes each."""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field

from pipeline.write.report.sample import Place

NO_DATE = 0
_REMEMBERED = 1 << 12
"""Documents that are not looked up again: those that share anything share it with many"""


class Found(NamedTuple):
    """What the index has of a document."""

    group: int
    """Number of its group in `Documents.groups`"""
    date: int
    """As decimal digits, 20160121; zeros for what is not known"""
    place: Place


class Documents(Struct):
    """Columns, a row for each document; gathered in parts, then sorted by id."""

    id: array[int] = field(default_factory=lambda: array("Q"))
    """The first half of it"""
    group: array[int] = field(default_factory=lambda: array("i"))
    date: array[int] = field(default_factory=lambda: array("i"))
    pack: array[int] = field(default_factory=lambda: array("i"))
    row: array[int] = field(default_factory=lambda: array("i"))
    groups: dict[str, int] = field(default_factory=dict)
    """Number by name"""

    def add(self, document_id: str, group: str, date: str | None, place: Place) -> None:
        """Take one document into account."""
        self.id.append(_key(document_id))
        self.group.append(self.groups.setdefault(group, len(self.groups)))
        self.date.append(_number(date))
        self.pack.append(place.pack)
        self.row.append(place.row)

    def merge(self, other: Documents) -> None:
        """Take into account what `other` did."""
        numbers = [self.groups.setdefault(name, len(self.groups)) for name in other.groups]
        self.group.extend(numbers[group] for group in other.group)
        self.id.extend(other.id)
        self.date.extend(other.date)
        self.pack.extend(other.pack)
        self.row.extend(other.row)

    def sorted(self) -> Index:
        """Return the same, ready to be asked."""
        key = np.array(self.id, dtype=np.uint64)
        order = np.argsort(key, kind="stable")
        columns = [np.array(column, dtype=np.int32)[order] for column in (self.group, self.date, self.pack, self.row)]
        return Index(key[order], np.stack(columns, axis=1), list(self.groups))


class Index:
    """Documents by id."""

    def __init__(self, key: np.ndarray, columns: np.ndarray, groups: list[str]) -> None:
        """
        key: uint64 [documents], ascending
        columns: int32 [documents, 4]: group, date, pack, row
        groups: names by number
        """
        self.groups = groups

        @lru_cache(maxsize=_REMEMBERED)
        def find(document_id: str) -> Found | None:
            wanted = np.uint64(_key(document_id))
            at = int(np.searchsorted(key, wanted))
            if at == len(key) or key[at] != wanted:
                return None
            group, date, pack, row = columns[at].tolist()
            return Found(group, date, Place(pack, row))

        self.find = find
        """Return what is known of a document, given its id; None of one that this run did not read."""


def order(one: int, two: int) -> int:
    """Return -1 where the first date is the earlier one, 1 where the second is, 0 where that is not known."""
    for first, second in zip(_parts(one), _parts(two), strict=True):
        if not first or not second:
            return 0
        if first != second:
            return -1 if first < second else 1
    return 0


def _parts(date: int) -> tuple[int, int, int]:
    """Return year, month and day."""
    return date // 10_000, date // 100 % 100, date % 100


def _key(document_id: str) -> int:
    return int(document_id[:16], 16)


def _number(date: str | None) -> int:
    """Return 20160121 for 2016-01-21, 20160100 for 2016-01, 0 for None."""
    if date is None:
        return NO_DATE
    year, month, day = date[:4], date[5:7], date[8:10]
    return int(year) * 10_000 + int(month or 0) * 100 + int(day or 0)
