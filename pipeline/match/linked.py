"""Pairs of paragraphs and documents in the order of the output, with little held of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Config
from pipeline.corpus.table import Array
from pipeline.match import settings
from pipeline.match.at_a_time import in_stretches, stretches
from pipeline.match.clusters import Alike, relations_of
from pipeline.match.contained import Contained
from pipeline.match.core import rows
from pipeline.match.core.packed import contains, pack, pack_unordered, unpack
from pipeline.match.core.relation import CONTAINED, TELLING
from pipeline.match.items import Items
from pipeline.match.pairs import Pairs
from pipeline.match.slots import Slots


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

    def take(self, index: Array) -> Linked:
        """Return some of them."""
        return rows.take(self, index)


class PairRows(Struct, frozen=True):
    """Some pairs with all that their records have; side 0 stands first by source."""

    number: Array
    """int64 [pairs, 2]: paragraphs, counted through all packs; -1 for whole documents"""
    document: Array
    """int64 [pairs, 2]"""
    start: Array
    """int64 [pairs, 2]: where what they share stands, code points of the clean text; -1 for the whole paragraph"""
    end: Array
    """int64 [pairs, 2]"""
    shared: Array
    """int32: shingles in both"""
    sizes: Array
    """int32 [pairs, 2]: shingles in each"""
    relation: Array
    """int8, places in `relation.NAMES`"""


def linked(found: Alike, quotes: Pairs, slots: Slots, config: Config) -> list[Linked]:
    """Return pairs of paragraphs, in any order: those that are alike, those of equal words with the first of them, and quotes.

    Of texts that very many are like only the pair with the canonical one. No pair of `quotes` is one of the others.
    """
    items = found.items
    low, high = unpack(found.pairs.key)
    is_crowded = contains(found.crowded, low) & contains(found.crowded, high)
    is_shown = found.canonical[high] == low
    is_shown |= ~is_crowded
    pairs = found.pairs.take(is_shown)

    is_new = found.representative.number >= items.older
    copies = found.representative.number[is_new]
    originals = found.representative.target[is_new]
    # Nobody has counted the shingles of equal texts: one of one is all of them.
    one = np.ones(len(copies), dtype=np.int32)
    equal = Pairs(
        key=pack(originals, copies),
        shared=one,
        a=one,
        b=one,
        flags=one.astype(np.uint8),
    )

    limits = settings.relation_rules(config, "paragraph", config.containment)
    # Quotes were not looked at word by word. One that is a near-duplicate all the same, which the bands have missed, may
    # differ in what matters: it is no copy.
    unseen = replace(quotes, flags=quotes.flags | TELLING)
    return [
        _related(items, pairs, found.relation[is_shown], slots),
        _related(items, quotes, relations_of(items, unseen, limits), slots),
        _related(items, equal, in_stretches(found.relation_of_copies, copies), slots),
    ]


def _related(items: Items, pairs: Pairs, relation: Array, slots: Slots) -> Linked:
    """Return those of pairs that have a relation."""
    selected = np.flatnonzero(relation > 0)
    every = pairs.take(selected)
    result = Linked(every.key, every.shared, every.a, every.b, relation[selected])
    for some in stretches(len(result)):
        # From ranks to slots; the better text may stand second by source.
        better, worse = (slots.of(items, side) for side in unpack(result.key[some]))
        result.key[some] = pack_unordered(better, worse)
        a = result.a[some]
        b = result.b[some]
        a[:], b[:] = np.where(better > worse, (b, a), (a, b))
    return result


class OrderedPairs(Sequence[PairRows]):
    """All pairs in the order of the output, some at a time; what their records need is looked up when they are asked for."""

    def __init__(self, slots: Slots, pairs: list[Linked], inside: Contained, size: int) -> None:
        """
        pairs: of paragraphs, in any order; emptied, since of texts that repeat themselves there are very many
        inside: pairs of documents, in any order
        size: so many come together
        """
        of_documents = len(inside.key)
        relation = np.full(of_documents, CONTAINED, dtype=np.int8)
        pairs.append(Linked(inside.key, inside.shared, inside.a, inside.b, relation))
        columns = rows.columns(rows.concatenate(pairs))
        pairs.clear()
        order = np.argsort(columns["key"], kind="stable")
        for name in list(columns):  # one after another: there is no room for all of them twice
            columns[name] = columns[name][order]
        self._slots = slots
        self._pairs = rows.from_columns(Linked, columns)
        self._bounds = range(0, len(order), size)
        """where each part begins"""
        # Those of documents, in order, and the spans that they share.
        self._of_documents = np.flatnonzero(order >= len(order) - of_documents)
        by_place = order[self._of_documents] - (len(order) - of_documents)
        self._start = inside.start[by_place]
        self._end = inside.end[by_place]

    @property
    def pairs(self) -> int:
        """How many there are."""
        return len(self._pairs)

    def __len__(self) -> int:
        return len(self._bounds)

    @overload
    def __getitem__(self, index: int) -> PairRows: ...
    @overload
    def __getitem__(self, index: slice) -> list[PairRows]: ...
    def __getitem__(self, index: int | slice) -> PairRows | list[PairRows]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        low = self._bounds[index]
        high = min(low + self._bounds.step, self.pairs)
        some = self._pairs.take(np.arange(low, high))
        both = np.concatenate(unpack(some.key))
        start = np.full((len(some), 2), -1)
        end = np.full((len(some), 2), -1)
        own = slice(*np.searchsorted(self._of_documents, (low, high)).tolist())
        row = self._of_documents[own] - low
        start[row] = self._start[own]
        end[row] = self._end[own]
        return PairRows(
            number=self._slots.paragraphs(both).reshape(2, -1).T,
            document=self._slots.documents(both).reshape(2, -1).T,
            start=start,
            end=end,
            shared=some.shared,
            sizes=np.stack((some.a, some.b), axis=1),
            relation=some.relation,
        )
