"""What a run may use: workers for the memory there is, sizes as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.corpus.engines import local
from pipeline.corpus.engines.resources import PROCESS_BYTES, Resources
from pipeline.errors import UsageError
from tests.conftest import pipeline
from tests.judge.test_templates import story, write

PROCESSORS = local.default_workers
"""As the program has it: below there are 64 of them."""


@pytest.fixture(autouse=True)
def _many_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "default_workers", lambda: 64)


@pytest.mark.parametrize(("processes", "workers"), [(1, 1), (2, 1), (3, 2), (9, 8), (1000, 64)])
def test_as_many_workers_as_memory_allows(processes: int, workers: int) -> None:
    assert Resources(memory=processes * PROCESS_BYTES).local_workers() == workers


def test_workers_that_are_asked_for_are_given_unless_memory_forbids() -> None:
    assert Resources(workers=100).local_workers() == 100
    assert Resources(workers=100, memory=3 * PROCESS_BYTES).local_workers() == 2
    assert Resources(workers=2, memory=1000 * PROCESS_BYTES).local_workers() == 2


def test_processors_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all that the machine has: a container may have some of them."""
    monkeypatch.setattr(local.os, "cpu_count", lambda: 48)
    monkeypatch.setattr(local.os, "sched_getaffinity", lambda _: {1, 5, 7}, raising=False)
    assert PROCESSORS() == 3
    monkeypatch.delattr(local.os, "sched_getaffinity")
    assert PROCESSORS() == 48


def test_by_default_a_share_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.corpus.engines.resources._free", lambda: 5 * PROCESS_BYTES)
    assert Resources().local_workers() == 3


def test_too_little_memory_is_told() -> None:
    with pytest.raises(UsageError, match="give 573M or more"):
        Resources(memory=100_000_000)


@pytest.mark.parametrize(("size", "code"), [("4G", 0), ("1.5gb", 0), ("800 MiB", 0), ("9M", 2), ("much", 2), ("0", 2)])
def test_sizes_on_the_command_line(size: str, code: int, tmp_path: Path) -> None:
    page = write(tmp_path / "in", {"page.txt": story(1)})
    done = pipeline("clean", "--memory", size, page, tmp_path / "out")
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
