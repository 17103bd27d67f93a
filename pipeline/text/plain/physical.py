"""The physical lines of a plain text as columns: where they stand, and what their characters say of their form."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

import numpy as np
from msgspec import Struct

from pipeline.text.lines import LINE_BREAK, spans
from pipeline.text.plain.markers import NUMBER_CHARS
from pipeline.tokens import Array

TAB_WIDTH = 4
_SPACE, _TAB, _BAR, _LINE_BREAK = ord(" "), ord("\t"), ord("|"), ord("\n")
_SYMBOLS = np.isin(np.arange(129), [ord(char) for char in "{}()[]<>=;#@$/\\*&|^~+_%`\"'"])
"""ASCII characters that code has many of, and prose few."""
_ENDS = np.isin(np.arange(128), [ord(char) for char in ".!?:,;"])
"""What ends a sentence or a clause: two spaces behind it are a typist's habit, not a column's edge."""
BLANKS = " \t\u3000"
"""White space that indents a line."""
LETTER, GOES_ON, CAPTIONED = 1, 2, 4
"""What a line may be by its first character: it is a letter of ASCII, a line may go on with it, a caption begin with it."""
_NO_ASCII = 128


def _firsts() -> Array:
    """uint8 [129]: of each character of ASCII, and of all others, what it may say at the beginning of a line."""
    table = np.zeros(_NO_ASCII + 1, dtype=np.uint8)
    for code in range(_NO_ASCII):
        char = chr(code)
        table[code] |= LETTER * char.isalpha() + GOES_ON * (char.islower() or char.isdigit())
        table[code] |= CAPTIONED * (char in "FTA" or char in "fta")
    table[_NO_ASCII] = GOES_ON | CAPTIONED
    return table


_FIRSTS = _firsts()
WIDE = 2
"""So many spaces in a row part two columns."""


class Physical(Struct, frozen=True, dict=True):
    """The lines of a text that are not blank, in order, each without the white space around it."""

    source: str
    start: list[int]
    end: list[int]
    gap: list[int]
    """Line breaks before each line."""
    texts: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def codes(self) -> Array:
        """The code points of the source: uint8 where all are ASCII, else uint32."""
        if self.source.isascii():
            return np.frombuffer(self.source.encode(), dtype=np.uint8)
        return np.frombuffer(self.source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    @cached_property
    def firsts(self) -> Array:
        """uint8: what each line may be by its first character: bits `LETTER`, `GOES_ON` and `CAPTIONED`."""
        start, _ = self.edges
        return _FIRSTS.take(self.codes.take(start), mode="clip")

    @cached_property
    def have_stop_near(self) -> Array:
        """bool: lines with a full stop or a closing bracket near their beginning, as items have that begin with a number."""
        start, _ = self.edges
        stops = np.flatnonzero((self.codes == ord(".")) | (self.codes == ord(")")))
        return self.has_any(stops, start, start + NUMBER_CHARS)

    @cached_property
    def colons(self) -> Array:
        """int64: where the source has colons"""
        is_colon = self.codes == ord(":")
        if not self.source.isascii():
            is_colon |= self.codes == ord("：")
        return np.flatnonzero(is_colon)

    @staticmethod
    def has_any(places: Array, start: Array, stop: Array) -> Array:
        """bool: whether any of some places, in order, lies in each stretch from `start` to `stop` (exclusive)"""
        found: Array = np.searchsorted(places, start) < np.searchsorted(places, stop)
        return found

    @cached_property
    def indent(self) -> list[int]:
        """Columns of white space before each line; a tab goes to the next multiple of `TAB_WIDTH`."""
        found = [0] * len(self)
        start, _ = self.edges
        is_break = self.codes.take(start - 1, mode="clip") == _LINE_BREAK
        for i in np.flatnonzero(~is_break).tolist():
            lead = self._before(i)
            found[i] = len(lead.expandtabs(TAB_WIDTH)) if "\t" in lead else len(lead)
        return found

    def lead(self, i: int) -> str:
        """The spaces and tabs before a line."""
        lead = self._before(i)
        return lead if not lead.strip(" \t") else ""

    def _before(self, i: int) -> str:
        """What stands before a line, behind the last line break."""
        # Looked for between two lines only: a search back to the beginning of a text would make this quadratic.
        before = self.source[self.end[i - 1] if i else 0 : self.start[i]]
        return LINE_BREAK.split(before)[-1]

    @cached_property
    def edges(self) -> Array:
        """int64 [2, lines], where each line begins and ends."""
        return np.array((self.start, self.end), dtype=np.int64)

    def count(self, flags: Array) -> list[int]:
        """How many flagged code points each line has; `flags` is bool, one for each of `codes`."""
        place = np.flatnonzero(flags)
        if not len(place):
            return [0] * len(self)
        before, after = np.searchsorted(place, self.edges)
        counted: list[int] = (after - before).tolist()
        return counted

    @cached_property
    def symbols(self) -> list[int]:
        """Characters that code has many of."""
        return self.count(_SYMBOLS.take(self.codes, mode="clip"))

    @cached_property
    def bars(self) -> list[int]:
        """Vertical bars."""
        return self.count(self.codes == _BAR) if "|" in self.source else [0] * len(self)

    @cached_property
    def tabs(self) -> list[int]:
        """Tabs inside the line."""
        return self.count(self.codes == _TAB) if "\t" in self.source else [0] * len(self)

    @cached_property
    def wide_gaps(self) -> list[int]:
        """Stretches of several spaces inside the line that do not stand behind a sentence or a clause."""
        codes = self.codes
        if len(codes) <= WIDE or "  " not in self.source:
            return [0] * len(self)
        space = codes == _SPACE
        begins = space[1:-1] & space[2:] & ~space[:-2]
        before = np.minimum(codes[:-2], 127)
        flags = np.zeros(len(codes), dtype=bool)
        flags[1:-1] = begins & ~_ENDS[before]
        return self.count(flags)


def physical(source: str, start: int = 0) -> Physical:
    """The non-blank lines of `source`, from the code point `start` on."""
    starts, ends, gaps, texts = spans(source)
    if start:
        kept = bisect_left(starts, start)
        starts, ends, gaps, texts = starts[kept:], ends[kept:], gaps[kept:], texts[kept:]
    return Physical(source, starts, ends, gaps, texts)
