"""What is marked inside a block: links, code, emphasis, formulas."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.model import Edit, Mark, MarkKind
from pipeline.text.blocks import Span

NAMES: tuple[MarkKind, ...] = ("link", "code", "strong", "emphasis", "math")
"""By number of a `SpanKind`, the name that records have."""


class Marks:
    """The marked spans of a source as marks of the clean text, block by block."""

    def __init__(self, spans: Sequence[Span], edits: Sequence[Edit]) -> None:
        self._spans = spans
        self._next = 0
        self._edits = edits
        self._ends = [edit.end for edit in edits] if spans else []

    def of(self, src_start: int, src_end: int, shift: int) -> tuple[Mark, ...]:
        """The marks of the block from `src_start` to `src_end`, whose first character is moved by `shift`."""
        spans = self._spans
        while self._next < len(spans) and spans[self._next].start < src_start:
            self._next += 1
        found: list[Mark] = []
        while self._next < len(spans) and spans[self._next].start < src_end:
            span = spans[self._next]
            self._next += 1
            if span.end <= src_end:
                start, end = (self._moved(at, src_start, shift) for at in (span.start, span.end))
                if start < end:
                    found.append(Mark(start, end, NAMES[span.kind], span.target or None))
        return tuple(found)

    def _moved(self, offset: int, src_start: int, shift: int) -> int:
        """An offset inside a block as one of the text: moved as the block is, and by the edits before it."""
        first = bisect_right(self._ends, src_start)
        for edit in self._edits[first:]:
            if edit.start >= offset:
                break
            if edit.start >= src_start:
                shift += len(edit.replacement) - (min(edit.end, offset) - edit.start)
        return offset + shift
