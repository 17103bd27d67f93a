"""Which sets of patterns may match a line, as the kernel says: it may let go none that does."""

from __future__ import annotations

import re

import numpy as np
import pytest
import re2
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.errors import UsageError
from pipeline.judge.rules import files
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.folding import fold
from tests.native.counterpart import both


def may_match(patterns: list[str], line: str) -> list[int]:
    """The numbers of the patterns, a set each, that may match a line."""
    assert native.kernels is not None
    screen = np.frombuffer(native.kernels.screen(patterns, range(len(patterns))), np.uint64)
    edges, _ = (np.frombuffer(column, np.int64) for column in native.kernels.screened([line], screen))
    return np.flatnonzero(np.diff(edges)[: len(patterns)]).tolist()


def known(pattern: str) -> int:
    """What is known of the lines that a pattern matches: 1 what they have inside, 2 what they begin with, 3 both."""
    assert native.kernels is not None
    found: int = native.kernels.known_of_pattern(pattern)
    return found


_atoms = st.sampled_from(
    [
        "a",
        "b",
        " ",
        "more",
        "1",
        "é",
        "字",
        "😀",
        r"\.",
        r"\d",
        r"\w",
        r"\b",
        ".",
        "[ab]",
        "[^a]",
        "[a-z]",
        "[0-9.,-]",
        r"[\d-]",
        "[]a]",
        "^",
        "$",
    ]
)
_repeats = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "??", "+?"])
_repeated = st.tuples(_atoms, _repeats).map("".join)


def _grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Groups of alternatives, which may be empty or stand several times, and what follows on one another."""
    one_after_another = st.lists(inner, min_size=1, max_size=4).map("".join)
    alternatives = st.lists(st.one_of(inner, st.just("")), min_size=1, max_size=4).map("|".join)
    opening = st.sampled_from(["(", "(?:"])
    return st.one_of(one_after_another, st.tuples(opening, alternatives, st.just(")"), _repeats).map("".join))


_patterns = st.recursive(_repeated, _grouped, max_leaves=10)
_wholes = st.lists(_patterns, min_size=1, max_size=3).map("|".join)


@given(st.data(), _wholes)
def test_a_line_that_matches_is_never_let_go(data: st.DataObject, pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
        asked = re2.compile(f"(?m)^(?:{pattern})$")
    except (re.error, re2.error):
        assume(False)
    line = data.draw(st.from_regex(compiled, fullmatch=True))
    assume("\n" not in line and asked.search(line) is not None)
    assert may_match([pattern], line) == [0]
    assert may_match(["nothing like it", pattern], line)[-1] == 1


@pytest.mark.parametrize(
    ("pattern", "lines", "others"),
    [
        (
            "comments? (on|to) .+",
            ["comment on it", "comments to x"],
            ["", "hello", "comments", "comments by x", "a comment on it"],
        ),
        ("[^.]+ (said|wrote)( .*)?", ["ann said", "he wrote it"], ["", "said", "ann says", "x"]),
        ("[0-9]+ (views|replies)", ["1 views", "12 replies"], ["x views", "12 answers"]),
        ("([^|.]+ [|] ){3,}[^|.]*", ["a | b | c | d"], ["a, b", "a| b"]),
        (r".+@.+\.com", ["a@b.com"], ["a@b.org", "@"]),
        ("(more|all) ?(news)?", ["more", "all news"], ["m", "news", "mall"]),
        (r"(fermé|geschloßen|已关闭|😀!)", ["fermé", "已关闭", "😀!"], ["ferme", "关闭", "😀", ""]),
        ("a{2}b", ["aab"], ["b", "ab" * 0]),
        ("{ ?a", ["{a", "{ a"], ["a", "{"]),
        # Numbers as RE2 does not read them stand for themselves.
        ("a{01}b", ["a{01}b"], ["ab", "b"]),
        ("a{1,02}b", ["a{1,02}b"], ["ab", "b"]),
        ("a{0123456789}b", ["a{0123456789}b"], ["ab", "b"]),
        ("a{1234567890}b", ["a{1234567890}b"], ["ab", "aab"]),
        ("a{0}b", ["b"], ["c"]),
        ("[]a]b", ["]b", "ab"], ["b", "[b"]),
        (r"[a\-c]x", ["-x", "ax", "cx"], ["bx"]),
        (r"\d\.", ["7."], ["7", "x."]),
    ],
)
def test_what_a_line_has_to_have(pattern: str, lines: list[str], others: list[str]) -> None:
    assert all(may_match([pattern], line) == [0] for line in lines)
    assert not any(may_match([pattern], line) for line in others)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        ".*",
        "a?",
        "(a|)",
        "(?i)more",
        "(?P<a>more)",
        r"\pL+",
        r"\x41",
        r"\Amore",
        r"\Qmore\E",
        r"[[:alpha:]]more",
        "more|.*",
        "(" * 40 + "more" + ")" * 40,
        "(more",
        "more)",
        "[more",
        "more\\",
        "more" * 6000,
        "mo\ud800re",
    ],
)
def test_a_pattern_of_which_nothing_is_known_is_asked_about_every_line(pattern: str) -> None:
    assert known(pattern) == 0
    assert may_match([pattern, "more"], "x") == [0]


def test_what_is_known_of_patterns() -> None:
    assert known("more (news|videos)") == 3
    assert known("more") == 3
    assert known("a.*") == 2
    assert known(".*more") == 1


def test_of_a_long_pattern_the_beginning_is_enough() -> None:
    """Its elements would each have many ways."""
    pattern = "x" + "(a|b|[0-9]?)" * 1500 + "y"
    assert known(pattern) >= 2
    assert may_match([pattern], "xa1y") == [0]
    assert may_match([pattern], "a1y") == []


def test_a_text_of_several_lines_is_asked_about_everything() -> None:
    assert may_match(["more", "less"], "x\nmore") == [0, 1]


def test_sets_of_several_patterns() -> None:
    assert native.kernels is not None
    screen = np.frombuffer(native.kernels.screen(["more", "less", "none"], [5, 63, 5]), np.uint64)
    found = native.kernels.screened(["more", "less", "none", "all", ""], screen)
    edges, numbers = (np.frombuffer(column, np.int64).tolist() for column in found)
    assert numbers == [0, 2, 1]
    assert edges == [0] * 6 + [2] * 58 + [3]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    kernels = native.kernels
    screen = np.frombuffer(kernels.screen([], []), np.uint64)
    assert kernels.screened([], screen) == (bytes(65 * 8), b"")
    for bad in (64, -1, 1 << 70):
        with pytest.raises((ValueError, OverflowError)):
            kernels.screen(["a"], [bad])
    with pytest.raises(ValueError, match="length"):
        kernels.screen(["a"], [])
    with pytest.raises(TypeError, match="str"):
        kernels.screen([b"a"], [0])
    with pytest.raises(TypeError, match="str"):
        kernels.known_of_pattern(b"a")
    with pytest.raises(TypeError, match="str"):
        kernels.screened([b"a"], screen)
    with pytest.raises(TypeError, match="iterable"):
        kernels.screened(None, screen)
    for other in (screen[:-1], screen[:5], np.zeros(0, np.uint64), np.ones(len(screen), np.uint64)):
        with pytest.raises(ValueError, match="no screen"):
            kernels.screened(["a"], other)


def test_rules_hold_for_the_same_lines_in_the_same_order() -> None:
    """Of a book of all rules that ship, asked about what its rules match and miss, and about some lines that long ones are made of."""
    rules = files.builtin_rules()
    examples = [fold(line) for rule in rules for line in (*rule.matches, *rule.misses)]
    joined = [" | ".join(examples[low : low + 3]) for low in range(0, len(examples), 3)]

    def hits() -> list[list[str]]:
        found = RuleBook(rules).match([*examples, *joined])
        return [[hit.pattern for hit in own] for own in found]

    compiled, plain = both(hits)
    assert compiled == plain
    assert sum(map(bool, plain)) > len(examples) / 3


def test_a_bad_pattern_among_others_is_named() -> None:
    text = """
    [[rule]]
    id = "odd"
    category = "promo"
    why = "it is odd"
    patterns.en = ["more", "(less"]
    """
    with pytest.raises(UsageError, match=r"odd/en/r2 is not one that RE2 knows"):
        files.parse(text, "rules.toml")
