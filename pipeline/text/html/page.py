"""HTML to the page's text as blocks, with what the tree says of each: parsed once, laid out, measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from lxml import etree, html
from msgspec import Struct
from numpy.typing import NDArray

from pipeline.expression import expression
from pipeline.text import blocks
from pipeline.text.blocks import Blocks, Draft, Post, Span
from pipeline.text.html import extractor as html_extractor
from pipeline.text.html import footnotes
from pipeline.text.html.about import about
from pipeline.text.html.elements import Layout
from pipeline.text.html.facts import FACTS, line_facts
from pipeline.text.html.head import Pair, element_text, head_pairs
from pipeline.text.html.hints import TOPIC_BIT
from pipeline.text.html.layout import lay_out
from pipeline.text.html.threads import Contribution, contributions, parts
from pipeline.text.html.unclosed import unclosed
from pipeline.tokens import lengths_of

__all__ = ["FACTS", "Note", "Page", "render"]


class Note(NamedTuple):
    """Something that went wrong with a part of a page."""

    reason: str
    """`truncated`, `attributes-cut`, `extractor-skipped` or `extractor-failed`"""
    message: str


class Page(Struct, frozen=True):
    """A page laid out."""

    text: str
    """The page's text: the source that edits count in. What the page hides is in it, flagged."""
    blocks: Blocks
    facts: NDArray[np.int32]
    """[blocks, `FACTS`]: what the tree says of each"""
    title: int | None
    """The block that is the page's title, where one is"""
    head: tuple[Pair, ...]
    """What the page says about itself, as pairs of a name and a value; see `head`"""
    about: tuple[int, ...]
    """What head and address hint at about the kind of page: the values of `about.ABOUT`"""
    notes: tuple[Note, ...]
    """What is missing, if anything is"""


MAX_ATTRIBUTES = 1000
"""Of one tag: the parser takes time with their square."""
_LONG_TAG = 1 << 14
_CONTROLS = bytes({*range(0x20)} - set(b"\t\n\f\r"))
_START_TAG = expression(rb"<[A-Za-z](?:[^>=]++|=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+')?+)*+")
_ATTRIBUTE = expression(rb"[^\t\n\f\r />=]++(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >]*+))?+")
_FATAL = etree.ErrorLevels.FATAL
_NO_MEMORY = etree.ErrorTypes.ERR_NO_MEMORY
_DEEP = etree.XPath("/" + "*/" * html_extractor.MAX_DEPTH + "*")
_WIDE = etree.XPath(f"//*[count(*) > {html_extractor.MAX_CHILDREN}]")
_SITE = expression(r"\s+[|–—·•»«~:-]\s+|\s*[|»]\s*|:\s+")
MAX_TITLES = 8
TITLE_LIKENESS = 800
"""A line that is so much of the title in the page's head, in thousandths, is the title."""
MAX_MARK = 120
_MARK_RANGE = range(-8, 16)
"""Lines from the title at which a byline or a date is the page's own."""
_TITLE_DISTANCE = FACTS.index("title_distance")
_ELSEWHERE = [
    FACTS.index(name)
    for name in ("topic_comment", "topic_related", "topic_teaser", "in_nav", "in_footer", "topic_foot", "topic_nav")
]


def render(source: str, *, url: str | None = None, extractor: bool = False) -> Page:
    """Lay out decoded HTML. Never fails: what could not be had is in the page's notes.

    `url`: the page's address, where the container states it. `extractor` asks trafilatura, too, which takes most of the
    time.
    """
    root, notes = _parse(source)
    if root is None:
        return Page(
            "",
            blocks.columns("", []),
            np.zeros((0, len(FACTS)), dtype=np.int32),
            None,
            (),
            about((), url),
            tuple(notes),
        )
    layout = lay_out(root)
    if begins := unclosed(source, layout.skipped):
        notes.append(
            Note("truncated", f"what begins with {begins} is never closed and takes the rest of the page with it")
        )
    head = head_pairs(root)
    kept = None
    if extractor:
        kept, note = _ask(root, layout, len(source))
        notes += [note] if note else []
    thread = contributions(layout)
    facts = line_facts(layout, kept, _titles(head), parts(layout, thread), footnotes.marks(layout))
    text, found = _blocks(layout, thread)
    return Page(
        text, found, facts, _title_line(facts), (*head, *_marked(layout, facts)), about(head, url), tuple(notes)
    )


def _blocks(layout: Layout, thread: Sequence[Contribution]) -> tuple[str, Blocks]:
    """The text of the page, and the blocks of which it is made."""
    gap = np.array(layout.gaps, dtype=np.int64)
    gap[:1] = 0
    size = lengths_of(layout.lines)
    end = np.cumsum(gap + size)
    start = end - size
    text = "".join("\n" * breaks + line for breaks, line in zip(gap.tolist(), layout.lines, strict=True))
    spans: list[Span] = []
    for number, marked in layout.spans.items():
        at = int(start[number])
        spans += (Span(at + first, at + stop, kind, target) for first, stop, kind, target in sorted(marked))
    posts: list[Post] = []
    post = np.full(len(size), -1)
    for found in thread:
        post[found.first : found.end] = len(posts)
        posts.append(Post(found.author, found.shown, found.stated))
    columns: dict[str, Any] = {
        "start": start,
        "end": end,
        "gap": gap,
        "kind": layout.kinds,
        "level": layout.levels,
        "depth": layout.depths,
        "quote": layout.quotes,
        "number": layout.numbers,
        "run": layout.runs,
        "flags": layout.flags,
        "post": post,
    }
    table = np.array([columns[name] for name in Draft._fields], dtype=np.int64)
    made = Blocks(**blocks.typed(table), texts=layout.lines, languages=layout.languages, spans=spans, posts=posts)
    return text, made


def _parse(source: str) -> tuple[Any, list[Note]]:
    notes: list[Note] = []
    data = source.encode("utf-8", "replace").translate(None, _CONTROLS)
    if _has_long_tag(data):
        data, cut = _cut_attributes(data)
        if cut:
            notes.append(Note("attributes-cut", f"{cut} tags have more than {MAX_ATTRIBUTES} attributes"))
    parser = html.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    # lxml.html chooses each element's class in Python; nobody here needs more than its base class.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError as error:
        _have_memory(parser)
        return None, [*notes, Note("truncated", f"the page was not parsed: {error}")] if data.strip() else notes
    _have_memory(parser)
    fatal = [entry for entry in parser.error_log if entry.level == _FATAL]
    if fatal:
        where, what = fatal[0].column, fatal[0].message
        notes.append(Note("truncated", f"the parser gave up at line {fatal[0].line}, column {where}: {what}"))
    return root, notes


def _have_memory(parser: Any) -> None:
    """Raise `MemoryError` where the parser was short of memory: it says so in its log only, and gives half a tree."""
    if any(entry.type == _NO_MEMORY for entry in parser.error_log):
        raise MemoryError("the parser is short of memory")


def _has_long_tag(data: bytes) -> bool:
    """Whether so many bytes may be one tag. A cheap test: there is no `>` in one of the stretches."""
    stretches = range(0, len(data) - _LONG_TAG, _LONG_TAG // 2)
    return any(data.find(b">", start, start + _LONG_TAG // 2) < 0 for start in stretches)


def _cut_attributes(data: bytes) -> tuple[bytes, int]:
    pieces: list[bytes] = []
    position = 0
    for tag in _START_TAG.finditer(data):
        if tag.end() - tag.start() < _LONG_TAG:
            continue
        for number, attribute in enumerate(_ATTRIBUTE.finditer(data, *tag.span())):
            if number > MAX_ATTRIBUTES:  # the first is the name of the tag
                pieces.append(data[position : attribute.start()])
                position = tag.end()
                break
    return b"".join((*pieces, data[position:])), len(pieces)


def _ask(root: Any, layout: Layout, chars: int) -> tuple[list[int] | None, Note | None]:
    """The extractor's verdict on each block, or why there is none."""
    large = layout.nodes > html_extractor.MAX_NODES or chars > html_extractor.MAX_CHARS
    if large or _DEEP(root) or (layout.nodes > html_extractor.MAX_CHILDREN and _WIDE(root)):
        return None, Note("extractor-skipped", "the page is too large, too deep or too wide for trafilatura")
    try:
        return html_extractor.extract(root, layout.lines), None
    except RuntimeError as error:
        return None, Note("extractor-failed", str(error))


def _titles(head: list[Pair]) -> list[str]:
    """What the page may be called: its titles, whole and in parts, since many add the site's name."""
    whole = [value for name, value in head if name in ("title", "meta:og:title")][:2]
    parts = [part for title in whole for part in _SITE.split(title)]
    return list(dict.fromkeys(whole + parts))[:MAX_TITLES]


def _title_line(facts: NDArray[np.int32]) -> int | None:
    """The line that all distances to the title count from, if it is most of what the head calls the title."""
    if not len(facts):
        return None
    best = int(np.abs(facts[:, _TITLE_DISTANCE]).argmin())
    return best if facts[best, FACTS.index("title")] >= TITLE_LIKENESS else None


def _marked(layout: Layout, facts: NDArray[np.int32]) -> list[Pair]:
    """The bylines and dates around the title, the nearest first."""
    found: list[tuple[int, Pair]] = []
    for mark in layout.marks if len(facts) else ():
        row = facts[min(mark.line, len(facts) - 1)]
        distance = int(row[_TITLE_DISTANCE])
        if distance not in _MARK_RANGE or row[_ELSEWHERE].any():
            continue
        shown = element_text(mark.element, MAX_MARK + 1)
        stated = mark.element.get("datetime") or mark.element.get("content") or ""
        if mark.topics & TOPIC_BIT["byline"] and 0 < len(shown) <= MAX_MARK:
            found.append((abs(distance), ("byline", shown)))
        if mark.element.tag == "time":
            found.append((abs(distance), ("time", stated[:MAX_MARK] or shown)))
        elif mark.topics & TOPIC_BIT["date"] and (stated or 0 < len(shown) <= MAX_MARK):
            found.append((abs(distance), ("dateline", stated[:MAX_MARK] or shown)))
    return [pair for _, pair in sorted(found, key=lambda mark: mark[0]) if pair[1]]
