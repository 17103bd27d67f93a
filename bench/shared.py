"""The shared pages, which lie beside the repository where its makers work and nowhere else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let the user say where the pages are."""
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the labelled pages")


def end_without(folder: Path) -> None:
    """End the program with a sentence, and no error, where the pages are not there."""
    if not folder.is_dir():
        print(f"skipped: {folder}: the shared pages are not there; say where with --data")
        sys.exit(0)
