"""What HTML elements are to the layout, and the columns that laying out fills."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, field

from pipeline.text.blocks import SpanKind
from pipeline.text.html.hints import TOPIC_BIT

BLOCKS = tuple(
    (
        "html body div p section article main header footer nav aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead"
        " tbody tfoot tr td th caption blockquote figure figcaption pre form fieldset legend address details summary"
        " center dir menu hgroup search dialog option optgroup frameset xmp listing plaintext"
    ).split()
)
BLOCK_CODE = {tag: code for code, tag in enumerate(BLOCKS)}
MARGINS = frozenset("blockquote dl figure h1 h2 h3 h4 h5 h6 menu ol p pre ul xmp listing plaintext table".split())
"""Blocks with a blank line around them in https://html.spec.whatwg.org/#rendering."""
PREFORMATTED = frozenset("pre xmp listing plaintext".split())
LISTS = frozenset("ul ol menu dir".split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
UNSEEN = frozenset(
    (
        "annotation annotation-xml applet area audio base canvas datalist embed frame head iframe img input link map"
        " meta noembed noframes noscript object param picture progress rp rt script select source style svg template"
        " textarea title track video"
    ).split()
)
"""Not rendered, or not as text of the page. Ruby readings stand over the text, not in it."""
VOID = frozenset("embed source track".split())
"""Elements that hold nothing, though the parser puts what follows into them."""
PICTURES = frozenset("embed iframe img object picture video".split())
INLINE = {"a": 0, "b": 1, "strong": 1, "i": 2, "em": 2, "cite": 2, "button": 3, "label": 3}
"""Inline elements whose characters are counted: links, bold, italic, controls."""
SPANS = {
    "a": SpanKind.LINK,
    "code": SpanKind.CODE,
    "kbd": SpanKind.CODE,
    "samp": SpanKind.CODE,
    "tt": SpanKind.CODE,
    "b": SpanKind.STRONG,
    "strong": SpanKind.STRONG,
    "i": SpanKind.EMPHASIS,
    "em": SpanKind.EMPHASIS,
}
"""Inline elements that Markdown has a mark for."""

HINTS = frozenset("class id role itemprop itemtype rel data-component data-testid".split())
"""Attributes whose words say what an element is for."""
MARKS = TOPIC_BIT["byline"] | TOPIC_BIT["user"] | TOPIC_BIT["date"]
MAX_MARKS = 2000


class Count(NamedTuple):
    """What is counted of a block of text."""

    block: int
    """Index of the innermost block element that holds it"""
    chars: int
    links: int
    link_chars: int
    bold_chars: int
    italic_chars: int
    control_chars: int
    """In buttons and labels"""
    pictures: int
    """Between the block before and this one"""
    broken: int
    """1 where `br` ended it, not a block element"""


class Block(NamedTuple):
    """A block element. Its blocks of text, and those of all block elements in it, are `first` up to `end`."""

    tag: int
    """Index into `BLOCKS`"""
    parent: int
    """-1 for the outermost"""
    topics: int
    """Bits of `hints`"""
    first: int
    end: int
    path: int
    """The same for elements of one tag and one class below elements of one path"""


class Mark(NamedTuple):
    """An element that calls itself a byline or a date."""

    element: Any
    topics: int
    line: int
    """The first block of text after it begins"""


class Layout(Struct):
    """A page's blocks of text, each with a value in every list, and its block elements; in document order."""

    lines: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    """Line breaks before each: 1, or 2 for a blank line."""
    kinds: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    counts: list[tuple[int, ...]] = field(default_factory=list)
    """The fields of a `Count`"""
    spans: dict[int, list[tuple[int, int, SpanKind, str]]] = field(default_factory=dict)
    """By block of text: start and end in it, kind, target"""
    languages: dict[int, str] = field(default_factory=dict)
    """By block of text, the language of code"""
    blocks: list[list[int]] = field(default_factory=list)
    """The fields of a `Block` each"""
    elements: list[Any] = field(default_factory=list)
    """The element of each of `blocks`"""
    marks: list[Mark] = field(default_factory=list)
    nodes: int = 0
    """Elements met"""
    skipped: Any = None
    """The last element of which nothing was laid out"""
    shown: int = 0
    """Code points of text that the page shows"""
    hidden: int = 0
    """and that it hides"""
    unscripted: int = 0
    """Code points in `noscript` that were left out"""
    broken: bool = False
    """Whether `br` ended the last block"""
