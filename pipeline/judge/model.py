"""The statistical model: how much each block looks like a document's own text.

The model looks two times: sums of small decision trees score a block by itself and its surroundings, then by the scores
around it. Where a page has markup, a third look sees what its tree says as well, with the eyes of one of two experts: for
articles and for all other kinds of pages. The trees are trained by `make train` and stored in data/lines*.npz. All of it
is integer arithmetic: the same blocks get the same scores on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from pipeline.config import Favor
from pipeline.judge import threads
from pipeline.judge.agreement import agreement
from pipeline.judge.belonging import complete
from pipeline.judge.choose import choose, of_runs
from pipeline.judge.features import Batch, line_features
from pipeline.judge.markup import markup_features
from pipeline.judge.page_type import page_features
from pipeline.judge.places import SUBSTANTIAL, Columns, Places, Table, sums
from pipeline.judge.rules.rule import CATEGORIES, Hits
from pipeline.judge.title import BestTitle, best, struck, title_features
from pipeline.judge.trees import Trees
from pipeline.tokens import Array

DATA = Path(__file__).parent.parent / "data"
MODEL = DATA / "lines.npz"
MARKUP_MODEL = DATA / "lines_html.npz"

_OPENERS = ("comments", "related")
_UNMARKED = ("banner", "template")  # of no help to the model: on hardly any page, and never the same
_MARKED = [name for name in CATEGORIES if name not in _UNMARKED]
MARKS = (*_MARKED, *(f"opens_{category}" for category in _OPENERS))
_COLUMN = {name: number for number, name in enumerate(MARKS)}
COMMENT = 3000
"""What it costs, in score, to stand in an element that calls itself comments, on the page of an article or below a heading
"Comments" with text above it."""


class TextModel(Struct, frozen=True):
    """What scores plain text."""

    first: Trees
    """Over `line_features`."""
    second: Trees
    """Over `agreement` of the first scores."""
    title: Trees
    """Over `title_features`."""

    def score(self, batch: Batch, columns: Table) -> Array:
        """int32 [blocks]; `columns` are the batch's `line_features`."""
        places = Places(batch.offsets)
        first_scores = self.first.score(columns)
        agreed = agreement(first_scores, columns["letters"], batch.tokens, places)
        return self.second.score(agreed)


@cache
def text_model(path: Path = MODEL) -> TextModel:
    """A model of plain text: the one that ships with the package, unless another is named."""
    with np.load(path) as arrays:
        return TextModel(
            first=Trees.read(arrays, "first"),
            second=Trees.read(arrays, "second"),
            title=Trees.read(arrays, "title"),
        )


class Pages(Struct, frozen=True):
    """What is known of the pages of a batch beside the text of their blocks."""

    facts: Table
    """By name of `pipeline.text.html.facts.FACTS`, a value a block"""
    about: Sequence[Sequence[int]]
    """The values of `pipeline.text.html.about.ABOUT` of each page"""
    posts: Sequence[int]
    """How many contributions to a thread each page has"""


class PageModel(Struct, frozen=True):
    """What scores the blocks of pages, over `markup_columns`."""

    article: Trees
    """Of articles"""
    other: Trees
    """Of all other kinds of pages"""
    is_article: Trees
    """Over `page_features`: which of the two is asked"""
    title: Trees
    """Over `title_features`"""

    def score(
        self, columns: Columns, form: Columns, text_scores: Array, pages: Pages, places: Places
    ) -> tuple[Array, Array, Array]:
        """(int32 [blocks]: the scores; bool [pages]: which pages are articles; bool [blocks]: which stand in contributions
        that are the text of their page)."""
        of_pages = page_features(columns, form, text_scores, pages.about, pages.posts, places)
        articles = self.is_article.score(of_pages) > 0
        in_article = np.repeat(articles, np.diff(places.offsets))
        scores = np.zeros(len(places), dtype=np.int32)
        experts = (self.article, in_article), (self.other, ~in_article)
        for trees, which in experts:
            if which.any():
                asked = {name: columns[name][which] for name in trees.features}
                scores[which] = trees.score(asked)
        # On a forum comments are the text: they cost something only in an article, or below a heading that opens them.
        letters = columns["letters"]
        in_comments = columns["dom_topic_comment"] > 0
        is_text = (text_scores > 0) & ~in_comments
        is_text &= letters >= SUBSTANTIAL
        opens = columns["opens_comments"] > 0
        in_comments &= in_article | _opened_below(opens, is_text, places)
        in_thread = threads.in_thread(scores, letters, pages.facts, places)
        in_thread &= ~in_article
        in_comments &= ~in_thread
        scores -= COMMENT * in_comments.astype(np.int32)
        scores = threads.together(scores, letters, form, pages.facts, in_thread, places)
        return scores, articles, in_thread


def _opened_below(opens: Array, is_text: Array, places: Places) -> Array:
    """bool [blocks]: which stand below the first block of their document that `opens` a section, where that one has text
    above it."""
    first = places.first_flagged(opens)
    total = sums(is_text)
    has_text_above = total.take(first) > total.take(places.first)
    return (places.line > first) & has_text_above


@cache
def page_model() -> PageModel:
    """The model of pages that ships with the package."""
    with np.load(MARKUP_MODEL) as arrays:
        return PageModel(
            article=Trees.read(arrays, "article"),
            other=Trees.read(arrays, "other"),
            is_article=Trees.read(arrays, "is_article"),
            title=Trees.read(arrays, "title"),
        )


def markup_columns(batch: Batch, columns: Columns, scores: Array, facts: Table) -> Columns:
    """All that the third look may ask for, from the batch's `line_features`, its scores as plain text, and what the tree
    says of each block."""
    places = Places(batch.offsets)
    agreed = agreement(scores, columns["letters"], batch.tokens, places)
    as_text = {f"text_{name}": column for name, column in agreed.items()}
    in_tree = markup_features(facts, columns, batch.form["run"], scores, places)
    return {**columns, **as_text, **in_tree}


def marks(hits: Hits) -> dict[str, Array]:
    """What rules say of each block, as columns for `line_features`: 0 nothing, 1 a hint, 2 reason enough to remove it."""
    # (column, block) of each mark: a strike says more than a hint
    hinted: list[tuple[int, int]] = []
    struck: list[tuple[int, int]] = []
    opened: list[tuple[int, int]] = []
    for block, found in enumerate(hits):
        if not found:
            continue
        for hit in found:
            rule = hit.rule
            column = _COLUMN.get(rule.category)
            if column is not None and not rule.says_nothing_alone:
                of_rule = struck if rule.verdict == "strike" else hinted
                of_rule.append((column, block))
            if rule.opens and rule.category in _OPENERS:
                opened.append((_COLUMN[f"opens_{rule.category}"], block))
    table = np.zeros((len(MARKS), len(hits)), dtype=np.int8)
    for places, value in ((hinted, 1), (struck, 2), (opened, 1)):
        columns, blocks = np.array(places, dtype=np.int64).reshape(-1, 2).T
        table[columns, blocks] = value
    return dict(zip(MARKS, table, strict=True))


class Judgement(NamedTuple):
    """What the model says of the blocks of some documents."""

    scores: Array
    """int32 [blocks], in thousandths of a logit"""
    letters: Array
    """int64 [blocks], an ideograph counting as three"""
    words: Array
    """int64 [blocks]: words and numbers, two characters of a script without spaces counting as one"""
    titles: list[BestTitle | None]
    """For each document the block that is most likely its title"""
    articles: Array
    """bool [documents]: which are articles, as far as their markup tells"""
    named: Array
    """bool [documents]: in which of them a rule names cruft"""
    run: Array
    """int64 [blocks]: the run that shares a fate with it, -1 for none"""

    def keep(self, form: Columns, offsets: Array, favor: Favor = "auto", facts: Table | None = None) -> Array:
        """bool [blocks]: whether each block is its document's text. `form` and `offsets` are the batch's, `facts` what trees
        of pages say of the blocks."""
        places = Places(offsets)
        scores = of_runs(self.scores, self.letters, form["kind"], self.run, places)
        chosen = choose(scores, self.letters, self.words, self.articles, self.named, offsets, favor)
        if facts is None or favor == "precision":
            return chosen
        in_article = np.repeat(self.articles, np.diff(offsets))
        return complete(chosen, scores, self.letters, form, facts, in_article, places)


def judge(
    batch: Batch,
    hits: Hits,
    pages: Pages | None = None,
    text: TextModel | None = None,
    page: PageModel | None = None,
) -> Judgement:
    """Score the blocks of some documents: plain texts, or `pages`.

    `hits` are the rules that match each block, wherever it stands. `text` and `page` are the models; those that ship with
    the package, unless others are given.
    """
    text = text or text_model()
    places = Places(batch.offsets)
    columns = line_features(batch, marks(hits))
    scores = text.score(batch, columns)
    title = text.title
    articles = np.zeros(len(batch.offsets) - 1, dtype=bool)
    run = batch.form["run"].astype(np.int64)
    if pages is not None:
        page = page or page_model()
        markup = markup_columns(batch, columns, scores, pages.facts)
        scores, articles, in_thread = page.score(markup, batch.form, scores, pages, places)
        run = np.where(in_thread, -1, run)  # a forum may make one list of all that is said
        title = page.title
    facts = pages.facts if pages is not None else None
    kinds = batch.form["kind"]
    is_struck = struck(hits)
    where, features = title_features(batch.texts, columns, scores, hits, is_struck, kinds, places, facts)
    title_scores = title.score(features) if len(where) else np.zeros(0, np.int32)
    return Judgement(
        scores=scores,
        letters=columns["letters"],
        words=columns["words"],
        titles=best(where, title_scores, features, places),
        articles=articles,
        named=_named(is_struck, batch.offsets),
        run=run,
    )


def _named(is_struck: Array, offsets: Array) -> Array:
    """bool [documents]: in which of them a rule, wherever it stands, would remove a block. `is_struck` is a batch's."""
    blocks = np.flatnonzero(is_struck)
    document = np.searchsorted(offsets, blocks, "right") - 1
    named = np.zeros(len(offsets) - 1, dtype=bool)
    named[document] = True
    return named
