"""Reading as much as there is, without taking memory for as much as there might be."""

from __future__ import annotations

from typing import BinaryIO

_PIECE = 1 << 20


def up_to(stream: BinaryIO, size: int) -> bytes:
    """The next `size` bytes of a stream, or all that are left. `read(size)` itself takes memory for `size` bytes first."""
    first = stream.read(min(size, _PIECE))
    if len(first) in (size, 0):
        return first
    pieces = [first]
    left = size - len(first)
    while left and (piece := stream.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
