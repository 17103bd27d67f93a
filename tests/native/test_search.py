"""Looking up in what is sorted, compiled and in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core.packed import look_up, owner_at
from tests.native.counterpart import assert_same_columns, both

numbers = st.one_of(st.integers(0, 12), st.integers(0, (1 << 64) - 1), st.sampled_from([(1 << 63) - 1, 1 << 63]))
positions = st.one_of(st.integers(-3, 40), st.integers(-(1 << 63), (1 << 63) - 1))


@given(st.lists(numbers, max_size=20), st.lists(numbers, max_size=20))
def test_members_are_found_alike(members: list[int], values: list[int]) -> None:
    column = np.sort(np.array(members, dtype=np.uint64))
    assert_same_columns(*both(look_up, column, np.array(values, dtype=np.uint64)))


@given(st.lists(positions, max_size=20), st.lists(positions, max_size=20))
def test_owners_are_the_same(offsets: list[int], wanted: list[int]) -> None:
    column = np.sort(np.array(offsets, dtype=np.int64))
    assert_same_columns(*both(owner_at, column, np.array(wanted, dtype=np.int64)))
    assert_same_columns(*both(owner_at, column, np.sort(np.array(wanted, dtype=np.int64))))


def test_long_columns_are_the_same() -> None:
    rng = np.random.default_rng(7)
    offsets = np.sort(rng.integers(0, 50_000, 3000))
    for wanted in (rng.integers(-10, 50_010, 9000), np.arange(-10, 50_010), np.arange(50_010, -10, -1)):
        assert_same_columns(*both(owner_at, offsets, wanted))
        assert_same_columns(*both(look_up, offsets.astype(np.uint64), wanted.astype(np.uint64)))


@pytest.mark.parametrize("shift", [0, 20, 47])
def test_many_are_found_alike(shift: int) -> None:
    """Where there are many, they are looked for by parts of their range, be they spread over it or crowded."""
    rng = np.random.default_rng(shift)
    hashes = rng.integers(0, 1 << 63, 5000, dtype=np.int64).astype(np.uint64) * np.uint64(2)
    crowded = np.concatenate((hashes >> np.uint64(shift), np.arange(900, dtype=np.uint64), hashes[:3] | np.uint64(1)))
    ends = np.array([0, 1, (1 << 64) - 1], dtype=np.uint64)
    for members in (np.sort(crowded), np.sort(np.concatenate((crowded, ends))), np.full(100, 7, dtype=np.uint64)):
        wanted = np.concatenate((rng.permutation(members), members + np.uint64(1), members - np.uint64(1), ends))
        assert_same_columns(*both(look_up, members, wanted))


def test_what_is_not_in_order_is_looked_up_all_the_same() -> None:
    """It is found or not, and nothing else happens."""
    rng = np.random.default_rng(1)
    members = rng.integers(0, 1 << 63, 500).astype(np.uint64)
    place, _ = look_up(members, members)
    assert place.min() >= 0
    assert place.max() < len(members)


def test_any_layout_is_taken() -> None:
    """Columns may be those of a table of several, and tables themselves."""
    table = np.arange(24).reshape(12, 2) % 11
    offsets = np.arange(0, 40, 3)[::2]
    assert_same_columns(*both(owner_at, offsets, table))
    assert_same_columns(*both(owner_at, offsets, table[:, 1]))
    assert_same_columns(*both(look_up, offsets.astype(np.uint64), table.astype(np.uint64)[:, 1]))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    short, long = np.arange(3, dtype=np.int32), np.arange(3)
    for kernel in (native.kernels.look_up, native.kernels.owner_at):
        for arguments in ((short, long), (long, short)):
            with pytest.raises(TypeError, match="8 bytes"):
                kernel(*arguments)
