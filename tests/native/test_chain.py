"""Which blocks are the text, compiled and in Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.choose import SWITCH, _chain
from pipeline.tokens import offsets_of
from tests.native.counterpart import assert_same_columns, both

_gains = st.one_of(st.integers(-3 * SWITCH, 3 * SWITCH), st.sampled_from([0, SWITCH, -SWITCH, 1 << 50, -(1 << 50)]))


@given(st.lists(st.lists(_gains, max_size=9), max_size=4))
@example([[], [SWITCH, -1, -SWITCH], [], [-SWITCH, SWITCH - 1, 1]])
def test_chains(documents: list[list[int]]) -> None:
    gain = np.array([value for own in documents for value in own], dtype=np.int64)
    offsets = offsets_of(np.array([len(own) for own in documents], dtype=np.int64))
    assert_same_columns(*both(_chain, gain, offsets))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    gain = np.zeros(3, np.int64)
    for offsets in ([0, 2], [1, 3], [0, 2, 1, 3], [0, 4], []):
        with pytest.raises(ValueError, match="offsets"):
            native.kernels.chain(gain, np.array(offsets, np.int64), SWITCH)
    with pytest.raises(ValueError, match="change"):
        native.kernels.chain(gain, np.array([0, 3]), 0)
    with pytest.raises(TypeError, match="8 bytes"):
        native.kernels.chain(gain.astype(np.int32), np.array([0, 3]), SWITCH)
