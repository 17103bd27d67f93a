"""A column of values in a file of a run: written a part after another, read in stretches or at places.

It is never mapped and never whole in memory, however many texts there are: a value read is a copy, and the file is open only
while it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus.table import Array

_BLOCK = 1 << 12
"""Values that are read together where some of them are asked for"""

Read = Callable[[int, int], Array]
"""Gives a copy of the values from one place to another (exclusive)."""
Append = Callable[[Array], None]
"""Takes the next values."""


def fill(values: Array, file: FileIO, first: int) -> None:
    """Fill `values` with those of a file from number `first` on.

    Raises:
        OSError: there are not so many.
    """
    fill_bytes(values.view(np.uint8).data, file, first * values.itemsize)


def fill_bytes(room: memoryview, file: FileIO, at: int) -> None:
    """Fill `room` with the bytes of a file from place `at` on.

    Raises:
        OSError: there are not so many.
    """
    file.seek(at)
    if file.readinto(room) != len(room):
        raise OSError(f"{file.name}: is not whole")


class Column(Struct, frozen=True):
    """A column, by the name of its file."""

    path: Path
    dtype: np.dtype[np.generic]

    @contextmanager
    def writing(self) -> Iterator[Append]:
        """Write the column anew: give its values, part by part."""
        with self.path.open("wb") as handle:

            def append(values: Array) -> None:
                handle.write(np.ascontiguousarray(values, dtype=self.dtype).data)

            yield append

    def __len__(self) -> int:
        return self.path.stat().st_size // self.dtype.itemsize

    @contextmanager
    def reading(self) -> Iterator[Read]:
        """Read many stretches while the file is open."""
        with self.path.open("rb", buffering=0) as handle:

            def read(first: int, last: int) -> Array:
                values: Array = np.empty(last - first, dtype=self.dtype)
                fill(values, handle, first)
                return values

            yield read

    def part(self, first: int, last: int) -> Array:
        """Return the values from `first` to `last` (exclusive)."""
        with self.reading() as read:
            return read(first, last)

    def at(self, places: Array) -> Array:
        """Return the values at these places, int64, in any order."""
        found: Array = np.empty(len(places), dtype=self.dtype)
        order = np.argsort(places, kind="stable")
        places = places[order]
        # Of each block the stretch that has all that is wanted of it: no more is read than the column has.
        edges = np.flatnonzero(np.diff(places // _BLOCK, prepend=-1, append=-1)).tolist()
        with self.reading() as read:
            for begin, end in pairwise(edges):
                own = places[begin:end]
                low = int(own[0])
                values = read(low, int(own[-1]) + 1)
                found[order[begin:end]] = values[own - low]
        return found
