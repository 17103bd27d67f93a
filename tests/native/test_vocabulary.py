"""Which words of lines stand in other lines that are surely text, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.agreement import WORD, agreement
from pipeline.judge.places import SURE, Places
from pipeline.tokens import offsets_of, tokenize
from tests.native.counterpart import assert_same_columns, both

WORDS = ("tide", "tides", "boat", "sea", "a", "漢字", "漢", "字", "カナ", "ไทย", "12", "2024", "漢字a", "harbourmaster")
lines = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
scored = st.tuples(lines, st.sampled_from([-5000, 0, SURE, SURE + 1, 9000]))
documents = st.lists(st.lists(scored, max_size=6), max_size=4)


def assert_same(found: list[list[tuple[str, int]]]) -> None:
    texts = [text for document in found for text, _ in document]
    scores = np.array([score for document in found for _, score in document], dtype=np.int32)
    places = Places(offsets_of(np.array([len(document) for document in found], dtype=np.int64)))
    letters = np.array([len(text) for text in texts], dtype=np.int64)
    compiled, plain = both(agreement, scores, letters, tokenize(texts), places)
    assert list(compiled) == list(plain)
    for name, column in compiled.items():
        assert_same_columns(column, plain[name])


@given(documents)
def test_known_words_are_the_same(found: list[list[tuple[str, int]]]) -> None:
    assert_same(found)


@pytest.mark.parametrize("count", [15, 16, 17, 64, 65, 3000])
def test_words_that_share_a_slot_are_the_same(count: int) -> None:
    """So many words, half of them surely text, in tables that are about to grow."""
    one = " ".join(f"word{number}" for number in range(count // 2))
    two = " ".join(f"other{number}" for number in range(count - count // 2))
    assert_same([[(one, SURE + 1), (two, 0), (two, 0)], [(two, SURE + 1), (one, SURE + 1)]])


def test_words_that_share_a_slot_of_a_small_table_are_the_same() -> None:
    words = [f"word{number}" for number in range(1600)]
    ones = [" ".join(words[first : first + 4]) for first in range(0, 1600, 4)]
    assert_same([[(one, SURE + 1), (two, 0)] for one, two in zip(ones[::2], ones[1::2], strict=True)])


def test_a_word_touches_none_of_the_next_line() -> None:
    """Though that one begins, in its own line, where this one ends."""
    assert_same([[("漢", 0), (" 字", 0), ("漢字", SURE + 1)], [(" 漢", SURE + 1)]])


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    known = native.kernels.known_words
    tokens = tokenize(["two words", "and three more"])
    good = {"scores": np.zeros(2, np.int64), "documents": np.array([0, 2]), "offsets": tokens.offsets}
    good |= {"start": tokens.start, "end": tokens.end, "hash": tokens.hash, "sure": SURE, "letters": WORD}
    assert len(known(*good.values())) == 2 * 2 * 8
    bad = [
        ({"scores": np.zeros(2, np.int32)}, TypeError, "8 bytes"),
        ({"scores": np.zeros(3, np.int64)}, ValueError, "all lines"),
        ({"documents": np.array([0, 3, 2])}, ValueError, "all lines"),
        ({"documents": np.array([1, 2])}, ValueError, "all lines"),
        ({"documents": np.array([], np.int64)}, ValueError, "all lines"),
        ({"offsets": tokens.offsets[:2]}, ValueError, "all words"),
        ({"offsets": tokens.offsets + 1}, ValueError, "all words"),
        ({"hash": tokens.hash[:1]}, ValueError, "all words"),
        ({"start": tokens.start[:1]}, ValueError, "a start, an end and a hash each"),
        ({"end": tokens.end[:1]}, ValueError, "a start, an end and a hash each"),
    ]
    for change, error, message in bad:
        with pytest.raises(error, match=message):
            known(*{**good, **change}.values())
