"""What a line looks like: numbers of words, sentences' ends, headings."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import shape

LINES = (
    "",
    "One.",
    "The harbour-master's report of the 3.5 m tide, read aloud twice, was wrong.",
    "Rain " * 40,
    "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -" * 9,
    "w" * 900 + " and four more words",
    "港の潮位は三・五メートルで、二度読み上げられた。" * 20,
    "Ещё раз: прилив — три с половиной метра, и вода всё прибывает. " * 9,
)


@pytest.mark.parametrize("least", [1, 5, 12, 25])
@pytest.mark.parametrize("line", LINES)
def test_the_beginning_of_a_line_never_has_more_words_than_all_of_it(line: str, least: int) -> None:
    assert shape.has_words(line, least) == (shape.words(line) >= least)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("बंदरगाह समिति ने तीसरे पुल को मंज़ूरी दी", 8),
        ("துறைமுகக் குழு", 2),
        ("ne\u0301e a\u0300 Nantes", 3),
        ("مَرْفَأٌ جَدِيدٌ", 2),
    ],
)
def test_a_sign_for_a_vowel_ends_no_word(line: str, count: int) -> None:
    assert shape.words(line) == count


@pytest.mark.parametrize(
    "line",
    [
        "The boat came in (Reuters).",
        "“It will rain.”",
        "The boat came in. [12]",
        "Der Kutter lief ein. (dpa)",
        "真的吗？）",
    ],
)
def test_a_sentence_ends_before_quotes_and_brackets(line: str) -> None:
    assert shape.ends_sentence(line)


@pytest.mark.parametrize("line", ["Boats of the harbour (1890-1950)", "Boats of the harbour", "Boats, nets and [12]"])
def test_a_line_without_a_stop_ends_no_sentence(line: str) -> None:
    assert not shape.ends_sentence(line)


@pytest.mark.parametrize("line", ["How boats are built", "Back to the U.S.", "Why do boats float?"])
def test_a_heading_may_end_with_a_question_or_an_abbreviation(line: str) -> None:
    assert shape.is_heading(line)


@pytest.mark.parametrize("line", ["It rained.", "In this issue:", "***", "boat " * 26, "b" * 201])
def test_a_sentence_or_an_ornament_is_no_heading(line: str) -> None:
    assert not shape.is_heading(line)


@given(st.text(alphabet="ab1_ .,-'\n"), st.integers(1, 6))
def test_words_of_ascii_are_those_of_any_script(text: str, count: int) -> None:
    pattern = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
    found = len(pattern.findall(text))
    assert shape.words(text) == shape.words(f"{text} é") - 1 == found
    assert shape.has_words(text, count) == (found >= count)
