"""Ctrl-C, whenever it comes: exit code 130 within two seconds, one true sentence, and nothing in the way of the next run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, TORTURE, outputs, pipeline
from tests.judge.test_templates import SLOGAN, story, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to a process")

TIMES = 60 if TORTURE else 8
PROMPT = 2 if TORTURE else 30
"""Seconds. Only `make torture` has the machine for itself."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = {f"{n % 7}/{n:04}.txt": [*story(n, 6), SLOGAN] * 8 for n in range(250)}
    return write(tmp_path_factory.mktemp("corpus") / "in", pages)


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The output of a whole run, and how many seconds it takes."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    begun = time.monotonic()
    assert pipeline("clean", corpus, out, "--workers", "2").returncode == 0
    return outputs(out), time.monotonic() - begun


@pytest.mark.parametrize("number", range(TIMES))
def test_an_interrupt(corpus: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path, number: int) -> None:
    expected, seconds = undisturbed
    out = tmp_path / "out"
    ending = signal.SIGTERM if number % 5 == 4 else signal.SIGINT
    command = [sys.executable, "-m", "pipeline", "clean", str(corpus), str(out), "--workers", "2", "-q"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    while not (out / ".pipeline" / "lock").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(random.Random(number).random() * seconds)
    try:
        process.send_signal(ending)
        begun = time.monotonic()
        said = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    if process.returncode == 0:
        assert outputs(out) == expected
        return
    assert (process.returncode, said.count("\n")) == (128 + ending, 1), said
    assert time.monotonic() - begun < PROMPT
    assert said.startswith("pipeline: interrupted")
    if "is as it was" in said:
        assert not (out / "manifest.json").exists()
    elif "has the output of this run" in said:
        assert outputs(out) == expected
    assert pipeline("clean", corpus, out, "--workers", "2").returncode == 0
    assert outputs(out) == expected
    time.sleep(0.2)
    assert not list((out / ".pipeline").glob("s[ct]*[hg]")), "neither scratch nor staging is left"


def test_an_interrupt_of_a_command_that_holds_nothing(tmp_path: Path) -> None:
    code = "import time; from pipeline.cli import interrupt; interrupt.end_at_once(); print('on', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == b"pipeline: interrupted\n"
    assert process.returncode == 130


@pytest.mark.parametrize("command", [("clean", "-", "-"), ("sniff", "-"), ("learn", "-")])
def test_an_interrupted_command_leaves_no_temporary_folder(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Nor does it speak of one, whose name nobody knows."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PROMPT
        # A folder: tempfile tries with a file first whether it can write there.
        while not (is_there := any(path.is_dir() for path in tmp_path.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert is_there
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    assert (process.returncode, said) == (130, "pipeline: interrupted\n")
    assert list(tmp_path.iterdir()) == []
