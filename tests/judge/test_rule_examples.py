"""The rules' own examples, and clean texts that no rule may touch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.context import Context
from pipeline.judge.rules.files import builtin, builtin_rules, check, parse
from pipeline.judge.rules.folding import fold
from pipeline.judge.rules.rule import CATEGORIES, Rule
from pipeline.text import shape

HERE = Path(__file__).parent
RULES = builtin_rules()
SCRIPTS = ("ru", "el", "zh", "ja", "ar", "de", "fr", "es", "pt", "it", "nl", "pl")


def data_lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def documents() -> list[list[str]]:
    text = (HERE / "clean_documents.txt").read_text(encoding="utf-8").split("\n\n", 1)[1]
    return [[line for line in part.splitlines() if line.strip()] for part in re.split(r"(?m)^=+$", text)]


def by_id(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_matches_its_matches_and_misses_its_misses(rule: Rule) -> None:
    assert check([rule]) == []
    assert len(rule.matches) >= (1 if rule.scope != "line" else 2) or len(rule.phrases) + len(rule.patterns) == 1
    assert rule.misses, "needs a near miss: a line that looks like the cruft and is not"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.patterns], ids=by_id)
def test_every_pattern_has_an_example(rule: Rule) -> None:
    book = RuleBook([rule])
    shown = {
        hit.pattern
        for example in rule.matches
        for hit in (book.line(example) if rule.scope == "line" else [cut.hit for cut in book.cuts(example)])
    }
    names = {
        f"{rule.id}/{language}/r{number}"
        for language, patterns in rule.patterns.items()
        for number in range(1, len(patterns) + 1)
    }
    assert names <= shown


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.phrases], ids=by_id)
def test_a_phrase_stands_once_in_a_rule_and_is_found(rule: Rule) -> None:
    book = RuleBook([rule])
    keys = [re.sub(r"\d+(?:[.,:]\d+)*", "0", fold(text)) for texts in rule.phrases.values() for text in texts]
    assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
    assert all(book.line(text) for texts in rule.phrases.values() for text in texts if len(text) <= rule.max_chars)


def test_ids_are_unique_and_categories_known() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert {rule.category for rule in RULES} | {name for rule in RULES for name in rule.near} <= CATEGORIES.keys()
    assert CATEGORIES.keys() - {rule.category for rule in RULES} == {"template"}
    assert len(CATEGORIES) <= 18


def test_every_promised_language_is_covered() -> None:
    phrases = dict.fromkeys(SCRIPTS, 0)
    for rule in RULES:
        for language in SCRIPTS:
            phrases[language] += len(rule.phrases.get(language, ()))
    assert min(phrases.values()) >= 300, phrases


def test_line_patterns_are_written_as_lines_are_matched() -> None:
    """Lower case only, no edge that folding strips, no costly repeat."""
    for rule in RULES:
        for pattern in (p for texts in rule.patterns.values() for p in texts):
            plain = re.sub(r"\\.", "", pattern)
            if rule.scope == "line":
                assert not re.search(r"[A-ZÀ-ÞΑ-ΩА-Я]", plain), (rule.id, pattern)
                assert "(?i)" not in pattern
            assert not re.search(r"\\p[LN]|\\w\{|\\X", pattern), (rule.id, pattern)
            repeats = [int(high or low) for low, high in re.findall(r"\{(\d+),?(\d*)\}", plain)]
            assert all(count <= 12 for count in repeats), (rule.id, pattern)


@pytest.mark.parametrize("line", data_lines("ordinary_lines.txt"))
def test_no_pattern_matches_an_ordinary_line(line: str) -> None:
    book = builtin()
    patterns = [hit.pattern for hit in book.line(line) if "/r" in hit.pattern and hit.rule.verdict == "strike"]
    phrases = [hit.pattern for hit in book.line(line) if "/r" not in hit.pattern and hit.rule.verdict == "strike"]
    assert patterns == []
    assert phrases == []
    assert book.cuts(line) == ()


def test_hardly_a_hint_holds_for_an_ordinary_line() -> None:
    book = builtin()
    lines = data_lines("ordinary_lines.txt")
    hinted = [(line, hit.pattern) for line in lines for hit in book.line(line)]
    assert len(lines) >= 250
    assert len(hinted) <= len(lines) // 25, hinted


@pytest.mark.parametrize("lines", documents(), ids=lambda lines: lines[0][:30])
def test_a_clean_text_loses_nothing(lines: list[str]) -> None:
    book = builtin()
    found = [book.line(line) for line in lines]
    prose = [not hits and shape.is_prose(line) for hits, line in zip(found, lines, strict=True)]
    held = Context(found, prose).in_place()
    struck = [
        (line, hit.pattern)
        for line, hits in zip(lines, held, strict=True)
        for hit in hits
        if hit.rule.verdict == "strike"
    ]
    assert struck == []
    assert [line for line in lines if book.cuts(line)] == []


CRUFT = """
2 Responses
Leave a Reply
Popular Posts
Related Stories
An official website of the United States Government
Here's how you know
Official websites use .gov
Secure .gov websites use HTTPS
You have accessed part of a historical collection on example.gov. Some of the information may be outdated.
Off the wire
You are here:   Home
Skip to main content
Photo By: Tech. Sgt. Jane Roe
VIRIN: 190503-D-AB123-0042
VIDEO | 00:33 | Minister Opens Bridge
(Follow Jane Roe on Twitter: @janeroe)
Your email address will not be published. Required fields are marked *
© 2019 Example Media. All rights reserved.
This material may not be published, broadcast, rewritten or redistributed.
(Reporting by Jane Roe; Editing by John Doe)
Story continues below advertisement
Subscribe to our newsletter
You've reached your limit of free articles.
Share on Facebook
Sort by newest
Report abuse
Reply · Like · Report
"""


@pytest.mark.parametrize("line", CRUFT.strip().splitlines())
def test_plain_cruft_is_struck_alone(line: str) -> None:
    held = Context([builtin().line(line)], [False]).in_place()[0]
    assert any(hit.rule.verdict == "strike" for hit in held)


def test_a_player_stub_is_struck_together() -> None:
    lines = ["00:33", "Play", "VIDEO | 00:33 | Minister Opens Bridge"]
    held = Context([builtin().line(line) for line in lines], [False] * 3).in_place()
    assert all(any(hit.rule.verdict == "strike" for hit in hits) for hits in held)


def test_parts_of_lines_are_cut() -> None:
    def rest(line: str) -> str:
        for cut in reversed(builtin().cuts(line)):
            line = line[: cut.start] + line[cut.end :]
        return line

    assert rest("Example News, July 21, 2016 Adjust font size:") == "Example News, July 21, 2016"
    assert rest("The talks go on on Thursday. Enditem") == "The talks go on on Thursday."
    assert rest("harbour-view-700x430The mayor came.") == "The mayor came."
    assert rest("会谈将于周四继续。（完）") == "会谈将于周四继续。"


DOCS = (HERE.parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_guide_lists_the_categories_as_they_are() -> None:
    assert dict(re.findall(r"(?m)^\| `([a-z]+)` \| ([^|]+[^| ]) \|$", DOCS.split("## Categories")[1])) == CATEGORIES


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL))
def test_the_guide_s_examples_hold(example: str) -> None:
    rules = parse(example, "rules.md")
    assert rules
    assert check(rules) == []
