"""Footnotes and references on pages: which blocks a mark in the text leads to."""

from __future__ import annotations

import re

from pipeline.expression import expression
from pipeline.text.html.elements import HEADINGS, Layout

WIDEST = 20
"""Blocks of text in a note; what holds more is a section."""
_MARK = expression(r"[\[(]?\s*(?:(?:note|nb?|fn)?\.?\s*\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3})\s*[\])]?", re.I)
"""What a link to a note shows: `[12]`, `a`, `*`, `note 3`."""


def marks(layout: Layout) -> list[int]:
    """For each block of text the first one above with a mark that leads to it, -1 for none."""
    targets: dict[str, int] = {}
    for above, spans in layout.spans.items():
        for start, end, _, target in spans:
            if target[:1] == "#" and _MARK.fullmatch(layout.lines[above], start, end):
                targets.setdefault(target[1:], above)
    found = [-1] * len(layout.lines)
    if not targets:
        return found
    for element, block in zip(layout.elements, layout.blocks, strict=True):
        line = targets.get(element.get("id"), -1)
        first, end = block[_FIRST], block[_END]
        if 0 <= line < first and end - first <= WIDEST and element.tag not in HEADINGS:
            found[first:end] = [line] * (end - first)
    return found


_FIRST, _END = 3, 4
"""Places of `Block.first` and `Block.end`"""
