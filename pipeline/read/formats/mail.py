"""E-mail: a message (.eml), which is one document, or a mailbox (mbox) of them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import InputError
from pipeline.model import RawDocument
from pipeline.read.encodings import looks_like_text
from pipeline.read.interface import Format, Item, ReadOptions, Skipped, Span, failure, media_type, member
from pipeline.read.opened import Opened

if TYPE_CHECKING:
    from email.message import Message

_MAX_MESSAGE = 1 << 27
_MAX_LINE = 1 << 20
_MAILBOX = re.compile(
    rb"From [^\r\n]{0,300}[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d[^\r\n]{0,40}\r?\n>?[!-9;-~]{1,80}:"
)
_HEADER = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")
_ESSENTIAL = (rb"^From:", rb"^(?:Message-ID|MIME-Version|Received|Return-Path):", rb"^(?:Date|Subject):")


def claims(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a mailbox or with the header of a message, or its name says so."""
    if _MAILBOX.match(head):
        return True
    header = _HEADER.match(head)
    essential = header and all(re.search(line, header[0], re.IGNORECASE | re.MULTILINE) for line in _ESSENTIAL)
    return bool(essential) or (suffix in (".eml", ".mbox") and looks_like_text(head))


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The message, or every one of the mailbox.

    Raises:
        InputError: the one message cannot be read.
    """
    if not _MAILBOX.match(opened.head()):
        yield from _document(opened.source, opened.content.read(_MAX_MESSAGE + 1))
        return
    for ordinal, data in enumerate(_messages(opened.content)):
        name = member(opened.source, ordinal)
        try:
            yield from _document(name, data)
        except InputError as error:
            yield failure(name, InputError(error.reason, f"message {ordinal + 1}: {error}"))


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """The messages of a mailbox: each begins with a line `From ...` after a blank one."""
    stream.readline(_MAX_LINE)
    lines: list[bytes] = []
    size = 0
    after_blank = False
    while line := stream.readline(_MAX_LINE):
        if after_blank and line.startswith(b"From "):
            yield b"".join(lines)
            lines, size = [], 0
        elif size <= _MAX_MESSAGE:
            lines.append(line)
            size += len(line)
        after_blank = line in (b"\n", b"\r\n")
    yield b"".join(lines)


def _document(name: str, data: bytes) -> Iterator[Item]:
    """The text of a message, plain if there is such, and the parts that are passed over.

    Raises:
        InputError: `too-large`, `damaged` or `no-text`.
    """
    import email

    if len(data) > _MAX_MESSAGE:
        raise InputError("too-large", f"a message of more than {_MAX_MESSAGE >> 20} MiB")
    try:
        message = email.message_from_bytes(data)
        parts = [part for part in message.walk() if not part.is_multipart()]
        texts = [part for part in parts if part.get_content_maintype() == "text" and not part.get_filename()]
        chosen = min(texts, key=lambda part: part.get_content_type() != "text/plain", default=None)
        body = chosen.get_payload(decode=True) if chosen else None
    except (LookupError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InputError("damaged", f"not a message that can be read: {error}") from None
    if chosen is None or not isinstance(body, bytes):
        raise InputError("no-text", "no part of the message is text")
    known = {
        "media_type": media_type(chosen.get_content_type()),
        "charset": chosen.get_content_charset(),
        **_known(message),
    }
    yield RawDocument(name, body, {key: value for key, value in known.items() if value})
    for part in parts:
        if part is not chosen:
            yield Skipped(f"part {part.get_content_type()}")


def _known(message: Message) -> dict[str, str | None]:
    """What the header of a message tells."""
    from email.utils import parseaddr, parsedate_to_datetime

    name, address = parseaddr(_decoded(message, "From"))
    try:
        date = parsedate_to_datetime(_decoded(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        date = None
    return {"title": _decoded(message, "Subject"), "author": name or address, "date": date}


def _decoded(message: Message, name: str) -> str:
    from email.errors import MessageError
    from email.header import decode_header, make_header

    value = str(message.get(name, ""))
    with contextlib.suppress(LookupError, ValueError, MessageError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.encode("utf-8", "replace").decode().split())


FORMAT = Format("email", claims, read)
