"""Pairs that earlier runs have verified. What two texts share follows from them alone, so it need not be counted again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.table import Array
from pipeline.match.core import rows
from pipeline.match.core.packed import look_up, order_of, unpack
from pipeline.match.items import Items
from pipeline.match.kept import SUFFIX
from pipeline.match.pairs import Pairs
from pipeline.match.workspace import Workspace
from pipeline.tokens import mix64


class _KnownPairs(Struct, frozen=True):
    """Pairs that were held against the same limits, a row each."""

    first: Array
    """uint64: the name of the better text"""
    second: Array
    """uint64: the name of the other"""
    holds: Array
    """bool: whether the pair holds; where it does not, the counts are 0"""
    shared: Array
    """this and the rest as in `Pairs`"""
    a: Array
    b: Array
    flags: Array

    def take(self, index: Array) -> _KnownPairs:
        """Return some of them."""
        return rows.take(self, index)


_NONE = _KnownPairs(
    first=np.empty(0, dtype=np.uint64),
    second=np.empty(0, dtype=np.uint64),
    holds=np.empty(0, dtype=bool),
    shared=np.empty(0, dtype=np.int32),
    a=np.empty(0, dtype=np.int32),
    b=np.empty(0, dtype=np.int32),
    flags=np.empty(0, dtype=np.uint8),
)


class Sort(Struct, frozen=True):
    """Pairs that are held against the same limits."""

    name: str
    limits: tuple[float, ...]

    def file(self, packs: Sequence[Path]) -> str:
        """Return what the file is called, without suffix, that pairs of texts in packs are kept in."""
        names = [path.name for path in packs]
        digest = _digest("\n".join(names))
        return f"{digest}-{self._suffix}"

    @property
    def pattern(self) -> str:
        """For the files of any packs."""
        return f"*-{self._suffix}{SUFFIX}"

    @property
    def _suffix(self) -> str:
        """What the file's name ends with, whatever the packs."""
        limits = repr(self.limits)
        return f"{self.name}-{_digest(limits)}"


def _digest(text: str) -> str:
    """Return a short name for a text."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()


class Known:
    """The pairs of some texts that are known, and those that become so."""

    def __init__(self, sort: Sort, packs: Sequence[Path], name: Callable[[Array], Array]) -> None:
        """
        packs: that the texts are in; what is known is kept beside the last
        name: gives the names of texts, uint64, by their ranks; a text is named by all that it follows from, 0 is no name
        """
        folder = packs[-1].parent
        self._path = folder / f"{sort.file(packs)}{SUFFIX}"
        self._name = name
        earlier = sorted(folder.glob(sort.pattern))
        verified = rows.concatenate([_NONE, *_left(earlier)])
        numbers = _pair_numbers(verified.first, verified.second)
        order = order_of(numbers)
        self._numbers = numbers[order]
        self._verified = verified.take(order)
        self._met = [_NONE]

    def of(self, keys: Array) -> tuple[Pairs, Array]:
        """Return (of the pairs with these keys those that are known to hold, the keys of those of which nothing is known)."""
        first, second, have_names = self._names(keys)
        place, is_there = look_up(self._numbers, _pair_numbers(first, second))
        asked = np.flatnonzero(is_there & have_names)
        found = self._verified.take(place[asked])
        # Another pair may have the same number.
        is_same = found.first == first[asked]
        is_same &= found.second == second[asked]
        asked = asked[is_same]
        found = found.take(is_same)
        self._met.append(found)

        is_known = np.zeros(len(keys), dtype=bool)
        is_known[asked] = True
        holding = found.take(found.holds)
        known = Pairs(
            key=keys[asked[found.holds]],
            shared=holding.shared,
            a=holding.a,
            b=holding.b,
            flags=holding.flags,
        )
        return known, keys[~is_known]

    def add(self, keys: Array, found: Pairs) -> None:
        """Note what pairs with these keys have come to: `found` has those that hold, sorted."""
        first, second, have_names = self._names(keys)
        place, holds = look_up(found.key, keys)
        place_of_holding = place[holds]

        def spread(column: Array) -> Array:
            """Return a column of `found` as one of all the pairs."""
            values = np.zeros(len(keys), dtype=column.dtype)
            values[holds] = column[place_of_holding]
            return values

        verified = _KnownPairs(
            first=first,
            second=second,
            holds=holds,
            shared=spread(found.shared),
            a=spread(found.a),
            b=spread(found.b),
            flags=spread(found.flags),
        )
        self._met.append(verified.take(have_names))

    def _names(self, keys: Array) -> tuple[Array, Array, Array]:
        """Return (the name of the better text of each pair, uint64; that of the other; whether both have one, bool)."""
        low, high = unpack(keys)
        first = self._name(low)
        second = self._name(high)
        return first, second, (first != 0) & (second != 0)

    def keep(self) -> None:
        """Keep for the next run what this one has met."""
        if not table.is_intact(self._path):
            met = rows.concatenate(self._met)
            table.write(self._path, rows.columns(met), compressed=True)


def _left(paths: Iterable[Path]) -> Iterator[_KnownPairs]:
    """Yield what earlier runs have left in files that are whole."""
    for path in paths:
        stored = table.read_left(path)
        if stored is not None:
            copied = table.copied(stored)  # so that no file stays open
            yield rows.from_columns(_KnownPairs, table.arrays(copied))


@contextmanager
def remembered(space: Workspace, items: Items, sort: Sort) -> Iterator[Known | None]:
    """What is known of texts in the packs of a run, kept when this ends; None where the next run would not find it."""
    packs = [path for path in space.packs.paths if space.keeps(path)]
    if not packs:
        yield None
        return
    known = Known(sort, packs, _Names(space, items).of)
    yield known
    known.keep()


class _Names:
    """What names the texts of a level: the content of their documents, and of paragraphs their places there."""

    def __init__(self, space: Workspace, items: Items) -> None:
        self._items = items
        names = [np.empty(0, dtype=np.uint64)]
        first = [np.empty(0, dtype=np.int64)]
        for pack, before in zip(space.packs, space.packs.first_paragraph.tolist(), strict=False):
            contents = table.blobs(pack.documents, "content").data
            # Half of 16 bytes is enough.
            halves = contents.view(np.uint64).reshape(-1, 2)
            names.append(halves[:, 0].copy())
            if items.level == "paragraph":
                own = np.searchsorted(table.array(pack.paragraphs, "document"), np.arange(len(pack)))
                first.append(before + own)
        self._name = np.concatenate(names)
        """of each document"""
        self._first = np.concatenate(first)
        """the first paragraph of each document"""

    def of(self, ranks: Array) -> Array:
        """Return the names of texts, uint64, 0 for one that has none."""
        document = self._items.document(ranks)
        name = self._name[document]
        if self._items.level == "document":
            return name
        place = self._items.number(ranks) - self._first[document] + 1
        mixed_place = mix64(place.astype(np.uint64))
        named = mix64(name ^ mixed_place)
        return np.where(name == 0, name, named)


def _pair_numbers(first: Array, second: Array) -> Array:
    """Return a number for each pair, uint64, by which it is looked for."""
    mixed = mix64(second.copy())
    return mix64(first + mixed)
