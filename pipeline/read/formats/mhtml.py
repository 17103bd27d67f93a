"""MHTML, what a browser saves of a page with all that belongs to it: a document (RFC 2557)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import RawDocument
from pipeline.read import message as messages
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Skipped, Span
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to

if TYPE_CHECKING:
    from email.message import Message

_HEADER_END = b"\n\n", b"\n\r\n"
_RELATED = expression(rb"^Content-Type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_SAVED = expression(
    rb"^(?:Snapshot-Content-Location:|From:\s*[\"<]?Saved by|X-MAF-Information:|X-MimeOLE:.*MimeOLE)",
    re.IGNORECASE | re.MULTILINE,
)
_PAGES = (HTML, "application/xhtml+xml")


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins with the header of a message that holds a page; or its name says so."""
    ends = [at for at in map(head.find, _HEADER_END) if at >= 0]
    header = head[: min(ends, default=0)]
    if not _RELATED.search(header):
        return False
    return bool(_SAVED.search(header)) or suffix in (".mhtml", ".mht")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The page. What belongs to it, such as pictures and frames, is passed over.

    Raises:
        InputError: it is too large or damaged, or holds no page.
    """
    import email

    data = up_to(opened.content, messages.MAX_MESSAGE + 1)
    if len(data) > messages.MAX_MESSAGE:
        raise InputError("too-large", f"a saved page of more than {messages.MAX_MESSAGE >> 20} MiB")
    try:
        message = email.message_from_bytes(data)
        parts = [part for part in message.walk() if not part.is_multipart()]
        page = _main(message, parts)
        body = page.get_payload(decode=True) if page is not None else None
        known = _known(message, page) if page is not None else {}
    except messages.DAMAGED as error:
        raise InputError("damaged", f"no saved page that can be read: {error}") from None
    if page is None or not isinstance(body, bytes):
        raise InputError("no-text", "no part of it is a page")
    yield RawDocument(opened.source, body, known)
    for part in parts:
        if part is not page:
            label = part.get_content_type()
            yield Skipped("frame of a page" if label in _PAGES else f"part {label}")


def _main(message: Message, parts: list[Message]) -> Message | None:
    """The part that is the page: the one that the header names, else the first."""
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    start = message.get_param("start")
    address = messages.field(message, "Snapshot-Content-Location")
    for part in pages:
        if (start and part.get("Content-ID") == start) or (
            address and messages.field(part, "Content-Location") == address
        ):
            return part
    return next(iter(pages), None)


def _known(message: Message, page: Message) -> dict[str, str]:
    """The address, the title that the page had, and its encoding. The date is that of saving, not of the page."""
    location = messages.field(message, "Snapshot-Content-Location") or messages.field(page, "Content-Location")
    known = {"url": location, "title": messages.field(message, "Subject"), "charset": page.get_content_charset() or ""}
    if not location.startswith(("http:", "https:")):
        del known["url"]
    return {"media_type": HTML} | {key: value for key, value in known.items() if value}


FORMAT = Format("mhtml", recognises, read)
