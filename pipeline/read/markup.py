"""What stands in markup, where its structure does not matter: to see what a text is about, not to extract it."""

from __future__ import annotations

import html
import re

from pipeline.expression import expression

_HIDDEN = expression(r"<(script|style|head|title)\b", re.IGNORECASE)
_TAG = expression(r"<[^<>]*>")


def visible(text: str, between: str = "") -> str:
    """The text of markup, `between` in the place of tags. Takes time in proportion to its length, whatever is not closed."""
    return html.unescape(_TAG.sub(between, _shown(text)))


def _shown(text: str) -> str:
    """The markup without elements that are not shown."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital whose small letter is two characters
        lower = text
    pieces: list[str] = []
    unclosed: set[str] = set()
    start = position = 0
    while found := _HIDDEN.search(text, position):
        name = found[1].lower()
        position = found.end()
        end = -1 if name in unclosed else lower.find(f"</{name}", position)
        if end < 0:
            unclosed.add(name)
            continue
        pieces.append(text[start : found.start()])
        start = position = end
    return "".join((*pieces, text[start:]))
