"""A plain text as blocks. It reads from top to bottom: what is verbatim first, then what stands in rows, then paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pipeline.model import Edit
from pipeline.text import shape
from pipeline.text.blocks import Blocks, Kind, typed
from pipeline.text.plain import code, mails, markers, tables, threads, wrapping
from pipeline.text.plain.code import Region
from pipeline.text.plain.nesting import Nesting
from pipeline.text.plain.physical import CAPTIONED, GOES_ON, LETTER, Physical, physical
from pipeline.text.plain.runs import NEAR_ITEMS, Rows, number_runs
from pipeline.tokens import Array

QUOTE_MARK = "quote-mark"
"""What the ledger calls the mark of a quotation before a line that goes on with the one above, or before nothing."""
WRAPPED_CHARS = 50
"""A line of a quotation that is longer goes on in the next: programs that send mail break lines so."""


class LaidOut(NamedTuple):
    """A plain text as blocks, with the edits inside them and between."""

    blocks: Blocks
    inside: tuple[Edit, ...]
    between: tuple[Edit, ...]


def lay_out(source: str, start: int = 0) -> Blocks:
    """The blocks of a plain text, from the code point `start` on."""
    return read(source, start).blocks


def read(source: str, start: int = 0) -> LaidOut:
    """The blocks of a plain text, from the code point `start` on, with edits of what marks a quotation."""
    layout = _Layout(physical(source, start))
    found = layout.blocks()
    return LaidOut(found, tuple(layout.inside), tuple(layout.between))


@dataclass
class _Layout:
    """Where laying out stands. A line is a paragraph, unless something else is said of it; so most lines are never looked at
    one by one. What is said of a block is said of its first line."""

    text: Physical
    free: list[bool] = field(init=False)
    marked: list[bool] = field(init=False)
    """Which lines begin something of their own."""
    begins: list[bool] = field(init=False)
    """Which lines begin a block."""
    stop: list[int] = field(init=False)
    """One past the last line of the block."""
    kind: list[int] = field(init=False)
    level: list[int] = field(init=False)
    depth: list[int] = field(init=False)
    quote: list[int] = field(init=False)
    number: list[int] = field(init=False)
    languages: dict[int, str] = field(default_factory=dict)
    """By first line."""
    inside: list[Edit] = field(default_factory=list)
    between: list[Edit] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.text)
        self.free = [True] * size
        self.marked = _marked(self.text)
        self.begins = [True] * size
        self.stop = list(range(1, size + 1))
        self.kind = [int(Kind.PARAGRAPH)] * size
        self.level, self.depth, self.quote = [0] * size, [0] * size, [0] * size
        self.number = [-1] * size

    def blocks(self) -> Blocks:
        """Make all blocks."""
        text = self.text
        self.take(Kind.CODE, code.fences(text))
        if any(text.bars):
            self.take(Kind.TABLE, tables.bar_tables(text, self.free))
        self.take(Kind.CODE, code.code(text, self.free))
        if any(text.tabs) or any(text.wide_gaps):
            self.take(Kind.TABLE, tables.column_tables(text, self.free))
        self.paragraphs()
        firsts = [i for i, begins in enumerate(self.begins) if begins]
        rows = self.rows(firsts)
        posts = threads.find(rows)
        if not posts:
            mails.quoted(rows)
        number_runs(rows)
        numbers = {first: number for number, first in enumerate(firsts)}
        languages = {numbers[first]: name for first, name in self.languages.items()}
        return Blocks(**typed(rows.table), texts=rows.texts, languages=languages, posts=posts)

    def rows(self, firsts: Sequence[int]) -> Rows:
        """The blocks that begin with these lines, none of them in a run yet."""
        text = self.text
        stops = self.stop
        texts = [
            text.texts[i] if stops[i] == i + 1 else text.source[text.start[i] : text.end[stops[i] - 1]] for i in firsts
        ]
        first = np.array(firsts, dtype=np.int64)
        last = np.array(stops, dtype=np.int64)[first] - 1
        start, end = text.edges
        start = start[first]
        for row in np.flatnonzero(np.array(self.kind)[first] == Kind.CODE).tolist():
            indent = text.lead(firsts[row])  # that of the first line says as much as those of the others
            start[row] -= len(indent)
            texts[row] = indent + texts[row]
        gap = np.array(text.gap, dtype=np.int64)
        for i, is_marked in enumerate(self.marked[:-1]):
            if is_marked and _is_bare(text.texts[i]):  # a line of nothing but marks is a blank one
                gap[i + 1] += 1
        columns = self.kind, self.level, self.depth, self.quote, self.number
        others = np.array(columns, dtype=np.int64)[:, first]
        return Rows(text, texts, start, end[last], gap[first], *others)

    def take(self, kind: Kind, regions: Iterable[Region]) -> None:
        """Make a block of each region."""
        for region in regions:
            self.add(region.first, region.stop, kind)
            if region.language:
                self.languages[region.first] = region.language
            for i in range(region.first, region.stop):
                self.free[i] = False

    def add(
        self, first: int, stop: int, kind: Kind, level: int = 0, depth: int = 0, quote: int = 0, number: int = -1
    ) -> None:
        """Make a block of the lines from `first` to `stop` (exclusive)."""
        self.stop[first] = stop
        self.kind[first] = int(kind)
        self.level[first], self.depth[first], self.quote[first] = level, depth, quote
        self.number[first] = number
        for i in range(first + 1, stop):
            self.begins[i] = False

    def paragraphs(self) -> None:
        """Make blocks of all lines that are left, stretch by stretch without a blank line."""
        text = self.text
        if not text:
            return
        free, marked = np.array(self.free), np.array(self.marked)
        gap = np.array(text.gap, dtype=np.int64)
        # Lines that stand directly below another one of their stretch
        follows = free.copy()
        follows[0] = False
        follows[1:] &= free[:-1] & (gap[1:] == 1)
        first = np.flatnonzero(free & ~follows)
        if not len(first):
            return
        stretch = np.cumsum(free & ~follows) - 1
        width = wrapping.width_of(text, _may_wrap(follows, marked, stretch))
        # Only of these lines anything else can be said than that they are a paragraph each.
        goes_on = text.firsts & GOES_ON > 0 if width is None else np.True_
        is_special = free & (marked | (follows & goes_on))
        captions = free & (text.firsts & CAPTIONED > 0)
        for i in np.flatnonzero(captions).tolist():
            is_special[i] |= markers.is_caption(text.texts[i])
        has_special = np.bincount(stretch[is_special], minlength=len(first)) > 0
        lines = np.bincount(stretch[free], minlength=len(first))
        nesting = Nesting()
        for start, stop, is_asked in zip(first.tolist(), (first + lines).tolist(), has_special.tolist(), strict=True):
            if is_asked:
                self.group(start, stop, width, nesting)
            elif nesting.is_open and any(text.gap[i] > NEAR_ITEMS or not text.indent[i] for i in range(start, stop)):
                nesting.clear()

    def group(self, first: int, stop: int, width: int | None, nesting: Nesting) -> None:
        """Make blocks of one stretch. `nesting`: the lists that are open."""
        text = self.text
        whole = width is None and wrapping.is_wrapped(text, first, stop)
        i = first
        while i < stop:
            line = text.texts[i]
            # A line that underlines is one of ornament, which has a mark.
            is_over_mark = i + 1 < stop and self.marked[i + 1]
            if is_over_mark and (level := markers.underline(text.texts[i + 1])) and shape.is_heading(line):
                self.add(i, i + 1, Kind.HEADING, level)
                self.add(i + 1, i + 2, Kind.SEPARATOR)
                nesting.clear()
                i += 2
                continue
            is_marked = self.marked[i]
            if is_marked and (found := markers.heading(line)):
                self.add(i, i + 1, Kind.HEADING, found[0])
                nesting.clear()
                i += 1
                continue
            if is_marked and _is_bare(line):
                self.between.append(Edit(text.start[i], text.end[i], "", QUOTE_MARK))
                self.begins[i] = False
                i += 1
                continue
            if is_marked and markers.is_separator(line):  # one line: what stands below it is text
                self.add(i, i + 1, Kind.SEPARATOR)
                i += 1
                continue
            marker = markers.item(line) if is_marked else None
            end = i + 1
            while end < stop and not self.marked[end] and self.goes_on(end - 1, whole, width, marker is not None, i):
                end += 1
            if marker is not None:
                depth, number = nesting.enter(text.indent[i], marker, line)
                self.add(i, end, Kind.LIST_ITEM, depth=depth, number=number)
            elif is_marked and (depth := markers.quote_depth(line)):
                end = self.quoted(i, stop, depth)
                self.add(i, end, Kind.QUOTE, quote=depth)
            elif markers.is_caption(line):
                self.add(i, end, Kind.CAPTION)
            else:
                self.add(i, end, Kind.PARAGRAPH)
                if text.gap[i] > NEAR_ITEMS or not text.indent[i]:
                    nesting.clear()
            i = end

    def quoted(self, first: int, stop: int, depth: int) -> int:
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

    def goes_on(self, i: int, whole: bool, width: int | None, is_item: bool, first: int) -> bool:
        """Whether line `i + 1` belongs to the same block as line `i`."""
        if whole:
            return True
        text = self.text
        if is_item and text.indent[i + 1] > text.indent[first]:
            return True
        return wrapping.goes_on(text, i, width)


def _marked(text: Physical) -> list[bool]:
    """Which lines begin something of their own."""
    # Most lines begin with a letter of ASCII: these have no mark, unless a stop or a bracket stands near their beginning.
    marked = [False] * len(text)
    asked = (text.firsts & LETTER == 0) | text.have_stop_near
    for i in np.flatnonzero(asked).tolist():
        marked[i] = markers.has_mark(text.texts[i])
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


def _is_bare(line: str) -> bool:
    """Whether a line has nothing but marks of a quotation."""
    return line[0] == ">" and markers.quote_size(line) == len(line)
