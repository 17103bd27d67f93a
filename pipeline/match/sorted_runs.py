"""Very many values in order, with few of them in memory: sorted runs in a file, which are read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.core.packed import batches
from pipeline.tokens import offsets_of

VALUES = 1 << 20
"""Values in memory at a time, about"""
_BINS = 1 << 12
"""Parts of the range of values, in each of which every run is known to begin somewhere"""


def in_portions(parts: Iterable[Array], path: Path) -> Iterator[Array]:
    """Yield all values in order, a portion at a time: those that agree in their upper half are in one portion.

    parts: of the values, uint64, in any order
    path: of the file that the values wait in, where they are more than are sorted in memory
    """
    runs = _runs(parts)
    few = list(islice(runs, 2))
    if len(few) < 2:
        yield from few
        return
    column = Column(path, np.dtype(np.uint64))
    edges = np.arange(1, _BINS, dtype=np.uint64) * np.uint64((1 << 64) // _BINS)
    bounds: list[Array] = []
    with column.writing() as append:
        for run in _taken(few, runs):
            append(run)
            bounds.append(np.concatenate(([0], np.searchsorted(run, edges), [len(run)])))
            del run  # before the next one is made
    yield from _merged(column, np.stack(bounds))
    path.unlink()


def _taken(few: list[Array], more: Iterator[Array]) -> Iterator[Array]:
    """Yield arrays that are held by nobody else; `few` is emptied."""
    while few:
        yield few.pop(0)
    yield from more


def _runs(parts: Iterable[Array]) -> Iterator[Array]:
    """Yield so many values at a time as are sorted in memory, sorted."""
    waiting: list[Array] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= VALUES:
            yield _sorted(waiting)
            size = 0
    if size:
        yield _sorted(waiting)


def _merged(column: Column, bounds: Array) -> Iterator[Array]:
    """Yield the values of all runs, a portion at a time.

    bounds: int64 [runs, bins + 1]: where each bin begins in each run
    """
    first = offsets_of(bounds[:, -1])[:-1]
    sizes = np.diff(bounds, axis=1).sum(axis=0)
    with column.reading() as read:
        for low, high in batches(sizes, VALUES):
            begin = (first + bounds[:, low]).tolist()
            end = (first + bounds[:, high]).tolist()
            yield _sorted([read(*stretch) for stretch in zip(begin, end, strict=True)])


def _sorted(parts: list[Array]) -> Array:
    """Return the values of all parts, sorted; `parts` is emptied."""
    values = np.concatenate(parts)
    parts.clear()
    values.sort()
    return values
