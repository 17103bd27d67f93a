"""Candidate pairs: complete in small buckets, linear and connected in large ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match.core.candidates import ALL_PAIRS, ENOUGH, candidate_pairs
from pipeline.match.core.packed import pack, unpack

matrices = st.integers(0, 12).flatmap(
    lambda count: st.lists(st.lists(st.integers(0, 3), min_size=count, max_size=count), min_size=1, max_size=4)
)


def found(keys: np.ndarray) -> set[tuple[int, int]]:
    low, high = unpack(candidate_pairs(lambda band: keys[band], len(keys)).pairs)
    assert np.all(low < high)
    pairs = list(zip(low.tolist(), high.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    return set(pairs)


@given(matrices)
def test_all_pairs_that_share_a_key(rows: list[list[int]]) -> None:
    keys = np.array(rows, dtype=np.uint32)
    expected = {(a, b) for a, b in combinations(range(keys.shape[1]), 2) if (keys[:, a] == keys[:, b]).any()}
    assert found(keys) == expected


def test_large_buckets_give_a_linear_number_of_pairs() -> None:
    count = 50_000
    same = np.zeros((8, count), dtype=np.uint32)
    pairs = found(same)
    assert pairs == {(0, other) for other in range(1, count)}


def test_large_buckets_are_split_by_the_next_bands() -> None:
    """Pairs of twins inside one huge bucket are found, although the bucket's star does not hold them."""
    count = 2_000
    keys = np.zeros((4, count), dtype=np.uint32)
    keys[2] = np.arange(count) // 2
    twins = {(number, number + 1) for number in range(0, count, 2)}
    pairs = found(keys)
    assert twins <= pairs
    assert {(0, other) for other in range(1, count)} <= pairs
    assert len(pairs) < 3 * count


def test_a_bucket_at_the_limit_is_complete() -> None:
    keys = np.zeros((1, ALL_PAIRS), dtype=np.uint32)
    assert len(found(keys)) == ALL_PAIRS * (ALL_PAIRS - 1) // 2


def test_who_stood_in_a_crowded_bucket_is_told() -> None:
    keys = np.zeros((2, ALL_PAIRS + 3), dtype=np.uint32)
    keys[0] = np.arange(ALL_PAIRS + 3)
    keys[1, :2] = 7
    crowded = candidate_pairs(lambda band: keys[band], 2).crowded
    assert crowded.tolist() == [False, False] + [True] * (ALL_PAIRS + 1)


def test_crowded_texts_get_no_more_partners_than_enough() -> None:
    """Texts that share one key with everybody, and others with some: the number of pairs is linear."""
    count, bands = 20_000, 16
    keys = np.random.default_rng(0).integers(0, count // 100, (bands, count)).astype(np.uint32)
    keys[0] = 0
    low, high = unpack(candidate_pairs(lambda band: keys[band], bands).pairs)
    partners = np.bincount(np.concatenate((low, high)))
    assert np.median(partners) >= ENOUGH
    assert len(low) < count * 3 * ENOUGH


def test_packing_keeps_32_bits() -> None:
    low, high = np.array([0, 7, 0xFFFFFFFE]), np.array([1, 0xFFFFFFFF, 0xFFFFFFFF])
    assert [side.tolist() for side in unpack(pack(low, high))] == [low.tolist(), high.tolist()]
