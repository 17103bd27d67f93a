"""Threads on pages: which blocks are one contribution, who wrote it and when.

Every forum and comment system names the author beside each contribution, in elements of one kind. What lies between two
such names in the tree is cut where they part: a contribution is the largest element that holds one name alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.expression import expression
from pipeline.text.html.elements import PREFORMATTED, Layout, Mark
from pipeline.text.html.head import element_text
from pipeline.text.html.hints import TOPIC_BIT
from pipeline.text.html.signers import LEAST, signers

MAX_DATE = 60
MAX_DEPTH = 300
LEAST_CHARS = 15
"""Code points that a contribution has beside names and dates."""
_DATE = TOPIC_BIT["date"]
_AGO = expression(r"\d+\s*\w+\s+ago$|(?:yesterday|today)\b", re.I)
_DIGIT = expression(r"\d")
_NUMBER = expression(r"\d+")
_TEXT = frozenset("p ul ol li dl dt dd blockquote table tbody thead tr td th h1 h2 h3 h4 h5 h6".split()) | PREFORMATTED
"""Elements that writers use in their words."""


class Contribution(NamedTuple):
    """A stretch of blocks by one author."""

    first: int
    end: int
    """One past its last block"""
    author: str
    shown: str
    """The date as the page shows it; empty where it shows none"""
    stated: str
    """The date as the markup states it, for machines"""


def contributions(layout: Layout) -> list[Contribution]:
    """The contributions on a page, in their order; none where it is no thread."""
    signed = signers(layout.marks)
    if len(signed) < LEAST:
        return []
    places = {element: number for number, element in enumerate(layout.elements)}
    dates = [mark for mark in layout.marks if mark.topics & _DATE or mark.element.tag == "time"]
    found: list[Contribution] = []
    for signer, holder in zip(signed, _holders([signer.mark.element for signer in signed]), strict=True):
        name = signer.name
        block = next((places[one] for one in _upwards(holder) if one in places), None)
        if block is None:
            continue
        first, end = layout.blocks[block][3], layout.blocks[block][4]
        if found and first < found[-1].end:
            first = found[-1].end
        size = sum(map(len, layout.lines[first:end]))
        if first < end and size >= LEAST_CHARS + len(name):
            found.append(Contribution(first, end, name, *_date(dates, first, end, holder)))
    return found if len(found) >= LEAST else []


def parts(layout: Layout, found: Sequence[Contribution]) -> list[int]:
    """For each block of text which part of a contribution it is: the words, the line on who wrote them, the buttons below.

    Blocks are of one part where what holds them is of one tag and class; -1 outside of contributions. Paragraphs, items
    and the like without a class say nothing of that: what holds them does.
    """
    numbers: dict[tuple[str, ...], int] = {}
    parts = [-1] * len(layout.lines)
    for contribution in found:
        for line in range(contribution.first, contribution.end):
            way = _way(layout, layout.counts[line][0])
            parts[line] = numbers.setdefault(way, len(numbers))
    return parts


def _way(layout: Layout, block: int) -> tuple[str, ...]:
    """The elements from a block upwards to the first that says what it holds: tags, and its class without numbers."""
    way: list[str] = []
    while block >= 0:
        element = layout.elements[block]
        tag, named = element.tag, element.get("class")
        if named and tag not in PREFORMATTED:
            return (*way, tag, _NUMBER.sub("", named))
        if tag not in _TEXT:
            way.append(tag)
        block = layout.blocks[block][1]
    return tuple(way)


def _upwards(element: Any) -> list[Any]:
    """An element and those that hold it, the innermost first."""
    found = [element]
    for above in element.iterancestors():
        found.append(above)
        if len(found) > MAX_DEPTH:
            break
    return found


def _holders(elements: Sequence[Any]) -> list[Any]:
    """For each element the largest one around it that holds none of its neighbours."""
    paths = [_upwards(element)[::-1] for element in elements]
    shared = [_shared(first, second) for first, second in pairwise(paths)]
    around = zip([0, *shared], [*shared, 0], paths, strict=True)
    return [path[min(max(before, after), len(path) - 1)] for before, after, path in around]


def _shared(first: Sequence[Any], second: Sequence[Any]) -> int:
    """How many elements two ways down from the root have in common."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one is not other:
            break
        count += 1
    return count


def _date(dates: Sequence[Mark], first: int, end: int, holder: Any) -> tuple[str, str]:
    """The date of a contribution as it is shown, and as it is stated."""
    for mark in sorted(dates, key=lambda mark: mark.element.tag != "time"):
        if not first <= mark.line <= end:
            continue
        element = mark.element
        if not any(one is holder for one in _upwards(element)):
            continue
        shown = element_text(element, MAX_DATE + 1)
        stated = element.get("datetime") or element.get("title") or element.get("content") or ""
        if len(shown) <= MAX_DATE and (_DIGIT.search(shown) or _AGO.search(shown) or _DIGIT.search(stated)):
            return shown, stated[:MAX_DATE]
    return "", ""
