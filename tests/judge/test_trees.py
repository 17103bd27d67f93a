"""Sums of trees, held against their definition: a question at each depth, and its answers as bits that number the leaf."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.judge.places import Table
from pipeline.judge.trees import Trees

_EDGES = (
    -(2**31),
    -40_000,
    -32_769,
    -32_768,
    -32_767,
    -1,
    0,
    1,
    7,
    32_766,
    32_767,
    32_768,
    40_000,
    1_000_000,
    2**31 - 2,
)
"""Where integers become longer, and thresholds of two features, one of which has those alone that are short."""


def _trees(seed: int) -> Trees:
    random = np.random.default_rng(seed)
    short = [edge for edge in _EDGES if -32_768 <= edge < 32_767]
    threshold = np.array([*_EDGES, *short], dtype=np.int32)
    feature = np.array([0] * len(_EDGES) + [1] * len(short), dtype=np.int16)
    return Trees(
        features=("far", "near"),
        feature=feature,
        threshold=threshold,
        questions=random.integers(len(feature), size=(6, 50)).astype(np.int16),
        leaves=random.integers(-600, 600, size=(50, 64)).astype(np.int16),
        start=-17,
    )


def _defined(trees: Trees, columns: Table, line: int) -> int:
    total = trees.start
    for tree in range(len(trees.leaves)):
        leaf = 0
        for depth, question in enumerate(trees.questions[:, tree].tolist()):
            value = columns[trees.features[int(trees.feature[question])]][line]
            leaf |= int(value > trees.threshold[question]) << depth
        total += int(trees.leaves[tree, leaf])
    return total


@pytest.mark.parametrize("lines", [0, 1, 2, 127, 128, 129, 300])
def test_every_line_has_the_sum_of_its_leaves(lines: int) -> None:
    trees = _trees(lines)
    random = np.random.default_rng(lines + 1)
    near_edges = np.array([edge + step for edge in _EDGES for step in (-1, 0, 1)])
    columns = {"far": random.choice(near_edges, lines), "near": random.choice(near_edges, lines)}
    columns["near"] = columns["near"].clip(-(2**31), 2**31 - 1).astype(np.int32)
    found = trees.score(columns)
    assert found.dtype == np.int32
    assert found.tolist() == [_defined(trees, columns, line) for line in range(lines)]
