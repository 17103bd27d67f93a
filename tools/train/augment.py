"""More pages out of few: new pages made from labelled ones, so that the model learns what holds on every site.

A page here is a `Sample`: texts, gaps and labels of its lines. Every operation draws from a seeded generator and makes
a new sample out of pages of one fold, so that cross-validation by site stays honest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tools.train.comments import phrases, write_comments
from tools.train.corpus import NEWS, Page


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines of one page to learn from."""

    texts: list[str]
    gaps: list[int]
    keep: list[bool]
    language: str
    fold: int
    news: bool
    blind: float = 0.0
    """The share of rule categories whose marks are hidden: rules will not know every site's words."""
    facts: NDArray[np.int32] | None = None
    """For a rendered page, what the tree says of each line, int32 [lines, FACTS]."""

    @classmethod
    def of(cls, page: Page) -> Sample:
        """The page as it is."""
        return cls(
            [line.text for line in page.lines],
            [line.gap for line in page.lines],
            page.keep.tolist(),
            page.language,
            page.fold,
            page.set in NEWS,
            facts=page.facts,
        )

    def take(self, lines: Sequence[int]) -> Sample:
        """Only those lines."""
        return replace(
            self,
            texts=[self.texts[i] for i in lines],
            gaps=[self.gaps[i] for i in lines],
            keep=[self.keep[i] for i in lines],
            facts=None if self.facts is None else self.facts[list(lines)],
        )

    def __add__(self, other: Sample) -> Sample:
        """These lines, then those of `other`."""
        return replace(self, texts=self.texts + other.texts, gaps=self.gaps + other.gaps, keep=self.keep + other.keep)

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def main(self) -> range:
        """From the first line of the text to its last; empty where there is none."""
        kept = [i for i, flag in enumerate(self.keep) if flag]
        return range(kept[0], kept[-1] + 1) if kept else range(0)

    @property
    def above(self) -> Sample:
        """What stands before the text."""
        return self.take(range(self.main.start))

    @property
    def text(self) -> Sample:
        """The text, with what stands inside it."""
        return self.take(self.main)

    @property
    def below(self) -> Sample:
        """What stands after the text."""
        return self.take(range(self.main.stop, len(self)))


def is_compact(sample: Sample) -> bool:
    """Most lines between the first and the last of the text are text."""
    return bool(sample.main) and sum(sample.text.keep) >= 0.3 * len(sample.main)


def swap(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """The text of one page in the surroundings of another."""
    above, below = [(other, other), (sample, other), (other, sample)][rng.choice(3, p=(0.5, 0.25, 0.25))]
    return replace(sample, texts=[], gaps=[], keep=[]) + above.above + sample.text + below.below


def discuss(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """Reader comments after the text. They are made of the text's own later sentences, or of the other page's."""
    kept = [i for i in sample.main if sample.keep[i]]
    count = len(kept) if rng.random() < 0.4 or len(kept) < 5 else int(rng.integers(2, len(kept) + 1))
    words = [sample.texts[i] for i in kept[count:]]
    if len(words) < 4 or rng.random() < 0.3:
        words += [text for text, flag in zip(other.texts, other.keep, strict=True) if flag]
    comments = write_comments(words, sample.language, rng)
    gaps = np.where(rng.random(len(comments)) < 0.7, rng.choice((1, 2, 2)), 1).tolist()
    section = replace(sample, texts=comments, gaps=gaps, keep=[False] * len(comments))
    below = (sample if rng.random() < 0.5 else other).below
    before = int(rng.integers(min(len(below), 12) + 1)) if rng.random() < 0.5 else 0
    page = sample.take(range(kept[count - 1] + 1) if kept else range(len(sample)))
    return page + below.take(range(before)) + section + below.take(range(before, len(below)))


def thin(sample: Sample, _: Sample, rng: Generator) -> Sample:
    """Most of the cruft gone, in runs: a page with little to strip."""
    share = rng.random() * 0.4
    lines: list[int] = []
    for flag, group in groupby(range(len(sample)), key=lambda i: sample.keep[i]):
        run = list(group)
        if flag:
            lines += run
        elif len(run) > 1:
            size = rng.binomial(len(run), share)
            start = rng.integers(len(run) - size + 1)
            lines += run[start : start + size]
        elif rng.random() < share:
            lines += run
    return sample.take(lines)


def clean(sample: Sample, _: Sample, rng: Generator) -> Sample:
    """Nothing but text: all of it is to be kept."""
    return sample.take([i for i, flag in enumerate(sample.keep) if flag])


def mislead(sample: Sample, _: Sample, rng: Generator) -> Sample:
    """Lines that rules know, in the midst of the text: what follows a heading "Comments" may be text all the same."""
    page = clean(sample, sample, rng) if rng.random() < 0.3 else sample
    known = phrases(sample.language)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(page.main.start + 1, page.main.stop + 1))
        line = known[rng.integers(len(known))].replace("0", str(rng.integers(1, 60))).capitalize()
        inserted = replace(page, texts=[line], gaps=[page.gaps[place - 1]], keep=[False], facts=None)
        page = page.take(range(place)) + inserted + page.take(range(place, len(page)))
    return page


def join(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """Two texts on one page, as weblogs and newsletters have them, in the surroundings of the first."""
    return sample.above + sample.text + other.text + sample.below


def relay(sample: Sample, rng: Generator) -> Sample:
    """The same lines as another tool would set them: all with blank lines between, or none."""
    gap = int(rng.choice((1, 2)))
    return replace(sample, gaps=[gap] * len(sample))


Operation = Callable[[Sample, Sample, Generator], Sample]
RECIPE: Sequence[tuple[Operation, float]] = (
    (swap, 1.0),
    (discuss, 0.5),
    (thin, 0.5),
    (clean, 0.25),
    (mislead, 0.1),
    (join, 0.05),
)
"""What is made, and how many of it for each page of the training set."""


def augmented(samples: Sequence[Sample], seed: int, recipe: Sequence[tuple[Operation, float]] = RECIPE) -> list[Sample]:
    """New samples from the compact ones of `samples`, fold by fold; news pages are drawn twice as often."""
    rng = np.random.default_rng(seed)
    made: list[Sample] = []
    for fold in sorted({sample.fold for sample in samples}):
        pool = [sample for sample in samples if sample.fold == fold and is_compact(sample)]
        odds = np.array([2.0 if sample.news else 1.0 for sample in pool])
        for operation, share in recipe:
            for _ in range(round(share * len(pool))):
                first, second = rng.choice(len(pool), 2, replace=False, p=odds / odds.sum())
                sample = operation(pool[first], pool[second], rng)
                if rng.random() < 0.3:
                    sample = relay(sample, rng)
                if rng.random() < 0.3:
                    sample = replace(sample, blind=float(rng.choice((0.3, 0.6, 1.0))))
                if sample.texts:
                    made.append(sample)
    return made
