"""A bounded sample of a run's documents: those to look at first, and others by chance, the same however they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import NamedTuple

MOST_LISTED = 5_000
MOST_REMARKABLE = 50
FEW_CHARS = 200
"""A shorter source says nothing by how much of it was struck."""


class Place(NamedTuple):
    """Where a document lies while a run is written: the number of its pack, and its row there."""

    pack: int
    row: int


class Listed(NamedTuple):
    """A document, as the report lists it."""

    id: str
    source: str
    title: str | None
    group: str
    """Its site, file of many documents, or folder."""
    date: str | None
    chars_in: int
    chars_out: int
    quality: float | None
    """The expected F1"""
    duplicate_of: str | None
    removed: tuple[tuple[str, int], ...]
    """Rule, and the code points by which its edits shorten the document"""
    pieces: int
    """Blocks and edits"""
    place: Place


def lowest_quality(one: Listed) -> tuple[float, str]:
    """Return a key by which the least sure document comes first."""
    return (2.0 if one.quality is None or one.chars_out == 0 else one.quality, one.id)


def most_struck(one: Listed) -> tuple[float, str]:
    """Return a key by which the document that lost the largest share comes first."""
    is_telling = one.chars_in >= FEW_CHARS and one.chars_out > 0
    return (one.chars_out / one.chars_in if is_telling else 2.0, one.id)


def emptied(one: Listed) -> tuple[int, str]:
    """Return a key by which documents without text come first."""
    return (min(one.chars_out, 1), one.id)


def by_chance(one: Listed) -> str:
    """Return a key that says nothing of the document: its id is a hash."""
    return one.id


_ORDERS: tuple[tuple[Callable[[Listed], tuple[float, str] | str], int], ...] = (
    (by_chance, MOST_LISTED),
    (lowest_quality, MOST_REMARKABLE),
    (most_struck, MOST_REMARKABLE),
    (emptied, MOST_REMARKABLE),
)


@dataclass(slots=True)
class Sample:
    """The first documents by each of several orders. What is kept does not depend on the order in which they are added."""

    listed: list[Listed] = field(default_factory=list)

    def add(self, documents: Iterable[Listed]) -> None:
        """Take documents into account."""
        self.listed += documents
        if len(self.listed) > 2 * MOST_LISTED:
            self.listed = self.rows()

    def rows(self) -> list[Listed]:
        """Return what is kept, by source."""
        if len(self.listed) <= MOST_LISTED:
            return sorted(self.listed, key=lambda one: (one.source, one.id))
        kept = {one.id: one for order, most in _ORDERS for one in nsmallest(most, self.listed, key=order)}
        return sorted(kept.values(), key=lambda one: (one.source, one.id))
