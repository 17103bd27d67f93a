"""The Spark engine on a real cluster of one master and three workers: the same bytes, with a worker killed too."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import outputs, pipeline
from tests.corpus.clusters import PATIENCE, Cluster, ended, heard
from tests.judge.test_templates import story, write

REQUIRED = "spark" in os.environ.get("PIPELINE_REQUIRE", "").split(",")

pytestmark = pytest.mark.skipif(
    not REQUIRED and (find_spec("pyspark") is None or shutil.which("java") is None),
    reason="needs PySpark and Java; PIPELINE_REQUIRE=spark insists on them",
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
        yield Cluster("spark", master, daemons, environment)
    finally:
        for one in daemons:
            one.terminate()
        for one in daemons:
            one.wait(PATIENCE)


def test_the_same_bytes(cluster: Cluster, sites: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    ended(cluster.clean(sites, tmp_path / "out"))
    assert outputs(tmp_path / "out") == expected


def test_the_same_bytes_with_a_worker_killed(
    cluster: Cluster, sites: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    run = cluster.clean(sites, tmp_path / "out", "-v")
    heard(run, "inputs read")
    cluster.kill_a_node()
    ended(run)
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
    nowhere = ("--engine", "spark", "--master", "nowhere")
    done = pipeline("clean", *nowhere, page, tmp_path / "out", env={"SPARK_LOCAL_IP": "127.0.0.1"})
    assert done.returncode == 2
    assert b"Spark cannot reach nowhere" in done.stderr
    assert b"Traceback" not in done.stderr
