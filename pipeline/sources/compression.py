"""Compressed inputs, recognised by content. A cut or damaged stream gives what could be read, and says so."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Protocol

from pipeline.errors import InputError

GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _new(data: bytes) -> _Decompressor | None:
    if data.startswith(GZIP):
        return zlib.decompressobj(wbits=31)
    if data.startswith(BZIP2):
        return bz2.BZ2Decompressor()
    if data.startswith(XZ):
        return lzma.LZMADecompressor()
    return None


def decompress(data: bytes, limit: int) -> tuple[bytes, InputError | None]:
    """`data` itself, or what it decompresses to, member by member; and what was lost on the way.

    Raises:
        InputError: nothing could be decompressed, or it comes to more than `limit` bytes.
    """
    decompressor = _new(data)
    if decompressor is None:
        return data, None
    pieces: list[bytes] = []
    total = 0
    problem: InputError | None = None
    while decompressor is not None:
        try:
            piece = decompressor.decompress(data, limit + 1 - total)
        except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            problem = InputError("damaged", f"the compressed data is damaged: {error}")
            break
        pieces.append(piece)
        total += len(piece)
        if total > limit:
            raise InputError("too-large", f"decompresses to more than {limit >> 20} MiB")
        if not decompressor.eof:
            problem = InputError("truncated", "the compressed data ends too early; what was read is kept")
            break
        data = decompressor.unused_data
        decompressor = _new(data)
    if problem is not None and total == 0:
        raise problem
    return b"".join(pieces), problem
