"""One input, opened: its bytes as they lie there, and decompressed."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from pipeline import bounds
from pipeline.errors import InputError
from pipeline.read import compression, remote
from pipeline.streams import standard_input

if TYPE_CHECKING:
    from pipeline.read.members import Budget

STDIN = "-"
HEAD = 1 << 16
"""Bytes of content by which a format is recognised."""
_BUFFER = 1 << 18
_IN_MEMORY = 1 << 24
"""What cannot be sought in is copied; above this size to a file."""


class Hashed(io.RawIOBase):
    """A file that is hashed as it is read, in whatever order that happens."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self._hashed = 0

    def readable(self) -> bool:
        """As for every stream one can read."""
        return True

    def seekable(self) -> bool:
        """Always: what is not was copied."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is something."""
        view = memoryview(buffer).cast("B")
        start = self._file.tell()
        count = self._file.readinto(view) or 0
        if count:  # at the end nothing gets on, however often somebody asks for more
            bounds.tick()
        if start <= self._hashed < start + count:
            self._sha256.update(view[self._hashed - start : count])
            self._hashed = start + count
        return count

    def digest(self) -> tuple[str, int]:
        """SHA-256 and size of the whole file; what has not been read yet is read now."""
        self.seek(self._hashed)
        buffer = bytearray(_BUFFER)
        while self.readinto(buffer):
            pass
        return self._sha256.hexdigest(), self._hashed


class Opened:
    """One input file, opened. Its bytes can be sought in, whatever they come from."""

    def __init__(self, source: str, file: io.RawIOBase, *, depth: int = 0, budget: Budget | None = None) -> None:
        """`file` can be sought in and stands at its beginning. `depth`: in how many other files it lies.

        Raises:
            OSError: it cannot be read.
        """
        self.source = source
        self.depth = depth
        self.budget = budget
        """What the files inside it may come to; None as long as nobody has looked for any."""
        self.file = io.BufferedReader(file, _BUFFER)
        """As it lies there."""
        self.compression = compression.kind(self.file.peek(compression.MAGIC_LENGTH))
        self._decompressed = compression.Decompressed(self.file, self.compression) if self.compression else None
        self.content = io.BufferedReader(self._decompressed, _BUFFER) if self._decompressed else self.file
        """Decompressed. Like `file` where nothing is compressed, so use one of them only."""

    @property
    def problem(self) -> InputError | None:
        """Why the content ended too early, once that has come to light."""
        return self._decompressed.problem if self._decompressed else None

    def compressed(self) -> BinaryIO:
        """The file as it lies there, for a format that decompresses it by itself and finds the damage, too."""
        self._decompressed = None
        return self.file

    def size(self) -> int:
        """Of the file as it lies there, in bytes. Leaves it where it stands."""
        place = self.file.tell()
        size = self.file.seek(0, io.SEEK_END)
        self.file.seek(place)
        return size

    def head(self) -> bytes:
        """The beginning of the content, as long as nothing else has been read of it."""
        return self.content.peek(HEAD)[:HEAD]

    def seekable_content(self) -> BinaryIO:
        """The content, for formats that begin at its end. Decompressed content is copied for it.

        Raises:
            InputError: the content is damaged: what ends too early has no end to begin at.
        """
        if self._decompressed is None:
            return self.file
        copy = _copied(self.content)
        if self.problem is not None:
            raise self.problem
        return cast(BinaryIO, copy)


@contextmanager
def opened(path: str, inside: str = "") -> Iterator[io.RawIOBase]:
    """The file at a local path or URL, or standard input: unbuffered, and one can seek in it. `inside`: see `Entry`.

    Raises:
        InputError: it cannot be opened, or is no file.
    """
    try:
        if path == STDIN:
            file = _copied(cast(io.BufferedIOBase, standard_input()))
        elif remote.is_url(path):
            file = remote.open_file(path)
            file = file if file.seekable() else _copied(file)
        else:
            file = _local(_resolved(path, inside) if inside else path)
    except OSError as error:
        raise unreadable(error) from None
    with file:
        yield file


def unreadable(error: OSError) -> InputError:
    """What an error of the file system means for an input."""
    return InputError("unreadable", f"cannot be read: {error.strerror or error}")


_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
)


def _resolved(path: str, inside: str) -> str:
    """Where a link leads."""
    real = os.path.realpath(path)
    if os.path.commonpath((real, inside)) != inside:
        raise InputError("outside", "is a link that leads out of its input folder, which is not followed: see --follow")
    return real


def _local(path: str) -> io.RawIOBase:
    # A pipe that nobody writes to must not be waited for, and a device not even be touched
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        if stat.S_ISDIR(mode):
            os.scandir(path).close()
            raise InputError("not-a-file", "is a link to a folder, which is not followed: give the folder itself")
        kind = next((name for test, name in _KINDS if test(mode)), "neither file nor folder")
        raise InputError("not-a-file", f"is {kind}, not a file")
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return io.FileIO(os.open(path, flags))


def _copied(stream: io.BufferedIOBase | io.RawIOBase) -> io.RawIOBase:
    """All of a stream, in memory or in a file that goes away by itself."""
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed by who asked for it
    while piece := stream.read(_BUFFER):
        copy.write(piece)
    copy.seek(0)
    return cast(io.RawIOBase, copy)
