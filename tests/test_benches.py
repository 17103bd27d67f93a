"""Benchmarks and tools are run by hand and seldom: what they import of the program is still there."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FILES = sorted(path.relative_to(ROOT) for folder in ("bench", "tools") for path in (ROOT / folder).rglob("*.py"))
NEEDS = {f"tools/train/{name}.py": "catboost" for name in ("__main__", "evaluate", "fit")}
"""What is not installed to develop"""


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_module_can_be_imported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if library := NEEDS.get(path.as_posix()):
        pytest.importorskip(library)
    monkeypatch.syspath_prepend(ROOT)
    importlib.import_module(".".join(path.with_suffix("").parts))


@pytest.mark.parametrize(
    "name",
    ["bench.quality", "bench.quality.pairs", "bench.matching", "bench.scale", "bench.mutations", "bench.torture"],
)
def test_a_benchmark_says_what_it_does(name: str) -> None:
    done = subprocess.run([sys.executable, "-m", name, "--help"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")
