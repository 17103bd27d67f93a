"""Relations from measures and from what differs."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.match.core.difference import Contents, symbol_fingerprints
from pipeline.match.core.relation import AT_THE_ENDS, NAMES, NOISE, TELLING, RelationRules, relations
from pipeline.match.core.verify import Overlap


@pytest.mark.parametrize(
    ("counts", "same_document", "flags", "expected"),
    [
        ((50, 50, 50), False, 0, "copy"),
        ((48, 50, 50), False, 0, "copy"),
        ((45, 50, 50), False, 0, "revision"),
        ((49, 50, 50), False, TELLING, "revision"),
        ((40, 40, 50), False, 0, "copy"),  # cut short
        ((40, 40, 50), False, TELLING, "revision"),
        ((40, 40, 50), False, TELLING | AT_THE_ENDS, "copy"),  # only cut short, whatever is gone
        ((49, 50, 50), True, TELLING, "repeat"),
        ((20, 50, 50), False, NOISE, "noisy"),
        ((45, 50, 50), False, NOISE | TELLING, "noisy"),
        ((20, 20, 100), False, 0, "quote"),
        ((20, 100, 20), True, 0, "quote"),
        ((10, 20, 100), False, 0, None),
        ((0, 0, 0), False, 0, None),
    ],
)
def test_relations(counts: tuple[int, int, int], same_document: bool, flags: int, expected: str | None) -> None:
    overlap = Overlap(*(np.array([count]) for count in counts))
    made = relations(overlap, np.array([same_document]), np.array([flags], dtype=np.uint8), RelationRules(0.7, 0.8))
    assert [NAMES[place] for place in made.tolist()] == [expected]


def differ(one: str, two: str) -> tuple[bool, bool]:
    """(telling, at the ends)"""
    found = Contents([one, two]).differences(np.array([0]), np.array([1]))
    return bool(found.telling[0]), bool(found.at_the_ends[0])


def test_long_texts_are_compared_by_the_words_that_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.match.core import segments

    monkeypatch.setattr(segments, "MOST_CELLS", 0)
    assert differ("they will not go to the big house", "they did not go to the large house") == (False, False)
    assert differ("they did not go to the big house", "they did go to the large house") == (True, False)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("it cost $5 then", "it cost €5 then", False),
        ("it was -5 then", "it was 5 then", False),
        ("it was −5 then", "it was -5 then", True),
        ("up 10% this year", "up 10 this year", False),
        ("up 10 % this year", "up 10% this year", True),
        ("from 5-10 of them", "from 5–10 of them", True),
        ("a well-known 5 of them", "a well known 5 of them", True),
        ("F-16 and A4-6", "F 16 and A4 6", True),
        ("no numbers", "none at all", True),
        ("some 2⁵ steps", "some 25 steps", False),
        ("in 10² ways", "in 102 ways", False),
        ("an area of 5 m² here", "an area of 5 m2 here", True),
        ("5½ miles on", "51/2 miles on", False),
        ("it weighs 1.234 tons", "it weighs 1,234 tons", False),
        ("a loss of (5,000) then", "a loss of 5,000 then", False),
        ("the council (5,000 of them) then", "the council 5,000 of them then", True),
        ("a = b holds", "a ≠ b holds", False),
        ("a board of 5′ then", "a board of 5″ then", False),
        ("they won 3:2 then", "they won 3.2 then", False),
        ("where 5>6 holds", "where 5<6 holds", False),
        ("where 5 > 6 holds", "where 5>6 holds", True),
        ("some 5/6 of them", "some 5-6 of them", False),
        ("✅ the wall", "❌ the wall", False),
        ("☑ the wall", "✓ the wall", True),
        ("“the wall” — he said…", "the wall, he said", True),
    ],
)
def test_symbols_at_numbers(one: str, two: str, same: bool) -> None:
    first, second = symbol_fingerprints([one, two]).tolist()
    assert (first == second) == same
