"""Ours and its peers, run as programs of their own: texts out of pages, and the CPU seconds that took."""

from __future__ import annotations

import atexit
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.quality.pages import Page

ROOT = Path(__file__).resolve().parent.parent.parent
RUNNER = Path(__file__).with_name("peer.py")
MODELS = ROOT / "bench" / "models"
"""Models that have not seen the held-out sites; those that ship have learnt from them as well, with the same training"""
OURS = "pipeline"
PROFILES: Mapping[str, str] = {
    OURS: "auto",
    f"{OURS}-balanced": "balanced",
    f"{OURS}-precision": "precision",
    f"{OURS}-recall": "recall",
}
"""Ours as it can be set, with the profile."""

REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "trafilatura": ("trafilatura==2.0.0", "lxml_html_clean"),
    "readability": ("readability-lxml==0.8.4.1", "lxml_html_clean"),
    "justext": ("justext==3.0.2", "lxml_html_clean"),
    "resiliparse": ("resiliparse==0.16.0",),
    "stdlib": (),
}
PROGRAMS: Mapping[str, str] = {
    "trafilatura": "trafilatura",
    "trafilatura-precision": "trafilatura",
    "trafilatura-recall": "trafilatura",
    "readability": "readability",
    "justext": "justext",
    "resiliparse": "resiliparse",
    "c4-lines": "stdlib",
    "nothing": "stdlib",
}
"""Each program's environment. `nothing` keeps all that is visible."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a program made of some pages, by page id, or why it did not run."""

    texts: Mapping[str, str]
    seconds: float = 0.0
    """CPU, of the whole process and its children."""
    problem: str | None = None


def run(program: str, pages: Sequence[Page], markup: bool, environments: Path) -> Result:
    """Run a program on pages of one set. Never raises for the program: a failure is a result."""
    try:
        if program in PROFILES:
            return _run_ours(pages, markup, PROFILES[program])
        return _run_peer(program, pages, markup, environments)
    except (subprocess.SubprocessError, OSError) as error:
        return Result({}, problem=_reason(error))


def _run_ours(pages: Sequence[Page], markup: bool, favor: str) -> Result:
    """The pages as one folder, with a folder for each site, through the command line."""
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name, "in"), Path(name, "out")
        places = {}
        for page in pages:
            place = f"{_file_name(page.site)}/{_file_name(page.id)}.{'html' if markup else 'txt'}"
            places[place] = page.id
            (source / place).parent.mkdir(parents=True, exist_ok=True)
            (source / place).write_text(page.content, encoding="utf-8", errors="surrogatepass")
        options = ["-q", "--favor", favor, "--workers", "1"]  # the CPU time of a pool's workers is not all seen
        program = [sys.executable, "-m", "pipeline", "clean", *options, str(source), str(out)]
        seconds = _call(program, accept=(0, 3), root=_unseeing())
        with (out / "documents.jsonl").open(encoding="utf-8") as file:
            documents = [json.loads(line) for line in file]
        return Result({places[document["source"]]: document["text"] for document in documents}, seconds)


def _run_peer(program: str, pages: Sequence[Page], markup: bool, environments: Path) -> Result:
    python = _install(PROGRAMS[program], environments)
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name, "in.jsonl"), Path(name, "out.jsonl")
        with source.open("w", encoding="utf-8") as file:
            for page in pages:
                print(json.dumps({"id": page.id, "language": page.language, "content": page.content}), file=file)
        seconds = _call([str(python), str(RUNNER), program, "html" if markup else "text", str(source), str(out)])
        with out.open(encoding="utf-8") as file:
            return Result({row["id"]: row["text"] for row in map(json.loads, file)}, seconds)


def _install(name: str, environments: Path) -> Path:
    folder = environments / name
    python, done = folder / "bin" / "python", folder / "installed"
    wanted = " ".join(REQUIREMENTS[name])
    if not done.exists() or done.read_text() != wanted:
        _call([sys.executable, "-m", "venv", "--clear", str(folder)])
        if wanted:
            _call([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]])
        done.write_text(wanted)
    return python


@cache
def _unseeing() -> Path:
    """A folder with the program as it is here, but for its models, which have not seen the held-out sites."""
    root = Path(tempfile.mkdtemp(prefix="pipeline-bench-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    shutil.copytree(ROOT / "pipeline", root / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for model in MODELS.glob("*.npz"):
        shutil.copy(model, root / "pipeline" / "data" / model.name)
    return root


def _call(command: Sequence[str], accept: Sequence[int] = (0,), root: Path = ROOT) -> float:
    """Run a command to its end; the CPU seconds it took. `root`: the folder that the program is imported from."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=root)
    if finished.returncode not in accept:
        raise subprocess.CalledProcessError(finished.returncode, command, finished.stdout, finished.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]", "_", text)[-120:]


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in (error.stderr or "").splitlines() if line.strip()]
        return lines[-1][:150] if lines else f"exit code {error.returncode}"
    return str(error)
