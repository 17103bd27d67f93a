"""Dates in running text, in the notations of some twenty languages. Nothing is guessed: an ambiguous date is no date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from msgspec import Struct

from pipeline import toml_file
from pipeline.expression import expression
from pipeline.meta.labels import LIKE_ASCII
from pipeline.text.shape import letter_runs

FIRST_YEAR, LAST_YEAR = 1900, 2099


class DateMatch(Struct, frozen=True):
    """A full date found in a text: half-open code points, and the day in ISO 8601."""

    start: int
    end: int
    iso: str


@cache
def tables() -> Mapping[str, Mapping[str, list[str]]]:
    """`data/dates.toml`: month names and the words that stand in date lines."""
    return toml_file.data("dates.toml")


_YEAR = expression(r"(?:19|20)\d{2}")
"""What every full date has but those of Thailand; cheaper to ask."""
_IN_FIGURES = expression(r"\d[-/.]\d")
"""What a date in figures has"""
_BUDDHIST_YEAR = expression(r"2[45]\d{2}")
BUDDHIST = 543
"""Years from the one of Thailand's calendar to the usual one"""
_DIGITS = expression(r"[٠-٩۰-۹०-९๐-๙０-９]{4}")
_AS_ASCII = {
    ord(digit): str(value)
    for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９")
    for value, digit in enumerate(row)
}


@cache
def _months() -> dict[str, int]:
    return {
        name.replace("_", " "): number
        for names in tables()["months"].values()
        for number, spellings in enumerate(names, 1)
        for name in spellings.split()
    }


@cache
def _beginnings() -> frozenset[str]:
    """The first three letters, or what there is of them, of all names of months in ASCII, in small letters."""
    names = (name.lower().translate(LIKE_ASCII) for name in _months())
    return frozenset(letter_runs(name)[0][:3] for name in names if name.isascii())


def _may_have(text: str) -> bool:
    """Whether a text that has a year may have a date, cheaper to ask: in ASCII one in figures, or the name of a month."""
    if not text.isascii() or _IN_FIGURES.search(text):
        return True
    known = _beginnings()
    return any(run[:3] in known for run in letter_runs(text.lower()))


@cache
def _pattern() -> re.Pattern[str]:
    month = "|".join(sorted(map(re.escape, _months()), key=lambda name: (-len(name), name)))
    thai = "|".join(re.escape(name) for names in tables()["months"]["th"] for name in names.split())
    day, year = r"\d{1,2}", _YEAR.pattern
    # Hundreds of names are tried one by one, so only where a digit can follow one of them.
    before_digit = rf"(?=\D{{1,{max(map(len, _months())) + 1}}}?\s+\d)"
    return re.compile(
        rf"(?P<y4>{year})\s?[年년]\s?(?P<m4>\d{{1,2}})\s?[月월]\s?(?P<d4>{day})\s?[日일]"
        rf"|(?<![\d/.-])(?:"
        rf"(?P<y1>{year})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>{day})(?=T\d|\b)"
        rf"|(?P<d2>{day})(?:st|nd|rd|th|er|[.ºª°])?(?:\s+(?:de|of))?\s*[\s\-]\s*(?P<n2>{month})(?!\w)\.?(?:/\w+)?,?(?:\s+(?:de|del))?[\s\-]+(?P<y2>{year})"
        rf"|\b{before_digit}(?P<n3>{month})(?!\w)\.?\s+(?P<d3>{day})(?:st|nd|rd|th)?,?\s+(?P<y3>{year})"
        rf"|(?P<a5>\d{{1,2}})(?P<s5>[/.-])(?P<b5>\d{{1,2}})(?P=s5)(?P<y5>{year})"
        rf"|(?P<d6>{day})\s*(?P<n6>{thai})\.?\s*(?:พ\.ศ\.\s*)?(?P<y6>{_BUDDHIST_YEAR.pattern})"
        rf")(?![\d])",
        re.IGNORECASE,
    )


def find(text: str, *, is_day_first: bool = False) -> tuple[DateMatch, ...]:
    """Every full and unambiguous date in `text`, in order. `is_day_first`: whoever wrote it sets the day before the month."""
    if not text.isascii() and _DIGITS.search(text):
        text = text.translate(_AS_ASCII)
    if not _YEAR.search(text) and (text.isascii() or not _BUDDHIST_YEAR.search(text)):
        return ()
    if not _may_have(text):
        return ()
    return tuple(
        DateMatch(match.start(), match.end(), iso)
        for match in _pattern().finditer(text)
        if (iso := _iso(match.groupdict(), is_day_first)) is not None
    )


def _iso(parts: dict[str, str | None], is_day_first: bool) -> str | None:
    if parts["y5"]:
        first, second = int(parts["a5"] or 0), int(parts["b5"] or 0)
        if parts["s5"] == "." or first > 12 or first == second or (is_day_first and second <= 12):
            return _day(parts["y5"], second, first)
        return _day(parts["y5"], first, second) if second > 12 else None
    if parts["y6"]:
        return _day(str(int(parts["y6"]) - BUDDHIST), _months()[parts["n6"] or ""], int(parts["d6"] or 0))
    for form in "1234":
        if year := parts[f"y{form}"]:
            month = _months()[name.lower()] if (name := parts.get(f"n{form}")) else int(parts[f"m{form}"] or 0)
            return _day(year, month, int(parts[f"d{form}"] or 0))
    return None


def _day(year: str, month: int, day: int) -> str | None:
    try:
        found = date(int(year), month, day)
    except ValueError:
        return None
    return found.isoformat() if FIRST_YEAR <= found.year <= LAST_YEAR else None
