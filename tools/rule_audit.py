"""How right the rules are on pages whose gold text is known: `python tools/rule_audit.py PAGES [options]`.

PAGES is JSONL, gzipped or not, a page a line: `text` (lines), `keep` (0 or 1 for each non-blank line of it),
`gold`, `site`, `lang`, `set`. With `--field text_sparse` the flags are read from `keep_sparse`.

For each rule: the lines it holds for, the share of them (and of their words) that gold leaves out, on how
many sites, on how many it is wrong, and the languages. A rule that cuts a part of a line is right where
gold lacks that part. `strike` rules come first; lines that a failed condition made into hints are counted
apart, as `weak`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.judge.rules.book import Rule, RuleBook
from pipeline.judge.rules.context import Context
from pipeline.judge.rules.files import builtin_rules, parse
from pipeline.text import shape

_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass
class Tally:
    """What was seen of one rule."""

    hits: int = 0
    right: int = 0
    words: int = 0
    right_words: int = 0
    weak: int = 0
    weak_right: int = 0
    sites: set[str] = field(default_factory=set)
    wrong_sites: set[str] = field(default_factory=set)
    langs: Counter[str] = field(default_factory=Counter)
    wrong_lines: Counter[str] = field(default_factory=Counter)
    right_lines: Counter[str] = field(default_factory=Counter)
    patterns: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def count(self, page: dict[str, Any], pattern: str, shown: str, *, words: int, right: bool) -> None:
        """One more line, or part of a line, that the rule holds for."""
        self.hits += 1
        self.words += words
        self.langs[page["lang"]] += 1
        self.patterns[pattern, right] += 1
        if right:
            self.right += 1
            self.right_words += words
            self.sites.add(page["site"])
            self.right_lines[shown] += 1
        else:
            self.wrong_sites.add(page["site"])
            self.wrong_lines[f"[{page['set']} {page['site']}] {shown}"] += 1


class Audit:
    """Tallies by rule id, and the words and lines of all pages by what gold and the rules say of them."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.total: Counter[str] = Counter()
        self._book = RuleBook(rules)
        self._verdict = {rule.id: rule.verdict for rule in rules}

    def add(self, page: dict[str, Any], suffix: str) -> None:
        """Count one page; `suffix` chooses among its texts."""
        lines = [line.strip() for line in (page.get("text" + suffix) or "").split("\n") if line.strip()]
        keep = [int(flag) for flag in page.get("keep" + suffix) or ()]
        if not lines or len(lines) != len(keep):
            return
        found = [self._book.line(line) for line in lines]
        prose = [not hits and shape.is_prose(line) for hits, line in zip(found, lines, strict=True)]
        gold = _squash(page["gold"])
        for line, kept, hits in zip(lines, keep, Context(found, prose).in_place(), strict=True):
            words = len(_WORD.findall(line))
            struck = hinted = False
            for hit in hits:
                tally = self.tallies[hit.rule.id]
                if hit.rule.verdict != self._verdict[hit.rule.id]:
                    tally.weak += 1
                    tally.weak_right += not kept
                    hinted = True
                    continue
                struck |= hit.rule.verdict == "strike"
                hinted |= hit.rule.verdict == "hint"
                tally.count(page, hit.pattern, line[:200], words=words, right=not kept)
            self._total(words, kept=bool(kept), struck=struck, hinted=hinted)
            if not struck:
                self._cuts(page, line, gold if kept else None)

    def _total(self, words: int, *, kept: bool, struck: bool, hinted: bool) -> None:
        gold = "kept" if kept else "removed"
        verdict = "struck " if struck else "hinted " if hinted else ""
        for unit, count in (("words", words), ("lines", 1)):
            self.total[f"{gold} {unit}"] += count
            if verdict:
                self.total[f"{verdict}{gold} {unit}"] += count

    def _cuts(self, page: dict[str, Any], line: str, gold: str | None) -> None:
        """Count the parts that rules cut off `line`; gold None: the whole line goes, so its parts do."""
        for cut in self._book.cuts(line):
            around = _squash(line[max(0, cut.start - 20) : cut.end + 20])
            piece = line[cut.start : cut.end]
            self.tallies[cut.hit.rule.id].count(
                page,
                cut.hit.pattern,
                f"{piece!r} of {line[-150:]}",
                words=len(_WORD.findall(piece)),
                right=gold is None or around not in gold,
            )

    def table(self, below: float) -> Iterator[str]:
        """A line for each rule, then the sums."""
        head = ("rule", "verdict", "hits", "prec", "words", "prec", "sites", "wrong")
        yield "{:34} {:7} {:>7} {:>6} {:>7} {:>6} {:>5} {:>5} weak  languages".format(*head)
        for rule in sorted(self.rules, key=lambda rule: (rule.verdict == "hint", rule.category, rule.id)):
            tally = self.tallies.get(rule.id, Tally())
            precision = tally.right / max(1, tally.hits)
            if below and (precision >= below or not tally.hits):
                continue
            weak = f"{tally.weak_right}/{tally.weak}" if tally.weak else "-"
            langs = " ".join(f"{lang}:{count}" for lang, count in tally.langs.most_common(6))
            yield (
                f"{rule.id:34} {rule.verdict:7} {tally.hits:7} {precision:6.3f} {tally.words:7}"
                f" {tally.right_words / max(1, tally.words):6.3f} {len(tally.sites):5}"
                f" {len(tally.wrong_sites):5} {weak}  {langs}"
            )
        for unit in ("words", "lines"):
            right, wrong = self.total[f"struck removed {unit}"], self.total[f"struck kept {unit}"]
            hinted = right + self.total[f"hinted removed {unit}"]
            removed, kept = max(1, self.total[f"removed {unit}"]), max(1, self.total[f"kept {unit}"])
            yield (
                f"strikes, {unit}: prec {right / max(1, right + wrong):.4f}, recall {right / removed:.4f},"
                f" lost {wrong / kept:.5f} of what gold keeps; with hints, recall {hinted / removed:.4f},"
                f" on {(wrong + self.total[f'hinted kept {unit}']) / kept:.4f} of what gold keeps"
            )

    def examples(self, prefix: str) -> Iterator[str]:
        """What the rules whose id begins with `prefix` hold for, the wrong ones first."""
        for name, tally in sorted(self.tallies.items()):
            if not name.startswith(prefix):
                continue
            yield f"== {name}: {tally.right} of {tally.hits} right, {len(tally.sites)} sites"
            names = {pattern for pattern, _ in tally.patterns}
            for pattern in sorted(names, key=lambda name: (-tally.patterns[name, False], name))[:15]:
                right, wrong = tally.patterns[pattern, True], tally.patterns[pattern, False]
                yield f"   {pattern}: {right} of {right + wrong}"
            for label, lines in (("WRONG", tally.wrong_lines), ("right", tally.right_lines)):
                for line, count in lines.most_common(40):
                    yield f"   {label} {count:5} {line}"


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The pages of a JSONL file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("pages", type=Path)
    options.add_argument("--rules", type=Path, action="append", help="a rule file instead of the built-in ones")
    options.add_argument("--field", default="text", choices=["text", "text_sparse"])
    options.add_argument("--sets", help="only these sets, by comma")
    options.add_argument("--langs", help="only these languages, by comma")
    options.add_argument("--show", help="a rule id, or how it begins: print what it holds for, wrong ones first")
    options.add_argument("--below", type=float, default=0.0, help="only rules with a precision below this")
    chosen = options.parse_args()
    rules = builtin_rules()
    if chosen.rules:
        rules = tuple(rule for path in chosen.rules for rule in parse(path.read_text("utf-8"), path.name))
    audit = Audit(rules)
    for page in read(chosen.pages):
        if (not chosen.sets or page["set"] in chosen.sets.split(",")) and (
            not chosen.langs or page["lang"] in chosen.langs.split(",")
        ):
            audit.add(page, chosen.field.removeprefix("text"))
    for line in audit.examples(chosen.show) if chosen.show else audit.table(chosen.below):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
