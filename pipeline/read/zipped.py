"""Zip archives, which many formats are: opened, and members read, with one kind of error."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from pipeline.errors import InputError
from pipeline.read import zip_directory
from pipeline.read.opened import Opened
from pipeline.read.zip_directory import Lost
from pipeline.wording import said

if TYPE_CHECKING:
    from zipfile import ZipFile

_MAX_CONTENT = 1 << 27
ERRORS = (BadZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError, zlib.error, OverflowError, MemoryError)
"""What zipfile raises on a damaged, encrypted or exotic archive; RuntimeError includes NotImplementedError."""


@contextmanager
def archive(opened: Opened, what: str, lost: list[Lost] | None = None) -> Iterator[ZipFile]:
    """The archive that a file is. `what` it should be is told where it is none. Entries that cannot be read join `lost`.

    Raises:
        InputError: it is damaged.
    """
    from zipfile import ZipFile

    content = opened.seekable_content()
    whole, why = None, ""
    try:
        whole = ZipFile(content)
    except ERRORS as error:
        why = said(error)
    mended = zip_directory.mended(content, whole, ERRORS)
    if mended is not None and lost is not None:
        lost += mended[1]
    found = mended[0] if mended is not None else whole
    if found is None:
        raise InputError("damaged", f"no whole {what}: {why}")
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
        raise InputError("damaged", said(error)) from None
    if len(data) > most:
        raise InputError("too-large", f"{path} decompresses to more than {most >> 20} MiB")
    return data
