"""Arrow IPC, by pyarrow: files, also called Feather, and streams. A record a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import InputError
from pipeline.read import arrow_rows
from pipeline.read.interface import Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened

NAME = "arrow"
_FILE = b"ARROW1\0\0"
_STREAM = b"\xff\xff\xff\xff"
"""The mark before each message of a stream. The length of the first follows, and where its table begins."""


def claims(head: bytes, suffix: str) -> bool:
    """Whether the file begins like an Arrow file or stream."""
    return head.startswith(_FILE) or (head.startswith(_STREAM) and head[6:12] == b"\0\0\x10\0\0\0")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each row.

    Raises:
        InputError: the file is damaged, what follows the damage is not read; or no column holds text.
    """
    try:
        schema, batches = _batches(opened, span)
        columns = arrow_rows.wanted(schema, options)
        ordinal = 0 if span is None else span.first
        for batch in batches:
            yield from arrow_rows.documents(batch.select(columns), opened.source, ordinal, options)
            ordinal += batch.num_rows
    except arrow_rows.errors() as error:
        raise InputError("damaged", f"damaged; the rest is not read: {error}") from None


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole record batches; none of a stream, and none where something is damaged."""
    if not opened.head().startswith(_FILE):
        return
    errors: tuple[type[Exception], ...] = (InputError, *arrow_rows.errors())
    try:
        schema, batches = _batches(opened, None)
        arrow_rows.wanted(schema, options)
        sizes = [(batch.num_rows, batch.nbytes) for batch in batches if not batch.validate(full=True)]
    except errors:
        return
    yield from arrow_rows.spans(NAME, sizes, target)


def _batches(opened: Opened, span: Span | None) -> tuple[Any, Iterator[Any]]:
    """The schema, and the record batches as they are read."""
    ipc = arrow_rows.library().ipc
    if not opened.head().startswith(_FILE):
        stream = ipc.open_stream(opened.content)
        return stream.schema, iter(stream)
    file = ipc.open_file(opened.seekable_content())
    numbers = range(file.num_record_batches) if span is None else range(span.start, span.end)
    return file.schema, (file.get_batch(number) for number in numbers)


FORMAT = Format(NAME, claims, read, split)
