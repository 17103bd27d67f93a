"""A bounded sample of a run's documents: those to look at first, and others by chance, the same however they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple

from msgspec import Struct, field

MOST_LISTED = 5_000
MOST_REMARKABLE = 50
FEW_CHARS = 200
"""A shorter source says nothing by how much of it was struck."""
BAD_QUALITY = 0.8
"""Expected F1 below which a document deserves a look"""
MOSTLY_STRUCK = 0.2
"""Share of a document's characters below which what is kept is little"""
MAX_SOURCE = 20_000
"""Characters shown of a document's source"""
MAX_CHARS = 4_000_000
"""Characters of a document that can be opened: a larger one has to be held whole for its beginning"""
MAX_PIECES = 10_000
"""Blocks and edits of one, each of which takes hundreds of bytes while it is read"""
PIECE_CHARS = 16
"""Characters that a block or an edit takes of what is shown of a document, about"""
WHOLE_BYTES = 3_600_000
WHOLE_LEAST = 2_000_000
WHOLE_SHARE = 4
"""Between these two, documents that are shown whole take a quarter of as many bytes as there are characters; all take a third."""
HELD = 3
"""Characters of documents that are held ready for each byte that there is room for: compressed, they take some 1.7 to a byte"""


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


class Sample(Struct):
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


def doubtful(listed: Iterable[Listed], most: int) -> list[Listed]:
    """Return the documents whose text is least sure to be right."""
    found = sorted(listed, key=lowest_quality)[:most]
    return [one for one in found if lowest_quality(one)[0] < BAD_QUALITY]


def struck(listed: Iterable[Listed], most: int) -> list[Listed]:
    """Return the documents of which least is kept."""
    found = sorted(listed, key=most_struck)[:most]
    return [one for one in found if most_struck(one)[0] < MOSTLY_STRUCK]


def empty(listed: Iterable[Listed], most: int) -> list[Listed]:
    """Return documents without text."""
    return [one for one in sorted(listed, key=emptied)[:most] if not one.chars_out]


def by_need(listed: Sequence[Listed]) -> list[Listed]:
    """Return documents in the order in which they are shown whole: those to look at, then some by chance."""
    first = [*doubtful(listed, 20), *struck(listed, 20), *empty(listed, 10)]
    rest = sorted(listed, key=by_chance)
    return list({one.id: one for one in (*first, *rest)}.values())


def whole_bytes(chars: int) -> int:
    """Return how many bytes documents that are shown whole may take, in a run over so many characters."""
    return min(WHOLE_BYTES, max(WHOLE_LEAST, chars // WHOLE_SHARE))


def to_show(listed: Sequence[Listed], chars: int) -> Iterator[Listed]:
    """Yield the documents that may be shown whole, in the order of need, of a run over so many characters: more than have room,
    as it is known only when they are written."""
    left = HELD * whole_bytes(chars)
    for one in by_need(listed):
        if one.chars_in > MAX_CHARS or one.pieces > MAX_PIECES:
            continue
        left -= min(one.chars_in, MAX_SOURCE) + PIECE_CHARS * one.pieces
        if left < 0:
            return
        yield one
