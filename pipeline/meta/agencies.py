"""News agencies, and how they sign."""

from __future__ import annotations

from functools import cache

from pipeline import toml_file
from pipeline.expression import expression

_DATELINE = expression(
    r"^[^\s(][^()\n]{0,60}?\((?P<inner>[^()\n]{2,40})\)\s?[-–—:]|^\((?P<lead>[^()\n]{2,40})\)\s?[-–—:]"
)


@cache
def _spellings() -> dict[str, str]:
    data = toml_file.data("agencies.toml")
    return {spelling.casefold(): name for name, others in data["agencies"].items() for spelling in (name, *others)}


_SOURCES = "source: ", "quelle: "
"""What may stand before the name"""


@cache
def _most_chars() -> int:
    """Code points of what names an agency, at most: without case there are no fewer."""
    return max(map(len, _spellings())) + sum(map(len, _SOURCES))


def agency(text: str) -> str | None:
    """The news agency that `text` names, where it names nothing else."""
    name = text.strip(" .,:;-–—()[]")
    if len(name) > _most_chars():
        return None
    name = name.casefold()
    found = _spellings()
    source, quelle = _SOURCES
    return found.get(name) or found.get(name.removeprefix(source).removeprefix(quelle))


def in_dateline(text: str) -> tuple[int, int, str] | None:
    """Start and end in `text`, and name, of the agency in a sentence that begins `LONDON (AP) — ...`."""
    match = _DATELINE.match(text)
    if match is None:
        return None
    group = "inner" if match["inner"] else "lead"
    name = agency(match[group])
    return (match.start(group), match.end(group), name) if name else None
