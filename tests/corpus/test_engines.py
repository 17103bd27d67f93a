"""Engines: the same results on each, however many partitions, with workers killed, and nothing left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from pipeline.bounds import Limits
from pipeline.corpus import table
from pipeline.corpus.engines import local, spill
from pipeline.corpus.engines.futures import Futures
from pipeline.corpus.engines.interface import Engine, item_size, partitions
from pipeline.corpus.engines.local import InProcess, Processes
from pipeline.corpus.table import Blobs, Table
from pipeline.errors import PipelineError
from tests.conftest import ROOT


@pytest.fixture(scope="module", params=["in process", "processes", "futures"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    scratch = tmp_path_factory.mktemp("engine")
    with ThreadPoolExecutor(2) as pool:
        made: dict[str, Callable[[], InProcess | Processes | Futures]] = {
            "in process": partial(InProcess, scratch),
            "processes": partial(Processes, 2, scratch),
            "futures": partial(Futures, pool, scratch, Limits()),
        }
        with made[request.param]() as one:
            yield one
    # Workers beside an executor's threads wait for more items, and say so in their files.
    assert [path.name for path in scratch.iterdir() if not path.name.startswith("worker-")] == []


def square(number: int) -> int:
    return number * number


def word_rows(number: int) -> Table:
    words = [f"word {i % 13}".encode() for i in range(number)]
    keys = np.array([i % 13 for i in range(number)], dtype=np.uint64)
    return {"key": keys, "word": Blobs.of(words), "from": np.full(number, number)}


def counted(rows: Table) -> dict[tuple[int, bytes], list[int]]:
    found: dict[tuple[int, bytes], list[int]] = {}
    words = rows["word"]
    assert isinstance(words, Blobs)
    for i, key in enumerate(np.asarray(rows["key"]).tolist()):
        found.setdefault((key, words[i]), []).append(int(np.asarray(rows["from"])[i]))
    return found


def pid(_: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def die_once(marker: Path, number: int) -> int:
    if number == 5 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_map_keeps_the_order(engine: Engine) -> None:
    assert list(engine.map(square, range(50))) == [n * n for n in range(50)]
    assert list(engine.map(square, [])) == []


class MadeWhenAsked(Sequence[int]):
    """Items that are made when they are asked for, and how many were."""

    made = 0

    def __len__(self) -> int:
        return 100

    def __getitem__(self, index: int) -> int:  # type: ignore[override]
        if index >= len(self):
            raise IndexError(index)
        self.made += 1
        return index


def test_items_are_made_when_their_turn_comes(engine: Engine) -> None:
    """So that large ones are never all there together."""
    items = MadeWhenAsked()
    results = engine.map(square, items)
    assert [next(results) for _ in range(5)] == [0, 1, 4, 9, 16]
    assert items.made < 30
    assert sum(1 for _ in results) == 95


def exchanged(engine: Engine, count: int) -> dict[tuple[int, bytes], list[int]]:
    """What comes of an exchange in so many partitions, no two of which have a key in common."""
    merged: dict[tuple[int, bytes], list[int]] = {}
    for part in engine.exchange(word_rows, [0, 5, 40, 0, 21], "key", count, counted):
        assert not merged.keys() & part.keys()
        merged |= part
    return merged


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_exchange_brings_rows_of_a_key_together(engine: Engine, count: int) -> None:
    assert exchanged(engine, count) == counted(table.concatenate([word_rows(n) for n in (5, 40, 21)]))


@pytest.mark.parametrize("together", [1, 2, 3, 40])
def test_where_partitions_begin_is_turned_round_some_at_a_time(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(spill, "_TOGETHER", together)
    assert exchanged(engine, 7) == counted(table.concatenate([word_rows(n) for n in (5, 40, 21)]))


def test_an_exchange_of_nothing_has_no_results(engine: Engine) -> None:
    assert list(engine.exchange(word_rows, [0, 0], "key", 3, counted)) == []
    assert list(engine.exchange(word_rows, [], "key", 1, counted)) == []


@pytest.mark.parametrize("kind", [InProcess, partial(Processes, 2)], ids=["in process", "processes"])
def test_an_exchange_left_early_cleans_up(kind: Callable[[Path], InProcess | Processes], tmp_path: Path) -> None:
    with kind(tmp_path) as engine:
        results = engine.exchange(word_rows, [40, 40], "key", 5, counted)
        next(iter(results))
        assert list(tmp_path.rglob("*.table")), "what is exchanged lies in files until the exchange is over"
        del results
        assert not list(tmp_path.rglob("*.table"))
    assert list(tmp_path.iterdir()) == []


def test_workers_stay_for_the_next_step(tmp_path: Path) -> None:
    with Processes(2, tmp_path) as engine:
        one, two = set(engine.map(pid, range(8))), set(engine.map(pid, range(8)))
    assert one | two <= one or one | two <= two
    assert os.getpid() not in one


def test_a_worker_ends_after_so_many_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it remembers goes with it: its memory does not grow with the run."""
    monkeypatch.setattr(local, "MOST_ITEMS", 3)
    with Processes(1, tmp_path) as engine:
        done = list(engine.map(pid, range(8)))
        assert [len(list(own)) for _, own in groupby(done)] == [3, 3, 2]
        assert next(iter(engine.map(pid, [0]))) == done[-1], "two of its three are done"
        assert not any(map(_alive, done[:6]))


HELD: list[bytes] = []


def hold(count: int) -> int:
    HELD.append(b"x" * count)
    return pid(0)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_worker_that_holds_much_does_not_go_on_to_another_step(tmp_path: Path) -> None:
    ours = bytearray(2 * local.MOST_HELD)  # of what forked workers begin with nothing counts
    with Processes(1, tmp_path) as engine:
        little = set(engine.map(hold, [1_000_000] * 8))
        much = set(engine.map(hold, [local.MOST_HELD // 6] * 7))
        assert little == much, "it stays while a step lasts"
        assert set(engine.map(hold, [0] * 8)) == much, "and where the step before was short"
        after = set(engine.map(hold, [1_000_000] * 8))
        assert not after & much
        assert not any(map(_alive, much))
        assert set(engine.map(pid, range(3))) == after
    del ours


def test_a_worker_killed_once_costs_nothing(tmp_path: Path) -> None:
    with Processes(2, tmp_path) as engine:
        assert list(engine.map(partial(die_once, tmp_path / "died"), range(20))) == list(range(20))
        assert list(engine.map(square, range(9))) == [n * n for n in range(9)]


def test_an_item_that_kills_its_worker_every_time_is_told(tmp_path: Path) -> None:
    with Processes(2, tmp_path) as engine, pytest.raises(PipelineError, match="fewer --workers"):
        list(engine.map(die, range(8)))


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def interrupted(scratch: Path) -> Iterator[int]:
    with Processes(2, scratch) as engine:
        yield from engine.map(pid, range(8))
        results = engine.map(sleep, [0, 600, 600])
        next(results)
        raise KeyboardInterrupt


def test_an_interrupt_does_not_wait_for_what_is_under_way(tmp_path: Path) -> None:
    workers: set[int] = set()
    with pytest.raises(KeyboardInterrupt):
        workers.update(interrupted(tmp_path))
    assert not any(_alive(worker) for worker in workers)


PARENT = """
import sys, time
from pathlib import Path
from pipeline.corpus.engines.local import Processes
from tests.corpus.test_engines import pid
if __name__ == "__main__":
    with Processes(2, Path(sys.argv[1])) as engine:
        print(*set(engine.map(pid, range(8))), flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert parent.stdout is not None
    workers = [int(word) for word in parent.stdout.readline().split()]
    assert workers
    parent.kill()
    parent.wait()
    until = time.monotonic() + 20
    while any(_alive(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    parent.stdout.close()
    assert not any(_alive(worker) for worker in workers)


def _alive(worker: int) -> bool:
    try:
        return Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_partitions_grow_with_the_rows() -> None:
    assert partitions(0, 8) == 1
    assert partitions(400_000, 8) == 1
    assert partitions(30_000_000, 1) == 1
    assert partitions(1_000_000, 8) == 3
    assert partitions(60_000_000, 8) == 16
    assert partitions(6_400_000_000, 8) == 401


def test_an_item_leaves_something_for_every_worker() -> None:
    assert item_size(9000, 1, 300, 50) == 300
    assert item_size(9000, 2, 300, 50) == 300
    assert item_size(800, 2, 300, 50) == 100
    assert item_size(800, 64, 300, 50) == 50, "less is not worth the trouble"
    assert item_size(0, 2, 20, 50) == 20


def test_a_script_need_not_guard_its_main_module(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from pipeline.corpus.engines.local import Processes\n"
        "print('started')\n"
        f"with Processes(2, Path({str(tmp_path)!r})) as engine:\n"
        "    print(sum(engine.map(abs, [-1, -2, -3])))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, cwd=ROOT, env=env)
    assert done.stdout.split() == ["started", "6"]


@pytest.mark.parametrize(
    "start",
    [["-P", "-m", "pipeline"], ["-c", "import sys; sys.path.pop(0); from pipeline.cli import main; main()"]],
    ids=["module", "console script"],
)
def test_no_file_of_the_current_folder_is_run(tmp_path: Path, start: list[str]) -> None:
    """Python puts the current folder first on the path of what `multiprocessing` starts."""
    words = random.Random(1).choices([f"word{number}" for number in range(5000)], k=400_000)
    for part in range(3):
        (tmp_path / "in").mkdir(exist_ok=True)
        text = (" ".join(words[at : at + 80]) for at in range(part * 130_000, (part + 1) * 130_000, 80))
        (tmp_path / "in" / f"{part}.txt").write_text(".\n\n".join(text))
    for name in ("pipeline", "html", "random", "socket", "json", "numpy", "secrets"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'a').write('{name} ')")
    command = [sys.executable, *start, "clean", tmp_path / "in", tmp_path / "out", "--workers", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, (tmp_path / "was-run").exists()) == (0, False), done.stderr.decode()
