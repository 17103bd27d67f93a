"""The non-blank lines of a text, and what they are known for: where they stand, and by their characters what they may be."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pipeline import native
from pipeline.text.lines import LINE_BREAK, spans
from pipeline.text.plain import hints
from pipeline.tokens import Array

TAB_WIDTH = 4


def flagged(flags: Array) -> list[int]:
    """Those of the lines or blocks that are flagged: `np.flatnonzero` takes four times as long for so few."""
    found: list[int] = flags.nonzero()[0].tolist()
    return found


class Columns(NamedTuple):
    """What is known of each line, int64 [lines]."""

    start: Array
    end: Array
    """Without the white space around it"""
    gap: Array
    """Line breaks before it"""
    indent: Array
    """Columns of white space before it; a tab goes to the next multiple of `TAB_WIDTH`."""
    word: Array
    """Code points of its first word"""
    colon: Array
    """Where the first colon stands from its beginning on, in it or below; the end of the source where none does"""
    digit: Array
    """The same of a digit of ASCII"""
    hint: Array
    """What it may be, as bits (`hints`)"""


class Physical:
    """The lines of a text that are not blank, in order, each without the white space around it. Where they are looked at one by
    one, what is known of them is had as lists."""

    def __init__(self, source: str, start: int = 0) -> None:
        """`start`: the code point from which on lines begin"""
        self.source = source
        self.texts, self.table = _lines(source, start)
        self.column = Columns(*self.table)
        self._seen = int(np.bitwise_or.reduce(self.column.hint))

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, hint: int) -> list[int]:
        """The lines that have one of these hints."""
        return flagged(self.column.hint & hint) if self._seen & hint else []

    @cached_property
    def start(self) -> list[int]:
        """Where each line begins"""
        return self.column.start.tolist()

    @cached_property
    def end(self) -> list[int]:
        """Where it ends"""
        return self.column.end.tolist()

    @cached_property
    def gap(self) -> list[int]:
        """Line breaks before each line"""
        return self.column.gap.tolist()

    @cached_property
    def indent(self) -> list[int]:
        """Columns of white space before each line"""
        return self.column.indent.tolist()

    @cached_property
    def hint(self) -> list[int]:
        """What each line may be"""
        return self.column.hint.tolist()

    def lead(self, i: int) -> str:
        """The spaces and tabs before a line."""
        # Looked for between two lines only: a search back to the beginning of a text would make this quadratic.
        before = _before(self.source, self.end[i - 1] if i else 0, self.start[i])
        return before if not before.strip(" \t") else ""


def _lines(source: str, start: int) -> tuple[list[str], Array]:
    """The non-blank lines that begin at a code point or behind it, and what is known of them: int64 [columns, lines]."""
    if native.kernels is not None:
        texts, table = native.kernels.physical_lines(source, start)
        return texts, np.frombuffer(table, dtype=np.int64).reshape(len(Columns._fields), -1)
    starts, ends, gaps, texts = spans(source)
    first = bisect_left(starts, start)
    begins = np.array(starts[first:], dtype=np.int64)
    codes = _codes(source)
    indent: list[int] = []
    hint: list[int] = []
    for i in range(first, len(texts)):
        before = _before(source, ends[i - 1] if i else 0, starts[i])
        indent.append(len(before.expandtabs(TAB_WIDTH)))
        hint.append(hints.of(texts[i], before, indent[-1]))
    word = [len(line.split(None, 1)[0]) for line in texts[first:]]
    colon = _next((codes == ord(":")) | (codes == ord("：")), begins)
    digit = _next((codes >= ord("0")) & (codes <= ord("9")), begins)
    columns = begins, ends[first:], gaps[first:], indent, word, colon, digit, hint
    return texts[first:], np.array(columns, dtype=np.int64)


def _before(source: str, start: int, end: int) -> str:
    """What stands before a line behind its line break. `start`: the end of the line above; `end`: the beginning of the line"""
    return LINE_BREAK.split(source[start:end])[-1]


def _codes(source: str) -> Array:
    """The code points of a text: uint8 where all are ASCII, else uint32."""
    if source.isascii():
        return np.frombuffer(source.encode(), dtype=np.uint8)
    return np.frombuffer(source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _next(flags: Array, begins: Array) -> Array:
    """int64: where the next flagged code point stands from each place on; one past the last one where none does."""
    places = np.append(np.flatnonzero(flags), len(flags))
    found: Array = places[np.searchsorted(places, begins)]
    return found
