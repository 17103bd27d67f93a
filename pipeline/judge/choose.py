"""From scores to blocks: which ones are a document's text, and how sure that is.

A score is a log odds, so the scores of a document say what a choice of blocks is expected to be worth: of the words
chosen, so many are text; of all text, so much is chosen. The best choice for F1 takes every block whose odds are better
than half the F1 that is to be had (Lipton, Elkan, Naryanaswamy, https://arxiv.org/abs/1402.1892). All of it is whole
numbers: the same scores give the same choice on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline import native
from pipeline.config import Favor
from pipeline.judge.form import run_numbers
from pipeline.judge.places import SUBSTANTIAL, SURE, Places, sums
from pipeline.records import Quality
from pipeline.text.blocks import RUNS
from pipeline.tokens import Array

UNIT = 1000
"""A score of 1000 is one logit: the odds that the block is text are e to 1. 0 is even odds."""
ONE = 1 << 16
"""The probability of what is certain."""
STEP = 50
"""Scores are told apart by so much where they are made probabilities."""
RANGE = 8000
"""Scores beyond are no surer."""
TEMPER = Decimal("0.9")
"""The scores are a little too sure of themselves: their logits are multiplied by this."""


class Dial(NamedTuple):
    """Which scores count as text."""

    cutoff: int
    """A block is text from this score on."""
    reach: int
    """Blocks within this score of the document's best one are text too, where a whole document scores low."""


DIALS: Mapping[Favor, Dial] = {
    "precision": Dial(2200, 500),
    "balanced": Dial(0, 2500),
    "recall": Dial(-3000, 6500),
}
"""Those that do not look at the document as a whole."""
SWITCH = 250
"""What it costs, in score, to go from text to cruft or back from one block to the next: no lonely blocks."""
HEADING = 60
"""A heading has fewer letters, prose has more."""
PURE = 20
BENEFIT = 1500
"""A document that is cruft in fewer than one letter of `PURE`, such as one that was cleaned before, has the benefit of the
doubt: its blocks are text from this much less."""
UNNAMED = -2500
"""Where no rule names cruft in a document, its blocks are text from this score on: no cruft, no cut."""
POSSIBLE = -1500
"""Where no block of a document is substantial, as in a poem, its best block is one of at least this score."""
ARTICLE_CUTOFF = -500
"""In an article, a block must score at least so much: what stands around it is no text, however unsure the rest."""
NOTHING = -(1 << 40)
WIDE_RUN = 200
"""Blocks of a run that share a fate; a longer one is rather a page of its own."""


def choose(
    scores: Array, letters: Array, words: Array, articles: Array, named: Array, offsets: Array, favor: Favor
) -> Array:
    """bool [blocks]: which blocks are their documents' text.

    A chain over each document's blocks that pays `SWITCH` wherever it changes its mind, over scores measured from the
    document's cutoff. A block that misses the cutoff by a little stays below prose that is surely text, and a short one
    above it: it is a heading.
    `articles`: which documents are articles, bool; `named`: in which of them a rule names cruft.
    """
    places = Places(offsets)
    scores = scores.astype(np.int64)  # NOTHING is out of the range of int32, which NumPy refuses from 2.5 on
    # The best block of each document: of those that are substantial, else of those that may be text at all.
    is_substantial = letters >= SUBSTANTIAL
    is_possible = scores > POSSIBLE
    of_substantial = np.where(is_substantial, scores, NOTHING)
    of_possible = np.where(is_possible, scores, NOTHING)
    best = places.highest(of_substantial)
    best_possible = places.highest(of_possible)
    best = np.where(best > NOTHING, best, best_possible)
    if favor == "auto":
        reach = DIALS["balanced"].reach
        f1 = best_f1(scores, words, offsets)
        of_document = cutoffs(f1)
        for_article = np.maximum(of_document, ARTICLE_CUTOFF)
        of_document = np.where(articles, for_article, of_document)
        cutoff = np.repeat(of_document, np.diff(offsets))
    else:
        reach = DIALS[favor].reach
        cutoff = np.full(len(scores), DIALS[favor].cutoff)
    # However little the best block scores, it is text, and so is what scores nearly as much.
    as_best = np.minimum(cutoff, best - reach)
    cutoff = np.where(best > NOTHING, as_best, cutoff)
    letters_of_cruft = np.where(scores < -UNIT, letters, 0)
    of_cruft = places.whole(sums(letters_of_cruft))
    of_all = places.whole(sums(letters))
    is_pure = of_cruft * PURE < of_all
    as_pure = np.minimum(cutoff, -BENEFIT)
    cutoff = np.where(is_pure, as_pure, cutoff)
    is_named = np.repeat(named, np.diff(offsets))
    as_unnamed = np.minimum(cutoff, UNNAMED)
    cutoff = np.where(is_named, cutoff, as_unnamed)
    gain = scores - cutoff
    chosen = _chain(gain, offsets)
    # What misses the cutoff by a little has the benefit of its neighbour.
    is_long = letters >= HEADING
    is_near = gain > -2 * SWITCH
    prose = chosen & (gain > SURE) & is_long
    follows_prose = places.shift(prose, -1, False)
    heads_prose = places.shift(prose, 1, False)
    chosen |= is_near & np.where(is_long, follows_prose, heads_prose)
    return chosen


def of_runs(scores: Array, letters: Array, kinds: Array, run: Array, places: Places) -> Array:
    """int64 [blocks]: the scores, where the blocks of a list, a dialogue, a stanza have the mean of all of them, the longer
    ones counting more: they are chosen together."""
    size, number = run_numbers(run, places)
    weight = np.minimum(letters, 200) + 5
    bounded = np.clip(scores, -RANGE, RANGE)
    total = np.bincount(number, weights=bounded * weight)
    weights = np.bincount(number, weights=weight)
    # Whole numbers below 2^53, which add up exactly
    mean = total.astype(np.int64) // np.maximum(weights.astype(np.int64), 1)
    shares = (size > 1) & (size <= WIDE_RUN)
    shares &= np.isin(kinds, RUNS)
    return np.where(shares, mean[number], scores)


def _chain(gain: Array, offsets: Array) -> Array:
    """The best choice of blocks: the sum of the chosen ones' `gain`, less `SWITCH` for every change from one to the next."""
    if native.kernels is not None:
        return np.frombuffer(native.kernels.chain(gain, offsets, SWITCH), bool)
    lead: list[int] = []  # by how much the best choice up to a block wins if that block is chosen
    values = gain.tolist()
    for start, stop in pairwise(offsets.tolist()):
        carried = 0
        for value in values[start:stop]:
            total = carried + value
            lead.append(total)
            carried = min(max(total, -SWITCH), SWITCH)
    if not lead:
        return np.zeros(0, dtype=bool)
    # A lead of less than a switch either way is not worth one: such a block does as the next one does.
    leads = np.array(lead, dtype=np.int64)
    places = np.arange(len(leads))
    clear = np.abs(leads) >= SWITCH
    is_filled = np.diff(offsets) > 0
    stops = offsets[1:][is_filled]
    clear[stops - 1] = True
    # The next clear block from each on: the least number seen so far, from the end.
    number = np.where(clear, places, len(leads))
    backwards = np.minimum.accumulate(number[::-1])
    follow = backwards[::-1]
    return leads[follow] > 0


@cache
def _probabilities() -> Array:
    """int64: the probability, of `ONE`, of each score from -`RANGE` to `RANGE` in steps of `STEP`."""
    with localcontext() as context:
        context.prec = 20  # decimal arithmetic is the same everywhere; a machine's `exp` is not
        values: list[int] = []
        for score in range(-RANGE, RANGE + 1, STEP):
            logit = TEMPER * score / UNIT
            probability = ONE / (1 + (-logit).exp())
            values.append(int(probability + Decimal("0.5")))
    return np.array(values, dtype=np.int64)


def probabilities(scores: Array) -> Array:
    """int64: how likely each block is text, of `ONE`."""
    whole = scores.astype(np.int64)
    from_least = np.clip(whole, -RANGE, RANGE) + RANGE
    index = (from_least + STEP // 2) // STEP  # the nearest step
    return _probabilities()[index]


def best_f1(scores: Array, words: Array, offsets: Array) -> Array:
    """int64 [documents]: the F1, of `ONE`, that the best choice of each document's blocks is expected to have."""
    likely = probabilities(scores)
    weight = np.maximum(words.astype(np.int64), 1)
    blocks = np.diff(offsets)
    document = np.repeat(np.arange(len(blocks)), blocks)
    # The best choice of so many blocks is that of the likeliest ones: one of the beginnings of this order.
    order = np.lexsort((-likely, document))
    weight = weight[order]
    of_text = likely[order] * weight
    hoped = sums(of_text)
    chosen = sums(weight)
    first = np.repeat(offsets[:-1], blocks)
    right = hoped[1:] - hoped[first]
    taken = chosen[1:] - chosen[first]
    of_document = np.diff(hoped[offsets])
    all_hoped = np.repeat(of_document, blocks)
    # F1 is twice what is right by what is taken and what there is.
    taken_and_there = taken * ONE + all_hoped
    both_right = 2 * right * ONE
    found = both_right // np.maximum(taken_and_there, 1)
    best = np.zeros(len(blocks), dtype=np.int64)
    np.maximum.at(best, document, found)
    return best


def cutoffs(f1: Array) -> Array:
    """int64: the score from which a block belongs to the best choice, given the F1 that is to be had, of `ONE`."""
    step = np.searchsorted(_probabilities(), f1 // 2)
    return step * STEP - RANGE


def quality(likely: Array, words: Array, chosen: Array) -> Quality:
    """The expected F1, precision and recall of a document's chosen blocks, rounded to thousandths.

    `likely` as `probabilities` gives it, `words` of each block, `chosen` bool.
    """
    weight = np.maximum(words.astype(np.int64), 1)
    of_text = likely * weight
    right = int(of_text[chosen].sum())
    taken = int(weight[chosen].sum()) * ONE
    hoped = int(of_text.sum())
    if not taken or not hoped:
        return Quality(f1=0.0, precision=0.0, recall=0.0)
    return Quality(
        f1=round(2 * right / (taken + hoped), 3),
        precision=round(right / taken, 3),
        recall=round(right / hoped, 3),
    )
