"""Write the seeds' expected output anew: `make golden`. Read the difference before you commit it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pipeline.config import Config
from pipeline.run import clean
from tests.conftest import ROOT, SEEDS

GOLDEN = ROOT / "tests" / "cases" / "seeds"
NAMES = ("documents", "removed", "clusters", "pairs", "passages", "failures")


def write() -> None:
    """Clean the seeds and keep the records as the golden files."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        clean([str(SEEDS)], Path(folder) / "out", Config())
        for name in NAMES:
            shutil.copy(Path(folder) / "out" / f"{name}.jsonl", GOLDEN / f"{name}.jsonl")


if __name__ == "__main__":
    write()
