"""A Markdown file as blocks: the block structure of CommonMark, with the tables of GFM and formulas between `$$`.

It is read line by line as https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy says: which quotations and items a line
goes on with, what it begins, and what is left is text. Parsers at hand say in which lines a block stands, not where in a line;
here a block is a span of the source, to the character, and whatever stands in none is an edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct, field

from pipeline.expression import expression
from pipeline.model import Edit
from pipeline.text import blocks
from pipeline.text.blocks import VERBATIM, Blocks, Draft, Flag, Kind
from pipeline.text.plain import raw_html
from pipeline.text.plain.raw_html import Html

MARKUP = "markdown"
"""What the ledger calls marks of Markdown that are no text: underlines of headings, marks of quotations inside and between
paragraphs, addresses of pictures and links, tags."""
_TAB = 4
_MAX_DEPTH = 100
"""Quotations and lists inside each other; what would be deeper is text."""
_LINE = expression(r"[^\r\n]*(?:\r\n|\n|\r|$)")
_ATX = expression(r"(?P<mark>#{1,6})(?:[ \t]|$)")
_FENCE = expression(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<language>[\w+#.-]*)")
_SETEXT = expression(r"(?P<mark>=+|-+)[ \t]*$")
_BREAK = expression(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = expression(r"(?:(?P<bullet>[-+*])|(?P<number>\d{1,9})(?P<stop>[.)]))(?=[ \t]|$)")
_ROW = expression(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL = expression(r"(?<!\\)\|")
_DEFINITION = expression(r"\[[^\]^][^\]]{0,998}\]:[ \t]*\S+(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*$")
_PICTURE = expression(
    r"!\[(?P<alt>[^\]\[]*)\]"
    r"(?:\([ \t]*(?:<[^<>]*>|[^\s()]*)(?:[ \t]+(?P<quote>[\"'])(?P<title>.*?)(?P=quote))?[ \t]*\)|\[[^\]]*\])",
    re.DOTALL,
)
_CREDIT = expression(
    r"(?:photo(?:graph)?|picture|image|illustration|foto|bild)s?\s*(?:credit|courtesy|by\b|von\b|par\b|por\b|di\b|[:：/©])"
    r"|©|\bcredit|\bcourtesy",
    re.IGNORECASE,
)
"""In the title of a picture: who made it"""


class Marked(NamedTuple):
    """A Markdown text as blocks, with the edits inside them and between."""

    blocks: Blocks
    inside: tuple[Edit, ...]
    between: tuple[Edit, ...]


def read(source: str, start: int = 0) -> Marked:
    """The blocks of a Markdown text, from the code point `start` on."""
    parser = _Parser(source)
    for match in _LINE.finditer(source, start or source.startswith("\ufeff")):
        if match.group():
            parser.line(match.start(), match.start() + len(match.group().rstrip("\r\n")))
    parser.close()
    drafts = parser.drafts
    gaps = [0, *(max(1, _breaks(source, before.end, after.start)) for before, after in pairwise(drafts))]
    placed = [draft if draft.gap else draft._replace(gap=gap) for draft, gap in zip(drafts, gaps, strict=False)]
    return Marked(
        blocks.columns(source, placed, languages=parser.languages),
        tuple(parser.inside),
        tuple(_between(source, start, drafts)),
    )


def _breaks(source: str, start: int, end: int) -> int:
    between = source[start:end]
    return between.count("\n") or between.count("\r")


def _between(source: str, start: int, drafts: Sequence[Draft]) -> Iterator[Edit]:
    """Yield an edit for what stands between the blocks, line by line."""
    edges = [(start, start), *((draft.start, draft.end) for draft in drafts), (len(source), len(source))]
    for (_, end), (begin, _) in pairwise(edges):
        for match in re.finditer(r"[^\s\ufeff](?:[^\r\n]*\S)?", source[end:begin]):
            yield Edit(end + match.start(), end + match.end(), "", MARKUP)


class _Container(Struct):
    """A quotation, or an item of a list."""

    width: int = 0
    """Columns of an item before its text; 0 of a quotation"""
    mark: int = -1
    """Where the mark of an item stands, as long as it has no text"""
    number: int = -1
    style: str = ""
    """What the items of a list share"""
    is_empty: bool = False
    """Whether nothing stands on the line of the item's mark, nor below so far"""


class _Leaf(Struct):
    """A block without blocks in it, as far as it is read."""

    kind: Kind
    lines: list[tuple[int, int]]
    """Start and end of what each line has of it"""
    html: Html | None = None
    fence: str = ""
    language: str = ""
    is_open: bool = True
    """Whether a formula or fence has not been closed"""


class _Cursor:
    """A place in a line, in characters and in columns; a tab may be used up in part."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self._source = source
        self.pos, self.end = start, end
        self._column = self._owed = 0
        self._look()

    def _look(self) -> None:
        """Find the next character that is no white space; it is the same however much of that is passed."""
        pos, column = self.pos, self._column + self._owed
        while pos < self.end and self._source[pos] in " \t":
            column += 1 if self._source[pos] == " " else _TAB - column % _TAB
            pos += 1
        self._next, self._next_column = pos, column

    def peek(self) -> tuple[int, int]:
        """Where the next character that is no white space stands, and the columns before it."""
        return self._next, self._next_column - self._column

    def advance(self, columns: int) -> None:
        """Pass so many columns of white space."""
        while columns > 0:
            if self._owed:
                used = min(columns, self._owed)
                self._owed -= used
                self._column += used
                columns -= used
            elif self.pos < self.end and self._source[self.pos] in " \t":
                self._owed = 1 if self._source[self.pos] == " " else _TAB - self._column % _TAB
                self.pos += 1
            else:
                return

    def move(self, pos: int) -> None:
        """Go behind a mark with white space alone before it."""
        self._column = self._next_column + pos - self._next
        self._owed = 0
        self.pos = pos
        self._look()


class _Parser(Struct):
    """Where reading stands: the containers and the leaf that are open, and the blocks made so far."""

    source: str
    drafts: list[Draft] = field(default_factory=list)
    inside: list[Edit] = field(default_factory=list)
    languages: dict[int, str] = field(default_factory=dict)
    _open: list[_Container] = field(default_factory=list)
    _leaf: _Leaf | None = None
    _run: int = -1
    _style: str = ""
    """Of the list that goes on, if an item comes next"""

    def line(self, start: int, end: int) -> None:
        """Take the next line."""
        cursor = _Cursor(self.source, start, end)
        matched = self._matched(cursor)
        pos, _ = cursor.peek()
        if pos == end:
            self._blank(cursor, matched)
            return
        leaf = self._leaf
        if leaf is not None and leaf.kind != Kind.PARAGRAPH and matched < len(self._open):
            self._close_to(matched)
        elif leaf is not None and (leaf.fence or leaf.html):
            self._go_on(leaf, cursor)
            return
        still = self._begins(cursor, matched)
        if still is None:
            return
        pos, _ = cursor.peek()
        if self._leaf is not None and self._leaf.kind in (Kind.PARAGRAPH, Kind.MATH, Kind.TABLE):
            self._add(self._leaf, pos, end)  # a paragraph goes on without the marks of what it stands in, too
            return
        self._close_to(still)
        text = self.source[pos:end]
        if _DEFINITION.match(text):
            return
        is_formula = text.startswith("$$")
        self._leaf = _Leaf(Kind.MATH if is_formula else Kind.PARAGRAPH, [(pos, _rstrip(self.source, pos, end))])
        if is_formula and len(text.rstrip()) > 3 and text.rstrip().endswith("$$"):
            self._leaf.is_open = False
            self.close_leaf()

    def _matched(self, cursor: _Cursor) -> int:
        """How many of the open containers a line goes on with; the cursor passes their marks."""
        for number, container in enumerate(self._open):
            pos, indent = cursor.peek()
            if not container.width:
                if pos == cursor.end or indent >= _TAB or self.source[pos] != ">":
                    return number
                cursor.move(pos + 1)
                cursor.advance(1)
            elif pos == cursor.end:
                if container.is_empty:
                    return number
            elif indent >= container.width:
                cursor.advance(container.width)
            else:
                return number
        return len(self._open)

    def _blank(self, cursor: _Cursor, matched: int) -> None:
        leaf = self._leaf
        is_inside = matched == len(self._open)
        if leaf is not None and is_inside and (leaf.fence or leaf.kind == Kind.CODE or (leaf.html and leaf.html.end)):
            leaf.lines.append((cursor.end, cursor.end))
            return
        self.close_leaf()
        # A blank line goes on with items, and ends a quotation that it has no mark of.
        while matched < len(self._open) and self._open[matched].width and not self._open[matched].is_empty:
            matched += 1
        del self._open[matched:]

    def _go_on(self, leaf: _Leaf, cursor: _Cursor) -> None:
        """Take a line of fenced code or HTML."""
        pos, indent = cursor.peek()
        text = self.source[pos : cursor.end]
        if leaf.fence:
            is_end = indent < _TAB and text.startswith(leaf.fence) and not text.strip(leaf.fence[0] + " \t")
            leaf.lines.append((cursor.pos, _rstrip(self.source, pos, cursor.end)))
            if is_end:
                self.close_leaf()
        elif leaf.html:
            first = cursor.pos if leaf.kind == Kind.CODE else pos
            leaf.lines.append((first, _rstrip(self.source, pos, cursor.end)))
            if leaf.html.end and leaf.html.end.search(text):
                self.close_leaf()

    def _begins(self, cursor: _Cursor, matched: int) -> int | None:
        """Open what begins in a line; how many containers the rest of it stands in, or None where nothing is left."""
        while True:
            pos, indent = cursor.peek()
            paragraph = self._leaf if self._leaf is not None and self._leaf.kind == Kind.PARAGRAPH else None
            if pos == cursor.end:
                return None
            if indent >= _TAB:
                if paragraph is not None:
                    return matched
                self._indented(cursor, matched)
                return None
            if self._leaf is not None and self._leaf.kind == Kind.CODE:
                self.close_leaf()
            text = self.source[pos : cursor.end]
            is_below = paragraph if matched == len(self._open) else None
            if text[0] == ">" and len(self._open) < _MAX_DEPTH:
                self._close_to(matched)
                cursor.move(pos + 1)
                cursor.advance(1)
                self._open.append(_Container())
            elif self._single(text, pos, cursor.end, matched, is_below):
                return None
            elif (item := _ITEM.match(text)) and len(self._open) < _MAX_DEPTH and _may_begin(item, text, is_below):
                self._close_to(matched)
                self._item(cursor, pos, indent, item)
            else:
                return matched
            matched = len(self._open)

    def _indented(self, cursor: _Cursor, matched: int) -> None:
        if self._leaf is None or self._leaf.kind != Kind.CODE:
            self._close_to(matched)
            self._leaf = _Leaf(Kind.CODE, [])
        cursor.advance(_TAB)  # what is more is the code's own
        self._leaf.lines.append((cursor.pos, _rstrip(self.source, cursor.pos, cursor.end)))

    def _single(self, text: str, pos: int, end: int, matched: int, above: _Leaf | None) -> bool:
        """Whether a line is a heading, ornament, or the beginning of fenced code or HTML: take it."""
        line = [(pos, _rstrip(self.source, pos, end))]
        if above is not None and (setext := _SETEXT.match(text)):
            self._emit(above.lines, Kind.HEADING, level=1 if setext["mark"][0] == "=" else 2)
            self._leaf = None
        elif atx := _ATX.match(text):
            self._close_to(matched)
            self._emit(line, Kind.HEADING, level=len(atx["mark"]))
        elif fence := _FENCE.match(text):
            self._close_to(matched)
            self._leaf = _Leaf(Kind.CODE, line, fence=fence["fence"], language=fence["language"])
        elif _BREAK.match(text):
            self._close_to(matched)
            self._emit(line, Kind.SEPARATOR)
        elif text[0] == "<" and (html := raw_html.begins(text)):
            if above is not None and not html.interrupts:
                return False
            self._close_to(matched)
            self._leaf = _Leaf(Kind.PARAGRAPH if html.kind is None else html.kind, line, html=html)
            if html.end and html.end.search(text):
                self.close_leaf()
        else:
            return False
        return True

    def _item(self, cursor: _Cursor, pos: int, indent: int, item: re.Match[str]) -> None:
        style = item["bullet"] or item["stop"]
        depth = sum(container.width > 0 for container in self._open)
        if not depth and self._style != style:
            self._run += 1
            self._style = style
        size = item.end() - item.start()
        cursor.move(pos + size)
        first, columns = cursor.peek()
        is_empty = first == cursor.end
        behind = 1 if is_empty or columns > _TAB else columns
        cursor.advance(behind)
        number = int(item["number"]) if item["number"] else -1
        self._open.append(_Container(indent + size + behind, pos, number, style, is_empty))

    def _add(self, leaf: _Leaf, pos: int, end: int) -> None:
        """Add a line to a paragraph, a formula or a table."""
        end = _rstrip(self.source, pos, end)
        text = self.source[pos:end]
        if leaf.kind == Kind.PARAGRAPH and len(leaf.lines) == 1 and "|" in text + self.source[slice(*leaf.lines[0])]:
            above = self.source[slice(*leaf.lines[0])]
            if _ROW.match(text) and _cells(above) == _cells(text):
                leaf.kind = Kind.TABLE
        leaf.lines.append((pos, end))
        if leaf.kind == Kind.MATH and text.endswith("$$"):
            leaf.is_open = False
            self.close_leaf()

    def _close_to(self, matched: int) -> None:
        """Close the leaf, and the containers but for the first ones."""
        self.close_leaf()
        del self._open[matched:]

    def close(self) -> None:
        """End the text."""
        self._close_to(0)

    def close_leaf(self) -> None:
        """Make a block of the leaf that is open."""
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        while leaf.lines and leaf.lines[-1][0] == leaf.lines[-1][1]:
            leaf.lines.pop()
        if leaf.html is not None and leaf.html.kind is None:
            if leaf.html.is_shown:
                self._tagged(leaf.lines)
            return
        kind = Kind.PARAGRAPH if leaf.kind == Kind.MATH and leaf.is_open else leaf.kind
        is_line = kind == Kind.PARAGRAPH and len(leaf.lines) == 1
        if is_line and (picture := _PICTURE.fullmatch(self.source, *leaf.lines[0])):
            self._picture(picture)
            return
        if leaf.language:
            self.languages[len(self.drafts)] = leaf.language
        self._emit(leaf.lines, kind)

    def _emit(self, lines: Sequence[tuple[int, int]], kind: Kind, level: int = 0) -> None:
        """Make a block of lines."""
        start, end = lines[0][0], lines[-1][1]
        item = next((one for one in reversed(self._open) if one.width), None)
        depth = sum(container.width > 0 for container in self._open)
        quote = len(self._open) - depth
        number, run, flags = -1, -1, Flag(0)
        if item is None:
            self._style = ""  # what stands outside ends a list
        elif item.mark >= 0 and kind == Kind.PARAGRAPH:
            kind, start, number, run = Kind.LIST_ITEM, self._first_mark(), item.number, self._run
        elif kind != Kind.HEADING:
            flags = Flag.CONTINUED
        for container in self._open:
            container.mark, container.is_empty = -1, False
        if kind == Kind.PARAGRAPH and quote and not depth:
            kind, start = Kind.QUOTE, self._quote_mark(start)
        self.drafts.append(
            Draft(
                start, end, 0, kind, level, depth if kind == Kind.LIST_ITEM or flags else 0, quote, number, run, flags
            )
        )
        self.inside += self._marks_inside(lines, kind)

    def _first_mark(self) -> int:
        """Where the outermost mark of those items stands that begin here."""
        return next(container.mark for container in self._open if container.mark >= 0)

    def _quote_mark(self, start: int) -> int:
        """Where the first mark of a quotation stands in the line of a paragraph of it."""
        first = start
        while first and self.source[first - 1] in "> \t":
            first -= 1
        found = self.source.find(">", first, start)
        return found if found >= 0 else start

    def _marks_inside(self, lines: Sequence[tuple[int, int]], kind: Kind) -> Iterator[Edit]:
        """Yield edits of the marks of quotations between the lines of a block, and of what code is indented by for what it stands
        in, or to be code."""
        for (_, end), (start, _) in pairwise(lines):
            between = self.source[end:start]
            is_indent = kind == Kind.CODE and between[-1:] not in ("\r", "\n")
            if (is_indent or between.strip()) and start > end:
                space = "\n" if kind in VERBATIM else _space(self.source[end - 1 : end], self.source[start : start + 1])
                yield Edit(end, start, space, MARKUP)

    def _picture(self, picture: re.Match[str]) -> None:
        """Make a caption of what a picture says, and one of who made it."""
        shown = [name for name in ("alt", "title") if (picture[name] or "").strip()]
        if len(shown) == 2 and not _CREDIT.search(picture["title"]):
            shown.remove("title")
        for number, name in enumerate(shown):
            self._emit([_stripped(self.source, *picture.span(name))], Kind.CAPTION)
            if number:
                self.drafts[-1] = self.drafts[-1]._replace(gap=1)

    def _tagged(self, lines: Sequence[tuple[int, int]]) -> None:
        """Make a block of each line of HTML that shows something, without its tags."""
        if not lines:
            return
        first, last = lines[0][0], lines[-1][1]
        tags = [(first + tag.start(), first + tag.end()) for tag in raw_html.TAG.finditer(self.source[first:last])]
        for start, end in lines:
            level = raw_html.HEADING.match(self.source, start)
            shown: list[tuple[int, int]] = []
            position = start
            for opens, closes in [*(tag for tag in tags if tag[0] < end and tag[1] > start), (end, end)]:
                part = _stripped(self.source, position, max(position, opens))
                if part[1] > part[0]:
                    shown.append(part)
                position = max(position, closes)
            if shown:
                self._emit(
                    [(shown[0][0], shown[-1][1])],
                    Kind.HEADING if level else Kind.PARAGRAPH,
                    int(level[1]) if level else 0,
                )
                for (_, before), (after, _) in pairwise(shown):
                    self.inside += self._tags_inside(tags, before, after)

    def _tags_inside(self, tags: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Edit]:
        for opens, closes in tags:
            if start <= opens and closes <= end:
                yield Edit(opens, closes, "", MARKUP)


def _may_begin(item: re.Match[str], text: str, above: _Leaf | None) -> bool:
    """Whether a mark begins a list: directly below a paragraph it needs a text, and the number 1."""
    return above is None or (bool(text[item.end() :].strip()) and item["number"] in (None, "1"))


def _cells(row: str) -> int:
    row = row.strip()
    inner = row[1:] if row.startswith("|") else row
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return len(_CELL.findall(inner)) + 1


def _rstrip(source: str, start: int, end: int) -> int:
    return start + len(source[start:end].rstrip())


def _stripped(source: str, start: int, end: int) -> tuple[int, int]:
    text = source[start:end]
    first = start + len(text) - len(text.lstrip())
    return first, max(first, start + len(text.rstrip()))


def _space(before: str, after: str) -> str:
    """What parts two lines that become one: nothing in scripts without spaces."""
    return "" if "\u2e80" <= before <= "\u9fff" and "\u2e80" <= after <= "\u9fff" else " "
