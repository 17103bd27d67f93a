"""Inputs behind a URL, by way of fsspec: s3://, gs://, hf://, https:// and whatever else it knows."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any, cast

from pipeline.errors import InputError, UsageError
from pipeline.read.entry import portable
from pipeline.wording import installing


def is_url(item: str) -> bool:
    """Whether an input is a URL and not a local path."""
    return "://" in item


def name(url: str) -> str:
    """What a file is called in the output: by the end of its address, or by its host where that is all there is."""
    parts = url.partition("://")[2].rstrip("/").rpartition("/")
    return portable(parts[2])


def size(url: str) -> int | None:
    """The size of the file at `url`, 0 where it is unknown; None for a folder.

    Raises:
        UsageError: there is nothing, or no library to look for it.
    """
    system, path = _system(url)
    try:
        info = system.info(path)
    except Exception as error:  # every store has errors of its own
        raise UsageError(f"{url}: {_why(error)}") from None
    return None if info["type"] == "directory" else int(info.get("size") or 0)


def walk(url: str) -> Iterator[tuple[str, str, int]]:
    """Every file below `url`: its path below it, its URL and its size, sorted.

    Raises:
        UsageError: the folder cannot be listed.
    """
    system, root = _system(url)
    try:
        found = cast("dict[str, dict[str, Any]]", system.find(root, detail=True))
    except Exception as error:
        raise UsageError(f"{url}: {_why(error)}") from None
    for path in sorted(found):
        yield path[len(root) :].lstrip("/"), system.unstrip_protocol(path), int(found[path].get("size") or 0)


def open_file(url: str) -> io.RawIOBase:
    """The file at `url`.

    Raises:
        InputError: it cannot be opened.
    """
    try:
        system, path = _system(url)
        return _File(system.open(path, "rb"))
    except UsageError as error:
        raise InputError("missing-library", str(error)) from None
    except Exception as error:
        raise InputError("unreadable", _why(error)) from None


class _File(io.RawIOBase):
    """A remote file. Whatever its store raises becomes an `OSError`."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        """As for every stream one can read."""
        return True

    def seekable(self) -> bool:
        """Whether the store can give a part of a file."""
        return bool(self._file.seekable())

    def tell(self) -> int:
        """The place of the next byte."""
        return int(self._file.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return int(self._file.seek(offset, whence))

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is something."""
        view = memoryview(buffer).cast("B")
        try:
            data = self._file.read(len(view))
        except Exception as error:
            raise OSError(str(error)) from error
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Give the connection back."""
        if not self.closed:
            self._file.close()
        super().close()


def _why(error: Exception) -> str:
    """What is wrong, in words: libraries say of a server that does not answer that a file is not there, and keep the cause."""
    import socket  # with ssl, three milliseconds that only this needs
    import ssl

    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and len(chain) < 10:
        chain.append(cause)
    for one in reversed(chain):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"cannot be reached: its certificate does not hold: {one.verify_message}"
        if isinstance(one, ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError):
            said = os.strerror(one.errno) if isinstance(one, ConnectionError) and one.errno else one.strerror
            return f"cannot be reached: {said or one}"
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return f"cannot be read: {error}"


def _system(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(f"{url}: reading from URLs needs fsspec: {installing('remote')}") from None
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {error}") from None
    except OSError as error:
        raise UsageError(f"{url}: cannot be reached: {error.strerror or error}") from None
    return system, path
