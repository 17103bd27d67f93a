"""The blocks of a clean text as Markdown: CommonMark, GFM tables, fenced code, `$math$`, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal
from urllib.parse import urljoin

from msgspec import Struct

from pipeline.expression import expression
from pipeline.model import Block, Mark

_SPECIAL = expression(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|~~|\$(?=\S)")
"""What would be a mark inside a paragraph. An underscore inside a word marks nothing."""
_TAG = expression(r"<(?![A-Za-z/!?])")
_BLOCK_START = expression(
    r"^(?P<mark>#{1,6}(?=\s|$)|[-+](?=\s)|>|(?P<number>\d{1,9})(?=[.)](?:\s|$))|~~~|={2,}$|-{3,}$|\|)", re.M
)
_QUOTE_MARKS = expression(r"^[ \t]*(?:\\?>[ \t]?)+")
"""What stands before a quoted line in plain text and in Markdown"""
_HEADING_MARK = expression(r"^\\?#{1,6}\s+")
_FENCED = expression(r"(`{3,}|~{3,})")
_BACKTICKS = expression(r"`+")
_WIDE = expression(r"\t| {2,}")
_DRAWN = expression(r"[|+:=\-\s\u2500-\u257f]+$")
_MATH = expression(r"(?<!\\)(?:\$\$[^$]+\$\$|\\\((?:.+?)\\\)|\\\[(?:.+?)\\\])", re.DOTALL)
_AROUND = {"code": "`", "strong": "**", "emphasis": "*"}
_ORDER = {"link": 0, "strong": 1, "emphasis": 2, "code": 3, "math": 4}
_OTHER = {".": ")", ")": ".", "-": "*", "*": "-"}
"""The mark that tells a list from the one before it."""
_NO_LINK = ("javascript:", "data:", "about:", "vbscript:")


def markdown(
    text: str,
    blocks: Sequence[Block],
    *,
    title: str | None = None,
    base: str | None = None,
    source: Literal["html", "text", "markdown"] = "html",
    posts: Sequence[tuple[str, str | None]] = (),
) -> str:
    """Write a clean text as Markdown.

    `title` stands above it as a heading of the first level, unless the text begins with it. Links are made absolute with
    `base`, the page's address. `source`: what the text was made of; plain text has its bullets and numbers in the text,
    and what is Markdown already stays as it is. `posts` are the author and the date of each contribution to a thread, which
    stand above it.
    """
    writer = _Writer(text, base, source)
    marked = source == "markdown"
    if title and not (blocks and letters(text[blocks[0].start : blocks[0].end]) == letters(title)):
        writer.put([f"# {title if marked else escape(title)}"], 0)
    post = None
    for block in blocks:
        if block.post is not None and block.post != post:
            writer.put([_signed(*posts[block.post])], 0)
        elif block.post is None and post is not None:
            writer.put(["* * *"], 0)  # what follows is nobody's contribution that the page names
        post = block.post
        writer.block(block)
    return writer.text()


def escape(text: str) -> str:
    """A plain text so that Markdown reads it as it is."""
    text = _SPECIAL.sub(lambda match: "\\" + match.group(), text)
    return _BLOCK_START.sub(_escaped_start, text)


def _signed(author: str, date: str | None) -> str:
    """Who wrote a contribution, and when."""
    return f"**{escape(author)}**" + (f" — {escape(date)}" if date else "")


def _escaped_start(match: re.Match[str]) -> str:
    number = match["number"]
    return f"{number}\\" if number else "\\" + match["mark"]


def letters(text: str) -> str:
    """Return the letters and digits of a text, case folded: what two spellings of one title or name have in common."""
    return "".join(filter(str.isalnum, text)).casefold()


class _Item(Struct):
    """The list item that is open at one depth."""

    depth: int
    """How many lists of the source hold it"""
    indent: int
    """Columns before its text"""
    ordered: bool
    mark: str
    """`-` or `*`, `.` or `)`: neighbouring lists take turns"""


class _Writer:
    """Where writing stands: the lines so far, the open list items and quotations."""

    def __init__(self, text: str, base: str | None, source: str) -> None:
        self._text = text
        self._base = base
        self._marked = source == "markdown"
        self._has_markers = source == "text"
        self._lines: list[str] = []
        self._items: list[_Item] = []
        self._quote = 0
        self._before: Block | None = None

    def text(self) -> str:
        """All that was written."""
        return "\n".join(self._lines) + ("\n" if self._lines else "")

    def block(self, block: Block) -> None:
        """Write one block."""
        before, self._before = self._before, block
        if block.kind == "list_item":
            self._item(block, before)
            return
        if not block.continued:
            self._items.clear()
        else:
            while self._items and self._items[-1].depth > block.depth:
                self._items.pop()
        indent = self._items[-1].indent if self._items else 0
        tight = before is not None and self._is_joined(before, block)
        self.put([" " * indent + line if line else "" for line in self._written(block)], block.quote, tight)

    def put(self, lines: Sequence[str], quote: int, tight: bool = False) -> None:
        """Add lines, parted from those before by a blank line unless `tight`."""
        if self._lines and not tight:
            self._lines.append(("> " * min(quote, self._quote)).rstrip())
        prefix = "> " * quote
        self._lines += [(prefix + line).rstrip() if not line.endswith("  ") else prefix + line for line in lines]
        self._quote = quote

    def _is_joined(self, before: Block, block: Block) -> bool:
        between = self._text[before.end : block.start]
        return (before.kind == block.kind == "turn" and between == "\n") or (
            block.kind == "definition" and between == "\n"
        )

    def _item(self, block: Block, before: Block | None) -> None:
        first, *rest = self._written(block) or [""]
        # Markdown counts in figures alone: other numbers, to which a statute's text may refer, stay as they are.
        keeps_number = block.number is not None and self._has_markers and not _FIGURES.match(first)
        ordered = block.number is not None and not keeps_number
        while self._items and self._items[-1].depth > block.depth:
            self._items.pop()
        open_item = self._items.pop() if self._items and self._items[-1].depth == block.depth else None
        same = open_item is not None and open_item.ordered == ordered
        starts_anew = same and before is not None and before.kind == "list_item" and block.number == 1
        mark = "." if ordered else "-"
        if same and open_item is not None:
            mark = _OTHER[open_item.mark] if starts_anew else open_item.mark
        outer = self._items[-1].indent if self._items else 0
        label = f"{block.number}{mark} " if ordered else f"{mark} "
        self._items.append(_Item(block.depth, outer + len(label), ordered, mark))
        first = _without_marker(first) if (self._has_markers or self._marked) and not keeps_number else first
        lines = [" " * outer + label + first, *(" " * (outer + len(label)) + line for line in rest)]
        tight = before is not None and before.kind == "list_item" and before.quote == block.quote and not starts_anew
        self.put(lines, block.quote, tight)

    def _written(self, block: Block) -> list[str]:
        """The lines of a block, without what stands before each for the list or quotation that holds it."""
        text = self._text[block.start : block.end]
        match block.kind:
            case "code":
                return _fenced(text, block.language)
            case "table":
                return self._table(block)
            case "heading" if not (self._marked and _HEADING_MARK.match(text)):
                title = " ".join(self._inline(block).split())
                title = _HEADING_MARK.sub("", title) if self._has_markers else title
                return [f"{'#' * (block.level or 2)} {title}"]
            case "separator":
                return ["* * *"]
            case "term" if not self._marked:
                return [f"**{self._inline(block).strip('*')}**"]
            case "math":
                return ["$$", text.strip("$ \n"), "$$"]
        lines = self._inline(block).split("\n")
        if block.quote and (self._has_markers or self._marked):
            lines = [_QUOTE_MARKS.sub("", line) for line in lines]
        return "  \n".join(lines).split("\n")

    def _table(self, block: Block) -> list[str]:
        text = self._text[block.start : block.end]
        lines = text.split("\n")
        if "\t" not in text and "|" in text:
            return lines
        if self._marked:
            return _fenced(text, None)
        if "\t" in text:
            marked = self._inline(block, escape_tabs=False)
            rows = [[cell.strip() for cell in line.split("\t")] for line in marked.split("\n")]
        else:
            rows = [
                [escape(cell.strip()) for cell in _WIDE.split(line.strip())]
                for line in lines
                if line.strip() and not _DRAWN.match(line)
            ]
        width = max(map(len, rows), default=0)
        filled = [[cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row)) for row in rows]
        drawn = [f"| {' | '.join(row)} |" for row in filled]
        return [drawn[0], f"|{' --- |' * width}", *drawn[1:]] if drawn else []

    def _inline(self, block: Block, escape_tabs: bool = True) -> str:
        """The text of a block with its marks."""
        if self._marked:
            return self._text[block.start : block.end]
        return "".join(_Inline(self._text, block, self._base).pieces())


class _Inline:
    """Marks set into the text of one block, properly nested."""

    def __init__(self, text: str, block: Block, base: str | None) -> None:
        self._text = text
        self._start, self._end = block.start, block.end
        self._base = base
        self._is_table = block.kind == "table"
        self._marks = sorted(
            filter(None, map(self._trimmed, block.marks)), key=lambda m: (m.start, -m.end, _ORDER[m.kind])
        )

    def _trimmed(self, mark: Mark) -> Mark | None:
        """A mark without white space at its edges, where it would not be read as one."""
        start, end = max(mark.start, self._start), min(mark.end, self._end)
        piece = self._text[start:end]
        if not piece.strip() or (self._is_table and ("\t" in piece or "\n" in piece)) or "\n\n" in piece:
            return None
        if mark.kind == "link" and ((mark.href or "").startswith(_NO_LINK) or not mark.href):
            return None
        start += len(piece) - len(piece.lstrip())
        return Mark(start, start + len(piece.strip()), mark.kind, mark.href)

    def pieces(self) -> Iterator[str]:
        """The text, piece by piece."""
        yield from self._between(self._start, self._end, 0, len(self._marks), frozenset())

    def _between(self, start: int, end: int, first: int, stop: int, inside: frozenset[str]) -> Iterator[str]:
        """The text from `start` to `end`, whose marks are those from `first` to `stop`; it stands `inside` some kinds."""
        at = start
        while first < stop:
            mark = self._marks[first]
            inner = first + 1
            while inner < stop and self._marks[inner].start < mark.end:
                inner += 1
            if mark.start < at or mark.end > end or mark.kind in inside:
                first += 1
                continue
            yield self._plain(at, mark.start)
            yield from self._marked(mark, first + 1, inner, inside)
            at, first = mark.end, inner
        yield self._plain(at, end)

    def _marked(self, mark: Mark, first: int, stop: int, inside: frozenset[str]) -> Iterator[str]:
        text = self._text[mark.start : mark.end]
        if mark.kind == "math":
            yield text
        elif mark.kind == "code":
            longest = max(map(len, _BACKTICKS.findall(text)), default=0)
            fence = "`" * (longest + 1)
            pad = " " if longest and (text[0] == "`" or text[-1] == "`") else ""
            yield f"{fence}{pad}{text}{pad}{fence}"
        elif mark.kind == "link":
            yield "["
            yield from self._between(mark.start, mark.end, first, stop, inside | {"link"})
            yield f"]({_address(mark.href or '', self._base)})"
        else:
            around = _AROUND[mark.kind]
            tight = self._is_flanked(mark)
            yield around if tight else ""
            yield from self._between(mark.start, mark.end, first, stop, inside | {mark.kind})
            yield around if tight else ""

    def _is_flanked(self, mark: Mark) -> bool:
        """Whether Markdown would see the mark: it does not between a letter and punctuation."""
        before, after = self._text[mark.start - 1 : mark.start], self._text[mark.end : mark.end + 1]
        first, last = self._text[mark.start], self._text[mark.end - 1]
        opens = first.isalnum() or not before.isalnum()
        closes = last.isalnum() or not after.isalnum()
        return opens and closes

    def _plain(self, start: int, end: int) -> str:
        """Text outside any mark, escaped; formulas in it stay as they are."""
        text = self._text[start:end]
        if not text:
            return ""
        pieces: list[str] = []
        at = 0
        for formula in _MATH.finditer(text) if "$" in text or "\\" in text else ():
            pieces += self._escaped(text[at : formula.start()], start + at), formula.group()
            at = formula.end()
        pieces.append(self._escaped(text[at:], start + at))
        return "".join(pieces)

    def _escaped(self, text: str, start: int) -> str:
        text = _SPECIAL.sub(
            lambda match: match.group() if _TAG.match(text, match.start()) else "\\" + match.group(), text
        )
        at_line_start = start == self._start or self._text[start - 1] == "\n"
        return _BLOCK_START.sub(_escaped_start, text) if at_line_start and not self._is_table else text


def _address(href: str, base: str | None) -> str:
    with suppress(ValueError):  # an address that nobody can read stays as it is
        href = urljoin(base, href) if base else href
    href = href.replace(" ", "%20").replace("\n", "")
    return f"<{href}>" if href.count("(") != href.count(")") or not href.isprintable() else href


def _fenced(text: str, language: str | None) -> list[str]:
    """Code between fences; what is fenced in the text already stays as it is."""
    if _FENCED.match(text):
        return text.split("\n")
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language or ''}", *text.split("\n"), fence]


_FIGURES = expression(r"\\?\d{1,3}\\?[.)]\s")
"""A number before an item as Markdown has it, where it may be escaped."""


def _without_marker(first: str) -> str:
    """The first line of an item without the bullet or number that a plain text has before it."""
    match = re.match(r"(?:\\?[-*+•·▪‣◦●○■□–—›»✓✔➤➜➔→]|\\?\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})\\?[.)])\s+", first)
    return first[match.end() :] if match else first
