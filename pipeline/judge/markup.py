"""What the tree of an HTML page says of its blocks and of those around them: columns for the model.

The facts themselves are measured by pipeline/text/html/facts.py. Here they meet their neighbours', and the scores of the
blocks that belong together in the tree: a list, elements of one path, the elements that hold a block.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.judge.form import run_numbers
from pipeline.judge.places import LIMIT, SUBSTANTIAL, Columns, Places, ratio, sums
from pipeline.tokens import Array

SHIFTED = ("link_share", "tag", "topic_content", "topic_comment", "score_1", "title")
"""Facts that say something of the blocks next to theirs too."""
KEYS = ("path", "block_0", "block_1", "block_2", "block_3")
"""Facts that number what holds a block; no features themselves."""
PART, NOTE = "part", "note"
"""Facts that number the parts of contributions to a thread, and the block with the mark of a note: no features, either"""
_UNSCORED = -(10**6)


def markup_features(
    facts: Mapping[str, Array], own: Mapping[str, Array], run: Array, scores: Array, places: Places
) -> Columns:
    """Every feature by name, int64 [blocks].

    `own` has the blocks' `letters` and `ends_stop`, `run` the run of each, `scores` what the block scores as plain text.
    """
    columns: Columns = {}
    for name, values in facts.items():
        if name not in (*KEYS, PART, NOTE):
            columns[f"dom_{name}"] = values.astype(np.int64)
    for name in SHIFTED:
        values = columns[f"dom_{name}"]
        total = sums(values)
        columns |= places.shifts(f"dom_{name}", values, (-3, -2, -1, 1, 2, 3), -1)
        for reach in (5, 12):
            # At the edges of a document a window has fewer blocks.
            low = np.maximum(places.line - reach, places.first)
            high = np.minimum(places.line + reach + 1, places.stop)
            within = places.window(total, reach, reach)
            columns[f"dom_{name}_within_{reach}"] = 10 * within // (high - low)
    _, of_run = run_numbers(run, places)
    groups = {"run": of_run}
    for name in KEYS:
        in_document = facts[name].astype(np.int64)
        keys = (places.document << 32) + in_document  # documents number what holds their blocks anew
        _, groups[name] = np.unique(keys, return_inverse=True)
    for name, number in groups.items():
        group = _Group(number, places)
        found = group.features(columns["dom_link_share"], own, scores)
        columns |= {f"{name}_{feature}": values for feature, values in found.items()}
    return columns


class _Group:
    """The blocks of a batch by what holds them: `number` says which group each belongs to, all of one document."""

    def __init__(self, number: Array, places: Places) -> None:
        self._number = number
        self._places = places
        self._size = int(number.max(initial=-1)) + 1
        self._document = np.zeros(self._size, dtype=np.int64)
        self._document[number] = places.document

    def features(self, link_share: Array, own: Mapping[str, Array], scores: Array) -> Columns:
        """How large the group is, how it scores, and how it stands to the other groups of its document; one a block."""
        letters = own["letters"]
        bounded = np.clip(scores.astype(np.int64), -LIMIT, LIMIT)
        weight = np.minimum(letters, 300) + 5  # a long block counts for more, but not for all
        all_letters = self._sum(letters)
        all_weight = np.maximum(self._sum(weight), 1)
        kept = self._sum(np.where(scores > 0, letters, 0))
        best_kept = np.zeros(len(self._places.offsets) - 1, dtype=np.int64)
        np.maximum.at(best_kept, self._document, kept)
        substantial = np.where(letters >= SUBSTANTIAL, scores, _UNSCORED)
        highest = np.full(self._size, _UNSCORED)
        np.maximum.at(highest, self._number, substantial)
        prose = np.where(own["ends_stop"] > 0, letters, 0)
        found = {
            "count": np.minimum(self._sum(np.ones_like(letters)), 500),
            "letters": np.minimum(all_letters, 10**6),
            "mean": self._sum(bounded * weight) // all_weight,
            "kept": ratio(kept, all_letters),
            "rank": ratio(kept, best_kept[self._document]),
            "highest": highest,
            "links": self._sum(link_share * weight) // all_weight,
            "prose": ratio(self._sum(prose), all_letters),
        }
        return {name: values[self._number] for name, values in found.items()}

    def _sum(self, values: Array) -> Array:
        """The sum over each group, int64: whole numbers below 2^53 add up exactly."""
        total = np.bincount(self._number, weights=values, minlength=self._size)
        return total.astype(np.int64)
