"""Orders, pairs and stretches in columns: small cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from pipeline.match.core import packed, rows
from pipeline.match.core.packed import exchange_sides, inverse, is_apart, order_of, pack_unordered, unpack
from pipeline.tokens import Array


class Tides(Struct, frozen=True):
    """A row a tide."""

    hour: Array
    height: Array


TIDES = Tides(np.array([3, 9, 15, 21]), np.array([0.4, 3.1, 0.6, 2.8]))


def test_an_inverted_order_says_where_each_number_stands() -> None:
    assert inverse(np.array([2, 0, 3, 1])).tolist() == [1, 3, 0, 2]
    assert inverse(np.empty(0, dtype=np.int64)).tolist() == []


def test_a_pair_is_the_same_from_both_sides() -> None:
    low, high = unpack(pack_unordered(np.array([7, 2, 5]), np.array([1, 4, 5])))
    assert low.tolist() == [1, 2, 5]
    assert high.tolist() == [7, 4, 5]


def test_stretches_that_touch_are_not_apart() -> None:
    begin = np.array([0, 2, 5, 11, 20])
    end = np.array([10, 4, 6, 12, 21])
    # The third lies inside the first, though the second has ended before it.
    assert is_apart(begin, end).tolist() == [True, False, False, True, True]
    assert is_apart(np.array([0, 10]), np.array([10, 11])).tolist() == [True, False]
    assert is_apart(begin[:0], end[:0]).tolist() == []


def test_sides_are_exchanged_in_the_flagged_rows_alone() -> None:
    document = np.array([[1, 2], [3, 4], [5, 6]])
    start = np.array([[10, 20], [30, 40], [50, 60]])
    exchange_sides(np.array([True, False, True]), document, start)
    assert document.tolist() == [[2, 1], [3, 4], [6, 5]]
    assert start.tolist() == [[20, 10], [30, 40], [60, 50]]


def test_rows_are_taken_by_number_by_flag_and_by_stretch() -> None:
    is_high = TIDES.height > 1
    for index in (np.array([1, 3]), is_high, slice(1, None, 2)):
        assert rows.take(TIDES, index).hour.tolist() == [9, 21]


def test_rows_come_back_from_their_columns_in_any_order() -> None:
    named = {"height": TIDES.height, "moon": np.zeros(4), "hour": TIDES.hour}
    tides = rows.from_columns(Tides, named)
    assert tides.hour.tolist() == TIDES.hour.tolist()
    assert tides.height.tolist() == TIDES.height.tolist()
    assert list(rows.columns(tides)) == ["hour", "height"]


@given(st.integers(1, 4), st.lists(st.tuples(*[st.integers(-2, 2)] * 4), max_size=40))
def test_rows_are_put_in_order_by_all_keys_and_equal_ones_stay(count: int, found: list[tuple[int, ...]]) -> None:
    keys = list(np.array(found, dtype=np.int64).reshape(-1, 4).T)[:count]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_FEW", 0)
        patch.setattr(packed, "_BLOCK", 3)
        order = order_of(*keys)
    assert order.dtype == np.int64
    assert order.tolist() == sorted(range(len(found)), key=lambda row: found[row][:count])


def test_many_rows_are_put_in_order() -> None:
    rng = np.random.default_rng(3)
    keys = [rng.integers(0, 1 << 63, 50_000).astype(np.uint64), rng.integers(-9, 9, 50_000)]
    keys[0][1::3] = keys[0][:-1:3]  # some are equal
    for some in (keys[:1], keys[1:], keys, keys[::-1], [np.sort(keys[0]), keys[1]]):
        np.testing.assert_array_equal(order_of(*some), np.lexsort(some[::-1]))
