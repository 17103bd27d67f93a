"""Names that are not UTF-8, on the command line as below a folder: bytes are written `\\xff`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import read_documents
from pipeline.config import Config
from pipeline.read.chosen import Chosen
from pipeline.write import asked
from pipeline.write.verify import audit
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode there")

BYTE = os.fsdecode(b"\xff")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / f"in{BYTE}"
    folder.mkdir()
    for name in (f"{BYTE}.txt", "b.txt"):
        (folder / name).write_text("The ferry leaves at nine.\n\nThe keeper wrote down every sail that passed.\n")
    return tmp_path


def run(here: Path, *arguments: str) -> str:
    """What `pipeline ARGUMENTS` prints, which must go well."""
    found = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, b"")
    return found.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "sources"),
    [
        ([f"in{BYTE}"], ["\\xff.txt", "b.txt"]),
        ([f"in{BYTE}/{BYTE}.txt"], ["\\xff.txt"]),
        ([f"in{BYTE}/{BYTE}*"], ["\\xff.txt"]),
        ([f"in{BYTE}", "--include", f"{BYTE}*"], ["\\xff.txt"]),
        ([f"in{BYTE}", "--exclude", f"{BYTE}*"], ["b.txt"]),
        ([f"in{BYTE}", "--favor", f"{BYTE}*:recall"], ["\\xff.txt", "b.txt"]),
        ([f"in{BYTE}", "--field", f"{BYTE}*:text=body"], ["\\xff.txt", "b.txt"]),
    ],
)
def test_inputs_and_patterns(here: Path, arguments: list[str], sources: list[str]) -> None:
    run(here, "clean", *arguments, "out")
    assert [record.source for record in read_documents(here / "out")] == sources
    assert audit(here / "out").problems == []


def test_folders_of_outputs(here: Path) -> None:
    out = f"out{BYTE}"
    assert "-> out\\xff\n" in run(here, "clean", f"in{BYTE}/b.txt", out)
    summary = json.loads(run(here, "clean", f"in{BYTE}", f"new{BYTE}", "--against", out, "--json"))
    assert summary["out"] == "new\\xff"
    for command in ("verify", "stats"):
        assert json.loads(run(here, command, out, "--json"))
    run(here, "index", out)
    assert json.loads(run(here, "match", f"in{BYTE}/{BYTE}.txt", "--against", out, "--json").splitlines()[0])
    for command in (
        ["diff", out, out],
        ["sniff", f"in{BYTE}/{BYTE}.txt"],
        ["report", out],
    ):
        run(here, *command)
        run(here, *command, "--json")
    run(here, "export", out, f"pages{BYTE}", "--to", "markdown")
    run(here, "failures", "retry", f"new{BYTE}")


def test_what_was_asked_is_kept_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / ".pipeline").mkdir()
    told = asked.Asked(
        folder=f"/pages{BYTE}",
        inputs=(f"{BYTE}.txt", "\\xff.txt", "ä.txt"),
        lists=(),
        include=(f"{BYTE}*",),
        exclude=(),
        follow=False,
        against=(f"old{BYTE}",),
        format="jsonl",
        config=Config(fields=(f"{BYTE}*:text=body",)),
    )
    asked.keep(tmp_path, told)
    assert asked.recall(tmp_path) == told
    assert told.config.fields == ("\\xff*:text=body",)
    assert Chosen(include=told.include).wants("\\xff.txt")
