"""Samples to rows, rows to trees: features, weights, CatBoost, and the trees as integers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier, Pool
from numpy.typing import NDArray

from pipeline.judge import model as lines
from pipeline.judge.agreement import agreement
from pipeline.judge.characters import own_features
from pipeline.judge.choose import UNIT
from pipeline.judge.features import Batch, line_features
from pipeline.judge.page_type import page_features
from pipeline.judge.places import Places
from pipeline.judge.rules import book as rules
from pipeline.judge.rules import files as rule_files
from pipeline.judge.title import struck, title_features
from pipeline.judge.trees import Trees
from pipeline.text.blocks import VERBATIM
from pipeline.text.html.page import FACTS
from pipeline.tokens import offsets_of, tokenize
from tools.train.augment import COLUMNS, Sample
from tools.train.corpus import Page

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
TITLE: Mapping[str, Any] = {**FIRST, "iterations": 300, "learning_rate": 0.08, "rsm": 0.4}
PAGE: Mapping[str, Any] = {**FIRST, "iterations": 200, "depth": 5, "learning_rate": 0.06, "rsm": 0.4}
SEEDS = 3
"""So many runs are averaged: rendered pages to learn from are few."""
TEXT_SEEDS = 2
"""The same for plain texts."""
TITLE_SEEDS = 4
"""The same for titles of plain texts, of which there is one a page."""
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

    @classmethod
    def of(cls, columns: Mapping[str, Array]) -> Table:
        """A table of these columns."""
        return cls(tuple(columns), np.stack([column.astype(np.float32) for column in columns.values()], axis=1))

    @classmethod
    def joined(cls, parts: Sequence[Table]) -> Table:
        """Tables of the same columns as one."""
        return cls(parts[-1].names, np.concatenate([part.values for part in parts]))

    def __getitem__(self, name: str) -> Array:
        """One column, int64."""
        return self.values[:, self.names.index(name)].astype(np.int64)

    def take(self, lines: Array) -> Table:
        """Only those lines."""
        return Table(self.names, self.values[lines])


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the samples, laid out together."""

    samples: Sequence[Sample]
    numbers: slice
    """Which of all samples"""
    rows: slice
    """Which of the blocks of all samples"""
    batch: Batch


def parts_of(samples: Sequence[Sample]) -> Iterator[Part]:
    """The samples in order, `_PART` together."""
    done = 0
    for low in range(0, len(samples), _PART):
        part = samples[low : low + _PART]
        batch = batch_of(part)
        yield Part(part, slice(low, low + len(part)), slice(done, done + len(batch.texts)), batch)
        done += len(batch.texts)


def first_table(samples: Sequence[Sample], seed: int = 0) -> Table:
    """The features of the first look."""
    rng = np.random.default_rng(seed)

    def table(part: Part) -> Table:
        hidden = rng.random((len(part.samples), len(lines.MARKS))) < np.array([[one.blind] for one in part.samples])
        shown = ~np.repeat(hidden, np.diff(part.batch.offsets), axis=0)
        marks = lines.marks(hits_of(part.batch))
        seen = {name: values * shown[:, i] for i, (name, values) in enumerate(marks.items())}
        return Table.of(line_features(part.batch, seen))

    return Table.joined([table(part) for part in parts_of(samples)])


def second_table(samples: Sequence[Sample], scores: Array, letters: Array) -> Table:
    """The features of the second look, from every line's score at the first and its letters."""

    def table(part: Part) -> Table:
        places = Places(part.batch.offsets)
        return Table.of(agreement(scores[part.rows], letters[part.rows], part.batch.tokens, places))

    return Table.joined([table(part) for part in parts_of(samples)])


def batch_of(samples: Sequence[Sample]) -> Batch:
    """All lines of `samples`."""
    form = {name: np.concatenate([sample.form[name] for sample in samples]) for name in COLUMNS}
    return Batch(
        [text for sample in samples for text in sample.texts],
        form.pop("gap"),
        form,
        offsets_of(np.array([len(sample) for sample in samples])),
    )


def hits_of(batch: Batch) -> list[tuple[rules.Hit, ...]]:
    """What the rules that ship say of each block, wherever it stands; nothing of code, tables and formulas."""
    exempt = np.isin(batch.form["kind"], VERBATIM).tolist()
    return [() if skipped else _hits(text) for text, skipped in zip(batch.texts, exempt, strict=True)]


@cache
def _hits(text: str) -> tuple[rules.Hit, ...]:
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


def fit_text(
    samples: Sequence[Sample], seed: int, unseeing: Mapping[int, lines.TextModel] | None = None
) -> tuple[lines.TextModel, Mapping[int, lines.TextModel]]:
    """The model of all samples, and for each fold one that has not seen it: of `unseeing`, if those are given.

    The second look learns from scores that the first gave to pages it had not seen, as it will have to judge them; the
    look for titles from those of the second.
    """
    table = first_table(samples, seed)
    targets = Targets.of(samples, table["words"], seed)
    folds = sorted(set(targets.fold.tolist()))
    firsts = {fold: unseeing[fold].first if unseeing else train(table, targets, FIRST, without=fold) for fold in folds}
    letters = table["letters"]
    scores = crossed(firsts, table, targets.fold)
    first = averaged(table, targets, FIRST, TEXT_SEEDS)
    del table
    table = second_table(samples, scores, letters)
    seconds = {
        fold: unseeing[fold].second if unseeing else train(table, targets, SECOND, without=fold) for fold in folds
    }
    second = averaged(table, targets, SECOND, TEXT_SEEDS)
    titles = title_table_of(samples, crossed(seconds, table, targets.fold))
    model = lines.TextModel(first, second, averaged(*titles, TITLE, TITLE_SEEDS))
    if unseeing:
        return model, unseeing
    return model, {
        fold: lines.TextModel(firsts[fold], seconds[fold], train(*titles, TITLE, without=fold)) for fold in folds
    }


def crossed(models: Mapping[int, Trees], table: Table, folds: Array) -> Array:
    """int64 [blocks]: each one scored by the trees that have not seen its fold."""
    scores = np.zeros(len(folds), dtype=np.int64)
    for fold, model in models.items():
        rows = np.flatnonzero(folds == fold)
        scores[rows] = score(model, table.take(rows))
    return scores


def title_table_of(samples: Sequence[Sample], scores: Array) -> tuple[Table, Targets]:
    """What the look for titles learns from: the samples whose title is known; `scores` are those of the blocks of all."""
    sizes = np.array([len(sample) for sample in samples])
    known = [sample.titles is not None for sample in samples]
    return title_table(
        [sample for sample, flag in zip(samples, known, strict=True) if flag], scores[np.repeat(known, sizes)]
    )


def fit_title(samples: Sequence[Sample], model: lines.TextModel) -> Trees:
    """A look for titles of samples whose titles are known, over what the other looks of `model` say of their blocks."""
    scores: list[Array] = []
    for part in parts_of(samples):
        columns = line_features(part.batch, lines.marks(hits_of(part.batch)))
        scores.append(model.score(part.batch, columns))
    return averaged(*title_table(samples, np.concatenate(scores)), TITLE, TITLE_SEEDS)


def title_table(samples: Sequence[Sample], scores: Array) -> tuple[Table, Targets]:
    """A row for each candidate of some samples whose title is known."""
    features: list[Table] = []
    labels: list[Array] = []
    folds: list[Array] = []
    for part in parts_of(samples):
        batch, own = part.batch, scores[part.rows]
        hits = hits_of(batch)
        columns = line_features(batch, lines.marks(hits))
        places = Places(batch.offsets)
        facts = facts_of(part.samples) if part.samples[0].facts is not None else None
        kinds = batch.form["kind"]
        where, found = title_features(batch.texts, columns, own, hits, struck(hits), kinds, places, facts)
        features.append(Table.of(found))
        labels.append(np.concatenate([np.array(sample.titles, dtype=bool) for sample in part.samples])[where])
        folds.append(np.array([sample.fold for sample in part.samples])[places.document[where]])
    keep = np.concatenate(labels)
    everything = np.arange(len(keep))
    return Table.joined(features), Targets(keep, np.concatenate(folds), np.ones(len(keep)), everything)


def facts_of(samples: Sequence[Sample]) -> dict[str, Array]:
    """What the trees of some pages say of their blocks, by name."""
    table = np.concatenate([sample.facts for sample in samples if sample.facts is not None])
    return dict(zip(FACTS, table.T, strict=True))


def pages_of(pages: Sequence[Page], samples: Sequence[Sample]) -> lines.Pages:
    """The same, and what is known of each page as a whole."""
    return lines.Pages(facts_of(samples), [page.about for page in pages], [len(page.blocks.posts) for page in pages])


def markup_table(pages: Sequence[Page], samples: Sequence[Sample], scores: Array) -> tuple[Table, Table]:
    """(what the third look may ask for, a row a block; what tells an article, a row a page).

    `scores` are what the blocks of the pages score as plain text.
    """
    blocks: list[Table] = []
    wholes: list[Table] = []
    for part in parts_of(samples):
        batch, own = part.batch, scores[part.rows]
        columns = line_features(batch, lines.marks(hits_of(batch)))
        known = pages_of(pages[part.numbers], part.samples)
        markup = lines.markup_columns(batch, columns, own, known.facts)
        blocks.append(Table.of({name: column for name, column in markup.items() if is_asked(name, columns)}))
        places = Places(batch.offsets)
        wholes.append(Table.of(page_features(markup, batch.form, own, known.about, known.posts, places)))
    return Table.joined(blocks), Table.joined(wholes)


def is_asked(name: str, own: Mapping[str, Array]) -> bool:
    """Whether the third look may learn from a column: of the block itself only `OWN`, the rest it has from the scores."""
    return name in OWN or name not in own


def fit_pages(
    pages: Sequence[Page], scores: Array, by_fold: bool = True
) -> tuple[lines.PageModel, dict[int, lines.PageModel]]:
    """The third look of all pages, and `by_fold` for each fold the one that has not seen it.

    `scores` are those that the blocks got as plain text from models that had not seen their pages. The expert for
    articles learns from articles alone, the other one from all pages; both see each page with the extractor's verdict and
    without.
    """
    samples = [Sample.of(page) for page in pages]
    titles = title_table_of(samples, scores)
    samples += [sample.unasked() for sample in samples]
    pages, scores = [*pages, *pages], np.concatenate((scores, scores))
    table, page_table = markup_table(pages, samples, scores)
    words = np.concatenate([count_words(sample.texts) for sample in samples])
    targets = Targets.of(samples, words, seed=1)
    articles = np.array([page.is_article for page in pages])
    in_article = np.repeat(articles, [len(sample) for sample in samples])
    of_articles = replace(targets, drawn=targets.drawn[in_article[targets.drawn]])
    of_pages = Targets(articles, np.array([page.fold for page in pages]), np.ones(len(pages)), np.arange(len(pages)))

    def model(without: int | None, seeds: int) -> lines.PageModel:
        article = averaged(table, of_articles, THIRD, seeds, without)
        other = averaged(table, targets, THIRD, seeds, without)
        is_article = train(page_table, of_pages, PAGE, without)
        return lines.PageModel(article, other, is_article, train(*titles, TITLE, without))

    folds = sorted(set(targets.fold.tolist())) if by_fold else []
    return model(None, SEEDS), {fold: model(fold, 1) for fold in folds}


def count_words(texts: Sequence[str]) -> Array:
    """The words of each block, as the model counts them."""
    return own_features(texts, np.zeros(len(texts), np.int64), tokenize(texts))["words"]


def score(model: Trees, table: Table) -> Array:
    """int32 [lines]: the scores that the trees give, as at run time."""
    return model.score({name: table[name] for name in model.features})


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
        leaves.append(np.tile(np.rint(np.array(tree["leaf_values"]) * UNIT), 2**missing))
    used = sorted({feature for feature, _ in asked})
    _scale, (bias,) = stored["scale_and_bias"]
    return Trees(
        tuple(names[i] for i in used),
        np.array([used.index(feature) for feature, _ in asked], dtype=np.int16),
        np.array([threshold for _, threshold in asked], dtype=np.int32),
        np.array(questions, dtype=np.int16).T.copy(),
        np.array(leaves).astype(np.int16),
        start=round(bias * UNIT),
    )


def averaged(
    table: Table, targets: Targets, settings: Mapping[str, Any], seeds: int, without: int | None = None
) -> Trees:
    """The mean of so many fits, which draw differently."""
    fits = [train(table, targets, {**settings, "random_seed": seed}, without) for seed in range(1, seeds + 1)]
    return mean_of(fits)


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
