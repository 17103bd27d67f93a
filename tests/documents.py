"""Documents made from text, without cleaning, and packs of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pipeline.corpus import packs
from pipeline.model import Block, DocumentMetadata
from pipeline.records import SCHEMA_VERSION, Cleaned, Document, Quality


def document(source: str, paragraphs: Sequence[str], date: str | None = None) -> Document:
    """A document of these paragraphs."""
    name = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    places: list[Block] = []
    at = 0
    for number, text in enumerate(paragraphs):
        places.append(Block(f"{number:04d}", "paragraph", at, at + len(text), at, at + len(text)))
        at += len(text) + 2
    text = "\n\n".join(paragraphs)
    return Document(
        schema_version=SCHEMA_VERSION,
        number=0,
        id=name,
        source=source,
        source_id=None,
        text=text,
        added=None,
        created=date,
        duplicate_of=None,
        metadata=DocumentMetadata(
            date=date,
            rights=(),
            media_type="text/plain",
            encoding="utf-8",
            sha256=name,
            chars_in=len(text),
            chars_out=len(text),
        ),
        quality=Quality(f1=1.0, precision=1.0, recall=1.0),
        captions=(),
        posts=(),
        blocks=tuple(places),
        extra={},
        edits=(),
        removed=(),
    )


def row(one: Document) -> packs.Row:
    """A document as a pack holds it."""
    return packs.row(Cleaned.of(one.record, list(one.ledger())))


def write_packs(folder: Path, documents: Sequence[Document], count: int) -> list[Path]:
    """So many packs, the documents shared out evenly in order; some are empty if there are fewer."""
    bounds = [len(documents) * i // max(1, count) for i in range(count + 1)]
    paths = [folder / f"{number}.pack" for number in range(count)]
    for path, low, high in zip(paths, bounds, bounds[1:], strict=False):
        packs.write(path, [row(one) for one in documents[low:high]])
    return paths
