"""CSV and TSV: a record a row, its fields named by the first. A row is what Python's `csv` takes for one, strictly."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from pipeline.errors import InputError
from pipeline.read import fields
from pipeline.read.interface import MAX_DOCUMENT, Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened, encoding, looks_like_text, utf8

NAME = "csv"
_TABS = (".tsv", ".tab")
_BLOCK = 1 << 22
_MAX_FIELD = 1 << 26
"""A quote that is not closed within so many characters swallows no more than those. `csv` needs 4 bytes for each."""
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'
_QUOTED = re.compile(rb'"[^"]*"')
_LONE_RETURN = re.compile(r"(?<=\r)(?!\n)")


def claims(head: bytes, suffix: str) -> bool:
    """Its name says so, and the content does not speak against it."""
    return suffix in (".csv", *_TABS) and looks_like_text(head)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each row below the first.

    Raises:
        InputError: the first row names no column with text.
    """
    csv.field_size_limit(_MAX_FIELD)  # of the process: `csv` knows no other way
    delimiter = _delimiter(opened.head())
    stream = utf8(opened)
    rows = csv.reader(_lines(stream, math.inf), delimiter=delimiter, strict=True)
    header = _header(rows, options)
    first = 0
    if span is not None:
        stream.seek(span.start)
        rows = csv.reader(_lines(stream, span.end - span.start), delimiter=delimiter, strict=True)
        first = span.first
    for number in count(first):
        name = member(opened.source, number)
        try:
            row = next(rows)
            if row:
                if len(row) > len(header):
                    raise InputError(
                        "ragged", f"{len(row)} fields, but {len(header)} columns: a separator without quotes?"
                    )
                yield fields.document(name, dict(zip(header, row, strict=False)), options, "surrogateescape")
        except StopIteration:
            return
        except csv.Error as error:
            yield failure(name, InputError("invalid-row", f"row {number + 1}: {error}"))
        except InputError as error:
            yield failure(name, InputError(error.reason, f"row {number + 1}: {error}"))


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts that end with a row.

    Where quotes stand only where they belong, a line break ends a row if the quotes before it pair off. From the first
    block on where they stand elsewhere, the rest is one part.
    """
    import numpy as np

    if opened.compression or encoding(opened.head())[0] != "utf-8":
        return
    delimiter = _delimiter(opened.head())
    stream = utf8(opened)
    try:
        _header(csv.reader(_lines(stream, math.inf), delimiter=delimiter, strict=True), options)
    except InputError:
        return
    start = position = stream.tell()
    stream.seek(0)
    if _has_lone_returns(stream.read(position)):
        return
    before_field = np.isin(np.arange(256), [ord(delimiter), _NEWLINE, _RETURN, _QUOTE])
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


def _delimiter(head: bytes) -> str:
    """What separates the fields: whichever sign the first line has most of."""
    line = _QUOTED.sub(b"", head.partition(b"\n")[0])
    return max(",\t;|", key=lambda sign: line.count(sign.encode()))


def _header(rows: Iterator[list[str]], options: ReadOptions) -> list[str]:
    try:
        header = next(rows, [])
    except csv.Error as error:
        raise InputError("invalid-row", f"the first row, which names the columns: {error}") from None
    if not fields.columns(tuple(header), options)["text"]:
        raise InputError("no-text", fields.no_text("column", header, options))
    return header


FORMAT = Format(NAME, claims, read, split)
