"""How close an extracted text is to the gold text: word 4-gram precision, recall and F1, with multiplicity.

Words are runs of letters, digits and underscores, lower-cased; Han, hiragana and katakana count character by
character. A text of one to three words is one short gram, so that it can still match itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

GRAM = 4
CJK = (
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+")


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1, each between 0 and 1."""

    precision: float
    recall: float
    f1: float


def words(text: str) -> list[str]:
    """The words of `text`, lower-cased; one for each ideograph or kana."""
    return _WORD.findall(text.lower())


def grams(text: str) -> Counter[tuple[str, ...]]:
    """The word 4-grams of `text` with their counts."""
    tokens = words(text)
    if 0 < len(tokens) < GRAM:
        return Counter([tuple(tokens)])
    return Counter(zip(*(tokens[i:] for i in range(GRAM)), strict=False))


def score(text: str, gold: str) -> Score:
    """The score of one page. Two empty texts agree; an empty one against a full one scores 0."""
    ours, theirs = grams(text), grams(gold)
    if not ours or not theirs:
        same = float(not ours and not theirs)
        return Score(same, same, same)
    common = (ours & theirs).total()
    precision, recall = common / ours.total(), common / theirs.total()
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0)


def mean(scores: Iterable[Score]) -> Score:
    """The average over pages, every page counting the same."""
    rows = [(s.precision, s.recall, s.f1) for s in scores]
    return Score(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))
