"""A stream that takes back what was read too far."""

from __future__ import annotations

from typing import BinaryIO

from pipeline.read.pieces import up_to

_LOOK = 16


class Pushback:
    """Reads from a stream, and first what was given back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._again = b""
        self._done = 0
        """How much of `_again` has been read again."""
        self.position = 0
        """Bytes read, less those given back."""
        self.returned = 0
        """Bytes that were ever given back."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        data = self._retake(size)
        if len(data) < size:
            data += up_to(self._stream, size - len(data))
        self.position += len(data)
        return data

    def readline(self, limit: int) -> bytes:
        """The rest of the line with its line feed, but not more than `limit` bytes."""
        end = self._again.find(b"\n", self._done, self._done + limit) + 1
        line = self._retake(end - self._done if end else limit)
        if not line.endswith(b"\n") and len(line) < limit:
            line += self._stream.readline(limit - len(line))
        self.position += len(line)
        return line

    def peekline(self, limit: int) -> bytes:
        """What `readline` would give."""
        line = self.readline(limit)
        self._give_back(line)
        return line

    def skip(self, characters: bytes) -> bytes:
        """Read these characters, as far as they go."""
        skipped = b""
        while data := self.read(_LOOK):
            rest = data.lstrip(characters)
            skipped += data[: len(data) - len(rest)]
            if rest:
                self._give_back(rest)
                break
        return skipped

    def unread(self, data: bytes) -> None:
        """Give back what was read last."""
        self._give_back(data)
        self.returned += len(data)

    def _give_back(self, data: bytes) -> None:
        if self._done >= len(data) and self._again[self._done - len(data) : self._done] == data:
            self._done -= len(data)
        else:
            self._again, self._done = data + self._again[self._done :], 0
        self.position -= len(data)

    def _retake(self, size: int) -> bytes:
        data = self._again[self._done : self._done + size]
        self._done += len(data)
        if self._done == len(self._again):
            self._again, self._done = b"", 0
        return data
