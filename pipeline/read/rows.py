"""Rows of delimited values. A quotation mark out of place costs its own row and no other.

`csv` takes everything up to the next quotation mark for one field, and so swallows rows. Here the lines of a row that does
not come out right are looked through for the one that the next row begins with; what stands before it is the bad row.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from pipeline.errors import InputError
from pipeline.read.dialect import Dialect, reader

_MAX_SALVAGED = 1 << 24
"""A bad row of more characters is not read: it is many rows."""
_TRIED = 400
"""Lines within which a row must end to be taken for one, after a bad row."""


class Row(Struct, frozen=True):
    """A row, or what is left of one."""

    values: list[str] | None
    """None where nothing could be read."""
    problem: InputError | None = None


class _Lines:
    """Lines that can be given back. Remembers those that were taken for the present row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self, count: int) -> None:
        """Give back all but the first `count` lines taken."""
        self._again.extendleft(reversed(self.taken[count:]))
        del self.taken[count:]


def rows(lines: Iterator[str], dialect: Dialect) -> Iterator[Row]:
    """The rows of these lines, blank lines as rows without values."""
    source = _Lines(lines)
    width = len(dialect.names)
    records = reader(source, dialect.delimiter, dialect.escapes)
    while True:
        source.taken = []
        try:
            values = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            yield _bad_row(source, dialect, str(error))
            records = reader(source, dialect.delimiter, dialect.escapes)
            continue
        while len(values) > width and not values[-1].strip():
            values.pop()  # spreadsheets end rows with empty cells
        is_doubtful = len(values) != width or len(dialect.looks) > 1
        if is_doubtful and len(source.taken) > 1 and (at := _next_start(source.taken, dialect)):
            source.give_back(at)
            yield _salvaged("".join(source.taken), dialect, "a quotation mark opens that is not closed")
            records = reader(source, dialect.delimiter, dialect.escapes)
        elif len(values) > width:
            message = f"{len(values)} fields, but {width} columns: a separator without quotes?"
            yield Row(None, InputError("ragged", message))
        else:
            yield Row(values)


def _next_start(taken: list[str], dialect: Dialect) -> int | None:
    """The first of these lines, after the one at the top, that a row surely begins with."""
    if not dialect.looks:
        return None
    return next((at for at, line in enumerate(taken) if at and begins_row(line, dialect)), None)


def begins_row(line: str, dialect: Dialect) -> bool:
    """Whether a row surely begins with this line: its first fields look like those of all other rows."""
    if not dialect.looks or line.count(dialect.delimiter) < dialect.before:
        return False
    try:
        values = next(csv.reader([line], delimiter=dialect.delimiter), [])
    except csv.Error:
        return False
    return len(values) > dialect.before and all(pattern.fullmatch(values[at]) for at, pattern in dialect.looks)


def _bad_row(source: _Lines, dialect: Dialect, problem: str) -> Row:
    """A row that `csv` cannot read. Leaves `source` where the next one begins."""
    source.give_back(1)
    size = len(source.taken[0])
    kept: list[str] = [source.taken[0]]
    for line in source:
        if begins_row(line, dialect) if dialect.looks else _ends_well(line, source, dialect):
            source.give_back(len(source.taken) - 1)
            break
        size += len(line)
        if size <= _MAX_SALVAGED:
            kept.append(line)
        source.taken = source.taken[:1]
    if size > _MAX_SALVAGED:
        return Row(None, InputError("invalid-row", problem))
    return _salvaged("".join(kept), dialect, problem)


def _ends_well(line: str, source: _Lines, dialect: Dialect) -> bool:
    """Whether a row with a value for each column begins with this line, where columns do not tell. Gives back what it took."""
    if dialect.is_quoted and not line.startswith('"'):
        return False
    before = len(source.taken)
    ahead = _Ahead(line, source)
    try:
        values = next(reader(iter(ahead), dialect.delimiter, dialect.escapes), [])
    except csv.Error:
        values = []
    source.give_back(before)
    return len(values) == len(dialect.names) and bool(values[0].strip() or len(values) == 1)


class _Ahead:
    """A line and some that follow it."""

    def __init__(self, line: str, source: _Lines) -> None:
        self._line = line
        self._source = source

    def __iter__(self) -> Iterator[str]:
        yield self._line
        for _ in range(_TRIED):
            try:
                yield next(self._source)
            except StopIteration:
                return


def _salvaged(text: str, dialect: Dialect, problem: str) -> Row:
    """A bad row, read from both ends up to the field that is wrong, if that leaves one field."""
    found = _from_both_ends(text.rstrip("\r\n"), dialect)
    if found is None:
        count = len(text.splitlines())
        return Row(None, InputError("invalid-row", f"{problem}; {count} lines are not read" if count > 1 else problem))
    return Row(found, InputError("stray-quote", f"{problem}; the row was read as its separators tell"))


def _from_both_ends(text: str, dialect: Dialect) -> list[str] | None:
    sign = re.escape(dialect.delimiter)
    field = re.compile(rf'(?:"((?:[^"]|"")*+)"|([^"{sign}\r\n]*+)){sign}')
    width = len(dialect.names)
    left: list[str] = []
    start = 0
    while len(left) < width - 1 and (found := field.match(text, start)):
        left.append(_value(found))
        start = found.end()
    turned = text[start:][::-1]
    right: list[str] = []
    end = 0
    while len(left) + len(right) < width - 1 and (found := field.match(turned, end)):
        right.append(_value(found)[::-1])
        end = found.end()
    if len(left) + len(right) != width - 1:
        return None
    middle = turned[end:][::-1].strip()
    middle = middle.removeprefix('"').removesuffix('"').replace('""', '"')
    return [*left, middle, *reversed(right)]


def _value(found: re.Match[str]) -> str:
    return found[2] if found[1] is None else found[1].replace('""', '"')
