"""`python -m bench.matching`: prints tables; see --help for the large sizes."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

import numpy as np

from bench.matching import peers, planting, quotes
from bench.matching.corpus import paragraphs, save_columns, save_lines
from bench.matching.oracle import shingle_sets, similar_pairs
from pipeline.corpus.packs import is_long
from pipeline.match.core.bands import choose_bands, expected_recall
from pipeline.match.texts import near_duplicates

PARTS = ("speed", "recall", "passages", "growth")
PROGRAMS = list(peers.REQUIREMENTS)
FULL = {
    "count": 20_000, "repeats": 3, "documents": 2000, "sizes": [10_000, 100_000, 1_000_000], "datasketch": 100_000,
}  # fmt: skip
QUICK = {"count": 5_000, "repeats": 1, "documents": 300, "sizes": [10_000, 100_000], "datasketch": 10_000}
OURS = ("pipeline", "pipeline-numpy")
THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
WIDTH = 15
REPEATED = 1_000_000
"""Times that one line stands in the texts, to see what it costs."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    options.add_argument("--quick", action="store_true", help="small sizes: half a minute instead of six")
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--count", type=int, help="paragraphs for speed and recall")
    options.add_argument(
        "--data", type=Path, help="folder of labelled pages: recall on these, too, with copies planted"
    )
    options.add_argument("--pages", type=int, default=3000, help="of them, for recall")
    options.add_argument("--peers", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    options.add_argument("--repeats", type=int, help="runs of each program; the median ratio counts")
    options.add_argument("--documents", type=int, help="documents for passages")
    options.add_argument("--sizes", type=int, nargs="+", help="paragraphs for growth, up to 10000000")
    options.add_argument("--datasketch", type=int, help="largest size at which datasketch is run beside ours")
    options.add_argument("--environments", type=Path, default=Path(".bench/peers"), help="where peers are installed")
    options.add_argument("--timeout", type=float, default=1800, help="seconds for one run of a program")
    chosen = options.parse_args()
    for name, value in (QUICK if chosen.quick else FULL).items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    chosen.environments = chosen.environments.absolute()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "speed" in chosen.parts:
            speed(chosen, folder)
        if "recall" in chosen.parts:
            recall(*paragraphs(chosen.count, seed=1))
            if chosen.data:
                recall(*planted_paragraphs(chosen.data, chosen.pages))
        if "passages" in chosen.parts:
            show_passages(chosen.documents)
        if "growth" in chosen.parts:
            growth(chosen, folder)


def speed(chosen: argparse.Namespace, folder: Path) -> None:
    """Ours and its peers, in CPU seconds of one core: from texts to signatures, and from texts to pairs.

    Ratios are to datasketch in the same round, the median of all rounds; bytes are those of the peak for each
    paragraph, beyond the texts themselves.
    """
    texts, _ = paragraphs(chosen.count)
    lines = folder / "paragraphs.jsonl"
    save_lines(texts, lines)
    exact = similar_pairs(shingle_sets(texts, 5), 0.7)
    results: dict[str, list[peers.Result]] = defaultdict(list)
    for _ in range(chosen.repeats):  # by turns, so that a busy machine is unfair to all alike
        for name in chosen.peers:
            if not any(result.problem for result in results[name]):
                results[name].append(peers.run(name, lines, chosen.environments, chosen.timeout))
    print(f"\n{len(texts):,} paragraphs, {len(exact):,} pairs of similarity 0.7 or more; CPU seconds, one core")
    heads = ("signed", "per s", "ratio", "pairs", "ratio", "bytes", "recall", "precision")
    print(f"{'':14}" + "".join(f"{head:>10}" for head in heads))
    for name in chosen.peers:
        made, base = results[name], results["datasketch"]
        if made[-1].problem:
            print(f"{name:14}  did not run: {made[-1].problem}")
            continue
        signing = median(one.signing for one in made)
        cells = [f"{signing:.3f}", f"{len(texts) / signing:,.0f}", _ratio(base, made, "signing")]
        cells += [f"{median(one.total for one in made):.3f}" if made[0].total else "", _ratio(base, made, "total")]
        cells.append(f"{median(one.memory for one in made) / len(texts):.0f}")
        if made[0].pairs is not None:
            right = len(exact.keys() & made[0].pairs)
            cells += [f"{right / len(exact):.4f}", f"{right / max(1, len(made[0].pairs)):.4f}"]
        print(f"{name:14}" + "".join(f"{cell:>10}" for cell in cells))


def planted_paragraphs(data: Path, pages: int) -> tuple[list[str], list[str]]:
    """Return (texts, kinds) of all paragraphs of real pages with copies planted in them, of five words and more."""
    corpus = planting.plant(planting.real_documents(data, pages))
    kind = {one.copy: one.kind for one in corpus.planted if one.wanted != planting.PASSAGE}
    texts = [text for document in corpus.documents for text in document if is_long(text)]
    return texts, [kind.get(text, "") for text in texts]


def recall(texts: list[str], kinds: list[str]) -> None:
    """Ours against the exact join at several thresholds, by the edit of the later text of each pair."""
    sets = shingle_sets(texts, 5)
    print(f"\nRecall against the exact join, {len(texts):,} paragraphs")
    for threshold in THRESHOLDS:
        found = near_duplicates(texts, threshold)
        unique = np.unique(found.representative).tolist()
        pairs = similar_pairs([sets[number] for number in unique], threshold)
        exact = {(unique[a], unique[b]) for a, b in pairs}
        own = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
        right = len(own & exact)
        bands, rows = choose_bands(threshold)
        print(
            f"  J >= {threshold}, {bands} bands of {rows}: recall {right / len(exact):.5f} of {len(exact):,}"
            f" pairs (expected: {expected_recall(threshold, bands, rows):.5f} or more),"
            f" precision {right / max(1, len(own)):.5f}"
        )
        by_kind: dict[str, list[bool]] = defaultdict(list)
        for pair in exact:
            by_kind[kinds[pair[1]] or "original"].append(pair in own)
        kinds_found = [f"{kind} {sum(hits)}/{len(hits)}" for kind, hits in sorted(by_kind.items())]
        print("    " + "; ".join(kinds_found))


def show_passages(count: int) -> None:
    """The guarantee against brute force, and the recall of planted quotes."""
    made = quotes.measure(count)
    print(f"\nPassages: {count:,} documents of 400 words, {made.reported:,} reported, {made.seconds:.2f} s")
    print(f"  verbatim runs of 8 words shared: {made.runs:,}, not covered by a passage: {made.missed}")
    for kind, (hit, planted) in made.recall.items():
        print(f"  quotes of {kind}: {hit}/{planted} = {hit / planted:.4f}")


def growth(chosen: argparse.Namespace, folder: Path) -> None:
    """CPU time and memory for each paragraph at several sizes; ours reads the texts from a file mapped into memory."""
    print("\nGrowth: CPU microseconds and bytes for each paragraph; ratios to datasketch at this size")
    heads = ("", "all", "ratio", "signing", "bytes", "ratio", "pairs")
    print(f"{'paragraphs':>12}" + "".join(f"{head:>{WIDTH}}" for head in heads))
    columns, lines = folder / "columns", folder / "growth.jsonl"
    made = 0
    for size in sorted(chosen.sizes):
        while made < size:
            block, _ = paragraphs(min(100_000, size - made), seed=1000 + made)
            save_columns(block, columns)
            if made < chosen.datasketch:
                save_lines(block, lines)
            made += len(block)
        base = None
        if size <= chosen.datasketch:
            base = peers.run("datasketch", lines, chosen.environments, chosen.timeout)
            if base.total:
                _row(size, "datasketch", base.total, base.signing, base.memory, len(base.pairs or ()), base)
        for name in OURS:
            own = _grown(chosen, name, columns, size)
            _row(size, name, own["all cpu"], own["sign cpu"], own["memory"], own["pairs"], base)
    for name in OURS:
        own = _grown(chosen, name, columns, made, REPEATED)
        seconds = own["all cpu"], own["all cpu"] - own["sign cpu"]
        print(f"  {name}: one line {REPEATED:,} times takes {seconds[0]:.2f} s, of it {seconds[1]:.2f} s to match")


def _grown(chosen: argparse.Namespace, name: str, columns: Path, size: int, repeated: int = 0) -> dict[str, float]:
    arguments = ("-m", "bench.matching.growth", str(columns), str(size), name, str(repeated))
    made: dict[str, float] = json.loads(peers.call(name, chosen.environments, chosen.timeout, *arguments))
    return made


def _row(
    size: int, name: str, total: float, signing: float, memory: float, pairs: float, base: peers.Result | None
) -> None:
    each = (1e6 * total / size, 1e6 * signing / size, memory / size)
    faster = f"{base.total / total:.1f}" if base and base.total else ""
    smaller = f"{base.memory / memory:.1f}" if base and base.total else ""
    cells = [name, f"{each[0]:.2f}", faster, f"{each[1]:.2f}", f"{each[2]:.0f}", smaller, f"{pairs:,.0f}"]
    print(f"{size:12,}" + "".join(f"{cell:>{WIDTH}}" for cell in cells), flush=True)


def _ratio(base: list[peers.Result], own: list[peers.Result], figure: str) -> str:
    pairs = [(getattr(one, figure), getattr(two, figure)) for one, two in zip(base, own, strict=False)]
    ratios = [one / two for one, two in pairs if one and two]
    return f"{median(ratios):.1f}" if ratios else ""


if __name__ == "__main__":
    main()
