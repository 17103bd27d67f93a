"""Texts that are the same but for single letters here and there: how much may differ, and how."""

from __future__ import annotations

import pytest

from pipeline.match.core.noise import is_noise

TEXT = "thekeeperofthelampwritesdowneverysailthatpassesthepointandlocksthebookaway" * 2
"""Letters and digits alone, 148 of them"""


def misread(text: str, count: int, every: int = 10) -> str:
    """`text` with so many letters changed, far from each other."""
    letters = list(text)
    for number in range(count):
        letters[every * number] = "#"
    return "".join(letters)


@pytest.mark.parametrize(("count", "answer"), [(0, False), (1, True), (14, True)])
def test_what_differs_is_scattered(count: int, answer: bool) -> None:
    assert is_noise(TEXT, misread(TEXT, count)) is answer


@pytest.mark.parametrize(("count", "answer"), [(10, True), (11, False)])
def test_nine_letters_of_ten_are_in_place(count: int, answer: bool) -> None:
    assert is_noise(TEXT[:100], misread(TEXT[:100], count, every=9)) is answer


@pytest.mark.parametrize(("word", "answer"), [("", True), ("zz", True), ("zzz", False), ("zzzz", False)])
def test_no_word_is_put_in_or_left_out(word: str, answer: bool) -> None:
    other = misread(TEXT, 6)
    other = other[:75] + word + other[75:]
    assert is_noise(TEXT, other) is answer
    assert is_noise(other, TEXT) is answer


@pytest.mark.parametrize(("digits", "answer"), [(2, True), (3, False)])
def test_what_differs_is_no_other_number(digits: int, answer: bool) -> None:
    """One in three of what differs may be a digit for a digit."""
    text = TEXT[:75] + "1234567" + TEXT[75:]
    other = misread(TEXT, 4)[:75] + "8" * digits + "1234567"[digits:] + misread(TEXT, 4)[75:]
    assert is_noise(text, other) is answer
