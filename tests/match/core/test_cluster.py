"""Clusters: the rule itself, however it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.match.core import cluster as module
from pipeline.match.core.cluster import cluster

graphs = st.integers(1, 15).flatmap(
    lambda count: st.tuples(
        st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=40)
    )
)


def plain(count: int, pairs: set[tuple[int, int]]) -> list[int]:
    """Text by text, best first: canonical unless similar to a canonical one before it."""
    canonical: list[int] = []
    for text in range(count):
        better = [other for other in range(text) if (other, text) in pairs and canonical[other] == other]
        canonical.append(better[0] if better else text)
    return canonical


def canonical(count: int, low: np.ndarray, high: np.ndarray) -> list[int]:
    """The canonical text of every text."""
    return cluster(low, high)[np.arange(count)].tolist()


@given(graphs, st.randoms(use_true_random=False))
def test_equals_the_rule(graph: tuple[int, list[tuple[int, int]]], rng: object) -> None:
    count, edges = graph
    pairs = [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]]
    rng.shuffle(pairs)  # type: ignore[attr-defined]
    low, high = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    expected = plain(count, set(pairs))
    assert canonical(count, low, high) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROUNDS", 1)
        assert canonical(count, low, high) == expected


def test_does_not_chain() -> None:
    """A~B and B~C with A and C unlike: C is not deleted for A's sake."""
    assert canonical(3, np.array([0, 1]), np.array([1, 2])) == [0, 0, 2]


def test_long_chains_are_fast() -> None:
    count = 100_000
    assert canonical(count, np.arange(count - 1), np.arange(1, count)) == [
        number - number % 2 for number in range(count)
    ]
