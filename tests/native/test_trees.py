"""The scores of lines by trees, compiled and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.judge.model import text_model
from pipeline.judge.places import Table
from pipeline.judge.trees import Trees
from tests.native.counterpart import assert_same_columns, both

EDGES = np.array([-(2**31), -32_769, -32_768, -32_767, -1, 0, 1, 32_766, 32_767, 32_768, 2**31 - 1])
"""Thresholds at which values become longer"""


def trees_of(random: np.random.Generator, depth: int, trees: int, features: int, questions: int) -> Trees:
    threshold = random.choice(EDGES, questions)
    return Trees(
        features=tuple(f"feature {number}" for number in range(features)),
        feature=random.integers(features, size=questions).astype(np.int16),
        threshold=threshold.astype(np.int32),
        questions=random.integers(questions, size=(depth, trees)).astype(np.int16),
        leaves=random.integers(-(2**15), 2**15, size=(trees, 2**depth)).astype(np.int16),
        start=int(random.integers(-5000, 5000)),
    )


def table_of(random: np.random.Generator, trees: Trees, lines: int) -> Table:
    """Values at the edges; of some features those of a type of their own, or every other one of a longer column."""
    columns = {}
    for name in trees.features:
        values = random.choice(EDGES, lines) + random.integers(-1, 2, lines)
        columns[name] = [
            values,
            values * 2**20,
            (values > 0),
            values.clip(-(2**31), 2**31 - 1).astype(np.int32),
            np.repeat(values, 2)[::2],
        ][random.integers(5)]
    return columns


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(0, 9), st.integers(1, 9), st.integers(0, 200))
def test_scores_are_the_same(seed: int, depth: int, count: int, features: int, lines: int) -> None:
    random = np.random.default_rng(seed)
    trees = trees_of(random, depth, count, features, questions=20)
    assert_same_columns(*both(trees.score, table_of(random, trees, lines)))


def test_the_model_scores_the_same() -> None:
    random = np.random.default_rng(7)
    for trees in (text_model().first, text_model().second, text_model().title):
        columns = {name: random.integers(-5000, 50_000, 500) // 10 ** random.integers(5) for name in trees.features}
        assert_same_columns(*both(trees.score, columns))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    score = native.kernels.tree_scores
    trees = trees_of(np.random.default_rng(1), depth=2, trees=3, features=2, questions=4)
    ones = np.ones(5, np.int64)
    good: dict[str, Any] = {
        "columns": [ones, ones],
        "feature": trees.feature,
        "threshold": trees.threshold,
        "depth": 2,
        "questions": trees.questions,
        "leaves": trees.leaves,
        "start": 0,
    }
    assert len(score(*good.values())) == 5 * 4
    bad = [
        ({"columns": 3}, TypeError, "sequence"),
        ({"columns": []}, ValueError, "at least one feature"),
        ({"columns": [ones, ones[:4]]}, ValueError, "differ in length"),
        ({"columns": [ones, ones.astype(np.int32)]}, TypeError, "8 bytes"),
        ({"columns": [ones]}, ValueError, "a feature that is none"),
        ({"feature": -1 - trees.feature}, ValueError, "a feature that is none"),
        ({"feature": trees.feature[:2]}, ValueError, "a feature and a threshold each"),
        ({"questions": trees.questions + np.int16(4)}, ValueError, "a question that is none"),
        ({"questions": trees.questions - np.int16(4)}, ValueError, "a question that is none"),
        ({"depth": 0}, ValueError, "one to eight"),
        ({"depth": 9}, ValueError, "one to eight"),
        ({"depth": 4}, ValueError, "one to eight"),
        ({"depth": 3}, ValueError, "a leaf for each way"),
        ({"leaves": trees.leaves[:2]}, ValueError, "a leaf for each way"),
        ({"start": 2**31}, OverflowError, "greater"),
    ]
    for change, error, message in bad:
        with pytest.raises(error, match=message):
            score(*{**good, **change}.values())
