"""Numbered lines of a file or of a part of it, and parts of a file that end with a line."""

from __future__ import annotations

import codecs
import io
import math
from collections.abc import Iterator
from typing import BinaryIO, cast

from pipeline.read.encodings import as_utf8, encoding, utf8
from pipeline.read.interface import MAX_DOCUMENT, Span
from pipeline.read.opened import Opened

BLOCK = 1 << 22


def numbered(opened: Opened, span: Span | None) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 0, line ends included. Of a longer one, the first `MAX_DOCUMENT` bytes and one."""
    if span is None:
        stream, number, left = utf8(opened), 0, math.inf
    else:
        stream, number, left = opened.content, span.first, span.end - span.start
        stream.seek(span.start)
    if has_returns(opened.head()):
        stream = cast(BinaryIO, io.BufferedReader(_Returns(stream), BLOCK))
    while left > 0 and (line := stream.readline(MAX_DOCUMENT + 1)):
        left -= len(line)
        if len(line) > MAX_DOCUMENT:
            piece = line[-1:]
            while not piece.endswith(b"\n") and (piece := stream.readline(BLOCK)):
                left -= len(piece)
        yield number, line if number else line.removeprefix(codecs.BOM_UTF8)
        number += 1


def has_returns(head: bytes) -> bool:
    """Whether lines of a file that begins like this end with a carriage return and nothing else."""
    text = as_utf8(head)
    return b"\r" in text and b"\n" not in text


class _Returns(io.RawIOBase):
    """A stream with line feeds for its carriage returns."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def readable(self) -> bool:
        """As for every stream one can read."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is something."""
        view = memoryview(buffer).cast("B")
        data = self._content.read(len(view)).replace(b"\r", b"\n")
        view[: len(data)] = data
        return len(data)


def split(opened: Opened, target: int, name: str) -> Iterator[Span]:
    """Parts of about `target` bytes of a file of lines; none where it must be read from its beginning."""
    if opened.compression or encoding(opened.head())[0] != "utf-8":
        return
    start = first = number = position = 0
    while block := opened.file.read(BLOCK):
        done = 0
        while cut := block.find(b"\n", max(done, start + target - position)) + 1:
            number += block.count(b"\n", done, cut)
            yield Span(name, start, position + cut, first)
            start, first, done = position + cut, number, cut
        number += block.count(b"\n", done)
        position += len(block)
    if start < position:
        yield Span(name, start, position, first)
