"""The engines of one machine: in this process, or in worker processes with exchanges spilled to disk."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic

import numpy as np

from pipeline.engines.interface import Item, Result
from pipeline.errors import PipelineError
from pipeline.store import table
from pipeline.store.table import Table

AHEAD = 3
"""Items in flight for each worker: enough to keep all busy, few enough that results do not pile up."""
ATTEMPTS = 3
"""How often an item is tried whose worker process died."""


class InProcess:
    """Runs everything in this process, one item after another; for runs that end before a worker has started."""

    workers = 1

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order."""
        return map(function, items)

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of all rows at once: one partition, nothing spilled."""
        rows = table.concatenate([emit(item) for item in items])
        if rows:
            yield reduce(_sorted(rows, key))


@dataclass(frozen=True, slots=True)
class _Spill:
    """One item's rows on disk, sorted by partition: partition `p` has the rows `bounds[p]:bounds[p + 1]`."""

    path: Path
    bounds: list[int]


class Processes:
    """Runs items in worker processes, and exchanges rows through files in a scratch folder.

    A worker that dies is replaced and its item tried again, so one that is killed in passing costs only time.
    """

    def __init__(self, workers: int, scratch: Path) -> None:
        self.workers = workers
        self._scratch = scratch

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order.

        Raises:
            PipelineError: an item's worker process died again and again.
        """
        waiting: deque[_Task[Item, Result]] = deque(_Task(item) for item in items)
        running: deque[_Task[Item, Result]] = deque()
        pool = _pool(self.workers)
        try:
            while waiting or running:
                while waiting and len(running) < self.workers * AHEAD:
                    running.append(waiting.popleft())
                    running[-1].start(pool, function)
                try:
                    result = running[0].future.result()
                except BrokenProcessPool:
                    # All that ran is lost with the pool. The first is tried alone, so that a killer is found out.
                    running[0].attempts += 1
                    if running[0].attempts == ATTEMPTS:
                        raise PipelineError(
                            "a worker process died again and again (out of memory?); try fewer --workers"
                        ) from None
                    pool.shutdown(wait=False, cancel_futures=True)
                    pool = _pool(self.workers)
                    waiting.extendleft(reversed(list(running)[1:]))
                    running = deque([running[0]])
                    running[0].start(pool, function)
                    continue
                running.popleft()
                yield result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition, in order; the rows wait on disk in between."""
        folder = Path(tempfile.mkdtemp(prefix="exchange-", dir=self._scratch))
        try:
            spill = partial(_spill, emit, key, partitions, folder)
            spilled = [one for one in self.map(spill, list(enumerate(items))) if one is not None]
            yield from self.map(partial(_gather, reduce, key, spilled), range(partitions))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Task(Generic[Item, Result]):
    """An item on its way through the pool."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.attempts = 0
        self.future: Future[Result] = Future()

    def start(self, pool: ProcessPoolExecutor, function: Callable[[Item], Result]) -> None:
        self.future = pool.submit(function, self.item)


def _pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes that start clean: forked ones would inherit locks and pipes, and hang."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.plan"])
    else:
        context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context)


def partition_of(keys: table.Array, partitions: int) -> table.Array:
    """int64: the partition of each key (uint64), spread by its upper bits after mixing."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(33)) % np.uint64(partitions)).astype(np.int64)


def _spill(
    emit: Callable[[Any], Table], key: str, partitions: int, folder: Path, numbered: tuple[int, Any]
) -> _Spill | None:
    number, item = numbered
    rows = emit(item)
    if table.rows(rows) == 0:
        return None
    where = partition_of(np.asarray(rows[key]), partitions)
    order = np.argsort(where, kind="stable")
    bounds = np.searchsorted(where[order], np.arange(partitions + 1)).tolist()
    path = folder / f"{number:06}.table"
    table.write(path, table.take(rows, order))
    return _Spill(path, bounds)


def _gather(reduce: Callable[[Table], Any], key: str, spilled: Sequence[_Spill], partition: int) -> Any:
    parts: list[Table] = []
    for spill in spilled:
        first, last = spill.bounds[partition], spill.bounds[partition + 1]
        if first < last:
            parts.append(table.take(table.read(spill.path), np.arange(first, last)))
    return reduce(_sorted(table.concatenate(parts), key) if parts else {})


def _sorted(rows: Table, key: str) -> Table:
    return table.take(rows, np.argsort(np.asarray(rows[key]), kind="stable"))


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
