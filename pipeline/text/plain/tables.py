"""Where a plain text holds tables: rows parted by bars, tabs or runs of spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.expression import expression
from pipeline.text.plain.code import Region
from pipeline.text.plain.markers import BULLETS
from pipeline.text.plain.physical import Physical

_RULE = expression(r"[|+:=\s\u2500-\u257f-]*[-=\u2500-\u257f]{2,}[|+:=\s\u2500-\u257f-]*$")
"""A line of a table that only draws: `| --- | :-: |`, `+----+----+`, `===  ====`."""
_SENTENCE = expression(r"[.!?]\s+[A-ZÀ-Þ]")
_ITEM = expression(rf"(?:[{re.escape(BULLETS)}]|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxIVX]{{2,5}})[.)])\t")
"""The mark of an item, with a tab behind it: that parts no columns"""
MAX_ROW = 400
ROWS = 2
NEAR = 2
"""Line breaks between the rows of a table: some have a blank line after each."""


def bar_tables(text: Physical, free: Sequence[bool]) -> Iterator[Region]:
    """Tables of bars: rows of one number of bars, or around a line that draws."""
    yield from _tables(text, [line if ok else 0 for line, ok in zip(_bars(text), free, strict=True)], 1)


def _bars(text: Physical) -> list[int]:
    """For each line by how many bars it is a row; 0 where it is none."""
    rows: list[int] = []
    for line, bars in zip(text.texts, text.bars, strict=True):
        framed = line[0] in "|+" and line[-1] in "|+"
        draws = bool(_RULE.match(line)) and ("|" in line or "+" in line)
        rows.append(bars if (framed and bars >= 2) or (bars and draws) else (-1 if draws else 0))
    # A Markdown table may do without bars at its edges: then its second line draws.
    for i in range(1, len(rows)):
        bars = text.bars[i]
        if bars and rows[i] and not text.texts[i].startswith("|") and _RULE.match(text.texts[i]):
            rows[i - 1] = rows[i - 1] or text.bars[i - 1]
            j = i + 1
            while j < len(rows) and text.gap[j] == 1 and text.bars[j] == bars:
                rows[j] = bars
                j += 1
    return rows


def column_tables(text: Physical, free: Sequence[bool]) -> Iterator[Region]:
    """Tables whose columns are parted by tabs, and those whose columns are parted by runs of spaces."""
    tabs = [
        count - (_ITEM.match(line) is not None) if ok and count else 0
        for count, ok, line in zip(text.tabs, free, text.texts, strict=True)
    ]
    yield from _tables(text, tabs, ROWS)
    wide = [
        count if ok and not tab and not _SENTENCE.search(line) and len(line) <= MAX_ROW else 0
        for count, ok, tab, line in zip(text.wide_gaps, free, tabs, text.texts, strict=True)
    ]
    for region in _tables(text, wide, ROWS):
        # Two columns are told from typists' double spaces by a third row.
        if region.stop - region.first >= 3 or max(wide[region.first : region.stop]) >= 2:
            yield region


def _tables(text: Physical, columns: Sequence[int], gap: int) -> Iterator[Region]:
    """Stretches of rows; a row of another number of columns goes along if the one after it is a row again.

    `columns`: edges between columns in each line, 0 for none, -1 for a line that only draws. `gap`: line breaks
    between rows, at most.
    """
    i = 0
    while i < len(columns):
        if not columns[i]:
            i += 1
            continue
        stop = i + 1
        while stop < len(columns) and columns[stop] and text.gap[stop] <= max(gap, 1):
            stop += 1
        rows = [count for count in columns[i:stop] if count > 0]
        common = max(set(rows), key=rows.count) if rows else 0
        if len(rows) >= ROWS and 2 * rows.count(common) >= len(rows):
            yield Region(i, stop)
        i = stop
