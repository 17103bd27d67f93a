"""The Spark engine on a real cluster of one master and three workers: the same bytes, with a worker killed too."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline import clean
from tests.conftest import ROOT, outputs, pipeline
from tests.judge.test_templates import SLOGAN, story, write

REQUIRED = "spark" in os.environ.get("PIPELINE_REQUIRE", "").split(",")
PATIENCE = 300
"""Seconds."""

pytestmark = pytest.mark.skipif(
    not REQUIRED and (find_spec("pyspark") is None or shutil.which("java") is None),
    reason="needs PySpark and Java; PIPELINE_REQUIRE=spark insists on them",
)

DRIVER = """
import sys
from pipeline.corpus import plan
from pipeline.cli import main
from pipeline.corpus.engines import interface
if __name__ == "__main__":
    plan.SHARD_BYTES, plan.ROWS_OF_A_PARTITION, interface.PARTITION_BYTES = 40_000, 500, 40_000
    main()
"""
"""`pipeline`, with shards and partitions so small that a few pages make many."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A standalone cluster of this machine."""

    master: str
    workers: list[subprocess.Popen[bytes]]
    environment: dict[str, str]

    def clean(self, corpus: Path, out: Path) -> subprocess.Popen[str]:
        """Begin to clean on the cluster."""
        arguments = ["clean", "-v", "--engine", "spark", "--spark-master", self.master, str(corpus), str(out)]
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, *arguments],
            env=self.environment,
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    import pyspark

    home, folder = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("spark")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "spark-defaults.conf").write_text("spark.executor.memory 512m\nspark.ui.enabled false\n")
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(folder),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(folder),
    }
    master = f"spark://127.0.0.1:{port}"

    def daemon(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--webui-port", "0", *arguments], env=environment, stdout=log, stderr=log
            )

    daemons = [daemon("master.Master", "--port", str(port))]
    for number in range(3):
        place = ("--work-dir", str(folder / str(number)), "--cores", "1", "--memory", "600m")
        daemons.append(daemon("worker.Worker", *place, master))
    try:
        deadline = time.monotonic() + PATIENCE
        while (folder / "log").read_text().count("Successfully registered with master") < 3:
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        yield Cluster(master, daemons[1:], environment)
    finally:
        for one in daemons:
            one.terminate()
        for one in daemons:
            one.wait(PATIENCE)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty pages of three sites with a slogan each, copies, and a quote."""
    pages = {f"{site}/{i:02}.txt": [*story(i + 100 * n), SLOGAN] for n, site in enumerate("abc") for i in range(20)}
    for i in range(6):
        pages[f"copies/{i}.txt"] = pages[f"a/{i:02}.txt"]
        pages[f"quotes/{i}.txt"] = [*story(500 + i, 4), pages["b/03.txt"][2], *story(600 + i, 4)]
    return write(tmp_path_factory.mktemp("corpus") / "in", pages)


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("local") / "out"
    clean([corpus], out, workers=1)
    return outputs(out)


def test_the_same_bytes(cluster: Cluster, corpus: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    run = cluster.clean(corpus, tmp_path / "out")
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    assert outputs(tmp_path / "out") == expected


def test_the_same_bytes_with_a_worker_killed(
    cluster: Cluster, corpus: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    run = cluster.clean(corpus, tmp_path / "out")
    assert run.stderr is not None
    for line in run.stderr:
        if "inputs read" in line:
            break
    assert run.poll() is None
    worker = cluster.workers[0].pid
    executors = _children(worker)
    assert executors
    for process in (worker, *executors):
        os.kill(process, signal.SIGKILL)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    assert outputs(tmp_path / "out") == expected


def test_nothing_of_the_current_folder_is_executed(tmp_path: Path) -> None:
    page = write(tmp_path, {"page.txt": story(1)})
    for name in ("typing", "json", "re", "numpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'a').write('{name} ')")
    command = [Path(sys.executable).parent / "pipeline", "clean", "--engine", "spark", page, tmp_path / "out"]
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, (tmp_path / "was-run").exists()) == (0, False), done.stderr


def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    page = write(tmp_path, {"page.txt": story(1)})
    nowhere = ("--engine", "spark", "--spark-master", "nowhere")
    done = pipeline("clean", *nowhere, page, tmp_path / "out", env={"SPARK_LOCAL_IP": "127.0.0.1"})
    assert done.returncode == 2
    assert b"Spark cannot reach nowhere" in done.stderr
    assert b"Traceback" not in done.stderr


def _children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found
