"""JSON that is not a record a line: an array of objects, one object over many lines, or several one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import encodings, json_record
from pipeline.read.encodings import utf8
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened

MAX_VALUE = 1 << 28
"""Bytes of one value: it may be the wrapper around all records of a file."""
_BLOCK = 1 << 20
_GAP = expression(rb"[ \t\r\n,]*+")
"""What JSON calls white space, and commas."""
_SCALAR = expression(rb'"(?:[^"\\]++|\\.)*+"|[^ \t\r\n,\[\]{}"]++|[\]}]++', re.DOTALL)
_TOKEN = expression(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file holds JSON records, but not a record a line."""
    return json_record.layout(head, suffix) == "values"


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each object of the array, or of the file; more of one that holds many records.

    Raises:
        InputError: an element is never closed, so that it cannot be told where the next one begins.
    """
    of_file = encodings.file_encoding(opened.head())
    for number, (value, is_closed) in enumerate(_values(utf8(opened))):
        name = member(opened.source, number)
        try:
            yield from json_record.items(name, value, of_file, options, MAX_VALUE)
        except InputError as error:
            if not is_closed:
                message = f"element {number + 1} is never closed; the rest is not read"
                raise InputError("invalid-json", message) from None
            yield failure(name, InputError(error.reason, f"element {number + 1}: {error}"))


def _values(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The elements of an array, or the values one after another, as they stand there; and whether each is closed: the last one
    may not be."""
    buffer = stream.read(_BLOCK)
    position = number = 0
    in_array = False
    while True:
        gap = _GAP.match(buffer, position)
        start = gap.end() if gap else position
        bracket = buffer[start : start + 1]
        if bracket == (b"]" if in_array else b"["):
            in_array = not in_array
            position = start + 1
            continue
        end = _end(buffer, start)
        if end is None or end == len(buffer):
            if len(buffer) - start > MAX_VALUE:
                raise InputError("too-large", f"element {number + 1} is longer than {MAX_VALUE >> 20} MiB")
            # As much again as there is, so that a long value is not looked through again and again
            if more := stream.read(max(_BLOCK, len(buffer) - start)):
                buffer, position = buffer[start:] + more, 0
                continue
            if start == len(buffer):
                if in_array:
                    raise InputError("truncated", f"the array is not closed after element {number}")
                return
            if end is None:
                yield buffer[start:], False
                return
        yield buffer[start:end], True
        number += 1
        position = end


def _end(buffer: bytes, start: int) -> int | None:
    """Where the value that begins at `start` ends; None where that is not in sight."""
    if buffer[start : start + 1] not in (b"{", b"["):
        scalar = _SCALAR.match(buffer, start)
        return scalar.end() if scalar else None
    depth = 0
    for token in _TOKEN.finditer(buffer, start):
        sign = buffer[token.start()]
        if sign in b"{[":
            depth += 1
        elif sign in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
        elif token.end() - token.start() == 1:
            return None
    return None


FORMAT = Format("json", recognises, read, turn=4)
