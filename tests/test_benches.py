"""Benchmarks and tools are run by hand and seldom: what they import of the program is still there."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from tests.conftest import ROOT

FILES = sorted(path.relative_to(ROOT) for folder in ("bench", "tools") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_module_can_be_imported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "catboost", MagicMock())  # trains the model, and is not installed to develop
    monkeypatch.syspath_prepend(ROOT)
    name = ".".join(path.with_suffix("").parts)
    assert importlib.import_module(name).__doc__, f"{name} says what it is for"


@pytest.mark.parametrize(
    "name",
    [
        "bench.quality",
        "bench.quality.pairs",
        "bench.matching",
        "bench.scale",
        "bench.scale.driver",
        "bench.mutations",
        "bench.torture",
    ],
)
def test_a_benchmark_says_what_it_does(name: str) -> None:
    done = subprocess.run([sys.executable, "-m", name, "--help"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")


@pytest.mark.parametrize("name", ["bench.quality", "bench.quality.pairs", "bench.scale", "bench.torture"])
def test_what_needs_pages_that_only_its_makers_have_says_so(name: str, tmp_path: Path) -> None:
    """In a copy of the repository that lies alone."""
    copy = tmp_path / "alone"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("bench", "tools", "tests", "pipeline"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    arguments = ["hostile"] if name == "bench.torture" else []
    command = [sys.executable, "-m", name, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=copy, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "skipped: " in done.stdout
    assert "not there" in done.stdout
