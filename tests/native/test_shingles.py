"""Shingles of texts and what sets of them share, compiled and in NumPy."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from pipeline import native
from pipeline.match.core import verify
from pipeline.match.core.shingle import shingles, shingles_of_words
from pipeline.match.core.verify import Sets
from pipeline.tokens import offsets_of
from tests.match.core.texts import prose
from tests.native.counterpart import assert_same_columns, both

texts = st.lists(st.text(st.sampled_from("ab é漢한.’½ \n"), max_size=60), max_size=6)
columns_of_words = st.lists(st.lists(st.integers(0, (1 << 64) - 1), max_size=12), max_size=6)
sets_of_numbers = st.lists(st.sets(st.integers(0, 40)), min_size=1, max_size=6)


@given(texts, st.integers(1, 9))
def test_shingles_are_the_same(found: list[str], k: int) -> None:
    compiled, plain = both(shingles, found, k)
    assert_same_columns(astuple(compiled), astuple(plain))


@given(columns_of_words, st.integers(1, 14))
def test_shingles_of_any_words_are_the_same(found: list[list[int]], k: int) -> None:
    offsets = offsets_of(np.array(list(map(len, found)), dtype=np.int64))
    words = np.array([word for own in found for word in own], dtype=np.uint64)
    compiled, plain = both(shingles_of_words, offsets, words, k)
    assert_same_columns(astuple(compiled), astuple(plain))


def test_texts_between_others_are_the_same() -> None:
    """Offsets need not begin at 0, nor end with the words."""
    words = np.arange(100, dtype=np.uint64) << np.uint64(57)
    compiled, plain = both(shingles_of_words, np.array([7, 7, 20, 22, 90]), words, 5)
    assert_same_columns(astuple(compiled), astuple(plain))


def _sets(members: list[set[int]]) -> Sets:
    """Sets of these elements."""
    sizes = np.array(list(map(len, members)), dtype=np.int64)
    elements = np.array([one for own in members for one in sorted(own)], dtype=np.uint64)
    return Sets(offsets_of(sizes), elements)


@given(sets_of_numbers, sets_of_numbers)
def test_as_many_elements_are_shared(one: list[set[int]], two: list[set[int]]) -> None:
    first = np.repeat(np.arange(len(one)), len(two))
    second = np.tile(np.arange(len(two)), len(one))
    compiled, plain = both(verify.overlap, _sets(one), first, _sets(two), second)
    assert_same_columns(astuple(compiled), astuple(plain))
    assert compiled.shared.tolist() == [len(a & b) for a in one for b in two]


def test_a_small_set_is_looked_up_in_a_large_one() -> None:
    small = [{0}, {1 << 51, 6000, 3}, set(), {(1 << 52) - 1}]
    large = [set(range(0, 9000, 3)), {1 << 51}]
    one, two = _sets(small + large), _sets(large + small)
    first = np.repeat(np.arange(6), 6)
    second = np.tile(np.arange(6), 6)
    compiled, plain = both(verify.overlap, one, first, two, second)
    assert_same_columns(astuple(compiled), astuple(plain))
    assert compiled.shared[:6].tolist() == [1, 0, 1, 0, 0, 0]


def test_pairs_of_texts_are_verified_alike() -> None:
    rng = random.Random(5)
    short = prose(rng, 12)
    found = [short, prose(rng, 4000) + " " + short, prose(rng, 30), prose(rng, 40), "", "…"]
    first = np.array([0, 1, 2, 0, 4, 5])
    second = np.array([1, 2, 3, 2, 5, 0])
    compiled, plain = both(verify.verify, first, second, lambda numbers: [found[number] for number in numbers], 5)
    assert_same_columns(astuple(compiled), astuple(plain))
    assert compiled.shared[0] > 0


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    offsets, words = np.array([0, 2, 3]), np.arange(3, dtype=np.uint64)
    with pytest.raises(ValueError, match="at least one word"):
        native.kernels.shingles(offsets, words, 0)
    for wrong in ([0, 4], [2, 1], [-1, 2]):
        with pytest.raises(ValueError, match="offsets go up"):
            native.kernels.shingles(np.array(wrong), words, 5)
    with pytest.raises(ValueError, match="one more"):
        native.kernels.shingles(offsets[:0], words, 5)
    with pytest.raises(TypeError, match="8 bytes"):
        native.kernels.shingles(offsets, words.astype(np.uint32), 5)
    for wrong in ([2], [-1]):
        with pytest.raises(IndexError, match="not there"):
            native.kernels.shared(offsets, words, np.array(wrong), offsets, words, np.array([0]))
    with pytest.raises(ValueError, match="two sides"):
        native.kernels.shared(offsets, words, np.array([0, 1]), offsets, words, np.array([0]))
