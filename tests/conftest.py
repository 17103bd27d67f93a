"""Shared helpers: a document cleaned in memory, a command run in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.config import Config
from pipeline.document import clean_document
from pipeline.records import Document

EXAMPLES = int(os.environ.get("PIPELINE_EXAMPLES", "100"))
"""Cases that hypothesis tries in each test"""
settings.register_profile("pipeline", deadline=None, max_examples=EXAMPLES)  # no deadline: a machine may be busy
settings.load_profile("pipeline")

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"

TORTURE = bool(os.environ.get("PIPELINE_TORTURE"))
"""`make torture`: tests that try a thing at many places try it at all of them, and those that take minutes run."""
EVERY = 1 if TORTURE else 17

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared measuring data does not lie beside the repository"
)

Clean = Callable[..., Document]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def clean_text(text: str | bytes, source: str = "page.txt", config: Config | None = None) -> Document:
    """`text` cleaned, as that of a file called `source`."""
    return clean_document(text.encode() if isinstance(text, str) else text, source=source, config=config)


def pipeline(
    *arguments: str | Path, env: Mapping[str, str] | None = None, stdin: bytes | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """`pipeline ARGUMENTS` in a new process, in the folder `cwd` or that of the repository."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
        cwd=cwd or ROOT,
    )


def outputs(out: Path) -> dict[str, bytes]:
    """Every output file of a run, by name."""
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.is_file()}
