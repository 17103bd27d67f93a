"""More pages out of few: new pages made from labelled ones, so that the model learns what holds on every site.

A page here is a `Sample`: texts, form and labels of its blocks. Every operation draws from a seeded generator and makes
a new sample out of pages of one fold, so that cross-validation by site stays honest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.judge.form import FORM
from pipeline.text import plain
from pipeline.text.html.facts import FACTS, OF_EXTRACTOR, UNKNOWN
from pipeline.tokens import offsets_of
from tools.train.comments import phrases, write_comments
from tools.train.corpus import NEWS, Page
from tools.train.genres import GENRES, Bank, documents

COLUMNS = ("gap", *FORM)
Columns = dict[str, NDArray[np.int64]]


class Line(NamedTuple):
    """A line of a plain text that is being made; or a block of several."""

    text: str
    gap: int
    """Line breaks before it"""
    keep: bool
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The blocks of one page to learn from."""

    texts: list[str]
    keep: list[bool]
    form: Columns
    """`gap` and the columns `FORM` of the blocks, int64"""
    language: str
    fold: int
    news: bool
    blind: float = 0.0
    """The share of rule categories whose marks are hidden: rules will not know every site's words."""
    facts: NDArray[np.int32] | None = None
    """For a rendered page, what the tree says of each block, int32 [blocks, FACTS]."""
    titles: list[bool] | None = None
    """Which blocks are the title, where that is known."""

    @classmethod
    def of(cls, page: Page) -> Sample:
        """The page as it is."""
        form = {name: getattr(page.blocks, name).astype(np.int64) for name in COLUMNS}
        texts = list(page.blocks.texts)
        return cls(
            texts,
            page.keep.tolist(),
            form,
            page.language,
            page.fold,
            page.set in NEWS,
            facts=page.facts,
            titles=None if page.titles is None else page.titles.tolist(),
        )

    @classmethod
    def of_lines(cls, lines: Sequence[Line], language: str, fold: int) -> Sample:
        """Lines as a plain text, laid out anew: what stands together now may make a list or a stanza. A block is text if
        most of its characters are."""
        parts: list[str] = []
        kept: list[NDArray[np.bool_]] = []
        titles: set[tuple[int, int]] = set()
        size = 0
        for line in lines:
            parts.append("\n" * max(line.gap, 1) if parts else "")
            parts.append(line.text)
            kept += [np.full(len(part), line.keep) for part in parts[-2:]]
            size += len(parts[-2]) + len(line.text)
            if line.is_title:
                titles.add((size - len(line.text), size))
        blocks = plain.lay_out("".join(parts))
        counts = offsets_of(np.concatenate(kept)) if kept else np.zeros(1, np.int64)
        keep = 2 * (counts[blocks.end] - counts[blocks.start]) > blocks.end - blocks.start
        spans = zip(blocks.start.tolist(), blocks.end.tolist(), strict=True)
        form = {name: getattr(blocks, name).astype(np.int64) for name in COLUMNS}
        named = [span in titles for span in spans]
        return cls(list(blocks.texts), keep.tolist(), form, language, fold, news=False, titles=named)

    def take(self, lines: Sequence[int] | range) -> Sample:
        """Only those blocks."""
        index = np.array(lines, dtype=np.int64)
        return replace(
            self,
            texts=[self.texts[i] for i in lines],
            keep=[self.keep[i] for i in lines],
            form={name: column[index] for name, column in self.form.items()},
            facts=None if self.facts is None else self.facts[index],
            titles=None if self.titles is None else [self.titles[i] for i in lines],
        )

    def unasked(self) -> Sample:
        """The same page where the extractor was not asked."""
        assert self.facts is not None
        facts = self.facts.copy()
        facts[:, [FACTS.index(name) for name in OF_EXTRACTOR]] = UNKNOWN
        return replace(self, facts=facts)

    def __add__(self, other: Sample) -> Sample:
        """These blocks, then those of `other`; no run of one goes on in the other."""
        form = {name: np.concatenate((column, other.form[name])) for name, column in self.form.items()}
        later = form["run"][len(self) :]
        later[later >= 0] += 1 + max(self.form["run"].max(initial=-1), 0)
        titles = [sample.titles or [False] * len(sample) for sample in (self, other)]
        is_known = self.titles is not None or other.titles is not None
        return replace(
            self,
            texts=self.texts + other.texts,
            keep=self.keep + other.keep,
            form=form,
            titles=titles[0] + titles[1] if is_known else None,
        )

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


def plainly(like: Sample, texts: list[str], keep: bool, gaps: NDArray[np.int64]) -> Sample:
    """Paragraphs of plain text, in a sample `like` another."""
    form = {name: np.full(len(texts), -1 if name in ("number", "run", "post") else 0) for name in COLUMNS}
    return replace(like, texts=texts, keep=[keep] * len(texts), form={**form, "gap": gaps}, facts=None, titles=None)


def is_compact(sample: Sample) -> bool:
    """Most lines between the first and the last of the text are text."""
    return bool(sample.main) and sum(sample.text.keep) >= 0.3 * len(sample.main)


def swap(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """The text of one page in the surroundings of another."""
    above, below = [(other, other), (sample, other), (other, sample)][rng.choice(3, p=(0.5, 0.25, 0.25))]
    over, is_known = (sample.above, sample.titles is not None) if above is sample else retitled(other, sample)
    page = sample.take(()) + over + sample.text + below.below
    return page if is_known else replace(page, titles=None)


def retitled(other: Sample, sample: Sample) -> tuple[Sample, bool]:
    """(what stands above the text of `other`, with the title of `sample` in the place of its own; whether it is known which
    block is the title then)."""
    above = other.above
    known = [i for i, flag in enumerate(sample.titles or ()) if flag]
    if not known:
        return above, False
    if known[0] >= sample.main.start:  # the text itself begins with it
        return replace(above, titles=[False] * len(above)), True
    flags = above.titles or []
    if not any(flags):
        return above, False
    title = sample.texts[known[0]]
    texts = [title if flag else text for text, flag in zip(above.texts, flags, strict=True)]
    return replace(above, texts=texts), True


def discuss(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """Reader comments after the text. They are made of the text's own later sentences, or of the other page's."""
    kept = [i for i in sample.main if sample.keep[i]]
    count = len(kept) if rng.random() < 0.4 or len(kept) < 5 else int(rng.integers(2, len(kept) + 1))
    words = [sample.texts[i] for i in kept[count:]]
    if len(words) < 4 or rng.random() < 0.3:
        words += [text for text, flag in zip(other.texts, other.keep, strict=True) if flag]
    comments = write_comments(words, sample.language, rng)
    gaps = np.where(rng.random(len(comments)) < 0.7, rng.choice((1, 2, 2)), 1)
    section = plainly(sample, comments, False, gaps)
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
        inserted = plainly(page, [line], False, page.form["gap"][[place - 1]])
        page = page.take(range(place)) + inserted + page.take(range(place, len(page)))
    return page


def join(sample: Sample, other: Sample, rng: Generator) -> Sample:
    """Two texts on one page, as weblogs and newsletters have them, in the surroundings of the first."""
    return sample.above + sample.text + other.text + sample.below


def relay(sample: Sample, rng: Generator) -> Sample:
    """The same lines as another tool would set them: all with blank lines between, or none."""
    gap = np.full(len(sample), rng.choice((1, 2)))
    return replace(sample, form={**sample.form, "gap": gap})


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


FRAMED, HALF_FRAMED, LIGHTLY = 0.4, 0.15, 0.25
"""Shares of the documents of other genres that get the surroundings of a page, only what is above or below, or some lines
of it next to the text and in it."""
EACH_GENRE = 24
"""Documents of each genre in a fold, in English; other languages have a third."""


def of_genres(samples: Sequence[Sample], seed: int, each: int = EACH_GENRE) -> list[Sample]:
    """Documents of many genres, by themselves and in the surroundings of the compact ones of `samples`, fold by fold."""
    rng = np.random.default_rng(seed)
    made: list[Sample] = []
    for fold in sorted({sample.fold for sample in samples}):
        own = [sample for sample in samples if sample.fold == fold]
        frames = [sample for sample in own if is_compact(sample)]
        for language in sorted({sample.language for sample in own}):
            texts = [
                text
                for sample in own
                if sample.language == language
                for text, flag in zip(sample.texts, sample.keep, strict=True)
                if flag
            ]
            bank = Bank.of(texts, language)
            if bank is None:
                continue
            count = len(GENRES) * (each if language == "en" else max(1, each // 3))
            for text, title in documents(bank, count, rng):
                lines = lines_of(text, title)
                if lines:
                    page = framed(lines, frames, language, rng)
                    made.append(Sample.of_lines(page, language, fold))
    return made


def lines_of(text: str, title: str | None) -> list[Line]:
    """A plain text that is content all through, by its blocks; `title` is what it begins with."""
    blocks = plain.lay_out(text)
    lines: list[Line] = []
    for start, end, gap in zip(blocks.start.tolist(), blocks.end.tolist(), blocks.gap.tolist(), strict=True):
        begin = text.rfind("\n", 0, start) + 1  # white space before it is part of how it looks
        own = text[begin:end] if text[begin:start].isspace() else text[start:end]
        lines.append(Line(own, gap, keep=True, is_title=not lines and own == title))
    return lines


def framed(lines: list[Line], frames: Sequence[Sample], language: str, rng: Generator) -> list[Line]:
    """A text in the surroundings of a page, in a half of them, with some furniture, or as it is."""
    draw = rng.random()
    if draw < FRAMED:
        return surrounded(lines, menu(frames, rng), footer(frames, rng), rng)
    if draw < FRAMED + HALF_FRAMED:
        is_above = rng.random() < 0.5
        return surrounded(lines, menu(frames, rng) if is_above else [], [] if is_above else footer(frames, rng), rng)
    if draw < FRAMED + HALF_FRAMED + LIGHTLY:
        above, below = menu(frames, rng), footer(frames, rng)
        over, under = (int(rng.integers(0, 1 + min(9, len(part)))) for part in (above, below))
        page = surrounded(lines, above[len(above) - over :], below[:under], rng)
        return sprinkled(page, language, rng) if rng.random() < 0.6 else page
    return lines


TRIES = 5
"""Pages that are looked at for one that has something above its text, or below"""
SHORTENED = 0.3
"""The share of surroundings of which only some lines that follow each other stand"""


def menu(frames: Sequence[Sample], rng: Generator) -> list[Line]:
    """What stands above the text of a page, without the page's own title and what follows it."""
    lines: list[Line] = []
    for _ in range(TRIES):
        frame = frames[int(rng.integers(len(frames)))]
        above = frame.above
        known = [i for i, flag in enumerate(above.titles or ()) if flag]
        # Where no title is known, it is one of the last lines, if there is one.
        stop = known[0] if known else max(0, len(above) - int(rng.integers(0, 10)))
        lines = furniture(above.take(range(stop)), rng)
        if len(lines) > 2:
            break
    return lines


def footer(frames: Sequence[Sample], rng: Generator) -> list[Line]:
    """What stands below the text of a page."""
    lines: list[Line] = []
    for _ in range(TRIES):
        lines = furniture(frames[int(rng.integers(len(frames)))].below, rng)
        if len(lines) > 2:
            break
    return lines


def furniture(sample: Sample, rng: Generator) -> list[Line]:
    """Lines around a text, as they are, under each other or with blank lines between; now and then only some of them."""
    gap = rng.choice((0, 1, 2), p=(0.5, 0.35, 0.15))
    lines = [
        Line(text, int(gap or own), keep=False)
        for text, own in zip(sample.texts, sample.form["gap"].tolist(), strict=True)
    ]
    if len(lines) > 4 and rng.random() < SHORTENED:
        size = int(rng.integers(3, min(25, len(lines)) + 1))
        start = int(rng.integers(0, len(lines) - size + 1))
        return lines[start : start + size]
    return lines


def surrounded(lines: list[Line], above: list[Line], below: list[Line], rng: Generator) -> list[Line]:
    """A text between other lines, mostly with a blank line between."""
    is_airy = any(line.gap > 1 for line in lines)
    over, under = (int(gap) for gap in rng.choice((1, 2, 3), 2, p=(0.2, 0.65, 0.15) if is_airy else (0.6, 0.3, 0.1)))
    page = [*above]
    page += [line._replace(gap=over) if i == 0 else line for i, line in enumerate(lines)]
    page += [line._replace(gap=under) if i == 0 else line for i, line in enumerate(below)]
    return page


def sprinkled(page: list[Line], language: str, rng: Generator) -> list[Line]:
    """A page with lines that rules know, set between its blocks: buttons, labels, requests."""
    known = phrases(language)
    page = [*page]
    for _ in range(int(rng.integers(1, 7))):
        place = int(rng.integers(0, len(page) + 1))
        count = int(rng.integers(1, 4))
        gap = page[place].gap if place < len(page) else 2
        page[place:place] = [
            Line(known[rng.integers(len(known))].replace("0", str(rng.integers(1, 60))).capitalize(), gap, keep=False)
            for _ in range(count)
        ]
    return page
