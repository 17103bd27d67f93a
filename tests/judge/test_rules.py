"""The rule engine: folding, matching, context, cuts, and what it says of a broken rule file."""

from __future__ import annotations

import random
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Config, clean_document
from pipeline.errors import UsageError
from pipeline.judge.rules import book as rules
from pipeline.judge.rules import context
from pipeline.judge.rules import files as rule_files
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.context import Context
from pipeline.judge.rules.files import builtin, check, parse
from pipeline.judge.rules.folding import fold, form
from pipeline.judge.rules.rule import Rule
from pipeline.judge.said import said
from pipeline.text import shape

HEAD = '[[rule]]\nid = "r"\ncategory = "share"\nwhy = "w"\n'


def rule(**keys: object) -> Rule:
    values: dict[str, object] = {"id": "r", "category": "share", "why": "w"} | keys
    return Rule(**values)  # type: ignore[arg-type]


def book(*phrases: str, **keys: object) -> RuleBook:
    return RuleBook([rule(phrases={"en": phrases}, **keys)])


def cutting(scope: str, *patterns: str) -> RuleBook:
    return RuleBook([rule(scope=scope, patterns={"any": patterns})])


# Folding


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Leave  a Reply … ", "leave a reply"),
        ("» MEHR ZUM THEMA:", "mehr zum thema"),
        ("À LIRE AUSSI", "a lire aussi"),
        ("ΣΧΕΤΙΚΆ ΆΡΘΡΑ", "σχετικα αρθρα"),
        ("Ещё", "еще"),
        ("（ＡＰ）：ｐｈｏｔｏ", "ap):photo"),
        ("It’s “quoted” – so", 'it\'s "quoted" - so'),
        ("zero\u200bwidth", "zerowidth"),
        ("أخبار", "اخبار"),
        ("***", ""),
        ("", ""),
        ("Straße STRASSE Œuvre", "strasse strasse oeuvre"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    "number", ["12", "1,234", "12 345", "12\u202f345", "12\u00a0345 678", "12’345", "3.5", "10:30"]
)
def test_a_number_is_a_number_whatever_parts_its_thousands(number: str) -> None:
    assert form(fold(f"{number} commentaires")) == "0 commentaires"


def test_numbers_that_follow_each_other_are_several() -> None:
    assert form(fold("Seite 12 34 von 5678")) == "seite 0 0 von 0"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_any_character_twice_changes_nothing() -> None:
    odd = [chr(code) for code in range(0x110000) if fold(fold(f"a{chr(code)}b")) != fold(f"a{chr(code)}b")]
    assert odd == []


@given(st.text(alphabet="éèêëàâçñöüßøåşčřžέήίόύώйёї' "))
def test_composed_and_decomposed_letters_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


# Phrases and patterns


def test_a_phrase_is_the_whole_line() -> None:
    found = book("share this story")
    assert [hit.pattern for hit in found.line("» Share THIS story:")] == ["r/en/1"]
    assert found.line("Share this story with your mother") == ()
    assert found.line("") == found.line("***") == ()


def test_zero_stands_for_any_number() -> None:
    found = book("page 0 of 0")
    assert found.line("Page 3 of 1,204")
    assert not found.line("Page three of nine")


def test_a_phrase_named_twice_is_one_hit() -> None:
    found = RuleBook([rule(phrases={"en": ("newsletter",), "de": ("Newsletter", "newsletter")})])
    assert [hit.pattern for hit in found.line("Newsletter")] == ["r/en/1"]


def test_two_rules_may_hold_the_same_phrase() -> None:
    found = RuleBook([rule(phrases={"en": ("more",)}), rule(id="s", phrases={"de": ("weiter", "more")})])
    assert [hit.pattern for hit in found.line("More")] == ["r/en/1", "s/de/2"]


def test_a_line_pattern_matches_the_whole_folded_line() -> None:
    found = RuleBook([rule(patterns={"en": ("share (this|that)",), "fr": ("partagez l'été.*",)})])
    assert found.line("Share THIS!")
    assert found.line("PARTAGEZ L’ETE avec nous")
    assert not found.line("Please share this")


def test_a_longer_line_is_not_the_cruft() -> None:
    found = RuleBook([rule(patterns={"en": ("share .*",)}, max_chars=20)])
    assert found.line("Share with friends")
    assert not found.line("Share with friends and with family")
    any_line = RuleBook([rule(patterns={"en": (".*",)}, phrases={"en": ("y" * 160, "y" * 161)})])
    long = RuleBook([rule(patterns={"en": (".*",)}, max_chars=9999)])
    for sign, found, most in (("x", any_line, 160), ("y", any_line, 160), ("x", long, 1500)):
        assert found.line(sign * most)
        assert not found.line(sign * (most + 1))


def test_what_somebody_says_is_not_what_the_page_says() -> None:
    found = RuleBook([rule(patterns={"en": ("you must be logged in.*",)})])
    assert found.line("You must be logged in to “post”")
    assert not found.line("“You must be logged in,” the machine told her.")
    assert not found.line("„You must be logged in“, sagte die Maschine.")
    assert found.line("“You must be logged in.”")


@pytest.mark.parametrize(
    ("speech", "is_asked"),
    [
        ("—Síguenos en Facebook —dijo el niño, y todos se rieron.", False),
        ("— Подпишитесь на нашу рассылку, — сказал голос из телефона.", False),
        ("– Zapisz się do newslettera – powiedział głos.", False),
        ("— Share this article", True),
        ("—Suscríbete — Síguenos", True),
        ("Follow us — today", True),
    ],
)
def test_no_rule_is_asked_about_a_speech_that_begins_with_a_dash(speech: str, is_asked: bool) -> None:
    (asked,), _, _ = said([speech], [False])
    assert bool(asked) == is_asked


def test_patterns_for_other_scripts_are_asked_of_their_lines() -> None:
    found = RuleBook([rule(patterns={"ru": (".*читайте.*",), "zh": (".*阅读.*",), "en": (".*read.*",)})])
    assert [hit.pattern for hit in found.line("Читайте также")] == ["r/ru/r1"]
    assert [hit.pattern for hit in found.line("阅读全文")] == ["r/zh/r1"]
    assert [hit.pattern for hit in found.line("Read it")] == ["r/en/r1"]


def test_many_patterns_of_every_kind_match_as_they_do_alone() -> None:
    patterns = tuple(f"{start}word{i}.*" for i in range(40) for start in ("", ".*x ", "[^q]+ y "))
    together = RuleBook([rule(patterns={"en": patterns})])
    for i, pattern in enumerate(patterns, 1):
        text = pattern.replace(".*x ", "a x ").replace("[^q]+ y ", "b y ").replace(".*", " end")
        alone = RuleBook([rule(patterns={"en": (pattern,)})])
        assert alone.line(text)
        assert f"r/en/r{i}" in {hit.pattern for hit in together.line(text)}


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\ue000"])
def test_odd_characters_are_like_any_other_that_no_rule_knows(odd: str) -> None:
    for text in ("{}", "Share {} this", "{} Photo: Jane Roe", "Share this{}", "The talks go on. Enditem{}"):
        found, plain = (builtin().line(text.format(sign)) for sign in (odd, "\ufffd"))
        assert found == plain
        assert builtin().cuts(text.format(odd)) == builtin().cuts(text.format("\ufffd"))
    assert builtin().cuts(f"{odd} The talks go on. Enditem")


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_line_is_answered(text: str) -> None:
    assert builtin().line(text) == builtin().line(text)
    for cut in builtin().cuts(text):
        assert 0 <= cut.start < cut.end <= len(text)


# Cuts


def test_head_tail_and_inline() -> None:
    line = "VIDEO: The bridge. VIDEO: The end. END"

    def cut(scope: str, pattern: str) -> list[str]:
        return [line[found.start : found.end] for found in cutting(scope, pattern).cuts(line)]

    assert cut("head", "VIDEO: ") == ["VIDEO: "]
    assert cut("tail", " END") == [" END"]
    assert cut("inline", "VIDEO: ") == ["VIDEO: ", "VIDEO: "]
    assert cut("head", "The") == cut("tail", "The") == []


@pytest.mark.parametrize("begins", [r"\AOLDPORT: ", r"(?-m)^OLDPORT: ", r"(?-m:^)OLDPORT: ", "OLDPORT: "])
@pytest.mark.parametrize("ends", [r" \(ht\)\z", r" \(ht\)(?-m)$", r" \(ht\)"])
def test_what_is_cut_from_lines_is_cut_wherever_they_stand(begins: str, ends: str) -> None:
    body = "The harbour authority closed two bridges on Friday, and ferries stayed in port until the evening"
    text = f"{body}.\n\nOLDPORT: {body} (ht)\n\n{body}.\n"
    for scope, pattern, cut in (("head", begins, "OLDPORT: "), ("tail", ends, " (ht)")):
        own = f"{HEAD}scope = {scope!r}\npatterns.en = [{pattern!r}]\n".replace("\\\\", "\\")
        document = clean_document(text, config=Config(rules=(own,)))
        assert [one.strip() for one in document.removed].count(cut.strip()) == 1


def test_patterns_that_are_too_large_together_are_asked_apart() -> None:
    """RE2 compiles as much as it has room for: here that is some of these."""
    patterns = [f"(?:boat|tide){number} k?.{{0,400}}" for number in range(200)]
    for found in (RuleBook([rule(patterns={"en": patterns})]), cutting("inline", *patterns)):
        found.compile()
    lines = [f"boat{number} k and more" for number in (0, 77, 199)]
    whole = RuleBook([rule(patterns={"en": patterns})])
    assert [[hit.pattern for hit in hits] for hits in whole.match(lines)] == [
        [f"r/en/r{number}"] for number in (1, 78, 200)
    ]
    inside = cutting("inline", *patterns)
    assert inside.may_cut(lines)
    assert [[cut.hit.pattern for cut in inside.cuts(line)] for line in lines] == [
        [f"r/any/r{number}"] for number in (1, 78, 200)
    ]


@pytest.mark.parametrize("scope", ["line", "inline"])
def test_a_pattern_that_is_too_large_is_told_before_any_work(scope: str) -> None:
    own = f"{HEAD}scope = '{scope}'\npatterns.en = '(\\pL{{300}}|\\pN{{300}}){{3}}1'\n"
    with pytest.raises(UsageError, match="rule r: pattern r/en/r1 is too large for RE2"):
        rule_files.rule_book((own,))


def test_a_group_alone_is_cut() -> None:
    found = cutting("inline", r"(?:^|\s)(\S+\.jpg)(?:\s|$)")
    line = "seen a.jpg there"
    assert [line[cut.start : cut.end] for cut in found.cuts(line)] == ["a.jpg"]


def test_cuts_count_code_points_and_never_overlap() -> None:
    found = cutting("tail", "😀+ ENDE", " ENDE")
    line = "Grüße 😀😀 ENDE"
    assert [(cut.start, cut.end) for cut in found.cuts(line)] == [(6, 13)]
    assert cutting("inline", "a*").cuts("bbb") == ()
    assert cutting("tail", "X").cuts("\ud800X") == cutting("tail", "X").cuts("?X")


# Context


def held(found: RuleBook, lines: list[str], prose: list[int]) -> list[str]:
    hits = Context([found.line(line) for line in lines], [i in prose for i in range(len(lines))]).in_place()
    return ["+".join(f"{hit.rule.id}:{hit.rule.verdict}" for hit in line_hits) for line_hits in hits]


def test_where_weakens_a_strike_and_drops_a_hint() -> None:
    found = RuleBook(
        [
            rule(id="s", where="start", phrases={"en": ("menu",)}),
            rule(id="e", where="end", phrases={"en": ("ende",)}),
            rule(id="h", where="end", verdict="hint", phrases={"en": ("more",)}),
        ]
    )
    lines = ["Menu", "Ende", "More", "prose", "Menu", "prose", "Ende", "More"]
    told = held(found, lines, [3, 5])
    assert told == ["s:strike", "e:hint", "", "", "s:hint", "", "e:strike", "h:hint"]
    assert held(found, ["Menu", "Ende"], []) == ["s:strike", "e:strike"]


def test_lists_of_other_stories_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether text stands below a list is no question for each list anew."""
    asked: list[str] = []

    def has_words(text: str, least: int) -> bool:
        asked.append(text)
        return shape.has_words(text, least)

    monkeypatch.setattr(context, "shape", SimpleNamespace(**{**vars(shape), "has_words": has_words}))
    found = RuleBook([rule(category="related", opens=True, phrases={"en": ("related stories",)})])
    counts: list[int] = []
    for times in (50, 100):
        lines = ["Related stories", "New bridge opens in Oldport"] * times
        asked.clear()
        held_for = Context([found.line(line) for line in lines], [False] * len(lines), texts=lines).in_place()
        assert all(held_for)
        counts.append(len(asked))
    assert counts[1] <= 2 * counts[0]


@pytest.mark.parametrize(
    ("lines", "prose", "told"),
    [
        (["Play", "Video player"], [], "strike"),
        (["Play", "a", "b", "Video player"], [], "strike"),
        (["Video player", "a", "b", "Play"], [], "strike"),
        (["Play", "a", "b", "c", "Video player"], [], "hint"),
        (["Play", "some prose", "Video player"], [1], "hint"),
        (["Play", "Play", "Play"], [], "hint"),
        (["Play", "Watch"], [], "hint"),
        (["Play"], [], "hint"),
    ],
)
def test_near(lines: list[str], prose: list[int], told: str) -> None:
    found = RuleBook(
        [
            rule(id="control", category="media", near=("media",), phrases={"en": ("play",)}),
            rule(id="player", category="media", phrases={"en": ("video player",)}),
            rule(id="word", category="media", verdict="hint", phrases={"en": ("watch",)}),
        ]
    )
    place = lines.index("Play")
    assert held(found, lines, prose)[place] == f"control:{told}"


def test_near_a_line_that_is_prose_and_cruft() -> None:
    found = RuleBook(
        [
            rule(id="ok", category="consent", near=("consent",), phrases={"en": ("ok",)}),
            rule(id="notice", category="consent", patterns={"en": ("we use cookies .*",)}),
        ]
    )
    assert held(found, ["We use cookies for all that we do.", "OK"], [0])[1] == "ok:strike"


# Rule files


def test_a_rule_file() -> None:
    text = HEAD + 'near = "media"\nphrases.en = """\nShare this\n\n  Share it  \n"""\npatterns.en = ["share .*"]\n'
    (found,) = parse(text + 'matches = "Share this"\nmisses = ["Cut it"]\n', "my.toml")
    assert found.phrases == {"en": ("Share this", "Share it")}
    assert found.patterns == {"en": ("share .*",)}
    assert (found.near, found.matches, found.misses) == (("media",), ("Share this",), ("Cut it",))
    assert parse("", "empty.toml") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[rule", "my.toml: not valid TOML: "),
        ("[[rules]]\nid = 'x'", "my.toml: unknown table `rules`; each rule stands under [[rule]]"),
        ("[rule]\nid = 'x'", "my.toml: each rule stands under [[rule]], with two brackets"),
        ("[[rule]]\nid = 'x'", "my.toml, line 1, rule 1 (x): needs `category`, a text"),
        ("[[rule]]\nwhy = ''", "my.toml, line 1, rule 1 (no id): needs `id`, a text"),
        (HEAD, "my.toml, line 1, rule 1 (r): needs `phrases` or `patterns`"),
        (HEAD + "phrases.en = []", "my.toml, line 1, rule 1 (r): needs `phrases` or `patterns`"),
        (HEAD + "phrase.en = ['x']", "my.toml, line 5, rule 1 (r): unknown key `phrase`; did you mean `phrases`?"),
        (
            HEAD + "verdict = 'kill'",
            'my.toml, line 5, rule 1 (r): `verdict` is "kill"; it must be "strike", "hint" or "keep"',
        ),
        (
            HEAD + "scope = 3",
            'my.toml, line 5, rule 1 (r): `scope` is 3; it must be "line", "head", "tail" or "inline"',
        ),
        (
            HEAD + "max_chars = '9'",
            'my.toml, line 5, rule 1 (r): `max_chars` is "9"; it must be a whole number of 1 or more',
        ),
        (
            HEAD + "max_chars = true",
            "my.toml, line 5, rule 1 (r): `max_chars` is true; it must be a whole number of 1 or more",
        ),
        (HEAD + "opens = 'yes'", 'my.toml, line 5, rule 1 (r): `opens` is "yes"; it must be true or false'),
        (
            HEAD + "near = 'med'\nphrases.en='x'",
            'my.toml, line 5, rule 1 (r): `near[0]` is "med"; it must be "banner", ',
        ),
        (
            HEAD + "phrases = ['x']",
            'my.toml, line 5, rule 1 (r): `phrases` is ["x"]; it must be a table by language, such as en = [...]',
        ),
        (
            HEAD + "phrases.en = [1]",
            "my.toml, line 5, rule 1 (r): `phrases.en[0]` is 1; it must be a text",
        ),
        (
            HEAD + "patterns.en = 1",
            "my.toml, line 5, rule 1 (r): `patterns.en` is 1; it must be a list of texts, or a text with one item a line",
        ),
        (
            HEAD + 'phrases.en = ["a\\nb"]',
            'my.toml, line 5, rule 1 (r): `phrases.en[0]` is "a\\nb"; it must be a text of one line',
        ),
        (
            HEAD + "scope = 'tail'\nphrases.en = 'x'",
            "my.toml, line 6, rule 1 (r): `phrases` is for whole lines; a rule that cuts has `patterns` alone",
        ),
        (
            HEAD + "scope = 'tail'\nwhere = 'end'\npatterns.en = 'x'",
            "my.toml, line 6, rule 1 (r): `where` is for whole lines; a rule that cuts has `patterns` alone",
        ),
        ((HEAD + "phrases.en = 'x'\n") * 2, "my.toml, line 7, rule 2 (r): another rule has this id"),
        (
            HEAD.replace("share", "fun") + "phrases.en = 'x'",
            'my.toml, line 3, rule 1 (r): `category` is "fun"; it must be "banner", ',
        ),
    ],
)
def test_a_broken_rule_file_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(text, "my.toml")
    assert str(error.value).startswith(sentence)


WRONG = ["7", "2.5", "true", '""', "[7]", "[[]]", "[{}]", "{en = 7}", "{en = [7]}", "1979-05-27"]
"""Values of TOML that few fields of a rule can have."""


@pytest.mark.parametrize("key", Rule.__struct_fields__)
def test_every_key_of_a_rule_refuses_what_it_cannot_be(key: str) -> None:
    refused = 0
    for value in WRONG:
        keys = {"id": '"r"', "category": '"share"', "why": '"w"', "phrases": '{en = "x"}'} | {key: value}
        text = "[[rule]]\n" + "".join(f"{name} = {what}\n" for name, what in keys.items())
        line = 2 + list(keys).index(key)
        try:
            parse(text, "my.toml")
        except UsageError as error:
            told = str(error)
            refused += told.startswith(f"my.toml, line {line}, rule 1 (") and f"`{key}" in told and " is " in told
    assert refused >= len(WRONG) - 3


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            "patterns.en = '''\nx\na(b\n'''",
            "my.toml, line 12: rule s: pattern s/en/r2 is not one that RE2 knows: missing )",
        ),
        ("patterns.de = ['(?=b)']", "my.toml, line 10: rule s: pattern s/de/r1 is not one that RE2 knows"),
        ("phrases.en = ['x', '***']", "my.toml, line 10: rule s: phrase 2 of en is empty, or all ornament"),
    ],
)
def test_what_a_rule_book_refuses_is_told_with_its_line(rules: str, sentence: str) -> None:
    text = HEAD + "phrases.en = 'x'\n" + HEAD.replace('"r"', '"s"') + rules
    with pytest.raises(UsageError) as error:
        parse(text, "my.toml")
    assert str(error.value).startswith(sentence)


def test_a_text_that_looks_like_a_rule_makes_no_wrong_line() -> None:
    text = HEAD + "misses = '''\n[[rule]]\n'''\nphrases.en = 1\n"
    with pytest.raises(UsageError, match=r"^my\.toml, rule 1 \(r\): `phrases\.en` is 1"):
        parse(text, "my.toml")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"patterns": {"en": ("a(b",)}}, "rule r: pattern r/en/r1 is not one that RE2 knows: missing ): a(b"),
        (
            {"patterns": {"en": ("a", "(?=b)")}},
            "rule r: pattern r/en/r2 is not one that RE2 knows: invalid perl",
        ),
        (
            {"patterns": {"en": ("(",)}, "scope": "tail"},
            "rule r: pattern r/en/r1 is not one that RE2 knows: miss",
        ),
        ({"phrases": {"en": ("share", "***")}}, "rule r: phrase 2 of en is empty, or all ornament"),
    ],
)
def test_a_broken_rule_is_told_in_a_sentence(keys: dict[str, object], sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        RuleBook([rule(**keys)])
    assert str(error.value).startswith(sentence)


def test_check_tells_what_is_wrong_with_examples() -> None:
    wrong = rule(phrases={"en": ("share",)}, patterns={"en": ("Share .*",)}, matches=("Cut",), misses=("Share",))
    assert check([wrong, rule(id="s", phrases={"en": ("x",)})]) == [
        "r: does not match 'Cut'",
        "r: matches 'Share', which it must miss",
        "r: pattern 'Share .*' has capital letters; lines are matched in lower case",
        "s: has no `matches` example",
    ]
    assert check([rule(patterns={"en": (r"\Qa\E \S+ \x{A9}?",)}, matches=("a b",))]) != []


# Cost


HOSTILE = [
    "a " * 200_000,
    "(" * 300_000,
    "• " * 200_000,
    "x.jpg " * 60_000,
    "Read more: " * 40_000,
    "字号：" * 60_000,
    " " * 300_000 + "x",
    "photo-1x1" * 40_000 + "Z",
    "（编辑：" * 50_000,
    "-30-" * 80_000,
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:8])
def test_long_hostile_lines_are_answered(line: str) -> None:
    found = RuleBook(rule_files.builtin_rules())
    assert not found.line(line) or len(fold(line)) <= rules.MAX_CHARS
    cuts = found.cuts(line)
    assert all(one.end <= two.start for one, two in pairwise(cuts))


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){12}", "([a-z]+)*!"])
@pytest.mark.parametrize("scope", ["head", "tail", "inline"])
def test_patterns_that_no_engine_with_backtracking_comes_to_an_end_with(pattern: str, scope: str) -> None:
    line = "a" * (1 << 20) + "b"
    cuts = cutting(scope, pattern).cuts(line)
    assert len(cuts) == (pattern == "(.*a){12}" and scope != "tail")
    assert RuleBook([rule(patterns={"any": (pattern,)}, max_chars=1500)]).line(line[-1500:]) == ()


@pytest.mark.parametrize("pattern", [r"(a)\1", "a(?=b)", "a(?!b)", "(?<=a)b", "(?>a)"])
def test_what_needs_backtracking_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is not one that RE2 knows"):
        RuleBook([rule(patterns={"any": (pattern,)})])


def test_a_cut_for_each_character() -> None:
    """Cuts are held against those of other patterns in one pass, however many there are."""
    found = cutting("inline", "a", "ab", "b").cuts("ab" * 200_000)
    assert len(found) == 400_000
    assert found[:2] == tuple(sorted(found[:2], key=lambda cut: cut.start))


def test_the_same_hits_whatever_was_asked_before() -> None:
    source = random.Random(3)
    lines = [text for r in rule_files.builtin_rules() for text in (*r.matches, *r.misses)]
    shuffled = source.sample(lines, len(lines))
    fresh, used = RuleBook(rule_files.builtin_rules()), RuleBook(rule_files.builtin_rules())
    for line in shuffled:
        used.line(line)
    for line in lines:
        assert [hit.pattern for hit in fresh.line(line)] == [hit.pattern for hit in used.line(line)]


def test_the_same_hits_for_a_line_alone_as_among_others() -> None:
    lines = [fold(text) for r in rule_files.builtin_rules() for text in (*r.matches, *r.misses)]
    alone, together = RuleBook(rule_files.builtin_rules()), RuleBook(rule_files.builtin_rules())
    assert together.match(lines) == [hits for line in lines for hits in alone.match([line])]


@pytest.mark.parametrize(
    "pattern", [r"more on this", r"\Amore on this\z", r"(?-m:^)more on this", r"more\s+on[^x]this"]
)
def test_a_pattern_holds_for_its_line_among_many(pattern: str) -> None:
    found = RuleBook([rule(patterns={"en": (pattern,)})])
    lines = [f"boat {number}" for number in range(40)]
    lines[17] = "more on this"
    lines[30:32] = ["more", "on this"]
    assert [number for number, hits in enumerate(found.match(lines)) if hits] == [17]


LINE_ONLY: dict[str, str] = {
    "phrases.en": "'x'",
    "near": "['share']",
    "where": "'end'",
    "opens": "true",
    "leads": "true",
    "unended": "true",
    "ends_colon": "true",
    "beside_code": "true",
    "together": "2",
    "sites": "['a.example']",
    "max_chars": "100",
}
"""What docs/rules.md says is for whole lines"""


@pytest.mark.parametrize("scope", ["head", "tail", "inline"])
@pytest.mark.parametrize("key", LINE_ONLY)
def test_what_is_for_whole_lines_is_refused_of_a_rule_that_cuts(scope: str, key: str) -> None:
    text = f"{HEAD}scope = '{scope}'\npatterns.en = '(x)'\n{key} = {LINE_ONLY[key]}\n"
    name = key.partition(".")[0]
    with pytest.raises(UsageError, match=f"`{name}` is for whole lines; a rule that cuts has `patterns` alone"):
        parse(text, "my.toml")
    assert len(parse(text.replace(f"scope = '{scope}'\n", ""), "my.toml")) == 1
    said = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
    (sentence,) = re.findall(r"Such rules have `patterns` alone; (.*?) are for whole lines", said, re.DOTALL)
    assert set(re.findall("`(.*?)`", sentence)) == {one.partition(".")[0] for one in LINE_ONLY}


@pytest.mark.parametrize(
    "phrase",
    ["#harbour of the day", "// harbour", "-- more --", "a, b and c", "1. harbour = tide", "50% of it", "x; y"],
)
def test_a_phrase_is_all_of_its_line_whatever_that_is(phrase: str) -> None:
    """No comment, no list, no pattern; blank lines between are none."""
    lines = f"\n\n  {phrase}  \n\nthe other one\n"
    text = f"{HEAD}phrases.en = '''{lines}'''\n"
    (one,) = parse(text, "my.toml")
    assert one.phrases["en"] == (phrase, "the other one")
    book = RuleBook([one])
    assert [hit.pattern for hit in book.line(phrase)] == ["r/en/1"]
    assert [hit.pattern for hit in book.line("The other one")] == ["r/en/2"]
    assert book.line(f"{phrase} and more") == ()
