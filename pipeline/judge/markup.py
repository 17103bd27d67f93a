"""What the tree of an HTML page says of its blocks and of those around them: columns for the model.

The facts themselves are measured by pipeline/text/html/facts.py. Here they meet their neighbours', and the scores of the
blocks that belong together in the tree: a list, elements of one path, the elements that hold a block.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.form import run_numbers
from pipeline.judge.places import LIMIT, SUBSTANTIAL, Columns, Places, Table, ratio, sums
from pipeline.tokens import Array

SHIFTED = ("link_share", "tag", "topic_content", "topic_comment", "score_1", "title")
"""Facts that say something of the blocks next to theirs too."""
KEYS = ("path", "block_0", "block_1", "block_2", "block_3")
"""Facts that number what holds a block; no features themselves."""
PART, NOTE = "part", "note"
"""Facts that number the parts of contributions to a thread, and the block with the mark of a note: no features, either"""
_MOST_BLOCKS = 500
"""Blocks of a group that are counted; ..."""
_MOST_LETTERS = 10**6
"""... and its letters."""
_REACHES = (5, 12)
"""Blocks up and down over which a fact's mean is a feature."""
_STEPS = (*range(-3, 0), *range(1, 4))
"""Blocks up and down whose facts are features of a block."""
_UNSCORED = -(10**6)
"""The best score of a group in which no block is substantial."""
_UNWEIGHTED = 300
"""Letters of a block beyond which it weighs no more."""
_LEAST_WEIGHT = 5
"""What a block without letters weighs."""


def markup_features(facts: Table, own: Table, run: Array, scores: Array, places: Places) -> Columns:
    """Every feature by name, int64 [blocks].

    `own` has the blocks' `letters` and `ends_stop`, `run` the run of each, `scores` what the block scores as plain text.
    """
    columns: Columns = {}
    for name, values in facts.items():
        if name not in (*KEYS, PART, NOTE):
            columns[f"dom_{name}"] = values.astype(np.int64)
    for name in SHIFTED:
        column = f"dom_{name}"
        columns |= _neighbours(column, columns[column], places)
    link_share = columns["dom_link_share"]
    _, of_run = run_numbers(run, places)
    runs = _Group(of_run, places)
    columns |= runs.features("run", link_share, own, scores)
    above_numbers = places.document << 32
    for name in KEYS:
        in_document = facts[name].astype(np.int64)
        keys = above_numbers + in_document  # documents number what holds their blocks anew
        _, number = np.unique(keys, return_inverse=True)
        holders = _Group(number, places)
        columns |= holders.features(name, link_share, own, scores)
    return columns


def _neighbours(name: str, values: Array, places: Places) -> Columns:
    """What a fact is of the blocks next to each, and ten times its mean around it.

    `values`: int64 [blocks], the fact
    """
    columns = places.shifts(name, values, _STEPS, -1)
    totals = places.around(name, sums(values), _REACHES)
    one_each = np.ones_like(values)
    counts = places.around(name, sums(one_each), _REACHES)  # fewer at the edges of a document
    for within, total in totals.items():
        columns[within] = 10 * total // counts[within]
    return columns


class _Group:
    """The blocks of a batch by what holds them: `number` says which group each belongs to, all of one document."""

    def __init__(self, number: Array, places: Places) -> None:
        self._number = number
        self._places = places
        self._size = int(number.max(initial=-1)) + 1
        self._document = np.zeros(self._size, dtype=np.int64)
        self._document[number] = places.document

    def features(self, name: str, link_share: Array, own: Table, scores: Array) -> Columns:
        """How large the group is, how it scores, and how it stands to the other groups of its document; one a block.

        Columns are called by the name of what holds the blocks and that of the feature.
        """
        letters = own["letters"]
        scores = scores.astype(np.int64)
        bounded = np.clip(scores, -LIMIT, LIMIT)
        # A long block counts for more, but not for all.
        bounded_letters = np.minimum(letters, _UNWEIGHTED)
        weight = bounded_letters + _LEAST_WEIGHT
        is_prose = own["ends_stop"] > 0  # as far as its end tells
        is_text = scores > 0
        is_substantial = letters >= SUBSTANTIAL
        substantial = np.where(is_substantial, scores, _UNSCORED)
        # A row a group from here on
        blocks = np.bincount(self._number, minlength=self._size)
        all_letters = self._sum(letters)
        all_weight = np.maximum(self._sum(weight), 1)
        weighted_scores = self._sum(bounded * weight)
        weighted_links = self._sum(link_share * weight)
        prose = self._sum(is_prose * letters)
        text = self._sum(is_text * letters)
        most_text = self._most_of_document(text)
        highest = np.full(self._size, _UNSCORED)
        np.maximum.at(highest, self._number, substantial)
        found = {
            "count": np.minimum(blocks, _MOST_BLOCKS),
            "letters": np.minimum(all_letters, _MOST_LETTERS),
            "mean": weighted_scores // all_weight,
            "kept": ratio(text, all_letters),
            "rank": ratio(text, most_text),
            "highest": highest,
            "links": weighted_links // all_weight,
            "prose": ratio(prose, all_letters),
        }
        columns: Columns = {}
        for feature, values in found.items():
            of_block = values[self._number]
            columns[f"{name}_{feature}"] = of_block
        return columns

    def _most_of_document(self, values: Array) -> Array:
        """The greatest value among the groups of the same document, int64 [groups]."""
        documents = len(self._places.offsets) - 1
        most = np.zeros(documents, dtype=np.int64)
        np.maximum.at(most, self._document, values)
        return most[self._document]

    def _sum(self, values: Array) -> Array:
        """The sum over each group, int64: whole numbers below 2^53 add up exactly."""
        total = np.bincount(self._number, weights=values, minlength=self._size)
        return total.astype(np.int64)
