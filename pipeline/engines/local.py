"""The engines of one machine: in this process, or in worker processes. Both give results in the order of the shards."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from pipeline.errors import PipelineError

Shard = TypeVar("Shard")
Result = TypeVar("Result")

AHEAD = 2
"""Shards in flight for each worker, so that results do not pile up."""


class Engine(Protocol):
    """Runs pure functions over shards."""

    def map(self, function: Callable[[Shard], Result], shards: Sequence[Shard]) -> Iterator[Result]:
        """`function` of every shard, in the order of the shards."""


class InProcess:
    """Runs everything here, one shard after another."""

    def map(self, function: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """`function` of every shard, in order."""
        return map(function, shards)


class Processes:
    """Runs shards in worker processes. Workers are started afresh, never forked: nothing of this process leaks into them."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def map(self, function: Callable[[Shard], Result], shards: Iterable[Shard]) -> Iterator[Result]:
        """`function` of every shard, in order.

        Raises:
            PipelineError: a worker process died.
        """
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._workers, mp_context=context) as pool:
            running: list[Future[Result]] = []
            try:
                for shard in shards:
                    running.append(pool.submit(function, shard))
                    if len(running) >= self._workers * AHEAD:
                        yield running.pop(0).result()
                for future in running:
                    yield future.result()
            except BrokenProcessPool:
                raise PipelineError("a worker process died (out of memory?); try fewer --workers") from None
            finally:
                for future in running:
                    future.cancel()


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
