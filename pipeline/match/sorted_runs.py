"""Very many rows in order, with few of them in memory: sorted runs in a file, of each of which so much is read at a time as comes
next.

Rows are whole numbers, uint64, or have the fields of `KEY` among others: they are in order of `high`, then of `low`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.core.packed import HALF, inverse, order_of, owners
from pipeline.tokens import offsets_of

VALUES = 1 << 19
"""Numbers in memory at a time, about; of longer rows as many as take the same room"""
_SAMPLES = 1 << 8
"""Rows of each run that are remembered, about, at equal distances: they say how much of a run comes before any other row"""
KEY = np.dtype([("high", "<u8"), ("low", "<u8")])
"""What rows are in order by; rows that agree in both are alike, or in any order"""


def in_order(parts: Iterable[Array], path: Path) -> Iterator[Array]:
    """Yield all rows in order, a portion at a time.

    parts: of the rows, in any order
    path: of the file that the rows wait in, where they are more than are sorted in memory
    """
    yield from _in_order(parts, path, whole=False)


def in_portions(parts: Iterable[Array], path: Path) -> Iterator[Array]:
    """Yield the same; numbers that agree in their upper half, and rows that agree in `high`, are in one portion."""
    yield from _in_order(parts, path, whole=True)


def rows_at_a_time(dtype: np.dtype[Any]) -> int:
    """Return how many rows are in memory at a time, about."""
    return max(1, 8 * VALUES // dtype.itemsize)


def _in_order(parts: Iterable[Array], path: Path, *, whole: bool) -> Iterator[Array]:
    runs = _runs(parts)
    few = list(islice(runs, 2))
    if len(few) < 2:
        yield from few
        return
    column = Column(path, few[0].dtype)
    distance = max(1, rows_at_a_time(column.dtype) // _SAMPLES)
    sizes: list[int] = []
    samples: list[Array] = []
    with column.writing() as append:
        for run in _taken(few, runs):
            append(run)
            sizes.append(len(run))
            samples.append(_keys(run[::distance]))
            del run  # before the next one is made
    yield from _merged(column, np.array(sizes), samples, distance, whole)
    path.unlink()


def _taken(few: list[Array], more: Iterator[Array]) -> Iterator[Array]:
    """Yield arrays that are held by nobody else; `few` is emptied."""
    while few:
        yield few.pop(0)
    yield from more


def _runs(parts: Iterable[Array]) -> Iterator[Array]:
    """Yield so many rows at a time as are sorted in memory, sorted."""
    waiting: list[Array] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= rows_at_a_time(part.dtype):
            yield _sorted(waiting)
            size = 0
    if size:
        yield _sorted(waiting)


def _merged(column: Column, sizes: Array, samples: list[Array], distance: int, whole: bool) -> Iterator[Array]:
    """Yield the rows of all runs, a portion at a time.

    sizes: int64 [runs]
    samples: of each run the keys of the rows at every multiple of `distance`
    """
    counts = np.array([len(one) for one in samples])
    keys = np.concatenate(samples)
    order = _order(keys)
    step = max(1, rows_at_a_time(column.dtype) // distance)
    # Of each sample the portion that it is in, and of each run how many of its samples are in the portions up to each.
    portion = inverse(order) // step
    portions = int(portion.max()) + 1
    cells = np.bincount(owners(counts) * portions + portion, minlength=len(sizes) * portions)
    samples_until = cells.reshape(-1, portions).cumsum(axis=1)
    # All that comes before the last sample of a portion stands before the next sample of its run.
    rows_until = np.minimum(samples_until * distance, sizes[:, None])
    ends = offsets_of(sizes)[:-1, None] + rows_until
    begins = offsets_of(sizes)[:-1]
    rest: Array = np.empty(0, dtype=column.dtype)
    with column.reading() as read:
        for number in range(portions):
            stretches = zip(begins.tolist(), ends[:, number].tolist(), strict=True)
            rows = _sorted([rest, *(read(*stretch) for stretch in stretches if stretch[0] < stretch[1])])
            begins = ends[:, number]
            done = len(rows)
            if number + 1 < portions:
                done = _count_to(rows, keys[order[(number + 1) * step - 1]])
                if whole and done:
                    done = _last_group(rows[:done])
            rest = rows[done:].copy()
            yield rows[:done]
            del rows  # before the next ones are read


def _sorted(parts: list[Array]) -> Array:
    """Return the rows of all parts, sorted; `parts` is emptied."""
    rows = np.concatenate(parts)
    parts.clear()
    if rows.dtype.names is None:
        rows.sort()
        return rows
    return rows[_order(rows)]


def _keys(rows: Array) -> Array:
    """Return what rows are in order by: numbers themselves, or rows of `KEY`; a copy."""
    if rows.dtype.names is None:
        return rows.copy()
    keys = np.empty(len(rows), dtype=KEY)
    for name in KEY.names or ():
        keys[name] = rows[name]
    return keys


def _order(rows: Array) -> Array:
    """Return the order of rows, int64."""
    if rows.dtype.names is None:
        return order_of(rows)
    return order_of(*(np.ascontiguousarray(rows[name]) for name in KEY.names or ()))


def _last_group(rows: Array) -> int:
    """Return where those begin that `in_portions` gives together with the last row."""
    if rows.dtype.names is None:
        return int(np.searchsorted(rows, rows[-1] >> HALF << HALF))
    return int(np.searchsorted(rows["high"], rows["high"][-1]))


def _count_to(rows: Array, key: Any) -> int:
    """Return how many of sorted rows have this key or a lower one."""
    if rows.dtype.names is None:
        return int(np.searchsorted(rows, key, side="right"))
    high = rows["high"]
    low, after = np.searchsorted(high, key["high"]), np.searchsorted(high, key["high"], side="right")
    return int(low + np.searchsorted(rows["low"][low:after], key["low"], side="right"))
