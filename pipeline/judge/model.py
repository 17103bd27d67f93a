"""The statistical line model: how much each line looks like a page's own text, and which lines are.

The model looks two times: sums of small decision trees score a line by itself and its surroundings, then by the scores
around it. Where a page has markup, a third look sees what its tree says as well. The trees are trained by `make train`
and stored in data/lines*.npz. All of it is integer arithmetic: the same lines get the same scores on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Favor
from pipeline.judge.agreement import SUBSTANTIAL, SURE, agreement
from pipeline.judge.features import Batch, line_features
from pipeline.judge.markup import markup_features
from pipeline.judge.places import Places, sums
from pipeline.judge.rules.book import CATEGORIES, Hit
from pipeline.judge.trees import Trees
from pipeline.text.blocks import Blocks

Array = NDArray[Any]
Columns = dict[str, Array]

DATA = Path(__file__).parent.parent / "data"
MODEL = DATA / "lines.npz"
MARKUP_MODEL = DATA / "lines_html.npz"
UNIT = 1000
"""A score of 1000 is one logit: the odds that the line is text are e to 1. 0 is even odds."""

_OPENERS = ("comments", "related")
_UNMARKED = ("banner", "template")  # of no help to the model: on hardly any page, and never the same
MARKS = (*(name for name in CATEGORIES if name not in _UNMARKED), *(f"opens_{category}" for category in _OPENERS))
_COLUMN = {name: number for number, name in enumerate(MARKS)}


class Dial(NamedTuple):
    """Which scores count as text."""

    cutoff: int
    """A line is text from this score on."""
    reach: int
    """Lines within this score of the page's best one are text too, where a whole page scores low."""


DIALS: Mapping[Favor, Dial] = {
    "precision": Dial(2200, 500),
    "balanced": Dial(0, 2500),
    "recall": Dial(-3000, 6500),
}
SWITCH = 250
"""What it costs, in score, to go from text to cruft or back from one line to the next: no lonely lines."""
HEADING = 60
"""A heading has fewer letters, prose has more."""
COMMENT = 4000
"""What it costs to stand in a block that calls itself comments: below a picture they are longer than the text."""
PURE = 20
BENEFIT = 1500
"""A page that is cruft in fewer than one letter of `PURE`, such as one that was cleaned before, has the benefit of the
doubt: its lines are text from this much less."""
POSSIBLE = -1500
"""Where no line of a page is substantial, as in a poem, its best line is one of at least this score."""
NOTHING = -(1 << 40)


@dataclass(frozen=True, slots=True)
class Model:
    """What scores plain text."""

    first: Trees
    """Over `line_features`."""
    second: Trees
    """Over `agreement` of the first scores."""

    def score(self, batch: Batch, columns: Mapping[str, Array]) -> Array:
        """int32 [lines]; `columns` are the batch's `line_features`."""
        places = Places(batch.offsets)
        return self.second.score(agreement(self.first.score(columns), columns["letters"], batch.tokens, places))


@cache
def model() -> Model:
    """The model of plain text that ships with the package."""
    with np.load(MODEL) as arrays:
        return Model(Trees.read(arrays, "first"), Trees.read(arrays, "second"))


@dataclass(frozen=True, slots=True)
class MarkupModel:
    """What scores the lines of rendered pages, over `markup_columns`."""

    witnessed: Trees
    """Where the extractor was asked."""
    alone: Trees
    """Where it was not, or failed."""

    def score(self, columns: Mapping[str, Array]) -> Array:
        """int32 [lines]; less for lines in a block that calls itself comments."""
        asked = columns["dom_kept"] >= 0
        scores = np.zeros(len(asked), dtype=np.int32)
        for trees, which in ((self.witnessed, asked), (self.alone, ~asked)):
            if which.any():
                scores[which] = trees.score({name: columns[name][which] for name in trees.features})
        scores -= COMMENT * (columns["dom_topic_comment"] > 0).astype(np.int32)
        return scores


@cache
def markup_model() -> MarkupModel:
    """The model of rendered pages that ships with the package."""
    with np.load(MARKUP_MODEL) as arrays:
        return MarkupModel(Trees.read(arrays, "witnessed"), Trees.read(arrays, "alone"))


def markup_columns(batch: Batch, columns: Columns, scores: Array, facts: Mapping[str, Array]) -> Columns:
    """All that the third look may ask for, from the batch's `line_features`, its scores as plain text, and for each fact
    of the tree a value a line."""
    places = Places(batch.offsets)
    agreed = agreement(scores, columns["letters"], batch.tokens, places)
    return {**columns, **{f"text_{name}": column for name, column in agreed.items()}, **markup_features(facts, places)}


def marks(hits: Sequence[Sequence[Hit]]) -> dict[str, Array]:
    """What rules say of each line, as columns for `line_features`: 0 nothing, 1 a hint, 2 reason enough to strike."""
    table = np.zeros((len(MARKS), len(hits)), dtype=np.int8)
    for i, line_hits in enumerate(hits):
        for hit in line_hits:
            rule = hit.rule
            column = _COLUMN.get(rule.category)
            if column is not None:
                table[column, i] = max(table[column, i], 2 if rule.verdict == "strike" else 1)
            if rule.opens and rule.category in _OPENERS:
                table[_COLUMN[f"opens_{rule.category}"], i] = 1
    return dict(zip(MARKS, table, strict=True))


def score(batch: Batch, hits: Sequence[Sequence[Hit]], facts: Mapping[str, Array] | None = None) -> Array:
    """int32 [lines]: how much each line looks like text; `UNIT` is one logit.

    `hits` are the rules that match each line, wherever it stands. `facts` are what the tree of a rendered page says of
    each line, a column for each of `pipeline.text.html.page.FACTS`.
    """
    return _score(batch, line_features(batch, marks(hits)), facts)


def _score(batch: Batch, columns: Columns, facts: Mapping[str, Array] | None) -> Array:
    scores = model().score(batch, columns)
    if facts is None:
        return scores
    return markup_model().score(markup_columns(batch, columns, scores, facts))


class Judgement(NamedTuple):
    """What the model says of a document's lines."""

    keep: Array
    """bool [lines]: whether the line is the page's text"""
    scores: Array
    """int32 [lines]; `UNIT` is one logit"""
    words: Array
    """int64 [lines]: words and numbers, two characters of a script without spaces counting as one"""


def judge(
    document: Blocks,
    hits: Sequence[Sequence[Hit]],
    favor: Favor = "balanced",
    facts: Mapping[str, Array] | None = None,
) -> Judgement:
    """Score and choose the lines of one document; for `hits` and `facts` see `score`."""
    return judge_all(Batch.of([document]), hits, favor, facts)


def judge_all(
    batch: Batch, hits: Sequence[Sequence[Hit]], favor: Favor = "balanced", facts: Mapping[str, Array] | None = None
) -> Judgement:
    """Score and choose the lines of many documents."""
    columns = line_features(batch, marks(hits))
    scores = _score(batch, columns, facts)
    return Judgement(keep(scores, columns["letters"], batch.offsets, favor), scores, columns["words"])


def keep(scores: Array, letters: Array, offsets: Array, favor: Favor = "balanced") -> Array:
    """bool [lines]: which lines are their pages' text.

    A chain over each document's lines that pays `SWITCH` wherever it changes its mind, over scores measured from the
    dial's cutoff, or from less where the best substantial line of the document is not far above it. A short line that
    misses it by a little stays where prose that is surely text follows: it is a heading.
    """
    places = Places(offsets)
    scores = scores.astype(np.int64)  # NOTHING is out of the range of int32, which NumPy refuses from 2.5 on
    best = places.highest(np.where(letters >= SUBSTANTIAL, scores, NOTHING))
    best = np.where(best > NOTHING, best, places.highest(np.where(scores > POSSIBLE, scores, NOTHING)))
    dial = DIALS[favor]
    cutoff = np.where(best > NOTHING, np.minimum(dial.cutoff, best - dial.reach), dial.cutoff)
    of_cruft, of_all = sums(np.where(scores < -UNIT, letters, 0)), sums(letters)
    is_pure = places.whole(of_cruft) * PURE < places.whole(of_all)
    gain = scores - np.where(is_pure, np.minimum(cutoff, -BENEFIT), cutoff)
    chosen = _chain(gain, offsets)
    prose = chosen & (gain > SURE) & (letters >= HEADING)
    return chosen | ((letters < HEADING) & (gain > -2 * SWITCH) & places.shift(prose, 1, False))


def _chain(gain: Array, offsets: Array) -> Array:
    """The best choice of lines: the sum of the chosen ones' `gain`, less `SWITCH` for every change from line to line."""
    lead: list[int] = []  # by how much the best choice up to a line wins if that line is chosen
    values = gain.tolist()
    for start, stop in pairwise(offsets.tolist()):
        carried = 0
        for value in values[start:stop]:
            total = carried + value
            lead.append(total)
            carried = min(max(total, -SWITCH), SWITCH)
    # A lead of less than a switch either way is not worth one: such a line does as the next one does.
    leads = np.array(lead, dtype=np.int64)
    places = np.arange(len(leads))
    clear = np.abs(leads) >= SWITCH
    ends = offsets[1:][np.diff(offsets) > 0] - 1
    clear[ends] = True
    follow = np.minimum.accumulate(np.where(clear, places, len(leads))[::-1])[::-1]
    return leads[follow] > 0 if len(leads) else np.zeros(0, dtype=bool)
