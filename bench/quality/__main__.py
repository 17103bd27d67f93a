"""Word 4-gram F1 of cleaned pages, ours and its peers': `python -m bench.quality [--data FOLDER]`.

Every set is cleaned as one folder. A cell is F1 with (precision/recall), in percent, averaged over pages; the held-out
third of the sites, which nobody trains or tunes on, stands apart. Time is CPU seconds next to trafilatura's on the
same pages. `--check` refuses a fall of more than half a point below floors.json; `--write-floors` sets it anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from bench import shared
from bench.quality.pages import FILES, Page, read_pages
from bench.quality.programs import OURS, PROFILES, PROGRAMS, Result, run
from bench.quality.score import Score, mean, score

FLOORS = Path(__file__).with_name("floors.json")
FALL = 0.005
NEWS = ("scrapinghub", "fundus_parsers", "daniel-en", "dragnet")
"""The sets of the mean that the goals speak of."""

Scores = dict[str, dict[str, list[tuple[bool, Score]]]]
"""By set, then program: whether each page is held out, and its score."""


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    shared.add_option(options)
    options.add_argument("--variants", nargs="+", choices=FILES, default=list(FILES))
    options.add_argument("--programs", nargs="+", choices=[*PROFILES, *PROGRAMS], default=[*PROFILES, *PROGRAMS])
    options.add_argument("--sets", nargs="+", help="only these sets")
    options.add_argument("--environments", type=Path, default=Path(".bench/peers"), help="where peers are installed")
    options.add_argument("--check", action="store_true", help="fail below the floors")
    options.add_argument("--write-floors", action="store_true", help="take our scores as the new floors")
    chosen = options.parse_args()
    shared.end_without(chosen.data)
    ours: dict[str, float] = {}
    for variant in chosen.variants:
        pages = [page for page in read_pages(chosen.data, variant) if not chosen.sets or page.set in chosen.sets]
        scores, seconds = measure(pages, chosen.programs, variant == "html", chosen.environments.absolute())
        for title, held_out in (("all sites", False), ("held-out sites", True)):
            print(f"\n{variant}, {title}")
            print_table(scores, chosen.programs, held_out)
        print_times(seconds)
        if OURS in chosen.programs:
            ours |= {f"{variant}/{name}": round(mean(s for _, s in by[OURS]).f1, 4) for name, by in scores.items()}
    if chosen.write_floors:
        known = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
        FLOORS.write_text(json.dumps(known | ours, indent=2, sort_keys=True) + "\n")
    if chosen.check and (fallen := below_floors(ours)):
        sys.exit("\n".join(fallen))


def measure(
    pages: Sequence[Page], programs: Sequence[str], markup: bool, environments: Path
) -> tuple[Scores, dict[str, float]]:
    """Every program on every set: scores, and CPU seconds over all sets."""
    scores: Scores = {}
    seconds: dict[str, float] = dict.fromkeys(programs, 0.0)
    for name, group in groupby(pages, key=lambda page: page.set):
        members = list(group)
        scores[name] = {}
        for program in programs:
            result = run(program, members, markup, environments)
            if result.problem:
                print(f"{program} on {name}: did not run: {result.problem}", file=sys.stderr)
            scores[name][program] = rate(members, result)
            seconds[program] += result.seconds
    return scores, seconds


def rate(pages: Sequence[Page], result: Result) -> list[tuple[bool, Score]]:
    """The score of each page; a page without a result scores as an empty text."""
    return [(page.held_out, score(result.texts.get(page.id, ""), page.gold)) for page in pages]


def print_table(scores: Scores, programs: Sequence[str], held_out: bool) -> None:
    """A line for each set and for the mean of the news sets, a column for each program."""
    print(f"{'':16}" + "".join(f"{program[-14:]:>15}" for program in programs))
    rows: dict[str, dict[str, Score]] = {}
    for name, by_program in scores.items():
        kept = {p: [s for held, s in found if held or not held_out] for p, found in by_program.items()}
        rows[name] = {program: mean(found) for program, found in kept.items() if found}
    news = [rows[name] for name in NEWS if rows.get(name)]
    if len(news) == len(NEWS):
        rows["mean of news"] = {program: mean(row[program] for row in news) for program in programs}
    for name, row in rows.items():
        print(f"{name:16}" + "".join(f"{_cell(row.get(program)):>15}" for program in programs))


def _cell(found: Score | None) -> str:
    if found is None:
        return "-"
    return f"{100 * found.f1:.1f} ({100 * found.precision:.0f}/{100 * found.recall:.0f})"


def print_times(seconds: Mapping[str, float]) -> None:
    """CPU seconds of each program, and how many times trafilatura's that is."""
    base = seconds.get("trafilatura")
    cells = [f"{took:.1f} s" + (f" ({took / base:.2f}x)" if base else "") for took in seconds.values()]
    print(f"{'CPU':16}" + "".join(f"{cell:>15}" for cell in cells))


def below_floors(ours: Mapping[str, float]) -> list[str]:
    """Our scores that fell more than half a point below the floor, one sentence each."""
    floors = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
    return [
        f"{name}: F1 {found:.4f} is more than {FALL} below the floor of {floors[name]:.4f}"
        for name, found in ours.items()
        if found < floors.get(name, 0.0) - FALL
    ]


if __name__ == "__main__":
    main()
