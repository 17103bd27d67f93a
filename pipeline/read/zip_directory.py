"""The directory at the end of a zip archive, read entry by entry: `zipfile` gives up all for one entry that is damaged, and
takes an entry for the end of another that tells too great a length."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from pipeline.wording import said

if TYPE_CHECKING:
    from zipfile import ZipFile

_ENTRY = b"PK\1\2"
_ENTRY_SIZE = 46
_LENGTHS = struct.Struct("<HHH")
"""Of a name, of extra fields and of a comment."""
_LENGTHS_AT = 28
_OFFSET_AT = 42
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\5\6"
_END_64 = struct.Struct("<4sQ2H2L4Q")
_END_64_MARK = b"PK\6\6"
_LOCATOR_SIZE = 20
_TAIL = (1 << 16) + _END.size + _END_64.size + _LOCATOR_SIZE
_MAX_DIRECTORY = 1 << 28
_UNKNOWN = 0xFFFF_FFFF
"""What stands for an offset that is told elsewhere."""


class Lost(NamedTuple):
    """An entry that cannot be read."""

    name: str | None
    """None of what is not there at all."""
    why: str


class _Place(NamedTuple):
    """Where the directory is."""

    start: int
    size: int
    entries: int
    moved: int
    """Bytes that stand before the archive, which its offsets do not count."""


def mended(
    content: BinaryIO, whole: ZipFile | None, errors: tuple[type[Exception], ...]
) -> tuple[ZipFile, list[Lost]] | None:
    """The archive with every entry that can be read, and what cannot; None where `whole`, which `zipfile` opened, has
    them all, or where there is no directory."""
    place = _place(content)
    known = len(whole.infolist()) if whole is not None else 0
    if place is None or (whole is not None and known % (1 << 16) == place.entries % (1 << 16)):
        return None
    content.seek(place.start)
    good: list[bytes] = []
    lost: list[Lost] = []
    for entry in _entries(content.read(place.size)):
        try:
            _opened([entry])
        except errors as error:
            name_size = _LENGTHS.unpack_from(entry, _LENGTHS_AT)[0]
            name = entry[_ENTRY_SIZE : _ENTRY_SIZE + name_size].decode("utf-8", "backslashreplace")
            lost.append(Lost(name, said(error)))
        else:
            good.append(_moved(entry, place.moved))
    if len(good) > known:
        whole = _opened(good)
        whole.fp = content
    elif whole is not None:
        lost = []
    if whole is None:
        return None
    there = len(whole.infolist()) + len(lost)
    if there < place.entries:
        lost.append(Lost(None, f"the directory of the archive tells of {place.entries:,} files; there are {there:,}"))
    return whole, lost


def _place(content: BinaryIO) -> _Place | None:
    """Where the directory is, as the end of the archive tells it."""
    size = content.seek(0, io.SEEK_END)
    begin = max(0, size - _TAIL)
    content.seek(begin)
    tail = content.read(_TAIL)
    end = tail.rfind(_END_MARK)
    if end < 0 or len(tail) - end < _END.size:
        return None
    _, _, _, _, count, length, offset, _ = _END.unpack_from(tail, end)
    before = end - _LOCATOR_SIZE - _END_64.size
    if before >= 0 and tail.startswith(_END_64_MARK, before):
        _, _, _, _, _, _, _, count, length, offset = _END_64.unpack_from(tail, before)
        end = before
    start = begin + end - length
    if start < 0 or length > _MAX_DIRECTORY:
        return None
    return _Place(start, length, count, start - offset)


def _entries(directory: bytes) -> Iterator[bytes]:
    """The entries of a directory. One that tells a length which leads into another ends where that one begins."""
    position = 0 if directory.startswith(_ENTRY) else directory.find(_ENTRY)
    while 0 <= position <= len(directory) - _ENTRY_SIZE:
        lengths = _LENGTHS.unpack_from(directory, position + _LENGTHS_AT)
        end = position + _ENTRY_SIZE + sum(lengths)
        following = directory.find(_ENTRY, position + _ENTRY_SIZE)
        if end != len(directory) and not directory.startswith(_ENTRY, end):
            end = following if following >= 0 else len(directory)
        elif 0 <= following < end and _is_chain(directory, following):
            end = following
        yield _cut(directory[position:end], lengths)
        position = end


def _is_chain(directory: bytes, position: int) -> bool:
    """Whether an entry begins here, and ends where another one, or nothing, follows."""
    if position + _ENTRY_SIZE > len(directory):
        return False
    end = position + _ENTRY_SIZE + sum(_LENGTHS.unpack_from(directory, position + _LENGTHS_AT))
    return end == len(directory) or directory.startswith(_ENTRY, end)


def _cut(entry: bytes, lengths: tuple[int, ...]) -> bytes:
    """An entry whose lengths are those that it has."""
    rest = len(entry) - _ENTRY_SIZE
    name = min(lengths[0], rest)
    extra = min(lengths[1], rest - name)
    told = bytearray(entry)
    _LENGTHS.pack_into(told, _LENGTHS_AT, name, extra, min(rest - name - extra, 0xFFFF))
    return bytes(told[: _ENTRY_SIZE + name + extra + min(rest - name - extra, 0xFFFF)])


def _moved(entry: bytes, by: int) -> bytes:
    """An entry whose member begins so many bytes later than it tells."""
    told = bytearray(entry)
    (offset,) = struct.unpack_from("<L", told, _OFFSET_AT)
    if by and offset != _UNKNOWN and 0 <= offset + by < _UNKNOWN:
        struct.pack_into("<L", told, _OFFSET_AT, offset + by)
    return bytes(told)


def _opened(entries: list[bytes]) -> ZipFile:
    """An archive that has a directory only."""
    from zipfile import ZipFile

    directory = b"".join(entries)
    count = min(len(entries), 0xFFFF)
    return ZipFile(io.BytesIO(directory + _END.pack(_END_MARK, 0, 0, count, count, len(directory), 0, 0)))
