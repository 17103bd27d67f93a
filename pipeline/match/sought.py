"""Texts among which near-duplicates are sought, as files of the workspace have them: a portion in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.at_a_time import in_stretches, stretches
from pipeline.match.core.cluster import same_words
from pipeline.match.core.packed import HALF, LOWER, is_shared, pack
from pipeline.match.core.redirects import Redirects
from pipeline.match.items import Items
from pipeline.match.sketched import Sketched
from pipeline.match.sorted_runs import in_portions

_RANK = np.dtype(np.uint32)
_NOT_SOUGHT = np.uint32(0xFFFFFFFF)
"""In place of the rank of a text that takes no part"""


def exact_copies(folder: Path, items: Items, sketched: Sketched) -> Redirects:
    """Return the first text with the same words, of texts that have those of a better one.

    folder: for files
    """
    copies = [np.empty(0, dtype=np.uint64)]
    path = folder / f"{items.level}.copies"
    for packed in in_portions(_fingerprints(items, sketched), path):
        # Those that agree in half of it; most texts are alone.
        several = packed[is_shared(packed >> HALF)]
        rank = (several & LOWER).astype(np.int64)
        copy, original = same_words(sketched.fingerprint.at(items.place(rank)), rank)
        copies.append(pack(copy, original))
    return Redirects.of_packed(np.concatenate(copies))


def _fingerprints(items: Items, sketched: Sketched) -> Iterator[Array]:
    """Yield the upper halves of fingerprints, and the ranks of the texts that have them, packed."""
    with sketched.fingerprint.reading() as read:
        for some in stretches(len(items)):
            yield pack(read(some.start, some.stop) >> HALF, items.ranks(some.start, some.stop))


class SoughtTexts:
    """The keys of all texts with words, of those with the same words of the best."""

    def __init__(self, folder: Path, items: Items, sketched: Sketched, copies: Redirects) -> None:
        """`folder`: for files."""
        self._items = items
        self._keys = sketched.keys
        self._path = folder / f"{items.level}.runs"
        self._ranks = Column(folder / f"{items.level}.ranks", _RANK)
        """by place; `_NOT_SOUGHT` for others"""
        place_of_copies = in_stretches(lambda ranks: items.place(ranks).astype(_RANK), copies.number)
        place_of_copies.sort()
        with self._ranks.writing() as append, sketched.fingerprint.reading() as read:
            for some in stretches(len(items)):
                first = some.start
                last = some.stop
                ranks = items.ranks(first, last).astype(_RANK)
                ranks[read(first, last) == 0] = _NOT_SOUGHT
                low, high = np.searchsorted(place_of_copies, np.array((first, last), dtype=_RANK))
                ranks[place_of_copies[low:high] - first] = _NOT_SOUGHT
                append(ranks)

    @property
    def bands(self) -> int:
        """How many bands there are."""
        return self._keys.bands

    def portions(self, band: int) -> Iterator[Array]:
        """Yield keys of a band and the texts that have them, packed, sorted: all texts of a key in one portion."""
        return in_portions(self._packed(band), self._path)

    def of(self, band: int, texts: Array) -> Array:
        """Return the keys of a band, uint32, of these texts."""
        return self._keys.at(band, self._items.place(texts))

    def _packed(self, band: int) -> Iterator[Array]:
        """Yield the same, in the order of the packs."""
        with self._ranks.reading() as read:
            for first, keys in self._keys.of_band(band):
                ranks = read(first, first + len(keys))
                is_sought = ranks != _NOT_SOUGHT
                yield pack(keys[is_sought], ranks[is_sought])


class SomeTexts:
    """The keys of a few texts."""

    def __init__(self, items: Items, sketched: Sketched, texts: Array) -> None:
        self._items = items
        self._keys = sketched.keys
        self._texts = texts

    @property
    def bands(self) -> int:
        """How many bands there are."""
        return self._keys.bands

    def portions(self, band: int) -> Iterator[Array]:
        """Yield keys of a band and the texts that have them, packed, sorted."""
        yield np.sort(pack(self.of(band, self._texts), self._texts))

    def of(self, band: int, texts: Array) -> Array:
        """Return the keys of a band, uint32, of these texts."""
        return self._keys.at(band, self._items.place(texts))
