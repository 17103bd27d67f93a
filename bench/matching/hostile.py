"""Corpora that repeat themselves: does the command stay linear? `python -m bench.matching.hostile [--part N]`.

Each corpus comes in sizes of which every one is four times the one before; the last is the one that is promised. Processor
time and memory are those of all processes of `pipeline clean`, as users type it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.scale import measured
from tests.match.core.texts import prose

SENTENCE = "The old harbour master counted seven grey gulls upon the roof before he rang the bell. "
STEPS = (16, 4, 1)
PARAGRAPHS = 20
"""Paragraphs of a document of the hub."""


def main() -> None:
    """Make each corpus, run the command on it, and print a row a size."""
    options = argparse.ArgumentParser(prog="python -m bench.matching.hostile", description=__doc__)
    options.add_argument("--corpora", nargs="+", choices=list(CORPORA), default=list(CORPORA))
    options.add_argument("--part", type=int, default=1, help="of the promised sizes, one in so many")
    options.add_argument("--sizes", type=int, nargs="+", help="these, instead of steps up to the promised ones")
    options.add_argument("--arguments", nargs="*", default=["--workers", "1"], help="of pipeline clean")
    chosen = options.parse_args()
    print(f"{'corpus':52}{'size':>11}{'CPU s':>9}{'x':>6}{'MB':>8}{'x':>6}")
    for name in chosen.corpora:
        title, size, write = CORPORA[name]
        before: measured.Cost | None = None
        for own in chosen.sizes or [max(1, size // step // chosen.part) for step in STEPS]:
            with tempfile.TemporaryDirectory() as folder:
                cost = _run(Path(folder), own, write, chosen.arguments)
            ratios = (
                ("", "") if before is None else (f"{cost.cpu / before.cpu:.1f}", f"{cost.memory / before.memory:.1f}")
            )
            print(
                f"{title:52}{own:11,}{cost.cpu:9.1f}{ratios[0]:>6}{cost.memory / 1e6:8.0f}{ratios[1]:>6}",
                flush=True,
            )
            before = cost


def _run(folder: Path, size: int, write: Callable[[Path, int], None], arguments: list[str]) -> measured.Cost:
    source = folder / "in"
    source.mkdir()
    write(source, size)
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "clean",
        str(source),
        str(folder / "out"),
        "--fresh",
        "--quiet",
        *arguments,
    ]
    try:
        return measured.run(command, {})
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(command)}: {error.output.decode(errors='replace')}")
    finally:
        shutil.rmtree(source)


def _sentence(folder: Path, times: int) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(SENTENCE * times, encoding="utf-8")


def _equal(folder: Path, documents: int) -> None:
    rng = random.Random(1)
    text = "\n\n".join(prose(rng, 60) for _ in range(6))
    _lines(folder / "equal.jsonl", (text for _ in range(documents)))


def _line(folder: Path, megabytes: int) -> None:
    """One line, and 98 files of which it quotes some."""
    rng = random.Random(1)
    others = [prose(rng, 200) for _ in range(98)]
    for number, text in enumerate(others):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    with (folder / "line.txt").open("w", encoding="utf-8") as handle:
        size = 0
        while size < megabytes * 1_000_000:
            size += handle.write(rng.choice(others) if rng.random() < 0.002 else prose(rng, 100)) + handle.write(" ")


def _hub(folder: Path, paragraphs: int) -> None:
    rng = random.Random(1)
    hub = prose(rng, 40)
    made = ("\n\n".join(_half(rng, hub)) for _ in range(paragraphs // PARAGRAPHS))
    _lines(folder / "hub.jsonl", made)


def _half(rng: random.Random, hub: str) -> Iterator[str]:
    for _ in range(PARAGRAPHS // 2):
        yield hub
        yield prose(rng, 40)


def _lines(path: Path, texts: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as handle:
        for text in texts:
            handle.write(json.dumps({"text": text}) + "\n")


CORPORA: dict[str, tuple[str, int, Callable[[Path, int], None]]] = {
    "sentence": ("one sentence so many times in two files", 10_000, _sentence),
    "equal": ("equal documents", 100_000, _equal),
    "line": ("megabytes in one line, quoting 98 files", 50, _line),
    "hub": ("paragraphs, half of them the same", 1_000_000, _hub),
}
"""Title, promised size, writer."""


if __name__ == "__main__":
    main()
