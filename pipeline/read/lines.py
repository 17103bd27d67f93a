"""Numbered lines of a file or of a part of it, and parts of a file that end with a line."""

from __future__ import annotations

import codecs
import math
from collections.abc import Iterator

from pipeline.read.encodings import encoding, utf8
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
    while left > 0 and (line := stream.readline(MAX_DOCUMENT + 1)):
        left -= len(line)
        if len(line) > MAX_DOCUMENT:
            piece = line[-1:]
            while not piece.endswith(b"\n") and (piece := stream.readline(BLOCK)):
                left -= len(piece)
        yield number, line if number else line.removeprefix(codecs.BOM_UTF8)
        number += 1


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
