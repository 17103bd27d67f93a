"""What is hostile, too large or damaged, against the limits of docs/guarantees.md.

    python -m bench.torture                  # all parts
    python -m bench.torture bombs large      # some

    hostile   93 kinds of hostile pages and the broken files of others, from ../shared/badinput: in one run
    bombs     small files that become gigabytes, one run each
    large     an honest .jsonl.gz of 256 MiB of text
    patterns  five patterns that ruin an engine with backtracking, as rules of a user, on a line of 1 MiB
    cost      what bounding documents costs on ordinary pages: processor time, in pairs

Memory is that of all processes together. Exit code 1: something is over its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import runpy
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bench.torture import bombs
from bench.torture.tree import Ran, run
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.rule import Rule
from pipeline.read.entry import file_of

BAD_INPUT = Path(__file__).resolve().parents[3] / "shared" / "badinput"
TREE_MIB = 2048
PARENT_MIB = 300
PROCESS_MIB = 400
MAX_COST = 1.03
PATTERNS = {"(a+)+$": 50, "(a|aa)+$": 50, "([a-z]+)*!": 50, "(?:.*a){12}": 50, "(.*a){12}": 1000}
"""What a user may write, and milliseconds that it may cost on 1 MiB. Whether and where a pattern matches, RE2 sees in one pass
of a deterministic automaton. Where a group lies inside a match can be told only by following all ways of matching at once, of
which the last has twelve: as linear, and dearer by so much."""
PAIRS = 9
PAGES = 200
CODES = (0, 3)


def clean(inputs: list[Path], out: Path, *more: str) -> Ran:
    """`pipeline clean` over inputs, watched."""
    names = [str(path) for path in inputs]
    return run([sys.executable, "-m", "pipeline", "clean", *names, str(out), "--fresh", "-q", *more])


def sources(out: Path, name: str) -> list[str]:
    """The sources of all records of one output."""
    with (out / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["source"] for line in lines]


def problems(ran: Ran, out: Path) -> Iterator[str]:
    """What is wrong with a run, whatever its inputs were."""
    if ran.exit_code not in CODES or ran.stderr:
        yield f"exit code {ran.exit_code}, {ran.stderr.strip()[:200]!r}"
        return
    if ran.tree_mib > TREE_MIB:
        yield f"{ran.tree_mib} MiB"
    if ran.parent_mib > PARENT_MIB:
        yield f"{ran.parent_mib} MiB in the first process"
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "verify", str(out)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        yield f"verify: {(done.stderr or done.stdout).strip()[:200]}"


def figures(ran: Ran) -> str:
    """The costs of a run, for the table."""
    first, largest = f"{ran.parent_mib:4} in the first process", f"{ran.largest_mib:4} in the largest"
    return f"{ran.seconds:6.0f} s  {ran.tree_mib:5} MiB, {first}, {largest}"


def unaccounted(out: Path) -> Iterator[str]:
    """The inputs of which there is nothing: no document, no failure, nothing passed over with a reason."""
    accounted: set[str] = set()
    for name in ("documents", "failures"):
        for source in sources(out, name):
            accounted |= {source, file_of(source)}
    for one in json.loads((out / "manifest.json").read_text())["inputs"]:
        if one["source"] not in accounted and not one["passed_over"]:
            yield f"{one['source']}: neither record nor failure"


def hostile(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Hostile pages and broken files, in one run with two workers; then `verify`."""
    if not BAD_INPUT.is_dir():
        yield "hostile", "skipped: ../shared/badinput is not there", []
        return
    pages = folder / "pages"
    pages.mkdir()
    for name, make in runpy.run_path(str(BAD_INPUT / "hostile.py"))["G"].items():
        (pages / f"{name}.html").write_bytes(make(1.0))
    ran = clean([pages, BAD_INPUT], folder / "out", "--workers", "2")
    found = list(problems(ran, folder / "out"))
    if ran.exit_code in CODES:
        found += unaccounted(folder / "out")
    yield f"hostile: {len(list(pages.iterdir()))} pages and badinput", figures(ran), found


def bomb(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Each bomb in a run of its own, one run for each processor at a time: one file keeps hardly more than one busy."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield from threads.map(partial(one_bomb, folder), bombs.BOMBS)


def one_bomb(folder: Path, one: bombs.Bomb) -> tuple[str, str, list[str]]:
    """One bomb: none of its neighbours is lost, and it is told."""
    name, write, neighbours = one
    path, out = folder / name, folder / f"{name}.out"
    write(path)
    size = path.stat().st_size
    ran = clean([path], out, "--workers", "2")
    found = list(problems(ran, out))
    found += too_large(ran)
    if ran.exit_code in CODES:
        documents, failures = (len(sources(out, kind)) for kind in ("documents", "failures"))
        if documents < neighbours or not failures:
            found.append(
                f"{documents} documents and {failures} failures; {neighbours} documents have a right to be there"
            )
    path.unlink()
    shutil.rmtree(out, ignore_errors=True)
    return f"bomb {name}, {size / bombs.MIB:.1f} MiB", figures(ran), found


def too_large(ran: Ran) -> Iterator[str]:
    """What is wrong where a process has held a file that is to be streamed."""
    if ran.largest_mib > PROCESS_MIB:
        yield f"{ran.largest_mib} MiB in one process"


def large(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """A large compressed file that is no bomb."""
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5000)]

    def lines() -> Iterator[bytes]:
        size = number = 0
        while size < 256 * bombs.MIB:
            text = ". ".join(" ".join(draw.choices(words, k=12)).capitalize() for _ in range(30))
            line = json.dumps({"id": str(number), "text": text}).encode() + b"\n"
            size, number = size + len(line), number + 1
            yield line

    bombs.write_gzip(path := folder / "large.jsonl.gz", lines())
    ran = clean([path], folder / "out", "--workers", "2", "--extractor", "none")
    yield (
        f"large: {path.stat().st_size / bombs.MIB:.0f} MiB of .jsonl.gz",
        figures(ran),
        [*problems(ran, folder / "out"), *too_large(ran)],
    )


def patterns(_: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Processor time of a user's patterns that cut parts out of a line of 1 MiB."""
    line = "a" * bombs.MIB + "b"
    for pattern, limit in PATTERNS.items():
        rule = Rule("r", "share", "a bench", scope="inline", patterns={"any": (pattern,)})
        book = RuleBook([rule])
        book.cuts("warm")
        begun = time.process_time()
        book.cuts(line)
        spent = 1000 * (time.process_time() - begun)
        yield f"pattern {pattern}", f"{spent:6.0f} ms", [f"over {limit} ms"] if spent > limit else []


def ordinary(draw: random.Random, words: list[str], title: str) -> str:
    """A page as a newspaper's usually is: some 80 kB of markup, of which 12,000 characters are the article."""

    def said(length: int) -> str:
        return " ".join(draw.choices(words, k=length)).capitalize()

    def links(count: int) -> str:
        attributes = 'class="menu-item menu-item-type-taxonomy" data-track="navigation" role="none"'
        entries = (
            f'<li {attributes}><a class="link" href="/{name}">{name}</a></li>' for name in draw.sample(words, count)
        )
        return f"<ul>{''.join(entries)}</ul>"

    def teaser() -> str:
        picture = f'<img class="lazy" src="/i/{draw.getrandbits(64):x}.jpg" width="320" height="180" alt="{said(5)}">'
        return f'<div class="card"><div class="card-body"><a href="/s">{picture}<h3>{said(8)}</h3></a></div></div>'

    paragraphs = "".join(f'<p class="paragraph" data-component="text">{said(60)}.</p>\n' for _ in range(30))
    teasers = "".join(teaser() for _ in range(80))
    style = "".join(f".{name}{{margin:0 auto;padding:{len(name)}px}}" for name in draw.sample(words, 1000))
    return (
        f"<html><head><title>{title}</title><style>{style}</style></head><body><nav>{links(80)}</nav>"
        f"<main><article><h1>{title}</h1>{paragraphs}</article></main>"
        f"<aside>{teasers}</aside><footer>{links(60)}</footer></body></html>"
    )


def cost(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Processor time with bounds and without, over the same pages in turn."""
    pages = folder / "ordinary"
    pages.mkdir()
    draw = random.Random(2)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5000)]
    for number in range(PAGES):
        (pages / f"{number:03}.html").write_text(ordinary(draw, words, f"Page {number}"))

    def seconds(workers: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "pipeline", "clean", str(pages), str(folder / "out"), "--fresh", "-q"]
        subprocess.run([*command, "--workers", workers], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def ratio(pair: int) -> float:
        # Which of the two comes first changes from pair to pair: whoever else is on the machine favors neither.
        took = {workers: seconds(workers) for workers in ("10" if pair % 2 else "01")}
        return took["1"] / took["0"]

    ratios = [ratio(pair) for pair in range(PAIRS)]
    middle = statistics.median(ratios)
    found = [f"over {MAX_COST}"] if middle > MAX_COST else []
    yield (
        "cost of bounds",
        f"{middle:.3f} of the processor time without ({min(ratios):.3f} to {max(ratios):.3f})",
        found,
    )


PARTS: dict[str, Callable[[Path], Iterator[tuple[str, str, list[str]]]]] = {
    "bombs": bomb,
    "large": large,
    "patterns": patterns,
    "cost": cost,
    "hostile": hostile,
}


def main() -> None:
    """Run the parts that are named, and say what each came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", default=list(PARTS), help=", ".join(PARTS))
    failed = 0
    for name in parser.parse_args().parts:
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            for what, came_to, found in PARTS[name](Path(folder)):
                print(f"{'FAILED' if found else 'ok':6} {what:45} {came_to}", flush=True)
                for problem in found:
                    print(f"       {problem}", flush=True)
                failed += bool(found)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
