"""What stands above the first paragraph of plain text: title, byline, date line, agency.

Each finding is a `Claim`: the value, the span that says it, and the rule that read it. A line is claimed as a date line or
byline only when nothing else is left of it, so a sentence that mentions a date stays a sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.meta import dates
from pipeline.model import Line, Span
from pipeline.text import shape

HEAD_LINES = 12
"""A date line or byline stands at most so many lines above the first paragraph."""
TITLE_SCORE = 0.9
MAX_META_CHARS = 160
MAX_AFFILIATION_WORDS = 6

_TIME = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?![\d])|\b\d{1,2}\s?[ap]\.?m\b\.?|[+-]\d{2}:?\d{2}\b", re.I
)
_SEPARATOR = re.compile(r"\s[-–—]\s|[|•·,/()\[\]–—:;]+|\s{2,}")
_BY = (
    r"(?:(?:story|written|posted|reported|published|text|words|article|compiled|edited)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|od|przez)|(?:author|autor|auteur|autore|автор|текст|作者|記者|记者|文|بقلم|كتب)"
)
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΏΑ-ΫЀ-Я"
_NAME = re.compile(
    rf"(?:[{_UPPER}][\w'’.-]*|[\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7a3]{{2,6}})"
    rf"(?:\s+(?:[{_UPPER}][\w'’.-]*|d[eai]|del|della|van|von|der|den|bin|al|el|la|le|ten|y|e))*"
)
_BYLINE = re.compile(rf"(?:{_BY})\s*[:：]?\s*(?P<names>.+)$", re.I)
_AND = re.compile(r"\s+(?:and|und|et|y|e|en|i|och|og|&|и)\s+|\s*[&、]\s*")
_DATELINE_AGENCY = re.compile(
    r"^[^\s(][^()\n]{0,60}?\((?P<inner>[^()\n]{2,40})\)\s?[-–—:]|^\((?P<lead>[^()\n]{2,40})\)\s?[-–—:]"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A span of one line that says a piece of metadata. `whole` claims take the line out of the text."""

    line: int
    start: int
    """Code points in the source."""
    end: int
    rule: str
    """The rule's id; behind a slash, the field of `Evidence` that `value` is."""
    value: str | Span
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _MetaLine:
    date: str | None
    updated: bool
    agency: str | None
    author: str | None


@cache
def _agencies() -> dict[str, str]:
    data = tomllib.loads(resources.files("pipeline.data").joinpath("agencies.toml").read_text(encoding="utf-8"))
    return {spelling.casefold(): name for name, others in data["agencies"].items() for spelling in (name, *others)}


@cache
def _around() -> tuple[frozenset[str], frozenset[str]]:
    around = dates.tables()["around"]
    updated = frozenset(word for phrase in around["updated"] for word in phrase.split())
    known = frozenset(word for phrases in around.values() for phrase in phrases for word in phrase.split())
    return known | {"original", "originally", "first", "last"}, updated


def agency(text: str) -> str | None:
    """The news agency that `text` names, where it names nothing else."""
    name = text.strip(" .,:;-–—()[]").casefold()
    found = _agencies()
    return found.get(name) or found.get(name.removeprefix("source: ").removeprefix("quelle: "))


def meta_line(text: str) -> _MetaLine | None:
    """What a line says when it is nothing but a date line, a byline or an agency's name; else None."""
    if len(text) > MAX_META_CHARS or (shape.is_prose(text) and shape.words(text) > 2 * shape.PROSE_WORDS):
        return None
    found = dates.find(text)
    rest = text
    for match in reversed(found):
        rest = rest[: match.start] + "|" + rest[match.end :]
    rest = _TIME.sub("|", rest)
    known, updating = _around()
    author = agency_name = None
    updated = False
    strangers = 0
    for segment in filter(None, (part.strip(" .'\"") for part in _SEPARATOR.split(rest))):
        words = [word.strip(".").casefold() for word in segment.split()]
        if all(word in known for word in words):
            updated = updated or any(word in updating for word in words)
        elif name := agency(segment):
            agency_name = agency_name or name
        elif (byline := _byline(segment)) is not None:
            if name := agency(byline):
                agency_name = agency_name or name
            else:
                author = author or byline
        else:
            strangers += len(words)
    if strangers > (MAX_AFFILIATION_WORDS if author else 0):
        return None
    if not (found or author or agency_name):
        return None
    return _MetaLine(_earliest(found), updated and len(found) < 2, agency_name, author)


def _earliest(found: Sequence[dates.DateMatch]) -> str | None:
    return min((match.iso for match in found), default=None)


def _byline(segment: str) -> str | None:
    match = _BYLINE.match(segment)
    if match is None:
        return None
    names = re.sub(r"\s+(?:on|am|le|el|il|op)$", "", match["names"].strip(" .:|-–—"), flags=re.I)
    people = [person.strip() for person in _AND.split(names) if person.strip()]
    if not people or len(people) > 5:
        return None
    if not all(_NAME.fullmatch(person) and len(person.split()) <= 5 for person in people):
        return None
    return names


def claims(
    lines: Sequence[Line], body: Sequence[bool], taken: Sequence[bool], title: int | None = None
) -> tuple[Claim, ...]:
    """The front matter of one document.

    `body[i]`: line i is a paragraph of the main text. `taken[i]`: line i is cruft or a caption and names nothing here.
    `title`: the line that the page's markup calls the title, where it does.
    """
    first = next((i for i, is_body in enumerate(body) if is_body), None)
    if first is None:
        return ()
    found: list[Claim] = []
    metas: dict[int, _MetaLine] = {}
    for i in range(max(0, first - HEAD_LINES), min(first + 2, len(lines))):
        if not taken[i] and (meta := meta_line(lines[i].text)) is not None:
            metas[i] = meta
    is_marked = title is not None
    opening = _content_words(" ".join(line.text for line, is_body in zip(lines, body, strict=True) if is_body)[:3000])
    labels = Counter(line.text.partition(":")[0] for line in lines if ":" in line.text)
    title = _title(lines, first, taken, metas, opening, labels) if title is None else title
    if title is not None:
        found.append(Claim(title, lines[title].start, lines[title].end, "title", " ".join(lines[title].text.split())))
    if title is not None and not is_marked:
        found += _around_title(lines, first, title, taken, metas, opening, labels)
    lowest = title - 3 if title is not None else first - 4
    metas = {i: meta for i, meta in metas.items() if i >= lowest and not (body[i] and meta.author is None)}
    has_published = any(meta.date and not meta.updated for meta in metas.values())
    for i, meta in metas.items():
        rule = "dateline" if meta.date or meta.agency else "byline"
        values = {
            "date": meta.date if not (meta.updated and has_published) else None,
            "agency": meta.agency,
            "author": meta.author,
        }
        for name, value in values.items():
            if value is not None:
                found.append(Claim(i, lines[i].start, lines[i].end, f"{rule}/{name}", value))
        if not any(values.values()):
            found.append(Claim(i, lines[i].start, lines[i].end, rule, ""))
    if not any(claim.rule.endswith("/agency") for claim in found):
        found.extend(_dateline_agency(lines, first))
    return tuple(found)


def _dateline_agency(lines: Sequence[Line], first: int) -> list[Claim]:
    """`LONDON (AP) — ...` names the agency; the sentence itself stays whole."""
    match = _DATELINE_AGENCY.match(lines[first].text)
    if match is None:
        return []
    group = "inner" if match["inner"] else "lead"
    name = agency(match[group])
    if name is None:
        return []
    start = lines[first].start
    return [Claim(first, start + match.start(group), start + match.end(group), "agency", name, whole=False)]


def _title(
    lines: Sequence[Line],
    first: int,
    taken: Sequence[bool],
    metas: Mapping[int, _MetaLine],
    opening: frozenset[str],
    labels: Mapping[str, int],
) -> int | None:
    """The line above the first paragraph that most looks like its title: near, of some length, sharing its words."""
    best, best_score = None, TITLE_SCORE
    distance = 0
    for i in range(first - 1, -1, -1):
        if taken[i] or i in metas:
            continue
        if distance > HEAD_LINES:
            break
        text = lines[i].text
        # "Q:" before one line and other lines is a speaker, not a title's first word.
        if shape.is_heading(text) and not (":" in text and labels[text.partition(":")[0]] > 1):
            score = _title_score(text, opening) - 0.12 * distance
            if score > best_score:
                best, best_score = i, score
        distance += 1
    return best


def _title_score(text: str, opening: frozenset[str]) -> float:
    content = _content_words(text)
    if not content:
        return 0.0
    overlap = len(content & opening) / len(content)
    return 1.2 * overlap + min(shape.words(text), 8) / 8


def _around_title(
    lines: Sequence[Line],
    first: int,
    title: int,
    taken: Sequence[bool],
    metas: Mapping[int, _MetaLine],
    opening: frozenset[str],
    labels: Mapping[str, int],
) -> Iterator[Claim]:
    """Labels above the title, and lines below it that would pass for a title themselves: none is a paragraph."""
    where = Span(lines[title].start, lines[title].end)
    below = list(taken)
    for i in range(title):
        if not taken[i] and i not in metas and not shape.is_prose(lines[i].text):
            yield Claim(i, lines[i].start, lines[i].end, "above-title/place", where)
        below[i] = True
    below[title] = True
    while (deck := _title(lines, first, below, metas, opening, labels)) is not None:
        yield Claim(deck, lines[deck].start, lines[deck].end, "below-title/place", where)
        below[deck] = True


def _content_words(text: str) -> frozenset[str]:
    words = {word.casefold() for word in re.findall(r"[^\W\d_]{4,}", text)}
    han = re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]{2,}", text)
    return frozenset(words) | {run[i : i + 2] for run in han for i in range(len(run) - 1)}
