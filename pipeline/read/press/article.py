"""What modules of databases share: articles, and lines grouped as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from pipeline.expression import expression


class Article(Struct, frozen=True):
    """One article of an export."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """`title`, `author`, `outlet`, `section`, `date`, `length`, `load_date`, `language`, `url`, `id`; whatever else it says
    by the name that it has there."""
    problem: str = ""
    """What shows that a part of the export is damaged or missing."""


class Database(Struct, frozen=True):
    """A database of news."""

    name: str
    recognises: Callable[[str], bool]
    """Whether a text, or the beginning of one, is an export of it. The text has been through `plain`."""
    articles: Callable[[str], Iterator[Article | None]]
    """The articles of an export, likewise; None for what stands above the first."""


_YEAR = expression(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = expression(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = expression(r"[^\W\d_]{3,12}\.?,? (?:19|20)\d\d")
_MAX_DATE = 70
COPYRIGHT = expression(
    r"\s*(?:copyright\b|©|\(c\)\s*(?:copyright|\d{4})|all rights reserved|alle rechte|tous droits|todos los derechos)",
    re.IGNORECASE,
)


def is_date(line: str) -> bool:
    """Whether a line is a date: it has a year and a day, or a month, and not much else."""
    if _MONTH.fullmatch(line.strip()):
        return True
    year = _YEAR.search(line)
    if year is None or len(line.strip()) > _MAX_DATE or COPYRIGHT.match(line):
        return False
    return bool(_DAY.search(line[: year.start()] + " " + line[year.end() :]))


def plain(text: str) -> str:
    """A text with line feeds alone, and plain spaces."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\f", "\n").lstrip("\ufeff")


def blocks(text: str) -> list[list[str]]:
    """The lines, in groups between blank ones; without the white space at their ends."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return found if found[-1] else found[:-1]


def joined(lines: list[str]) -> str:
    """Lines as one."""
    return " ".join(line.strip() for line in lines).strip()


_WORDS = 6


def left_over(rest: list[list[str]]) -> str:
    """What to say of blocks that are neither text nor labels: they may be a text whose labels are damaged."""
    said = next((joined(block) for block in rest if len(joined(block).split()) >= _WORDS), "")
    return f"what stands here belongs to no article: {said[:60]!r}" if said else ""
