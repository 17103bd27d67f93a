"""Threads on pages: which blocks are one contribution, who wrote it and when.

Every forum and comment system names the author beside each contribution, in elements of one kind. What lies between two
such names in the tree is cut where they part: a contribution is the largest element that holds one name alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from pipeline.text.html.elements import PREFORMATTED, Layout, Mark
from pipeline.text.html.head import element_text
from pipeline.text.html.hints import TOPIC_BIT

LEAST = 2
"""Contributions in a thread."""
MAX_NAME = 60
"""Code points of an author's name."""
MAX_DATE = 60
MAX_DEPTH = 300
LEAST_CHARS = 15
"""Code points that a contribution has beside names and dates."""
_USER = TOPIC_BIT["byline"] | TOPIC_BIT["user"]
_DATE = TOPIC_BIT["date"]
_LEAD = re.compile(r"(?:by|von|par|por|door|posted by|written by|author)\s*:?\s+", re.I)
_FIGURES = re.compile(r"(?:\s+[\d.,]+k?(?:\s+(?:gold|silver|bronze)\s+badges?)?)+$")
"""Points and badges behind a name."""
_TAIL = re.compile(r"\s*(?:says|said|wrote|schrieb|a écrit|dijo|escribió)?\s*[:,»·|]*$", re.I)
_NO_NAME = re.compile(
    r"[\d\W_]*$|(?:guest|reply|quote|share|report|more|follow|author|profile|posts?|comments?|replies)$", re.I
)
_AGO = re.compile(r"\d+\s*\w+\s+ago$|(?:yesterday|today)\b", re.I)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+")
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
    names = _names(layout.marks)
    if len(names) < LEAST:
        return []
    places = {element: number for number, element in enumerate(layout.elements)}
    dates = [mark for mark in layout.marks if mark.topics & _DATE or mark.element.tag == "time"]
    found: list[Contribution] = []
    for (_, name), holder in zip(names, _holders([mark.element for mark, _ in names]), strict=True):
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


def _names(marks: Sequence[Mark]) -> list[tuple[Mark, str]]:
    """The marks of authors of the one kind that the page has most of, each with the name."""
    kinds: dict[Any, list[tuple[Mark, str]]] = {}
    chars: Counter[Any] = Counter()
    for mark in marks:
        if not mark.topics & _USER:
            continue
        name = _name(element_text(mark.element, MAX_NAME + 20))
        if name:
            kind = (
                mark.element.tag,
                (mark.element.get("class") or mark.element.get("itemprop") or "")[:60].split(" ")[0],
            )
            kinds.setdefault(kind, []).append((mark, name))
            chars[kind] += len(name)
    # Of two kinds as frequent the shorter is the name alone, without what stands around it.
    best = min(kinds, key=lambda kind: (-len(kinds[kind]), chars[kind]), default=None)
    if best is None:
        return []
    # Answers and the comments on them name their authors in two ways.
    notes = [kind for kind in kinds if kind != best and "comment" in kind[1] and len(kinds[kind]) >= LEAST]
    chosen = [mark for kind in (best, *notes[:1]) for mark in kinds[kind]]
    return _single(sorted(chosen, key=lambda named: named[0].line))


def _single(names: list[tuple[Mark, str]]) -> list[tuple[Mark, str]]:
    """Each author once for a contribution, where the page names everyone two times, beside it and above it."""
    runs = [list(group) for _, group in groupby(names, key=lambda named: named[1])]
    if len(names) >= 2 * LEAST and all(len(run) % 2 == 0 for run in runs):
        return [run[i] for run in runs for i in range(0, len(run), 2)]
    return names


def _name(text: str) -> str:
    """The name that an element shows; empty where it shows none, or more than a name."""
    name = _TAIL.sub("", _FIGURES.sub("", _LEAD.sub("", text.strip(), count=1)))
    return "" if _NO_NAME.match(name) or len(name) > MAX_NAME or len(name.split()) > 5 else name


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
