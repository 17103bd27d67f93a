"""The engines of one machine: in this process, or in worker processes. Large exchanges are spilled to disk."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import connection
from pathlib import Path
from types import ModuleType
from typing import Any, Generic

from pipeline.corpus import table
from pipeline.corpus.engines.interface import Item, Result
from pipeline.corpus.engines.rows import in_order, parted
from pipeline.corpus.table import Table
from pipeline.errors import PipelineError

AHEAD = 3
"""Items in flight for each worker: enough to keep all busy, few enough that results do not pile up."""
SAFE_PATH = "PYTHONSAFEPATH"
"""https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH"""
ATTEMPTS = 3
"""How often an item is tried whose worker process died."""


_RARELY = 200_000, 10, 10
"""Thresholds of the garbage collector. Steps make hundreds of thousands of objects and hardly a cycle: by default a tenth
of the time would go into looking for cycles."""


class InProcess:
    """Runs everything in this process, one item after another; for runs that end before a worker has started."""

    workers = 1

    def __init__(self, scratch: Path | None = None) -> None:
        """`scratch`: where exchanges of several partitions are spilled, by default the system's temporary folder."""
        self._scratch = scratch
        self._thresholds = gc.get_threshold()

    def __enter__(self) -> InProcess:
        gc.set_threshold(*_RARELY)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the process as it was."""
        gc.set_threshold(*self._thresholds)

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
        """`reduce` of every partition that has rows, in order. A single one is not spilled."""
        if partitions > 1:
            yield from _exchange(self.map, self._scratch, emit, items, key, partitions, reduce)
            return
        rows = table.concatenate([rows for item in items if table.rows(rows := emit(item))])
        if rows:
            yield reduce(in_order(rows, key))


class Processes:
    """Runs items in worker processes, and exchanges rows through files in a scratch folder.

    The workers start with the first item and stay until `close`. One that dies is replaced and its item tried again,
    so one that is killed in passing costs only time. They end when this process does, however it ends.
    """

    def __init__(self, workers: int, scratch: Path) -> None:
        self.workers = workers
        self._scratch = scratch
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._pool is not None:
            # What is under way may take minutes, and nobody waits for it any more.
            for worker in list((self._pool._processes or {}).values()):
                worker.kill()
        self.close()

    def close(self) -> None:
        """Send the workers home. What is under way is waited for, what waits is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order.

        Raises:
            PipelineError: an item's worker process died again and again.
        """
        waiting = iter(items)
        again: deque[_Task[Item, Result]] = deque()
        running: deque[_Task[Item, Result]] = deque()
        alone = False
        try:
            while True:
                free = (1 if alone else self.workers * AHEAD) - len(running)
                for task in islice(_after(again, waiting), max(0, free)):
                    running.append(task)
                    self._start(task, function)
                if not running:
                    return
                first = running[0]
                try:
                    result = first.future.result()
                except BrokenProcessPool:
                    # All that ran is lost with the pool. The first is tried alone, so that a killer is found out.
                    if alone or len(running) == 1:
                        first.attempts += 1
                    if first.attempts == ATTEMPTS:
                        raise PipelineError(
                            "a worker process died again and again (out of memory?); try fewer --workers"
                        ) from None
                    alone = True
                    again.extendleft(reversed(list(running)[1:]))
                    running = deque([first])
                    self._start(first, function)
                    continue
                alone = False
                running.popleft()
                yield result
        finally:
            for task in running:
                task.future.cancel()

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition that has rows, in order; the rows wait on disk in between."""
        return _exchange(self.map, self._scratch, emit, items, key, partitions, reduce)

    def _start(self, task: _Task[Item, Result], function: Callable[[Item], Result]) -> None:
        for _ in range(ATTEMPTS):
            try:
                with _nothing_of_the_user():
                    if self._pool is None:
                        self._pool = _pool(self.workers)
                    task.future = self._pool.submit(function, task.item)
                return
            except BrokenProcessPool:
                if self._pool is not None:
                    self._pool.shutdown(wait=False, cancel_futures=True)
                    self._pool = None
        raise PipelineError("worker processes die as soon as they start; try --workers 1")


def _after(again: deque[_Task[Item, Result]], items: Iterator[Item]) -> Iterator[_Task[Item, Result]]:
    """What is to be tried again, then what is new."""
    while again:
        yield again.popleft()
    yield from map(_Task, items)


class _Task(Generic[Item, Result]):
    """An item on its way through the pool."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.attempts = 0
        self.future: Future[Result] = Future()


def _pool(workers: int) -> ProcessPoolExecutor:
    """Worker processes that start clean: forked ones would inherit locks and pipes, and hang."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.corpus.plan"])
    else:
        context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


@contextmanager
def _nothing_of_the_user() -> Iterator[None]:
    """Keep the user's own files out of the workers that start meanwhile.

    The main module is hidden, since workers would run it anew: a script that calls us need not be guarded by
    `if __name__ == "__main__"`. And Python must not put the current folder first on the path (`-c` does, by which
    `multiprocessing` starts its servers and workers), or a `random.py` that lies there would be run by each of them.
    """
    main = sys.modules["__main__"]
    safe = os.environ.get(SAFE_PATH)
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if safe is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = safe


def _begin() -> None:
    """Set up a worker."""
    gc.freeze()
    gc.set_threshold(*_RARELY)
    _follow_parent()


def _follow_parent() -> None:
    """Leave an interrupt to the process that started this worker, and end when that is gone: a killed one cannot say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (connection.wait([sentinel]), os._exit(1)), daemon=True).start()


@dataclass(frozen=True, slots=True)
class _Spill:
    """One item's rows on disk, sorted by partition: partition `p` has the rows `bounds[p]:bounds[p + 1]`."""

    path: Path
    bounds: list[int]


def _exchange(
    run: Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]],
    scratch: Path | None,
    emit: Callable[[Any], Table],
    items: Sequence[Any],
    key: str,
    partitions: int,
    reduce: Callable[[Table], Any],
) -> Iterator[Any]:
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
    copies = [table.stretch(table.read(path), first, last) for path, first, last in parts]
    return reduce(in_order(table.concatenate(copies), key))


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
