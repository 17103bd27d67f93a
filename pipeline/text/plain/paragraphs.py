"""What the lines of a plain text make that are no code and in no table: paragraphs, headings, items, quotations, captions."""

from __future__ import annotations

from pipeline.model import Edit
from pipeline.text import shape
from pipeline.text.blocks import Kind
from pipeline.text.plain import hints, markers, wrapping
from pipeline.text.plain.nesting import Nesting
from pipeline.text.plain.physical import Physical
from pipeline.text.plain.rows import Made

QUOTE_MARK = "quote-mark"
"""What the ledger calls the mark of a quotation before a line that goes on with the one above, or before nothing."""
WRAPPED_CHARS = 50
"""A line of a quotation that is longer goes on in the next: programs that send mail break lines so."""
NEAR_ITEMS = 2
"""Line breaks between two items of a list."""
_PARAGRAPH, _HEADING, _LIST_ITEM = int(Kind.PARAGRAPH), int(Kind.HEADING), int(Kind.LIST_ITEM)
_QUOTE, _CAPTION, _SEPARATOR = int(Kind.QUOTE), int(Kind.CAPTION), int(Kind.SEPARATOR)


def paragraphs(text: Physical, free: bytearray) -> tuple[list[Made], list[Edit]]:
    """The blocks that are more than one line, or no paragraph, and the edits inside them. `free`: 1 of each line that is nothing
    else."""
    said = _said(text, free)
    reader = _Reader(text, said)
    for first, stop in wrapping.line_breaks(text, said):
        reader.read(first, stop)
    return reader.made, reader.inside


def _said(text: Physical, free: bytearray) -> bytearray:
    """What patterns say of each line, as bits of `wrapping`."""
    said = bytearray(free)
    for i in text.where(hints.CHAT):
        said[i] |= wrapping.CHAT * markers.is_chat(text.texts[i])
    for i in text.where(hints.CAPTION):
        said[i] |= wrapping.CAPTION * markers.is_caption(text.texts[i])
    for i in text.where(hints.HYPHEN):
        if i + 1 < len(text):
            said[i + 1] |= wrapping.PARTED * wrapping.is_parted(text.texts[i], text.texts[i + 1])
    return said


class _Reader:
    """Where reading stretches one by one stands.

    `said`: what is known of each line, as bits of `wrapping`
    """

    def __init__(self, text: Physical, said: bytearray) -> None:
        self.text = text
        self.said = said
        self.made: list[Made] = []
        self.inside: list[Edit] = []
        self._nesting = Nesting()
        """The lists that are open"""
        self._after = 0
        """One past the last line that was read"""

    def read(self, first: int, stop: int) -> None:
        """Make blocks of the lines of a stretch. Those between it and the last one are a paragraph each."""
        if self._nesting.is_open and any(self._ends_lists(i) for i in range(self._after, first)):
            self._nesting.clear()
        i = first
        while i < stop:
            i = self._block(i, stop)
        self._after = stop

    def _ends_lists(self, i: int) -> bool:
        """Whether a paragraph that begins with a line ends the lists above."""
        text = self.text
        return bool(self.said[i] & wrapping.FREE and (text.gap[i] > NEAR_ITEMS or not text.indent[i]))

    def _block(self, i: int, stop: int) -> int:
        """Make a block of the line `i`, and of lines below it, before `stop`; one past its last."""
        text = self.text
        line, hint = text.texts[i], text.hint[i]
        # A line that underlines is one of ornament.
        is_over_ornament = i + 1 < stop and text.hint[i + 1] & hints.SEPARATOR
        if is_over_ornament and (level := markers.underline(text.texts[i + 1])) and shape.is_heading(line):
            self.made += Made(i, i + 1, _HEADING, level), Made(i + 1, i + 2, _SEPARATOR)
            self._nesting.clear()
            return i + 2
        if hint & hints.HEADING and (found := markers.heading(line)):
            self.made.append(Made(i, i + 1, _HEADING, found[0]))
            self._nesting.clear()
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
            depth, number = self._nesting.enter(text.indent[i], marker, line)
            self.made.append(Made(i, end, _LIST_ITEM, depth=depth, number=number))
        elif hint & hints.QUOTE:
            depth = markers.quote_depth(line)
            end = self._quoted(i, stop, depth)
            self.made.append(Made(i, end, _QUOTE, quote=depth))
        elif self.said[i] & wrapping.CAPTION:
            self.made.append(Made(i, end, _CAPTION))
        else:
            if end > i + 1:
                self.made.append(Made(i, end, _PARAGRAPH))
            if self._ends_lists(i):
                self._nesting.clear()
        return end

    def _goes_on(self, i: int, item: int | None) -> bool:
        """Whether a line goes on with the block above, or with the item that begins there, since it is indented."""
        indent, said = self.text.indent, self.said[i]
        return bool(
            said & wrapping.GOES_ON or (item is not None and said & wrapping.PLAIN and indent[i] > indent[item])
        )

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
