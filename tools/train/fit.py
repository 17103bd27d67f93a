"""Samples to rows, rows to trees: features, weights, CatBoost, and the trees as integers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from numpy.typing import NDArray

from pipeline.boilerplate import lines, rules
from pipeline.boilerplate.features import Batch, line_features
from pipeline.tokens import offsets_of
from tools.train.augment import Sample

Array = NDArray[Any]

SETTINGS: Mapping[str, Any] = {
    "iterations": 300,
    "depth": 6,
    "learning_rate": 0.15,
    "l2_leaf_reg": 5,
    "border_count": 48,
    "rsm": 0.15,
    "subsample": 0.7,
    "bootstrap_type": "Bernoulli",
    "boosting_type": "Plain",
    "random_seed": 1,
    "verbose": False,
}
NEWS_WEIGHT = 2.0
"""A news page counts as much as so many others: there are fewer of them, and they are what most users have."""
THIN = 1.2
"""Rows of less weight are drawn by lot, so that menus do not fill the table."""
_PART = 400


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines to learn from."""

    features: Array
    """float32 [rows, features]"""
    keep: Array
    weight: Array
    fold: Array

    def __getitem__(self, chosen: Array) -> Rows:
        return Rows(self.features[chosen], self.keep[chosen], self.weight[chosen], self.fold[chosen])


def table(samples: Sequence[Sample], seed: int = 0) -> tuple[tuple[str, ...], Array]:
    """(names, float32 [lines, features]) of every line of `samples`."""
    rng = np.random.default_rng(seed)
    parts: list[Array] = []
    names: tuple[str, ...] = ()
    for low in range(0, len(samples), _PART):
        part = samples[low : low + _PART]
        sizes = np.array([len(sample) for sample in part])
        texts = [text for sample in part for text in sample.texts]
        batch = Batch(texts, np.array([gap for sample in part for gap in sample.gaps]), offsets_of(sizes))
        hidden = rng.random((len(part), len(lines.MARKS))) < np.array([[sample.blind] for sample in part])
        shown = ~np.repeat(hidden, sizes, axis=0)
        marks = {name: values * shown[:, i] for i, (name, values) in enumerate(lines.marks(_hits(texts)).items())}
        columns = line_features(batch, marks)
        names = tuple(columns)
        parts.append(np.stack([column.astype(np.float32) for column in columns.values()], axis=1))
    return names, np.concatenate(parts)


def _hits(texts: Sequence[str]) -> list[tuple[rules.Hit, ...]]:
    return [_line_hits(text) for text in texts]


@cache
def _line_hits(text: str) -> tuple[rules.Hit, ...]:
    return rules.builtin().line(text)


def weights(samples: Sequence[Sample], words: Array) -> Array:
    """What each line counts: nearly its share of its page's text, so that pages count the same."""
    sizes = [len(sample) for sample in samples]
    page = np.repeat(np.arange(len(samples)), sizes)
    keep = np.concatenate([sample.keep for sample in samples])
    weight = (words + 2.0) ** 0.8
    weight /= np.bincount(page, weights=weight * keep)[page] + 60
    weight *= np.repeat([NEWS_WEIGHT if sample.news else 1.0 for sample in samples], sizes)
    return np.minimum(weight, 0.1) * 200


def rows(samples: Sequence[Sample], seed: int) -> tuple[tuple[str, ...], Rows]:
    """Names and rows to train on; light rows are thinned out and weigh more instead."""
    names, features = table(samples, seed)
    weight = weights(samples, features[:, names.index("words")])
    odds = np.clip(weight / THIN, 0.05, 1)
    drawn = np.random.default_rng(seed).random(len(weight)) < odds
    keep = np.concatenate([sample.keep for sample in samples])
    fold = np.repeat([sample.fold for sample in samples], [len(sample) for sample in samples])
    return names, Rows(features[drawn], keep[drawn], (weight / odds)[drawn], fold[drawn])


def train(data: Rows, settings: Mapping[str, Any] | None = None) -> CatBoostClassifier:
    """Fit the trees."""
    model = CatBoostClassifier(**{**SETTINGS, **(settings or {})})
    return model.fit(Pool(data.features, data.keep.astype(np.int8), weight=data.weight))


def trees(model: CatBoostClassifier, names: Sequence[str]) -> lines.Trees:
    """The fitted model in whole numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        stored = json.loads(path.read_text())
    asked: dict[tuple[int, int], int] = {}
    questions, leaves = [], []
    for tree in stored["oblivious_trees"]:
        questions.append(
            [
                asked.setdefault((split["float_feature_index"], int(np.floor(split["border"]))), len(asked))
                for split in tree["splits"]
            ]
        )
        leaves.append(np.rint(np.array(tree["leaf_values"]) * lines.UNIT))
    used = sorted({feature for feature, _ in asked})
    _scale, (bias,) = stored["scale_and_bias"]
    return lines.Trees(
        tuple(names[i] for i in used),
        np.array([used.index(feature) for feature, _ in asked], dtype=np.int16),
        np.array([threshold for _, threshold in asked], dtype=np.int32),
        np.array(questions, dtype=np.int16),
        np.array(leaves).astype(np.int16),
        start=round(bias * lines.UNIT),
    )
