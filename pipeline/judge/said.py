"""What lines say, however they are written: as rules are asked about them, and the numbers that they are known by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline import memo, native
from pipeline.expression import expression
from pipeline.judge.rules import folding
from pipeline.judge.rules.folding import fold, form
from pipeline.judge.templates import text_key

_DASHES = "—–―"
_BY_SOMEBODY = expression(rf"[,.!?…]?\s[{_DASHES}]\s?(?P<says>[^\W\d_])")
"""What parts, in many languages, the words of a speech that begins with a dash from who speaks, in small letters"""


class Said(NamedTuple):
    """What lines say; each list has an item a line."""

    asked: list[str]
    """The line, folded, as rules are asked about it; empty where somebody says it, since the page does not"""
    keys: list[int]
    """`text_key` of the line, folded"""
    forms: list[int]
    """`text_key` of its `form`"""


_NOTHING = "", 0, 0


def said(texts: Sequence[str], verbatim: Sequence[bool]) -> Said:
    """What some lines say; nothing those that are `verbatim`."""
    if native.kernels is not None:
        return Said(*native.kernels.said(texts, verbatim, *folding.tables(), _is_spoken))
    rows = [_NOTHING if skipped else _said(text) for text, skipped in zip(texts, verbatim, strict=True)]
    asked, keys, forms = map(list, zip(*rows, strict=True)) if rows else ([], [], [])
    return Said(asked, keys, forms)


@memo.of_short_texts(1 << 16)
def _said(text: str) -> tuple[str, int, int]:
    """What one line says."""
    folded = fold(text)
    key = text_key(folded)
    like = form(folded)
    return "" if _is_spoken(text) else folded, key, key if like == folded else text_key(like)


def _is_spoken(text: str) -> bool:
    """Whether a line is a speech that begins with a dash, and says who speaks."""
    if text[:1] not in _DASHES:
        return False
    return any(match["says"].islower() for match in _BY_SOMEBODY.finditer(text, 2))
