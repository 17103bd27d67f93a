"""Symmetric decision trees in whole numbers: the models of data/*.npz, read and run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.judge.places import Table
from pipeline.tokens import Array

_CHUNK = 1 << 10
"""Lines scored at a time."""


@dataclass(frozen=True, slots=True)
class Trees:
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
        asked = [columns[name].astype(np.int32) for name in self.features]
        table = np.stack(asked)  # int32 [features, lines]
        scores = np.empty(table.shape[1], dtype=np.int32)
        # The leaves of all trees as one row: a leaf's place is that of its tree's first one and its number there.
        trees, leaves_of_one = self.leaves.shape
        numbers = np.arange(trees, dtype=np.int32)
        first_leaf = numbers[:, None] * leaves_of_one
        flat = self.leaves.ravel()
        threshold = self.threshold[:, None]
        for low in range(0, len(scores), _CHUNK):
            part = slice(low, low + _CHUNK)
            values = table[:, part]
            is_greater = values[self.feature] > threshold
            answers = is_greater.view(np.uint8)
            # uint8 [trees, lines]: the answers of a tree, one bit each, are the number of the leaf.
            leaf = answers[self.questions[-1]]
            for questions in self.questions[-2::-1]:
                leaf += leaf
                leaf += answers[questions]
            reached = flat.take(first_leaf + leaf)
            scores[part] = reached.sum(axis=0, dtype=np.int32)
        scores += self.start
        return scores

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
