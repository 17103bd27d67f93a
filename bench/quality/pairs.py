"""Which pages of different sites print the same story: `python -m bench.quality.pairs [--data FOLDER]`.

The pages of the collection that some pairs come from are compared as they are and after cleaning. A pair is found if
both are in one cluster of near-copies. A wrong pair is one of pages of different sites whose own texts are unlike.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from bench import shared
from bench.quality.pages import FIELDS, FILES, read_rows
from pipeline import clean, read_documents, read_records
from pipeline.config import Config
from pipeline.match.core import verify
from pipeline.match.texts import near_duplicates

SAME, UNLIKE = 0.5, 0.3
"""Jaccard similarity of the gold texts from which a pair must be found, and below which one is wrong."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.quality.pairs", description=__doc__)
    shared.add_option(options)
    data = options.parse_args().data
    shared.end_without(data)
    stated = [json.loads(line) for line in (data / "neardup_dev.jsonl").read_text().splitlines()]
    wanted = {frozenset((pair["a"], pair["b"])) for pair in stated if pair["jac_gold"] >= SAME}
    sets = {pair["ds"] for pair in stated}
    rows = {row["id"]: row for row in read_rows(data / FILES["text"]) if row["set"] in sets}
    gold = {name: row["gold"] for name, row in rows.items()}
    sites = {name: row["site"] for name, row in rows.items()}
    print(f"{'':24}{'found':>8}{'of':>5}{'wrong pairs across sites':>26}")
    for variant in ("text", "sparse"):
        texts = {name: row[FIELDS[variant]] for name, row in rows.items() if row[FIELDS[variant]]}
        pairs = {pair for pair in wanted if all(name in texts for name in pair)}
        for how, found in (("as it is", raw(texts)), ("cleaned", cleaned(texts))):
            across = {pair for pair in found if len({sites[name] for name in pair}) == len(pair) == 2}
            print(f"{variant + ', ' + how:24}{len(pairs & found):>8}{len(pairs):>5}{len(unlike(across, gold)):>26}")


def raw(texts: Mapping[str, str]) -> set[frozenset[str]]:
    """Pairs in one cluster when the texts are compared as they are."""
    names = sorted(texts)
    found = near_duplicates([texts[name] for name in names], SAME)
    clusters: dict[int, list[str]] = {}
    for name, canonical in zip(names, found.canonical.tolist(), strict=True):
        clusters.setdefault(canonical, []).append(name)
    return {frozenset(pair) for members in clusters.values() for pair in combinations(members, 2)}


def cleaned(texts: Mapping[str, str]) -> set[frozenset[str]]:
    """Pairs in one cluster when the texts are cleaned first."""
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name, "in"), Path(name, "out")
        source.mkdir()
        names = {f"{number:06}.txt": name for number, name in enumerate(sorted(texts))}
        for file, page in names.items():
            (source / file).write_text(texts[page], encoding="utf-8", errors="surrogatepass")
        clean([source], out, fresh=True)
        ids = {record["id"]: names[record["source"]] for record in read_documents(out)}
        clusters = [c for c in read_records(out, "clusters") if c["level"] == "document"]
    members = [[ids[member["document_id"]] for member in cluster["members"]] for cluster in clusters]
    return {frozenset(pair) for group in members for pair in combinations(group, 2)}


def unlike(pairs: set[frozenset[str]], gold: Mapping[str, str]) -> list[frozenset[str]]:
    """Those of the pairs whose gold texts are unlike."""
    chosen = sorted(pairs, key=sorted)
    texts = [gold[name] for pair in chosen for name in sorted(pair)]
    first = np.arange(0, len(texts), 2)
    found = verify.verify(
        first, first + 1, lambda numbers: [texts[i] for i in numbers.tolist()], Config().shingle_words
    )
    return [pair for pair, jaccard in zip(chosen, found.jaccard.tolist(), strict=True) if jaccard < UNLIKE]


if __name__ == "__main__":
    main()
