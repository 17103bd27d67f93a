"""How good a model is on labelled pages, as tables: word 4-gram F1 by set, variant and type, and how often titles are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Favor
from pipeline.judge import model as lines
from pipeline.judge.choose import ONE, best_f1
from pipeline.judge.title import IS_TITLE, BestTitle
from tools.train import fit
from tools.train.augment import Sample
from tools.train.corpus import NEWS, Page
from tools.train.metric import Metric

Array = NDArray[Any]

NEWS_SETS = (*NEWS, "daniel-en", "dragnet")
_PART = 200


class Models(NamedTuple):
    """What judges a page."""

    text: lines.TextModel
    page: lines.PageModel | None = None
    """For pages with markup"""


class Bench:
    """Labelled pages of one kind, measured once and judged by any number of models."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.samples = [Sample.of(page) for page in pages]
        self.metric = Metric(pages)
        self.page = np.repeat(np.arange(len(pages)), [len(page.blocks) for page in pages])
        self._names = np.array([_name(page) for page in pages])
        self._variants = np.array([page.variant for page in pages])

    def judge(self, models: Callable[[int], Models]) -> lines.Judgement:
        """All pages, each by the models that are given for its fold."""
        blocks = [np.zeros(len(self.page), dtype=np.int64) for _ in range(4)]
        titles: list[BestTitle | None] = [None] * len(self.pages)
        articles, named = np.zeros((2, len(self.pages)), dtype=bool)
        starts = self.metric.offsets
        for fold in sorted({page.fold for page in self.pages}):
            numbers = [number for number, page in enumerate(self.pages) if page.fold == fold]
            text, page = models(fold)
            for low in range(0, len(numbers), _PART):
                part = numbers[low : low + _PART]
                samples = [self.samples[number] for number in part]
                known = fit.pages_of([self.pages[number] for number in part], samples) if page else None
                batch = fit.batch_of(samples)
                found = lines.judge(batch, fit.hits_of(batch), known, text, page)
                rows = np.concatenate([np.arange(starts[number], starts[number + 1]) for number in part])
                columns = (found.scores, found.letters, found.words, found.run)
                for column, values in zip(blocks, columns, strict=True):
                    column[rows] = values
                articles[part] = found.articles
                named[part] = found.named
                for number, title in zip(part, found.titles, strict=True):
                    titles[number] = title
        return lines.Judgement(blocks[0], blocks[1], blocks[2], titles, articles, named, blocks[3])

    def report(self, judged: lines.Judgement, chosen: Array, favor: Favor = "auto") -> None:
        """Print precision, recall and F1, averaged over the pages flagged in `chosen`, by set, variant and type."""
        form = fit.batch_of(self.samples).form
        facts = fit.facts_of(self.samples) if self.pages[0].facts is not None else None
        found = np.stack(self.metric(judged.keep(form, self.metric.offsets, favor, facts)), axis=1)
        for variant in sorted(set(self._variants.tolist())):
            means = {}
            for name in sorted(set(self._names.tolist())):
                rows = chosen & (self._names == name) & (self._variants == variant)
                if rows.any():
                    means[name] = found[rows].mean(axis=0)
            if all(name in means for name in NEWS_SETS):
                means["mean of news"] = np.mean([means[name] for name in NEWS_SETS], axis=0)
            types = [mean for name, mean in means.items() if name.startswith("type ")]
            if types:
                means["mean of types"] = np.mean(types, axis=0)
                rows = chosen & np.char.startswith(self._names, "type ")
                means["pages of types"] = found[rows].mean(axis=0)
            for name, (precision, recall, f1) in means.items():
                print(f"{variant:8}{name:22}{100 * f1:7.2f}  ({100 * precision:.1f}/{100 * recall:.1f})")
            rows = chosen & (self._variants == variant)
            self._report_titles(judged, rows)
            self._report_quality(judged, found[:, 2], rows)

    def _report_titles(self, judged: lines.Judgement, chosen: Array) -> None:
        """How often the title of those pages is right that show it."""
        outcomes = {"right": 0, "wrong": 0, "none": 0}
        for number in np.flatnonzero(chosen).tolist():
            titles = self.pages[number].titles
            if titles is None:
                continue
            found = judged.titles[number]
            if found is None or found.certainty < IS_TITLE:
                outcomes["none"] += 1
            else:
                outcomes["right" if titles[found.block] else "wrong"] += 1
        total = max(sum(outcomes.values()), 1)
        print("titles", *(f"{name} {100 * count / total:.1f}%" for name, count in outcomes.items()), f"of {total}")

    def _report_quality(self, judged: lines.Judgement, f1: Array, chosen: Array) -> None:
        """How well the F1 that is expected tells bad pages from good ones, and how it compares with the real one."""
        expected = best_f1(judged.scores, judged.words, self.metric.offsets) / ONE
        bad, good = chosen & (f1 < 0.5), chosen & (f1 > 0.9)
        pairs = expected[good][:, None] - expected[bad][None, :]
        area = (pairs > 0).mean() + (pairs == 0).mean() / 2 if pairs.size else float("nan")
        print(f"quality: AUC {area:.3f} ({bad.sum()} bad, {good.sum()} good)")
        edges = [0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.01]
        for low, high in pairwise(edges):
            rows = chosen & (expected >= low) & (expected < high)
            if rows.any():
                print(f"  expected {low:.2f}-{min(high, 1):.2f}: {rows.sum():5} pages, real {f1[rows].mean():.3f}")


def each_fold(
    texts: Mapping[int, lines.TextModel], pages: Mapping[int, lines.PageModel] | None = None
) -> Callable[[int], Models]:
    """The models that have not seen a fold."""
    return lambda fold: Models(texts[fold], pages and pages[fold])


def always(text: lines.TextModel, page: lines.PageModel | None = None) -> Callable[[int], Models]:
    """The same models for every page."""
    return lambda fold: Models(text, page)


def _name(page: Page) -> str:
    if page.page_type is not None:
        return f"type {page.page_type}"
    return f"{page.set}-{page.language}" if page.set == "daniel" else page.set
