"""JSON Lines, also called NDJSON: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.read import encodings, json_record, lines
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened

NAME = "jsonl"


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
            yield failure(name, InputError(error.reason, f"line {number + 1}: {error}"))


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts that end with a line."""
    return lines.split(opened, target, NAME)


FORMAT = Format(NAME, recognises, read, split, turn=3)
