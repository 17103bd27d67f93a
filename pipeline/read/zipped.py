"""Zip archives, which many formats are: opened, and members read, with one kind of error."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from pipeline.errors import InputError
from pipeline.read.opened import Opened

if TYPE_CHECKING:
    from zipfile import ZipFile

_MAX_CONTENT = 1 << 27
ERRORS = (BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, zlib.error, OverflowError, MemoryError)
"""What zipfile raises on a damaged, encrypted or exotic archive; RuntimeError includes NotImplementedError."""


@contextmanager
def archive(opened: Opened, what: str) -> Iterator[ZipFile]:
    """The archive that a file is. `what` it should be is told where it is none.

    Raises:
        InputError: it is damaged.
    """
    from zipfile import ZipFile

    try:
        found = ZipFile(opened.seekable_content())
    except ERRORS as error:
        raise InputError("damaged", f"no whole {what}: {error}") from None
    with found:
        yield found


def content(found: ZipFile, path: str, most: int = _MAX_CONTENT) -> bytes:
    """What a member holds.

    Raises:
        InputError: there is none of this name, it is damaged or encrypted, or it is larger than `most` bytes.
    """
    try:
        with found.open(path) as file:
            data = file.read(most + 1)
    except ERRORS as error:
        raise InputError("damaged", str(error)) from None
    if len(data) > most:
        raise InputError("too-large", f"{path} decompresses to more than {most >> 20} MiB")
    return data
