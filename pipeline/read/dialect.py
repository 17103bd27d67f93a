"""How a file of delimited values is written, told by its beginning: separator, escapes, header, what columns look like."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from pipeline.expression import expression
from pipeline.read import encodings, fields
from pipeline.read.interface import ReadOptions
from pipeline.read.names import distinct
from pipeline.read.opened import HEAD

Escapes = Literal["doubled", "backslash", "unquoted"]
"""A quotation mark inside quotes is doubled, as the standard has it; or follows a backslash, as MySQL and Spark write it.
Or nothing is quoted, and backslashes stand before what separates, as PostgreSQL, ClickHouse and `mysql -B` write it."""

_DELIMITERS = ",\t;|\x01"
_DECLARED = expression(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_PREAMBLE = 40
"""Lines that may stand above the one which names the columns."""
_LINE = expression(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_ESCAPED_QUOTE = expression(r'(?<![\\"])\\"')
_ESCAPED_TEXT = expression(r"(?:^|\t)\\N(?=[\t\r\n]|$)|[.!?”\"]\\n|(?<!\\)\\\r?\n", re.MULTILINE)
_URL = expression(r"[a-z][a-z0-9+.-]{1,20}://[^\s\",;|]+", re.IGNORECASE)
_DAY = expression(r"\d{4}-\d\d-\d\d\b.{0,20}|\d{1,2}[./]\d{1,2}[./]\d{4}\b.{0,20}")
_USUAL = 0.75
_MAX_NAME = 40


class Dialect(Struct, frozen=True):
    """How a file is written, and what stands above its first row."""

    delimiter: str
    escapes: Escapes
    names: tuple[str, ...]
    """Of the columns."""
    offset: int
    """Bytes of UTF-8 above the first row, less the byte-order mark."""
    before: int
    """Columns before the one with the text, which may run over many lines."""
    looks: tuple[tuple[int, re.Pattern[str]], ...]
    """Some of those columns, and what every value in them matches: they tell where a row begins."""
    is_quoted: bool
    """Whether most rows begin with a quotation mark."""
    good_rows: int
    """Rows at the beginning that have a value for each column."""
    bad_rows: int


class NoHeader(Struct, frozen=True):
    """No row near the beginning names a column with text."""

    names: tuple[str, ...]
    """What the first row holds."""


@lru_cache(maxsize=64)
def dialect(head: bytes, options: ReadOptions) -> Dialect | NoHeader:
    """How a file that begins like this is written."""
    text = encodings.as_utf8(head).decode("utf-8", "surrogateescape")
    lines = _LINE.findall(text)
    if len(head) >= HEAD and len(lines) > 1:
        lines.pop()
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    top = 1 if declared else 0
    found = [
        one
        for delimiter in (declared[1] if declared else _DELIMITERS)
        for escapes in _escapes(text, delimiter)
        if (one := _dialect(lines, top, delimiter, escapes, options))
    ]
    of_file = encodings.file_encoding(head)
    if not found:
        first = lines[top] if len(lines) > top else ""
        likeliest = max(_DELIMITERS, key=first.count)
        return NoHeader(tuple(_decoded(next(_parsed(lines[top:], likeliest, "doubled"), []), of_file)))
    return max(found, key=_merit)


def _merit(found: Dialect) -> tuple[bool, float, int, int, bool]:
    """How well a dialect explains the beginning of a file."""
    share = found.good_rows / max(found.good_rows + found.bad_rows, 1)
    return len(found.names) > 1, round(share, 1), found.good_rows, len(found.names), found.escapes == "unquoted"


def _escapes(text: str, delimiter: str) -> Iterator[Escapes]:
    yield "doubled"
    if _ESCAPED_QUOTE.search(text):
        yield "backslash"
    if delimiter == "\t" and _ESCAPED_TEXT.search(text):
        yield "unquoted"


def _dialect(lines: list[str], top: int, delimiter: str, escapes: Escapes, options: ReadOptions) -> Dialect | None:
    """The dialect with this separator and these escapes, if a line near the beginning names a column with text."""
    asked = dict(options.fields).get("text", "")
    if asked.isdecimal():
        return _numbered(lines, top, delimiter, escapes, int(asked))
    for number in range(top, min(len(lines), top + _PREAMBLE)):
        counted = _Counted(lines[number:])
        names = next(_parsed(counted, delimiter, escapes), [])
        if not names or (len(names) == 1 and number > top):
            continue
        if texts := fields.columns(tuple(names), options)["text"]:
            return _measured(lines, number + counted.count, delimiter, escapes, names, texts[0])
    return None


def _numbered(lines: list[str], top: int, delimiter: str, escapes: Escapes, asked: int) -> Dialect | None:
    """The dialect of a file without a header, whose columns are called by their numbers; None where there are names, or not so
    many columns. A first row of nothing but numbers in order, from 0 or 1, names the columns so."""
    counted = _Counted(lines[top:])
    first = next(_parsed(counted, delimiter, escapes), [])
    for begin in (0, 1):
        if first == [str(number) for number in range(begin, begin + len(first))] and str(asked) in first:
            return _measured(lines, top + counted.count, delimiter, escapes, first, str(asked))
    if not 1 <= asked <= len(first) or fields.columns(tuple(first), _NO_OPTIONS)["text"]:
        return None
    numbers = [str(number) for number in range(1, len(first) + 1)]
    return _measured(lines, top, delimiter, escapes, numbers, str(asked))


def _measured(lines: list[str], first: int, delimiter: str, escapes: Escapes, names: list[str], text: str) -> Dialect:
    """The dialect, with what the rows from line `first` on show."""
    rest = lines[first:]
    counted = _Counted(rest)
    rows: list[list[str]] = []
    quoted = start = 0
    for row in _parsed(counted, delimiter, escapes):
        if row:
            rows.append(row)
            quoted += rest[start].startswith('"')
        start = counted.count
    is_quoted = quoted * 2 > len(rows)
    good = [row for row in rows if len(row) == len(names)]
    before = names.index(text) if text in names else 0
    looks: list[tuple[int, re.Pattern[str]]] = []
    for column in range(before):
        shown = [row[column] for row in good]
        pattern = next((one for one in (_URL, _DAY) if _is_usual(one, shown)), None)
        if pattern is not None:
            looks.append((column, pattern))
    offset = len("".join(lines[:first]).encode("utf-8", "surrogateescape"))
    bad_rows = len(rows) - len(good)
    return Dialect(
        delimiter, escapes, tuple(distinct(names)), offset, before, tuple(looks), is_quoted, len(good), bad_rows
    )


def _is_usual(pattern: re.Pattern[str], shown: list[str]) -> bool:
    """Whether nearly all values of a column match. Not all: some may be the tail of a row that a quotation mark broke."""
    return bool(shown) and sum(pattern.fullmatch(value) is not None for value in shown) >= _USUAL * len(shown)


class _Counted:
    """Lines, and how many of them were taken."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = iter(lines)
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        return line


def _parsed(lines: Sequence[str] | _Counted, delimiter: str, escapes: Escapes) -> Iterator[list[str]]:
    """The rows of these lines; one with an error is a row without fields that ends with its line."""
    rows = reader(iter(lines), delimiter, escapes)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield [""]


def reader(lines: Iterator[str], delimiter: str, escapes: Escapes) -> Iterator[list[str]]:
    """The rows of these lines, strictly: `csv.Error` where a quotation mark is out of place."""
    if escapes == "unquoted":
        return (_unescaped(line, delimiter) for line in _continued(lines))
    if escapes == "backslash":
        lines = map(_doubled, lines)
    return csv.reader(lines, delimiter=delimiter, strict=True)


_BACKSLASH = expression(r"\\(.)", re.DOTALL)


def _doubled(line: str) -> str:
    """A line with doubled quotation marks for escaped ones."""
    if "\\" not in line:
        return line
    return _BACKSLASH.sub(_one_doubled, line)


def _one_doubled(found: re.Match[str]) -> str:
    sign = found[1]
    if sign == '"':
        return '""'
    if sign in "\\\r\n":
        return sign
    is_null = sign == "N" and found.string[: found.start()][-1:] in ("", ",", ";", "\t", "|")
    return "" if is_null else found[0]


_MEANING = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a", "f": "\f", "v": "\v"}


def _continued(lines: Iterator[str]) -> Iterator[str]:
    """The lines, those that end with a backslash joined to the next."""
    rest = ""
    for line in lines:
        rest += line
        body = line.rstrip("\r\n")
        if (len(body) - len(body.rstrip("\\"))) % 2 == 0 or body == line:
            yield rest.removesuffix("\n").removesuffix("\r")
            rest = ""
    if rest:
        yield rest


def _unescaped(line: str, delimiter: str) -> list[str]:
    """The fields of a line in which nothing is quoted. `\\N` is no value."""
    if not line:
        return []
    if "\\" not in line:
        return line.split(delimiter)
    values = _split(line, delimiter)
    return ["" if value == "\\N" else _BACKSLASH.sub(_meant, value) for value in values]


def _meant(found: re.Match[str]) -> str:
    return _MEANING.get(found[1], found[1])


def _split(line: str, delimiter: str) -> list[str]:
    """A line at the separators that no backslash stands before."""
    values: list[str] = []
    for piece in line.split(delimiter):
        if values and (len(values[-1]) - len(values[-1].rstrip("\\"))) % 2:
            values[-1] += delimiter + piece
        else:
            values.append(piece)
    return values


def _decoded(names: Sequence[str], of_file: str | None) -> list[str]:
    return [encodings.decoded(name.encode("utf-8", "surrogateescape"), of_file).text for name in names]


def is_table(head: bytes) -> bool:
    """Whether a file is surely a table with texts, whatever it is called: the first line names at least three columns, among
    them the text and something else that records say, and the rows below have as many."""
    first = encodings.as_utf8(head[:4096]).lstrip(b"\r\n").split(b"\n", 1)[0]
    if max(first.count(sign.encode()) for sign in _DELIMITERS) < 2:
        return False
    found = dialect(head, _NO_OPTIONS)
    if isinstance(found, NoHeader) or len(found.names) < 3 or not found.good_rows or found.bad_rows > found.good_rows:
        return False
    if found.offset > len(first) + 8 or any(len(name) > _MAX_NAME or " " in name.strip() for name in found.names):
        return False
    known = fields.columns(found.names, _NO_OPTIONS)
    return any(known[key] for key in ("url", "title", "date", "author", "id"))


_NO_OPTIONS = ReadOptions()
