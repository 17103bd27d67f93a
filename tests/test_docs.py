"""The README's Python examples, run as a reader would run them, on the seeds."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS, pipeline

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
LIBRARIES = ("pandas", "duckdb", "datasets", "polars")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `seeds` and `out` in it."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(SEEDS, folder / "seeds")
    assert pipeline("clean", folder / "seeds", folder / "out").returncode == 0
    return folder


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split("\n", 1)[0])
def test_example_runs(example: str, folder: Path) -> None:
    for library in LIBRARIES:
        if re.search(rf"(?:import|from) {library}\b", example):
            pytest.importorskip(library)
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
