"""Where the members of a gzip file begin, told without decompressing the file."""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

_MAGIC = b"\x1f\x8b\x08"
_BLOCK = 1 << 16
_STEPS = (1 << 6, 1 << 12)
"""Bytes decompressed at a time, enough for most headers: zlib gives nothing of a step in which it finds damage."""
_PROBE = 1 << 12
"""Compressed bytes at a place that show whether a member begins there."""


def head(data: bytes) -> bytes:
    """What the first bytes of a member decompress to, up to any damage."""
    inflate = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    try:
        for step in _STEPS:
            pieces.append(inflate.decompress(data, step))
            data = inflate.unconsumed_tail
    except zlib.error:
        pass
    return b"".join(pieces)


def find(file: BinaryIO, position: int, begins: re.Pattern[bytes], most: float) -> int | None:
    """The first place after `position`, about `most` bytes on at the latest, where a member begins whose content
    `begins` matches; None where there is none."""
    position += 1
    end = position + most
    while position < end:
        file.seek(position)
        block = file.read(_BLOCK + _PROBE)
        if not block:
            return None
        at = block.find(_MAGIC, 0, _BLOCK + 2)
        while at >= 0:
            if _shows(block[at : at + _PROBE], begins):
                return position + at
            at = block.find(_MAGIC, at + 1, _BLOCK + 2)
        position += _BLOCK
    return None


def begins_at(file: BinaryIO, position: int, begins: re.Pattern[bytes]) -> bool:
    """Whether a member begins here whose content `begins` matches."""
    file.seek(position)
    return _shows(file.read(_PROBE), begins)


def _shows(data: bytes, begins: re.Pattern[bytes]) -> bool:
    return begins.match(head(data).lstrip(b"\r\n")) is not None


def is_padding(file: BinaryIO, position: int) -> bool:
    """Whether nothing but zeros follows, as on tapes."""
    file.seek(position)
    block = file.read(_PROBE)
    while block and not block.strip(b"\0"):
        block = file.read(_BLOCK)
    return not block
