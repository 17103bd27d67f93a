"""Closed standard streams: what needs none goes as ever, what needs one says so in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.write.verify import audit
from tests.conftest import ROOT, outputs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="closed by a POSIX shell")


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """`pipeline COMMAND`, as a shell runs it that closes streams."""
    return subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m pipeline {command}"],
        cwd=cwd,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The ferry leaves at nine.\n\nThe keeper wrote down every sail.\n")
    return tmp_path


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_run_needs_no_streams(here: Path, closed: str) -> None:
    found = shell(f"clean in out -q {closed}", here)
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")
    assert audit(here / "out").problems == []
    assert shell("clean in whole -q", here).returncode == 0
    assert outputs(here / "out") == outputs(here / "whole")


@pytest.mark.parametrize("command", ["verify out", "stats out", "--version", "clean -h", "clean in out2"])
def test_what_is_said_to_nobody(here: Path, command: str) -> None:
    assert shell("clean in out -q", here).returncode == 0
    found = shell(f"{command} >&-", here)
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("command", "stream"),
    [
        ("clean in/a.txt - >&-", "output"),
        ("clean in out --json >&-", "output"),
        ("clean - - <&-", "input"),
        ("clean - out <&-", "input"),
        ("clean --files-from - out <&-", "input"),
        ("sniff - <&-", "input"),
    ],
)
def test_what_needs_a_stream_says_so(here: Path, command: str, stream: str) -> None:
    found = shell(command, here)
    assert found.returncode == 2
    (line,) = found.stderr.decode().splitlines()
    assert line.startswith(f"pipeline: standard {stream} is closed")
    assert not (here / "out").exists()


def test_what_prints_a_document_needs_output(here: Path) -> None:
    assert shell("clean in out -q", here).returncode == 0
    for command in ("restore out a.txt", "report out -o -", "export out - --to chunks"):
        found = shell(f"{command} >&-", here)
        assert (found.returncode, found.stderr.count(b"\n")) == (2, 1)
        assert b"standard output is closed" in found.stderr
