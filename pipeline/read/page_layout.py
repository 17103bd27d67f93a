"""Lines on pages to paragraphs and headings: of a file that says where letters stand and nothing of what they are.

A paragraph ends where the distance to the next line, the size of the letters, or an indent says so, or where a line
ends a sentence short of the edge. Lines that come back at the head or foot of pages are furniture: they go into a
`<footer>` at the end, so that the paragraph which they interrupt is whole.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline.expression import expression

_EDGE = 0.1
"""Share of a page's height, above and below, in which furniture stands."""
_EDGE_LINES = 3
_HEADING = 1.15
"""Letters so many times as large as most are those of a heading."""
_MAX_HEADING = 200
_GAP = 1.45
"""Times the usual distance of lines, from which on it is that of paragraphs."""
_FULL = 0.85
"""A line that reaches this share of the width goes on in the next."""
_FAR = 0.2
"""Lines further apart than this share of the page's height are in other columns."""
_LEADING = 1.3
"""Times the height of letters, the distance of lines where nothing tells it."""
_SHORT = 0.8
"""A line that ends before this share of the width may be the last of its paragraph."""
_DIGITS = expression(r"\d+")
_SENTENCE_END = expression(r"[.!?…:;。！？][\"'”’»)\]]*$")
_NUMBER = expression(
    r"[\W_]*(?:page|seite|p\.|página|pagina|s\.)?\s*(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,4})?[\W_]*",
    re.IGNORECASE,
)


class Line(Struct, frozen=True):
    """A line of a page."""

    text: str
    left: float
    right: float
    bottom: float
    """As a share of the page's height, counted from below."""
    top: float
    size: float
    """Height of its letters."""
    is_cut: bool = False
    """Whether a hyphen, which `text` is without, ends it: its last word may go on in the next line."""


class _Block(Struct):
    """Lines that belong together."""

    lines: list[Line]

    @property
    def text(self) -> str:
        """The lines joined; a word cut at a line's end is whole again."""
        joined = ""
        for line, following in zip(self.lines, [*self.lines[1:], None], strict=True):
            joined += line.text
            if not _is_cut(line, following):
                joined += "- " if line.is_cut else " "
        return joined.strip()


def _is_cut(line: Line, following: Line | None) -> bool:
    """Whether a word goes on in the next line: a hyphen ends the one, and a small letter begins the other."""
    return line.is_cut and following is not None and following.text[:1].islower()


def html_and_text(pages: Sequence[Sequence[Line]]) -> tuple[str, str]:
    """The pages as the inside of an HTML body, and as plain text with a blank line between paragraphs."""
    furniture = _furniture(pages)
    sizes = Counter({0.0: 0})
    for line in (line for page in pages for line in page):
        sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0] or 1
    blocks: list[_Block] = []
    aside: list[str] = []
    for page in pages:
        kept = [line for line in page if not _is_furniture(line, page, furniture)]
        aside += [line.text for line in page if _is_furniture(line, page, furniture)]
        found = _blocks(kept, usual)
        if blocks and found and _goes_on(blocks[-1], found[0], usual):
            blocks[-1].lines += found.pop(0).lines
        blocks += found
    pieces = [_element(block, usual) for block in blocks]
    if aside:
        pieces += [
            "<footer>",
            *(f"<p>{html.escape(text, quote=False)}</p>" for text in dict.fromkeys(aside)),
            "</footer>",
        ]
    return "\n".join(pieces) + "\n", "\n\n".join(block.text for block in blocks)


def _element(block: _Block, usual: float) -> str:
    is_heading = block.lines[0].size > _HEADING * usual and len(block.text) <= _MAX_HEADING
    tag = "p" if not is_heading else "h1" if block.lines[0].size > 1.6 * usual else "h2"
    return f"<{tag}>{html.escape(block.text, quote=False)}</{tag}>"


def _form(text: str) -> str:
    """A line as it is alike on all pages: with each number as `0`."""
    return _DIGITS.sub("0", text.lower())


def _edges(page: Sequence[Line]) -> list[Line]:
    """The lines at the head and foot of a page."""
    by_place = sorted(page, key=lambda line: -line.top)
    outer = [*by_place[:_EDGE_LINES], *by_place[-_EDGE_LINES:]]
    return [line for line in outer if line.bottom > 1 - _EDGE or line.top < _EDGE]


def _furniture(pages: Sequence[Sequence[Line]]) -> set[str]:
    """The forms of lines that stand at the edge of at least two pages, and of a fifth of all."""
    counts = Counter(form for page in pages for form in {_form(line.text) for line in _edges(page)})
    least = max(2, len(pages) / 5)
    return {form for form, count in counts.items() if count >= least}


def _is_furniture(line: Line, page: Sequence[Line], furniture: set[str]) -> bool:
    if not (line.bottom > 1 - _EDGE or line.top < _EDGE):
        return False
    return _form(line.text) in furniture or bool(_NUMBER.fullmatch(line.text))


def _blocks(lines: Sequence[Line], usual: float) -> list[_Block]:
    """The lines of a page in paragraphs."""
    right = max((line.right for line in lines), default=0.0)
    left = min((line.left for line in lines), default=0.0)
    step = _step(lines, left + _FULL * (right - left))
    blocks: list[_Block] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before is None or _parts(before, line, step, (left, right)):
            blocks.append(_Block([line]))
        else:
            blocks[-1].lines.append(line)
    return blocks


def _step(lines: Sequence[Line], edge: float) -> float:
    """The distance of lines inside a paragraph, as a share of the page: of those that end at the edge, if there are any."""
    from statistics import median  # with fractions and decimals, milliseconds of every start

    near = [
        (one, two) for one, two in pairwise(lines) if _is_alike(one.size, two.size) and 0 < one.top - two.top < _FAR
    ]
    inside = [one.top - two.top for one, two in near if one.right >= edge]
    if inside:
        return median(inside)
    tall = median([line.top - line.bottom for line in lines]) if lines else 0.0
    return min([_LEADING * tall, *(one.top - two.top for one, two in near)])


def _is_alike(one: float, two: float) -> bool:
    """Whether letters have one size."""
    return abs(one - two) <= 0.1 * max(one, two)


def _parts(before: Line, line: Line, step: float, edges: tuple[float, float]) -> bool:
    """Whether a paragraph ends between two lines."""
    if _is_cut(before, line):
        return False
    distance = before.top - line.top
    if not _is_alike(before.size, line.size):
        return True
    if distance > _GAP * step or distance < -step:
        return True
    left, right = edges
    is_short = before.right - left < _SHORT * (right - left)
    is_indented = line.left > before.left + 0.8 * line.size
    ends = bool(_SENTENCE_END.search(before.text))
    return ends and (is_short or is_indented)


def _goes_on(block: _Block, following: _Block, usual: float) -> bool:
    """Whether a paragraph goes on on the next page."""
    last, first = block.lines[-1], following.lines[0]
    if _is_cut(last, first):
        return True
    if not _is_alike(last.size, first.size) or last.size > _HEADING * usual:
        return False
    return not _SENTENCE_END.search(last.text) and (first.text[:1].islower() or last.text.endswith((",", "-")))
