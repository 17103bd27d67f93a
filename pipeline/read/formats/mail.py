"""E-mail: a message (.eml), which is one document, or a mailbox (mbox) of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import InputError
from pipeline.read import message as messages
from pipeline.read.encodings import looks_like_text
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened

_MAX_LINE = 1 << 20
_DATED = re.compile(
    rb"From [^\r\n]{0,300}?[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d[^\r\n]{0,40}\r?\n", re.DOTALL
)
"""What parts the messages of a mailbox: who sent the message, and when."""
_DAMAGED = re.compile(
    rb"[^\r\n:]{5,300}[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?: [+-]\d{4})? \d{4}\r?\n"  # its beginning is damaged
    rb"|From [^\r\n]{0,300}\d\d:\d\d[^\r\n]{0,40}\r?\n"  # its date is
)
_UNDATED = re.compile(rb"From (?:[^\s@]+@\S+|-|MAILER-DAEMON)[ \t\r\n]")
_FIELD = re.compile(rb">?[!-9;-~]{1,80}:")
_HEADER = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")
_USUAL = re.compile(
    rb"(?:From|To|Date|Subject|Message-ID|MIME-Version|Received|Return-Path|Delivered-To|Content-Type|Status"
    rb"|X-[!-9;-~]{1,60}):",
    re.IGNORECASE,
)
_ESSENTIAL = (rb"^From:", rb"^(?:Message-ID|MIME-Version|Received|Return-Path):", rb"^(?:Date|Subject):")
_APPLE = re.compile(rb"(\d{1,9})[ \t]*\r?\n(?=[!-9;-~]{1,80}:)")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
"""How a mailbox writes a line of a message that begins like its own separator."""


def claims(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a mailbox or with the header of a message, or its name says so."""
    if _is_mailbox(head):
        return True
    length = _APPLE.match(head)
    header = _HEADER.match(head, length.end() if length else 0)
    essential = header and all(re.search(line, header[0], re.IGNORECASE | re.MULTILINE) for line in _ESSENTIAL)
    return bool(essential) or (suffix in (".eml", ".emlx", ".mbox") and looks_like_text(head))


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The message, or every one of the mailbox.

    Raises:
        InputError: the one message cannot be read.
    """
    if not _is_mailbox(opened.head()):
        yield from messages.items(opened.source, _single(opened.content.read(messages.MAX_MESSAGE + 1)))
        return
    for ordinal, (data, is_sure) in enumerate(_messages(opened.content)):
        name = member(opened.source, ordinal)
        if not is_sure:
            yield failure(
                name, InputError("damaged", f"message {ordinal + 1}: the line that it begins with is damaged")
            )
        try:
            yield from messages.items(name, _QUOTED_FROM.sub(rb"\1", data))
        except InputError as error:
            yield failure(name, InputError(error.reason, f"message {ordinal + 1}: {error}"))


def _single(data: bytes) -> bytes:
    """A file with one message; Apple Mail writes its length above and a property list below it."""
    length = _APPLE.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _is_mailbox(head: bytes) -> bool:
    first, newline, rest = head.partition(b"\n")
    return _separates(first + newline, rest.partition(b"\n")[0])


def _separates(line: bytes, following: bytes) -> bool:
    """Whether a line is what a message begins with in a mailbox: dated, and followed by the field of a header; or not
    dated but with an address, and followed by a field that headers are known to begin with."""
    if _DATED.match(line):
        return _FIELD.match(following) is not None
    return _UNDATED.match(line) is not None and _USUAL.match(following) is not None


def _messages(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The messages of a mailbox: each begins with a line `From ...` and ends with a blank one, which are no part of it.

    A line of a message may begin with `From ` as well. So what separates has to be followed by a header; and it has to be
    dated where no blank line stands before it. A line that is damaged, but dated, and followed by a header parts messages as
    well; the second value says whether the line was whole.
    """
    stream.readline(_MAX_LINE)
    lines: list[bytes] = []
    size = 0
    is_sure = True
    after_blank = False
    following = stream.readline(_MAX_LINE)
    while line := following:
        following = stream.readline(_MAX_LINE)
        starts = line.startswith(b"From ") and (after_blank or _DATED.match(line)) and _separates(line, following)
        is_damaged = not starts and after_blank and _DAMAGED.match(line) and _USUAL.match(following)
        if starts or is_damaged:
            yield b"".join(lines[:-1] if after_blank else lines), is_sure
            lines, size, is_sure = [], 0, not is_damaged
        elif size <= messages.MAX_MESSAGE:
            lines.append(line)
            size += len(line)
        after_blank = line in (b"\n", b"\r\n")
    yield b"".join(lines[:-1] if after_blank and len(lines) > 1 else lines), is_sure


FORMAT = Format("email", claims, read)
