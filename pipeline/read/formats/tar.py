"""Tar archives, compressed or not: each member is an input.

A header that does not hold together is passed over and told: Python's `tarfile` by itself takes it for the end. One that
tells a length which no such archive can hold is such a header; `tarfile` would look for the end of it forever.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from pipeline.errors import InputError
from pipeline.read.interface import Format, Item, ReadOptions, Skipped, Span
from pipeline.read.members import Members
from pipeline.read.opened import Opened

_MARK = slice(257, 262)
_ENDS = ("EOFHeaderError", "EmptyHeaderError")
"""What `tarfile` raises where an archive ends as it should."""
_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError)
_INVALID = (ValueError, LookupError, ArithmeticError)
"""What `tarfile` raises at extended headers that say nonsense."""
_EXTENDED = frozenset(
    (
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    )
)
_MAX_EXTENDED = 1 << 24
"""Bytes of an extended header, which is read into memory: names and attributes."""
_MAX_READS = 16
"""How often it is read at the end of an archive; to find that it is the end takes a few times."""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a tar archive; an old one has no mark, and one may be damaged, but its name says so."""
    return head[_MARK] == b"ustar" or (suffix == ".tar" and len(head) >= tarfile.BLOCKSIZE)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """What each member gives.

    Raises:
        InputError: a part of the archive is damaged, or it passes the bounds.
    """
    members = Members(opened, options)
    damaged: list[str] = []

    class Watched(tarfile.TarInfo):
        """A header that tells what `tarfile` keeps to itself. Behind one that is invalid, `tarfile` goes on with the search."""

        @classmethod
        def frombuf(cls, buf: Any, encoding: str, errors: str) -> Any:
            header = super().frombuf(buf, encoding, errors)
            if header.type in _EXTENDED and not 0 <= header.size <= _MAX_EXTENDED:
                raise _invalid(f"an extended header tells a length of {header.size:,} bytes")
            return header

        @classmethod
        def fromtarfile(cls, archive: tarfile.TarFile) -> Any:
            try:
                header = super().fromtarfile(archive)
                if not 0 <= header.size <= members.most:
                    raise _invalid(f"a header tells a length of {header.size:,} bytes, which no such archive can hold")
            except tarfile.HeaderError as error:
                name = type(error).__name__
                if name not in _ENDS and not damaged:
                    damaged.append(str(error))
                if name == "SubsequentHeaderError":
                    raise _invalid(str(error)) from None
                raise
            except _INVALID as error:
                damaged.append(str(error))
                raise _invalid(str(error)) from None
            return header

    try:
        with tarfile.open(
            fileobj=cast(BinaryIO, _Ending(opened.content)),
            mode="r|",
            tarinfo=Watched,
            ignore_zeros=True,
            errorlevel=0,
            errors="surrogateescape",
        ) as archive:
            for entry in archive:
                archive.members = []  # type: ignore[attr-defined]  # which would otherwise hold the headers of all
                if entry.isdir():
                    continue
                if not entry.isreg():
                    yield Skipped("link" if entry.issym() or entry.islnk() else "device")
                    continue
                stream = archive.extractfile(entry)
                if stream is not None:
                    yield from members.read(entry.name, stream, _ERRORS)
    except _ERRORS as error:
        damaged.append(str(error))
    if damaged:
        raise InputError("damaged", f"what stands between members is damaged and passed over: {damaged[0]}")


def _invalid(message: str) -> tarfile.HeaderError:
    """What `tarfile` raises, and catches, where a header does not hold together."""
    error: tarfile.HeaderError = tarfile.InvalidHeaderError(message)  # type: ignore[attr-defined]
    return error


class _Ending:
    """A stream that ends once: who looks for the end of a member far behind that of the archive is told."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._ends = 0

    def read(self, size: int) -> bytes:
        """Up to so many bytes."""
        data = self._content.read(size)
        self._ends += not data
        if self._ends > _MAX_READS:
            raise tarfile.ReadError("unexpected end of data")
        return data


FORMAT = Format("tar", recognises, read, has_members=True, turn=1)
