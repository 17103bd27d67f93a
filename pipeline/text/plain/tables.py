"""Where a plain text holds tables: rows parted by bars, tabs or runs of spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.expression import expression
from pipeline.text.plain import hints
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


def bar_tables(text: Physical, free: Sequence[int]) -> Iterator[Region]:
    """Tables of bars: rows of one number of bars, or around a line that draws. `free`: 1 of each line that may be one."""
    yield from _tables(text, {i: count for i, count in _bars(text).items() if free[i]}, 1)


def _bars(text: Physical) -> dict[int, int]:
    """By how many bars a line is a row, -1 where it only draws."""
    rows: dict[int, int] = {}
    drawn: list[int] = []
    for i in text.where(hints.ROW):
        line = text.texts[i]
        bars = line.count("|")
        framed = line[0] in "|+" and line[-1] in "|+"
        if draws := _RULE.match(line) is not None:
            drawn.append(i)
        if (framed and bars >= 2) or (bars and draws):
            rows[i] = bars
        elif draws:
            rows[i] = -1
    # A Markdown table may do without bars at its edges: then its second line draws.
    stop = 0
    for i in drawn:
        line = text.texts[i]
        bars = line.count("|")
        if i < max(stop, 1) or not bars or line.startswith("|"):
            continue
        above = text.texts[i - 1].count("|")
        if above and not rows.get(i - 1):
            rows[i - 1] = above
        stop = i + 1
        while stop < len(text) and text.gap[stop] == 1 and text.texts[stop].count("|") == bars:
            rows[stop] = bars
            stop += 1
    return rows


def column_tables(text: Physical, free: Sequence[int]) -> Iterator[Region]:
    """Tables whose columns are parted by tabs, and those whose columns are parted by runs of spaces."""
    tabs: dict[int, int] = {}
    for i in text.where(hints.TAB):
        line = text.texts[i]
        count = line.count("\t") - (_ITEM.match(line) is not None)
        if free[i] and count:
            tabs[i] = count
    yield from _tables(text, tabs, ROWS)
    wide: dict[int, int] = {}
    for i in text.where(hints.WIDE):
        line = text.texts[i]
        if free[i] and i not in tabs and not _SENTENCE.search(line) and len(line) <= MAX_ROW:
            wide[i] = hints.wide_gaps(line)
    for region in _tables(text, wide, ROWS):
        # Two columns are told from typists' double spaces by a third row.
        if region.stop - region.first >= 3 or max(wide[i] for i in range(*region[:2])) >= 2:
            yield region


def _tables(text: Physical, columns: Mapping[int, int], gap: int) -> Iterator[Region]:
    """Stretches of rows; a row of another number of columns goes along if the one after it is a row again.

    `columns`: edges between columns by line, -1 for one that only draws. `gap`: line breaks between rows, at most.
    """
    stop = 0
    for i in sorted(columns):
        if i < stop:
            continue
        stop = i + 1
        while stop in columns and text.gap[stop] <= max(gap, 1):
            stop += 1
        rows = [columns[row] for row in range(i, stop) if columns[row] > 0]
        common = max(set(rows), key=rows.count) if rows else 0
        if len(rows) >= ROWS and 2 * rows.count(common) >= len(rows):
            yield Region(i, stop)
