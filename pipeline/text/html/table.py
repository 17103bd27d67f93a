"""Tables on pages: which hold data, and their rows as lines with a tab between cells."""

from __future__ import annotations

from typing import Any

from pipeline.text.blocks import SpanKind

MAX_CELL = 400
"""Code points in a cell of a table of data that has no header cells."""
MAX_SPAN = 100
"""Columns or rows that a cell may span."""
MAX_COLUMNS = 1000
_ARRANGED = frozenset("h1 h2 h3 h4 h5 h6 form article section nav header footer iframe pre blockquote".split())
"""Elements that hardly any cell of data holds."""
_SAYS_DATA = frozenset(("thead", "th", "caption", "colgroup"))


def is_data(table: Any) -> bool:
    """Whether a table holds data: rows of short cells, and no other table.

    A table that arranges the page has another one inside it, headings and forms, or but one column or row.
    """
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return False
    rows = cells = arranged = 0
    most = 0
    says = bool(table.get("summary")) or (table.get("role") or "").lower() in ("table", "grid")
    for element in table.iterdescendants():
        tag = element.tag
        if tag == "table":
            return False
        if tag == "tr":
            rows += 1
            wide = len(element)
            most = max(most, wide)
        elif tag in ("td", "th"):
            cells += 1
        if tag in _SAYS_DATA:
            says = True
        elif tag in _ARRANGED:
            arranged += 1
    if rows < 2 or most < 2 or cells < rows + 1:
        return False
    if arranged * 8 > cells:
        return False
    return says or _short_cells(table, cells)


def _short_cells(table: Any, cells: int) -> bool:
    """Whether nearly all cells are short, and most are not empty."""
    long = empty = 0
    for element in table.iter("td", "th"):
        size = 0
        for text in element.itertext():
            size += len(text.strip())
            if size > MAX_CELL:
                break
        long += size > MAX_CELL
        empty += not size
    return long * 20 <= cells and empty * 2 <= cells


class DataTable:
    """A table of data that is being read, cell by cell."""

    def __init__(self, block: int) -> None:
        self.block = block
        self.spans: list[tuple[int, int, SpanKind, str]] = []
        """Marked parts, in code points of the finished text."""
        self.header = False
        """Whether the first row holds names of columns."""
        self._rows: list[str] = []
        self._row: list[str] | None = None
        self._cell: list[str] = []
        self._skip = 0
        self._size = 0
        """Code points of the rows that are finished, line breaks included."""
        self._below: dict[int, int] = {}
        """By column, in how many rows below a cell still stands."""
        self._names = 0
        self._sums = [0] * 7

    @property
    def offset(self) -> int:
        """Where the next text of the open cell begins in the finished table."""
        row = self._row or []
        return self._size + sum(map(len, row)) + len(row) + sum(map(len, self._cell))

    def open_row(self) -> None:
        """Begin a row."""
        if self._row is not None:
            self.close_row()
        self._row = []
        self._names = 0

    def open_cell(self, tag: str, columns: str | None, rows: str | None) -> None:
        """Begin a cell that spans so many columns and rows."""
        if self._row is None:
            self.open_row()
        assert self._row is not None
        self._cell = []
        while self._below.get(len(self._row), 0) > 0 and len(self._row) < MAX_COLUMNS:
            self._below[len(self._row)] -= 1
            self._row.append("")
        self._skip = min(_number(columns), MAX_SPAN) - 1
        spanned = min(_number(rows), MAX_SPAN) - 1
        if spanned:
            for column in range(len(self._row), len(self._row) + self._skip + 1):
                self._below[column] = spanned
        self._names += tag == "th"

    def add(self, text: str, sums: list[int]) -> None:
        """Add text to the open cell."""
        self._sums = [total + one for total, one in zip(self._sums, sums, strict=True)]
        if self._row is not None:
            self._cell.append(text.replace("\t", " ").replace("\n", " "))

    def close_cell(self) -> None:
        """End a cell."""
        if self._row is None or len(self._row) >= MAX_COLUMNS:
            return
        self._row.append("".join(self._cell).rstrip(" "))
        self._row.extend([""] * self._skip)
        self._cell, self._skip = [], 0

    def close_row(self) -> None:
        """End a row; one without any text is none."""
        if self._row is None:
            return
        for column, left in self._below.items():
            if left > 0 and column >= len(self._row):  # of a cell that reaches into this row behind its last one
                self._below[column] -= 1
        if any(self._row):
            if not self._rows:
                filled = sum(map(bool, self._row))
                self.header = self._names >= max(filled, 1)
            self._rows.append("\t".join(self._row))
            self._size += len(self._rows[-1]) + 1
        self._row = None

    def finished(self) -> tuple[str, list[tuple[int, int, SpanKind, str]], list[int]]:
        """The text, its marked parts, and the sums of what was counted."""
        self.close_row()
        text = "\n".join(self._rows)
        return text, [span for span in self.spans if span[0] < span[1] <= len(text)], [len(text), *self._sums[1:]]


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
