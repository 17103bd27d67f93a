"""What of a planted corpus `pipeline clean` finds, on its own output: `python -m bench.matching.planted [--data FOLDER]`.

A copy that cleaning took away, or of which it took the original, is told apart: matching never saw it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.matching import planting
from bench.matching.planting import Corpus, Planted
from pipeline import Config, clean, read_documents, read_records
from pipeline.tokens import tokenize


def main() -> None:
    """Plant, clean, look, and print a table."""
    options = argparse.ArgumentParser(prog="python -m bench.matching.planted", description=__doc__)
    options.add_argument("--data", type=Path, help="folder of labelled pages; without it, texts are generated")
    options.add_argument("--documents", type=int, default=3000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--missed", action="store_true", help="print what was not found")
    chosen = options.parse_args()
    if chosen.data:
        base = planting.real_documents(chosen.data, chosen.documents)
    else:
        base = planting.generated_documents(chosen.documents)
    corpus = planting.plant(base, chosen.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus.write(folder / "planted.jsonl")
        clean([folder / "planted.jsonl"], folder / "out", Config())
        found = Found.read(folder / "out")
    show(corpus, found, chosen.missed)


Places = tuple[int, int]


@dataclass(slots=True)
class Found:
    """An output folder, by the numbers of the documents."""

    texts: dict[int, str] = field(default_factory=dict)
    """folded words"""
    paragraphs: dict[int, dict[str, str]] = field(default_factory=dict)
    """folded words, by paragraph id"""
    relations: dict[Places, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """(relation, folded words of the one paragraph, of the other)"""
    passages: dict[Places, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """folded words on either side"""
    clusters: list[list[Places]] = field(default_factory=list)

    @classmethod
    def read(cls, out: Path) -> Found:
        """Read an output folder."""
        made = cls()
        number: dict[str, int] = {}
        words: dict[str, str] = {}
        for record in read_documents(out):
            own = int(record["source_id"])
            number[record["id"]] = own
            made.texts[own] = folded(record["text"])
            for paragraph in record["blocks"]:
                words[record.paragraph_id(paragraph)] = folded(record["text"][paragraph["start"] : paragraph["end"]])
        for pair in read_records(out, "pairs"):
            a, b = pair["a"], pair["b"]
            if a["paragraph_id"] is None:
                continue
            row = (pair["relation"], words[a["paragraph_id"]], words[b["paragraph_id"]])
            made.relations[_ordered(number[a["document_id"]], number[b["document_id"]])].append(row)
        for passage in read_records(out, "passages"):
            sides = {number[passage[side]["document_id"]]: folded(passage[side]["text"]) for side in ("a", "b")}
            low, high = sorted(sides)
            made.passages[low, high].append((sides[low], sides[high]))
        for cluster in read_records(out, "clusters"):
            if cluster["level"] == "paragraph":
                made.clusters.append([(number[m["document_id"]], 0) for m in cluster["members"]])
        return made

    def is_lost(self, planted: Planted) -> bool:
        """Return whether cleaning took away the copy or what it is a copy of."""
        return (
            folded(planted.text) not in self.texts[planted.source]
            or folded(planted.copy) not in self.texts[planted.other]
        )

    def relations_of(self, planted: Planted) -> Iterator[str]:
        """Yield what links the two."""
        low, high = _ordered(planted.source, planted.other)
        texts = {planted.source: folded(planted.text), planted.other: folded(planted.copy)}
        for relation, one, two in self.relations[low, high]:
            if {one, two} == set(texts.values()):
                yield relation
        for sides in self.passages[low, high]:
            if all(planting.has_most(side, texts[own]) for own, side in zip((low, high), sides, strict=True)):
                yield "passage"


def show(corpus: Corpus, found: Found, missed: bool) -> None:
    """Print what was found, by kind."""
    planted: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    right: Counter[str] = Counter()
    what: dict[str, Counter[str]] = defaultdict(Counter)
    for one in corpus.planted:
        planted[one.kind] += 1
        if found.is_lost(one):
            lost[one.kind] += 1
            continue
        linked = set(found.relations_of(one))
        right[one.kind] += bool(linked & one.wanted)
        what[one.kind].update(linked or {"nothing"})
        if missed and not linked & one.wanted:
            print(f"missed, {one.kind}, {linked}:\n    {one.text}\n    {one.copy}")
    print(f"{'kind':42}{'planted':>9}{'cleaned away':>14}{'found':>7}{'recall':>8}  as")
    for kind in planted:
        seen = planted[kind] - lost[kind]
        share = f"{right[kind] / seen:.3f}" if seen else ""
        links = ", ".join(f"{name} {count}" for name, count in what[kind].most_common())
        print(f"{kind:42}{planted[kind]:9}{lost[kind]:14}{right[kind]:7}{share:>8}  {links}")
    _show_hub(corpus, found)
    _show_templates(corpus, found)


def _show_hub(corpus: Corpus, found: Found) -> None:
    standing = [number for number in corpus.hub if folded(planting.HUB) in found.texts[number]]
    members = {number for cluster in found.clusters for number, _ in cluster}
    linked = sum(number in members for number in standing)
    print(f"one sentence in {len(corpus.hub)} documents: stands in {len(standing)} texts, in clusters in {linked}")


def _show_templates(corpus: Corpus, found: Found) -> None:
    standing = sum(bool(found.texts[number]) for number in corpus.templates)
    kinds: Counter[str] = Counter()
    known = set(corpus.templates)
    for (low, high), rows in found.relations.items():
        if low in known and high in known:
            kinds.update(relation for relation, _, _ in rows)
    print(f"one sentence with other numbers in {len(known)} documents: stands in {standing}, pairs {dict(kinds)}")


def _ordered(one: int, two: int) -> Places:
    return min(one, two), max(one, two)


def folded(text: str) -> str:
    """Return the words of a text as they are compared."""
    return " ".join(tokenize([text]).words(0))


if __name__ == "__main__":
    main()
