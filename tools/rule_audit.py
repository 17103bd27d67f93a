"""How right the rules are on pages whose gold text is known: `python tools/rule_audit.py PAGES [options]`.

PAGES is JSONL, gzipped or not, a page a line: `text` (lines), `keep` (0 or 1 for each non-blank line of it), `gold`,
`site`, `lang`, `set`. With `--field text_sparse` the flags are read from `keep_sparse`.

For each rule: the lines it holds for, the share of them (and of their words) that gold leaves out, on how many sites,
and the languages. A rule that cuts a part of a line is right where gold lacks that part. `strike` rules come first;
lines a failed condition made into hints are counted apart, as `weak`.
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

from pipeline import shape
from pipeline.boilerplate.rules import RuleBook, builtin_rules, in_context, parse

_WORD = re.compile(r"[^\W\d_]+|\d+|[\u3040-\u30ff\u4e00-\u9fff]")


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
    wrong: Counter[str] = field(default_factory=Counter)
    rights: Counter[str] = field(default_factory=Counter)
    patterns: Counter[tuple[str, bool]] = field(default_factory=Counter)


def word_count(text: str) -> int:
    """Words; ideographs and kana count singly."""
    return sum(1 for word in _WORD.finditer(text) for _ in ([0] if word[0][0] < "\u3040" else word[0]))


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The pages of a JSONL file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


def audit(
    book: RuleBook, pages: Iterator[dict[str, Any]], suffix: str
) -> tuple[dict[str, Tally], Counter[str]]:
    """A tally by rule id, and the words of all lines by what gold and the rules say of them."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    total: Counter[str] = Counter()
    for page in pages:
        if not page.get("text" + suffix):
            continue
        lines = [line.strip() for line in page["text" + suffix].split("\n") if line.strip()]
        keep = [int(flag) for flag in page["keep" + suffix]]
        if len(lines) != len(keep):
            continue
        raw = [book.line(line) for line in lines]
        prose = [not hits and shape.is_prose(line) for hits, line in zip(raw, lines, strict=True)]
        held = in_context(raw, prose)
        gold: str | None = None
        for line, kept, hits in zip(lines, keep, held, strict=True):
            words = word_count(line)
            struck = False
            for hit in hits:
                tally = tallies[hit.rule.id]
                if hit.rule.verdict == "hint" and _VERDICT[hit.rule.id] == "strike":
                    tally.weak += 1
                    tally.weak_right += not kept
                    continue
                struck |= hit.rule.verdict == "strike"
                _count(tally, hit.pattern, line, words, not kept, page)
            total["removed" if not kept else "kept"] += words
            total["lines-removed" if not kept else "lines-kept"] += 1
            if struck:
                total["struck-right" if not kept else "struck-wrong"] += words
                total["lines-struck-right" if not kept else "lines-struck-wrong"] += 1
            elif any(hit.rule.verdict == "hint" for hit in hits):
                total["hinted-right" if not kept else "hinted-wrong"] += words
            if struck:
                continue
            for cut in book.cuts(line):
                piece, before = line[cut.start : cut.end], line[max(0, cut.start - 20) : cut.start]
                after = line[cut.end : cut.end + 20]
                if gold is None:
                    gold = _squash(page["gold"])
                wrong = bool(kept) and _squash(before + piece + after) in gold
                _count(
                    tallies[cut.hit.rule.id], cut.hit.pattern, line, word_count(piece), not wrong, page, piece
                )
    return tallies, total


def _count(
    tally: Tally, pattern: str, line: str, words: int, right: bool, page: dict[str, Any], piece: str = ""
) -> None:
    tally.hits += 1
    tally.words += words
    tally.langs[page["lang"]] += 1
    tally.patterns[pattern, right] += 1
    shown = f"{piece!r} of {line[-150:]}" if piece else line[:200]
    if right:
        tally.right += 1
        tally.right_words += words
        tally.sites.add(page["site"])
        tally.rights[shown] += 1
    else:
        tally.wrong_sites.add(page["site"])
        tally.wrong[f"[{page['set']} {page['site']}] {shown}"] += 1


_VERDICT: dict[str, str] = {}


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("pages", type=Path)
    options.add_argument(
        "--rules", type=Path, action="append", help="a rule file instead of the built-in ones"
    )
    options.add_argument("--field", default="text", choices=["text", "text_sparse"])
    options.add_argument("--sets", help="only these sets, by comma")
    options.add_argument("--langs", help="only these languages, by comma")
    options.add_argument(
        "--show", help="a rule id (or its beginning): print what it matched, wrong ones first"
    )
    options.add_argument(
        "--below", type=float, default=0.0, help="list only rules with a precision below this"
    )
    chosen = options.parse_args()
    rules = builtin_rules()
    if chosen.rules:
        rules = tuple(rule for path in chosen.rules for rule in parse(path.read_text("utf-8"), path.name))
    _VERDICT.update({rule.id: rule.verdict for rule in rules})
    pages = (
        page
        for page in read(chosen.pages)
        if (not chosen.sets or page["set"] in chosen.sets.split(","))
        and (not chosen.langs or page["lang"] in chosen.langs.split(","))
    )
    tallies, total = audit(RuleBook(rules), pages, chosen.field.removeprefix("text"))
    if chosen.show:
        for name, tally in sorted(tallies.items()):
            if name.startswith(chosen.show):
                _show(name, tally)
        return 0
    print(
        f"{'rule':34} {'verdict':7} {'hits':>7} {'prec':>6} {'words':>7} {'prec':>6} {'sites':>5} {'wrong':>5} weak  languages"
    )
    for rule in sorted(rules, key=lambda rule: (rule.verdict == "hint", rule.category, rule.id)):
        tally = tallies.get(rule.id, Tally())
        precision = tally.right / max(1, tally.hits)
        if chosen.below and (precision >= chosen.below or not tally.hits):
            continue
        weak = f"{tally.weak_right}/{tally.weak}" if tally.weak else "-"
        langs = " ".join(f"{lang}:{count}" for lang, count in tally.langs.most_common(6))
        print(
            f"{rule.id:34} {rule.verdict:7} {tally.hits:7} {precision:6.3f} {tally.words:7}"
            f" {tally.right_words / max(1, tally.words):6.3f} {len(tally.sites):5} {len(tally.wrong_sites):5} {weak}  {langs}"
        )
    struck, wrong = total["struck-right"], total["struck-wrong"]
    print(
        f"strikes: precision {struck / max(1, struck + wrong):.4f} of words,"
        f" {total['lines-struck-right'] / max(1, total['lines-struck-right'] + total['lines-struck-wrong']):.4f} of lines;"
        f" recall {struck / max(1, total['removed']):.4f} of removed words,"
        f" {total['lines-struck-right'] / max(1, total['lines-removed']):.4f} of removed lines;"
        f" kept words lost {wrong / max(1, total['kept']):.5f}"
    )
    print(
        f"with hints: {(struck + total['hinted-right']) / max(1, total['removed']):.4f} of removed words"
        f" and {(wrong + total['hinted-wrong']) / max(1, total['kept']):.4f} of kept words have a hit"
    )
    return 0


def _show(name: str, tally: Tally) -> None:
    print(f"== {name}: {tally.right} of {tally.hits} right, {len(tally.sites)} sites")
    names = {pattern for pattern, _ in tally.patterns}
    for pattern in sorted(names, key=lambda pattern: (-tally.patterns[pattern, False], pattern))[:15]:
        right, wrong = tally.patterns[pattern, True], tally.patterns[pattern, False]
        print(f"   {pattern}: {right} of {right + wrong}")
    for label, lines in (("WRONG", tally.wrong), ("right", tally.rights)):
        for line, count in lines.most_common(40):
            print(f"   {label} {count:5} {line}")


if __name__ == "__main__":
    sys.exit(main())
