"""One document that raises, hangs, crashes or takes all memory costs the run that document alone, and says so by name."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import bounds
from pipeline.bounds import Culprits, Limits, Mark, Problem
from pipeline.corpus.engines.jobs import Job
from pipeline.corpus.engines.local import Processes
from pipeline.errors import PipelineError
from pipeline.read import opened, reading
from pipeline.read.entry import Entry
from pipeline.read.interface import ReadOptions
from pipeline.write.output import read_documents, read_records
from tests.conftest import ROOT, outputs, pipeline
from tests.judge.test_templates import story, write
from tests.read.samples import warc

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no timers and limits that end a process")
AMPLE = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=bounds.LEAST_MEMORY)
"""A machine may be busy: only the limit that a test is about is tight."""


def raise_error(kind: type[BaseException]) -> None:
    raise kind("of no use")


def recurse() -> None:
    recurse()


def segfault() -> None:
    faulthandler.disable()  # pytest's would print a page about it
    ctypes.string_at(0)


def spin() -> None:
    while True:
        pass


def take_memory() -> None:
    taken: list[bytearray] = []
    while True:
        taken.append(bytearray(1 << 24))


def take_memory_in_c() -> None:
    """As a library does that is not written in Python: it writes to what it is given, and looks at nothing."""
    faulthandler.disable()
    c = ctypes.CDLL(None)
    c.malloc.restype, c.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    while True:
        ctypes.memset(c.malloc(1 << 24) or 0, 1, 1 << 24)


DEEDS: dict[str, tuple[Callable[[], object], str]] = {
    "assertion": (partial(raise_error, AssertionError), "unforeseen"),
    "recursion": (recurse, "unforeseen"),
    "memory error": (partial(raise_error, MemoryError), "memory-limit"),
    "system exit": (partial(raise_error, SystemExit), "unforeseen"),
    "exit": (partial(os._exit, 0), "crashed"),
    "abort": (os.abort, "crashed"),
    "segmentation fault": (segfault, "crashed"),
    "killed": (lambda: os.kill(os.getpid(), signal.SIGKILL), "crashed"),
    "spins": (spin, "cpu-limit"),
    "sleeps": (partial(time.sleep, 600), "wall-limit"),
    "takes all memory": (take_memory, "memory-limit"),
    "takes all memory in C": (take_memory_in_c, "crashed"),
}


def one_by_one(deed: str, culprits: tuple[int, ...], numbers: range) -> list[object]:
    def work(number: int) -> object:
        if number in culprits:
            DEEDS[deed][0]()
        return number

    return [bounds.attempt("work", number, partial(work, number), lambda problem: problem) for number in numbers]


def together(deed: str, culprits: tuple[int, ...], numbers: range) -> list[object]:
    def work(some: object) -> list[int]:
        found = list(some)  # type: ignore[call-overload]
        if set(found) & set(culprits):
            DEEDS[deed][0]()
        return found

    return list(bounds.attempt_together("work", numbers, work, lambda number, problem: problem))


@posix
@pytest.mark.parametrize("function", [one_by_one, together])
@pytest.mark.parametrize("deed", DEEDS)
def test_only_the_culprits_are_lost(tmp_path: Path, function: Callable[..., list[object]], deed: str) -> None:
    limits = {"spins": replace(AMPLE, cpu_seconds=0.3), "sleeps": replace(AMPLE, wall_seconds=0.5)}.get(deed, AMPLE)
    items = [range(5), range(5, 10), range(10, 15)]
    with Processes(2, tmp_path, limits) as engine:
        found = [one for part in engine.map(partial(function, deed, (6, 8)), items) for one in part]
    problems = [found.pop(8), found.pop(6)]
    assert found == [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14]
    assert [problem.reason for problem in problems if isinstance(problem, Problem)] == [DEEDS[deed][1]] * 2


@posix
def test_what_reads_on_is_not_ended(tmp_path: Path) -> None:
    with Processes(1, tmp_path, replace(AMPLE, cpu_seconds=0.5)) as engine:
        assert list(engine.map(ticking, [4])) == [4]


def ticking(steps: int) -> int:
    with bounds.on("read", 0):
        for _ in range(steps):
            until = time.process_time() + 0.2
            while time.process_time() < until:
                pass
            bounds.tick()
    return steps


def test_reading_gets_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each record that is passed over, and each block of the file, starts the time anew."""
    path = tmp_path / "requests.warc"
    path.write_bytes(b"".join(warc(b"GET / HTTP/1.1\r\n\r\n", kind="request") for _ in range(50)))
    ticks: list[int] = []
    monkeypatch.setattr(bounds, "tick", lambda: ticks.append(1))
    assert [
        type(item).__name__
        for item in reading.read(reading.Part(Entry("r", str(path), path.stat().st_size)), ReadOptions())
    ] == ["Facts"]
    assert len(ticks) > 50


def test_at_the_end_of_a_file_nothing_gets_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else who asks for more forever would never be ended."""
    path = tmp_path / "page.txt"
    path.write_bytes(b"A page.")
    ticks: list[int] = []
    monkeypatch.setattr(bounds, "tick", lambda: ticks.append(1))
    with opened.opened(str(path)) as raw:
        file = opened.Hashed(raw)
        assert [file.readinto(bytearray(100)) for _ in range(4)] == [7, 0, 0, 0]
    assert ticks == [1]


def test_a_busy_machine_is_given_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[float] = []
    monkeypatch.setattr(
        bounds, "_start_timers", lambda limits, patience: started.append(limits.wall_seconds * patience)
    )
    for load in (0.1, 4 * (os.cpu_count() or 1)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0, 0))
        with bounds.use(replace(AMPLE, wall_seconds=5), tmp_path / "mark", Culprits(), alone=True):
            with bounds.on("read", 0):
                bounds.tick()
            bounds.tick()
    assert started == [5, 5, 20, 20]


def test_without_a_worker_only_exceptions_are_caught() -> None:
    assert bounds.attempt("work", 0, lambda: 7, lambda problem: 0) == 7
    problem = bounds.attempt("work", 0, lambda: raise_error(ValueError), lambda problem: problem)
    assert problem == Problem("unforeseen", "ValueError: of no use")
    with pytest.raises(KeyboardInterrupt):
        bounds.attempt("work", 0, lambda: raise_error(KeyboardInterrupt), lambda problem: problem)


KILLED = Problem("crashed", "killed")


def test_who_kills_from_outside_must_do_it_twice() -> None:
    job = Job(0, "item")
    job.after(Mark("work", 3, 3), KILLED)
    assert (job.alone, job.culprits.refused) == (True, {})
    job.after(Mark("work", 3, 3), KILLED)
    assert job.culprits.refused == {("work", 3): KILLED}
    job.after(Mark("work", 4, 9), KILLED)
    assert job.culprits.apart == {Mark("work", 4, 9)}
    for _ in range(2):
        job.after(None, KILLED)
    with pytest.raises(PipelineError, match="again and again"):
        job.after(None, KILLED)


def test_what_ended_an_executor_is_known_to_the_next(tmp_path: Path) -> None:
    file, mark = tmp_path / "job", tmp_path / "mark"
    for refused in (0, 0, 1):
        job = Job.restored(0, "item", file)
        assert len(job.culprits.refused) == refused
        job.started(mark)
        mark.write_bytes(b"work 3 3".ljust(64))
    mark.write_bytes(b" " * 64)
    assert len(Job.restored(0, "item", file).culprits.refused) == 1


DRIVER = """
import ctypes, os, sys, time
from pipeline.corpus import shards, stages
from pipeline.cli import main

deed, stage = sys.argv.pop(1), sys.argv.pop(1)
deeds = {
    "raise": lambda: 1 / 0,
    "exit": lambda: os._exit(0),
    "segfault": lambda: ctypes.string_at(0),
    "spin": lambda: [None for _ in iter(int, 1)],
}
def wrapped(real):
    def function(first, *rest, **options):
        documents = first if isinstance(first, list) else [first]
        if any("killer" in document.source for document in documents):
            deeds[deed]()
        return real(first, *rest, **options)
    return function
if stage == "prepare":
    shards.prepare = wrapped(shards.prepare)
elif stage == "everything":
    shards.prepare, shards.prepare_whole = wrapped(shards.prepare), wrapped(shards.prepare_whole)
elif stage == "gather":
    shards.gather = wrapped(shards.gather)
else:
    stages.cleaning.clean = wrapped(stages.cleaning.clean)
main()
"""
"""`pipeline` with a document that is bad for a stage: the workers are forked from this process."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = {f"a/{i:02}.txt": story(i) for i in range(12)}
    pages |= {"a/05-killer.txt": story(105), "a/09-killer.txt": story(109)}
    return write(tmp_path_factory.mktemp("corpus") / "in", pages)


@pytest.fixture(scope="module")
def others(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The texts of the documents that are not bad."""
    out = tmp_path_factory.mktemp("others") / "out"
    assert pipeline("clean", corpus, out).returncode == 0
    return {name: text for name, text in texts(out).items() if "killer" not in name}


def texts(out: Path) -> dict[str, str]:
    return {record["source"]: record["text"] for record in read_documents(out)}


def clean(deed: str, stage: str, corpus: Path, out: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", DRIVER, deed, stage, "clean", "--document-cpu", "1", *more, str(corpus), str(out)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
@pytest.mark.parametrize("deed", ["raise", "exit", "segfault", "spin"])
@pytest.mark.parametrize("stage", ["prepare", "gather", "clean", "everything"])
def test_one_document_is_a_failure_of_its_own(
    corpus: Path, others: dict[str, str], tmp_path: Path, deed: str, stage: str
) -> None:
    done = clean(deed, stage, corpus, tmp_path / "out")
    assert done.returncode == 3
    assert [line.partition(b":")[0] for line in done.stderr.splitlines()] == [
        b"a/05-killer.txt",
        b"a/09-killer.txt",
        b"all failures",
    ]
    found = texts(tmp_path / "out")
    assert {name: text for name, text in found.items() if "killer" not in name} == others
    reason = {"raise": "unforeseen", "spin": "cpu-limit"}.get(deed, "crashed")
    failures = [(one["source"], one["error"]) for one in read_records(tmp_path / "out", "failures")]
    assert failures == [("a/05-killer.txt", reason), ("a/09-killer.txt", reason)]
    if stage == "everything":
        assert found.keys() == others.keys()
    else:
        assert found["a/05-killer.txt"] == (corpus / "a/05-killer.txt").read_text()
    assert pipeline("verify", tmp_path / "out", "--against", corpus).returncode == 0
    before = outputs(tmp_path / "out")
    begun = time.monotonic()
    again = clean(deed, stage, corpus, tmp_path / "out", "-v")
    assert b"nothing to do" in again.stderr
    assert outputs(tmp_path / "out") == before
    assert time.monotonic() - begun < 60
