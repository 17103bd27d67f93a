"""The source cut into lines: the unit every decision is made on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from pipeline.model import Line

_BLANK = " \t\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff\x00-\x08\x0e-\x1b\x1f\x7f"
"""Inside a character class: white space, invisible format characters and controls, which make no line non-blank."""
_BREAK = r"\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_BLANK}{_BREAK}](?:[^{_BREAK}]*[^{_BLANK}{_BREAK}])?")
LINE_BREAK = re.compile(rf"\r\n|[{_BREAK}]")

MIN_WRAPPED_LINES = 3
MIN_WRAP_CHARS, MAX_WRAP_CHARS = 45, 110


def lines(source: str, *, unwrap: bool = True) -> tuple[Line, ...]:
    """The non-blank lines of `source` in order, each without the white space around it.

    With `unwrap`, where an editor has broken paragraphs at a fixed width, a whole paragraph is one line, with its line
    breaks inside.
    """
    physical = _physical(source)
    if not unwrap:
        return tuple(physical)
    found: list[Line] = []
    start = 0
    for i in range(1, len(physical) + 1):
        if i == len(physical) or physical[i].gap != 1:
            found.extend(_unwrap(source, physical[start:i]))
            start = i
    return tuple(found)


def _physical(source: str) -> list[Line]:
    found: list[Line] = []
    previous_end = 0
    for match in _LINE.finditer(source):
        start, end = match.span()
        gap = 0
        if found:
            gap = 1 if start - previous_end == 1 else len(LINE_BREAK.findall(source, previous_end, start))
        found.append(Line(start, end, match.group(), gap))
        previous_end = end
    return found


def _unwrap(source: str, block: Sequence[Line]) -> Sequence[Line]:
    """The lines of one block (no blank line inside), joined if a fixed width broke them."""
    if len(block) < MIN_WRAPPED_LINES or not _is_wrapped(block):
        return block
    start, end = block[0].start, block[-1].end
    return [Line(start, end, source[start:end], block[0].gap)]


def _is_wrapped(block: Sequence[Line]) -> bool:
    widths = [line.end - line.start for line in block]
    longest = max(widths)
    if not MIN_WRAP_CHARS <= longest <= MAX_WRAP_CHARS:
        return False
    full = [line for line, width in zip(block[:-1], widths[:-1], strict=True) if width >= 0.7 * longest]
    # The next word did not fit: the one rule of every editor that breaks at a width.
    overflows = sum(
        line.end - line.start + 1 + len(following.text.split(None, 1)[0]) > longest
        for line, following in itertools.pairwise(block)
    )
    lower = sum(line.text[0].islower() for line in block[1:])
    count = len(block) - 1
    return len(full) >= 0.85 * count and overflows >= 0.8 * count and lower >= 0.3 * count
