"""Tar archives, compressed or not: each member is an input.

A header that does not hold together is passed over and told: Python's `tarfile` by itself takes it for the end.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any

from pipeline.errors import InputError
from pipeline.read.interface import Format, Item, ReadOptions, Skipped, Span
from pipeline.read.members import Members
from pipeline.read.opened import Opened

_MARK = slice(257, 262)
_ENDS = ("EOFHeaderError", "EmptyHeaderError")
"""What `tarfile` raises where an archive ends as it should."""
_ERRORS = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError)


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
        """A header that tells what `tarfile` keeps to itself."""

        @classmethod
        def fromtarfile(cls, archive: tarfile.TarFile) -> Any:
            try:
                return super().fromtarfile(archive)
            except tarfile.HeaderError as error:
                if type(error).__name__ not in _ENDS and not damaged:
                    damaged.append(str(error))
                raise

    try:
        with tarfile.open(
            fileobj=opened.content,
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


FORMAT = Format("tar", recognises, read, has_members=True, turn=1)
