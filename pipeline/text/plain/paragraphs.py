"""What the lines of a plain text make that are no code and in no table: paragraphs, headings, items, quotations, captions."""

from __future__ import annotations

import numpy as np

from pipeline.model import Edit
from pipeline.text import shape
from pipeline.text.blocks import Kind
from pipeline.text.plain import hints, markers, wrapping
from pipeline.text.plain.nesting import Nesting
from pipeline.text.plain.physical import Physical
from pipeline.text.plain.rows import Made
from pipeline.tokens import Array

QUOTE_MARK = "quote-mark"
"""What the ledger calls the mark of a quotation before a line that goes on with the one above, or before nothing."""
WRAPPED_CHARS = 50
"""A line of a quotation that is longer goes on in the next: programs that send mail break lines so."""
NEAR_ITEMS = 2
"""Line breaks between two items of a list."""
_PARAGRAPH, _HEADING, _LIST_ITEM = int(Kind.PARAGRAPH), int(Kind.HEADING), int(Kind.LIST_ITEM)
_QUOTE, _CAPTION, _SEPARATOR = int(Kind.QUOTE), int(Kind.CAPTION), int(Kind.SEPARATOR)


def paragraphs(text: Physical, free: Array) -> tuple[list[Made], list[Edit]]:
    """The blocks that are more than one line, or no paragraph, and the edits inside them. `free`: bool [lines], those that are
    nothing else."""
    column = text.column
    # Lines that stand directly below another one of their stretch, in which no line is blank
    follows = free & (column.gap == 1)
    follows[:1] = False
    follows[1:] &= free[:-1]
    begins = free & ~follows
    first = np.flatnonzero(begins)
    if not len(first):
        return [], []
    stretch = np.cumsum(begins) - 1
    lines = np.bincount(stretch[free])
    marked = _marked(text)
    plain = follows & ~marked
    width = wrapping.width_of(text, _may_wrap(follows, marked, stretch))
    goes_on = wrapping.going_on(text, plain, width)
    if width is None:
        lower = np.bincount(stretch[follows & (column.hint & hints.LOWER > 0)], minlength=len(first))
        for start, stop in wrapping.wrapped(text, first, lines, lower):
            goes_on[start:stop] = plain[start:stop]
    # In stretches without one of these every line is a paragraph.
    is_special = free & (marked | goes_on)
    for i in text.where(hints.CAPTION):
        is_special[i] |= free[i] and markers.is_caption(text.texts[i])
    ends_lists = free & ((column.gap > NEAR_ITEMS) | (column.indent == 0))
    reader = _Reader(text, plain, goes_on)
    stop = 0
    for one in np.unique(stretch[is_special]).tolist():
        start = int(first[one])
        if reader.nesting.is_open and ends_lists[stop:start].any():
            reader.nesting.clear()
        stop = start + int(lines[one])
        reader.read(start, stop)
    return reader.made, reader.inside


class _Reader:
    """Where reading stretches one by one stands.

    `plain`: bool [lines], those that follow another one of their stretch, and begin with no mark
    `goes_on`: bool [lines], those of them that go on with the paragraph above
    """

    def __init__(self, text: Physical, plain: Array, goes_on: Array) -> None:
        self.text = text
        self.plain, self.goes_on = plain.tobytes(), goes_on.tobytes()
        self.nesting = Nesting()
        """The lists that are open"""
        self.made: list[Made] = []
        self.inside: list[Edit] = []

    def read(self, first: int, stop: int) -> None:
        """Make blocks of the lines of a stretch."""
        i = first
        while i < stop:
            i = self._block(i, stop)

    def _block(self, i: int, stop: int) -> int:
        """Make a block of the line `i`, and of lines below it, before `stop`; one past its last."""
        text = self.text
        line, hint = text.texts[i], text.hint[i]
        # A line that underlines is one of ornament.
        is_over_ornament = i + 1 < stop and text.hint[i + 1] & hints.SEPARATOR
        if is_over_ornament and (level := markers.underline(text.texts[i + 1])) and shape.is_heading(line):
            self.made += Made(i, i + 1, _HEADING, level), Made(i + 1, i + 2, _SEPARATOR)
            self.nesting.clear()
            return i + 2
        if hint & hints.HEADING and (found := markers.heading(line)):
            self.made.append(Made(i, i + 1, _HEADING, found[0]))
            self.nesting.clear()
            return i + 1
        if hint & hints.QUOTE and is_bare(line):
            return i + 1
        if hint & hints.SEPARATOR:  # one line: what stands below it is text
            self.made.append(Made(i, i + 1, _SEPARATOR))
            return i + 1
        marker = markers.item(line) if hint & hints.ITEM else None
        end = i + 1
        while end < stop and self._goes_on(end, i if marker else None):
            end += 1
        if marker is not None:
            depth, number = self.nesting.enter(text.indent[i], marker, line)
            self.made.append(Made(i, end, _LIST_ITEM, depth=depth, number=number))
        elif hint & hints.QUOTE:
            depth = markers.quote_depth(line)
            end = self._quoted(i, stop, depth)
            self.made.append(Made(i, end, _QUOTE, quote=depth))
        elif hint & hints.CAPTION and markers.is_caption(line):
            self.made.append(Made(i, end, _CAPTION))
        else:
            if end > i + 1:
                self.made.append(Made(i, end, _PARAGRAPH))
            if text.gap[i] > NEAR_ITEMS or not text.indent[i]:
                self.nesting.clear()
        return end

    def _goes_on(self, i: int, item: int | None) -> bool:
        """Whether a line goes on with the block above, or with the item that begins there, since it is indented."""
        indent = self.text.indent
        return bool(self.goes_on[i] or (item is not None and self.plain[i] and indent[i] > indent[item]))

    def _quoted(self, first: int, stop: int, depth: int) -> int:
        """One past the last line of a quoted paragraph; the marks of its later lines are edits."""
        text = self.text
        i = first + 1
        while i < stop and len(text.texts[i - 1]) > WRAPPED_CHARS and markers.quote_depth(text.texts[i]) == depth:
            size = markers.quote_size(text.texts[i])
            said = text.texts[i][size:]
            if not said or markers.item(said) or markers.is_separator(said):
                break
            self.inside.append(Edit(text.end[i - 1], text.start[i] + size, " ", QUOTE_MARK))
            i += 1
        return i


def is_bare(line: str) -> bool:
    """Whether a line has nothing but marks of a quotation."""
    return line[0] == ">" and markers.quote_size(line) == len(line)


def _marked(text: Physical) -> Array:
    """bool [lines]: which begin something of their own."""
    marked: Array = text.column.hint & hints.MARKED > 0
    for i in text.where(hints.CHAT):
        marked[i] |= markers.is_chat(text.texts[i])
    return marked


def _may_wrap(follows: Array, marked: Array, stretch: Array) -> Array:
    """int64: the lines behind which a line break may be an editor's: others follow in their stretch, of which none begins with a
    mark of its own.

    `follows`: bool [lines], those that stand directly below another one of their stretch
    `stretch`: int64 [lines]
    """
    with_marks = np.zeros(len(follows) + 1, dtype=bool)
    with_marks[stretch[follows & marked]] = True
    below = np.flatnonzero(follows & ~with_marks[stretch])
    pairs: Array = below - 1
    return pairs
