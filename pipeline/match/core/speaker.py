"""Whose words a quotation is, where the text beside it says so: "...", Carter said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from pipeline import toml_file
from pipeline.expression import expression

_REACH = 1200
"""Characters before and after a passage in which its quotation may begin and end."""
_NEAR = 120
"""Characters before and after a quotation in which its speaker is named."""
_LEAST_QUOTED = 0.5
"""Share of a passage that stands in quotation marks for it to be a quote."""
_MOST_WORDS = 5
"""Words of a name."""

_LONGEST_SHORT_FORM = 3
"""Letters of a short form of a day or month, such as Jan, which may be a name."""

_QUOTATION = expression(
    r"[“„][^“„”\"\n]+[”“\"]"  # English, German and others
    r"|(?<!\w)\"[^\"\n]+\"(?!\w)"
    r"|«[^«»\n]+»"
    r"|»[^«»\n]+«"
)
_OPENING = expression('[“„"«»]')
"""What a quotation begins with"""


class _Patterns(Struct, frozen=True):
    """How a speaker is named."""

    after: re.Pattern[str]
    """right after the closing quotation mark"""
    before: re.Pattern[str]
    """right before the opening one"""


class _Vocabulary(Struct, frozen=True):
    """The words of data/speech.toml, of all languages together."""

    verbs: tuple[str, ...]
    """verbs of speaking, the longest first"""
    other: frozenset[str]
    """what may stand before a name and is no part of it"""
    title: frozenset[str]
    """what may name somebody, but nobody in particular"""
    inside: frozenset[str]
    """words in small letters that stand inside names"""


def speaker(text: str, start: int, end: int) -> str | None:
    """Return who says what stands in `text[start:end]`, as the text names them; None where it does not say."""
    line, low = _line_around(text, start, end)
    first = start - low
    last = end - low
    quoted = 0
    quotations: list[tuple[int, int]] = []
    for begin, stop in _quotations(line):
        inside = min(last, stop) - max(first, begin)
        if inside > 0:
            quoted += inside
            quotations.append((begin, stop))
    if quoted < _LEAST_QUOTED * (last - first):
        return None
    for begin, stop in quotations:
        for name in _named(line, begin, stop):
            return name
    return None


def _quotations(line: str) -> Iterator[tuple[int, int]]:
    """Yield where quotations begin and end, those that `_QUOTATION` finds: asked where one may begin, it takes half the time."""
    mark = _OPENING.search(line)
    while mark:
        quotation = _QUOTATION.match(line, mark.start())
        if quotation:
            yield quotation.span()
        mark = _OPENING.search(line, quotation.end() if quotation else mark.end())


def _line_around(text: str, start: int, end: int) -> tuple[str, int]:
    """Return (the lines that `text[start:end]` stands in, as far as a quotation may reach; where they begin)."""
    furthest = max(0, start - _REACH)
    line_break = text.rfind("\n", furthest, start)
    low = max(line_break + 1, furthest)
    high = text.find("\n", end, end + _REACH)
    if high < 0:
        high = end + _REACH
    return text[low:high], low


def _named(line: str, start: int, end: int) -> Iterator[str]:
    """Yield the names given as those of the speaker of the quotation in `line[start:end]`."""
    patterns = _patterns()
    behind = line[end : end + _NEAR]
    ahead = line[max(0, start - _NEAR) : start]
    after = patterns.after.match(behind)
    before = patterns.before.search(ahead)
    for found in (after, before):
        if found and (name := _name(found)):
            yield name


def _name(found: re.Match[str]) -> str | None:
    """Return the name that was found, without what is none of it."""
    name = next(group for group in found.groups() if group)
    words = name.strip(" ,.").split()
    lists = _vocabulary()
    while words and words[0].lower() in lists.other:
        del words[0]
    if len(words) > _MOST_WORDS:
        return None
    names_nobody = True  # as "The Minister" and an initial by themselves
    for word in words:
        if not word[0].isupper() and word not in lists.inside:
            return None
        if len(word) > 1 and word.lower() not in lists.title:
            names_nobody = False
    return None if names_nobody else " ".join(words)


@cache
def _vocabulary() -> _Vocabulary:
    """Return the words that tell a speaker, from data/."""
    read = toml_file.data("speech.toml")
    verbs: set[str] = set()
    for verbs_of_language in read["verbs"].values():
        verbs.update(verbs_of_language.split("|"))
    longest_first = sorted(verbs, key=lambda verb: (-len(verb), verb))
    other = " ".join(read["other"].values()).split()
    # A capital letter makes no name of the day that somebody spoke on.
    other += [word for word in _days() if len(word) > _LONGEST_SHORT_FORM]
    return _Vocabulary(
        verbs=tuple(longest_first),
        other=frozenset(other),
        title=frozenset(read["title"]["any"].split()),
        inside=frozenset(read["inside"]["any"].split()),
    )


def _days() -> list[str]:
    """Return the words for days of the week and months, in all languages."""
    dates = toml_file.data("dates.toml")
    days = [*dates["around"]["weekdays"]]
    for months in dates["months"].values():
        days += months
    return " ".join(days).split()


@cache
def _patterns() -> _Patterns:
    """Return what a speaker's name is found by."""
    lists = _vocabulary()
    verbs = "|".join(lists.verbs)
    verb = rf"(?:{verbs})"
    inside = "|".join(sorted(lists.inside))
    word = r"[^\W\d_a-z][\w’'.\-]*"
    further_word = rf"\s+(?:(?:{inside})\s+)*{word}"  # with "van" or "de la" before it
    name = rf"({word}(?:{further_word}){{0,{_MOST_WORDS}}})"
    described = r"(?:\s*,[^,.“”\"]{1,60},)?"  # Carter, the mayor of Lowmere, said
    verb_first = rf"{verb}\s+{name}"
    name_first = rf"{name}{described}\s+{verb}\b"
    # said the chief engineer, Ann Moor: of one word behind the comma, it may be anything
    full_name = rf"({word}(?:{further_word}){{1,{_MOST_WORDS}}})(?=\s*(?:[,.;:–—]|$))"
    described_first = rf"{verb}\s+[^\W\d_A-Z][^,.“”\"]{{1,60}},\s+{full_name}"
    after = rf"[\s,.–—-]*(?:{name_first}|{verb_first}|{described_first})"
    before = rf"(?:{name_first}[^.“”\"]{{0,40}}|{verb_first})\s*[:,]?\s*$"
    return _Patterns(re.compile(after), re.compile(before))
