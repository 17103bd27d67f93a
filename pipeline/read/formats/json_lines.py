"""JSON Lines, also called NDJSON: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import encodings, json_record, lines
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened

NAME = "jsonl"
_RETURN = expression(rb"\r\s*(?=\{)")
"""A carriage return that ends a line, as it stands among line feeds where files of two kinds were put together"""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file holds a record a line."""
    return json_record.layout(head, suffix) == "lines"


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each line that is not blank; more of one that holds many records."""
    of_file = encodings.file_encoding(opened.head())
    for number, line in lines.numbered(opened, span):
        if line.isspace():
            continue
        name = member(opened.source, number)
        try:
            yield from json_record.items(name, line, of_file, options)
        except InputError as error:
            pieces = _RETURN.split(line.strip()) if error.reason == "invalid-json" else [line]
            if len(pieces) == 1:
                yield failure(name, InputError(error.reason, f"line {number + 1}: {error}"))
            else:
                yield from _pieces(name, number, pieces, of_file, options)


def _pieces(name: str, number: int, pieces: list[bytes], of_file: str | None, options: ReadOptions) -> Iterator[Item]:
    """What a line gives that holds several with nothing but a carriage return between them."""
    for ordinal, piece in enumerate(pieces):
        inner = member(name, ordinal)
        try:
            yield from json_record.items(inner, piece, of_file, options)
        except InputError as error:
            yield failure(inner, InputError(error.reason, f"line {number + 1}, record {ordinal + 1} in it: {error}"))


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts that end with a line."""
    return lines.split(opened, target, NAME)


FORMAT = Format(NAME, recognises, read, split, turn=3)
