"""Mails inside a text: the header that a program sets above one that is answered or passed on, and what it stands above."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline import toml_file
from pipeline.expression import expression
from pipeline.text.blocks import Flag, Kind
from pipeline.text.plain.physical import flagged

if TYPE_CHECKING:
    from pipeline.text.plain.rows import Rows

_PARAGRAPH, _QUOTE, _HEAD = int(Kind.PARAGRAPH), int(Kind.QUOTE), int(Flag.HEAD)
MAX_LINES = 12
"""Of a header"""
LABEL = 24
"""Code points among which the colon of a field stands"""
NEAR_TOP = 2
"""A header so near the top is that of the mail itself."""
_FIELD = expression(r"(?P<label>[^\W\d_][\w -]{0,20}?)[ \u00a0]?[:：]\s?(?P<value>.*)$")
_MBOX = expression(r"From \S+(?: at \S+)?\s+.*\d{4}$")
_NAMED = expression(r"(?P<name>[^<(]+?)\s*<[^>]*>$|.*\((?P<second>[^)]*[^\W\d_][^)]*)\)$")
_DIVIDER = expression(r"(?:-{2,}|_{2,})[^-_]{5,60}(?:-{2,}|_{2,})$|_{10,}$|-{10,}$")
"""`-----Original Message-----`, in whatever language, or a bare line"""


@cache
def _labels() -> dict[str, frozenset[str]]:
    """What the lines of a header are called that name the author, say when it was sent, and all others."""
    tables = toml_file.data("mails.toml")
    return {name: frozenset(labels) for name, labels in tables.items()}


class Header(NamedTuple):
    """The header of a mail."""

    stop: int
    """One past its last block"""
    author: str
    sent: str
    """The date as it stands there"""
    is_whole: bool
    """Whether it says to whom, or on what, as well"""


def header(texts: Sequence[str], gaps: Sequence[int], i: int) -> Header | None:
    """The header that begins at a block, its lines under each other; None where none does."""
    stop = i + bool(_MBOX.match(texts[i]))
    fields: dict[str, str] = {}
    while stop < min(len(texts), i + MAX_LINES) and (stop == i or gaps[stop] == 1):
        match = _FIELD.match(texts[stop])
        if match is None:
            break
        fields.setdefault(match["label"].strip().casefold(), match["value"].strip())
        stop += 1
    if len(fields) < 2:
        return None
    known = _labels()
    author = next((value for label, value in fields.items() if label in known["author"]), "")
    sent = next((value for label, value in fields.items() if label in known["sent"]), "")
    if not author or not any(map(str.isdigit, sent)):
        return None
    named = _NAMED.match(author)
    name = named["name"] or named["second"] if named else author
    return Header(stop, name.strip("\"' "), sent, not known["others"].isdisjoint(fields))


def quoted(rows: Rows) -> None:
    """Say which blocks are headers of mails that are answered or passed on, and that what stands below each is a quotation, one
    deeper than the one before. In place."""
    is_field = rows.colon < np.minimum(rows.start + LABEL, rows.end)
    labels = zip(rows.texts, (rows.colon - rows.start).tolist(), is_field.tolist(), strict=True)
    authors = _labels()["author"]
    if not any(is_one and text[:colon].strip().casefold() in authors for text, colon, is_one in labels):
        return  # as of most texts
    is_field[:-1] &= is_field[1:] & (rows.gap[1:] == 1)  # one field is no header
    gaps = rows.gap.tolist()
    stop = 1
    for i in flagged(is_field):
        if i < stop or (found := header(rows.texts, gaps, i)) is None or not found.is_whole:
            continue
        is_divided = _DIVIDER.match(rows.texts[i - 1]) is not None
        if i < NEAR_TOP and not is_divided:
            continue
        own = slice(i - is_divided, found.stop)
        rows.kind[own], rows.depth[own], rows.quote[own], rows.number[own] = _PARAGRAPH, 0, 0, -1
        rows.flags[own] |= _HEAD
        below = slice(found.stop, None)
        is_plain = rows.kind[below] == _PARAGRAPH
        rows.kind[below] = np.where(is_plain, _QUOTE, rows.kind[below])
        rows.quote[below] += 1
        stop = found.stop
