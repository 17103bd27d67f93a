"""The engines of one machine: in this process, or in worker processes. Large exchanges are spilled to disk."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing import connection
from pathlib import Path
from secrets import token_hex
from typing import Any

from pipeline.bounds import Limits
from pipeline.corpus.engines import spill
from pipeline.corpus.engines.interface import Item, Result
from pipeline.corpus.engines.jobs import Job
from pipeline.corpus.engines.worker import RARELY, Died, Worker
from pipeline.corpus.table import Table

AHEAD = 3
"""Items for each worker that are done or under way before the first of them is taken: enough to keep all busy, few enough
that results do not pile up."""
MOST_ITEMS = 48
"""Items that one worker process does. What it remembers of them goes with it, so that its memory does not grow with the run; a
new one costs hundredths of what these take."""
MOST_HELD = 24_000_000
"""Bytes of memory more than it began with, with which a worker does not go on to another step: what it remembers of the one
before is of no use there."""
LONG = 8
"""Items for each worker from which a step is so long that new workers after it cost next to nothing of it."""


class InProcess:
    """Runs everything in this process, one item after another, for tests and debuggers. Documents are not bounded."""

    workers = 1

    def __init__(self, scratch: Path | None = None) -> None:
        """`scratch`: where exchanges of several partitions are spilled, by default the system's temporary folder."""
        self._scratch = scratch
        self._thresholds = gc.get_threshold()

    def __enter__(self) -> InProcess:
        gc.set_threshold(*RARELY)
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
        """`reduce` of every partition that has rows, in order."""
        return spill.exchange(self.map, self.workers, self._scratch, emit, items, key, partitions, reduce)


class Processes:
    """Runs items in worker processes, and exchanges rows through files in a scratch folder.

    The workers start with the first item and stay until `close`. One that ends before its item is done is replaced, and
    the item done again without what ended it (`jobs.py`). They end when this process does, however it ends.
    """

    def __init__(self, workers: int, scratch: Path, limits: Limits | None = None, folder: Path | None = None) -> None:
        """`scratch`: where exchanges are spilled, and workers say what they are on. `limits`: what one document may cost.
        `folder`: what paths are relative to, by default the current folder of this process."""
        self.workers = workers
        self._scratch = scratch
        self._limits = limits or Limits()
        self._folder = folder
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []
        self._items_before = 0
        """How many the step before had"""

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers. What is under way may take minutes, and nobody waits for it any more."""
        self._drop(self._busy)
        while self._idle:
            self._idle.pop().end()

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order.

        Raises:
            PipelineError: an item's worker process ended again and again.
        """
        if self._items_before >= LONG * self.workers:
            for worker in [worker for worker in self._idle if worker.held > MOST_HELD]:
                self._idle.remove(worker)
                worker.end()
        self._items_before = len(items)
        return self.run(function, (Job(number, item) for number, item in enumerate(items)))

    def run(self, function: Callable[[Item], Result], jobs: Iterable[Job[Item]]) -> Iterator[Result]:
        """`function` of the item of every job, in order. They are numbered from 0, and taken when their turn comes.

        Raises:
            PipelineError: an item's worker process ended again and again.
        """
        fresh = iter(jobs)
        waiting: deque[Job[Item]] = deque()
        busy: list[Worker] = []
        done: dict[int, Result] = {}
        following = 0
        try:
            while _is_any(waiting, fresh) or busy:
                while _is_any(waiting, fresh) and self._may_start(waiting[0], busy, following):
                    if (again := self._start(function, waiting.popleft(), busy)) is not None:
                        waiting.appendleft(again)
                for worker in _ready(busy):
                    job, is_done, result = self._take(worker, busy)
                    if is_done:
                        done[job.number] = result
                    else:
                        waiting.appendleft(job)
                while following in done:
                    yield done.pop(following)
                    following += 1
        finally:
            self._drop(busy)

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition that has rows, in order; the rows wait on disk in between."""
        return spill.exchange(self.map, self.workers, self._scratch, emit, items, key, partitions, reduce)

    def _may_start(self, job: Job[Any], busy: Sequence[Worker], following: int) -> bool:
        """Whether a job can be given to a worker now, when the result of item `following` is the next to be taken."""
        if job.alone:
            return not busy
        return len(busy) < self.workers and job.number < following + self.workers * AHEAD

    def _start(self, function: Callable[[Any], Any], job: Job[Any], busy: list[Worker]) -> Job[Any] | None:
        """Give a job to a worker; the job, where that one has ended meanwhile."""
        if job.alone:  # no other worker, and none that holds memory of earlier items
            while self._idle:
                self._idle.pop().end()
        worker = self._idle.pop() if self._idle else self._new()
        busy.append(worker)
        self._busy.append(worker)
        try:
            worker.send(function, job)
        except Died as death:
            return self._bury(worker, busy, death)
        return None

    def _take(self, worker: Worker, busy: list[Worker]) -> tuple[Job[Any], bool, Any]:
        """(job, whether it is done, its result) of a worker that has a result, or has ended."""
        job = worker.job
        assert job is not None
        try:
            result = worker.receive()
        except Died as death:
            return self._bury(worker, busy, death), False, None
        if job.alone:
            self._drop(busy, worker)
            return job, True, result
        busy.remove(worker)
        self._busy.remove(worker)
        if worker.items < MOST_ITEMS:
            self._idle.append(worker)
        else:
            worker.end()
        return job, True, result

    def _bury(self, worker: Worker, busy: list[Worker], death: Died) -> Job[Any]:
        """The job of a worker that has ended, and what follows from that for it."""
        assert worker.job is not None
        self._drop(busy, worker)
        worker.job.after(death.mark, death.problem)
        return worker.job

    def _new(self) -> Worker:
        mark = self._scratch / f"worker-{token_hex(8)}.mark"
        return Worker(self._limits, mark, [*self._idle, *self._busy], self._folder)

    def _drop(self, busy: list[Worker], *workers: Worker) -> None:
        """Kill workers, all of them where none is named."""
        for worker in workers or list(busy):
            worker.kill()
            busy.remove(worker)
            if worker in self._busy:
                self._busy.remove(worker)


def _is_any(waiting: deque[Job[Item]], fresh: Iterator[Job[Item]]) -> bool:
    """Whether a job waits, or can be made."""
    if not waiting:
        waiting.extend(islice(fresh, 1))
    return bool(waiting)


def _ready(busy: Sequence[Worker]) -> list[Worker]:
    """The workers that have a result or have ended. Waits for one."""
    found = set(map(id, connection.wait([worker.connection for worker in busy])))
    return [worker for worker in busy if id(worker.connection) in found]


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
