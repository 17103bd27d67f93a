"""The people that a page states as its authors, in its head or in elements that call themselves bylines: names, and all of them.

A statement holds more than names: dates, what somebody is, for whom they write, in what section, how long ago. What is stated for
machines is taken as it is, less that; what is shown must look like a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.expression import expression
from pipeline.meta import dates, people
from pipeline.meta.agencies import agency

MAX_NAME, MAX_NAMES = 60, 8
SHOWN = "byline"
"""The statement that is text of the page"""
_ONE_EACH = ("meta:citation_author", "meta:dc.creator", "meta:dcterms.creator", "meta:dc.contributor")
"""Those that library catalogues read: a person each, the family's name first."""
_PREFIX = expression(
    r"^(?:(?:written|posted|published|reported|words|text|story|article|recipe|guide|review|photos?|interview|submitted|contributed)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|przez|autor|author|via|作者|记者|記者)\b\s*[:：]?\s*|^(?:作者|记者|記者|автор|autor|author)\s*[:：]\s*"
    r"|^[-–—•~]\s*",
    re.IGNORECASE,
)
_BY_INSIDE = expression(r"(?:^|[\s·•|])(?:by|von|par|por)\s+(?=\w)", re.IGNORECASE)
"""What begins the names where a date stands before them."""
_NO_NAME = expression(
    r"https?:|www\.|[@#<>{}=:]|\d{3}|\d(?:st|nd|rd|th)\b"
    r"|^(?:(?:site )?admin|administrator|moderator|(?:senior |junior |new |active |full )?member|editor|staff"
    r"|webmaster|null|none|undefined|e-?mail|share|print|tweet|reply(?: with quote)?|(?:view )?(?:my )?(?:complete )?profile"
    r"|view .*posts.*|(?:published|posted|updated|modified|last|written|edited)\b.*|\d+ \w+)$",
    re.I,
)
_AND = expression(r"\s*(?:[;|&·•»›→]|,(?!\s*(?:jr|sr)\b)|\s(?:and|und|et|y|e|en|och|og)\s)\s*", re.IGNORECASE)
_LABEL = expression(r"[^\W\d_]+:\s")
"""What is no name is told in the same way: `Location: Oldport`."""
_AGO = expression(r"\b\d+\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b|\b\d{1,2}[:.]\d{2}\b.*$", re.I)
_IN = expression(r"\s+(?:on|in|at|am|sur|dans|published|posted|updated)(?:\s[^|]*)?(?=\||$)", re.IGNORECASE)
"""Where and when somebody wrote, behind the name"""
_ASIDE = expression(r"\s*[(\[（【][^()\[\]（）【】]*(?:[)\]）】]|$)\s*")
"""What stands in brackets"""
_CREDENTIAL = expression(r"(?:[A-Z]\.?){2,5}[®™*]?$|(?i:ph\.?\s?d|m\.?d|dr|prof|msc|mba|esq|jd|dds|dvm)\b[.®™*]*$")
"""A degree, or the letters of one"""
_PARTICLE = expression(r"(?:d[eai]|del|della|dos|das|van|von|der|den|bin|ibn|al|el|la|le|ten|ter|zu|af|av|[A-Z]\.?)$")
_PARTICLES = expression(r"(?:(?:d[eai]|del|dos|van|von|der|den|ten|ter|zu|la|le)\s+)+")


@cache
def _day() -> re.Pattern[str]:
    """A day without its year, behind a name or by itself: `Nov 18`, `18. November`, `Tue Aug 27`."""
    tables = dates.tables()
    months = {name.replace("_", " ") for names in tables["months"].values() for one in names for name in one.split()}
    month = "|".join(
        sorted(
            (re.escape(name) for name in months if name.isalpha() and len(name) > 2),
            key=lambda name: (-len(name), name),
        )
    )
    weekday = "|".join(
        sorted(
            {re.escape(word) for one in tables["around"]["weekdays"] for word in one.split()},
            key=lambda word: (-len(word), word),
        )
    )
    return re.compile(
        rf"\b(?:(?:{weekday})\.?,?\s+)?(?:(?:{month})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:{month}))\b\.?",
        re.IGNORECASE,
    )


def names(source: str, values: Iterable[str], site: str) -> list[str]:
    """The people that the statement `source` names in `values`; none where it holds something else, or the site's own name.

    A single word that is shown is a name only if it is all that one of the elements shows, and none shows more.
    """
    found: dict[str, str] = {}
    single: dict[str, str] = {}
    for value in values:
        said = [_turned(one) for one in value.split(";")] if source in _ONE_EACH else _parts(value)
        people_of = [name for name in _without_roles(said) if _may_be(name, site)]
        for name in people_of:
            if source != SHOWN or (len(name.split()) > 1 and people.is_person(name)) or not name[0].isascii():
                found.setdefault(_key(name), name)
            elif len(said) == 1 and len(name.split()) == 1:
                single.setdefault(_key(name), name)
    chosen = list(found.values()) or list(single.values())[:1]
    return chosen[:MAX_NAMES] if len(chosen) <= 2 * MAX_NAMES else []


def without_role(name: str) -> str:
    """A name without what its bearer is: `Jane Roe Transport correspondent` is `Jane Roe`."""
    words = name.split()
    if len(words) < 3 or not people.ends_as_role(name):
        return name
    least = 2
    while least < len(words) and _PARTICLE.match(words[least - 1]):
        least += 1
    stop = next((number for number in range(least, len(words)) if people.begins_role(" ".join(words[number:]))), None)
    return " ".join(words[:stop]) if stop is not None else name


def _parts(value: str) -> list[str]:
    """What a statement says of people: without dates and what leads to names, parted where one name ends."""
    for match in reversed(dates.find(value)):
        value = f"{value[: match.start]} | {value[match.end :]}"
    value = _AGO.sub(" | ", _day().sub(" | ", value))
    if (by := _BY_INSIDE.search(value)) and not any(map(str.isalnum, value[: by.start()])):
        value = value[by.end() :]
    value = _ASIDE.sub(" ", _PREFIX.sub("", value.strip(" |·•")))
    if _LABEL.match(value):
        return []
    value = _IN.sub(" ", value)
    parts = [_PREFIX.sub("", part.strip()).strip(" .,:-–—|/()[]【】\"'*") for part in _AND.split(value)]
    return [part for part in parts if part]


def _turned(name: str) -> str:
    """A name the usual way round: `Roe, Jane R.` is `Jane R. Roe`; what has other commas stays as it is."""
    last, comma, first = (part.strip() for part in name.partition(","))
    own = _PARTICLES.sub("", last)
    is_turned = (
        comma
        and "," not in first
        and first
        and (len(first.split()) == 1 or len(own.split()) == 1 or re.search(r"\b[A-Z]\.(?:\s|$)", first))
    )
    is_title = _CREDENTIAL.match(first) or re.match(r"(?:jr|sr|i{2,3}|iv)\b", first, re.I)
    if not is_turned or is_title or people.is_role(first) or people.ends_as_role(first):
        return name.strip()
    return f"{first} {last}"


def _without_roles(parts: Iterable[str]) -> list[str]:
    """The parts that may be names, each without what stands behind it; what somebody is, and degrees, are none."""
    found: list[str] = []
    for part in parts:
        if found and (people.is_role(part) or people.ends_as_role(part) or _CREDENTIAL.match(part)):
            continue
        found.append(without_role(part))
    return found


def _may_be(name: str, site: str) -> bool:
    return 2 <= len(name) <= MAX_NAME and not _NO_NAME.search(name) and _key(name) != _key(site) and not agency(name)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
