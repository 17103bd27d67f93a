"""Pairs of paragraphs and documents in the order of the output, with little held of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Config
from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match import settings
from pipeline.match.at_a_time import stretches
from pipeline.match.clusters import Alike, relations_of
from pipeline.match.contained import Contained
from pipeline.match.core.packed import contains, pack, pack_unordered, unpack
from pipeline.match.core.relation import CONTAINED, TELLING
from pipeline.match.items import Items
from pipeline.match.pairs import Pairs
from pipeline.match.slots import Slots
from pipeline.match.sorted_runs import KEY, in_order
from pipeline.match.workspace import Workspace

_ROW = np.dtype(
    [
        *KEY.descr,  # the slot of side 0 << 32 | that of side 1; in the order in which they came
        ("shared", "<i4"),  # this and the rest as in `PairRows`
        ("sizes", "<i4", (2,)),
        ("relation", "i1"),
        ("start", "<i4", (2,)),
        ("end", "<i4", (2,)),
    ]
)
"""A pair in the order of the output"""


class Linked(Struct, frozen=True):
    """Pairs; side 0 stands first by source."""

    key: Array
    """uint64: the slot of side 0 << 32 | that of side 1"""
    shared: Array
    """int32: shingles in both"""
    a: Array
    """int32: shingles on side 0"""
    b: Array
    """int32: shingles on side 1"""
    relation: Array
    """int8, places in `relation.NAMES`"""

    def __len__(self) -> int:
        return len(self.key)


class PairRows(Struct, frozen=True):
    """Some pairs with all that their records have; side 0 stands first by source."""

    number: Array
    """int64 [pairs, 2]: paragraphs, counted through all packs; -1 for whole documents"""
    document: Array
    """int64 [pairs, 2]"""
    start: Array
    """int32 [pairs, 2]: where what they share stands, code points of the clean text; -1 for the whole paragraph"""
    end: Array
    """int32 [pairs, 2]"""
    shared: Array
    """int32: shingles in both"""
    sizes: Array
    """int32 [pairs, 2]: shingles in each"""
    relation: Array
    """int8, places in `relation.NAMES`"""


def linked(found: Alike, quotes: Pairs, slots: Slots, config: Config) -> Iterator[Linked]:
    """Yield pairs of paragraphs, in any order, some at a time: those that are alike, those of equal words with the first of them,
    and quotes.

    Of texts that very many are like only the pair with the canonical one. No pair of `quotes` is one of the others.
    """
    items = found.items
    low, high = unpack(found.pairs.key)
    is_crowded = contains(found.crowded, low) & contains(found.crowded, high)
    is_shown = found.canonical[high] == low
    is_shown |= ~is_crowded
    pairs = found.pairs.take(is_shown)

    limits = settings.relation_rules(config, "paragraph", config.containment)
    # Quotes were not looked at word by word. One that is a near-duplicate all the same, which the bands have missed, may
    # differ in what matters: it is no copy.
    unseen = replace(quotes, flags=quotes.flags | TELLING)
    yield from _related(items, pairs, found.relation[is_shown], slots)
    yield from _related(items, quotes, relations_of(items, unseen, limits), slots)
    for some in stretches(len(found.representative)):
        copies = found.representative.number[some]
        originals = found.representative.target[some]
        is_new = copies >= items.older
        equal = _equal(originals[is_new], copies[is_new])
        yield from _related(items, equal, found.relation_of_copies(copies[is_new]), slots)


def _equal(originals: Array, copies: Array) -> Pairs:
    """Return pairs of texts with the same words. Nobody has counted their shingles: one of one is all of them."""
    one = np.ones(len(copies), dtype=np.int32)
    return Pairs(key=pack(originals, copies), shared=one, a=one, b=one, flags=one.astype(np.uint8))


def _related(items: Items, pairs: Pairs, relation: Array, slots: Slots) -> Iterator[Linked]:
    """Yield those of pairs that have a relation."""
    for some in stretches(len(pairs)):
        selected = some.start + np.flatnonzero(relation[some] > 0)
        own = pairs.take(selected)
        # From ranks to slots; the better text may stand second by source.
        better, worse = (slots.of(items, side) for side in unpack(own.key))
        is_other = better > worse
        yield Linked(
            key=pack_unordered(better, worse),
            shared=own.shared,
            a=np.where(is_other, own.b, own.a),
            b=np.where(is_other, own.a, own.b),
            relation=relation[selected],
        )


class OrderedPairs(Sequence[PairRows]):
    """All pairs in the order of the output, some at a time; what their records need is looked up when they are asked for."""

    def __init__(self, space: Workspace, slots: Slots, pairs: Iterable[Linked], inside: Contained, size: int) -> None:
        """
        pairs: of paragraphs, in any order
        inside: pairs of documents, in any order
        size: so many come together, about
        """
        self._slots = slots
        self.path = space.folder / "pairs.ordered"
        self._rows = Column(self.path, _ROW)
        self._bounds: list[tuple[int, int]] = []
        """where each part begins and ends"""
        self.pairs = 0
        """How many there are"""
        with self._rows.writing() as append:
            for rows in in_order(_rows_of(pairs, inside), space.folder / "pairs.runs"):
                append(rows)
                for low in range(0, len(rows), size):
                    high = min(low + size, len(rows))
                    self._bounds.append((self.pairs + low, self.pairs + high))
                self.pairs += len(rows)

    def __len__(self) -> int:
        return len(self._bounds)

    @overload
    def __getitem__(self, index: int) -> PairRows: ...
    @overload
    def __getitem__(self, index: slice) -> list[PairRows]: ...
    def __getitem__(self, index: int | slice) -> PairRows | list[PairRows]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        some = self._rows.part(*self._bounds[index])
        both = np.concatenate(unpack(some["high"]))
        return PairRows(
            number=self._slots.paragraphs(both).reshape(2, -1).T,
            document=self._slots.documents(both).reshape(2, -1).T,
            start=some["start"],
            end=some["end"],
            shared=some["shared"],
            sizes=some["sizes"],
            relation=some["relation"],
        )


def _rows_of(pairs: Iterable[Linked], inside: Contained) -> Iterator[Array]:
    """Yield pairs of paragraphs, then of documents, as rows of `_ROW`."""
    before = 0
    for some in pairs:
        rows = _row_each(some, before)
        before += len(some)
        rows["start"] = -1
        rows["end"] = -1
        yield rows
    relation = np.full(len(inside.key), CONTAINED, dtype=np.int8)
    rows = _row_each(Linked(inside.key, inside.shared, inside.a, inside.b, relation), before)
    rows["start"] = inside.start
    rows["end"] = inside.end
    yield rows


def _row_each(pairs: Linked, before: int) -> Array:
    """Return pairs, before which so many came, as rows of `_ROW`, but for where what they share stands."""
    rows: Array = np.empty(len(pairs), dtype=_ROW)
    rows["high"] = pairs.key
    rows["low"] = np.arange(before, before + len(pairs))
    rows["shared"] = pairs.shared
    rows["sizes"] = np.stack((pairs.a, pairs.b), axis=1)
    rows["relation"] = pairs.relation
    return rows
