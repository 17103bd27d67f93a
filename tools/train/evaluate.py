"""How good a model is on labelled pages: word 4-gram F1 by set, variant and language, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.judge import model as lines
from tools.train import fit
from tools.train.augment import Sample
from tools.train.corpus import Page
from tools.train.metric import Metric

Array = NDArray[Any]

NEWS = ("scrapinghub", "fundus_parsers", "daniel-en", "dragnet")


class Bench:
    """Labelled pages, measured once and scored by any number of models."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.samples = [Sample.of(page) for page in pages]
        self.table = fit.first_table(self.samples)
        self.metric = Metric(pages)
        self.letters = self.table["letters"]
        self.line_page = np.repeat(np.arange(len(pages)), [len(page.blocks) for page in pages])
        self.names = np.array([f"{p.set}-{p.language}" if p.set == "daniel" else p.set for p in pages])
        self.variants = np.array([page.variant for page in pages])

    def scores(self, model: lines.Model, third: lines.MarkupModel | None = None) -> Array:
        """int32 [lines]; as plain text where there is no third look."""
        scores = fit.judge(model, self.samples, self.table)
        return scores if third is None else third.score(fit.third_table(self.samples, scores).columns())

    def crossed(
        self, models: Mapping[int, lines.Model], thirds: Mapping[int, lines.MarkupModel] | None = None
    ) -> Array:
        """int32 [lines]: each page scored by the models that have not seen its fold."""
        fold = np.array([page.fold for page in self.pages])[self.line_page]
        scores = np.zeros(len(fold), dtype=np.int64)
        for number, model in models.items():
            scores = np.where(fold == number, self.scores(model, thirds and thirds[number]), scores)
        return scores

    def report(self, scores: Array, chosen: Array, favor: lines.Favor = "balanced") -> dict[tuple[str, str], Array]:
        """(set, variant) -> (precision, recall, F1), averaged over the pages flagged in `chosen`, printed and returned."""
        keep = lines.keep(scores, self.letters, self.metric.offsets, favor)
        found = np.stack(self.metric(keep), axis=1)
        cells: dict[tuple[str, str], Array] = {}
        for variant in sorted(set(self.variants.tolist())):
            for name in sorted(set(self.names.tolist())):
                rows = chosen & (self.names == name) & (self.variants == variant)
                if rows.any():
                    cells[name, variant] = found[rows].mean(axis=0)
            if all((name, variant) in cells for name in NEWS):
                cells["mean of news", variant] = np.mean([cells[name, variant] for name in NEWS], axis=0)
        for (name, variant), (precision, recall, f1) in cells.items():
            print(f"{variant:8}{name:16}{100 * f1:7.2f}  ({100 * precision:.1f}/{100 * recall:.1f})")
        return cells
