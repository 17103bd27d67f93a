"""Pairs that earlier runs have verified. What two texts share follows from them alone, so it need not be counted again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array, Table
from pipeline.match.core.packed import unpack
from pipeline.match.kept import SUFFIX
from pipeline.match.pairs import Items, Pairs
from pipeline.match.workspace import Workspace
from pipeline.tokens import mix64

_COUNTS = ("shared", "a", "b", "flags")
"""The columns of `Pairs` but the first"""
_NONE: Table = {
    "first": np.empty(0, dtype=np.uint64),
    "second": np.empty(0, dtype=np.uint64),
    "holds": np.empty(0, dtype=bool),
    "shared": np.empty(0, dtype=np.int32),
    "a": np.empty(0, dtype=np.int32),
    "b": np.empty(0, dtype=np.int32),
    "flags": np.empty(0, dtype=np.uint8),
}
"""A row is a pair, held against the same limits: `first` and `second` name its texts, and the counts are 0 where it does not
hold."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Pairs that are held against the same limits."""

    name: str
    limits: tuple[float, ...]

    def file(self, packs: Sequence[Path]) -> str:
        """Return what the file is called, without suffix, that pairs of texts in packs are kept in."""
        names = "\n".join(path.name for path in packs)
        return f"{_digest(names)}-{self._suffix}"

    @property
    def pattern(self) -> str:
        """For the files of any packs."""
        return f"*-{self._suffix}{SUFFIX}"

    @property
    def _suffix(self) -> str:
        return f"{self.name}-{_digest(repr(self.limits))}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Known:
    """The pairs of some texts that are known, and those that become so."""

    def __init__(self, sort: Sort, packs: Sequence[Path], texts: Array) -> None:
        """
        packs: that the texts are in; what is known is kept beside the last
        texts: uint64, names each text by all that it follows from; 0 for one that has no such name
        """
        folder = packs[-1].parent
        self._path = folder / f"{sort.file(packs)}{SUFFIX}"
        self._texts = texts
        stored = map(table.read_left, sorted(folder.glob(sort.pattern)))
        # Copied one by one, so that no file stays open.
        every = table.concatenate([_NONE, *(table.copied(one) for one in stored if one is not None)])
        name = _names(np.asarray(every["first"]), np.asarray(every["second"]))
        order = np.argsort(name, kind="stable")
        self._name = name[order]
        self._every = table.take(every, order)
        self._met = [_NONE]

    def of(self, keys: Array) -> tuple[Pairs, Array]:
        """Return (of the pairs with these keys those that are known to hold, the keys of those of which nothing is known)."""
        low, high = unpack(keys)
        first, second = self._texts[low], self._texts[high]
        place = np.searchsorted(self._name, _names(first, second))
        place[place == len(self._name)] = 0
        is_known = (first != 0) & (second != 0)
        if len(self._name):
            is_known &= np.asarray(self._every["first"])[place] == first
            is_known &= np.asarray(self._every["second"])[place] == second
        else:
            is_known[:] = False
        found = table.take(self._every, place[is_known])
        self._met.append(found)
        holds = np.asarray(found["holds"])
        counts = [np.asarray(found[name])[holds] for name in _COUNTS]
        return Pairs(keys[is_known][holds], *counts), keys[~is_known]

    def add(self, keys: Array, found: Pairs) -> None:
        """Note what pairs with these keys have come to: `found` has those that hold, sorted."""
        low, high = unpack(keys)
        first, second = self._texts[low], self._texts[high]
        place = np.searchsorted(found.key, keys)
        place[place == len(found)] = 0
        holds = found.key[place] == keys if len(found) else np.zeros(len(keys), dtype=bool)
        rows: Table = {"first": first, "second": second, "holds": holds}
        for name in _COUNTS:
            column = getattr(found, name)
            counts = np.zeros(len(keys), dtype=column.dtype)
            counts[holds] = column[place[holds]]
            rows[name] = counts
        self._met.append(table.take(rows, np.flatnonzero((first != 0) & (second != 0))))

    def keep(self) -> None:
        """Keep for the next run what this one has met."""
        if not table.is_intact(self._path):
            table.write(self._path, table.concatenate(self._met), compressed=True)


@contextmanager
def remembered(space: Workspace, items: Items, sort: Sort) -> Iterator[Known | None]:
    """What is known of texts in the packs of a run, kept when this ends; None where the next run would not find it."""
    packs = list(filter(space.keeps, space.packs.paths))
    known = Known(sort, packs, _text_names(space.packs, items)) if packs else None
    yield known
    if known is not None:
        known.keep()


def _text_names(packs: Packs, items: Items) -> Array:
    """Return what names the texts of a level, by rank, as `Known` wants it: the keys of their documents, and of paragraphs
    their places there."""
    keys = [np.empty(0, dtype=np.uint64)]
    for pack in packs:
        halves = np.asarray(table.blobs(pack.documents, "key").data).view(np.uint64).reshape(-1, 2)
        keys.append(halves[:, 0].copy())
    document = np.concatenate(keys)[items.document]
    if items.level == "document":
        return document
    first = np.searchsorted(packs.paragraph_column("document"), items.document)
    place = (items.number - first + 1).astype(np.uint64)
    return np.where(document == 0, document, mix64(document ^ mix64(place)))


def _names(first: Array, second: Array) -> Array:
    """Return a number for each pair, uint64, by which it is looked for."""
    return mix64(first + mix64(second.copy()))
