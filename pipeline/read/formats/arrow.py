"""Arrow IPC, by pyarrow: files, also called Feather, and streams. A record a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.errors import InputError
from pipeline.read import arrow_rows, arrow_values
from pipeline.read.interface import Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened

NAME = "arrow"
_FILE = b"ARROW1\0\0"
_STREAM = b"\xff\xff\xff\xff"
"""The mark before each message of a stream. The length of the first follows, and where its table begins."""
_STREAM_END = _STREAM + b"\0\0\0\0"
_MAX_SCHEMA = 1 << 26
_MAX_FIELDS = 64
"""Bytes of the list of a message's fields: it has five."""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like an Arrow file or stream."""
    return head.startswith(_FILE) or (head.startswith(_STREAM) and _is_message(head[len(_STREAM) :]))


def _is_message(head: bytes) -> bool:
    """Whether a message of Arrow follows: the length of a FlatBuffers table, and the table, which tells its version
    (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format)."""
    length, root = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:8], "little")
    if not 8 < length <= _MAX_SCHEMA or length % 8 or not 4 <= root < length or 4 + root + 4 > len(head):
        return False
    table = 4 + root
    fields = table - int.from_bytes(head[table : table + 4], "little", signed=True)
    size = int.from_bytes(head[fields : fields + 2], "little") if 4 <= fields < len(head) else 0
    return 8 <= size <= _MAX_FIELDS and size % 2 == 0


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each row. A stream without the mark that ends one may be cut between two batches, and says so.

    Raises:
        InputError: the file is damaged, what follows the damage is not read; or no column holds text.
    """
    tail = None if opened.head().startswith(_FILE) else _Tail(opened.content)
    try:
        schema, batches = _batches(opened, span, tail)
        arrow_rows.check_text(schema, options)
        ordinal = 0 if span is None else span.first
        if span is None or span.start == 0:
            yield from arrow_rows.unknown_zones(schema, opened.source)
        for batch in batches:
            yield from arrow_rows.items(batch, opened.source, ordinal, options)
            ordinal += batch.num_rows
    except arrow_values.errors() as error:
        raise InputError("damaged", f"damaged; the rest is not read: {error}") from None
    if tail is not None and tail.last != _STREAM_END:
        raise InputError("truncated", "the stream has no end mark: what follows the last row may be missing")


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole record batches; none of a stream, and none where something is damaged."""
    if not opened.head().startswith(_FILE):
        return
    errors: tuple[type[Exception], ...] = (InputError, *arrow_values.errors())
    try:
        schema, batches = _batches(opened, None, None)
        arrow_rows.check_text(schema, options)
        sizes = [(batch.num_rows, batch.nbytes) for batch in batches if arrow_rows.is_whole(batch)]
    except errors:
        return
    yield from arrow_rows.spans(NAME, sizes, target)


class _Tail:
    """A stream that remembers the last bytes that were read of it."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.closed = False
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes."""
        data = self._content.read(size)
        self.last = (self.last + data[-len(_STREAM_END) :])[-len(_STREAM_END) :]
        return data


def _batches(opened: Opened, span: Span | None, tail: _Tail | None) -> tuple[Any, Iterator[Any]]:
    """The schema, and the record batches as they are read. `tail`: the content where it is a stream."""
    ipc = arrow_values.library().ipc
    if tail is not None:
        stream = ipc.open_stream(tail)
        return stream.schema, iter(stream)
    file = ipc.open_file(opened.seekable_content())
    numbers = range(file.num_record_batches) if span is None else range(span.start, span.end)
    return file.schema, (file.get_batch(number) for number in numbers)


FORMAT = Format(NAME, recognises, read, split)
