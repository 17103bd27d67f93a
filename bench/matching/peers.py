"""Peers, each installed into an environment of its own, and run there on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
RUNNER = Path(__file__).with_name("peer.py")

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "datasketch": ("datasketch==2.0.0",),
    "datatrove": (
        "datatrove==0.10.1",
        "spacy",
        "regex",
        "nltk",
        "fasteners",
        "xxhash",
        "orjson",
        "tokenizers",
    ),
    "text-dedup": ("text-dedup==0.4.0",),
    "FastSketchLSH": ("FastSketchLSH==1.0.1", "numpy"),
    "fast-dedup": ("fast-dedup==0.1.0",),
    "rensa": ("rensa==0.5.0",),
    "gaoya": ("gaoya==0.2.2",),
    "daft": ("daft==0.7.26",),
    "semhash": ("semhash==0.5.0",),
    "pipeline": (),
    "pipeline-numpy": (),
}
"""What is installed for each; for ours nothing: they run from the working tree, in the environment at hand."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a program took, or why it did not run."""

    name: str
    steps: dict[str, float]
    """CPU seconds by step: `shingle` (where the program leaves that to its user), `sign`, `find`; `all` of ours, from texts
    to pairs, signing anew"""
    memory: int
    """bytes beyond those of the texts, at the peak"""
    pairs: set[tuple[int, int]] | None
    problem: str | None = None

    @property
    def signing(self) -> float:
        """CPU seconds from texts to signatures."""
        return self.steps.get("shingle", 0.0) + self.steps.get("sign", 0.0)

    @property
    def total(self) -> float | None:
        """CPU seconds from texts to pairs."""
        if "all" in self.steps:
            return self.steps["all"]
        return sum(self.steps.values()) if "find" in self.steps else None


def run(name: str, lines: Path, environments: Path, timeout: float) -> Result:
    """Run one program on a file of JSON strings. Never raises for the program: a failure is a result."""
    try:
        output = call(name, environments, timeout, str(RUNNER), name, str(lines))
    except (subprocess.SubprocessError, OSError) as error:
        return Result(name, {}, 0, None, _reason(error))
    made: dict[str, Any] = json.loads(output.splitlines()[-1])
    pairs = None if made["pairs"] is None else {(a, b) for a, b in made["pairs"]}
    return Result(name, made["steps"], made["memory"], pairs)


def call(name: str, environments: Path, timeout: float, *arguments: str) -> str:
    """What `python ARGUMENTS` prints in the environment of a program, which is made first where there is none.

    Raises:
        OSError, subprocess.SubprocessError: it cannot be installed, fails, or takes too long.
    """
    return _call([str(_install(name, environments)), *arguments], timeout)


def _install(name: str, environments: Path) -> Path:
    """Return the Python of a program's environment."""
    if not REQUIREMENTS[name]:
        return Path(sys.executable)
    folder = environments / name.lower()
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        _call([sys.executable, "-m", "venv", "--clear", str(folder)], 600)
        _call([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]], 1800)
        done.touch()
    return python


def _call(command: list[str], timeout: float) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=True, env=environment, cwd=ROOT
    )
    return finished.stdout


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in (error.stderr or "").splitlines() if line.strip()]
        return lines[-1][:150] if lines else f"exit code {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"not done after {error.timeout:.0f} s"
    return str(error)
