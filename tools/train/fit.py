"""Samples to rows, rows to trees: features, weights, CatBoost, and the trees as integers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from numpy.typing import NDArray

from pipeline.judge import model as lines
from pipeline.judge.agreement import agreement
from pipeline.judge.features import Batch, line_features
from pipeline.judge.places import Places
from pipeline.judge.rules import book as rules
from pipeline.judge.rules import files as rule_files
from pipeline.judge.trees import Trees
from pipeline.text.html.facts import WITNESS
from pipeline.text.html.page import FACTS
from pipeline.tokens import offsets_of
from tools.train.augment import COLUMNS, Sample

Array = NDArray[Any]

FIRST: Mapping[str, Any] = {
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
    "thread_count": 2,
    "allow_writing_files": False,
    "verbose": False,
}
SECOND: Mapping[str, Any] = {**FIRST, "iterations": 150, "learning_rate": 0.1, "rsm": 0.3}
THIRD: Mapping[str, Any] = {**FIRST, "iterations": 300, "learning_rate": 0.07}
SEEDS = 3
"""So many runs are averaged: rendered pages to learn from are few."""
OWN = (
    *(
        "words",
        "sentences",
        "letters_per_sentence",
        "ends_stop",
        "ends_inside",
        "starts_inside",
        "capitalised",
        "upper",
    ),
    *("copies", "numbers", "times", "years", "colons"),
)
"""What of a line itself the third look learns from; the rest it has from the earlier ones' scores."""
NEWS_WEIGHT = 2.0
"""A news page counts as much as so many others: there are fewer of them, and they are what most users have."""
THIN = 1.2
"""Rows of less weight are drawn by lot, so that menus do not fill the table."""
_PART = 400


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of every line of some samples."""

    names: tuple[str, ...]
    values: Array
    """float32 [lines, names]; whole numbers all of them"""

    def __getitem__(self, name: str) -> Array:
        """One column, int64."""
        return self.values[:, self.names.index(name)].astype(np.int64)

    def columns(self) -> dict[str, Array]:
        """All of them."""
        return {name: self[name] for name in self.names}

    def without(self, names: Collection[str]) -> Table:
        """All but those columns."""
        chosen = [i for i, name in enumerate(self.names) if name not in names]
        return Table(tuple(self.names[i] for i in chosen), self.values[:, chosen])

    def take(self, lines: Array) -> Table:
        """Only those lines."""
        return Table(self.names, self.values[lines])


def first_table(samples: Sequence[Sample], seed: int = 0) -> Table:
    """The features of the first look."""
    rng = np.random.default_rng(seed)

    def columns(part: Sequence[Sample], batch: Batch) -> dict[str, Array]:
        hidden = rng.random((len(part), len(lines.MARKS))) < np.array([[sample.blind] for sample in part])
        shown = ~np.repeat(hidden, np.diff(batch.offsets), axis=0)
        marks = lines.marks([_line_hits(text) for text in batch.texts])
        return line_features(batch, {name: values * shown[:, i] for i, (name, values) in enumerate(marks.items())})

    return _table(samples, columns)


def second_table(samples: Sequence[Sample], scores: Array, letters: Array) -> Table:
    """The features of the second look, from every line's score at the first and its letters."""
    done = 0

    def columns(part: Sequence[Sample], batch: Batch) -> dict[str, Array]:
        nonlocal done
        rows = slice(done, done + len(batch.texts))
        done = rows.stop
        return agreement(scores[rows], letters[rows], batch.tokens, Places(batch.offsets))

    return _table(samples, columns)


def _table(samples: Sequence[Sample], columns: Callable[[Sequence[Sample], Batch], dict[str, Array]]) -> Table:
    parts: list[Array] = []
    names: tuple[str, ...] = ()
    for low in range(0, len(samples), _PART):
        part = samples[low : low + _PART]
        found = columns(part, batch_of(part))
        names = tuple(found)
        parts.append(np.stack([column.astype(np.float32) for column in found.values()], axis=1))
    return Table(names, np.concatenate(parts))


def batch_of(samples: Sequence[Sample]) -> Batch:
    """All lines of `samples`."""
    form = {name: np.concatenate([sample.form[name] for sample in samples]) for name in COLUMNS}
    return Batch(
        [text for sample in samples for text in sample.texts],
        form.pop("gap"),
        form,
        offsets_of(np.array([len(sample) for sample in samples])),
    )


@cache
def _line_hits(text: str) -> tuple[rules.Hit, ...]:
    return rule_files.builtin().line(text)


def weights(samples: Sequence[Sample], words: Array) -> Array:
    """What each line counts: nearly its share of its page's text, so that pages count the same."""
    sizes = [len(sample) for sample in samples]
    page = np.repeat(np.arange(len(samples)), sizes)
    keep = np.concatenate([sample.keep for sample in samples])
    weight = (words + 2.0) ** 0.8
    weight /= np.bincount(page, weights=weight * keep)[page] + 60
    weight *= np.repeat([NEWS_WEIGHT if sample.news else 1.0 for sample in samples], sizes)
    return np.minimum(weight, 0.1) * 200


@dataclass(frozen=True, slots=True)
class Targets:
    """What the lines of some samples are, and how much each counts."""

    keep: Array
    fold: Array
    weight: Array
    drawn: Array
    """The lines to learn from: light ones are thinned out, and weigh more instead."""

    @classmethod
    def of(cls, samples: Sequence[Sample], words: Array, seed: int) -> Targets:
        """`words` are every line's."""
        weight = weights(samples, words)
        odds = np.clip(weight / THIN, 0.05, 1)
        keep = np.concatenate([sample.keep for sample in samples])
        fold = np.repeat([sample.fold for sample in samples], [len(sample) for sample in samples])
        drawn = np.flatnonzero(np.random.default_rng(seed).random(len(weight)) < odds)
        return cls(keep, fold, weight / odds, drawn)


def train(table: Table, targets: Targets, settings: Mapping[str, Any], without: int | None = None) -> Trees:
    """Fit trees to the drawn lines, those of one fold left out if asked."""
    rows = targets.drawn if without is None else targets.drawn[targets.fold[targets.drawn] != without]
    model = CatBoostClassifier(**settings)
    model.fit(Pool(table.values[rows], targets.keep[rows].astype(np.int8), weight=targets.weight[rows]))
    return trees(model, table.names)


def fit(samples: Sequence[Sample], seed: int) -> tuple[lines.Model, dict[int, lines.Model]]:
    """The model of all samples, and for each fold the one that has not seen it.

    The second look learns from scores that the first gave to pages it had not seen, as it will have to judge them.
    """
    table = first_table(samples, seed)
    targets = Targets.of(samples, table["words"], seed)
    folds = sorted(set(targets.fold.tolist()))
    firsts = {fold: train(table, targets, FIRST, without=fold) for fold in folds}
    scores = np.zeros(len(targets.keep), dtype=np.int64)
    for fold, first in firsts.items():
        rows = np.flatnonzero(targets.fold == fold)
        scores[rows] = score(first, table.take(rows))
    letters = table["letters"]
    first = train(table, targets, FIRST)
    del table
    table = second_table(samples, scores, letters)
    seconds = {fold: train(table, targets, SECOND, without=fold) for fold in folds}
    return lines.Model(first, train(table, targets, SECOND)), {
        fold: lines.Model(firsts[fold], seconds[fold]) for fold in folds
    }


def third_table(samples: Sequence[Sample], scores: Array) -> Table:
    """What the third look may ask for, from rendered pages and their lines' scores as plain text."""
    done = 0

    def columns(part: Sequence[Sample], batch: Batch) -> dict[str, Array]:
        nonlocal done
        rows = slice(done, done + len(batch.texts))
        done = rows.stop
        table = np.concatenate([sample.facts for sample in part if sample.facts is not None])
        found = line_features(batch, lines.marks([_line_hits(text) for text in batch.texts]))
        own = {name: found[name] for name in OWN} | {"letters": found["letters"]}
        return lines.markup_columns(batch, own, scores[rows], dict(zip(FACTS, table.T, strict=True)))

    return _table(samples, columns)


def unwitnessed(samples: Sequence[Sample]) -> list[Sample]:
    """The same pages as they are where the extractor was not asked."""
    unknown = [FACTS.index(name) for name in WITNESS]

    def hide(facts: Array) -> Array:
        hidden = facts.copy()
        hidden[:, unknown] = -1
        return hidden

    return [replace(sample, facts=hide(sample.facts)) for sample in samples if sample.facts is not None]


def fit_markup(
    samples: Sequence[Sample], scores: Array, seed: int
) -> tuple[lines.MarkupModel, dict[int, lines.MarkupModel]]:
    """The third look of all rendered pages, and for each fold the one that has not seen it.

    `scores` are those that the lines got as plain text from models that had not seen their pages.
    """
    table = third_table(samples, scores)
    targets = Targets.of(samples, table["words"], seed)
    blind = table.without([name for name in table.names if is_witness(name)])

    def both(without: int | None = None) -> lines.MarkupModel:
        witnessed, alone = (
            mean_of([train(part, targets, {**THIRD, "random_seed": number}, without) for number in range(SEEDS)])
            for part in (table, blind)
        )
        return lines.MarkupModel(witnessed, alone)

    return both(), {fold: both(fold) for fold in sorted(set(targets.fold.tolist()))}


def is_witness(name: str) -> bool:
    """Whether a feature stands and falls with the extractor's verdict."""
    return name.removeprefix("dom_").partition("@")[0].partition("_within_")[0] in WITNESS


def score(model: Trees, table: Table) -> Array:
    """int32 [lines]: the scores that the trees give, as at run time."""
    return model.score({name: table[name] for name in model.features})


def judge(model: lines.Model, samples: Sequence[Sample], table: Table) -> Array:
    """int32 [lines]: the scores after both looks; `table` is the first's."""
    first = score(model.first, table)
    return score(model.second, second_table(samples, first, table["letters"]))


def trees(model: CatBoostClassifier, names: Sequence[str]) -> Trees:
    """The fitted model in whole numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        stored = json.loads(path.read_text())
    depth = max(len(tree["splits"]) for tree in stored["oblivious_trees"])
    asked: dict[tuple[int, int], int] = {}
    questions, leaves = [], []
    for tree in stored["oblivious_trees"]:
        numbers = [
            asked.setdefault((split["float_feature_index"], int(np.floor(split["border"]))), len(asked))
            for split in tree["splits"]
        ]
        missing = depth - len(numbers)  # whatever a question is answered that is asked in vain, the leaf is the same
        questions.append(numbers + [0] * missing)
        leaves.append(np.tile(np.rint(np.array(tree["leaf_values"]) * lines.UNIT), 2**missing))
    used = sorted({feature for feature, _ in asked})
    _scale, (bias,) = stored["scale_and_bias"]
    return Trees(
        tuple(names[i] for i in used),
        np.array([used.index(feature) for feature, _ in asked], dtype=np.int16),
        np.array([threshold for _, threshold in asked], dtype=np.int32),
        np.array(questions, dtype=np.int16).T.copy(),
        np.array(leaves).astype(np.int16),
        start=round(bias * lines.UNIT),
    )


def mean_of(models: Sequence[Trees]) -> Trees:
    """One sum of trees that scores the mean of what `models` score, all of one depth."""
    names = sorted({name for model in models for name in model.features})
    before = np.cumsum([0, *(len(model.feature) for model in models)])
    return Trees(
        tuple(names),
        np.concatenate([np.array([names.index(model.features[i]) for i in model.feature]) for model in models]).astype(
            np.int16
        ),
        np.concatenate([model.threshold for model in models]),
        np.concatenate([model.questions + first for model, first in zip(models, before, strict=False)], axis=1).astype(
            np.int16
        ),
        np.rint(np.concatenate([model.leaves for model in models]) / len(models)).astype(np.int16),
        start=round(sum(model.start for model in models) / len(models)),
    )
