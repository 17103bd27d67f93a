"""The blocks of a plain text on their way into columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pipeline.text.blocks import INTEGERS, Draft, Kind, typed
from pipeline.text.plain.physical import Columns, Physical
from pipeline.tokens import Array

_CODE = int(Kind.CODE)


class Made(NamedTuple):
    """A block that is more than one line, or no paragraph."""

    first: int
    """Its first line"""
    stop: int
    """One past its last"""
    kind: int
    level: int = 0
    depth: int = 0
    quote: int = 0
    number: int = -1


class Rows:
    """Blocks, in columns named as those of `Blocks`. Every line is one of its own, but for those `made` of several lines, and
    those that are in none.

    `gap`: int64 [lines], line breaks before each line
    """

    def __init__(self, text: Physical, made: Sequence[Made], left_out: Sequence[int], gap: Array) -> None:
        begins = np.ones(len(text), dtype=bool)
        for line in left_out:
            begins[line] = False
        for one in made:
            begins[one.first + 1 : one.stop] = False
        first = begins.nonzero()[0]
        own = Columns(*text.table[:, first])
        self.text = text
        self.texts = text.texts if len(first) == len(text) else [text.texts[i] for i in first.tolist()]
        self.start, self.end, self.gap = own.start, own.end, gap[first]
        self.hint, self.colon, self.digit = own.hint, own.colon, own.digit
        """Those of the first line of each"""
        self.is_long = np.zeros(len(first), dtype=bool)
        """Whether it has more than one"""
        self.kind = np.zeros(len(first), dtype=INTEGERS["kind"])
        self.level = np.zeros(len(first), dtype=INTEGERS["level"])
        self.depth, self.quote = np.zeros((2, len(first)), dtype=np.int64)
        self.number = np.full(len(first), -1, dtype=INTEGERS["number"])
        self.run = np.full(len(first), -1, dtype=INTEGERS["run"])
        self.flags = np.zeros(len(first), dtype=INTEGERS["flags"])
        self.post = np.full(len(first), -1, dtype=INTEGERS["post"])
        self.place = np.cumsum(begins) - 1
        """int64 [lines]: the block that begins with a line"""
        if made:
            self.texts = list(self.texts)
            for one in made:
                self._set(int(self.place[one.first]), one)

    def __len__(self) -> int:
        return len(self.texts)

    def _set(self, place: int, made: Made) -> None:
        """Say what is known of a block."""
        text = self.text
        if made.stop > made.first + 1:
            self.is_long[place] = True
            self.end[place] = end = text.end[made.stop - 1]
            self.texts[place] = text.source[text.start[made.first] : end]
        if not made.kind:
            return
        self.kind[place], self.level[place], self.number[place] = made.kind, made.level, made.number
        self.depth[place], self.quote[place] = made.depth, made.quote
        if made.kind == _CODE:
            indent = text.lead(made.first)  # that of the first line says as much as those of the others
            self.start[place] -= len(indent)
            self.texts[place] = indent + self.texts[place]

    @property
    def size(self) -> Array:
        """Code points of each block"""
        size: Array = self.end - self.start
        return size

    def columns(self) -> dict[str, Any]:
        """The columns of `Blocks`, by name."""
        return typed(np.array([getattr(self, name) for name in Draft._fields], dtype=np.int64))
