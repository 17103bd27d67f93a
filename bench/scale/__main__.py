"""python -m bench.scale [--sizes 10M 100M] [--kinds text html] [--no-peers] [--repeats 3] [--workers 1 2] [--data FOLDER]

Makes corpora, cleans them with each number of workers, and runs the peers beside it, in turn: `c4` (C4's rules for lines),
`justext` and `trafilatura`, each with datasketch, and datatrove. Then it runs again: over the same files, over 1% more,
with 1% changed, with another threshold, and looks whether the last one gave what a fresh run gives. Says of each what it
took; of repeats the medians, and of ratios the median of those of one turn.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench import shared
from bench.scale import corpus, measured
from bench.scale.measured import Cost, held
from pipeline.records import FILES

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = {"text": ("c4", "justext", "datatrove"), "html": ("trafilatura", "justext", "datatrove")}
_TRAFILATURA = (f"trafilatura=={version('trafilatura')}", "lxml_html_clean")
_DATASKETCH = "datasketch==2.0.0"
REQUIREMENTS = {
    "c4": (_DATASKETCH,),
    "justext": ("justext==3.0.2", "lxml_html_clean", _DATASKETCH),
    "trafilatura": (*_TRAFILATURA, _DATASKETCH),
    # datatrove hashes strings, which later releases of xxhash refuse
    "datatrove": ("datatrove==0.10.1", *_TRAFILATURA, "spacy", "nltk", "tokenizers", "xxhash==3.5.0", "orjson"),
}
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}
OURS = "pipeline"
PRIVATE = ".pipeline"
PARTLY = 3
OTHER_THRESHOLD = 0.6


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.scale")
    parser.add_argument("--sizes", nargs="+", default=["10M"], help="of the pages")
    parser.add_argument("--kinds", nargs="+", choices=["text", "html"], default=["text", "html"])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--repeats", type=int, default=1)
    shared.add_option(parser)
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench" / "scale", help="for corpora and environments")
    given = parser.parse_args(arguments)
    shared.end_without(given.data)
    for kind in given.kinds:
        for size in given.sizes:
            source = given.folder / f"{kind}-{size}"
            pages = corpus.write(source, kind, _bytes(size), given.data)
            print(f"\n{kind}, {size}: {pages} pages, {_mega(held(source))} MB of JSON Lines", flush=True)
            bench = Bench(source, kind, pages, given.folder, given.data)
            for workers in given.workers:
                bench.compare(workers, PEERS[kind] if given.peers else (), given.repeats)
            bench.again(given.workers[0])


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
                    took += f"  ours is {statistics.median(ratios):.2f} times as fast"
            print(f"{took}  {note}", flush=True)
        if OURS in costs:
            self._say_disk(self._fresh_name(OURS), max(cost.disk for cost in costs[OURS]))

    def _say_disk(self, out: Path, peak: int) -> None:
        """What a run leaves on the disk, as so many times its input."""
        size = held(self._source)
        print(
            f"on the disk, times the input: {peak / size:.1f} in {PRIVATE} at the peak, {held(out / PRIVATE) / size:.1f} "
            f"there afterwards, {held(out) / size:.1f} in all of OUT",
            flush=True,
        )

    def again(self, workers: int) -> None:
        """Runs after a first one: over the same files, over 1% more, with 1% changed, with another threshold."""
        out, grown, more = self._fresh("again"), self._fresh("grown"), self._folder / "more"
        shutil.rmtree(more, ignore_errors=True)
        shutil.copytree(self._source, grown)
        costs = {
            "first run": self._ours(grown, out, workers),
            "second run": self._ours(grown, out, workers),
        }
        corpus.write(more, self._kind, max(1, held(self._source) // 100), self._data, seed=1)
        (grown / "part-more.jsonl").write_bytes(b"".join(path.read_bytes() for path in corpus.read(more)))
        costs["1% more"] = self._ours(grown, out, workers)
        corpus.change(corpus.read(grown)[0], self._kind)
        costs["1% changed"] = self._ours(grown, out, workers)
        costs[f"threshold {OTHER_THRESHOLD}"] = self._ours(grown, out, workers, "--threshold", str(OTHER_THRESHOLD))
        afresh = self._fresh("afresh")
        self._ours(grown, afresh, workers, "--threshold", str(OTHER_THRESHOLD))
        others = [name for name in FILES if _digest(out, name) != _digest(afresh, name)]
        print(f"the last run and a fresh one over the same: {', '.join(others) or 'no file'} differs", flush=True)
        for name, cost in costs.items():
            share = 100 * cost.cpu / costs["first run"].cpu
            print(f"{_shown(name, cost)}  {share:5.1f}% of the first's CPU", flush=True)

    def _ours(self, source: Path, out: Path, workers: int, *options: str) -> Cost:
        command = [sys.executable, "-m", "pipeline", "clean", "-q", "--workers", str(workers), *options]
        return measured.run(
            [*command, str(source), str(out)], {"PYTHONPATH": str(ROOT)}, accept=(0, PARTLY), folder=out / PRIVATE
        )

    def _peer(self, program: str, out: Path, workers: int) -> Cost:
        python, runner = _install(program, self._folder / "environments"), Path(__file__).with_name("peer.py")
        return measured.run(
            [str(python), str(runner), program, self._kind, str(self._source), str(out), str(workers)], {}
        )

    def _fresh_name(self, name: str) -> Path:
        return self._folder / "out" / name

    def _fresh(self, name: str) -> Path:
        out = self._fresh_name(name)
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        return out

    def _outcome(self, program: str, out: Path) -> str:
        """What a program kept, and how many of the copies that were planted it found, by whichever of the two it marks."""
        origin: dict[str, str] = {}
        planted: set[frozenset[str]] = set()
        for path in corpus.read(self._source):
            with path.open(encoding="utf-8") as lines:
                for number, row in enumerate(map(json.loads, lines)):
                    origin[f"{path.name}#{number:010}" if program == OURS else row["id"]] = row["id"]
                    if row["copy_of"]:
                        planted.add(frozenset((row["id"], row["copy_of"])))
        kept, chars = 0, 0
        marked: set[str] = set()
        with (out / "documents.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row.get("copy") or row.get("duplicate_of"):
                    marked.add(origin[row["source" if program == OURS else "id"]])
                kept += 1
                chars += len(row["text"])
        found = sum(not pair.isdisjoint(marked) for pair in planted)
        return f"{kept} pages, {_mega(chars)} M characters, {found} of {len(planted)} copies"


def _digest(out: Path, name: str) -> str:
    """The SHA-256 of one of the files of an output."""
    with (out / f"{name}.jsonl").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _install(name: str, environments: Path) -> Path:
    folder = environments / name
    python, done = folder / "bin" / "python", folder / "installed"
    wanted = "\n".join(REQUIREMENTS[name])
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]]
        subprocess.run(install, check=True, capture_output=True)
        done.write_text(wanted)
    return python


def _median(costs: Sequence[Cost]) -> Cost:
    cpu, wall = (statistics.median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall"))
    memory, disk = (int(statistics.median(getattr(cost, name) for cost in costs)) for name in ("memory", "disk"))
    return Cost(cpu, wall, memory, disk)


def _shown(name: str, cost: Cost) -> str:
    return f"{name:22}  CPU {cost.cpu:8.1f} s  wall {cost.wall:8.1f} s  memory {_mega(cost.memory):>7} MB"


def _bytes(size: str) -> int:
    return int(float(size.rstrip("KMG")) * UNITS.get(size[-1], 1))


def _mega(size: float) -> str:
    return f"{size / 10**6:.1f}"


def _reason(error: Exception) -> str:
    output = getattr(error, "output", None) or b""
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:150] if lines else str(error)


if __name__ == "__main__":
    main(sys.argv[1:])
