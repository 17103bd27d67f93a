"""Where the walk over a page's tree stands: the open elements, and the blocks made so far."""

from __future__ import annotations

from typing import Any

from pipeline.expression import expression
from pipeline.text.blocks import Flag, Kind, SpanKind
from pipeline.text.html import attributes, code, math, whitespace
from pipeline.text.html.decoration import is_decoration
from pipeline.text.html.elements import (
    BLOCK_CODE,
    HEADINGS,
    INLINE,
    LISTS,
    MARGINS,
    MARKS,
    MAX_MARKS,
    PICTURES,
    PREFORMATTED,
    SPANS,
    UNSEEN,
    VOID,
    Layout,
    Mark,
)
from pipeline.text.html.lists import OpenList
from pipeline.text.html.roles import ROLES, role
from pipeline.text.html.table import DataTable, is_data

_LINK, _CONTROL = INLINE["a"], INLINE["button"]
# As plain numbers, since each step with a member of an enumeration takes a call or two
_HEADING, _LIST_ITEM, _CODE, _PARAGRAPH = map(int, (Kind.HEADING, Kind.LIST_ITEM, Kind.CODE, Kind.PARAGRAPH))
_CAPTION, _TERM, _DEFINITION, _QUOTE = map(int, (Kind.CAPTION, Kind.TERM, Kind.DEFINITION, Kind.QUOTE))
_JOINED, _CONTINUED, _HIDDEN, _NOSCRIPT = map(int, (Flag.JOINED, Flag.CONTINUED, Flag.HIDDEN, Flag.NOSCRIPT))
_SPECIAL = PREFORMATTED | LISTS | HEADINGS.keys() | ROLES.keys() | {"table", "li", "dl"}
"""Block elements that say more of their text than where it begins and ends"""
_EXPONENT = expression(r"[+−-]?[0-9]{1,4}")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


def _follows_link(link: Any) -> bool:
    """Whether nothing stands between a link and the one before it: the items of a menu, which a style sets apart."""
    before = link.getprevious()
    return before is not None and before.tag == "a" and not before.tail and bool("".join(before.itertext()).strip())


class Walker:
    """The open elements, and the block of text that is being put together."""

    def __init__(self, noscript: bool) -> None:
        self.layout = Layout()
        self.verbatim = 0
        """Open elements in which white space counts."""
        self._noscript = noscript
        self._open: list[int] = []
        """Indices of the open block elements."""
        self._paths: dict[tuple[int, str, str | None], int] = {}
        """Numbers of the paths of block elements: the path of the parent, tag and class."""
        self._inside = [0, 0, 0, 0]
        """Open elements of each kind of `INLINE`."""
        self._within = 0
        """and of all"""
        self._hidden: list[Any] = []
        """Elements that hide themselves."""
        self._lists: list[OpenList] = []
        self._heading = 0
        """The level of the open heading"""
        self._roles = [0] * len(Kind)
        """Open elements that say what kind of block their text is, by kind"""
        self._language = ""
        """Of the preformatted text that is open."""
        self._tables: list[DataTable | None] = []
        """Open tables; None for one that only arranges the page."""
        self._marked: list[tuple[Any, SpanKind, int, str]] = []
        """Open inline elements: element, kind, where they begin in the block, target."""
        self._raised: list[tuple[Any, list[str], int]] = []
        """Open `sup` elements, and the parts of the block that they are in, of which so many were there before."""
        self._terms: list[int] = []
        """Runs of the open description lists."""
        self._gap = self._pictures = 0
        self._runs = -1
        self._new_block()

    def _new_block(self) -> None:
        self._parts: list[str] = []
        self._size = self._links = 0
        self._sizes = [0, 0, 0, 0]
        self._spans: list[tuple[int, int, SpanKind, str]] = []
        self.after_space = True
        self._line_start = 0

    # Elements

    def start(self, element: Any) -> bool:
        """Enter an element; False where nothing of it is laid out."""
        layout = self.layout
        layout.nodes += 1
        tag = element.tag
        if tag in UNSEEN:
            return self._unseen(element, tag)
        topics, hides, classes = attributes.said(element)
        if tag in math.MAY_BE_FORMULAS and (formula := math.formula(element, tag)):
            self._formula(formula)
            return False
        if hides and tag not in ("html", "body"):
            # Hidden words inside a line are left out; a hidden block is a block of its own.
            if tag not in BLOCK_CODE or math.is_rendered(element) or self.verbatim or self._table() is not None:
                return False
            self._hidden.append(element)
        if (topics & MARKS or tag == "time") and len(layout.marks) < MAX_MARKS:
            layout.marks.append(Mark(element, topics, len(layout.lines)))
        if (classes or tag == "a" or self.verbatim) and is_decoration(
            element, tag, classes or "", self._heading > 0, self.verbatim > 0
        ):
            return False
        if tag in BLOCK_CODE:
            self._open_block(element, tag, topics, classes)
        elif tag == "br":
            self.break_line()
        elif tag == "hr":
            self.flush(gap=2)
        elif tag in INLINE or tag in SPANS:
            self._enter(element, tag)
        elif tag == "sup":
            self._raised.append((element, self._parts, len(self._parts)))
        return True

    def _unseen(self, element: Any, tag: str) -> bool:
        """What is no text of the page, but may stand for some: a formula, or what readers without scripts see."""
        if tag == "noscript":
            if self._noscript:
                return True
            self.layout.unscripted += sum(map(len, element.itertext()))
            return False
        if formula := math.formula(element, tag):
            self._formula(formula)
        self._pictures += tag in PICTURES
        if tag in VOID:
            return True
        self.layout.nodes += len(element)
        return False

    def end(self, element: Any) -> None:
        """Leave an element that was entered."""
        tag = element.tag
        if tag in BLOCK_CODE:
            self._close_block(element, tag)
            if self._hidden and self._hidden[-1] is element:
                self._hidden.pop()
        elif self._marked and self._marked[-1][0] is element:
            self._leave(tag)
        elif self._raised and self._raised[-1][0] is element:
            self._raise(*self._raised.pop())

    def _raise(self, element: Any, parts: list[str], first: int) -> None:
        """Write an exponent as what it is: without, 10 to the sixth would be 106. A note is no exponent, nor is what has ended
        the block that it began in."""
        if parts is not self._parts:
            return
        text = "".join(parts[first:])
        before = parts[first - 1][-1:] if first else ""
        if _EXPONENT.fullmatch(text) and before.isalnum() and not self._inside[_LINK] and element.find(".//a") is None:
            parts[first:] = [text.translate(_RAISED)]

    # Inline elements

    def _formula(self, text: str) -> None:
        """Add the TeX of a formula, marked as that."""
        start = self._size
        self._append(text)
        self._span(start, SpanKind.MATH, "")

    def _enter(self, element: Any, tag: str) -> None:
        kind = SPANS.get(tag)
        target = ""
        if tag == "a":
            target = (element.get("href") or "").strip()
        if tag in INLINE:
            counted = INLINE[tag]
            self._inside[counted] += 1
            self._within += 1
            if counted == _LINK:
                self._links += 1
                if _follows_link(element):
                    self.space()
            elif counted == _CONTROL:
                self.space()  # a button stands apart
        self._marked.append((element, SpanKind.LINK if kind is None else kind, self._size, target))

    def _leave(self, tag: str) -> None:
        _, kind, start, target = self._marked.pop()
        if tag in INLINE:
            counted = INLINE[tag]
            self._inside[counted] -= 1
            self._within -= 1
            if counted == _CONTROL:
                self.space()
        if tag in SPANS and (kind != SpanKind.LINK or target):
            self._span(start, kind, target)

    def _span(self, start: int, kind: SpanKind, target: str) -> None:
        table = self._table()
        if table is not None:
            start, size = table.offset + start, table.offset + self._size
            table.spans.append((start, size, kind, target))
        elif start < self._size:
            self._spans.append((start, self._size, kind, target))

    # Block elements

    def _open_block(self, element: Any, tag: str, topics: int, classes: str | None) -> None:
        table = self._tables[-1] if self._tables else None
        if table is not None and tag != "table":
            self._open_in_table(table, element, tag)
            return
        if self.verbatim:
            self._break_verbatim(tag)
            self.verbatim += 1
            return
        self.flush(gap=2 if tag in MARGINS else 1)
        layout = self.layout
        block, line = len(layout.blocks), len(layout.lines)
        parent = self._open[-1] if self._open else -1
        way = (layout.blocks[parent][_PATH] if parent >= 0 else -1, tag, classes)
        path = self._paths.setdefault(way, len(self._paths))
        layout.blocks.append([BLOCK_CODE[tag], parent, topics, line, line, path])
        layout.elements.append(element)
        self._open.append(block)
        is_verbatim = tag in PREFORMATTED or (classes is not None and code.is_container(classes))
        if is_verbatim or tag in _SPECIAL:
            self._open_special(element, tag, is_verbatim)

    def _open_special(self, element: Any, tag: str, is_verbatim: bool) -> None:
        """Enter a block element that says what its text is."""
        if is_verbatim:
            self.verbatim = 1
            self._language = code.language(element)
        elif tag == "table":
            self._tables.append(DataTable(len(self.layout.blocks) - 1) if is_data(element) else None)
        elif tag in LISTS or (tag == "li" and not self._lists):
            self._lists.append(OpenList(tag == "ol", element.get("start"), self._next_run()))
        elif tag == "dl":
            self._terms.append(self._next_run())
        elif tag in HEADINGS:
            self._heading = HEADINGS[tag]
        elif tag in ROLES:
            self._roles[role(element, tag)] += 1
        if tag == "li":
            self._lists[-1].open(element.get("value"))

    def _close_block(self, element: Any, tag: str) -> None:
        table = self._tables[-1] if self._tables else None
        if table is not None and tag != "table":
            self._close_in_table(table, tag)
            return
        if self.verbatim > 1:
            self.verbatim -= 1
            self._end_verbatim_line(tag)
            return
        if tag == "table" and self._tables and self._tables.pop() is not None:
            assert table is not None
            self._close_table(table)
        self.flush(gap=2 if tag in MARGINS else 1)
        self.verbatim = 0
        self.layout.blocks[self._open.pop()][_END] = len(self.layout.lines)
        if tag in _SPECIAL:
            self._close_special(element, tag)

    def _close_special(self, element: Any, tag: str) -> None:
        """Leave a block element that says what its text is."""
        if tag in LISTS and self._lists:
            self._lists.pop()
        elif tag == "li" and self._lists:
            self._lists[-1].close()
        elif tag == "dl" and self._terms:
            self._terms.pop()
        elif tag in HEADINGS:
            self._heading = 0
        elif tag in ROLES:
            self._roles[role(element, tag)] -= 1

    # Preformatted text

    def _break_verbatim(self, tag: str) -> None:
        """Begin a line for a block element inside preformatted text, where one is begun."""
        if tag in code.LINES and self._parts and not self._parts[-1].endswith("\n"):
            self._append("\n")
        self._line_start = self._size

    def _end_verbatim_line(self, tag: str) -> None:
        """End the line of a block element inside preformatted text; an empty one is an empty line."""
        if tag in code.LINES:
            ended = self._parts and self._parts[-1].endswith("\n")
            if not ended or self._line_start == self._size:
                self._append("\n")
            self._line_start = self._size + 1  # whatever is closed around this line ends no other

    # Tables of data

    def _table(self) -> DataTable | None:
        return self._tables[-1] if self._tables else None

    def _open_in_table(self, table: DataTable, element: Any, tag: str) -> None:
        if tag == "caption":
            self.flush()
            self._roles[_CAPTION] += 1
        elif tag == "tr":
            table.open_row()
        elif tag in ("td", "th"):
            self._cell(table)
            table.open_cell(tag, element.get("colspan"), element.get("rowspan"))
        else:
            self.space()

    def _close_in_table(self, table: DataTable, tag: str) -> None:
        if tag == "caption":
            self._flush_caption()
        elif tag in ("td", "th"):
            self._cell(table)
            table.close_cell()
        elif tag == "tr":
            self._cell(table)
            table.close_row()
        else:
            self.space()

    def _flush_caption(self) -> None:
        """The title of a table is a block of its own."""
        table = self._tables.pop()
        self.flush()
        self._tables.append(table)
        self._roles[_CAPTION] -= 1

    def _cell(self, table: DataTable) -> None:
        """Give what was collected to the cell that is open."""
        if self._parts:
            sizes = [self._size, self._links, *self._sizes, self._pictures]
            table.add("".join(self._parts), sizes)
            self._pictures = 0
            for _ in range(len(self._spans)):
                start, end, kind, target = self._spans.pop(0)
                table.spans.append((table.offset + start, table.offset + end, kind, target))
        self._new_block()
        self._marked = [(element, kind, 0, target) for element, kind, _, target in self._marked]

    def _close_table(self, table: DataTable) -> None:
        self._cell(table)
        text, spans, sums = table.finished()
        if not text:
            return
        self._put(text, int(Kind.TABLE), sums, spans, int(Flag.HEADER) if table.header else 0)

    # Text

    def add(self, text: str) -> None:
        """Add text to the block."""
        if self.verbatim:
            self._append(whitespace.broken(text))
            return
        text = whitespace.collapsed(text)
        if self.after_space and text[0] == " ":
            text = text[1:]
        if text:
            self._append(text)

    def space(self) -> None:
        """Add a space, where there is none yet."""
        if not self.after_space:
            self._append(" ")

    def _append(self, text: str) -> None:
        size = len(text)
        if size:
            self._parts.append(text)
            self._size += size
            self.after_space = text[-1] in " \n"
            if self._within:
                for kind, inside in enumerate(self._inside):
                    if inside:
                        self._sizes[kind] += size

    def break_line(self) -> None:
        """`br`: two make a blank line."""
        if self.verbatim:
            self._append("\n")
        elif self._table() is not None:
            self.space()
        else:
            self.flush(gap=1 if self._parts else 2, broken=True)

    def flush(self, gap: int = 1, broken: bool = False) -> None:
        """End the block of text, if there is one, with so many line breaks at least before the next."""
        if self._tables and self._tables[-1] is not None and not self._roles[_CAPTION]:
            return
        if self._parts:
            self._end_text(broken)
        self._gap = max(self._gap, gap)

    def _end_text(self, broken: bool) -> None:
        """Make a block of the text that there is."""
        text = "".join(self._parts)
        text, lead = whitespace.trimmed(text) if self.verbatim else (whitespace.printable(text.rstrip(" \t")), 0)
        if whitespace.INK.search(text):
            self._close_open_spans()
            last = len(text)
            spans = [
                (start - lead, min(end - lead, last), kind_of_span, target)
                for start, end, kind_of_span, target in self._spans
            ]
            sums = [len(text), self._links, *self._sizes, self._pictures]
            kind = _CODE if self.verbatim else self._kind()
            self._put(text, kind, sums, [] if self.verbatim else spans, 0, broken)
            self._pictures = 0
        self._new_block()
        if self._marked:
            self._marked = [(element, kind, 0, target) for element, kind, _, target in self._marked]

    def _close_open_spans(self) -> None:
        """What is marked across the end of a block is marked in both."""
        for _, kind, start, target in self._marked:
            if kind != SpanKind.LINK or target:
                self._spans.append((start, self._size, kind, target))

    def _kind(self) -> int:
        roles = self._roles
        if self._heading:
            return _HEADING
        if roles[_CAPTION]:
            return _CAPTION
        if self._lists and self._lists[-1].pending:
            return _LIST_ITEM
        if roles[_TERM]:
            return _TERM
        if roles[_DEFINITION]:
            return _DEFINITION
        return _QUOTE if roles[_QUOTE] else _PARAGRAPH

    def _put(self, text: str, kind: int, sums: list[int], spans: list[Any], flags: int, broken: bool = False) -> None:
        """Make a block."""
        layout = self.layout
        listed = self._lists[-1] if self._lists and self._lists[-1].is_open else None
        number = run = -1
        if listed is not None:
            if kind == _LIST_ITEM:
                number = listed.number if listed.ordered else -1
                listed.pending = False
            elif kind not in (_HEADING, _CAPTION):
                flags |= _CONTINUED
                listed.pending = False
            run = listed.run if kind != _HEADING else -1
        elif self._terms:
            run = self._terms[-1]
        if layout.broken and self._gap == 1 and layout.counts and layout.counts[-1][0] == self._block():
            flags |= _JOINED
            if run < 0:
                run = layout.runs[-1] = layout.runs[-1] if layout.runs[-1] >= 0 else self._next_run()
        if self._hidden:
            flags |= _HIDDEN
            layout.hidden += len(text)
        else:
            layout.shown += len(text)
        if self._noscript:
            flags |= _NOSCRIPT
        layout.counts.append((self._block(), *sums, int(broken)))
        number_of_line = len(layout.lines)
        if kind == _CODE and self._language:
            layout.languages[number_of_line] = self._language
        if spans:
            layout.spans[number_of_line] = spans
        layout.lines.append(text)
        layout.gaps.append(self._gap)
        layout.kinds.append(kind)
        layout.levels.append(self._heading)
        layout.depths.append(len(self._lists) if listed is not None else 0)
        layout.quotes.append(self._roles[_QUOTE])
        layout.numbers.append(number)
        layout.runs.append(run)
        layout.flags.append(flags)
        layout.broken = broken
        self._gap = 0

    def _next_run(self) -> int:
        self._runs += 1
        return self._runs

    def _block(self) -> int:
        return self._open[-1] if self._open else -1


_END, _PATH = 4, 5
"""Places of `Block.end` and `Block.path`."""
