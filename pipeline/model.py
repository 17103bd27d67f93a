"""The types every stage shares. All are frozen; a document never changes, decisions about it are edits beside it.

Units, everywhere: offsets are half-open and count Unicode code points. `src_` offsets and those of an `Edit` count in
the decoded source (for HTML, in the rendered visible text); others count in the record's own clean `text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from msgspec import Meta, Struct, field
from msgspec.structs import replace as copy_with

Json = Any
"""What JSON can hold: None, bool, int, float, str, list, dict."""

DECODED = "decoded"
"""The `charset` of a raw document whose bytes are the UTF-8 of characters that were decoded already: nothing is guessed"""

Level = Literal["paragraph", "document"]
Status = Literal["ok", "partial", "failed"]
Kind = Literal[
    "paragraph", "heading", "list_item", "table", "code", "math", "quote", "caption", "term", "definition", "turn", "verse",
    "separator",
]  # fmt: skip
"""What a block is; the names of `pipeline.text.blocks.Kind`."""
MarkKind = Literal["link", "code", "strong", "emphasis", "math"]
Relation = Literal["copy", "noisy", "revision", "quote", "repeat", "contained"]

BLOCK_BREAK, LINE_BREAK = "\n\n", "\n"
"""What parts two blocks of the clean text; lines of a list, a dialogue or a stanza are parted by the second."""

Offset = Annotated[int, Meta(ge=0)]
"""Code points."""
Id = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-f]{32}$"})]
Sha256 = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9a-f]{64}$"})]
IsoDate = Annotated[str, Meta(extra_json_schema={"pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}.*)?)?$"})]
"""A year, a month, a day, or a day and a time."""


MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
"""What the names of Markdown files end in"""


def is_markdown(source: str) -> bool:
    """Whether a plain text of this name is Markdown."""
    return source.lower().endswith(MARKDOWN)


class Row(Struct, frozen=True):
    """What is part of a record: its fields are attributes, and can be had by name as those of a dictionary."""

    def __getitem__(self, name: str) -> Any:
        if name not in self.keys():
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.keys()

    def keys(self) -> tuple[str, ...]:
        """The names of the fields, in their order."""
        return self.__struct_fields__

    def items(self) -> Iterator[tuple[str, Any]]:
        """The fields, each with its name."""
        return ((name, getattr(self, name)) for name in self.keys())

    def get(self, name: str, default: Any = None) -> Any:
        """A field, or `default` where there is none of this name."""
        return getattr(self, name) if name in self.keys() else default

    def replace(self, **changes: Any) -> Self:
        """The same with other values in some fields."""
        return copy_with(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """A dictionary of dictionaries, lists, texts, numbers and None, as pandas, `datasets` and json take them."""
        return {name: _plain(value) for name, value in self.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return value.to_dict()
    return list(map(_plain, value)) if isinstance(value, tuple | list) else value


class Span(Row, frozen=True):
    """A part of the decoded source."""

    start: Offset
    end: Offset


class Difference(Row, frozen=True, forbid_unknown_fields=True):
    """Where a removed text and the one that is kept are not the same."""

    removed: str
    kept: str


class Receipt(Row, frozen=True, forbid_unknown_fields=True):
    """Where the words of a removed paragraph are kept: every run of three of them stands there."""

    document_id: Id
    source: str
    start: Offset
    """Of the source of that document."""
    end: Offset
    differs: tuple[Difference, ...]
    """The first differences; none where the texts are the same."""
    older: bool
    """Whether that document is of another run, which this one was held against."""


class Evidence(Row, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What triggered an edit: the same fields for every rule, null where a rule has no such thing. Null is left out."""

    pattern: str | None = None
    """The phrase or pattern that holds: rule/language/number."""
    score: float | None = None
    """The line model's: log odds that the line is text."""
    place: Span | None = None
    """Another place in the source: of a copy, where it stood first; of a label, the title or caption that it belongs to;
    of bytes that are no text, the characters that stand for them."""
    copies: Offset | None = None
    """How many times the document has the line."""
    groups: Offset | None = None
    """How many groups of copies of documents have the line."""
    of: Offset | None = None
    """How many groups there are."""
    site: str | None = None
    """The site whose groups were counted; null for the whole corpus."""
    credit: str | None = None
    """Of a caption."""
    identifier: str | None = None
    """Of a caption: a VIRIN or the like."""
    author: str | None = None
    """Of the document, read here."""
    agency: str | None = None
    """Of the document, read here."""
    date: str | None = None
    """Of the document, read here."""
    section: str | None = None
    """Of the document, read here."""
    outlet: str | None = None
    """Of the document, read here."""
    bytes: str | None = None
    """What stood in the file, in hexadecimal digits."""
    paragraph_id: str | None = None
    """The paragraph that this was, before it was taken out as a copy."""
    cluster_id: str | None = None
    """The cluster that it is in."""
    kept: Receipt | None = None
    """The paragraph that is kept instead."""


NO_EVIDENCE = Evidence()


class Verdict(Struct, frozen=True):
    """Why something is removed or replaced."""

    rule: str
    evidence: Evidence = NO_EVIDENCE


class Edit(Row, frozen=True):
    """One change to a document: the source slice `[start, end)` becomes `replacement`."""

    start: int
    end: int
    replacement: str
    rule: str
    """Stable id of what decided it: `gov-banner`, `template`, `title`, `white-space`."""
    evidence: Evidence = NO_EVIDENCE


class Right(Row, frozen=True):
    """A statement of a page, or of the server that sent it, about its use by others."""

    kind: str
    """`license`, `rights`, `robots`, `tdm-reservation` or `tdm-policy`."""
    value: str
    where: str
    """What says it: `link:license`, `meta:robots`, `header:x-robots-tag`, `json-ld:license` and the like."""


class RawDocument(Struct, frozen=True):
    """One input document before decoding."""

    source: str
    """Path below the input root with `/` separators; a member of a container is `path#ordinal`. Unique in a run."""
    data: bytes
    fields: Mapping[str, str] = field(default_factory=dict)
    """Metadata the container already knows: `url`, `date`, `title`, `author`, `language`, `media_type`, `charset`;
    and the record's own `id`."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    """Fields of the record that are not read, as JSON can hold them."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the HTTP response that brought it, by names in lower case."""


class Line(Struct, frozen=True):
    """One non-blank line of the source, without the white space around it."""

    start: int
    end: int
    text: str
    gap: int
    """Line breaks between the previous line and this one; 0 for the first line."""


class Failure(Row, frozen=True):
    """An input, or a part of one, that gave no record."""

    source: str
    stage: str
    error: str
    message: str


class Caption(Row, frozen=True):
    """A picture's caption, kept once however often the page repeats it."""

    text: str
    credit: str | None
    identifier: str | None
    """A VIRIN or the like."""
    date: IsoDate | None
    """When the picture was taken, ISO 8601; never the document's date."""
    src_start: Offset
    src_end: Offset


class Mark(Row, frozen=True, omit_defaults=True):
    """A part of a block that Markdown marks, in code points of the clean text."""

    start: Offset
    end: Offset
    kind: MarkKind
    href: str | None = None
    """Where a link leads, as the page has it."""


class Block(Row, frozen=True, omit_defaults=True):
    """One block of the clean text. What is at its default is left out of JSON."""

    id: str
    """Of this document: what clusters and pairs call `paragraph_id` is the document's id, a hyphen, and this."""
    kind: Kind
    start: Offset
    end: Offset
    src_start: Offset
    src_end: Offset
    level: Annotated[int, Meta(ge=0, le=6)] = 0
    """Of a heading, 1 to 6; 0 where it is not said."""
    depth: Offset = 0
    """How many lists hold the block."""
    quote: Offset = 0
    """How many quotations hold the block."""
    number: int | None = None
    """Of an item of a numbered list."""
    language: str | None = None
    """Of code, where the source says it."""
    continued: bool = False
    """Whether it goes on with the list item before it."""
    marks: tuple[Mark, ...] = ()
    post: Offset | None = None
    """Place in the document's `posts` of the contribution that it belongs to."""
    cluster_id: Id | None = None
    """Of the near-duplicates that it is one of."""
    canonical: bool = True
    """Whether it is the one that stands for its cluster."""
    relation: Relation | None = None
    """Of it to the canonical one."""


class Post(Row, frozen=True):
    """A contribution to a thread."""

    author: str
    date: IsoDate | None
    shown: str | None
    """The date as the page shows it, such as `3 hours ago`."""


class Metadata(Row, frozen=True):
    """What is known of a document. Unknown is None; nothing is guessed and nothing depends on the day of the run."""

    title: str | None = None
    author: str | None = None
    agency: str | None = None
    """A wire or publishing agency, such as Xinhua or AP."""
    date: IsoDate | None = None
    """Publication date, ISO 8601."""
    url: str | None = None
    language: str | None = None
    """ISO 639-1."""
    outlet: str | None = None
    """What published it, such as a newspaper, where the input says so."""
    section: str | None = None
    """The part of the outlet that it stood in, as the input says it."""
    length: str | None = None
    """As a database of news says it, such as `210 words`."""
    load_date: IsoDate | None = None
    """When a database of news took it in, ISO 8601."""


class DocumentMetadata(Metadata, frozen=True, kw_only=True):
    """What is known of a document, and of the file it was."""

    rights: tuple[Right, ...]
    """What page and server say of its use by others; nothing is concluded from it."""
    media_type: str
    """`text/plain` or `text/html`."""
    encoding: str
    """Name in the Encoding Standard, in lower case."""
    sha256: Sha256
    """Of the input bytes."""
    chars_in: Offset
    """Code points of the decoded source."""
    chars_out: Offset
    """Code points of the clean text."""
