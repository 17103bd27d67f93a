"""The physical lines of a plain text as columns: where they stand, and what their characters say of their form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.text.lines import LINE_BREAK, lines
from pipeline.tokens import Array

TAB_WIDTH = 4
_SPACE, _TAB, _BAR = ord(" "), ord("\t"), ord("|")
_SYMBOLS = np.isin(np.arange(128), [ord(char) for char in "{}()[]<>=;#@$/\\*&|^~+_%`\"'"])
"""ASCII characters that code has many of, and prose few."""
_ENDS = np.isin(np.arange(128), [ord(char) for char in ".!?:,;"])
"""What ends a sentence or a clause: two spaces behind it are a typist's habit, not a column's edge."""
WIDE = 2
"""So many spaces in a row part two columns."""


@dataclass(frozen=True)
class Physical:
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
        """uint32, the code points of the source."""
        return np.frombuffer(self.source.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    @cached_property
    def indent(self) -> list[int]:
        """Columns of white space before each line; a tab goes to the next multiple of `TAB_WIDTH`."""
        found: list[int] = []
        previous_end = 0
        for start, end in zip(self.start, self.end, strict=True):
            # Looked for between two lines only: a search back to the beginning of a text would make this quadratic.
            before = self.source[previous_end:start]
            lead = "" if before == "\n" else LINE_BREAK.split(before)[-1]
            found.append(len(lead.expandtabs(TAB_WIDTH)) if "\t" in lead else len(lead))
            previous_end = end
        return found

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
        codes = np.minimum(self.codes, 127)
        return self.count(_SYMBOLS[codes])

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
    found = lines(source)
    if start:
        found = tuple(line for line in found if line.start >= start)
    return Physical(
        source,
        [line.start for line in found],
        [line.end for line in found],
        [line.gap for line in found],
        [line.text for line in found],
    )
