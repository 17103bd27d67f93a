"""python -m bench.scale [--sizes 10M 100M] [--kinds text html] [--no-peers] [--repeats 3] [--workers 1 2] [--data FOLDER]

Makes corpora, cleans them with each number of workers, runs again over the same files and over 1% more, and runs
datatrove and a plain script beside it, in turn. Says of each what it took; medians of the repeats.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.scale import corpus, measured
from bench.scale.measured import Cost

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ("script", "datatrove")
REQUIREMENTS = {
    "script": ("trafilatura==2.0.0", "lxml_html_clean", "datasketch==2.0.0"),
    # datatrove hashes strings, which later releases of xxhash refuse
    "datatrove": (
        "datatrove==0.10.1",
        "trafilatura==2.0.0",
        "lxml_html_clean",
        "spacy",
        "nltk",
        "xxhash==3.5.0",
        "orjson",
    ),
}
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}
OURS = "pipeline"
PARTLY = 3


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.scale")
    parser.add_argument("--sizes", nargs="+", default=["10M"], help="of the pages")
    parser.add_argument("--kinds", nargs="+", choices=["text", "html"], default=["text", "html"])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "scale", help="for corpora and environments")
    given = parser.parse_args(arguments)
    if not given.data.is_dir():
        sys.exit(f"{given.data}: the shared pages are not there; say where with --data")
    for kind in given.kinds:
        for size in given.sizes:
            source = given.folder / f"{kind}-{size}"
            pages = corpus.write(source, kind, _bytes(size), given.data)
            print(f"\n{kind}, {size}: {pages} pages, {_mega(_size(source))} MB of JSON Lines", flush=True)
            bench = Bench(source, kind, pages, given.folder, given.data)
            for workers in given.workers:
                bench.compare(workers, PEERS if given.peers else (), given.repeats)
            bench.again(max(given.workers))


class Bench:
    """The programs on one corpus."""

    def __init__(self, source: Path, kind: corpus.Kind, pages: int, folder: Path, data: Path) -> None:
        self._source = source
        self._kind = kind
        self._pages = pages
        self._folder = folder
        self._data = data

    def compare(self, workers: int, peers: Sequence[str], repeats: int) -> None:
        """Each program, in turn, so many times."""
        costs: dict[str, list[Cost]] = {}
        notes: dict[str, str] = {}
        for _ in range(repeats):
            for program in (OURS, *peers):
                out = self._fresh(program)
                try:
                    cost = (
                        self._ours(self._source, out, workers) if program == OURS else self._peer(program, out, workers)
                    )
                    notes[program] = self._outcome(program, out)
                except (OSError, subprocess.SubprocessError) as error:
                    notes[program] = f"failed: {_reason(error)}"
                    continue
                costs.setdefault(program, []).append(cost)
        for program, note in notes.items():
            took = f"{program}, {workers} workers"
            if program in costs:
                cost = _median(costs[program])
                took = f"{_shown(took, cost)}  {self._pages / cost.cpu:8.1f} pages/CPU s"
                if program != OURS and OURS in costs:
                    ratios = [one.cpu / own.cpu for one, own in zip(costs[program], costs[OURS], strict=False)]
                    took += f"  {statistics.median(ratios):5.1f} times ours"
            print(f"{took}  {note}", flush=True)

    def again(self, workers: int) -> None:
        """A second run over the same files, and over 1% more."""
        out, grown = self._fresh("again"), self._fresh("grown")
        shutil.copytree(self._source, grown)
        first = self._ours(grown, out, workers)
        second = self._ours(grown, out, workers)
        corpus.write(self._folder / "more", self._kind, max(1, _size(self._source) // 100), self._data, seed=1)
        (grown / "part-more.jsonl").write_bytes(
            b"".join(path.read_bytes() for path in corpus.read(self._folder / "more"))
        )
        third = self._ours(grown, out, workers)
        for name, cost in (("first run", first), ("second run", second), ("1% more", third)):
            print(f"{_shown(name, cost)}  {100 * cost.wall / first.wall:5.1f}% of the first's wall time", flush=True)
        shutil.rmtree(self._folder / "more")

    def _ours(self, source: Path, out: Path, workers: int) -> Cost:
        command = [sys.executable, "-m", "pipeline", "clean", "-q", "--workers", str(workers), str(source), str(out)]
        return measured.run(command, {"PYTHONPATH": str(ROOT)}, accept=(0, PARTLY))

    def _peer(self, program: str, out: Path, workers: int) -> Cost:
        python, runner = _install(program, self._folder / "environments"), Path(__file__).with_name("peer.py")
        return measured.run(
            [str(python), str(runner), program, self._kind, str(self._source), str(out), str(workers)], {}
        )

    def _fresh(self, name: str) -> Path:
        out = self._folder / "out" / name
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        return out

    def _outcome(self, program: str, out: Path) -> str:
        """What a program kept, and how many of the copies that were planted it found."""
        planted = set()
        for path in corpus.read(self._source):
            with path.open(encoding="utf-8") as lines:
                for number, row in enumerate(map(json.loads, lines)):
                    if row["copy_of"]:
                        planted.add(f"{path.name}#{number:010}" if program == OURS else row["id"])
        kept, chars, copies = 0, 0, 0
        with (out / "documents.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                is_copy = bool(row.get("copy") or row.get("duplicate_of"))
                copies += is_copy and row["source" if program == OURS else "id"] in planted
                kept += 1
                chars += len(row["text"])
        return f"{kept} pages, {_mega(chars)} M characters, {copies} of {len(planted)} copies"


def _install(name: str, environments: Path) -> Path:
    folder = environments / name
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]]
        subprocess.run(install, check=True, capture_output=True)
        done.touch()
    return python


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall", "memory")))


def _shown(name: str, cost: Cost) -> str:
    return f"{name:22}  CPU {cost.cpu:8.1f} s  wall {cost.wall:8.1f} s  memory {_mega(cost.memory):>7} MB"


def _bytes(size: str) -> int:
    return int(float(size.rstrip("KMG")) * UNITS.get(size[-1], 1))


def _mega(size: float) -> str:
    return f"{size / 10**6:.1f}"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in corpus.read(folder))


def _reason(error: Exception) -> str:
    output = getattr(error, "output", None) or b""
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:150] if lines else str(error)


if __name__ == "__main__":
    main(sys.argv[1:])
