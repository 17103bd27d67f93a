"""`python -m bench.loaders`: which readers load an output of 500 mixed documents, nulls first, and that of an empty run.

Installs the readers of requirements.txt into an environment of their own; prints a table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.loaders import documents
from bench.loaders.readers import READERS

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OUTPUTS = ("documents", "removed", "clusters", "pairs", "passages", "failures")
TEXTS = ("documents",)
"""The outputs that readers of documents read"""
OF_TEXTS = ("datatrove",)
WITH_SCHEMA = ("polars", "duckdb", "datasets", "arrow")


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.loaders", description=__doc__)
    options.add_argument("--readers", nargs="+", choices=list(READERS), default=list(READERS))
    options.add_argument("--environment", type=Path, default=Path(".bench/loaders"), help="where they are installed")
    chosen = options.parse_args()
    python = _installed(chosen.environment.absolute())
    print(f"{'reader':16} {'output':10} {'loads':6} {'rows':>6} {'of':>6} {'empty run':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents.write(folder / "in")
        (folder / "none").mkdir()
        for inputs, out in (("in", "full"), ("none", "empty")):
            for form in ("jsonl", "parquet"):
                _clean(folder / inputs, folder / f"{out}-{form}", form)
        for reader in chosen.readers:
            for output in TEXTS if reader in OF_TEXTS else OUTPUTS:
                _row(python, reader, output, folder)


def _row(python: Path, reader: str, output: str, folder: Path) -> None:
    form = "parquet" if reader == "arrow" else "jsonl"
    if form == "parquet" and output == "failures":
        return  # always JSON Lines
    written = {one["path"]: one["records"] for one in _manifest(folder / "full-jsonl")["outputs"]}[f"{output}.jsonl"]
    full = _read(python, reader, folder / f"full-{form}", output)
    empty = _read(python, reader, folder / f"empty-{form}", output)
    loads = "yes" if full.get("rows") == written else "NO"
    nothing = "yes" if empty.get("rows") == 0 else "NO"
    if written == 0 and loads == "NO":
        loads = "-"  # as of an empty run
    print(f"{reader:16} {output:10} {loads:6} {full.get('rows', '-'):>6} {written:>6} {nothing:>9}", flush=True)
    for one in (full, empty):
        if "error" in one:
            print(f"    {one['error']}")


def _read(python: Path, reader: str, out: Path, output: str) -> Mapping[str, object]:
    with tempfile.TemporaryDirectory() as name:
        schema = ""
        if reader in WITH_SCHEMA:
            told = _run([sys.executable, "-m", "pipeline", "schema", output, "--for", reader])
            schema = str(Path(name) / "schema")
            Path(schema).write_text(told.stdout)
        environment = {"HF_HOME": name, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        done = _run([str(python), str(HERE / "readers.py"), reader, str(out), output, schema], environment)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line or "Exception" in line]
        return {"error": (said or ["?"])[-1][:200]}
    found: Mapping[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _clean(inputs: Path, out: Path, form: str) -> None:
    done = _run(
        [sys.executable, "-m", "pipeline", "clean", "--isolated", "-q", "--format", form, str(inputs), str(out)]
    )
    assert done.returncode in (0, 3), done.stderr


def _manifest(out: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads((out / "manifest.json").read_text())
    return found


def _installed(folder: Path) -> Path:
    python = folder / "bin" / "python"
    done = folder / ".installed"
    wanted = (HERE / "requirements.txt").read_text()
    if not done.exists() or done.read_text() != wanted:
        print("installing the readers ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(HERE / "requirements.txt")], check=True)
        done.write_text(wanted)
    return python


def _run(command: list[str], environment: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **environment}
    )


if __name__ == "__main__":
    main()
