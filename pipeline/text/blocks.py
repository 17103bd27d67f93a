"""The blocks of a source: what every later step judges, keeps or removes as one piece.

A source is a sequence of typed blocks over its code points: paragraphs, headings, list items, tables, code. A block is a
span and what is known of its form, not a copy. What plain text shows by its layout, and HTML by its tree, ends in the
same columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum, IntFlag
from itertools import chain
from typing import Any, NamedTuple, get_args

import numpy as np
from msgspec import Struct, field

from pipeline.model import Kind as KindName
from pipeline.tokens import Array


class Kind(IntEnum):
    """What a block is, by its form."""

    PARAGRAPH = 0
    HEADING = 1
    LIST_ITEM = 2
    TABLE = 3
    """All rows of a table: a line a row, cells parted by tabs, pipes or runs of spaces as the source has them."""
    CODE = 4
    """All lines of a piece of code, a diagram or the like, in which white space counts."""
    MATH = 5
    QUOTE = 6
    CAPTION = 7
    TERM = 8
    DEFINITION = 9
    TURN = 10
    """What one speaker says: `NAME: ...`, `Q. ...`."""
    VERSE = 11
    SEPARATOR = 12
    """Ornament between sections, such as `* * *`."""


NAMES: tuple[KindName, ...] = get_args(KindName)
"""By number, the name that records have."""

# As plain numbers, which are compared with those in columns some times as fast
VERBATIM = tuple(map(int, (Kind.TABLE, Kind.CODE, Kind.MATH)))
"""Kinds in which no character is mended, and of which no part is removed."""
IS_VERBATIM = np.array([kind in VERBATIM for kind in range(len(Kind))])
"""bool, by kind"""
RUNS = tuple(map(int, (Kind.LIST_ITEM, Kind.TERM, Kind.DEFINITION, Kind.TURN, Kind.VERSE)))
"""Kinds that come in runs: neighbours of which share a fate."""


class Flag(IntFlag):
    """What else is known of a block."""

    JOINED = 1
    """Only a line break parts it from the block before: a line of an address or of a poem."""
    CONTINUED = 2
    """It goes on with the list item before it, as a second paragraph of it."""
    HIDDEN = 4
    """The page hides it, at least until somebody clicks."""
    NOSCRIPT = 8
    """The page shows it to readers without scripts."""
    HEADER = 16
    """A table's first row holds the names of its columns."""
    HEAD = 32
    """It stands above a contribution to a thread or a mail that is answered, and says who wrote it, what they are, or when."""
    FOOT = 64
    """Software prints it in every contribution: buttons, votes."""


class SpanKind(IntEnum):
    """What a span inside a block is."""

    LINK = 0
    CODE = 1
    STRONG = 2
    EMPHASIS = 3
    MATH = 4
    """The TeX of a formula."""


class Span(NamedTuple):
    """A part of a block that Markdown would mark, in code points of the source."""

    start: int
    end: int
    kind: SpanKind
    target: str
    """Of a link its address, as the page has it; else empty."""


class Post(NamedTuple):
    """A contribution to a thread: a run of blocks by one author."""

    author: str
    shown: str
    """Its date as the page shows it; empty where it shows none"""
    stated: str
    """Its date as the markup states it for machines"""


class Blocks(Struct, frozen=True):
    """The blocks of one source in their order. Columns have a value for each block."""

    start: Array
    """int64, code point of the source"""
    end: Array
    """int64"""
    gap: Array
    """int64, line breaks between the block before and this one; 0 for the first"""
    kind: Array
    """int8, a `Kind`"""
    level: Array
    """int8, of a heading 1 to 6, 0 where it is not said"""
    depth: Array
    """int8, how many lists hold the block"""
    quote: Array
    """int8, how many quotations hold it"""
    number: Array
    """int32, of an item of a numbered list; -1 for all others"""
    run: Array
    """int32, the same for neighbours that belong together (a list, a dialogue, a stanza); -1 for a block by itself"""
    flags: Array
    """uint8, of `Flag`"""
    post: Array
    """int32, place in `posts`; -1 outside"""
    texts: Sequence[str]
    """The source from `start` to `end`"""
    languages: Mapping[int, str] = field(default_factory=dict)
    """By block, the programming language that the source names"""
    spans: Sequence[Span] = ()
    """In order of start"""
    posts: Sequence[Post] = ()

    def __len__(self) -> int:
        return len(self.texts)


INTEGERS: Mapping[str, type[np.signedinteger[Any]] | type[np.unsignedinteger[Any]]] = {
    "start": np.int64,
    "end": np.int64,
    "gap": np.int64,
    "kind": np.int8,
    "level": np.int8,
    "depth": np.int8,
    "quote": np.int8,
    "number": np.int32,
    "run": np.int32,
    "flags": np.uint8,
    "post": np.int32,
}
"""The columns and their types."""


class Draft(NamedTuple):
    """A block on its way into columns, its fields those of `Blocks`."""

    start: int
    end: int
    gap: int
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    depth: int = 0
    quote: int = 0
    number: int = -1
    run: int = -1
    flags: int = 0
    post: int = -1


_BOUNDS = np.array([[np.iinfo(INTEGERS[name]).min, np.iinfo(INTEGERS[name]).max] for name in Draft._fields])
"""int64 [fields, 2]: the least and the greatest value that each column can hold"""


def typed(table: Array) -> dict[str, Any]:
    """The columns of `Blocks`, by name, from an int64 table of the fields of `Draft` [fields, blocks]."""
    # A list may hold a thousand lists: from some depth on, it is as deep as can be.
    clipped = np.clip(table, _BOUNDS[:, :1], _BOUNDS[:, 1:])
    return {name: column.astype(INTEGERS[name]) for name, column in zip(Draft._fields, clipped, strict=True)}


def columns(source: str, drafts: Sequence[Draft], **others: Any) -> Blocks:
    """The blocks of `source`, from one draft each; `others` are the fields of `Blocks` that are no columns."""
    # Flat, since an array of rows looks at each value for its type, which takes long where that is a member of `Kind`.
    flat = np.fromiter(chain.from_iterable(drafts), np.int64, len(drafts) * len(Draft._fields))
    found = typed(flat.reshape(-1, len(Draft._fields)).T)
    return Blocks(**found, texts=[source[draft.start : draft.end] for draft in drafts], **others)


def runs(blocks: Blocks) -> Iterator[tuple[int, Array]]:
    """The number of every run, and the blocks in it."""
    numbered = np.flatnonzero(blocks.run >= 0)
    order = numbered[np.argsort(blocks.run[numbered], kind="stable")]
    edges = np.flatnonzero(np.diff(blocks.run[order], prepend=-1))
    for part in np.split(order, edges[1:]):
        if len(part):
            yield int(blocks.run[part[0]]), part
