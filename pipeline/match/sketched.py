"""What is kept of the texts of a level, in files of the workspace: read where near-duplicates are sought."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.core.packed import owner_at
from pipeline.match.core.sketch import Sketches
from pipeline.tokens import offsets_of

FINGERPRINT = np.dtype(np.uint64)
KEY = np.dtype(np.uint32)


class BandKeys(Struct, frozen=True):
    """The band keys of all texts of a level: those of all bands of the texts of a pack, then those of the next pack."""

    column: Column
    bands: int
    first: Array
    """int64 [packs + 1]: the first text of each pack"""

    def of_band(self, band: int) -> Iterator[tuple[int, Array]]:
        """Yield (the first text of a pack, the keys of a band of the pack's texts, uint32), pack by pack."""
        counts = np.diff(self.first)
        begin = self.bands * self.first[:-1] + band * counts
        with self.column.reading() as read:
            for text, low, count in zip(self.first[:-1].tolist(), begin.tolist(), counts.tolist(), strict=True):
                yield text, read(low, low + count)

    def at(self, band: int, places: Array) -> Array:
        """Return the keys of a band, uint32, of the texts at these places, int64."""
        pack = owner_at(self.first, places)
        first = self.first[pack]
        count = self.first[pack + 1] - first
        return self.column.at(self.bands * first + band * count + places - first)

    def remove(self) -> None:
        """Remove the file."""
        self.column.path.unlink()


class Sketched(Struct, frozen=True):
    """What is kept of the texts of a level, in the order of the packs."""

    fingerprint: Column
    """uint64 [texts]"""
    symbols: Column
    """uint64 [texts], see `symbol_fingerprints`; none where words are not asked for"""
    keys: BandKeys


class Gathered:
    """What is kept of the texts of a level, as pack after pack comes in."""

    def __init__(self, folder: Path, level: str, bands: int, files: ExitStack) -> None:
        """`files`: closes what is opened here."""
        self._bands = bands
        self._fingerprint = Column(folder / f"{level}.fingerprints", FINGERPRINT)
        self._symbols = Column(folder / f"{level}.symbols", FINGERPRINT)
        self._keys = Column(folder / f"{level}.bands", KEY)
        self._add_fingerprints = files.enter_context(self._fingerprint.writing())
        self._add_symbols = files.enter_context(self._symbols.writing())
        self._add_keys = files.enter_context(self._keys.writing())
        self._counts: list[int] = []

    def add(self, sketches: Sketches, symbols: Array) -> None:
        """Take the sketches of the next pack."""
        self._add_fingerprints(sketches.fingerprint)
        self._add_symbols(symbols)
        self._add_keys(sketches.keys)
        self._counts.append(len(sketches))

    def sketched(self) -> Sketched:
        """Return all of it, once the files are closed."""
        first = offsets_of(np.array(self._counts, dtype=np.int64))
        keys = BandKeys(self._keys, self._bands, first)
        return Sketched(self._fingerprint, self._symbols, keys)
