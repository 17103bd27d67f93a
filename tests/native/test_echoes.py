"""Who near a block says the same, compiled and in Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.beside import LEAST, echoes
from tests.native.counterpart import assert_same_columns, both

_WORDS = ["the reeds ", "of voss ", "bend", "é", "字", "\n", "\ud800", "😀", ""]
_texts = st.lists(st.lists(st.sampled_from(_WORDS), max_size=5).map("".join), max_size=12)


@given(_texts, st.integers(1, 5))
@example(["the reeds of voss", "the reeds of voss bend", "the reeds of voss", "of voss bend", ""], 3)
def test_echoes(texts: list[str], reach: int) -> None:
    where = np.arange(len(texts), dtype=np.int64)
    low = np.maximum(where - reach, 0)
    high = np.minimum(where + reach + 1, len(texts))
    assert_same_columns(*both(lambda: echoes(texts, where, low, high).copy()))


def test_what_is_said_again() -> None:
    texts = ["a longer line of reeds", "line of reeds", "line of reeds", "of reeds, and more", "of reeds"]
    rows = echoes(texts, np.array([1, 4]), np.array([0, 0]), np.array([5, 5]))
    # Same, held above and below, by how many; holds one above, one below (2: ends with it), how many
    assert rows.tolist() == [[1, 1, 0, 1, 0, 2, 1], [0, 1, 0, 4, 0, 0, 0]]


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    kernel = native.kernels.echoes
    column = np.zeros(1, np.int64)
    with pytest.raises(TypeError, match="str"):
        kernel([b"a"], column, column, column + 1, LEAST)
    with pytest.raises(TypeError, match="8 bytes"):
        kernel(["a"], np.zeros(1, np.int32), column, column + 1, LEAST)
    with pytest.raises(ValueError, match="length"):
        kernel(["a"], column, column, np.zeros(2, np.int64), LEAST)
    with pytest.raises(ValueError, match="length"):
        kernel(["a"], column, column, column + 1, 0)
    for own, low, high in ((0, 0, 2), (0, -1, 1), (0, 1, 1), (1, 0, 1), (0, 0, 0)):
        with pytest.raises(ValueError, match="near"):
            kernel(["a"], *(np.array([value]) for value in (own, low, high)), LEAST)
