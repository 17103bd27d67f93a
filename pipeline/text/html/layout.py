"""A parsed page laid out as lines of visible text, with the blocks that hold them.

The layout is that of `innerText` (https://html.spec.whatwg.org/#the-innertext-idl-attribute): blocks stand on
lines of their own, `br` breaks a line, white space collapses as in CSS. A blank line stands where a browser's own
style sheet has a margin. The cells of a table's row share a line, with a tab between them, where all are short, as
in a table of data; the cells of a layout table stand on lines of their own.

The tree is walked once and without recursion, however deep it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from pipeline.text.html.hints import TOPIC_BIT, hint_topics

BLOCKS = tuple(
    (
        "html body div p section article main header footer nav aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead"
        " tbody tfoot tr td th caption blockquote figure figcaption pre form fieldset legend address details summary"
        " center dir menu hgroup search dialog option optgroup frameset xmp listing plaintext"
    ).split()
)
BLOCK_CODE = {tag: code for code, tag in enumerate(BLOCKS)}
MARGINS = frozenset("blockquote dl figure h1 h2 h3 h4 h5 h6 menu ol p pre ul xmp listing plaintext".split())
"""Blocks with a blank line around them in https://html.spec.whatwg.org/#rendering."""
PREFORMATTED = frozenset("pre xmp listing plaintext".split())
CELLS = frozenset(("td", "th"))
UNSEEN = frozenset(
    (
        "annotation annotation-xml applet area audio base canvas datalist embed frame head iframe img input link map"
        " meta noembed noframes noscript object param picture progress rp rt script select source style svg template"
        " textarea title track video"
    ).split()
)
"""Not rendered, or not as text of the page. Ruby readings stand over the text, not in it."""
PICTURES = frozenset("embed iframe img object picture video".split())
INLINE = {"a": 0, "b": 1, "strong": 1, "i": 2, "em": 2, "cite": 2, "button": 3, "label": 3}
"""Inline elements whose characters are counted: links, bold, italic, controls."""
_LINK, _CONTROL = 0, 3

HINTS = frozenset("class id role itemprop itemtype rel data-component data-testid".split())
"""Attributes whose words say what an element is for."""
_MARKS = TOPIC_BIT["byline"] | TOPIC_BIT["date"]
MAX_MARKS = 100
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING: dict[str, Callable[[str], object]] = {
    "hidden": lambda value: value.lower() != "until-found",
    "aria-hidden": lambda value: value.lower() == "true",
    "style": _HIDDEN_STYLE.search,
}

_BREAK = re.compile(r"[\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile(r"[ \t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_INK = re.compile(r"[^ \t\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff]")
"""What makes a line: anything but white space and invisible format characters. `segment.lines` has the same rule."""
MAX_CELL, MAX_ROW = 80, 400
"""Code points in a cell and in a row of a table of data."""
_TOO_MANY = 1 << 30


class Count(NamedTuple):
    """What is counted of a line."""

    block: int
    """Index of the innermost block that holds it"""
    chars: int
    links: int
    link_chars: int
    bold_chars: int
    italic_chars: int
    control_chars: int
    """In buttons and labels"""
    pictures: int
    """Between the line before and this one"""
    broken: int
    """1 where `br` ended it, not a block"""


class Block(NamedTuple):
    """A block element. Its lines, and those of all blocks in it, are `first` up to `end`."""

    tag: int
    """Index into `BLOCKS`"""
    parent: int
    """-1 for the outermost"""
    topics: int
    """Bits of `html_words`"""
    first: int
    end: int


_FIRST, _END = Block._fields.index("first"), Block._fields.index("end")


class Mark(NamedTuple):
    """An element that calls itself a byline or a date."""

    element: Any
    topics: int
    line: int
    """The first line after it begins"""


@dataclass(slots=True)
class Layout:
    """A page's lines and blocks, in document order."""

    lines: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    """Line breaks before each line: 1, or 2 for a blank line."""
    counts: list[tuple[int, ...]] = field(default_factory=list)
    """The fields of a `Count` for each line"""
    blocks: list[list[int]] = field(default_factory=list)
    """The fields of a `Block` each"""
    marks: list[Mark] = field(default_factory=list)
    nodes: int = 0
    """Elements met"""
    hidden: int = 0
    """Code points of paragraphs in elements that hide themselves"""

    def text(self) -> str:
        """The rendered page; line `i` of it is `lines[i]`."""
        pieces: list[str] = []
        for gap, line in zip(self.gaps, self.lines, strict=True):
            pieces += "\n" * gap if pieces else "", line
        return "".join(pieces)


def lay_out(root: Any) -> Layout:
    """Render an lxml tree.

    Of a page that hides most of its prose, what is hidden is shown: scripts would have done so, as where a server
    streams a page (https://react.dev/reference/react-dom/server/renderToPipeableStream).
    """
    layout = _walk(root, show_hidden=False)
    if layout.hidden > sum(map(len, layout.lines)):
        layout = _walk(root, show_hidden=True)
    return layout


def _walk(root: Any, show_hidden: bool) -> Layout:
    walker = _Walker(show_hidden)
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in walk:
        if event == "start":
            if walker.start(element):
                text = element.text
            else:
                walk.skip_subtree()
                skipped, text = element, None
        else:
            if element is skipped:
                skipped = None
            else:
                walker.end(element)
            text = element.tail
        if text:
            if not text.isspace() or walker.preformatted:
                walker.add(text)
            elif not walker.after_space:
                walker.add(" ")
    walker.flush()
    return walker.layout


class _Walker:
    """Where the walk stands: the open blocks, and the line that is being put together."""

    def __init__(self, show_hidden: bool) -> None:
        self.layout = Layout()
        self.preformatted = 0
        self._show_hidden = show_hidden
        self._open: list[int] = []
        self._rows: list[list[int]] = []
        """Index and number of filled cells of each open `tr`"""
        self._seen: dict[str, int] = {}
        """Topics of the hints that came up: a page repeats them"""
        self._inside = [0, 0, 0, 0]
        """Open elements of each kind of `INLINE`"""
        self._within = 0
        """and of all"""
        self._gap = self._pictures = 0
        self._new_line()

    def _new_line(self) -> None:
        self._parts: list[str] = []
        self._size = self._links = 0
        self._sizes = [0, 0, 0, 0]
        self.after_space = True

    def start(self, element: Any) -> bool:
        """Enter an element; False where nothing of it is seen."""
        layout = self.layout
        layout.nodes += 1
        tag = element.tag
        if tag in UNSEEN:
            self._pictures += tag in PICTURES
            layout.nodes += len(element)
            return False
        topics = 0
        for key, value in element.items():
            if key in HINTS:
                if value not in self._seen:
                    self._seen[value] = hint_topics(value)
                topics |= self._seen[value]
            elif key in _HIDING and _HIDING[key](value) and self._hides(element, tag):
                return False
        if (topics & _MARKS or tag == "time") and len(layout.marks) < MAX_MARKS:
            layout.marks.append(Mark(element, topics, len(layout.lines)))
        if tag in BLOCK_CODE:
            self._open_block(tag, topics)
        elif tag == "br":
            self.break_line()
        elif tag == "hr":
            self.flush(gap=2)
        elif tag in INLINE:
            self._enter(INLINE[tag])
        return True

    def _hides(self, element: Any, tag: str) -> bool:
        if self._show_hidden or tag in ("html", "body"):
            return False
        self.layout.hidden += sum(map(len, element.itertext("p")))
        return True

    def end(self, element: Any) -> None:
        """Leave an element that was entered."""
        tag = element.tag
        if tag in BLOCK_CODE:
            self._close_block(tag)
        elif tag in INLINE:
            kind = INLINE[tag]
            self._inside[kind] -= 1
            self._within -= 1
            if kind == _CONTROL:
                self.add(" ")

    def _enter(self, kind: int) -> None:
        self._inside[kind] += 1
        self._within += 1
        if kind == _LINK:
            self._links += 1
        elif kind == _CONTROL:
            self.add(" ")  # a button stands apart

    def _open_block(self, tag: str, topics: int) -> None:
        self.flush(gap=2 if tag in MARGINS else 1)
        layout = self.layout
        block, line = len(layout.blocks), len(layout.lines)
        layout.blocks.append([BLOCK_CODE[tag], self._open[-1] if self._open else -1, topics, line, line])
        self._open.append(block)
        if tag == "tr":
            self._rows.append([block, 0])
        elif tag in PREFORMATTED:
            self.preformatted += 1

    def _close_block(self, tag: str) -> None:
        self.flush(gap=2 if tag in MARGINS else 1)
        layout = self.layout
        block = layout.blocks[self._open.pop()]
        if tag in CELLS and self._rows:
            count = len(layout.lines) - block[_FIRST]
            self._rows[-1][1] += count if count < 2 else _TOO_MANY
        elif tag == "tr":
            self._close_row(*self._rows.pop())
        elif tag in PREFORMATTED:
            self.preformatted -= 1
        block[_END] = len(layout.lines)

    def _close_row(self, row: int, cells: int) -> None:
        """Join the lines of a row of short cells, each of one line."""
        layout = self.layout
        first = layout.blocks[row][_FIRST]
        lines = layout.lines[first:]
        if not 2 <= len(lines) == cells or max(map(len, lines)) > MAX_CELL or sum(map(len, lines)) > MAX_ROW:
            return
        sums = [sum(column) for column in zip(*layout.counts[first:], strict=True)]
        layout.counts[first:] = [Count(*sums)._replace(block=row, broken=0)]
        layout.lines[first:] = ["\t".join(lines)]
        layout.gaps[first:] = [layout.gaps[first]]
        for block in layout.blocks[row + 1 :]:
            block[_END] = first + (block[_END] > block[_FIRST])
            block[_FIRST] = first

    def add(self, text: str) -> None:
        """Add text to the line."""
        if self.preformatted:
            first, *rest = text.split("\n")
            self._append(_BREAK.sub(" ", first))
            for line in rest:
                self.break_line()
                self._append(_BREAK.sub(" ", line))
            return
        text = _collapse(text)
        if self.after_space and text[0] == " ":
            text = text[1:]
        if text:
            self._append(text)
            self.after_space = text[-1] == " "

    def _append(self, text: str) -> None:
        size = len(text)
        if size:
            self._parts.append(text)
            self._size += size
            if self._within:
                for kind, inside in enumerate(self._inside):
                    if inside:
                        self._sizes[kind] += size

    def break_line(self) -> None:
        """`br`, or a line break in preformatted text: two make a blank line."""
        self.flush(gap=1 if self._parts else 2, broken=True)

    def flush(self, gap: int = 1, broken: bool = False) -> None:
        """End the line, if there is one, with so many line breaks at least before the next."""
        if self._parts:
            line = "".join(self._parts).rstrip(" \t")
            if not line.isprintable():
                line = _CONTROLS.sub("", line)
            if _INK.search(line):
                block = self._open[-1] if self._open else -1
                layout = self.layout
                layout.counts.append((block, len(line), self._links, *self._sizes, self._pictures, broken))
                layout.lines.append(line)
                layout.gaps.append(self._gap)
                self._gap = self._pictures = 0
            self._new_line()
        self._gap = max(self._gap, gap)


def _collapse(text: str) -> str:
    """Runs of white space become one space."""
    if not text.isascii():
        return _SPACE.sub(" ", text)
    before, after = text[0].isspace(), text[-1].isspace()  # this way is twice as fast
    return " " * before + " ".join(text.split()) + " " * after
