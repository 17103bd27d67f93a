"""Short lines near the top of a text that are no title, whatever they look like.

Addresses, what stands above every press release, a journal's volume, the fields of a form, the first step of a sequence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline import toml_file
from pipeline.expression import expression
from pipeline.meta.lines import meta_line
from pipeline.text import shape

_ADDRESS = expression(r"(?:https?://|www\.)\S+$|\S+@\S+\.\w+$")
_VOLUME = expression(
    r"\d{1,4}\s?\((?:19|20)\d\d\)(?:\s?[,:]\s?[\d\s–-]+)?\.?$"
    r"|\b(?:vol|bd|jg)\.\s?\d+.*\b(?:no|nr|issue|heft|n[º°o])\.?\s?\d+|\b(?:ISSN|doi)\b\s?:?\s?\d",
    re.IGNORECASE,
)
"""`Journal of Reeds 12 (2011), 4-9`, `Vol. 3, No. 2`"""
_DIGIT = expression(r"\d")
"""What every volume has; cheaper to ask."""
_LABEL = expression(r"[^\W\d_][^:：.!?]{1,24}[:：]\s*\S")
KICKER, _EDGES = 50, " \t.:!*-–—#[]()"
"""Characters of a line above a headline, at most, and those at its ends that say nothing"""
LABEL_WORDS, VALUE_WORDS = 2, 8
"""Words before and behind the colon of a field, at most"""
FIELDS, AMONG = 2, 3
"""So many of the next lines, all of which have a label, say something else than who wrote the text and when."""
_NUMBERED = expression(r"(?P<sign>(?:§§?|[^\W\d_]{3,10})?)\.?\s?(?P<number>\d{1,3})(?P<stop>\.?)(?=[\s:—–-]|$)")
AHEAD = 60
"""Blocks below in which the next number of a sequence is looked for"""
SIGN = 3
"""Letters of the word before a number that are the same in all steps: `Section 1.`, `Sec. 2.`"""
STEPS = 2
"""Numbers that go on from one, at least"""


def is_no_title(texts: Sequence[str], block: int, stop: int) -> bool:
    """Whether a block is none. `stop`: one past the last block of its document."""
    text = texts[block]
    head = text[:40]
    if ":" in head or "：" in head:
        if _ADDRESS.match(text) or _is_field(texts, block, stop):
            return True
    elif _ADDRESS.match(text):
        return True
    has_digit = _DIGIT.search(text) is not None
    if has_digit and _VOLUME.search(text):
        return True
    may_be_numbered = has_digit or not text.isascii()  # other scripts have more that may stand for a number
    if text[0] in "§0123456789" or (may_be_numbered and any(map(str.isdigit, text[:14]))):
        return _is_step(texts, block, stop)
    return len(text) <= KICKER and text.strip(_EDGES).casefold() in _kickers()


@cache
def _kickers() -> frozenset[str]:
    """What stands above the headline of every press release and the like."""
    return toml_file.phrases("kickers.toml")


def _is_field(texts: Sequence[str], block: int, stop: int) -> bool:
    """Whether a line is one of the fields of a form, as minutes, advertisements and exports have them above their text: a
    headline may have a colon, but below it stand few fields other than those on who wrote it when."""
    below = texts[block + 1 : min(stop, block + 1 + AMONG)]
    if len(below) < AMONG or not all(map(_has_label, (texts[block], *below))):
        return False
    return sum(meta_line(text) is None for text in below) >= FIELDS


def _has_label(text: str) -> bool:
    """Whether a line is a short name, a colon and a short value."""
    if not _LABEL.match(text):
        return False
    label, _, value = text.partition(":") if ":" in text[:40] else text.partition("：")
    return shape.words(label) <= LABEL_WORDS and shape.words(value) <= VALUE_WORDS


def _is_step(texts: Sequence[str], block: int, stop: int) -> bool:
    """Whether a line begins with the number one and lines below with the next ones: `1 Short title`, `Section 1. ...`."""
    first = _NUMBERED.match(texts[block])
    if first is None or int(first["number"]) != 1:
        return False
    sign, number, found = first["sign"][:SIGN].casefold(), 1, 0
    for other in texts[block + 1 : min(stop, block + 1 + AHEAD)]:
        match = _NUMBERED.match(other)
        is_next = (
            match is not None
            and match["sign"][:SIGN].casefold() == sign
            and int(match["number"]) == number + 1
            and match["stop"] == first["stop"]
        )
        if is_next:
            number += 1
            found += 1
            if found >= STEPS:
                return True
    return False
