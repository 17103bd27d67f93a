"""Picture captions in plain text: found by their credits and by how pages repeat them, kept once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.expression import expression
from pipeline.meta import dates
from pipeline.model import Caption
from pipeline.text import shape

MIN_WORDS = 4
"""Of a caption that no markup calls one"""
MAX_CAPTION_WORDS = 110
MAX_TITLE_WORDS = 8
"""A picture's own title, which may stand between the copies, is no longer."""
MOST_COPIES = 50
NEAR_COPIES = 4
"""Copies of one caption stand at most so many lines apart."""

_LABEL = expression(
    r"^\W*(?:(?:photo(?:graph)?s?|pictures?|images?|file|fotos?|bild(?:er)?|imagen|imagem|immagine|фото|video|illustration)\b\W*)?"
    r"(?:\b(?:credits?|by|courtesy(?: of)?|von|por|di|par)\b)?\s*[:：]?\s*(?P<who>.+?)\W*$",
    re.I,
)
_IDENTIFIER = expression(r"\bVIRIN\s*:?\s*(?P<id>[0-9A-Za-z]+-[0-9A-Za-z]-[0-9A-Za-z]+-[0-9A-Za-z]+)", re.I)
_AGENCIES = (
    r"getty(?: images)?|reuters|associated press|ap(?: photo| images)?|afp|epa|dpa|xinhua|shutterstock|istock|alamy|"
    r"picture[- ]alliance|imago|zuma(?: press)?|anadolu(?: agency)?|tass|efe|ansa|pap|keystone|belga|lusa|handout|file|pool"
)
_CREDIT_TAIL = expression(
    r"(?:"
    r"[(\[](?P<c1>"
    r"(?:[^()\[\]]{0,80}\b(?:photo(?:graph)?s?|image|picture|foto|bild|courtesy|credit)\b[^()\[\]]{0,80}"
    rf"|[^()\[\]]{{2,80}}/\s?(?:{_AGENCIES})[^()\[\]]{{0,40}}|(?:{_AGENCIES})(?:\s?/[^()\[\]]{{2,60}})))[)\]]"
    r"|(?:[.!?”\"]\s+|\s[|–—-]\s)(?P<c2>"
    r"(?:[\w.’'-]+ ){0,3}(?:photo(?:graph(?:ed|y)?)?|foto|image|picture|illustration)s?(?: credit)?"
    r"(?:\s?[:/]| by | courtesy(?: of)? )\s?[^.!?]{2,90}(?:\.[^.!?]{1,60}){0,4})"
    rf"|(?:[.!?”\"]\s+)(?P<c3>[^.!?()]{{3,60}}/\s?(?:{_AGENCIES})(?:\s?/[^.!?()]{{2,40}})?"
    rf"|[©/]?\s?(?:{_AGENCIES})\s?/[^.!?()]{{2,40}})"
    r")\W*$",
    re.I,
)


_OF_CREDITS = ("photo", "foto", "bild", "image", "picture", "illustration", "courtesy", "credit")
_BESIDE_AGENCIES = ("(", "[", "/")
"""In a credit that has none of the words stands an agency beside one of these."""
_BEHIND_MARK = expression(rf"[(\[/]\s?(?:{_AGENCIES})")
_BEFORE_SLASH = expression(rf"\b(?:{_AGENCIES})\s?/")
_END = 200
"""Code points of a line's end"""


class CaptionGroup(Struct, frozen=True):
    """One caption and every line that belongs to it, by line number."""

    caption: Caption
    line: int
    copies: tuple[int, ...]
    titles: tuple[int, ...]
    """Short lines between the copies: the picture's own title in the page's album."""
    credits: tuple[int, ...]


class Lines(Struct, frozen=True):
    """The lines of a document, in columns."""

    texts: Sequence[str]
    starts: Sequence[int]
    """Of the source"""
    ends: Sequence[int]
    gaps: Sequence[int]
    """Line breaks above each"""
    words: Sequence[int]
    """How many each has"""
    keys: Sequence[int]
    """Equal for lines that say the same"""
    credit: Sequence[bool]
    """Of which a rule says that they name who made a picture"""
    verbatim: Sequence[bool]
    """Which are code, tables and formulas: no captions, whatever they end in"""
    marked: Sequence[bool] | None = None
    """Which the page's markup calls captions"""

    def copies(self, i: int) -> tuple[int, ...]:
        """The near copies of line i that follow it with nothing but short lines between, `MOST_COPIES` at most: what follows
        begins a group of its own, which joins the first."""
        found: list[int] = []
        j = i + 1
        while j < len(self.keys) and len(found) < MOST_COPIES and j - (found[-1] if found else i) <= NEAR_COPIES:
            if self.verbatim[j]:
                break
            if self.keys[j] == self.keys[i]:
                found.append(j)
            elif self.words[j] > MAX_TITLE_WORDS or self.texts[j].endswith("?"):
                break
            j += 1
        return tuple(found)

    def credits_below(self, last: int) -> tuple[int, ...]:
        """The credit lines that hang directly below line `last`."""
        found: list[int] = []
        j = last + 1
        while j < len(self.keys) and self.credit[j] and self.gaps[j] == 1:
            found.append(j)
            j += 1
        return tuple(found)


def find(lines: Lines) -> tuple[CaptionGroup, ...]:
    """The captions of one document, in order."""
    groups: list[CaptionGroup] = []
    seen: dict[int, int] = {}
    used: set[int] = set()
    for i, may_have_credit in _candidates(lines):
        if i in used:
            continue
        is_marked = lines.marked is not None and lines.marked[i]
        text = lines.texts[i]
        tail = _CREDIT_TAIL.search(text) if may_have_credit else None
        copies = lines.copies(i)
        last = copies[-1] if copies else i
        credits = lines.credits_below(last)
        if not is_marked and not _is_caption(lines, i, copies, credits, tail is not None):
            continue
        titles = tuple(j for j in range(i + 1, last) if j not in copies)
        used.update((i, *copies, *titles, *credits))
        key = lines.keys[i]
        if key in seen:
            groups[seen[key]] = _with_copies(groups[seen[key]], (i, *copies), titles, credits)
            continue
        seen[key] = len(groups)
        caption = _caption(text, lines.starts[i], lines.ends[i], tail, [lines.texts[j] for j in credits])
        groups.append(CaptionGroup(caption, i, copies, titles, credits))
    return tuple(groups)


def _candidates(lines: Lines) -> Iterator[tuple[int, bool]]:
    """Yield the lines that may be captions, and whether a credit may stand in them: hardly any line has its credit in it, below
    it, or below a copy of it."""
    least = MIN_WORDS if lines.marked is None else 1
    long_enough = [i for i, count in enumerate(lines.words) if least <= count <= MAX_CAPTION_WORDS]
    with_credits = {long_enough[i] for i in _with_credits([lines.texts[i] for i in long_enough])}
    repeated = {key for key, count in Counter(lines.keys).items() if count > 1}
    last = len(lines.keys) - 1
    for i in long_enough:
        may_have_credit = i in with_credits
        is_marked = lines.marked is not None and lines.marked[i]
        is_credited = may_have_credit or lines.keys[i] in repeated or (i < last and lines.credit[i + 1])
        may_be_one = is_marked or (is_credited and lines.words[i] >= MIN_WORDS)
        if may_be_one and not lines.credit[i] and not lines.verbatim[i]:
            yield i, may_have_credit


def _with_credits(texts: list[str]) -> Iterator[int]:
    """Yield the texts at whose end a credit may stand; cheaper to ask than where one does."""
    of_credits = shape.near_end(texts, _OF_CREDITS, _END)
    beside_agencies = shape.near_end(texts, _BESIDE_AGENCIES, _END)
    for i, text in enumerate(texts):
        if of_credits[i] or (beside_agencies[i] and _has_agency(text[-_END:].lower())):
            yield i


def _has_agency(end: str) -> bool:
    """Whether a line, of which this is the end in lower case, has an agency's name beside a mark."""
    return _BEHIND_MARK.search(end) is not None or ("/" in end and _BEFORE_SLASH.search(end) is not None)


def _is_caption(lines: Lines, i: int, copies: Sequence[int], credits: Sequence[int], tail: bool) -> bool:
    if copies:
        return tail or bool(credits)
    if credits:
        # A paragraph is set off by blank lines; a caption and its credit stand together, apart from the rest.
        return i == 0 or lines.gaps[i] > 1
    return tail


def _with_copies(
    group: CaptionGroup, copies: tuple[int, ...], titles: tuple[int, ...], credits: tuple[int, ...]
) -> CaptionGroup:
    return CaptionGroup(
        group.caption, group.line, group.copies + copies, group.titles + titles, group.credits + credits
    )


def _caption(text: str, start: int, end: int, tail: re.Match[str] | None, credit_lines: Sequence[str]) -> Caption:
    credit = identifier = None
    for line in credit_lines:
        if match := _IDENTIFIER.search(line):
            identifier = identifier or match["id"]
        elif match := _LABEL.match(line):
            credit = credit or match["who"]
    if credit is None and tail is not None:
        credit = _who(tail["c1"] or tail["c2"] or tail["c3"])
    if identifier is None and (match := _IDENTIFIER.search(text)):
        identifier = match["id"]
    taken = dates.find(text)
    return Caption(text, credit, identifier, taken[0].iso if taken else None, start, end)


_MADE_BY = expression(
    r"^.*?\b(?:photo(?:graph(?:ed)?)?|foto|image|picture|illustration)s?(?: credit)?\s?(?::|by|courtesy(?: of)?)\s?",
    re.I,
)


def _who(credit: str) -> str:
    """A credit without its label and the signs at its edges, but for a bracket that closes one inside."""
    name = _MADE_BY.sub("", credit).strip(" .,:;()[]©/") or credit
    return f"{name})" if name.count("(") > name.count(")") else name
