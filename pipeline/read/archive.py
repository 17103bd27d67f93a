"""Web archives: records one after another, each a header that tells the length of the block which follows.

Archive libraries pass over what is damaged, so we read the records ourselves. One that is shorter than it says, or has
another digest, gives what there is of it and a failure; and the search goes on for the next one.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Generator, Iterator
from itertools import count, islice
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import InputError
from pipeline.read import compression, gzip_members
from pipeline.read.archive_record import MAX_RECORD, Header, Record, items
from pipeline.read.interface import Item, Span, member
from pipeline.read.opened import Opened
from pipeline.read.pushback import Pushback

MAX_LINE = 1 << 20
_SAMPLE = 1 << 16
"""What is looked at of a record that is too large: what its server called it."""
_MAX_RETURNED = 16 * MAX_RECORD
"""So much may be read twice because lengths are wrong, before we give up."""
_BREAKS = range(5)
"""How many bytes of line breaks follow a record."""
_NEWLINES = b"\r\n"
_BUFFER = 1 << 16
_HEADER = 1 << 13


class Kind(Struct, frozen=True):
    """A kind of web archive."""

    name: str
    begins: re.Pattern[bytes]
    """Matches the first line of a record."""
    header: Callable[[bytes, Pushback], Header]
    """Reads a header whose first line is given. Raises `InputError` where it is none."""


def read(kind: Kind, opened: Opened, span: Span | None) -> Iterator[Item]:
    """A document for each page in the archive, or in a part of it."""
    start, end, ordinal = (span.start, span.end, span.first) if span else (0, math.inf, 0)
    if opened.compression == "gzip":
        records = _gzipped(kind, opened.compressed(), start, end)
    else:
        if start:
            opened.content.seek(start)
        records = _records(kind, opened.content, start, end)
    for record in records:
        yield from items(record, member(opened.source, ordinal))
        ordinal += 1


def split(kind: Kind, opened: Opened, target: int) -> Iterator[Span]:
    """Parts of whole records; none where the archive is compressed as one."""
    if opened.compression not in (None, "gzip"):
        return
    if opened.compression:
        places = _members(kind, opened.file, max(target, MAX_RECORD))
    else:
        places = ((record.offset, 1) for record in _records(kind, opened.file))
    start = first = number = 0
    for offset, records in places:
        if offset - start >= target:
            yield Span(kind.name, start, offset, first)
            start, first = offset, number
        number += records
    end = opened.file.seek(0, io.SEEK_END)
    if start < end:
        yield Span(kind.name, start, end, first)


def _records(kind: Kind, stream: BinaryIO, start: int = 0, end: float = math.inf) -> Iterator[Record]:
    """The records that begin before `end`. The stream stands at `start`."""
    data = Pushback(stream)
    while True:
        data.skip(_NEWLINES)
        offset = start + data.position
        line = data.readline(MAX_LINE) if offset < end else b""
        if not line:
            return
        try:
            header = kind.header(line, data)
        except InputError as problem:
            _seek(kind, data)
            yield Record(offset, None, b"", problem)
        else:
            yield _record(kind, header, offset, data)


def _record(kind: Kind, header: Header, offset: int, data: Pushback) -> Record:
    block = data.read(min(header.length, MAX_RECORD))
    between = b""
    if len(block) == header.length:
        between = data.skip(_NEWLINES)
        line = data.peekline(MAX_LINE)
        if not line or kind.begins.match(line):
            return Record(offset, header, block, None)
    swallowed = re.search(rb"\n(?=%s)" % kind.begins.pattern, block)
    if swallowed:
        if data.returned > _MAX_RETURNED:
            raise InputError("damaged", "too many records have another length than they tell; the rest is not read")
        data.unread(block[swallowed.end() :] + between)
        message = (
            f"the record tells a length of {header.length:,} bytes, but another one begins after {swallowed.end():,}"
        )
        return Record(offset, header, block[: swallowed.start()], InputError("damaged", message))
    if len(block) < min(header.length, MAX_RECORD):
        message = f"the archive ends after {len(block):,} of the record's {header.length:,} bytes"
        return Record(offset, header, block, InputError("truncated", message))
    _seek(kind, data)
    if header.length > MAX_RECORD:
        message = f"a record of {header.length:,} bytes is no text; more than {MAX_RECORD >> 20} MiB are not read"
        return Record(offset, header, block[:_SAMPLE], InputError("too-large", message))
    return Record(
        offset,
        header,
        block,
        InputError("damaged", "what follows the record is no record; it is passed over"),
    )


def _seek(kind: Kind, data: Pushback) -> None:
    """Pass over what is no record."""
    while (line := data.peekline(MAX_LINE)) and not kind.begins.match(line):
        data.read(len(line))


def _gzipped(kind: Kind, file: BinaryIO, start: int, end: float) -> Iterator[Record]:
    """The records of the members that begin in a part of a gzip file."""
    size = file.seek(0, io.SEEK_END)
    position = start
    while position < min(end, size) and not gzip_members.is_padding(file, position):
        position = yield from _member(kind, file, position, size)


def _member(kind: Kind, file: BinaryIO, position: int, size: int) -> Generator[Record, None, int]:
    """The records of one member, usually one. Returns where the next member begins."""
    file.seek(position)
    inflated = compression.Decompressed(file, "gzip", single=True)
    last = None
    yielded = 0
    for record in _records(kind, io.BufferedReader(inflated, _BUFFER)):
        if last is not None:
            yield last
            yielded += 1
        last = record
    end = file.tell() - inflated.unused
    if inflated.problem is not None:
        problem = inflated.problem
        yield replace(last, problem=problem) if last else Record(position, None, b"", problem)
        return gzip_members.find(file, position, kind.begins, math.inf) or size
    if last is not None and last.problem and end < size and not gzip_members.begins_at(file, end, kind.begins):
        # The members have nothing to do with the records: from here on, the file is one stream
        file.seek(position)
        rest = compression.Decompressed(file, "gzip")
        yield from islice(_records(kind, io.BufferedReader(rest, _BUFFER)), yielded, None)
        if rest.problem is not None:
            raise rest.problem
        return size
    if last is not None:
        yield last
    return end


def _members(kind: Kind, file: BinaryIO, most: int) -> Iterator[tuple[int, int]]:
    """Where each member begins and how many records it holds, as far as no member is larger than `most`.

    A member with one record, which is the rule, is not decompressed: its header tells how long its content is, so do
    its last four bytes, and behind those the next member begins.
    """
    size = file.seek(0, io.SEEK_END)
    position = 0
    while position < size and not gzip_members.is_padding(file, position):
        following = gzip_members.find(file, position, kind.begins, most)
        if following is None and position + most < size:
            return
        end, records = following or size, 1
        if _length(file, end) - _told_length(kind, file, position) not in _BREAKS:
            end, records = _counted(_member(kind, file, position, size))
        yield position, records
        position = end


def _told_length(kind: Kind, file: BinaryIO, position: int) -> int:
    """The length of a record with its header, as the header tells it; a negative one where it cannot be read."""
    file.seek(position)
    data = Pushback(io.BytesIO(gzip_members.head(file.read(_HEADER))))
    try:
        header = kind.header(data.readline(MAX_LINE), data)
    except InputError:
        return -MAX_RECORD
    return header.length + data.position


def _length(file: BinaryIO, end: int) -> int:
    """The length of the content of a gzip member (modulo 4 GiB), given where the member ends."""
    file.seek(end - 4)
    return int.from_bytes(file.read(4), "little")


def _counted(member: Generator[Record, None, int]) -> tuple[int, int]:
    """Where the next member begins, and how many records this one holds."""
    for records in count():
        try:
            next(member)
        except StopIteration as done:
            return done.value, records
    raise AssertionError  # count() does not end
