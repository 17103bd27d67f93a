"""Paragraphs that an editor has broken at a fixed width, and how to tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.expression import expression
from pipeline.text import shape
from pipeline.text.plain.physical import Physical
from pipeline.tokens import Array

MIN_WIDTH, MAX_WIDTH = 40, 120
NARROW = 24
"""The width of the narrowest column of a newspaper. Lines as short may be those of a poem or a menu, so more is asked of them:"""
NARROW_PAIRS, NARROW_FULL, NARROW_LOWER = 6, 0.9, 0.6
"""so many pairs of lines; the share of them whose second begins with a word that would not have fitted, and in lower case."""
_STOP = expression(r"[.!?:。！？]['\"”’»)\]]*$")
_FIRST_WORD = expression(r"\S+")
_PARTED = expression(r"\s\S*[^\W\d_]{2}[-\u00ad\u2010]$")
"""A word, not the first of its line, that is cut off at its end"""
_REST = expression(r"(?!(?:and|or|und|oder|et|ou|y|o|e|en|of|och|og)\b)[^\W\d_]+")
"""and the rest of it; `short-` before an `and` stands for `short-term`."""
SURE_PAIRS = 4
"""So many pairs of lines that break where the next word does not fit tell the width of the whole document."""
SHARE = 0.7
SLACK = 0.85
"""A line is full if it reaches such a share of the width."""


def width_of(text: Physical, lines: Array) -> int | None:
    """The width at which the document's paragraphs are broken; None where they are not.

    `lines`: int64, those behind which a line break may be an editor's.
    """
    if len(lines) < SURE_PAIRS:
        return None
    start, end = text.edges
    lengths = np.sort(end[lines] - start[lines])
    width = int(lengths[int(0.9 * (len(lengths) - 1))])
    if not NARROW <= width <= MAX_WIDTH:
        return None
    if width < MIN_WIDTH:
        return width if _is_column(text, lines.tolist(), width) else None
    overflow = sum(overflows(text, i, width) for i in lines.tolist())
    return width if overflow >= SHARE * len(lines) else None


def _is_column(text: Physical, above: Sequence[int], width: int) -> bool:
    """Whether short lines are those of a narrow column of prose. `above`: the first line of each pair."""
    full = sum(len(text.texts[i]) + 1 + _first_word(text, i + 1) > width for i in above)
    lower = sum(text.texts[i + 1][0].islower() for i in above)
    return len(above) >= NARROW_PAIRS and full >= NARROW_FULL * len(above) and lower >= NARROW_LOWER * len(above)


def _first_word(text: Physical, i: int) -> int:
    """Characters of the first word of a line."""
    word = _FIRST_WORD.match(text.texts[i])
    return len(word.group()) if word else 0


def overflows(text: Physical, i: int, width: int) -> bool:
    """Whether the first word of the next line would not have fitted behind line `i`."""
    size = text.end[i] - text.start[i]
    return size + 1 + _first_word(text, i + 1) > SLACK * width


def goes_on(text: Physical, i: int, width: int | None) -> bool:
    """Whether the paragraph goes on from line `i` to the next, which follows without a blank line.

    A break that parts a word is an editor's, however short the line. Else, with the document's `width` known, a full line
    goes on, whatever ends it; without one, the two lines must say it: the first is as long as an editor makes lines and no
    longer, ends no sentence, and the next one begins in lower case.
    """
    line, following = text.texts[i], text.texts[i + 1]
    size = len(line)
    if following[0].islower() and _PARTED.search(line) and _REST.match(following):
        return True
    if width is not None:
        return overflows(text, i, width) or (following[0].islower() and not _STOP.search(line) and size > width // 2)
    if not MIN_WIDTH <= size <= MAX_WIDTH or len(following) > MAX_WIDTH:
        return False
    if size < len(following) * SLACK:
        return False
    # A number begins the items of lists, too: these end no sentences.
    begins_inside = following[0].islower() or (following[0].isdigit() and shape.ends_sentence(following))
    return begins_inside and not _STOP.search(line)


def is_wrapped(text: Physical, first: int, stop: int) -> bool:
    """Whether an editor has broken these lines at a fixed width, by themselves: three or more, all full but the last."""
    count = stop - first - 1
    if count < 2:
        return False
    widths = [text.end[i] - text.start[i] for i in range(first, stop)]
    longest = max(widths)
    if not MIN_WIDTH <= longest <= MAX_WIDTH:
        return False
    full = sum(width >= SHARE * longest for width in widths[:-1])
    overflow = sum(
        widths[i - first] + 1 + len(text.texts[i + 1].split(None, 1)[0]) > longest for i in range(first, stop - 1)
    )
    lower = sum(text.texts[i][0].islower() for i in range(first + 1, stop))
    return full >= SLACK * count and overflow >= 0.8 * count and lower >= 0.3 * count
