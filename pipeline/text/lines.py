"""The source cut into physical lines."""

from __future__ import annotations

from pipeline import native
from pipeline.expression import expression
from pipeline.model import Line

_BREAK = r"\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029"
"""What `str.splitlines` takes for line breaks"""
LINE_BREAK = expression(rf"\r\n|[{_BREAK}]")
_BLANK = (
    (0x00, 0x20),
    (0x7F, 0x7F),
    (0x85, 0x85),
    (0xA0, 0xA0),
    (0xAD, 0xAD),
    (0x1680, 0x1680),
    (0x2000, 0x200F),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x2064),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
"""Code points, from the first to the last, of white space, line breaks, invisible format characters and controls, which make
no line non-blank"""
_AROUND = "".join(chr(code) for first, last in _BLANK for code in range(first, last + 1))


def lines(source: str) -> tuple[Line, ...]:
    """The non-blank lines of `source` in order, each without the white space around it."""
    starts, ends, gaps, texts = spans(source)
    return tuple(map(Line, starts, ends, texts, gaps))


@native.compiled
def spans(source: str) -> tuple[list[int], list[int], list[int], list[str]]:
    """The same as columns: start, end, line breaks before, and text of each line."""
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    texts: list[str] = []
    position = 0
    before = 0
    for number, line in enumerate(source.splitlines(keepends=True)):
        text = line.strip(_AROUND)
        if text:
            start = position + line.find(text)
            starts.append(start)
            ends.append(start + len(text))
            gaps.append(number - before if texts else 0)
            texts.append(text)
            before = number
        position += len(line)
    return starts, ends, gaps, texts
