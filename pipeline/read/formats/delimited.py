"""CSV, TSV and the like: a record a row, its fields named by the first. A row is what Python's `csv` takes for one, strictly."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import fields
from pipeline.read.dialect import NoHeader, dialect, is_table
from pipeline.read.encodings import decoded, encoding, file_encoding, looks_like_text, utf8
from pipeline.read.interface import MAX_DOCUMENT, Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened
from pipeline.read.rows import rows

NAME = "csv"
_SUFFIXES = (".csv", ".tsv", ".tab", ".psv")
_BLOCK = 1 << 22
_MAX_FIELD = 1 << 26
"""A quote that is not closed within so many characters swallows no more than those. `csv` needs 4 bytes for each."""
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'
_LONE_RETURN = expression(r"(?<=\r)(?!\n)")
_BETWEEN = "\x1e"
"""Stands between the values of a row while it is decoded."""


def recognises(head: bytes, suffix: str) -> bool:
    """Its name says so, and the content does not speak against it; or the content is a table beyond doubt."""
    if not looks_like_text(head):
        return False
    return suffix in _SUFFIXES or is_table(head)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each row below the one that names the columns.

    Raises:
        InputError: no row near the beginning names a column with text.
    """
    csv.field_size_limit(_MAX_FIELD)  # of the process: `csv` knows no other way
    head = opened.head()
    found = dialect(head, options)
    if isinstance(found, NoHeader):
        raise InputError("no-text", fields.no_text("column", found.names, options))
    of_file = file_encoding(head)
    header, _ = _decoded(found.names, of_file)
    stream = utf8(opened)
    if span is None:
        stream.read(found.offset)
        first, length = 0, math.inf
    else:
        stream.seek(span.start)
        first, length = span.first, span.end - span.start
    for number, row in enumerate(rows(_lines(stream, length), found), first):
        name = member(opened.source, number)
        problems = [row.problem] if row.problem else []
        try:
            if row.values:
                values, problem = _decoded(row.values, of_file)
                problems += [problem] if problem else []
                yield from fields.items(name, dict(zip(header, values, strict=False)), options)
        except InputError as error:
            problems.append(error)
        for problem in problems:
            yield failure(name, InputError(problem.reason, f"row {number + 1}: {problem}"))


def _decoded(values: Sequence[str], of_file: str | None) -> tuple[list[str], InputError | None]:
    """The values of a row as text, and what could not be read of them. Bytes that are not UTF-8 come as lone surrogates.

    All values of a row are in one encoding, which is told by all of them.
    """
    joined = _BETWEEN.join(values)
    try:
        joined.encode()
    except UnicodeEncodeError:
        pass
    else:
        return list(values), None
    found = decoded(joined.encode("utf-8", "surrogateescape"), of_file)
    parts = found.text.split(_BETWEEN)
    if len(parts) == len(values):
        return parts, found.problem
    each = [decoded(value.encode("utf-8", "surrogateescape"), found.encoding).text for value in values]
    return each, found.problem


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts that end with a row.

    Where quotes stand only where they belong, a line break ends a row if the quotes before it pair off. From the first
    block on where they stand elsewhere, the rest is one part.
    """
    import numpy as np

    if opened.compression or encoding(opened.head())[0] != "utf-8":
        return
    found = dialect(opened.head(), options)
    if isinstance(found, NoHeader) or found.escapes != "doubled":
        return
    stream = utf8(opened)
    above = stream.read(found.offset)
    if _has_lone_returns(above):
        return
    start = position = stream.tell()
    before_field = np.isin(np.arange(256), [ord(found.delimiter), _NEWLINE, _RETURN, _QUOTE])
    first = number = 0
    last_end = position
    is_open = False
    for block in _line_blocks(stream):
        data = np.frombuffer(block, np.uint8)
        quotes = np.flatnonzero(data == _QUOTE)
        opening, closing = (quotes[1::2], quotes[::2]) if is_open else (quotes[::2], quotes[1::2])
        before = np.where(opening > 0, data[opening - 1], _NEWLINE)
        odd = not before_field[before].all() or not before_field[data[closing + 1]].all()
        breaks = np.flatnonzero(data == _NEWLINE)
        ends = position + breaks[(np.searchsorted(quotes, breaks) + is_open) % 2 == 0] + 1
        too_long = (np.diff(ends, prepend=last_end) > _MAX_FIELD).any()
        if odd or too_long or _has_lone_returns(block):
            break
        while (at := int(np.searchsorted(ends, start + target))) < len(ends):
            yield Span(NAME, start, int(ends[at]), first)
            start, first = int(ends[at]), number + at + 1
        number += len(ends)
        last_end = int(ends[-1]) if len(ends) else last_end
        position += len(block)
        is_open ^= len(quotes) % 2 == 1
    end = stream.seek(0, 2)
    if start < end:
        yield Span(NAME, start, end, first)


def _lines(stream: BinaryIO, left: float) -> Iterator[str]:
    """The lines of a stream, which end with LF, CR or both. Bytes that are not UTF-8 pass as lone surrogates."""
    while left > 0 and (line := stream.readline(MAX_DOCUMENT)):
        left -= len(line)
        text = line.decode("utf-8", "surrogateescape")
        if text.count("\r") == text.endswith("\r\n"):
            yield text
        else:
            yield from filter(None, _LONE_RETURN.split(text))


def _has_lone_returns(block: bytes) -> bool:
    """Whether a carriage return stands there without a line feed: it ends a line, too."""
    return block.count(b"\r") != block.count(b"\r\n")


def _line_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The rest of a stream in large pieces that end with LF, as far as there is one within `_MAX_FIELD`."""
    rest = b""
    while len(rest) < _MAX_FIELD and (block := stream.read(_BLOCK)):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = b""
        rest += block[end:]


FORMAT = Format(NAME, recognises, read, split, turn=5)
