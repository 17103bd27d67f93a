"""What two texts are to each other, from exact measures and from what differs between them."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from pipeline.match.core.verify import Overlap
from pipeline.model import Relation
from pipeline.tokens import Array

NAMES: tuple[Relation | None, ...] = (None, "repeat", "copy", "noisy", "revision", "quote", "contained")
"""What the numbers of relations mean."""

NONE, REPEAT, COPY, NOISY, REVISION, QUOTE, CONTAINED = range(len(NAMES))

TELLING = 1
"""A negation, a number, a name or a date is in one text and not in the other."""
AT_THE_ENDS = 2
"""One text stands whole in the other, which has more before or after it."""
COVERED = 4
"""Every run of `RECEIPT_WORDS` words of the worse text stands in the better one, which is kept where one is removed."""
NOISE = 8
"""The texts differ by noise alone: single letters here and there."""

RECEIPT_WORDS = 3


COPY_SIMILARITY = 0.9
"""Jaccard similarity from which a near-duplicate is a copy; below it some word has changed that may matter."""
WHOLE = 0.95
"""A near-duplicate of which so much is in the other is a cut or lengthened copy."""


class RelationRules(Struct, frozen=True):
    """What a configuration says of relations."""

    similar: float | Array
    """least Jaccard similarity of near-duplicates, of all or of each pair"""
    contained: float
    """least share of a text that is in another for it to be a quote"""


def relations(overlap: Overlap, same_document: Array, flags: Array, rules: RelationRules) -> Array:
    """Return what the texts of pairs are to each other, int8 [pairs], places in `NAMES`. The first that holds:

    - repeat: near-duplicates inside one document
    - copy: near-duplicates of which one is whole in the other, or that differ little and in nothing telling
    - noisy: texts that differ by noise alone, whatever their similarity
    - revision: other near-duplicates
    - quote: not near-duplicates, but most of one is in the other

    same_document: bool [pairs]
    flags: uint8 [pairs], the constants above, added up
    """
    near = overlap.jaccard >= rules.similar
    conditions = {
        REPEAT: near & same_document,
        COPY: near & say_the_same(overlap, flags),
        NOISY: (flags & NOISE) > 0,
        REVISION: near,
        QUOTE: overlap.containment >= rules.contained,
    }
    kinds = np.select(list(conditions.values()), list(conditions), NONE)
    return kinds.astype(np.int8)


def say_the_same(overlap: Overlap, flags: Array) -> Array:
    """Return which near-duplicates differ in nothing that may matter, bool [pairs]; flags as in `relations`."""
    differs_little = (overlap.jaccard >= COPY_SIMILARITY) | (overlap.containment >= WHOLE)
    same: Array = differs_little & ((flags & TELLING) == 0)
    same |= (flags & AT_THE_ENDS) > 0
    return same
