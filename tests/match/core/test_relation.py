"""Relations from measures and facts."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.match.core.relation import NAMES, RelationRules, number_fingerprints, relations
from pipeline.match.core.verify import Overlap

NEW, SAME_DOCUMENT, OTHER_NUMBERS = range(3)


@pytest.mark.parametrize(
    ("counts", "facts", "expected"),
    [
        ((50, 50, 50), {NEW}, "copy"),
        ((45, 50, 50), {NEW}, "copy"),
        ((42, 50, 50), {NEW}, "revision"),
        ((49, 50, 50), {OTHER_NUMBERS}, "revision"),
        ((40, 40, 50), {NEW}, "copy"),  # cut short
        ((20, 20, 100), {NEW}, "quote"),
        ((20, 100, 20), {SAME_DOCUMENT}, "quote"),
        ((10, 20, 100), {NEW}, None),
        ((0, 0, 0), {NEW}, None),
    ],
)
def test_relations(counts: tuple[int, int, int], facts: set[int], expected: str | None) -> None:
    overlap = Overlap(*(np.array([count]) for count in counts))
    made = relations(
        overlap,
        same_document=np.array([SAME_DOCUMENT in facts]),
        same_numbers=np.array([OTHER_NUMBERS not in facts]),
        rules=RelationRules(),
    )
    assert [NAMES[place] for place in made.tolist()] == [expected]


def test_numbers_in_any_order_but_as_often() -> None:
    texts = [
        "5 of 1,000 in 2016",
        "In 2016, 5 of 1,000!",
        "５ of 1,000 in ２０１６",
        "5 of 1,000 in 2015",
        "none",
    ]
    one, two, wide, other, none = number_fingerprints(texts).tolist()
    assert one == two == wide != other
    assert none == 0
    assert number_fingerprints([]).tolist() == []
