"""The engine of a cluster: Spark runs the items as tasks, and brings rows together in its shuffle.

Inputs, output folder and scratch lie on a file system that all nodes share, under the same paths. What is shuffled are
few large records: the rows of one item that fall into one partition are one pickled table. So Spark never sees a column:
it has no unsigned integers, and would turn every row into one of its own. A lost task, worker or shuffle file is made
anew by Spark, which is safe because tasks are pure and write files under names that do not depend on the attempt.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from pipeline.bounds import Limits
from pipeline.corpus import table
from pipeline.corpus.engines.interface import Item, Result
from pipeline.corpus.engines.jobs import Job
from pipeline.corpus.engines.local import Processes
from pipeline.corpus.engines.rows import in_order, parted
from pipeline.corpus.engines.worker import SAFE_PATH
from pipeline.corpus.table import Table
from pipeline.errors import PipelineError, UsageError
from pipeline.wording import installing, last_words

_TASKS = 32
"""Tasks of a job: their results reach the driver together, so few; several jobs run at a time."""
_AHEAD = 3
"""Jobs that are under way, at least, so that no processor waits for the last task of one."""


class Spark:
    """Runs items as tasks of a Spark cluster."""

    def __init__(self, scratch: Path, limits: Limits, master: str | None = None) -> None:
        """`scratch`: a folder that all nodes share. `limits`: what one document may cost. `master`: the cluster's
        address, by default that of SPARK_MASTER or of Spark's own configuration, which is this machine where there is
        none.

        Raises:
            UsageError: Spark is not installed, or cannot be started.
        """
        self._context = _start(master or os.environ.get("SPARK_MASTER"))
        self._scratch = scratch
        self._limits = limits
        self._steps = count(1)

    def __enter__(self) -> Spark:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster."""
        self._context.stop()

    @property
    def workers(self) -> int:
        """The processors of the executors that are there now: they come and go."""
        return int(self._context.defaultParallelism)

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in order.

        Raises:
            PipelineError: Spark gave up.
        """
        if items:
            jobs = Path(tempfile.mkdtemp(prefix="jobs-", dir=self._scratch))
            sent = self._context.broadcast((os.getcwd(), (function, self._limits, jobs)))
            yield from self._results(self._tasks(list(enumerate(items))).mapPartitions(partial(_apply, sent)))
            sent.destroy()
            shutil.rmtree(jobs, ignore_errors=True)

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition that has rows, in order.

        Raises:
            PipelineError: Spark gave up.
        """
        if items:
            sent = self._context.broadcast((os.getcwd(), (emit, reduce)))
            pieces = self._tasks(list(enumerate(items))).mapPartitions(partial(_split, sent, key, partitions))
            yield from self._results(pieces.partitionBy(partitions, int).mapPartitions(partial(_gather, sent, key)))
            sent.destroy()

    def _tasks(self, items: Sequence[Any]) -> Any:
        return self._context.parallelize(list(items), len(items))

    def _results(self, rows: Any) -> Iterator[Any]:
        """All that the partitions of an RDD give, in order. Only some of it is in this process at a time."""
        group = f"pipeline-{next(self._steps)}"
        total = rows.getNumPartitions()
        ahead = max(_AHEAD, 2 * self.workers // _TASKS)
        size = min(self.workers, _TASKS)
        running: deque[Future[list[Any]]] = deque()
        pool = ThreadPoolExecutor(ahead)
        try:
            for low in range(0, total, size):
                running.append(pool.submit(self._job, group, rows, range(low, min(low + size, total))))
                if len(running) == ahead:
                    yield from _opened(running.popleft().result())
            while running:
                yield from _opened(running.popleft().result())
        finally:
            if any(not job.done() for job in running):
                self._context.cancelJobGroup(group)
            pool.shutdown(cancel_futures=True)

    def _job(self, group: str, rows: Any, partitions: range) -> list[Any]:
        from py4j.protocol import Py4JJavaError

        self._context.setJobGroup(group, group, interruptOnCancel=True)
        try:
            return list(self._context.runJob(rows, iter, list(partitions)))
        except Py4JJavaError as error:
            raise PipelineError(f"Spark gave up: {last_words(str(error.java_exception.getMessage()))}") from error


def _start(master: str | None) -> Any:
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
    except ImportError:
        raise UsageError(f"--engine spark needs PySpark: {installing('spark')}") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        SparkContext._ensure_initialized()  # else what spark-submit and spark-defaults.conf say is not seen here
        conf = SparkConf().setAppName("pipeline").set("spark.ui.showConsoleProgress", "false")
        conf.setIfMissing("spark.log.level", "ERROR")
        conf.setIfMissing("spark.task.maxFailures", "8")  # a document that ends an executor is found out within some
        if master:
            conf.setMaster(master)
        here = str(Path(__file__).resolve().parents[3])
        return SparkContext(conf=conf, environment={"PYTHONPATH": here, SAFE_PATH: "1"})
    except PySparkException as error:
        raise UsageError(f"Spark cannot be started, is Java 17 or later there? {last_words(str(error))}") from None
    except Exception as error:
        if type(error).__name__ != "Py4JJavaError":
            raise
        raise UsageError(f"Spark cannot reach {master or 'its master'}: {last_words(str(error))}") from None


def _apply(sent: Any, numbered: Iterator[tuple[int, Any]]) -> Iterator[tuple[Any, PipelineError | None]]:
    """The function that was sent, of every item. Our own errors are results: trying again would not help.

    It runs in a process of its own beside that of the task, which sees what ends it. What has become of the item is written
    down as well, for the next attempt of Spark where the executor is lost.
    """
    function, limits, folder = _received(sent)
    for number, item in numbered:
        try:
            job = Job.restored(0, item, folder / f"{number:08}")
            (result,) = _worker(folder.parent, limits).run(function, [job])
            yield result, None
        except PipelineError as error:
            yield None, error


@lru_cache(maxsize=1)
def _worker(scratch: Path, limits: Limits) -> Processes:
    """The process beside this one, which is kept from task to task."""
    return Processes(1, scratch, limits)


def _received(sent: Any) -> Any:
    """What was sent, in the folder that paths are relative to."""
    folder, what = sent.value
    os.chdir(folder)
    return what


def _opened(results: Sequence[tuple[Any, PipelineError | None]]) -> Iterator[Any]:
    for result, error in results:
        if error is not None:
            raise error
        yield result


def _split(
    sent: Any, key: str, partitions: int, numbered: Iterator[tuple[int, Any]]
) -> Iterator[tuple[int, tuple[int, Table]]]:
    """(partition, (number of the item, its rows there)) for each partition that an item has rows in."""
    emit, _ = _received(sent)
    for number, item in numbered:
        rows = emit(item)
        if table.rows(rows):
            rows, bounds = parted(rows, key, partitions)
            for p, (low, high) in enumerate(pairwise(bounds)):
                if low < high:
                    yield p, (number, table.stretch(rows, low, high))


def _gather(
    sent: Any, key: str, pieces: Iterator[tuple[int, tuple[int, Table]]]
) -> Iterator[tuple[Any, PipelineError | None]]:
    """What the rows of a partition are reduced to. Pieces arrive in no order."""
    _, reduce = _received(sent)
    parts = dict(piece for _, piece in pieces)
    if parts:
        rows = table.concatenate([parts.pop(number) for number in sorted(parts)])
        try:
            yield reduce(in_order(rows, key)), None
        except PipelineError as error:
            yield None, error
