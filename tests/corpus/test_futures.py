"""The engine of any executor: pools of this machine stand for those of a cluster, and executors that lose what they are given."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline import clean
from pipeline.bounds import Limits
from pipeline.corpus import plan
from pipeline.corpus.engines import futures, interface
from pipeline.corpus.engines.futures import Futures
from pipeline.errors import PipelineError, UsageError
from tests.conftest import outputs, pipeline
from tests.corpus.test_bounds import one_by_one, posix
from tests.corpus.test_engines import pid, square, word_rows
from tests.judge.test_templates import story, write

LIMITS = Limits(cpu_seconds=60, wall_seconds=120)


class Losing:
    """Runs tasks at once, and loses some of them with the process that they were in."""

    num_workers = 2

    def __init__(self, loses: Callable[[int], bool]) -> None:
        self._loses = loses
        self.given = 0

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        self.given += 1
        task: Future[Any] = Future()
        if self._loses(self.given):
            task.set_exception(RuntimeError("a node went away\n\n  and says nothing more"))
        else:
            task.set_result(function(*arguments))
        return task


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_what_is_lost_is_given_again(tmp_path: Path) -> None:
    executor = Losing(lambda number: number % 3 == 0)
    with Futures(executor, tmp_path, LIMITS) as engine:
        assert list(engine.map(square, range(20))) == [n * n for n in range(20)]
    assert executor.given > 20


def test_what_is_lost_again_and_again_is_told(tmp_path: Path) -> None:
    executor = Losing(lambda _: True)
    with (
        Futures(executor, tmp_path, LIMITS, name="Ray") as engine,
        pytest.raises(PipelineError, match=r"\ARay gave up: and says nothing more\Z"),
    ):
        list(engine.map(square, range(20)))
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_pool_that_has_lost_its_processes_is_told(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        engine = Futures(pool, tmp_path, LIMITS)
        results = engine.map(sleep_or_square, range(20))
        assert next(results) == 0
        for process in pool._processes.values():
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(PipelineError, match=r"\AProcessPoolExecutor gave up: .*terminated abruptly"):
            list(results)


def sleep_or_square(number: int) -> int:
    time.sleep(number)
    return number * number


def test_a_pool_of_processes(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        engine = Futures(pool, tmp_path, LIMITS)
        assert list(engine.map(square, range(50))) == [n * n for n in range(50)]


def test_an_executor_that_does_not_say_how_many_tasks_it_runs(tmp_path: Path) -> None:
    class Silent:
        submit = Losing.submit

    with pytest.raises(UsageError, match="give it as `workers`"):
        Futures(Silent(), tmp_path, LIMITS)
    assert Futures(Silent(), tmp_path, LIMITS, workers=7).workers == 7


def test_few_tasks_are_under_way(tmp_path: Path) -> None:
    executor = Losing(lambda _: False)
    with Futures(executor, tmp_path, LIMITS) as engine:
        results = engine.map(square, range(1000))
        next(results)
        assert executor.given <= 8
        results.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.glob("jobs-*"))


@posix
@pytest.mark.parametrize("deed", ["killed", "segmentation fault", "memory error"])
def test_only_the_culprits_are_lost(threads: ThreadPoolExecutor, tmp_path: Path, deed: str) -> None:
    with Futures(threads, tmp_path, LIMITS) as engine:
        items = [range(5), range(5, 10), range(10, 15)]
        found = [one for part in engine.map(partial(one_by_one, deed, (6, 8)), items) for one in part]
    problems = [found.pop(8), found.pop(6)]
    assert found == [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14]
    assert all(problem.reason in ("crashed", "memory-limit") for problem in problems)  # type: ignore[attr-defined]


def test_workers_end_when_nothing_comes(
    threads: ThreadPoolExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(futures, "_IDLE", 0.2)
    with Futures(threads, tmp_path, LIMITS) as engine:
        workers = set(engine.map(pid, range(8)))
        assert os.getpid() not in workers
        deadline = time.monotonic() + 30
        while {child.pid for child in multiprocessing.active_children()} & workers:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(set(engine.map(pid, range(8))) - workers) > 0


def test_what_nodes_must_share_is_told(tmp_path: Path) -> None:
    step = futures._Step(tmp_path / "nowhere", tmp_path, LIMITS, futures.code_fingerprint())
    _, problem = futures._do(step, 0, 1)
    assert "does not see" in str(problem)
    assert "same paths" in str(problem)
    (tmp_path / futures._FUNCTION).touch()
    _, problem = futures._do(replace(step, folder=tmp_path, program="another"), 0, 1)
    assert "another version of this program" in str(problem)


def in_a_daemon(scratch: Path, connection: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        connection.send(list(Futures(pool, scratch, LIMITS).map(square, range(4))))


def test_processes_that_are_daemons_have_workers_too(tmp_path: Path) -> None:
    """Those of Dask are."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=in_a_daemon, args=(tmp_path, theirs), daemon=True)
    process.start()
    assert ours.recv() == [0, 1, 4, 9]
    process.join()


def test_the_same_bytes(
    threads: ThreadPoolExecutor,
    sites: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, name in ((plan, "SHARD_BYTES"), (interface, "PARTITION_BYTES")):
        monkeypatch.setattr(module, name, 40_000)
    monkeypatch.chdir(tmp_path)
    clean([os.path.relpath(sites)], "out", executor=threads)
    assert outputs(tmp_path / "out") == expected
    assert threads.submit(square, 3).result() == 9, "it stays open"


def test_what_does_not_go_together(threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    page = write(tmp_path, {"page.txt": story(1)}) / "page.txt"
    with pytest.raises(UsageError, match="takes the place of an engine"):
        clean(page, tmp_path / "out", engine="dask", executor=threads)
    done = pipeline("clean", "--master", "host:7077", page, tmp_path / "out")
    assert (done.returncode, b"--engine" in done.stderr) == (2, True)


def test_an_exchange_left_early_cleans_up(threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    with Futures(threads, tmp_path, LIMITS) as engine:
        results = engine.exchange(word_rows, [40, 40], "key", 5, len)
        next(iter(results))
        assert list(tmp_path.rglob("*.table"))
        results.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.rglob("*.table"))
