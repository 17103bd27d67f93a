"""A file that is one document: text or HTML. Every file that is nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.model import RawDocument
from pipeline.read.interface import MAX_DOCUMENT, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The document.

    Raises:
        InputError: it is too large, or damage left nothing of it.
    """
    data = up_to(opened.content, MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise InputError("too-large", f"is a single document of more than {MAX_DOCUMENT >> 20} MiB")
    if data or opened.problem is None:
        yield RawDocument(opened.source, data)


FORMAT = Format("document", lambda head, suffix: True, read, turn=8)
