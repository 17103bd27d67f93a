"""Where marked lines stand around a line, compiled and in NumPy."""

from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.features import OPENING, Batch, line_features
from pipeline.judge.places import FAR, MANY, Places
from tests.judge.test_features import as_blocks
from tests.native.counterpart import assert_same_columns, both

documents = st.lists(st.integers(0, 9), max_size=5)
"""How many lines each has"""


def assert_same(is_marked: list[list[bool]], prose: list[int], lines: list[int]) -> None:
    """The features of lines with so much prose, in documents of so many lines, of which each mark marks some."""
    texts = ["ab " * (letters // 2) + "." for letters in prose]
    edges = pairwise(accumulate(lines, initial=0))
    batch = Batch.of([as_blocks(texts[first:stop]) for first, stop in edges])
    marks = {f"mark {number}": np.array(flags, dtype=np.int8) for number, flags in enumerate(is_marked)}
    compiled, plain = both(line_features, batch, marks)
    assert list(compiled) == list(plain)
    for name, column in compiled.items():
        assert_same_columns(column, plain[name])


@given(documents, st.integers(1, 4), st.data())
def test_places_around_marks_are_the_same(lines: list[int], marks: int, data: st.DataObject) -> None:
    total = sum(lines)
    flags = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=total, max_size=total)
    letters = st.sampled_from([0, 50, OPENING - 2, OPENING - 1, OPENING, OPENING + 1, 10 * OPENING])
    marked = data.draw(st.lists(flags, min_size=marks, max_size=marks))
    assert_same(marked, data.draw(st.lists(letters, min_size=total, max_size=total)), lines)


def test_far_marks_and_much_prose_are_the_same() -> None:
    lines = [3, 2 * FAR + 9, 0, 4]
    total = sum(lines)
    once = [line == 5 + FAR for line in range(total)]
    assert_same([once, [False] * total, [True] * total], [MANY // 500] * total, lines)


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    columns = native.kernels.mark_columns
    places = Places(np.array([0, 2, 5]))
    good = {"is_marked": np.ones((3, 5), bool), "of_prose": np.arange(6), "offsets": places.offsets}
    good |= {"opening": 1, "far": 9, "many": 9}
    assert len(columns(*good.values())) == 6 * 3 * 5 * 8
    bad = [
        ({"is_marked": np.ones((3, 4), bool)}, ValueError, "of each line"),
        ({"is_marked": np.full((3, 5), 2, np.int8)}, ValueError, "0 or 1"),
        ({"is_marked": np.ones((3, 5), np.int64)}, TypeError, "1 bytes"),
        ({"of_prose": np.arange(5)}, ValueError, "all lines"),
        ({"of_prose": np.arange(0)}, ValueError, "one item more"),
        ({"offsets": np.array([0, 6, 5])}, ValueError, "all lines"),
        ({"offsets": np.array([1, 5])}, ValueError, "all lines"),
        ({"offsets": np.array([0, 4])}, ValueError, "all lines"),
        ({"offsets": np.array([], np.int64)}, ValueError, "one item more"),
        ({"far": 0}, ValueError, "one line away"),
    ]
    for change, error, message in bad:
        with pytest.raises(error, match=message):
            columns(*{**good, **change}.values())
