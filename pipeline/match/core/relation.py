"""What two texts are to each other, from exact measures and known facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.match.core.verify import Overlap
from pipeline.model import Relation
from pipeline.tokens import Array, mix64, tokenize

NAMES: tuple[Relation | None, ...] = (None, "repeat", "copy", "revision", "quote")
"""What the numbers of `relations` mean."""

_NONE, _REPEAT, _COPY, _REVISION, _QUOTE = range(len(NAMES))


@dataclass(frozen=True, slots=True)
class RelationRules:
    """Where one relation ends and the next begins."""

    similar: float = 0.7
    """least Jaccard similarity of near-duplicates"""
    copy: float = 0.8
    """least Jaccard similarity of a copy"""
    whole: float = 0.95
    """a near-duplicate of which so much is in the other is a cut or lengthened copy"""
    contained: float = 0.8
    """least share of a text that is in another for it to be a quote"""


def relations(overlap: Overlap, same_document: Array, same_numbers: Array, rules: RelationRules) -> Array:
    """int8 [pairs], places in `NAMES`. The first that holds:

    - repeat: near-duplicates inside one document
    - copy: near-duplicates with the same numbers that differ little, or of which one is whole in the other
    - revision: other near-duplicates
    - quote: not near-duplicates, but most of one is in the other

    `same_document`, `same_numbers`: bool [pairs]; for the last see `number_fingerprints`.
    """
    jaccard = overlap.jaccard
    contained = overlap.containment
    near = jaccard >= rules.similar
    copy = same_numbers & ((jaccard >= rules.copy) | (contained >= rules.whole))
    conditions = [near & same_document, near & copy, near, contained >= rules.contained]
    return np.select(conditions, list(range(_REPEAT, _QUOTE + 1)), _NONE).astype(np.int8)


def number_fingerprints(texts: Sequence[str]) -> Array:
    """uint64 [texts]: equal for texts with the same numbers, each as often, in any order; 0 without any."""
    tokens = tokenize(texts)
    digit = (tokens.folded >= ord("0")) & (tokens.folded <= ord("9"))
    sums = np.concatenate(([0], np.cumsum(digit)))
    numeric = sums[tokens.folded_offsets[1:]] > sums[tokens.folded_offsets[:-1]]
    weights = np.concatenate((np.zeros(1, np.uint64), np.cumsum(np.where(numeric, mix64(tokens.hash.copy()), 0))))
    fingerprints: Array = weights[tokens.offsets[1:]] - weights[tokens.offsets[:-1]]
    return fingerprints
