"""How far two places are alike, and which are so near others, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from pipeline import native
from pipeline.match.core.align import Runs, _places_near
from pipeline.match.core.stretches import Stretches, Windows, Words, same_words
from pipeline.tokens import offsets_of
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


def stretches_of(found: list[list[int]]) -> Stretches:
    """Stretches of these words, given by hash."""
    sizes = np.array(list(map(len, found)), dtype=np.int64)
    first = np.zeros_like(sizes)
    hashes = np.array([word for own in found for word in own], dtype=np.uint64)
    place = np.arange(len(hashes), dtype=np.int32)
    flags = np.zeros(len(hashes), dtype=np.uint8)
    windows = Windows(np.arange(len(found)), first, sizes, sizes)
    return Stretches(windows, Words(hashes, place, place, flags, flags), len(hashes), lambda words: words * 1.0)


lists_of_words = st.lists(st.lists(st.integers(0, 2), max_size=20), max_size=5).filter(any)


@given(lists_of_words, st.randoms(use_true_random=False), st.sampled_from([1, -1]), st.integers(0, 7))
def test_stretches_are_compared_alike(found: list[list[int]], rng: st.DrawFn, direction: int, gap: int) -> None:
    stretches = stretches_of(found)
    total = sum(map(len, found))
    a, b = (np.array([rng.randrange(total) for _ in range(12)]) for _ in range(2))
    assert_same_columns(*both(stretches.same, a, b, direction))
    ends = stretches.offsets[stretches.stretch(np.stack((a, b))) + 1]
    words = np.minimum(*(ends - np.stack((a, b))))
    compiled, plain = both(_places_near, stretches, Runs(a, b, words), gap, direction)
    assert_same_columns(astuple(compiled), astuple(plain))


def test_nothing_is_the_same_beyond_a_stretch() -> None:
    stretches = stretches_of([[7, 7], [], [7, 7, 7]])
    a, b = np.array([0, 1, 2]), np.array([2, 4, 3])
    assert stretches.same(a, b, 1).tolist() == [2, 1, 2]
    assert stretches.same(a, b, -1).tolist() == [1, 2, 1]
    none = np.empty(0, dtype=np.int64)
    assert_same_columns(*both(stretches.same, none, none, 1))


def test_positions_in_no_stretch_are_errors() -> None:
    assert native.kernels is not None
    words, offsets, one = np.arange(5, dtype=np.uint64), offsets_of(np.array([2, 2])), np.array([1])
    for place in (-1, 4, 1 << 62):
        with pytest.raises(IndexError, match="no stretch"):
            native.kernels.same(words, offsets, one, np.array([place]), 1)
        with pytest.raises(IndexError, match="no stretch"):
            native.kernels.places_near(words, offsets, np.array([place]), one, one, 6, 1)
    with pytest.raises(IndexError, match="more words"):
        native.kernels.places_near(words, offsets, one, one, np.array([1 << 62]), 6, 1)
    with pytest.raises(ValueError, match="less than nothing"):
        native.kernels.places_near(words, offsets, one, one, one, -1, 1)
    with pytest.raises(ValueError, match="two places"):
        native.kernels.same(words, offsets, one[:0], one, 1)
    with pytest.raises(ValueError, match="1 or -1"):
        native.kernels.same(words, offsets, one, one, 0)
    with pytest.raises(IndexError, match="no stretch"):
        native.kernels.same(words, np.array([0]), one, one, 1)


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
