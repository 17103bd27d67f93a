"""An exchange by way of files: each item's rows are spilled by partition, then each partition is gathered and reduced."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.corpus import table
from pipeline.corpus.engines.rows import in_order, parted
from pipeline.corpus.table import Table

Map = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]
"""`Engine.map`"""


@dataclass(frozen=True, slots=True)
class _Spill:
    """One item's rows on disk, sorted by partition: partition `p` has the rows `bounds[p]:bounds[p + 1]`."""

    path: Path
    bounds: list[int]


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
        spilled = [one for one in run(spill, list(enumerate(items))) if one is not None]
        jobs: list[list[tuple[Path, int, int]]] = []
        for p in range(partitions):
            parts = [(one.path, one.bounds[p], one.bounds[p + 1]) for one in spilled]
            if parts := [part for part in parts if part[1] < part[2]]:
                jobs.append(parts)
        yield from run(partial(_gather, reduce, key), jobs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _whole(emit: Callable[[Any], Table], key: str, reduce: Callable[[Table], Any], items: Sequence[Any]) -> list[Any]:
    """All of an exchange at once: one result, none where there are no rows."""
    # Copied one by one, so that no more than one file is open at a time
    rows = table.concatenate([table.copied(rows) for item in items if table.rows(rows := emit(item))])
    return [reduce(in_order(rows, key))] if rows else []


def _spill(
    emit: Callable[[Any], Table], key: str, partitions: int, folder: Path, numbered: tuple[int, Any]
) -> _Spill | None:
    number, item = numbered
    rows = emit(item)
    if table.rows(rows) == 0:
        return None
    rows, bounds = parted(rows, key, partitions)
    path = folder / f"{number:06}.table"
    table.write(path, rows)
    return _Spill(path, bounds)


def _gather(reduce: Callable[[Table], Any], key: str, parts: Sequence[tuple[Path, int, int]]) -> Any:
    # Rows are copied file by file, so that no more than one is open at a time.
    rows = table.concatenate([table.stretch(table.read(path), first, last) for path, first, last in parts])
    return reduce(in_order(rows, key))
