"""The records of the output contract: plain dictionaries with their keys in a fixed order, and the schema's version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.model import Block, Caption, Document, Edit, Failure, Mark, Metadata, Relation

SCHEMA_VERSION = 1

Record = dict[str, Any]

Membership = tuple[str, bool, Relation]
"""Of a paragraph: its cluster's id, whether it is the canonical member, and the relation."""


def document(doc: Document) -> Record:
    """One line of `documents.jsonl`, of a document that shares nothing with others; for one that does see `with_shared`."""
    meta = doc.metadata
    return {
        "schema_version": SCHEMA_VERSION,
        "id": doc.id,
        "source": doc.source,
        "text": doc.text,
        "added": doc.added,
        "created": meta.date,
        "duplicate_of": None,
        "metadata": {
            "title": meta.title,
            "author": meta.author,
            "agency": meta.agency,
            "date": meta.date,
            "url": meta.url,
            "language": meta.language,
            "media_type": doc.media_type,
            "encoding": doc.encoding,
            "sha256": doc.sha256,
            "chars_in": doc.chars_in,
            "chars_out": len(doc.text),
        },
        "captions": [
            {
                "text": caption.text,
                "credit": caption.credit,
                "identifier": caption.identifier,
                "date": caption.date,
                "src_start": caption.src_start,
                "src_end": caption.src_end,
            }
            for caption in doc.captions
        ],
        "paragraphs": [_block(block) for block in doc.blocks],
    }


_FORM = ("level", "depth", "quote", "number", "language", "continued")


def _block(block: Block) -> Record:
    return {
        "id": block.id,
        "kind": block.kind,
        "start": block.start,
        "end": block.end,
        "src_start": block.src_start,
        "src_end": block.src_end,
        **{name: getattr(block, name) for name in _FORM},
        "marks": [{"start": m.start, "end": m.end, "kind": m.kind, "href": m.href} for m in block.marks],
        "cluster_id": None,
        "canonical": True,
        "relation": None,
    }


def removed(doc: Document) -> Iterator[Record]:
    """The document's lines of `removed.jsonl`, in the order of the source."""
    for edit, text in zip(doc.edits, doc.removed, strict=True):
        yield {
            "document_id": doc.id,
            "source": doc.source,
            "start": edit.start,
            "end": edit.end,
            "text": text,
            "replacement": edit.replacement,
            "rule": edit.rule,
            "evidence": dict(edit.evidence),
        }


def with_shared(record: Record, memberships: Mapping[str, Membership], duplicate_of: str | None) -> Record:
    """A record of `documents.jsonl` with what the document shares with others; `memberships` goes by paragraph id."""
    paragraphs = []
    for paragraph in record["paragraphs"]:
        if membership := memberships.get(paragraph["id"]):
            paragraph = {**paragraph, **dict(zip(("cluster_id", "canonical", "relation"), membership, strict=True))}
        paragraphs.append(paragraph)
    return {**record, "duplicate_of": duplicate_of, "paragraphs": paragraphs}


def read_document(record: Record, ledger: Sequence[Record]) -> Document:
    """The document that `document` and `removed` made these records of."""
    meta = record["metadata"]
    names = ("title", "author", "agency", "date", "url", "language")
    return Document(
        id=record["id"],
        source=record["source"],
        text=record["text"],
        added=record["added"],
        metadata=Metadata(**{name: meta[name] for name in names}),
        media_type=meta["media_type"],
        encoding=meta["encoding"],
        sha256=meta["sha256"],
        chars_in=meta["chars_in"],
        captions=tuple(Caption(**caption) for caption in record["captions"]),
        blocks=tuple(
            Block(
                **{name: block[name] for name in ("id", "kind", "start", "end", "src_start", "src_end", *_FORM)},
                marks=tuple(Mark(**mark) for mark in block["marks"]),
            )
            for block in record["paragraphs"]
        ),
        edits=tuple(Edit(e["start"], e["end"], e["replacement"], e["rule"], e["evidence"]) for e in ledger),
        removed=tuple(e["text"] for e in ledger),
    )


def failure(found: Failure) -> Record:
    """One line of `failures.jsonl`."""
    return {"source": found.source, "stage": found.stage, "error": found.error, "message": found.message}
