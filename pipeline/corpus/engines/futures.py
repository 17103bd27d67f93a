"""The engine of whatever else runs functions on many machines: any executor in the manner of `concurrent.futures`.

Ray, Dask, MPI and Slurm all have one, or can be given one in some lines (`executors.py`). What is asked of it is little: to
run a function with arguments in some process, and to say what came of it. Inputs, output folder and scratch lie on a file
system that all nodes share, under the same paths; rows are exchanged through files there, as on one machine.

What a step has in common is written into its folder once, and each item sent with the path of it. Beside the process that
the executor runs an item in stands a worker of ours, as on one machine: a document that ends it costs no more than itself.
What has become of an item is written down, too, for the next attempt where the executor's own process is lost.
"""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline.bounds import Limits
from pipeline.config import code_fingerprint
from pipeline.corpus.engines import executors, spill
from pipeline.corpus.engines.interface import Executor, Item, Result, Task
from pipeline.corpus.engines.jobs import Job
from pipeline.corpus.engines.local import AHEAD, Processes
from pipeline.corpus.engines.resources import Resources
from pipeline.corpus.engines.worker import failed
from pipeline.corpus.table import Table
from pipeline.errors import PipelineError, UsageError
from pipeline.wording import last_words

_ATTEMPTS = 8
"""How often an item is given to an executor that loses it: a document that ends its processes is found out within some."""
_IDLE = 20
"""Seconds that a worker process waits for the next item, in a process that may be there for other programs, too."""
_FUNCTION = "function"


def engine(resources: Resources, scratch: Path, limits: Limits) -> Futures:
    """The engine for the executor that was handed over, or for that of Ray or Dask.

    Raises:
        UsageError: it cannot be reached, or does not say how many items it runs at a time.
    """
    if resources.executor is not None:
        return Futures(resources.executor, scratch, limits, workers=resources.workers)
    if resources.engine == "ray":
        ray = executors.Ray(resources.master, scratch)
        return Futures(ray, scratch, limits, name="Ray", close=ray.close)
    dask = executors.Dask(resources.master, resources.workers)
    return Futures(dask, scratch, limits, name="Dask", close=dask.close)


class Futures:
    """Runs items as tasks of an executor."""

    def __init__(
        self,
        executor: Executor,
        scratch: Path,
        limits: Limits,
        *,
        workers: int | None = None,
        name: str | None = None,
        close: Callable[[], object] | None = None,
    ) -> None:
        """`scratch`: a folder that all nodes share. `limits`: what one document may cost. `workers`: how many items the
        executor runs at a time, if it does not say so itself. `name`: what people call it. `close`: what leaves it, if it
        is ours to leave.

        Raises:
            UsageError: nobody says how many items run at a time.
        """
        self._executor = executor
        self._scratch = Path(os.path.abspath(scratch))
        self._limits = limits
        self._workers = workers
        self._name = name or type(executor).__name__
        self._close = close
        if not self.workers:
            raise UsageError("the executor does not say how many tasks it runs at a time: give it as `workers`")

    def __enter__(self) -> Futures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the executor, unless it is the caller's."""
        if self._close is not None:
            self._close()

    @property
    def workers(self) -> int:
        """How many items run at a time, now: nodes come and go."""
        if self._workers:
            return self._workers
        try:
            told = [getattr(self._executor, name, None) for name in ("num_workers", "_max_workers")]
        except Exception as error:
            raise self._gave_up(error) from error
        return next((int(number) for number in told if number), 0)

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order.

        Raises:
            PipelineError: the executor has lost its processes, or an item again and again.
        """
        if not items:
            return
        step = self._step(function)
        running: deque[_Running] = deque()
        waiting = iter(enumerate(items))
        ahead = 1
        try:
            for number in range(len(items)):
                if number % ahead == 0:
                    ahead = AHEAD * self.workers
                while len(running) < ahead and (following := next(waiting, None)) is not None:
                    running.append(_Running(*following, self._submit(step, *following)))
                yield self._result(step, running[0])
                running.popleft()
        finally:
            for one in running:
                with suppress(Exception):  # of an executor that is gone
                    one.task.cancel()
            shutil.rmtree(step.folder, ignore_errors=True)

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition that has rows, in order; the rows wait on the shared disk in between."""
        return spill.exchange(self.map, self.workers, self._scratch, emit, items, key, partitions, reduce)

    def _step(self, function: Callable[[Any], Any]) -> _Step:
        folder = Path(tempfile.mkdtemp(prefix="jobs-", dir=self._scratch))
        (folder / _FUNCTION).write_bytes(pickle.dumps(function, pickle.HIGHEST_PROTOCOL))
        return _Step(folder, Path.cwd(), self._limits, code_fingerprint())

    def _submit(self, step: _Step, number: int, item: Any) -> Task:
        try:
            return self._executor.submit(_do, step, number, item)
        except Exception as error:
            raise self._gave_up(error) from error

    def _result(self, step: _Step, running: _Running) -> Any:
        """The result of an item. One that is lost with the process it was in is given to the executor again."""
        lost = 0
        while True:
            try:
                result, problem = running.task.result()
                break
            except Exception as error:
                lost += 1
                if lost == _ATTEMPTS or isinstance(error, BrokenExecutor):
                    raise self._gave_up(error) from error
            running.task = self._submit(step, running.number, running.item)
        if problem is not None:
            raise problem
        return result

    def _gave_up(self, error: Exception) -> PipelineError:
        return PipelineError(f"{self._name} gave up: {last_words(str(error) or type(error).__name__)}")


class _Running(Struct):
    """An item that the executor was given."""

    number: int
    item: Any
    task: Task


class _Step(Struct, frozen=True):
    """What all items of a step have in common, as it is sent with each of them."""

    folder: Path
    """Where the function lies, and what is known of each item"""
    here: Path
    """What paths are relative to"""
    limits: Limits
    program: str
    """The fingerprint of the program that the run was started with"""


def _do(step: _Step, number: int, item: Any) -> tuple[Any, PipelineError | None]:
    """The function of a step of one item, in a process of the executor. Our own errors are results: trying again would not
    help."""
    try:
        if not (step.folder / _FUNCTION).exists():
            raise UsageError(
                f"{socket.gethostname()} does not see {step.folder}: OUT and the inputs must lie on a file system that all "
                "nodes share, under the same paths"
            )
        if code_fingerprint() != step.program:
            raise UsageError(
                f"{socket.gethostname()} has another version of this program, or of a library that it decides with; install "
                "the same on all nodes"
            )
        return _BESIDE.of_this_thread().run(step, Job.restored(0, item, step.folder / f"{number:08}")), None
    except PipelineError as error:
        return None, error
    except OSError as error:
        return None, failed(error, step.folder)


class _Beside:
    """The worker process beside a thread of the executor: kept from item to item, and ended when none comes for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: Processes | None = None
        self._made_for: object = None
        self._ending: threading.Timer | None = None

    def run(self, step: _Step, job: Job[Any]) -> Any:
        """What the function of the step gives for an item."""
        with self._lock:
            if self._ending is not None:
                self._ending.cancel()
            wanted = step.folder.parent, step.limits, step.here
            if self._processes is None or self._made_for != wanted:
                self._end()
                self._processes = Processes(1, step.folder.parent, step.limits, step.here)
                self._made_for = wanted
            try:
                (result,) = self._processes.run(partial(_call, step.folder / _FUNCTION), [job])
                return result
            finally:
                self._ending = threading.Timer(_IDLE, self._end_idle)
                self._ending.daemon = True
                self._ending.start()

    def _end_idle(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._processes is not None:
            self._processes.close()
            self._processes = None


class _Threads(threading.local):
    """What each thread of the executor has of its own: some run several items in one process."""

    def __init__(self) -> None:
        self._beside = _Beside()

    def of_this_thread(self) -> _Beside:
        """The worker process beside this thread."""
        return self._beside


_BESIDE = _Threads()


def _call(path: Path, item: Any) -> Any:
    """The function that lies in a file, of an item, in the worker process."""
    return _function(path)(item)


@lru_cache(maxsize=1)
def _function(path: Path) -> Callable[[Any], Any]:
    """The function in a file whose name was never used before."""
    function: Callable[[Any], Any] = pickle.loads(path.read_bytes())
    return function
