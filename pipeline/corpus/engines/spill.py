"""An exchange by way of files: each item's rows are spilled by partition, then each partition is gathered and reduced."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.engines.rows import in_order, parted
from pipeline.corpus.table import Array, Table

Map = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]
"""`Engine.map`"""
_ITEMS, _SPILLED, _BOUNDS = "items.table", "spilled.column", "bounds.column"
"""Which items have rows; where those of each partition begin in the file of each item, by item; and by partition: what one
needs is read without the rest, since the whole grows with the square of the corpus"""
_PLACE = np.dtype(np.uint32)
_TOGETHER = 64
"""Partitions of which bounds are in memory at a time"""


def exchange(
    run: Map,
    workers: int,
    scratch: Path | None,
    emit: Callable[[Any], Table],
    items: Sequence[Any],
    key: str,
    partitions: int,
    reduce: Callable[[Table], Any],
) -> Iterator[Any]:
    """`Engine.exchange`, with `run` to map functions over items and files in a new folder below `scratch`.

    One worker keeps the rows of a single partition in memory.
    """
    if workers == partitions == 1:
        yield from (result for some in run(partial(_whole, emit, key, reduce), [items]) for result in some)
        return
    folder = Path(tempfile.mkdtemp(prefix="exchange-", dir=scratch))
    try:
        spill = partial(_spill, emit, key, partitions, folder)
        spilled = run(spill, list(enumerate(items)))
        full = _write_bounds(folder, spilled, partitions)
        yield from run(partial(_gather, reduce, key, folder), full)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_bounds(folder: Path, spilled: Iterator[Array | None], partitions: int) -> list[int]:
    """Write down where the rows of partitions are; the partitions that have any."""
    items: list[int] = []
    by_item = Column(folder / _SPILLED, _PLACE)
    with by_item.writing() as append:
        for number, bounds in enumerate(spilled):
            if bounds is not None:
                items.append(number)
                append(bounds)
    table.write(folder / _ITEMS, {"item": np.array(items, dtype=np.int64)})
    full: list[int] = []
    if not items:
        return full
    begins = [row * (partitions + 1) for row in range(len(items))]
    before = np.zeros((1, len(items)), dtype=_PLACE)
    with by_item.reading() as read, Column(folder / _BOUNDS, _PLACE).writing() as append:
        for low in range(0, partitions + 1, _TOGETHER):
            high = min(low + _TOGETHER, partitions + 1)
            bounds = np.stack([read(begin + low, begin + high) for begin in begins], axis=1)
            append(bounds)
            # A partition has rows where the next one begins behind it.
            has_rows = (bounds > np.concatenate((before, bounds[:-1]))).any(axis=1)
            full += (np.flatnonzero(has_rows) + low - 1).tolist()
            before = bounds[-1:]
    by_item.path.unlink()
    return full


def _whole(emit: Callable[[Any], Table], key: str, reduce: Callable[[Table], Any], items: Sequence[Any]) -> list[Any]:
    """All of an exchange at once: one result, none where there are no rows."""
    # Copied one by one, so that no more than one file is open at a time
    rows = table.concatenate([table.copied(rows) for item in items if table.rows(rows := emit(item))])
    return [reduce(in_order(rows, key))] if rows else []


def _spill(
    emit: Callable[[Any], Table], key: str, partitions: int, folder: Path, numbered: tuple[int, Any]
) -> Array | None:
    """Spill an item's rows; where those of each partition begin, and the last of them end: uint32 [partitions + 1]."""
    number, item = numbered
    rows = emit(item)
    if table.rows(rows) == 0:
        return None
    rows, bounds = parted(rows, key, partitions)
    table.write(_path(folder, number), rows)
    return np.array(bounds, dtype=_PLACE)


def _gather(reduce: Callable[[Table], Any], key: str, folder: Path, partition: int) -> Any:
    items = np.asarray(table.read(folder / _ITEMS)["item"])
    count = len(items)
    first, last = Column(folder / _BOUNDS, _PLACE).part(partition * count, (partition + 2) * count).reshape(2, count)
    own = np.flatnonzero(first < last)
    parts = zip(items[own].tolist(), first[own].tolist(), last[own].tolist(), strict=True)
    # Rows are copied file by file, so that no more than one is open at a time.
    rows = table.concatenate([table.stretch(table.read(_path(folder, item)), low, high) for item, low, high in parts])
    return reduce(in_order(rows, key))


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.table"
