"""Seeds of passages, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from pipeline import native
from pipeline.match.core.marks import QUOTED, SINGLE
from pipeline.match.core.seeds import QUOTED_PLACE, seeds_of
from pipeline.tokens import Array, offsets_of
from tests.native.counterpart import assert_same_columns, both

word = st.tuples(st.integers(0, (1 << 64) - 1) | st.integers(0, 3), st.integers(0, 255))
NONE = np.empty(0, dtype=np.uint64)


def columns_of(found: list[list[tuple[int, int]]]) -> tuple[Array, Array, Array]:
    """Documents of these words and flags, as `seeds_of` takes them."""
    every = [one for own in found for one in own]
    words = np.array([hashed for hashed, _ in every], dtype=np.uint64)
    flags = np.array([flags for _, flags in every], dtype=np.uint8)
    return offsets_of(np.array(list(map(len, found)), dtype=np.int64)), words, flags


@given(
    st.lists(st.lists(word, max_size=9), max_size=5),
    st.integers(1, 4),
    st.integers(1, 5),
    st.tuples(st.integers(-2, 30), st.integers(-2, 50)),
    st.randoms(use_true_random=False),
)
def test_seeds_are_the_same(
    found: list[list[tuple[int, int]]], k: int, rounds: int, own: tuple[int, int], rng: st.DrawFn
) -> None:
    columns = columns_of(found)
    places = np.array([rng.getrandbits(64) for _ in found], dtype=np.uint64)
    wanted = np.array([rng.random() < 0.8 for _ in found], dtype=bool)
    for number in range(rounds):
        compiled, plain = both(seeds_of, *columns, places, wanted, k, own, (number, rounds))
        assert_same_columns(astuple(compiled), astuple(plain))


def test_seeds_say_where_they_stand_and_what_stands_beside_them() -> None:
    plain, quoted = (7 << 48, 0), (9 << 48, QUOTED)
    columns = columns_of([[plain, plain], [plain, quoted, quoted, quoted, plain]])
    places = np.array([5 << 32, 2 << 32], dtype=np.uint64)
    for found in both(seeds_of, *columns, places, np.array([True, True]), 3, (0, 7)):
        expected = np.array([2 << 32, (2 << 32) + 1, (2 << 32) + 2], dtype=np.uint64)
        expected[1] |= QUOTED_PLACE
        assert found.place.tolist() == expected.tolist()
        assert found.beside.tolist() == [9, 7 << 16 | 7, 9 << 16]
    in_one_script = columns_of([[(1, QUOTED | SINGLE)] * 3])
    for found in both(seeds_of, *in_one_script, places[:1], np.array([True]), 3, (0, 3)):
        assert found.place.tolist() == [5 << 32]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    offsets, words, flags = columns_of([[(1, 0)] * 4])
    place, wanted = np.zeros(1, dtype=np.uint64), np.ones(1, dtype=bool)
    marks = QUOTED, SINGLE
    good = (offsets, words, flags, place, wanted)
    for number, bad in ((2, flags[1:]), (3, NONE), (4, wanted[:0])):
        columns = [bad if place == number else one for place, one in enumerate(good)]
        with pytest.raises(ValueError, match="flags"):
            native.kernels.seeds(*columns, 3, (0, 4), (0, 1), marks)
    with pytest.raises(ValueError, match="inside"):
        native.kernels.seeds(offsets, words[1:], flags[1:], place, wanted, 3, (0, 4), (0, 1), marks)
    for k, rounds in ((0, 1), (-1, 1), (3, 0)):
        with pytest.raises(ValueError, match="at least"):
            native.kernels.seeds(*good, k, (0, 4), (0, rounds), marks)
    huge = (1 << 63) - 1
    assert [len(one) for one in native.kernels.seeds(*good, huge, (-huge, huge), (0, 1), marks)] == [0, 0, 0]
