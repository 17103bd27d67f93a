"""Who signs a contribution: which elements of a page name the writers, and the name that each of them shows.

An element beside a contribution shows more than a name: a picture's letter, a rank, how many posts, since when, buttons. What it
says is looked at piece by piece, parted where elements and lines part, and the first piece that may be a name is the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice, takewhile
from typing import Any, NamedTuple

from pipeline.expression import expression
from pipeline.text.html.elements import UNSEEN, Mark
from pipeline.text.html.hints import TOPIC_BIT
from pipeline.text.signing import labels

LEAST = 2
"""Contributions in a thread."""
MAX_NAME, MAX_WORDS = 60, 5
"""Code points and words of an author's name."""
MAX_SIGNATURE, MAX_PIECES = 250, 60
"""Code points and pieces of an element that names somebody; one that holds what they say has more."""
AROUND, FAR = 2, 6
"""Elements of a class around one that calls itself a writer's, among so many, that may hold the name in its stead"""
_USER = TOPIC_BIT["byline"] | TOPIC_BIT["user"]
_FORMATS = frozenset("b strong i em u mark font bdi bdo big small wbr".split())
"""Elements that part no name."""
_PAGES = frozenset("body html main table tbody".split())
_CODE = frozenset("code kbd samp tt pre".split())
"""No name is set as code."""
_LEAD = expression(r"(?:@\s*|[-–—•~]\s+|(?:by|von|par|por|door|via|posted by|written by|author)(?:\s*:\s*|\s+))", re.I)
_TAIL = expression(
    r"(?:\s+\d+[.,]\d+k?|\s+[\d.,]+k|\s+(?:[\d.,]+k?\s+)?[\d.,]+\s+(?:gold|silver|bronze)\s+badges?|\s+(?:edited\s+)?\d+\s*\w+\s+ago"
    r"|\s+(?:says|said|wrote|schrieb|a écrit|dijo|escribió)|\s*[:,»·|])+$",
    re.I,
)
"""Points and badges behind a name, how long ago it was, and that something was said."""
_RANK = expression(
    r"(?:(?:new|junior|senior|full|active|regular|registered|vip|premium|hero|banned|well-known|trusted|legacy|supporting|platinum|gold"
    r"|silver|forum|site|global|super)\s+)?(?:members?|moderators?|administrators?)$",
    re.I,
)
_NO_NAME = expression(r"[\d\W_]*$")
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|avr|juil|août|déc|ene|abr|ago|dic)[^\W\d_]*"
)
_TOLD = expression(
    rf"[\d.,]+\s*k?\s+[^\W\d_]+$|.*\S:\s|.*\b(?:{_MONTH}\.?\s+\d{{1,4}}|\d{{1,2}}\.?\s+{_MONTH}|\d{{1,2}}:\d{{2}})\b"
    r"|.*\d[./-]\d{1,2}[./-]\d|.*\d\s*\w+\s+ago\b|(?:joined|registered|since|last|yesterday|today|posted|edited|wrote|written)\b\s*\w*"
    r"|.*(?:\(\)|\s(?:by|in|on|via|from|to|at|is))$",
    re.I,
)
"""What is told of a writer, or of a contribution: `88 posts`, `Joined: 2021`, `3 May`; and what leads to a name that follows."""
_PERSON = expression(r"user|member|profile|people|author|/u/|[/~@]~|/@", re.I)
"""What stands in addresses of pages on people"""
_INITIALS = expression(r"[A-Z]{1,2}")
"""What is shown in a picture's place"""
_LETTERS = expression(r"[\W_]+")


class _Piece(NamedTuple):
    """What is said without another element between."""

    text: str
    target: str
    """Where it leads, empty if nowhere"""


class Signer(NamedTuple):
    """An element that names who wrote what stands beside it."""

    mark: Mark
    name: str
    is_linked: bool
    """The name leads to a page that is called so."""
    is_of_person: bool
    """and which is on people."""
    holds_label: bool = False
    """It stands around an element that says a rank or a button's word where it calls itself a writer's."""


class _Kind(NamedTuple):
    """Elements of one tag and class: whether they call themselves a writer's or only hold one that does, the tag, the class."""

    is_around: bool
    tag: str
    named: str


def signers(marks: Sequence[Mark]) -> list[Signer]:
    """The elements of the one kind that the page has most of and that name people, in the order of the page; none where no kind
    does."""
    kinds = {kind: found for kind, found in _kinds(marks).items() if _are_names(found)}
    own = [kind for kind in kinds if not kind.is_around]
    best = min(own, key=lambda kind: _rank(kinds[kind]), default=None)
    if best is None or not _are_linked(kinds[best]):
        # What calls itself a writer's is a rank or a button, perhaps, and the name stands beside it.
        own_names = len(kinds[best]) if best is not None else 0
        more = {kind: found for kind, found in kinds.items() if kind.is_around and len(found) >= own_names}
        around = [kind for kind, found in more.items() if _are_of_people(found) or _hold_labels(found)]
        best = min(around, key=lambda kind: _rank(kinds[kind]), default=best)
    if best is None:
        return []
    chosen = kinds[best]
    # Answers and the comments on them name their authors in two ways.
    held = {element for signer in chosen for element in (signer.mark.element, *signer.mark.element.iterancestors())}
    for kind, found in kinds.items():
        is_note = "comment" in kind.named and not kind.is_around and len(found) >= LEAST
        if kind != best and is_note and not any(_is_within(signer.mark.element, held, chosen) for signer in found):
            chosen = [*chosen, *found]
            break
    return _single(sorted(chosen, key=lambda signer: signer.mark.line))


def _kinds(marks: Sequence[Mark]) -> Mapping[_Kind, list[Signer]]:
    """The elements that may name somebody, by their kind: those that call themselves a writer's, and those around them."""
    kinds: dict[_Kind, list[Signer]] = {}
    seen: set[Any] = {mark.element for mark in marks if mark.topics & _USER}
    for mark in marks:
        if not mark.topics & _USER or "mention" in (mark.element.get("class") or ""):
            continue
        said = _pieces(mark.element)
        signer = _signer(mark, said)
        if signer is not None:
            kinds.setdefault(_kind(mark.element, is_around=False), []).append(signer)
        if said and not (signer is not None and signer.is_linked):
            for around in _around(mark.element):
                if around in seen:
                    continue
                seen.add(around)
                beside = mark._replace(element=around)
                if (signer := _signer(beside, _pieces(around))) is not None:
                    signer = signer._replace(holds_label=all(_is_label(piece.text) for piece in said))
                    kinds.setdefault(_kind(around, is_around=True), []).append(signer)
    return kinds


def _kind(element: Any, is_around: bool) -> _Kind:
    named = (element.get("class") or element.get("itemprop") or "")[:MAX_NAME].split(" ")[0]
    return _Kind(is_around, element.tag, named)


def _around(element: Any) -> Iterator[Any]:
    """The nearest elements of a class around one, but for those that hold a page."""
    above = islice(element.iterancestors(), FAR)
    parts = takewhile(lambda one: one.tag not in _PAGES, above)
    return islice((one for one in parts if one.get("class") or one.get("itemprop")), AROUND)


def _are_names(found: Sequence[Signer]) -> bool:
    """Whether elements of a kind name people: what is the same in all of them is a label, or there is one writer only."""
    is_answer = len(found) == LEAST and all(signer.is_linked for signer in found)
    return len(found) >= LEAST and (is_answer or len({signer.name for signer in found}) > 1)


def _are_of_people(found: Sequence[Signer]) -> bool:
    return 2 * sum(signer.is_of_person for signer in found) > len(found)


def _hold_labels(found: Sequence[Signer]) -> bool:
    return 2 * sum(signer.holds_label for signer in found) > len(found)


def _are_linked(found: Sequence[Signer]) -> bool:
    return 2 * sum(signer.is_linked for signer in found) > len(found)


def _rank(found: Sequence[Signer]) -> tuple[int, bool, int, int]:
    """Of kinds as frequent, names lead to people, differ and are short."""
    names = {signer.name for signer in found}
    return -len(found), not _are_linked(found), -len(names), sum(len(signer.name) for signer in found)


def _is_within(element: Any, held: set[Any], chosen: Sequence[Signer]) -> bool:
    """Whether an element holds one of the chosen ones, or is held by one."""
    own = {signer.mark.element for signer in chosen}
    return element in held or any(above in own for above in element.iterancestors())


def _single(found: list[Signer]) -> list[Signer]:
    """Each author once for a contribution, where the page names everyone two times, beside it and above it."""
    runs = [list(group) for _, group in groupby(found, key=lambda signer: signer.name)]
    if len(found) >= 2 * LEAST and all(len(run) % 2 == 0 for run in runs):
        return [run[i] for run in runs for i in range(0, len(run), 2)]
    return found


def _signer(mark: Mark, pieces: Sequence[_Piece] | None) -> Signer | None:
    """The name that an element shows which says `pieces`; None where it shows none, or more than what is told of a writer."""
    names = [(name, piece.target) for piece in pieces or () if (name := name_in(piece.text) or _number(piece))]
    for number, (name, target) in enumerate(names):
        below = names[number + 1 :]
        if _INITIALS.fullmatch(name) and any(other[:1].upper() == name[0] for other, _ in below):
            continue
        leads = [(other, to) for other, to in below if _PERSON.search(to)]
        if leads and not target:
            name, target = leads[0]
        return Signer(mark, name, _leads_to(name, target), _PERSON.search(target) is not None)
    return None


def name_in(text: str) -> str:
    """The name that a text is, without what stands around it; empty where it is none, or more than a name."""
    name = text.strip()
    if _TOLD.match(_LEAD.sub("", name, count=1)) and not _TAIL.search(name):
        return ""
    name = _TAIL.sub("", _LEAD.sub("", name, count=1)).strip()
    words = len(name.split())
    is_long = len(name) > MAX_NAME or words > MAX_WORDS or (words > 2 and name.endswith("."))
    return "" if _is_label(name) or is_long or _NO_NAME.match(name) or _TOLD.match(name) else name


def _is_label(text: str) -> bool:
    """Whether a text is a rank, or what a button says."""
    return text.casefold().strip(" .:!…") in labels() or _RANK.match(text) is not None


def _number(piece: _Piece) -> str:
    """A name of figures alone, which leads to a page on its bearer; empty for other figures."""
    return piece.text if piece.text.isdecimal() and _PERSON.search(piece.target) and piece.text in piece.target else ""


def _leads_to(name: str, target: str) -> bool:
    """Whether a name leads to a page on its bearer."""
    slug = _LETTERS.sub("", name).casefold()
    return bool(target) and (_PERSON.search(target) is not None or slug in _LETTERS.sub("", target).casefold())


def _pieces(element: Any) -> list[_Piece] | None:
    """What an element says, piece by piece; None where that is more than a signature."""
    found: list[_Piece] = []
    parts: list[str] = []
    size = 0

    def end() -> None:
        if text := " ".join("".join(parts).split()):
            found.append(_Piece(text, targets[-1]))
        parts.clear()

    link = next((one for one in (element, *element.iterancestors("a")) if one.tag == "a"), None)
    targets = [_target(link)]
    # Whether each element ends, and with it, whether the text behind it counts
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, ends = stack.pop()
        is_shown = isinstance(node.tag, str) and node.tag not in UNSEEN and node.tag not in _CODE
        parts_text = is_shown and node.tag not in _FORMATS
        if parts_text:
            end()
        if ends:
            if node.tag == "a":
                targets.pop()
            text = node.tail if node is not element else None
        elif is_shown:
            if node.tag == "a":
                targets.append(_target(node))
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
            text = node.text
        else:
            text = node.tail if node is not element else None
        if text:
            parts.append(text)
            size += len(text.strip())
        if size > MAX_SIGNATURE or len(found) > MAX_PIECES:
            return None
    end()
    return found


def _target(link: Any) -> str:
    return "" if link is None else (link.get("href") or "").strip()[:MAX_SIGNATURE]
