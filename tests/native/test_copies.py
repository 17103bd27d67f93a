"""How often documents say the same, compiled and in Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.places import Places
from pipeline.tokens import offsets_of
from tests.native.counterpart import assert_same_columns, both

_lines = st.tuples(st.one_of(st.integers(0, 3), st.sampled_from([1 << 63, (1 << 64) - 1])), st.booleans())


@given(st.lists(st.lists(_lines, max_size=12), max_size=4))
def test_copies(documents: list[list[tuple[int, bool]]]) -> None:
    keys = np.array([key for own in documents for key, _ in own], dtype=np.uint64)
    valid = np.array([is_valid for own in documents for _, is_valid in own], dtype=bool)
    places = Places(offsets_of(np.array([len(own) for own in documents], dtype=np.int64)))
    assert_same_columns(*both(places.copies, keys, valid))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    keys, valid, offsets = np.zeros(3, np.uint64), np.ones(3, bool), np.array([0, 3])
    with pytest.raises(ValueError, match="length"):
        native.kernels.copies(keys, valid[:2], offsets)
    for other in ([0, 2], [1, 3], [0, 2, 1, 3], [0, 4], []):
        with pytest.raises(ValueError, match="offsets"):
            native.kernels.copies(keys, valid, np.array(other, np.int64))
    with pytest.raises(TypeError, match="8 bytes"):
        native.kernels.copies(valid, valid, offsets)
