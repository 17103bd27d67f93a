"""The records of the output: a struct for a line of each file. The JSON Schema, the Arrow schema and the rows that
`read_documents` and `read_records` give are made of them.

A field stands in two places: here (parts that other rooms work with: in `model`), with its type and what it says, and where
it is filled. Records have no defaults, so a field that is filled nowhere is an error when the first one is made. What a file has
by the hundred thousand leaves out what says nothing: `Evidence` what is null, a `Block` and an edit what is at its default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from pipeline.config import FileFormat
from pipeline.ledger import Edits, undo
from pipeline.model import (
    Block,
    Caption,
    DocumentMetadata,
    Edit,
    Evidence,
    Failure,
    Id,
    IsoDate,
    Level,
    Offset,
    Post,
    Relation,
    Row,
    Sha256,
    Status,
    is_markdown,
)
from pipeline.views.markdown import markdown

_SHOWN = 2000
"""Code points of a text that a notebook shows"""
_ID_SHOWN = 8
"""Digits of an id that are enough to mean it"""
SchemaVersion = Literal[3]
SCHEMA_VERSION: SchemaVersion = 3

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]


class Record(Row, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all records have in common: they do not change, and take no field that they do not know."""


class Quality(Record, frozen=True, kw_only=True):
    """How good the choice of blocks is expected to be, from the model's own scores."""

    f1: Share
    precision: Share
    """Of the words that are kept, the share that is the document's text."""
    recall: Share
    """Of the words of the document's text, the share that is kept."""


class DocumentRecord(Record, frozen=True, kw_only=True):
    """One cleaned document."""

    schema_version: SchemaVersion
    number: Count
    """Place among the documents of the run, in order of source; the ledger names it."""
    id: Id
    """From the source name and the content's SHA-256; the same on every machine."""
    source: str
    """Path below the input root; a member of a container is path#ordinal."""
    source_id: str | None
    """The input record's own id."""
    text: str
    """The clean blocks, parted by one blank line; by one line break inside a list, a dialogue, a stanza. NFC."""
    added: IsoDate | None
    """A date that the run was given for all its records."""
    created: IsoDate | None
    """Publication date, ISO 8601."""
    duplicate_of: Id | None
    """Id of the canonical document where the whole document is a near-copy."""
    metadata: DocumentMetadata
    quality: Quality | None
    """Null for a document that was not judged."""
    captions: tuple[Caption, ...]
    posts: tuple[Post, ...]
    """The contributions of a thread, in their order; empty where a page is none."""
    blocks: tuple[Block, ...]
    extra: dict[str, Any]
    """Fields of the input record that were not read, as they stood there."""

    def __repr__(self) -> str:
        quality = f", quality={self.quality.f1}" if self.quality else ""
        return (
            f"{type(self).__name__}({self.source!r}, title={self.metadata.title!r}, {len(self.text):,} characters, "
            f"{len(self.blocks):,} blocks{quality})"
        )

    def _repr_html_(self) -> str:
        """What a notebook shows: what is known of the document, and the beginning of its text."""
        known = {name: self.metadata[name] for name in ("title", "author", "date", "url", "language")}
        known |= {"quality": self.quality.f1 if self.quality else None}
        rows = "".join(
            f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>"
            for name, value in known.items()
            if value is not None
        )
        shown = self.text[:_SHOWN] + "…" * (len(self.text) > _SHOWN)
        return f"<table>{rows}</table><pre style='white-space: pre-wrap'>{escape(shown)}</pre>"

    def is_called(self, source: str) -> bool:
        """Whether this is the document that somebody means: by its source, or by the beginning of its id."""
        return self.source == source or (len(source) >= _ID_SHOWN and self.id.startswith(source))

    def paragraph_id(self, block: Block) -> str:
        """What clusters, pairs and the ledger call one of the blocks."""
        return f"{self.id}-{block.id}"

    @property
    def markdown(self) -> str:
        """The text as CommonMark, with its title, headings, lists, GFM tables, fenced code, formulas and links."""
        return self.markdown_of(self.blocks, title=self.metadata.title)

    def markdown_of(self, blocks: Sequence[Block], *, title: str | None = None) -> str:
        """Some of the blocks as Markdown, or parts of them, below the title if one is given."""
        form: Literal["html", "markdown", "text"] = "html" if self.metadata.media_type == "text/html" else "text"
        if form == "text" and is_markdown(self.source):
            form = "markdown"
        return markdown(
            self.text,
            blocks,
            title=title,
            base=self.metadata.url,
            source=form,
            posts=[(post.author, post.shown or post.date) for post in self.posts],
        )


class ChunkRecord(Record, frozen=True, kw_only=True):
    """A piece of a document's clean text, for retrieval."""

    id: str
    """The document's id, `-c`, and the number of the chunk: four digits and more, from 0."""
    document_id: Id
    source: str
    url: str | None
    title: str | None
    """Of the document, like author, date and language."""
    author: str | None
    date: IsoDate | None
    language: str | None
    headings: tuple[str, ...]
    """Those that the chunk stands under, the highest first."""
    text: str
    markdown: str
    start: Offset
    """Of the document's clean text."""
    end: Offset
    src_start: Offset
    """Of the decoded source."""
    src_end: Offset
    blocks: tuple[str, ...]
    """Ids of the blocks, the first and last of which may stand in other chunks too."""


class EditRecord(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One edit: the source slice from `start` to `end` became `replacement`."""

    document: Count
    """The document's `number`."""
    start: Offset
    end: Offset
    text: str
    """The exact source slice."""
    replacement: str = ""
    """Empty where the slice was taken out."""
    rule: str
    """Stable id of what decided it."""
    evidence: Evidence

    @property
    def edit(self) -> Edit:
        """The edit, without the document that it belongs to."""
        return Edit(self.start, self.end, self.replacement, self.rule, self.evidence)


class EditTold(Record, frozen=True, kw_only=True, omit_defaults=True):
    """The part of an edit's record that does not follow from its place: the fields behind `text`, in their order."""

    replacement: str = ""
    rule: str
    evidence: Evidence


class Member(Record, frozen=True, kw_only=True):
    """A paragraph, or a whole document."""

    document_id: Id
    paragraph_id: str | None
    """Null for a whole document."""


class ClusterRecord(Record, frozen=True, kw_only=True):
    """Near-duplicates of one canonical paragraph or document."""

    cluster_id: Id
    level: Level
    relation: Relation
    """Of those that members have to the canonical one, the one that differs most: `revision`, `noisy`, `copy`, `repeat`."""
    canonical: Member
    """That of the earliest document by date, then the longest, then the first by name."""
    size: Annotated[int, Meta(ge=2)]
    sources: list[str]
    members: list[Member]


class PairPlace(Record, frozen=True, kw_only=True):
    """One of the two paragraphs or documents of a pair."""

    document_id: Id
    paragraph_id: str | None
    """Null for a whole document."""
    start: Offset | None
    """Of a document that stands in the other, or has it: where what they share begins in its source."""
    end: Offset | None


class PairRecord(Record, frozen=True, kw_only=True):
    """Two paragraphs that are near-duplicates, or of which one quotes the other; or two documents, one of which stands whole
    in the other."""

    a: PairPlace
    b: PairPlace
    jaccard: Share
    """Exact."""
    containment_ab: Share
    """Share of a's shingles that b has."""
    containment_ba: Share
    relation: Relation


class Source(Record, frozen=True, kw_only=True):
    """A document, by id and name, with what it says of when and by whom it was published."""

    document_id: Id
    source: str
    date: IsoDate | None
    agency: str | None


MAX_PASSAGE_TEXT = 100_000
"""Code points of a passage that a record of it quotes: two copies of a book share all of it, and so does each pair of more."""


class PassagePlace(Record, frozen=True, kw_only=True):
    """One of the two places of a passage, in the decoded source."""

    document_id: Id
    source: str
    start: Offset
    end: Offset
    text: str
    """What stands there in the source, from its beginning, with what was struck between its words; of a passage of more than
    100,000 characters, so many."""
    speaker: str | None
    """Who says it, where it stands in quotation marks and the text beside them names somebody."""


class PassageRecord(Record, frozen=True, kw_only=True):
    """Text that two documents share inside longer, different text."""

    a: PassagePlace
    b: PassagePlace
    words: Count
    """Matched words."""
    similarity: Share
    bits: Annotated[float, Meta(ge=0)]
    """How telling the matched words are: the sum of the binary logarithms of how rare each is among all words of the run."""
    longest_run: Count
    """Words of the longest verbatim run."""
    family: Id
    """Passages that are one quote share it."""
    origins: Annotated[int, Meta(ge=1)]
    """Independent documents in the family; whole-document copies, such as one wire story in many papers, count once."""
    earliest: Source | None
    """The first document of the family by date, where one is known."""


class InputFile(Record, frozen=True, kw_only=True):
    """What became of an input file."""

    source: str
    sha256: Sha256 | None
    """Null for one that cannot be read."""
    bytes: Count
    status: Status
    passed_over: dict[str, Annotated[int, Meta(ge=1)]]
    """Records and parts that were never meant to be documents, counted by why they are none."""


class OutputFile(Record, frozen=True, kw_only=True):
    """A file of the output."""

    path: str
    sha256: Sha256
    bytes: Count
    records: Count | None
    """Null for a file that holds no records."""


class StruckShare(Record, frozen=True, kw_only=True):
    """What a source lost because others have it."""

    source: str
    """A site, a file of many documents, or a folder."""
    chars: Count
    """Code points of its clean text before copies were struck."""
    struck: Count
    """Of them, those of copies."""


class Manifest(Record, frozen=True, kw_only=True):
    """`manifest.json`: what went into a run and what came out."""

    schema_version: SchemaVersion
    pipeline_version: str
    code_fingerprint: str
    """Changes whenever the program does: its code, its rules, its data, a library it decides with."""
    libraries: dict[str, str | None]
    """Versions; null for one that is not installed."""
    format: FileFormat
    against: list[Sha256]
    """SHA-256 of the manifests of the runs that this one was held against."""
    config: dict[str, Any]
    config_fingerprint: str
    inputs: list[InputFile]
    outputs: list[OutputFile]
    counts: dict[str, int]
    families: dict[str, int]
    """By family of rules, by how many code points they shortened the texts, in the order in which they are asked; less than
    0: lengthened."""
    struck: list[StruckShare]
    """Sources of which more than half was struck as copies, those that lost most first; 100 at most."""


FILES: dict[str, type] = {
    "documents": DocumentRecord,
    "removed": EditRecord,
    "clusters": ClusterRecord,
    "pairs": PairRecord,
    "passages": PassageRecord,
    "failures": Failure,
}
"""What a line of each output is."""
EXPORTS: dict[str, type] = {"chunks": ChunkRecord}
"""The same for what `pipeline export` writes."""
ALL_FILES = FILES | EXPORTS


class Document(DocumentRecord, frozen=True, kw_only=True):
    """A cleaned document before it is compared with others: its record, and its ledger beside it."""

    edits: tuple[Edit, ...]
    removed: tuple[str, ...]
    """The source slice of each edit."""
    whole: bool = False
    """Its text was kept whole and unjudged, since judging it would have cost more than a document may. It is compared with
    no other."""
    failures: tuple[Failure, ...] = ()
    """What of the input could not be read."""

    def __repr__(self) -> str:
        words = len(self.text.split())
        quality = f", quality {self.quality.f1:.2f}" if self.quality else ""
        return f"<Document {self.source!r}: {words} words in {len(self.blocks)} blocks{quality}>"

    @property
    def record(self) -> DocumentRecord:
        """Its line of `documents.jsonl`, as if it had nothing in common with others."""
        return DocumentRecord(**{name: getattr(self, name) for name in DocumentRecord.__struct_fields__})

    def ledger(self) -> Iterator[EditRecord]:
        """Its lines of `removed.jsonl`, in the order of the source."""
        for edit, text in zip(self.edits, self.removed, strict=True):
            yield EditRecord(
                document=self.number,
                start=edit.start,
                end=edit.end,
                text=text,
                replacement=edit.replacement,
                rule=edit.rule,
                evidence=edit.evidence,
            )

    def origin(self) -> str:
        """The decoded source: the text with its edits undone."""
        ledgered = zip(self.edits, self.removed, strict=True)
        return undo(self.text, ((edit.start, edit.end, text, edit.replacement) for edit, text in ledgered))

    @classmethod
    def of(cls, record: DocumentRecord, ledger: Sequence[EditRecord]) -> Document:
        """The document whose lines these are."""
        edits, removed = [one.edit for one in ledger], [one.text for one in ledger]
        return cls(**dict(record), edits=tuple(edits), removed=tuple(removed))


class Cleaned(Struct, frozen=True):
    """A cleaned document as a run passes it on: what a `Document` is, its edits in columns."""

    record: DocumentRecord
    """As if it had nothing in common with others"""
    edits: Edits
    origin: str
    """The decoded source"""
    whole: bool = False
    """See `Document`"""

    @classmethod
    def of(cls, record: DocumentRecord, ledger: Sequence[EditRecord]) -> Cleaned:
        """The document whose lines these are."""
        changes = ((one.start, one.end, one.text, one.replacement) for one in ledger)
        return cls(record, Edits.of(one.edit for one in ledger), undo(record.text, changes))

    def document(self, failures: Sequence[Failure] = ()) -> Document:
        """The same as a `Document`. `failures`: what of the input could not be read."""
        edits, removed = tuple(self.edits), tuple(self.edits.removed(self.origin))
        return Document(**dict(self.record), edits=edits, removed=removed, whole=self.whole, failures=tuple(failures))


def document_of(paragraph_id: str) -> str:
    """The id of the document that a paragraph stands in, given what `DocumentRecord.paragraph_id` calls it."""
    return paragraph_id.partition("-")[0]


Membership = tuple[str, bool, Relation]
"""Of a paragraph: its cluster's id, whether it is the canonical member, and the relation."""


def with_shared(
    record: DocumentRecord, memberships: Mapping[str, Membership], duplicate_of: str | None
) -> DocumentRecord:
    """A record with what the document shares with others; `memberships`, by paragraph id, are those of its paragraphs."""
    if not memberships and duplicate_of is None:
        return record
    blocks: list[Block] = []
    for block in record.blocks:
        if membership := memberships.get(record.paragraph_id(block)):
            cluster_id, canonical, relation = membership
            block = block.replace(cluster_id=cluster_id, canonical=canonical, relation=relation)
        blocks.append(block)
    return record.replace(duplicate_of=duplicate_of, blocks=tuple(blocks))
