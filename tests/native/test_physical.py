"""The lines of a plain text and what each may be, compiled and in Python."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.text.plain import physical
from tests.native.counterpart import assert_same_columns, both

SAMPLES = "aAQxiIVF bé19²٣ \t\u3000\u00a0\u2009\n\r\x0b\x1c\x85\u2028\u200b\u00ad\ufeff.:：;,!?。)(}{][<>=-+|/*#`~'\"$@_—•»図图表─ǅｱあ字\u0301\ud800"
LINES = [
    *(
        "- a",
        "* a",
        "-a",
        "1. a",
        "12) a",
        "(123) a",
        "1234. a",
        "a) a",
        "(iv) a",
        "xiix. a",
        "iiiiii. a",
        "vi.a",
        "x.\u2003a",
    ),
    *(
        "# a",
        "###### a",
        "####### a",
        "#a",
        "> a",
        ">",
        "***",
        "_ _",
        "* a *",
        "²)",
        "[10:30] <a> b",
        "10:30 a",
        "(1/2/2020 9:14) x",
    ),
    *(
        "Fig. 2. a",
        "Table 1: a",
        "abb 3. a",
        "F",
        "图 3. a",
        "f(x);",
        "a <- b",
        "a = b",
        "x {",
        "// a",
        "a; // b",
        "/* a",
        "In [1]: a",
    ),
    *(
        "SELECT a",
        "PS> a",
        "C:\\> a",
        '"key": 1',
        "'a' => 2",
        '"' + "a" * 61 + '": 1',
        "(",
        "({",
        "(a",
        "}",
        "end",
        "q" * 401 + ";",
    ),
    *(
        "| a | b |",
        "+--+",
        "a | b",
        "─│─",
        ":-- | --",
        "a  b",
        "a.  b",
        "a\tb",
        "`a`",
        "~~~",
        "Q. a",
        "A12) a",
        "Q1234. a",
        "Ann: a",
    ),
    *(
        "田中：はい",
        "：a: b",
        "ann: a",
        "Ann Field:a",
        "A" * 119 + ": a",
        "A" * 120 + ": a",
        "a-",
        "a.”)",
        "a‐",
        "don't",
        "9:30",
        "http://a",
    ),
]
sources = st.one_of(
    st.text(st.one_of(st.sampled_from(SAMPLES), st.characters(exclude_categories=())), max_size=80),
    st.lists(
        st.tuples(
            st.text(" \t\u3000x", max_size=3),
            st.sampled_from(LINES),
            st.sampled_from(["\n", "\r\n", "\n\n", " \u2028"]),
        )
    ).map(lambda parts: "".join(part for three in parts for part in three)),
)


@given(sources, st.integers(-1, 90))
@example("", 0)
@example("\n\n", 0)
@example("a\n b\n\n\tc: 1\n", 2)
def test_lines_and_what_they_may_be(source: str, start: int) -> None:
    (texts, table), (plain_texts, plain_table) = both(physical._lines, source, start)
    assert texts == plain_texts
    assert_same_columns(table, plain_table)


@pytest.mark.parametrize("line", LINES)
def test_each_form_of_a_line(line: str) -> None:
    """As it is, between others, and where its source has wider characters."""
    for source in (line, f"a\n\n  {line} \n9:b", f"{line}\n字", f"{line}\n😀"):
        compiled, plain = both(physical._lines, source, 0)
        assert compiled[0] == plain[0]
        assert_same_columns(compiled[1], plain[1])


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "{} a",
        "a{}",
        "a{} b",
        "1{} b",
        "({}) b",
        "A{}: b",
        "A:{}b",
        '"a"{}: b',
        "In{}[1]: a",
        "3{}4",
        "3 {}h",
        "{}an 3",
        "9{}:30",
        "a. ({})",
    ],
)
def test_every_code_point(form: str) -> None:
    """At the beginning of a line, at its end, and in it; of those beyond 16 bits some."""
    codes = [*range(1 << 16), *range(1 << 16, sys.maxunicode + 1, 61)]
    source = "\n".join(form.format(chr(code)) for code in codes)
    compiled, plain = both(physical._lines, source, 0)
    assert compiled[0] == plain[0]
    assert_same_columns(compiled[1], plain[1])


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    with pytest.raises(TypeError, match="str"):
        native.kernels.physical_lines(b"a", 0)
    with pytest.raises(TypeError):
        native.kernels.physical_lines("a")
    with pytest.raises(TypeError):
        native.kernels.physical_lines("a", "0")
    with pytest.raises(OverflowError):
        native.kernels.physical_lines("a", 1 << 70)
