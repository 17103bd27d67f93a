"""Lines that say when, by whom and through which agency a text was published, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline import memo
from pipeline.meta import dates, people
from pipeline.meta.agencies import agency
from pipeline.text import shape

MAX_CHARS = 160
MAX_PLACE_WORDS = 4
"""Words of a place before a date: `PORT VESSA, March 18`."""
MAX_ROLE_WORDS = 6
"""Words behind a name that say what the author is."""
_TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?![\d])|\b\d{1,2}\s?[ap]\.?m\b\.?|[+-]\d{2}:?\d{2}\b"
    r"|\b\d+\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b|\b\d+\s+min(?:ute)?s?\s+read\b",
    re.I,
)
_SEPARATOR = re.compile(r"\s[-–—]\s|[|•·,/()\[\]–—:;]+|\s{2,}")
_PLACE = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*|of|de|la|le|du|am|an|der|upon)(?:\s+(?:[^\W\d_a-z][\w.'’-]*|of|de|la|le|du|am|an|der|upon))*$"
)


@dataclass(frozen=True, slots=True)
class MetaLine:
    """What such a line says."""

    date: str | None
    """ISO 8601"""
    updated: bool
    """The date is that of a change."""
    agency: str | None
    author: str | None


@cache
def _around() -> tuple[frozenset[str], frozenset[str]]:
    """The words that stand beside dates, and those of them that speak of a change."""
    around = dates.tables()["around"]
    updated = frozenset(word for phrase in around["updated"] for word in phrase.split())
    known = frozenset(word for phrases in around.values() for phrase in phrases for word in phrase.split())
    return known | {"original", "originally", "first", "last", "issued", "filed", "released"}, updated


@memo.of_short_texts(1 << 14)
def meta_line(text: str) -> MetaLine | None:
    """What a line says when it is nothing but a date line, a by-line or an agency's name; else None."""
    if len(text) > MAX_CHARS or (shape.is_prose(text) and shape.words(text) > 2 * shape.PROSE_WORDS):
        return None
    if people.BY.match(text) and text.rstrip().endswith((":", "：")):
        return None  # BY MR. LESTER: says who speaks
    if (author := people.byline(text)) is not None and not dates.find(text):
        named = agency(author)
        return MetaLine(None, False, named, None if named else author)
    found = dates.find(text)
    rest = _TIME.sub("|", _without(text, found))
    known, updating = _around()
    author = agency_name = None
    updated = False
    strangers: list[str] = []
    for segment in filter(None, (part.strip(" .'\"") for part in _SEPARATOR.split(rest))):
        words = [word.strip(".").casefold() for word in segment.split()]
        if all(word in known for word in words):
            updated = updated or any(word in updating for word in words)
        elif name := agency(segment):
            agency_name = agency_name or name
        elif (names := people.byline(segment)) is not None:
            author = author or names
        else:
            strangers.append(segment)
    if not (found or author or agency_name) or not _may_stand(strangers, author, bool(found)):
        return None
    day = min((match.iso for match in found), default=None)
    return MetaLine(day, updated and len(found) < 2, agency_name, author)


def _without(text: str, found: Sequence[dates.DateMatch]) -> str:
    for match in reversed(found):
        text = text[: match.start] + "|" + text[match.end :]
    return text


def _may_stand(strangers: Sequence[str], author: str | None, is_dated: bool) -> bool:
    """Whether what else the line says may stand in it: what the author is, or the place before a date."""
    if not strangers:
        return True
    words = sum(len(segment.split()) for segment in strangers)
    if author:
        return words <= MAX_ROLE_WORDS
    return is_dated and len(strangers) == 1 and words <= MAX_PLACE_WORDS and _PLACE.match(strangers[0]) is not None
