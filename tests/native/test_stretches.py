"""How far two places are alike, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core.stretches import same_words
from tests.native.counterpart import assert_same_columns, both


@given(st.lists(st.integers(0, 1), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_runs_are_as_long(found: list[int], rng: st.DrawFn) -> None:
    words = np.array(found, dtype=np.uint64) << np.uint64(63)
    last = len(words) - 1
    a, b = (np.array([rng.randint(0, last) for _ in range(20)]) for _ in range(2))
    onwards = np.array([rng.randint(0, last + 1 - most) for most in np.maximum(a, b).tolist()])
    backwards = np.array([rng.randint(0, least + 1) for least in np.minimum(a, b).tolist()])
    assert_same_columns(*both(same_words, words, a, b, onwards, 1))
    assert_same_columns(*both(same_words, words, a, b, backwards, -1))


def test_long_runs_are_as_long() -> None:
    words = np.zeros(20_000, dtype=np.uint64)
    words[15_000] = 1
    a, b, room = np.array([0, 0, 3]), np.array([1, 15_001, 15_100]), np.array([19_999, 4_999, 0])
    assert_same_columns(*both(same_words, words, a, b, room, 1))
    assert same_words(words, a, b, room, 1).tolist() == [14_999, 4_999, 0]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    words = np.arange(5, dtype=np.uint64)
    one = np.array([1])
    for place, room, direction in ((4, 2, 1), (5, 1, 1), (-1, 1, 1), (0, 2, -1), (1, 1 << 62, 1)):
        with pytest.raises(IndexError, match="beyond the ends"):
            native.kernels.same_words(words, np.array([place]), one, np.array([room]), direction)
    with pytest.raises(ValueError, match="1 or -1"):
        native.kernels.same_words(words, one, one, one, 2)
    with pytest.raises(ValueError, match="two places"):
        native.kernels.same_words(words, one, one[:0], one, 1)
