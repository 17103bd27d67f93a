"""Paragraphs that an editor has broken at a fixed width, and how to tell."""

from __future__ import annotations

import numpy as np

from pipeline.expression import expression
from pipeline.text.plain import hints
from pipeline.text.plain.physical import Physical
from pipeline.tokens import Array

MIN_WIDTH, MAX_WIDTH = 40, 120
NARROW = 24
"""The width of the narrowest column of a newspaper. Lines as short may be those of a poem or a menu, so more is asked of them:"""
NARROW_PAIRS, NARROW_FULL, NARROW_LOWER = 6, 0.9, 0.6
"""so many pairs of lines; the share of them whose second begins with a word that would not have fitted, and in lower case."""
_PARTED = expression(r"\s\S*[^\W\d_]{2}[-\u00ad\u2010]$")
"""A word, not the first of its line, that is cut off at its end"""
_REST = expression(r"(?!(?:and|or|und|oder|et|ou|y|o|e|en|of|och|og)\b)[^\W\d_]+")
"""and the rest of it; `short-` before an `and` stands for `short-term`."""
SURE_PAIRS = 4
"""So many pairs of lines that break where the next word does not fit tell the width of the whole document."""
SHARE = 0.7
SLACK = 0.85
"""A line is full if it reaches such a share of the width."""
LINES, LOWER, OVERFLOW = 3, 0.3, 0.8
"""Lines of a stretch that is known to be broken by itself; the share of them that begin in lower case, and of those but the last
behind which the next word would not have fitted"""


def width_of(text: Physical, lines: Array) -> int | None:
    """The width at which the document's paragraphs are broken; None where they are not.

    `lines`: int64, those behind which a line break may be an editor's.
    """
    if len(lines) < SURE_PAIRS:
        return None
    start, end = text.column.start, text.column.end
    lengths = np.sort(end[lines] - start[lines])
    width = int(lengths[int(0.9 * (len(lengths) - 1))])
    if not NARROW <= width <= MAX_WIDTH:
        return None
    if width < MIN_WIDTH:
        return width if _is_column(text, lines, width) else None
    overflow = np.count_nonzero(_with_next_word(text, lines) > SLACK * width)
    return width if overflow >= SHARE * len(lines) else None


def _is_column(text: Physical, above: Array, width: int) -> bool:
    """Whether short lines are those of a narrow column of prose. `above`: the first line of each pair."""
    full = int(np.count_nonzero(_with_next_word(text, above) > width))
    lower = int(np.count_nonzero(text.column.hint[above + 1] & hints.LOWER))
    return len(above) >= NARROW_PAIRS and full >= NARROW_FULL * len(above) and lower >= NARROW_LOWER * len(above)


def _with_next_word(text: Physical, lines: Array) -> Array:
    """int64: code points that lines would have with the first word of the next line at their end"""
    column = text.column
    sizes: Array = column.end[lines] - column.start[lines] + 1 + column.word[lines + 1]
    return sizes


def going_on(text: Physical, may: Array, width: int | None) -> Array:
    """bool [lines]: the lines with which the paragraph above goes on, of those that may; these follow it without a blank line.

    A break that parts a word is an editor's, however short the line. Else, with the document's `width` known, a full line
    goes on, whatever ends it; without one, the two lines must say it: the first is as long as an editor makes lines and no
    longer, ends no sentence, and the next one begins in lower case.
    """
    hint = text.column.hint
    found = np.zeros(len(text), dtype=bool)
    below = np.flatnonzero(may & (hint & (hints.LOWER | hints.DIGIT) > 0) if width is None else may)
    if not len(below):
        return found
    above = below - 1
    size = text.column.end - text.column.start
    is_lower = hint[below] & hints.LOWER > 0
    is_open = hint[above] & hints.STOPPED == 0
    if width is None:
        goes_on = is_open & (size[above] >= MIN_WIDTH) & (size[above] <= MAX_WIDTH)
        goes_on &= (size[below] <= MAX_WIDTH) & (size[above] >= size[below] * SLACK)
        # A number begins the items of lists, too: these end no sentences.
        goes_on &= is_lower | (hint[below] & hints.SENTENCE > 0)
    else:
        goes_on = _with_next_word(text, above) > SLACK * width
        goes_on |= is_lower & is_open & (size[above] > width // 2)
    for at in np.flatnonzero(is_lower & (hint[above] & hints.HYPHEN > 0) & ~goes_on).tolist():
        goes_on[at] = _is_parted(text, int(below[at]))
    found[below] = goes_on
    return found


def _is_parted(text: Physical, i: int) -> bool:
    """Whether a line begins with the rest of a word that is cut off at the end of the one above."""
    return _PARTED.search(text.texts[i - 1]) is not None and _REST.match(text.texts[i]) is not None


def wrapped(text: Physical, first: Array, lines: Array, lower: Array) -> list[tuple[int, int]]:
    """The stretches that an editor has broken at a fixed width, by themselves: three lines or more, all full but the last. The
    first line of each, and one past its last.

    `first`, `lines`, `lower`: int64 [stretches], the first line, how many, and how many but the first that begin in lower case
    """
    may_be = np.flatnonzero((lines >= LINES) & (lower >= LOWER * (lines - 1)))
    found = zip(first[may_be].tolist(), (first + lines)[may_be].tolist(), strict=True)
    return [(start, stop) for start, stop in found if _is_full(text, start, stop)]


def _is_full(text: Physical, first: int, stop: int) -> bool:
    """Whether most lines but the last are full."""
    count = stop - first - 1
    widths = text.column.end[first:stop] - text.column.start[first:stop]
    longest = int(widths.max())
    if not MIN_WIDTH <= longest <= MAX_WIDTH:
        return False
    full = int(np.count_nonzero(widths[:-1] >= SHARE * longest))
    overflow = int(np.count_nonzero(widths[:-1] + 1 + text.column.word[first + 1 : stop] > longest))
    return full >= SLACK * count and overflow >= OVERFLOW * count
