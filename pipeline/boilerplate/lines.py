"""The statistical line model: how much each line looks like a page's own text, and which lines are.

The model is a sum of small decision trees over the features of a line and its surroundings, trained by `make train` and
stored in data/lines.npz. All of it is integer arithmetic: the same lines get the same scores on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.boilerplate.context import Places
from pipeline.boilerplate.features import Batch, line_features
from pipeline.boilerplate.rules import CATEGORIES, Hit

Array = NDArray[Any]
Favor = Literal["precision", "balanced", "recall"]

MODEL = Path(__file__).parent.parent / "data" / "lines.npz"
UNIT = 1000
"""A score of 1000 is one logit: the odds that the line is text are e to 1. 0 is even odds."""

_OPENERS = ("comments", "related")
MARKS = (*CATEGORIES, *(f"opens_{category}" for category in _OPENERS))
_COLUMN = {name: number for number, name in enumerate(MARKS)}

CUTOFF: Mapping[Favor, int] = {"precision": 1500, "balanced": 0, "recall": -2500}
"""A line is text from this score on."""
SWITCH = 250
"""What it costs, in score, to go from text to cruft or back from one line to the next: no lonely lines."""
REACH = 3000
"""Lines within this score of the page's best one are text too, where a whole page scores low."""
SUBSTANTIAL = 40
"""The best line of a page has at least so many letters."""
_CHUNK = 1 << 13


@dataclass(frozen=True, slots=True)
class Trees:
    """Symmetric decision trees. A tree asks the same question of every node at one depth, so its questions' answers,
    read as bits, number the leaf."""

    features: tuple[str, ...]
    """The features that are asked for."""
    feature: Array
    """int16 [questions], place in `features`"""
    threshold: Array
    """int32 [questions]: the answer is whether the feature is greater"""
    questions: Array
    """int16 [trees, depth], the questions of each tree; the first gives the lowest bit"""
    leaves: Array
    """int16 [trees, 2 ** depth], score"""
    start: int
    """Score before any tree."""

    def score(self, columns: Mapping[str, Array]) -> Array:
        """int32 [lines]: the sum of every line's leaves."""
        table = np.stack([columns[name].astype(np.int32) for name in self.features])
        scores = np.full(table.shape[1], self.start, dtype=np.int32)
        for low in range(0, len(scores), _CHUNK):
            part = table[:, low : low + _CHUNK]
            answers = (part[self.feature] > self.threshold[:, None]).view(np.uint8)
            total = scores[low : low + _CHUNK]
            for questions, leaves in zip(self.questions, self.leaves, strict=True):
                leaf = answers[questions[-1]].copy()
                for question in questions[-2::-1]:
                    leaf += leaf
                    leaf += answers[question]
                total += leaves.take(leaf)
        return scores


@cache
def model() -> Trees:
    """The trees that ship with the package."""
    with np.load(MODEL) as data:
        return Trees(
            tuple(data["features"].tolist()),
            data["feature"],
            data["threshold"],
            data["questions"],
            data["leaves"],
            int(data["start"]),
        )


def marks(hits: Sequence[Sequence[Hit]]) -> dict[str, Array]:
    """What rules say of each line, as columns for `line_features`: 0 nothing, 1 a hint, 2 reason enough to strike."""
    table = np.zeros((len(MARKS), len(hits)), dtype=np.int8)
    for i, line_hits in enumerate(hits):
        for hit in line_hits:
            rule = hit.rule
            column = _COLUMN[rule.category]
            table[column, i] = max(table[column, i], 2 if rule.verdict == "strike" else 1)
            if rule.opens and rule.category in _OPENERS:
                table[_COLUMN[f"opens_{rule.category}"], i] = 1
    return dict(zip(MARKS, table, strict=True))


def score(batch: Batch, hits: Sequence[Sequence[Hit]]) -> Array:
    """int32 [lines]: how much each line looks like text; `UNIT` is one logit. `hits` are the rules that match each line."""
    return model().score(line_features(batch, marks(hits)))


def keep(scores: Array, letters: Array, offsets: Array, favor: Favor = "balanced") -> Array:
    """bool [lines]: which lines are their pages' text.

    A chain over each document's lines that pays `SWITCH` wherever it changes its mind, over scores measured from the
    cutoff: `CUTOFF`, or less where the best substantial line of the document is not far above it.
    """
    places = Places(offsets)
    best = np.where(letters >= SUBSTANTIAL, scores, np.iinfo(np.int32).min // 2)
    cutoff = np.full(len(scores), CUTOFF[favor], dtype=np.int64)
    if len(scores):
        filled = np.flatnonzero(np.diff(offsets))
        highest = np.zeros(len(offsets) - 1, dtype=np.int64)
        highest[filled] = np.maximum.reduceat(best, offsets[filled])
        reached = highest[places.document] - REACH
        cutoff = np.where(reached > np.iinfo(np.int32).min // 4, np.minimum(cutoff, reached), cutoff)
    return _chain(scores - cutoff, offsets)


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
