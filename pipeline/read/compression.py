"""Compressed inputs, recognised by content and decompressed as they are read. What is cut or damaged says so."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol, cast

from pipeline.errors import InputError
from pipeline.read.interface import MAX_EXPANDED
from pipeline.read.pieces import up_to
from pipeline.zstandard import zstandard

SUFFIXES = frozenset((".gz", ".bz2", ".xz", ".zst", ".zstd"))
MAGIC_LENGTH = 10
"""Bytes that tell whether and how a file is compressed."""

_CHUNK = 1 << 16
_MAX_RATIO = 500
"""What decompresses to more than this, and to more than `MAX_EXPANDED`, is a bomb. Text hardly reaches 50."""
_XZ_MEMORY = 1 << 29
"""A dictionary of more memory than this is refused; `xz -9` asks for an eighth."""

_MAGIC = {
    "gzip": re.compile(rb"\x1f\x8b\x08[\0-\x1f]"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\0"),
    "zstandard": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}


class Decompressor(Protocol):
    """One member of a compressed file, as `bz2`, `lzma` and `zstd` have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """The same for gzip. Where the data is damaged, what stands before the damage is given first."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail and self._error is None

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        if self._error is not None:
            raise self._error
        data = self._inflate.unconsumed_tail + data
        before = self._inflate.copy()
        try:
            return self._inflate.decompress(data, max_length)
        except zlib.error as error:
            self._error = error
        pieces = [b""]
        try:
            for i in range(len(data)):
                pieces.append(before.decompress(data[i : i + 1], max_length))
                max_length -= len(pieces[-1])
                if max_length <= 0:
                    break
        except zlib.error:
            pass
        return b"".join(pieces)


_NEW: dict[str, Callable[[], Decompressor]] = {
    "gzip": _Gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
    "zstandard": lambda: cast(Decompressor, zstandard().ZstdDecompressor()),
}
_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


def kind(head: bytes) -> str | None:
    """How a file that begins like this is compressed, or None."""
    return next((name for name, magic in _MAGIC.items() if magic.match(head)), None)


class Decompressed(io.RawIOBase):
    """What a compressed file holds, member after member. It ends early where the file is cut or damaged."""

    def __init__(self, file: BinaryIO, compression: str, *, single: bool = False) -> None:
        """`file` stands at the beginning of a member; with `single`, only that one is read."""
        self._file = file
        self._compression = compression
        self._member = _NEW[compression]()
        self._errors = (*_ERRORS, zstandard().ZstdError) if compression == "zstandard" else _ERRORS
        self._single = single
        self._pending = b""
        self._total = 0
        self._compressed = 0
        self._ended = False
        self.problem: InputError | None = None
        """Why there is less than there was."""

    @property
    def unused(self) -> int:
        """How many bytes of the file were read beyond the single member."""
        return len(self._member.unused_data)

    def readable(self) -> bool:
        """As for every stream one can read."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer; less than full only at the end."""
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and not self._ended:
            try:
                piece = self._piece(len(view) - filled)
            except InputError as problem:
                self.problem, self._ended = problem, True
                break
            view[filled : filled + len(piece)] = piece
            filled += len(piece)
        self._total += filled
        if self._total > MAX_EXPANDED and self._total > self._compressed * _MAX_RATIO:
            message = f"{self._compressed:,} bytes decompress to more than {self._total:,}; the rest is not read"
            self.problem, self._ended = InputError("too-large", message), True
        return filled

    def _piece(self, most: int) -> bytes:
        if self._member.eof:
            if self._single:
                self._ended = True
            else:
                self._next_member()
            return b""
        is_hungry = self._member.needs_input
        data = self._take() if is_hungry else b""
        try:
            piece = self._member.decompress(data, most)
        except self._errors as error:
            raise InputError("damaged", f"the compressed data is damaged: {error}") from None
        # One that wanted nothing may give nothing all the same: it has filled the buffer to the brim before.
        if is_hungry and not data and not piece and not self._member.eof:
            raise InputError("truncated", "the compressed data ends too early; what was read is kept")
        return piece

    def _take(self) -> bytes:
        data, self._pending = self._pending, b""
        if not data:
            data = self._file.read(_CHUNK)
            self._compressed += len(data)
        return data

    def _next_member(self) -> None:
        rest = self._member.unused_data
        while len(rest) < MAGIC_LENGTH and (more := self._take()):
            rest += more
        while rest and not rest.strip(b"\0"):  # tapes and downloads are padded
            rest = self._take()
        if not rest:
            self._ended = True
        elif kind(rest) == self._compression:
            self._pending = rest
            self._member = _NEW[self._compression]()
        else:
            raise InputError("damaged", f"what follows the {self._compression} data is none; it is not read")


def decompress(data: bytes, compression: str, limit: int) -> tuple[bytes, InputError | None]:
    """What `data` decompresses to, and what was lost on the way. More than `limit` bytes is a loss, too."""
    stream = Decompressed(io.BytesIO(data), compression)
    content = up_to(io.BufferedReader(stream), limit + 1)
    if len(content) > limit:
        return content[:limit], InputError("too-large", f"decompresses to more than {limit >> 20} MiB")
    return content, stream.problem
