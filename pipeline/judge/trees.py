"""Symmetric decision trees in whole numbers: the models of data/*.npz, read and run."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.judge.places import Table
from pipeline.tokens import Array

_CHUNK = 128
"""Lines scored at a time: what is worked with stays in the processor's cache."""
_LEAST, _MOST = np.iinfo(np.int16).min, np.iinfo(np.int16).max
"""Beyond these, values are compared as if they were these: half as many bytes are twice as fast."""


class Trees(Struct, frozen=True):
    """A sum of trees. A tree asks the same question of every node at one depth, so the answers, read as bits, number
    the leaf."""

    features: tuple[str, ...]
    """The features that are asked for."""
    feature: Array
    """int16 [questions], place in `features`"""
    threshold: Array
    """int32 [questions]: the answer is whether the feature is greater"""
    questions: Array
    """int16 [depth, trees], the questions of each tree; the first give the lowest bit"""
    leaves: Array
    """int16 [trees, 2 ** depth], score"""
    start: int
    """Score before any tree."""

    def score(self, columns: Table) -> Array:
        """int32 [lines]: the sum of every line's leaves."""
        if native.kernels is not None:
            scores = native.kernels.tree_scores(
                [np.ascontiguousarray(columns[name], dtype=np.int64) for name in self.features],
                np.ascontiguousarray(self.feature),
                np.ascontiguousarray(self.threshold),
                len(self.questions),
                np.ascontiguousarray(self.questions),
                np.ascontiguousarray(self.leaves),
                self.start,
            )
            return np.frombuffer(scores, np.int32)
        table, threshold = self._compared(columns)
        lines = len(columns[self.features[0]])
        chunk = max(1, min(lines, _CHUNK))
        trees, leaves_of_one = self.leaves.shape
        # The leaves of all trees as one row: a leaf's place is that of its tree's first one and its number there.
        first_leaf = np.arange(trees)[:, None] * leaves_of_one
        leaves = self.leaves.astype(np.int32).ravel()
        # Written anew for each chunk
        values = np.empty((len(self.feature), chunk), dtype=np.int16)
        is_greater = np.empty(values.shape, dtype=bool)
        leaf = np.empty((trees, chunk), dtype=np.uint8)
        answers = np.empty_like(leaf)
        place = np.empty(leaf.shape, dtype=np.int64)
        reached = np.empty(leaf.shape, dtype=np.int32)
        scores = np.empty(-(-lines // chunk) * chunk, dtype=np.int32)
        for low in range(0, lines, chunk):
            part = slice(low, low + chunk)
            _rows(_whole(table[:, part], chunk), self.feature, values)
            np.greater(values, threshold, out=is_greater)
            bits = is_greater.view(np.uint8)
            # The answers of a tree, one bit each, are the number of the leaf.
            _rows(bits, self.questions[-1], leaf)
            for questions in self.questions[-2::-1]:
                leaf += leaf
                leaf += _rows(bits, questions, answers)
            place[...] = leaf
            place += first_leaf
            leaves.take(place, out=reached, mode="clip")
            np.sum(reached, axis=0, out=scores[part])
        scores += self.start
        return scores[:lines]

    def _compared(self, columns: Table) -> tuple[Array, Array]:
        """(int16 [features, lines], int16 [questions, 1]): values and thresholds that compare as those of `columns` do."""
        threshold = self.threshold.astype(np.int64)
        is_beyond = (threshold < _LEAST) | (threshold >= _MOST)
        of_beyond = set(self.feature[is_beyond].tolist())
        lines = len(columns[self.features[0]])
        table = np.empty((len(self.features), lines), dtype=np.int16)
        bounded = np.empty(lines, dtype=np.int64)
        for number, name in enumerate(self.features):
            column = columns[name]
            if number in of_beyond:
                # How many thresholds a value exceeds says whether it exceeds one of them.
                asked = self.feature == number
                steps = np.unique(threshold[asked])
                threshold[asked] = np.searchsorted(steps, threshold[asked])
                table[number] = np.searchsorted(steps, column)
            else:
                np.minimum(column, _MOST, out=bounded)
                np.maximum(bounded, _LEAST, out=bounded)
                table[number] = bounded
        return table, threshold.astype(np.int16)[:, None]

    def arrays(self, prefix: str) -> dict[str, Array]:
        """What `read` wants back, by name."""
        fields = {
            "features": np.array(self.features),
            "feature": self.feature,
            "threshold": self.threshold,
            "questions": self.questions,
            "leaves": self.leaves,
            "start": np.array(self.start),
        }
        return {f"{prefix}_{name}": field for name, field in fields.items()}

    @classmethod
    def read(cls, arrays: Table, prefix: str) -> Trees:
        """The trees that `arrays` wrote under this prefix."""
        names = ("features", "feature", "threshold", "questions", "leaves", "start")
        own = {name: arrays[f"{prefix}_{name}"] for name in names}
        return cls(
            features=tuple(own["features"].tolist()),
            feature=own["feature"],
            threshold=own["threshold"],
            questions=own["questions"],
            leaves=own["leaves"],
            start=int(own["start"]),
        )


def _rows(table: Array, numbers: Array, found: Array) -> Array:
    """The rows of a table that have these numbers, as `found`."""
    table.take(numbers, axis=0, out=found, mode="clip")  # any other mode copies `found`
    return found


def _whole(table: Array, columns: int) -> Array:
    """A table with so many columns, the last of zeros where it has fewer."""
    missing = columns - table.shape[1]
    return np.pad(table, ((0, 0), (0, missing))) if missing else table
