"""The source cut into physical lines."""

from __future__ import annotations

import re

from pipeline.model import Line

_BLANK = " \t\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff\x00-\x08\x0e-\x1b\x1f\x7f"
"""Inside a character class: white space, invisible format characters and controls, which make no line non-blank."""
_BREAK = r"\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_BLANK}{_BREAK}](?:[^{_BREAK}]*[^{_BLANK}{_BREAK}])?")
LINE_BREAK = re.compile(rf"\r\n|[{_BREAK}]")


def lines(source: str) -> tuple[Line, ...]:
    """The non-blank lines of `source` in order, each without the white space around it."""
    found: list[Line] = []
    previous_end = 0
    for match in _LINE.finditer(source):
        start, end = match.span()
        gap = 0
        if found:
            gap = 1 if start - previous_end == 1 else len(LINE_BREAK.findall(source, previous_end, start))
        found.append(Line(start, end, match.group(), gap))
        previous_end = end
    return tuple(found)
