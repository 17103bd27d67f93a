"""Picture captions in plain text: found by their credits and by how pages repeat them, kept once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

from msgspec import Struct

from pipeline.expression import expression
from pipeline.meta import dates
from pipeline.model import Caption, Line

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


_BESIDE_AGENCY = expression(rf"[(\[/]\s?(?:{_AGENCIES})|\b(?:{_AGENCIES})\s?/")
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


def find(
    lines: Sequence[Line],
    words: Sequence[int],
    credit: Sequence[bool],
    keys: Sequence[int],
    marked: Sequence[bool] | None = None,
    verbatim: Container[int] = (),
) -> tuple[CaptionGroup, ...]:
    """The captions of one document, in order.

    `words[i]`: how many words line i has. `credit[i]`: a rule says that it names who made a picture. `keys[i]`: equal for
    lines that say the same. `marked[i]`: the page's markup calls it a caption. `verbatim`: the lines that are code, tables
    and formulas, which are no captions whatever they end in.
    """
    groups: list[CaptionGroup] = []
    seen: dict[int, int] = {}
    used: set[int] = set()
    repeated = {key for key, count in Counter(keys).items() if count > 1}
    for i, line in enumerate(lines):
        is_marked = marked is not None and marked[i]
        if credit[i] or not (1 if is_marked else 4) <= words[i] <= MAX_CAPTION_WORDS or i in used or i in verbatim:
            continue
        tail = _CREDIT_TAIL.search(line.text) if _may_have_credit(line.text[-_END:].lower()) else None
        # A credit stands in it, below it or below a copy of it: hardly any line has one.
        may_be_credited = keys[i] in repeated or (i + 1 < len(lines) and credit[i + 1])
        if tail is None and not is_marked and not may_be_credited:
            continue
        copies = _copies(lines, words, keys, verbatim, i)
        last = copies[-1] if copies else i
        credits = _credit_lines(lines, credit, last)
        if not is_marked and not _is_caption(lines, i, copies, credits, tail is not None):
            continue
        titles = tuple(j for j in range(i + 1, last) if j not in copies)
        used.update((i, *copies, *titles, *credits))
        if keys[i] in seen:
            groups[seen[keys[i]]] = _with_copies(groups[seen[keys[i]]], (i, *copies), titles, credits)
            continue
        seen[keys[i]] = len(groups)
        groups.append(CaptionGroup(_caption(line, tail, [lines[j].text for j in credits]), i, copies, titles, credits))
    return tuple(groups)


def _may_have_credit(end: str) -> bool:
    """Whether a line may end in a credit, from its end in lower case; cheaper to ask than whether it does."""
    # One by one, since this is asked of nearly every line.
    if "photo" in end or "foto" in end or "bild" in end or "image" in end or "picture" in end:
        return True
    if "illustration" in end or "courtesy" in end or "credit" in end:
        return True
    return ("(" in end or "[" in end or "/" in end) and _BESIDE_AGENCY.search(end) is not None


def _copies(
    lines: Sequence[Line], words: Sequence[int], keys: Sequence[int], verbatim: Container[int], i: int
) -> tuple[int, ...]:
    """The near copies of line i that follow it with nothing but short lines between, `MOST_COPIES` at most: what follows
    begins a group of its own, which joins the first."""
    found: list[int] = []
    j = i + 1
    while j < len(lines) and len(found) < MOST_COPIES and j - (found[-1] if found else i) <= NEAR_COPIES:
        if j in verbatim:
            break
        if keys[j] == keys[i]:
            found.append(j)
        elif words[j] > MAX_TITLE_WORDS or lines[j].text.endswith("?"):
            break
        j += 1
    return tuple(found)


def _credit_lines(lines: Sequence[Line], credit: Sequence[bool], last: int) -> tuple[int, ...]:
    """The credit lines that hang directly below line `last`."""
    found: list[int] = []
    j = last + 1
    while j < len(lines) and credit[j] and lines[j].gap == 1:
        found.append(j)
        j += 1
    return tuple(found)


def _is_caption(lines: Sequence[Line], i: int, copies: Sequence[int], credits: Sequence[int], tail: bool) -> bool:
    if copies:
        return tail or bool(credits)
    if credits:
        # A paragraph is set off by blank lines; a caption and its credit stand together, apart from the rest.
        return i == 0 or lines[i].gap > 1
    return tail


def _with_copies(
    group: CaptionGroup, copies: tuple[int, ...], titles: tuple[int, ...], credits: tuple[int, ...]
) -> CaptionGroup:
    return CaptionGroup(
        group.caption, group.line, group.copies + copies, group.titles + titles, group.credits + credits
    )


def _caption(line: Line, tail: re.Match[str] | None, credit_lines: Sequence[str]) -> Caption:
    credit = identifier = None
    for text in credit_lines:
        if match := _IDENTIFIER.search(text):
            identifier = identifier or match["id"]
        elif match := _LABEL.match(text):
            credit = credit or match["who"]
    if credit is None and tail is not None:
        credit = _who(tail["c1"] or tail["c2"] or tail["c3"])
    if identifier is None and (match := _IDENTIFIER.search(line.text)):
        identifier = match["id"]
    taken = dates.find(line.text)
    return Caption(line.text, credit, identifier, taken[0].iso if taken else None, line.start, line.end)


_MADE_BY = expression(
    r"^.*?\b(?:photo(?:graph(?:ed)?)?|foto|image|picture|illustration)s?(?: credit)?\s?(?::|by|courtesy(?: of)?)\s?",
    re.I,
)


def _who(credit: str) -> str:
    """A credit without its label and the signs at its edges, but for a bracket that closes one inside."""
    name = _MADE_BY.sub("", credit).strip(" .,:;()[]©/") or credit
    return f"{name})" if name.count("(") > name.count(")") else name
