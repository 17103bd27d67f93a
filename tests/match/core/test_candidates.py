"""Candidate pairs: complete in small buckets, linear and connected in large ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match.core import candidates
from pipeline.match.core.candidates import ALL_PAIRS, ENOUGH, KeysInMemory, candidate_pairs
from pipeline.match.core.packed import pack, unpack

matrices = st.integers(0, 12).flatmap(
    lambda count: st.lists(st.lists(st.integers(0, 3), min_size=count, max_size=count), min_size=1, max_size=4)
)


def found(keys: np.ndarray) -> set[tuple[int, int]]:
    low, high = unpack(candidate_pairs(KeysInMemory(keys)).pairs)
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
    crowded = candidate_pairs(KeysInMemory(keys)).crowded
    assert crowded.tolist() == list(range(2, ALL_PAIRS + 3))


def test_crowded_texts_get_no_more_partners_than_enough() -> None:
    """Texts that share one key with everybody, and others with some: the number of pairs is linear."""
    count, bands = 20_000, 16
    keys = np.random.default_rng(0).integers(0, count // 100, (bands, count)).astype(np.uint32)
    keys[0] = 0
    low, high = unpack(candidate_pairs(KeysInMemory(keys)).pairs)
    partners = np.bincount(np.concatenate((low, high)))
    assert np.median(partners) >= ENOUGH
    assert len(low) < count * 3 * ENOUGH


def test_packing_keeps_32_bits() -> None:
    low, high = np.array([0, 7, 0xFFFFFFFE]), np.array([1, 0xFFFFFFFF, 0xFFFFFFFF])
    assert [side.tolist() for side in unpack(pack(low, high))] == [low.tolist(), high.tolist()]


class KeysInPortions(KeysInMemory, frozen=True):
    """Keys that come in portions, cut between some of them."""

    cuts: tuple[int, ...]

    def portions(self, band: int) -> Iterator[np.ndarray]:
        packed = np.sort(pack(self.keys[band], np.arange(self.keys.shape[1])))
        edges = np.searchsorted(packed, [cut << 32 for cut in (0, *self.cuts, 1 << 31)])
        return (packed[first:last] for first, last in pairwise(edges))


@given(st.integers(0, 1 << 32), st.lists(st.integers(0, 20), max_size=3))
def test_pairs_do_not_depend_on_portions(seed: int, cuts: list[int]) -> None:
    """Nor do those of crowded texts, of which the bands before decide what is taken of the next one."""
    random = np.random.default_rng(seed)
    keys = random.integers(0, 20, (6, 40)).astype(np.uint32)
    keys[random.random(keys.shape) < 0.2] = 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "ALL_PAIRS", 4)
        patch.setattr(candidates, "ENOUGH", 3)
        together = candidate_pairs(KeysInMemory(keys))
        apart = candidate_pairs(KeysInPortions(keys, tuple(sorted(cuts))))
    assert len(together.crowded)
    assert apart.pairs.tolist() == together.pairs.tolist()
    assert apart.crowded.tolist() == together.crowded.tolist()


def test_partners_that_a_text_had_before_it_was_crowded_count() -> None:
    count = 8 * (ENOUGH + 1)
    assert count > ALL_PAIRS
    few = np.arange(count) // (ENOUGH + 1)  # buckets that give all of their texts enough
    everybody = np.zeros(count)
    twins = np.arange(count) % (count // 2)
    keys = np.stack((few, everybody, twins)).astype(np.uint32)
    assert found(keys) == found(keys[:2])
