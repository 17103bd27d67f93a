"""The types every stage shares. All are frozen; a document never changes, decisions about it are edits beside it.

Units, everywhere: offsets are half-open and count Unicode code points. `src_` offsets and those of an `Edit` count in
the decoded source (for HTML, in the rendered visible text); others count in the record's own clean `text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Json = Any
"""What JSON can hold: None, bool, int, float, str, list, dict."""

Relation = Literal["copy", "revision", "quote", "repeat"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a document: the source slice `[start, end)` becomes `replacement`."""

    start: int
    end: int
    replacement: str
    rule: str
    """Stable id of what decided it: `gov-banner`, `template`, `title`, `white-space`."""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    """What triggered it: the pattern's id, the first copy's offsets, the model's score."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One input document before decoding."""

    source: str
    """Path below the input root with `/` separators; a member of a container is `path#ordinal`. Unique in a run."""
    data: bytes
    fields: Mapping[str, str] = field(default_factory=dict)
    """Metadata the container already knows: `url`, `date`, `title`, `author`, `language`, `media_type`, `charset`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line of the source, without the white space around it."""

    start: int
    end: int
    text: str
    gap: int
    """Line breaks between the previous line and this one; 0 for the first line."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An input, or a part of one, that gave no record."""

    source: str
    stage: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Caption:
    """A picture's caption, kept once however often the page repeats it."""

    text: str
    credit: str | None
    identifier: str | None
    """A VIRIN or the like."""
    date: str | None
    """When the picture was taken, ISO 8601; never the document's date."""
    src_start: int
    src_end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a block that Markdown marks, in code points of the clean text."""

    start: int
    end: int
    kind: str
    """`link`, `code`, `strong`, `emphasis` or `math`"""
    href: str | None = None
    """Where a link leads, as the page has it"""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the clean text."""

    id: str
    kind: str
    """A name of `pipeline.text.blocks.NAMES`."""
    start: int
    end: int
    src_start: int
    src_end: int
    level: int = 0
    """Of a heading, 1 to 6; 0 where it is not said."""
    depth: int = 0
    """How many lists hold the block."""
    quote: int = 0
    """How many quotations hold it."""
    number: int | None = None
    """Of an item of a numbered list."""
    language: str | None = None
    """Of code, where the source says it."""
    continued: bool = False
    """Whether it goes on with the list item before it."""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document. Unknown is None; nothing is guessed and nothing depends on the day of the run."""

    title: str | None = None
    author: str | None = None
    agency: str | None = None
    """A wire or publishing agency, such as Xinhua or AP."""
    date: str | None = None
    """Publication date, ISO 8601."""
    url: str | None = None
    language: str | None = None
    """ISO 639-1."""


@dataclass(frozen=True, slots=True)
class Document:
    """One cleaned document: what `documents.jsonl` and `removed.jsonl` say of it, before the corpus is compared."""

    id: str
    source: str
    text: str
    added: str | None
    metadata: Metadata
    media_type: str
    encoding: str
    sha256: str
    """Of the input bytes."""
    chars_in: int
    captions: tuple[Caption, ...]
    blocks: tuple[Block, ...]
    edits: tuple[Edit, ...]
    removed: tuple[str, ...]
    """The source slice of each edit."""
