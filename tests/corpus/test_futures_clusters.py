"""Ray and Dask, on real clusters of three nodes: the same bytes, whoever is killed, and whatever a document does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.write.output import read_records
from tests.conftest import ROOT, outputs, pipeline
from tests.corpus import hostile
from tests.corpus.clusters import PATIENCE, Cluster, begin, descendants, ended, heard
from tests.judge.test_templates import story, write

REQUIRED = os.environ.get("PIPELINE_REQUIRE", "").split(",")
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
"""Of the nodes, for the documents of `hostile`"""
INTERRUPTED = 130
PARTLY = 3


@contextmanager
def ray_cluster(folder: Path) -> Iterator[Cluster]:
    ray = Path(sys.executable).with_name("ray")
    short = Path(tempfile.mkdtemp(prefix="ray-"))  # Ray's sockets have no long names
    address = f"127.0.0.1:{_free_port()}"
    common = ["--num-cpus=1", "--object-store-memory=80000000", "--disable-usage-stats", "--block"]
    head = ["--head", f"--port={address.rpartition(':')[2]}", "--include-dashboard=false", f"--temp-dir={short}"]
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, short, ignore_errors=True)
        nodes: list[subprocess.Popen[bytes]] = []
        for number, own in enumerate((head, [f"--address={address}"], [f"--address={address}"])):
            command = [ray, "start", "--node-ip-address=127.0.0.1", *own, *common]
            nodes.append(stack.enter_context(_node(command, folder / f"node-{number}")))
            _wait_for(folder / f"node-{number}", "Ray runtime started")
        yield Cluster("ray", address, nodes)


@contextmanager
def dask_cluster(folder: Path) -> Iterator[Cluster]:
    dask = Path(sys.executable).with_name("dask")
    file = folder / "scheduler.json"
    scheduler = [dask, "scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}"]
    worker = [dask, "worker", f"--scheduler-file={file}", "--host=127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        nodes = [stack.enter_context(_node(scheduler, folder / "node-0"))]
        for number, threads in enumerate((2, 1, 1), 1):  # of one process some run several tasks
            command = [*worker, f"--nthreads={threads}", f"--local-directory={folder / str(number)}"]
            nodes.append(stack.enter_context(_node(command, folder / f"node-{number}")))
        for number in (1, 2, 3):
            _wait_for(folder / f"node-{number}", "Registered to")
        yield Cluster("dask", str(file), nodes)


CLUSTERS = {"ray": ("ray", ray_cluster), "dask": ("distributed", dask_cluster)}
"""By engine: the library that it needs, and what starts one"""


@pytest.fixture(scope="module", params=CLUSTERS)
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    library, started = CLUSTERS[request.param]
    if request.param not in REQUIRED and find_spec(library) is None:
        pytest.skip(f"needs {library}; PIPELINE_REQUIRE={request.param} insists on it")
    with started(tmp_path_factory.mktemp(request.param)) as one:
        yield one


def test_the_same_bytes_and_then_nothing_to_do(
    cluster: Cluster, sites: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    ended(cluster.clean(sites, tmp_path / "out"))
    assert outputs(tmp_path / "out") == expected
    assert "nothing to do" in ended(cluster.clean(sites, tmp_path / "out", "-v"))
    assert outputs(tmp_path / "out") == expected
    assert not list((tmp_path / "out" / ".pipeline" / "scratch").glob("*"))


def test_a_document_that_ends_its_process_costs_itself(cluster: Cluster, tmp_path: Path) -> None:
    pages = {f"{i:02}.txt": story(i) for i in range(8)}
    pages |= {f"03-{hostile.PROCESS}.txt": story(103), f"06-{hostile.PROCESS}.txt": story(106)}
    corpus = write(tmp_path / "in", pages)
    ended(begin(corpus, tmp_path / "local", "--workers", "1"), PARTLY)
    ended(cluster.clean(corpus, tmp_path / "out"), PARTLY)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "local")
    failures = [(one["source"], one["error"]) for one in read_records(tmp_path / "out", "failures")]
    assert failures == [(name, "crashed") for name in sorted(pages) if hostile.PROCESS in name]


def test_a_document_that_ends_the_executor_costs_itself(cluster: Cluster, tmp_path: Path) -> None:
    pages = {f"{i:02}.txt": story(i) for i in range(8)}
    name = f"03-{hostile.HOST}.txt"
    corpus = write(tmp_path / "in", pages | {name: story(103)})
    ended(cluster.clean(corpus, tmp_path / "out"), PARTLY)
    found = {one["source"]: one["text"] for one in read_records(tmp_path / "out", "documents")}
    assert found == {source: "\n\n".join(text) for source, text in (pages | {name: story(103)}).items()}
    assert [(one["source"], one["error"]) for one in read_records(tmp_path / "out", "failures")] == [(name, "crashed")]


def test_an_interrupted_run_ends_at_once_and_the_next_goes_on(
    cluster: Cluster, sites: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    run = cluster.clean(sites, tmp_path / "out", "-v")
    heard(run, "inputs read")
    begun = time.monotonic()
    run.send_signal(signal.SIGINT)
    assert "the same command goes on from there" in ended(run, INTERRUPTED)
    assert time.monotonic() - begun < 10
    ended(cluster.clean(sites, tmp_path / "out"))
    assert outputs(tmp_path / "out") == expected


def test_nothing_of_the_current_folder_is_executed(cluster: Cluster, tmp_path: Path) -> None:
    page = write(tmp_path, {"page.txt": story(1)})
    for name in ("typing", "json", "re", "numpy", "secrets", "html"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'a').write('{name} ')")
    command = [
        Path(sys.executable).parent / "pipeline",
        "clean",
        "--engine",
        cluster.engine,
        "--master",
        cluster.master,
    ]
    done = subprocess.run([*command, page, tmp_path / "out"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, (tmp_path / "was-run").exists()) == (0, False), done.stderr


@pytest.mark.parametrize("moment", ["01.txt: ", "inputs read"], ids=["while it reads", "when all is read"])
def test_the_same_bytes_with_a_node_killed(
    cluster: Cluster, sites: Path, expected: dict[str, bytes], tmp_path: Path, moment: str
) -> None:
    run = cluster.clean(sites, tmp_path / "out", "-vv")
    heard(run, moment)
    cluster.kill_a_node()
    ended(run)
    assert outputs(tmp_path / "out") == expected


@pytest.mark.parametrize(("engine", "library"), [("ray", "ray"), ("dask", "distributed")])
def test_what_cannot_be_reached_is_told(engine: str, library: str, tmp_path: Path) -> None:
    page = write(tmp_path, {"page.txt": story(1)})
    address = f"127.0.0.1:{_free_port()}"
    done = pipeline("clean", "--engine", engine, "--master", address, page, tmp_path / "out")
    assert done.returncode == 2
    told = f"cannot be reached at {address}" if find_spec(library) else f"pip install 'pagerinse[{engine}]'"
    assert told in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


@contextmanager
def _node(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A part of a cluster, ended with all that it has started."""
    with log.open("wb") as said:
        process = subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, stdout=said, stderr=said)
    try:
        yield process
    finally:
        for one in (*descendants(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait(PATIENCE)


def _wait_for(log: Path, words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while words not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
