"""Which line breaks are an editor's, who has broken paragraphs at a fixed width, and how to tell."""

from __future__ import annotations

import numpy as np

from pipeline import native
from pipeline.expression import expression
from pipeline.text.plain import hints
from pipeline.text.plain.physical import Columns, Physical
from pipeline.tokens import Array

FREE, CHAT, CAPTION, PARTED = 1, 2, 4, 8
"""What is said of a line before: it is neither code nor in a table, it is one of a chat, it is a caption, it begins with the rest
of a word;"""
FOLLOWS, PLAIN, GOES_ON = 16, 32, 64
"""and what is found of it: it follows another free line without a blank one, it does and begins with no mark, it goes on with the
paragraph above."""

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
WIDE_LINES = 0.9
"""The share of the lines of such pairs that are no longer than the width"""
SHARE = 0.7
SLACK = 0.85
"""A line is full if it reaches such a share of the width."""
LINES, LOWER, OVERFLOW = 3, 0.3, 0.8
"""Lines of a stretch that is known to be broken by itself; the share of them that begin in lower case, and of those but the last
behind which the next word would not have fitted"""


def line_breaks(text: Physical, said: bytearray) -> list[tuple[int, int]]:
    """The stretches without a blank line of which a line begins something of its own, or goes on with the one above: first and
    stop. In all others each line is a paragraph.

    A break that parts a word is an editor's, however short the line. Else, with the document's width known, a full line
    goes on, whatever ends it; without one, the two lines must say it: the first is as long as an editor makes lines and no
    longer, ends no sentence, and the next one begins in lower case.

    `said`: a number of each line, of the bits `FREE` to `PARTED`; those from `FOLLOWS` on are added in place.
    """
    return _line_breaks(text.table, said)


def is_parted(above: str, line: str) -> bool:
    """Whether a line begins with the rest of a word that is cut off at the end of the one above."""
    return _PARTED.search(above) is not None and _REST.match(line) is not None


def _line_breaks(table: Array, said: bytearray) -> list[tuple[int, int]]:
    if native.kernels is not None:
        found: list[tuple[int, int]] = native.kernels.line_breaks(table, said)
        return found
    column = Columns(*table)
    flags = np.frombuffer(said, dtype=np.uint8)
    is_free = flags & FREE > 0
    follows = is_free & (column.gap == 1)
    follows[:1] = False
    follows[1:] &= is_free[:-1]
    first = np.flatnonzero(is_free & ~follows)
    stretch = np.cumsum(is_free & ~follows) - 1
    lines = np.bincount(stretch[is_free], minlength=len(first))
    is_marked = (column.hint & hints.MARKED > 0) | (flags & CHAT > 0)
    is_plain = follows & ~is_marked
    width = _width(column, _may_wrap(follows, is_marked, stretch))
    goes_on = is_plain & _goes_on(column, flags, width)
    if width is None:
        lower = np.bincount(stretch[follows & (column.hint & hints.LOWER > 0)], minlength=len(first))
        for i in np.flatnonzero((lines >= LINES) & (lower >= LOWER * (lines - 1))).tolist():
            own = slice(int(first[i]), int(first[i] + lines[i]))
            goes_on[own] |= is_plain[own] & _is_wrapped(column, own)
    flags |= follows * np.uint8(FOLLOWS) | is_plain * np.uint8(PLAIN) | goes_on * np.uint8(GOES_ON)
    is_special = is_free & (is_marked | goes_on | (flags & CAPTION > 0))
    special = np.flatnonzero(np.bincount(stretch[is_special]))
    return list(zip(first[special].tolist(), (first + lines)[special].tolist(), strict=True))


def _may_wrap(follows: Array, is_marked: Array, stretch: Array) -> Array:
    """int64: the lines that follow others in a stretch in which none that does begins with a mark: the break before each may be
    an editor's.

    `follows`, `is_marked`: bool [lines]; `stretch`: int64 [lines]
    """
    with_marks = np.zeros(len(follows) + 1, dtype=bool)
    with_marks[stretch[follows & is_marked]] = True
    below: Array = np.flatnonzero(follows & ~with_marks[stretch])
    return below


def _width(column: Columns, below: Array) -> int | None:
    """The width at which the document's paragraphs are broken; None where they are not. `below`: as `_may_wrap` gives it"""
    pairs = len(below)
    if pairs < SURE_PAIRS:
        return None
    above = below - 1
    lengths = np.sort(column.end[above] - column.start[above])
    width = int(lengths[int(WIDE_LINES * (pairs - 1))])
    if not NARROW <= width <= MAX_WIDTH:
        return None
    sizes = _with_next_word(column)[above]
    if width >= MIN_WIDTH:
        return width if np.count_nonzero(sizes > SLACK * width) >= SHARE * pairs else None
    full = np.count_nonzero(sizes > width)
    lower = np.count_nonzero(column.hint[below] & hints.LOWER)
    is_column = pairs >= NARROW_PAIRS and full >= NARROW_FULL * pairs and lower >= NARROW_LOWER * pairs
    return width if is_column else None


def _with_next_word(column: Columns) -> Array:
    """int64 [lines - 1]: code points that lines would have with the first word of the next line at their end"""
    sizes: Array = column.end[:-1] - column.start[:-1] + 1 + column.word[1:]
    return sizes


def _goes_on(column: Columns, flags: Array, width: int | None) -> Array:
    """bool [lines]: which lines go on with the one above, of those that may."""
    size = column.end - column.start
    hint, below = column.hint[1:], size[1:]
    above = size[:-1]
    is_lower = hint & hints.LOWER > 0
    is_open = column.hint[:-1] & hints.STOPPED == 0
    found = np.zeros(len(size), dtype=bool)
    if width is None:
        # A number begins the items of lists, too: these end no sentences.
        is_number = (hint & hints.DIGIT > 0) & (hint & hints.SENTENCE > 0)
        found[1:] = (is_lower | is_number) & is_open & (above >= MIN_WIDTH) & (above <= MAX_WIDTH)
        found[1:] &= (below <= MAX_WIDTH) & (above >= below * SLACK)
    else:
        found[1:] = (_with_next_word(column) > SLACK * width) | (is_lower & is_open & (above > width // 2))
    found[1:] |= is_lower & (flags[1:] & PARTED > 0)
    return found


def _is_wrapped(column: Columns, own: slice) -> bool:
    """Whether an editor has broken the lines of a stretch at a fixed width, by themselves: all but the last are full."""
    sizes = (column.end - column.start)[own]
    longest = int(sizes.max())
    if not MIN_WIDTH <= longest <= MAX_WIDTH:
        return False
    below = len(sizes) - 1
    full = np.count_nonzero(sizes[:-1] >= SHARE * longest)
    overflow = np.count_nonzero(sizes[:-1] + 1 + column.word[own][1:] > longest)
    return bool(full >= SLACK * below and overflow >= OVERFLOW * below)
