"""`python -m bench.matching`: prints tables; see --help for the large sizes."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.matching import peers, quotes
from bench.matching.corpus import paragraphs, save_columns, save_lines
from bench.matching.oracle import shingle_sets, similar_pairs
from pipeline.dedup.bands import choose_bands, expected_recall
from pipeline.dedup.match import near_duplicates
from pipeline.dedup.sign import Signing

PARTS = ("speed", "recall", "passages", "growth")
PROGRAMS = list(peers.REQUIREMENTS)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--count", type=int, default=20_000, help="paragraphs for speed and recall")
    options.add_argument("--peers", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    options.add_argument("--repeats", type=int, default=3, help="runs of each program; the median counts")
    options.add_argument("--documents", type=int, default=500, help="documents for passages")
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="paragraphs for growth")
    options.add_argument("--environments", type=Path, default=Path(".bench/peers"), help="where peers are installed")
    options.add_argument("--timeout", type=float, default=1800, help="seconds for one run of a program")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "speed" in chosen.parts:
            speed(chosen, folder)
        if "recall" in chosen.parts:
            recall(chosen.count)
        if "passages" in chosen.parts:
            show_passages(chosen.documents)
        if "growth" in chosen.parts:
            growth(sorted(chosen.sizes), folder)


def speed(chosen: argparse.Namespace, folder: Path) -> None:
    """Ours and its peers: from texts to signatures, signing alone (of shingles given), from texts to pairs.

    Ratios are to datasketch; bytes are those of the peak for each paragraph, beyond the texts themselves.
    """
    texts, _ = paragraphs(chosen.count)
    lines = folder / "paragraphs.jsonl"
    save_lines(texts, lines)
    exact = similar_pairs(shingle_sets(texts, 5), 0.7)
    environments = chosen.environments.absolute()
    results: dict[str, list[peers.Result]] = defaultdict(list)
    for _ in range(chosen.repeats):  # by turns, so that a busy machine is unfair to all alike
        for name in chosen.peers:
            if not any(result.problem for result in results[name]):
                results[name].append(peers.run(name, lines, environments, chosen.timeout))
    print(f"\n{len(texts):,} paragraphs, {len(exact):,} pairs of similarity 0.7 or more; CPU seconds, one core")
    heads = ("signed", "ratio", "alone", "pairs", "ratio", "bytes", "recall", "precision")
    print(f"{'':14}" + "".join(f"{head:>10}" for head in heads))
    base = _median(results["datasketch"]) if results["datasketch"] else None
    for name in chosen.peers:
        made = _median(results[name])
        if made.problem:
            print(f"{name:14}  did not run: {made.problem}")
            continue
        cells = [
            f"{made.signing:.3f}",
            _ratio(base and base.signing, made.signing),
            f"{made.steps['sign']:.3f}",
        ]
        cells += [f"{made.total:.3f}" if made.total else "", _ratio(base and base.total, made.total)]
        cells.append(f"{made.memory / len(texts):.0f}")
        if made.pairs is not None:
            right = len(exact.keys() & made.pairs)
            cells += [f"{right / len(exact):.4f}", f"{right / max(1, len(made.pairs)):.4f}"]
        print(f"{name:14}" + "".join(f"{cell:>10}" for cell in cells))


def recall(count: int) -> None:
    """Ours against the exact join, by the edit of the later text of each pair."""
    texts, kinds = paragraphs(count, seed=1)
    sets = shingle_sets(texts, 5)
    print(f"\nRecall against the exact join, {count:,} paragraphs")
    for threshold, (bands, rows) in ((0.7, (32, 4)), (0.5, choose_bands(0.5))):
        found = near_duplicates(texts, threshold, Signing(bands=bands, rows=rows))
        unique = [number for number, first in enumerate(found.representative.tolist()) if number == first]
        pairs = similar_pairs([sets[number] for number in unique], threshold)
        exact = {(unique[a], unique[b]) for a, b in pairs}
        own = set(zip(found.pairs.a.tolist(), found.pairs.b.tolist(), strict=True))
        right = len(own & exact)
        print(
            f"  J >= {threshold}, {bands} bands of {rows}: recall {right / len(exact):.5f} of {len(exact):,}"
            f" pairs (expected: {expected_recall(threshold, bands, rows):.5f} or more),"
            f" precision {right / max(1, len(own)):.5f}, {found.rejected:,} candidates rejected"
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


def growth(sizes: list[int], folder: Path) -> None:
    """Time and memory for each paragraph at several sizes; the texts lie on disk, mapped into memory."""
    print("\nGrowth: CPU microseconds and bytes for each paragraph")
    heads = ("path", "all", "signing", "bytes", "peak MB", "pairs")
    print(f"{'paragraphs':>12}" + "".join(f"{head:>10}" for head in heads))
    columns = folder / "columns"
    made = 0
    for size in sizes:
        while made < size:
            block, _ = paragraphs(min(100_000, size - made), seed=1000 + made)
            save_columns(block, columns)
            made += len(block)
        for path in ("numpy", "fast"):
            command = [sys.executable, "-m", "bench.matching.growth", str(columns), str(size), path]
            printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=peers.ROOT).stdout
            result = json.loads(printed)
            each = {name: result[name] / size for name in ("all cpu", "sign cpu", "memory")}
            cells = [path, f"{1e6 * each['all cpu']:.2f}", f"{1e6 * each['sign cpu']:.2f}"]
            cells += [f"{each['memory']:.0f}", f"{result['peak'] / 2**20:.0f}", f"{result['pairs']:,}"]
            print(f"{size:12,}" + "".join(f"{cell:>10}" for cell in cells), flush=True)


def _median(results: list[peers.Result]) -> peers.Result:
    if results[-1].problem:
        return results[-1]
    return sorted(results, key=lambda result: result.total or result.signing)[len(results) // 2]


def _ratio(base: float | None, own: float | None) -> str:
    return f"{base / own:.1f}" if base and own else ""


if __name__ == "__main__":
    main()
