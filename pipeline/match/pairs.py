"""Pairs of texts, verified on the engine: how many shingles they share, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct

from pipeline.corpus.engines.interface import Engine, item_size
from pipeline.corpus.table import Array
from pipeline.match.core import relation, rows
from pipeline.match.core.difference import Contents
from pipeline.match.core.packed import batches, distinct, is_first, unpack
from pipeline.match.core.verify import Fetch, Overlap, overlap, sets_of, verify
from pipeline.match.items import Items
from pipeline.match.pair_texts import PairTexts, write_texts
from pipeline.match.sorted_runs import KEY
from pipeline.match.workspace import Workspace
from pipeline.model import Level

_CHUNK = 1_500_000
"""Characters of text verified together, at most."""
_LEAST = 500_000
"""Characters that are worth an item of their own."""
_PAIR = 1_000
"""What a pair costs beside its text, in characters."""
_WIDE = 1 << 18
"""Candidates whose texts are verified before the next are."""
LONG = 4_000_000
"""Characters from which a text is not looked at word by word: its words take fifty bytes of memory for each of them."""
_OUT_OF_PROPORTION = 1.25
"""A text so many times as long as another does not differ from it by noise alone."""


class Pairs(Struct, frozen=True):
    """Verified pairs; the texts are numbered by rank."""

    key: Array
    """uint64: the better one << 32 | the other; sorted"""
    shared: Array
    """int32: shingles in both"""
    a: Array
    """int32: shingles in the better one"""
    b: Array
    """int32: shingles in the other"""
    flags: Array
    """uint8: what differs, see relation.py"""

    def __len__(self) -> int:
        return len(self.key)

    def take(self, index: Array) -> Pairs:
        """Return some of them."""
        return rows.take(self, index)

    @property
    def overlap(self) -> Overlap:
        """The same counts as `core.verify` gives."""
        return Overlap(
            self.shared.astype(np.int64),
            self.a.astype(np.int64),
            self.b.astype(np.int64),
        )


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Return the pairs of all parts, sorted."""
    none = np.empty(0, dtype=np.int32)
    empty = Pairs(none.astype(np.uint64), none, none, none, none.astype(np.uint8))
    every = rows.concatenate((empty, *parts))
    return every.take(np.argsort(every.key, kind="stable"))


class Least(Struct, frozen=True):
    """What a pair must reach to be one."""

    jaccard: float
    """Jaccard similarity of near-duplicates"""
    containment: float | None = None
    """or share of one text that is in the other"""
    noisy: bool = False
    """or being the same but for noise"""
    described: bool = True
    """whether it is looked at what differs between the two; where it is not, `Pairs.flags` say nothing, and there is no noise"""


class Knowledge(Protocol):
    """Pairs that were verified before, with the same limits."""

    def of(self, keys: Array) -> tuple[Pairs, Array]:
        """Return (of the pairs with these keys those that are known to hold, the keys of those of which nothing is known)."""

    def add(self, keys: Array, found: Pairs) -> None:
        """Note what pairs with these keys have come to: `found` has those that hold, sorted."""


def verify_pairs(
    engine: Engine,
    workspace: Workspace,
    items: Items,
    keys: Array,
    k: int,
    least: Least,
    known: Knowledge | None = None,
) -> Pairs:
    """Return the pairs of texts that hold, sorted.

    keys: uint64, packed pairs of ranks
    k: words in a shingle
    """
    if known is None:
        return _verified(engine, workspace, items, keys, k, least)
    of_old, fresh = known.of(keys)
    of_new = _verified(engine, workspace, items, fresh, k, least)
    known.add(fresh, of_new)
    return joined([of_old, of_new])


def _verified(engine: Engine, workspace: Workspace, items: Items, keys: Array, k: int, least: Least) -> Pairs:
    parts: list[Pairs] = []
    texts = write_texts(engine, workspace, items.level, _texts(items, keys))
    for at in range(0, len(keys), _WIDE):
        some = keys[at : at + _WIDE]
        sides = _Sides.of(items, some)
        chunks = list(_chunks(sides, engine.workers))
        checks = [_check(texts, items.level, sides.take(chunk), k, least) for chunk in chunks]
        for chunk, found in zip(chunks, engine.map(_verify, checks), strict=True):
            parts.append(found.of(some[chunk]))
    texts.remove()
    return joined(parts)


def _texts(items: Items, keys: Array) -> Iterator[Array]:
    """Yield the texts that pairs with these keys have, as `write_texts` takes them."""
    for at in range(0, len(keys), _WIDE):
        ranks = distinct(np.concatenate(unpack(keys[at : at + _WIDE])))
        texts: Array = np.empty(len(ranks), dtype=KEY)
        texts["high"] = items.number(ranks)
        texts["low"] = items.size(ranks)
        yield texts


class _Sides(Struct, frozen=True):
    """The texts of pairs: the better one of each, and the other."""

    better: Array
    """int64, number of the document or paragraph"""
    worse: Array
    size_of_better: Array
    """int32, characters"""
    size_of_worse: Array

    @classmethod
    def of(cls, items: Items, keys: Array) -> _Sides:
        """Return those of the pairs with these keys."""
        low, high = unpack(keys)
        return cls(items.number(low), items.number(high), items.size(low), items.size(high))

    def take(self, index: Array) -> _Sides:
        """Return those of some of the pairs."""
        return rows.take(self, index)


def _chunks(sides: _Sides, workers: int) -> Iterator[Array]:
    """Yield the places of pairs whose texts are looked at together: texts that lie together, and a long text once. There are some
    for every worker."""
    better_is_longer = sides.size_of_better > sides.size_of_worse
    # Sorted by the longer text, pairs that share it are verified together, and it is tokenised once.
    longer = np.where(better_is_longer, sides.better, sides.worse)
    shorter = np.where(better_is_longer, sides.worse, sides.better)
    size_of_longer = np.maximum(sides.size_of_better, sides.size_of_worse)
    size_of_shorter = np.minimum(sides.size_of_better, sides.size_of_worse)
    order = np.lexsort((shorter, longer))
    cost_of_longer = np.where(is_first(longer[order]), size_of_longer[order], 0)
    cost = size_of_shorter[order].astype(np.int64) + cost_of_longer + _PAIR
    for start, end in batches(cost, item_size(int(cost.sum()), workers, _CHUNK, _LEAST)):
        yield order[start:end]


class _Check(Struct, frozen=True):
    """Pairs to be verified, by the numbers of their documents or paragraphs."""

    texts: PairTexts
    level: Level
    first: Array
    second: Array
    in_proportion: Array
    """bool, whether the two are so much of one length that they may differ by noise alone"""
    is_long: Array
    """bool, whether one of the two is longer than `LONG`"""
    k: int
    least: Least


class _Verified(Struct, frozen=True):
    """The pairs of a check that hold."""

    place: Array
    """int64: where each stands in the check"""
    overlap: Overlap
    flags: Array

    def of(self, keys: Array) -> Pairs:
        """Return them with their keys, given those of all pairs of the check."""
        return Pairs(
            key=keys[self.place],
            shared=self.overlap.shared.astype(np.int32),
            a=self.overlap.a.astype(np.int32),
            b=self.overlap.b.astype(np.int32),
            flags=self.flags,
        )


def _check(texts: PairTexts, level: Level, sides: _Sides, k: int, least: Least) -> _Check:
    """Return what is to be verified of pairs."""
    longer = np.maximum(sides.size_of_better, sides.size_of_worse)
    shorter = np.minimum(sides.size_of_better, sides.size_of_worse)
    is_long = longer > LONG
    in_proportion = longer <= _OUT_OF_PROPORTION * shorter
    return _Check(
        texts=texts,
        level=level,
        first=sides.better,
        second=sides.worse,
        in_proportion=in_proportion & ~is_long,
        is_long=is_long,
        k=k,
        least=least,
    )


def _verify(check: _Check) -> _Verified:
    """Verify pairs, and see what differs between those that hold."""
    fetch = check.texts.fetch
    found = verify(check.first, check.second, fetch, check.k)
    holds = found.jaccard >= check.least.jaccard
    flags = np.zeros(len(holds), dtype=np.uint8)
    if not check.least.described:
        place = np.flatnonzero(holds)
        return _Verified(place, found.take(place), flags[place])
    # Word by word only where the shingles say near-duplicate: it costs more than counting them.
    aligned = np.flatnonzero(holds & ~check.is_long)
    flags[aligned] = _differences(fetch, check.first[aligned], check.second[aligned])
    too_long = np.flatnonzero(holds & check.is_long)
    for pair in too_long.tolist():
        better = int(check.first[pair])
        worse = int(check.second[pair])
        flags[pair] = _difference_of_long(fetch, better, worse)
    if check.level == "paragraph":
        looked_at = _may_be_noise(check, found, holds, flags)
        one = check.first[looked_at]
        two = check.second[looked_at]
        is_noise = _are_noise(fetch, one, two, holds[looked_at])
        noise = looked_at[is_noise]
        flags[noise] |= relation.NOISE
        holds[noise] = True
    if check.least.containment is not None:
        holds |= found.containment >= check.least.containment
    place = np.flatnonzero(holds)
    return _Verified(place, found.take(place), flags[place])


def _may_be_noise(check: _Check, found: Overlap, near: Array, flags: Array) -> Array:
    """Return the pairs, int64, of which letters are compared.

    Near-duplicates are only if no word that differs is telling: one letter makes another name, or another number.
    """
    is_revision = near & ~relation.say_the_same(found, flags)
    is_revision &= (flags & relation.TELLING) == 0
    is_wanted = is_revision
    if check.least.noisy:
        is_wanted = is_revision | ~near
    return np.flatnonzero(is_wanted & check.in_proportion)


def _differences(fetch: Fetch, better: Array, worse: Array) -> Array:
    """Return what differs between near-duplicates, given by number, as flags: uint8."""
    texts, first, second = _texts_of(fetch, better, worse)
    contents = Contents(texts)
    found = contents.differences(first, second)
    flags = np.zeros(len(first), dtype=np.uint8)
    flags[found.telling] |= relation.TELLING
    flags[found.at_the_ends] |= relation.AT_THE_ENDS
    sets = sets_of(contents.shingles(relation.RECEIPT_WORDS))
    counted = overlap(sets, first, sets, second)
    is_covered = counted.shared == counted.b
    flags[is_covered] |= relation.COVERED
    return flags


def _difference_of_long(fetch: Fetch, better: int, worse: int) -> int:
    """Return what differs between two texts that are too long to be looked at word by word, as flags: where they are not the
    same to the letter, it may be anything."""
    texts = list(fetch(np.sort([better, worse])))
    return relation.COVERED if texts[0] == texts[1] else relation.TELLING


def _are_noise(fetch: Fetch, one: Array, two: Array, near: Array) -> Array:
    """Return which pairs of texts, given by number, differ by noise alone: bool."""
    texts, first, second = _texts_of(fetch, one, two)
    return Contents(texts).are_noise(first, second, near)


def _texts_of(fetch: Fetch, first: Array, second: Array) -> tuple[list[str], Array, Array]:
    """Return (the texts of pairs, each once; the place in them of the first of each pair, int64; of the second)."""
    both = np.concatenate((first, second))
    numbers, place = np.unique(both, return_inverse=True)
    first_place, second_place = np.split(place, 2)
    return list(fetch(numbers)), first_place, second_place
