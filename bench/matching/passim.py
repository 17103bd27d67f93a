"""Passages beside passim (Spark): the same planted documents, recall, precision, time and memory.

    python -m bench.matching.passim --passim FOLDER [--data FOLDER]

FOLDER is an environment that has passim: `python -m venv FOLDER`, then
`FOLDER/bin/pip install git+https://github.com/dasmiq/passim` (Java 17 must be there). Texts are cleaned first, and both
programs are given what came out, as it stands. On generated documents all that two share was planted, so what else a program
reports is wrong; on real pages precision is not known.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.matching import planting
from bench.matching.planted import Found, Places, folded
from bench.matching.planting import Corpus, Planted
from bench.scale import measured
from pipeline import read_documents

SETTINGS = {
    "passim": (),
    "passim, for short quotes": ("-n", "10", "-m", "1", "-a", "20"),
}
"""As it comes, and with shorter n-grams, one of them enough, and shorter alignments."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program reported, and what it took."""

    passages: dict[Places, list[tuple[str, str]]]
    """folded words on either side, by documents"""
    cost: measured.Cost


def main() -> None:
    """Plant, clean, run both, and print a table."""
    options = argparse.ArgumentParser(prog="python -m bench.matching.passim", description=__doc__)
    options.add_argument("--passim", type=Path, required=True, help="environment that has passim")
    options.add_argument("--data", type=Path, help="folder of labelled pages; without it, texts are generated")
    options.add_argument("--documents", type=int, default=3000)
    options.add_argument("--memory", default="4g", help="of Spark")
    chosen = options.parse_args()
    base = (
        planting.real_documents(chosen.data, chosen.documents)
        if chosen.data
        else planting.generated_documents(chosen.documents)
    )
    corpus = planting.plant(base)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus.write(folder / "planted.jsonl")
        _clean("--no-matching", folder / "planted.jsonl", folder / "cleaned")
        texts = folder / "texts.json"
        with texts.open("w", encoding="utf-8") as lines:
            for record in read_documents(folder / "cleaned"):
                lines.write(json.dumps({"id": record["source_id"], "text": record["text"]}) + "\n")
        outcomes = {"pipeline": _ours(texts, folder / "ours")}
        for title, arguments in SETTINGS.items():
            out = folder / title.replace(" ", "-")
            outcomes[title] = _passim(chosen.passim, texts, out, arguments, chosen.memory)
        cleaned = Found.read(folder / "ours")
    _show(corpus, cleaned, outcomes, is_generated=chosen.data is None)


def _clean(option: str, source: Path, out: Path) -> measured.Cost:
    """Run the command; in a process of its own, since all children of this one are waited for."""
    command = [sys.executable, "-m", "pipeline", "clean", option, "--workers", "1", "--quiet", str(source), str(out)]
    return measured.run(command, {}, accept=(0, 3))


def _ours(texts: Path, out: Path) -> Outcome:
    cost = _clean("--no-cleaning", texts, out)
    return Outcome(Found.read(out).passages, cost)


def _passim(environment: Path, texts: Path, out: Path, arguments: Sequence[str], memory: str) -> Outcome:
    script = environment / "share" / "submit-seriatim.py"
    submit = environment / "bin" / "spark-submit"
    spark = ["--master", "local[1]", "--driver-memory", memory]
    path = f"{(environment / 'bin').absolute()}{os.pathsep}{os.environ['PATH']}"
    command = [str(submit), *spark, str(script), "--pairwise", *arguments, str(texts), str(out)]
    # Without the Java package of GraphFrames it ends with 1 after the alignments, which are all that is compared here.
    cost = measured.run(command, {"PATH": path, "SPARK_LOCAL_IP": "127.0.0.1"}, accept=(0, 1))
    if not (out / "align.json" / "_SUCCESS").exists():
        sys.exit(f"{' '.join(command)}: gave no alignments")
    passages: dict[Places, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows(out / "align.json"):
        sides = {
            int(row["id"]): folded(row["s1"].replace("-", "")),
            int(row["id2"]): folded(row["s2"].replace("-", "")),
        }
        low, high = sorted(sides)
        passages[low, high].append((sides[low], sides[high]))
    return Outcome(passages, cost)


def _rows(folder: Path) -> Iterator[dict[str, str]]:
    for part in sorted(folder.glob("part-*.json")):
        with part.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _show(corpus: Corpus, cleaned: Found, outcomes: dict[str, Outcome], is_generated: bool) -> None:
    seen = [one for one in corpus.planted if one.wanted == planting.PASSAGE and not cleaned.is_lost(one)]
    kinds = list(dict.fromkeys(one.kind for one in seen))
    print(f"{len(corpus.documents):,} documents, {len(seen):,} planted quotes left after cleaning")
    print(f"{'':44}" + "".join(f"{title:>26}" for title in outcomes))
    hits = {title: [_is_found(outcome, one) for one in seen] for title, outcome in outcomes.items()}
    for kind in [*kinds, "all quotes"]:
        rows = [place for place, one in enumerate(seen) if kind in (one.kind, "all quotes")]
        shares = [sum(hits[title][place] for place in rows) / len(rows) for title in outcomes]
        print(f"{kind:44}" + "".join(f"{share:26.3f}" for share in shares))
    figures = {
        "pairs of documents reported": [f"{len(outcome.passages):,}" for outcome in outcomes.values()],
        "CPU seconds": [f"{outcome.cost.cpu:.0f}" for outcome in outcomes.values()],
        "wall seconds": [f"{outcome.cost.wall:.0f}" for outcome in outcomes.values()],
        "megabytes at the peak": [f"{outcome.cost.memory / 1e6:,.0f}" for outcome in outcomes.values()],
    }
    if is_generated:
        related = _related(corpus)
        shares = [
            sum(pair in related for pair in outcome.passages) / len(outcome.passages) for outcome in outcomes.values()
        ]
        figures["precision, pairs of documents"] = [f"{share:.3f}" for share in shares]
    for title, cells in figures.items():
        print(f"{title:44}" + "".join(f"{cell:>26}" for cell in cells))


def _is_found(outcome: Outcome, planted: Planted) -> bool:
    low, high = sorted((planted.source, planted.other))
    texts = {planted.source: folded(planted.text), planted.other: folded(planted.copy)}
    return any(
        planting.has_most(side_low, texts[low]) and planting.has_most(side_high, texts[high])
        for side_low, side_high in outcome.passages.get((low, high), ())
    )


def _related(corpus: Corpus) -> set[Places]:
    """Return the pairs of documents that have something of each other, or both the hub's sentence, or are templates."""
    pairs = {(min(one.source, one.other), max(one.source, one.other)) for one in corpus.planted}
    for group in (corpus.hub, corpus.templates):
        pairs.update((low, high) for place, low in enumerate(group) for high in group[place + 1 :])
    return pairs


if __name__ == "__main__":
    main()
