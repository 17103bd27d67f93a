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
from pipeline.corpus.engines.rows import in_order, parted
from pipeline.corpus.table import Array, Table

Map = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]
"""`Engine.map`"""
_ITEMS, _BOUNDS = "items.table", "bounds.table"
"""Which items have rows; where those of each partition begin in the file of each item: a row for each partition, which is read
without the others, since the whole grows with the square of the corpus"""


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
        bounds = list(run(spill, list(enumerate(items))))
        full = _write_bounds(folder, bounds)
        del bounds
        yield from run(partial(_gather, reduce, key, folder), full)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_bounds(folder: Path, spilled: Sequence[Array | None]) -> list[int]:
    """Write down where the rows of partitions are; the partitions that have any."""
    items = [number for number, bounds in enumerate(spilled) if bounds is not None]
    if not items:
        return []
    bounds = np.stack([one for one in spilled if one is not None], axis=1)
    table.write(folder / _ITEMS, {"item": np.array(items, dtype=np.int64)})
    table.write(folder / _BOUNDS, {"first": bounds})
    full: list[int] = np.flatnonzero((bounds[1:] > bounds[:-1]).any(axis=1)).tolist()
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
    return np.array(bounds, dtype=np.uint32)


def _gather(reduce: Callable[[Table], Any], key: str, folder: Path, partition: int) -> Any:
    items = np.asarray(table.read(folder / _ITEMS)["item"])
    first, last = np.asarray(table.read(folder / _BOUNDS)["first"])[partition : partition + 2]
    own = np.flatnonzero(first < last)
    parts = zip(items[own].tolist(), first[own].tolist(), last[own].tolist(), strict=True)
    # Rows are copied file by file, so that no more than one is open at a time.
    rows = table.concatenate([table.stretch(table.read(_path(folder, item)), low, high) for item, low, high in parts])
    return reduce(in_order(rows, key))


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.table"
