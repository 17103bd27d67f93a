"""E-mail: a message (.eml), which is one document, or a mailbox (mbox) of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import message as messages
from pipeline.read.encodings import looks_like_text
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to

_MAX_LINE = 1 << 20
_DATED = expression(
    rb"From [^\r\n]{0,300}?[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d[^\r\n]{0,40}\r?\n", re.DOTALL
)
"""What parts the messages of a mailbox: who sent the message, and when."""
_DAMAGED = expression(
    rb"[^\r\n:]{5,300}[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?: [+-]\d{4})? \d{4}\r?\n"  # its beginning is damaged
    rb"|From [^\r\n]{0,300}\d\d:\d\d[^\r\n]{0,40}\r?\n"  # its date is
)
_UNDATED = expression(rb"From (?:[^\s@]+@\S+|-|MAILER-DAEMON)[ \t\r\n]")
_FIELD = expression(rb">?[!-9;-~]{1,80}:")
_HEADER = expression(rb"(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")
_USUAL = expression(
    rb"(?:From|To|Date|Subject|Message-ID|MIME-Version|Received|Return-Path|Delivered-To|Content-Type|Status"
    rb"|X-[!-9;-~]{1,60}):",
    re.IGNORECASE,
)
_ESSENTIAL = (rb"^From:", rb"^(?:Message-ID|MIME-Version|Received|Return-Path):", rb"^(?:Date|Subject):")
_APPLE = expression(rb"(\d{1,9})[ \t]*\r?\n(?=[!-9;-~]{1,80}:)")
_QUOTED_FROM = expression(rb"^>(>*From )", re.MULTILINE)
"""How a mailbox writes a line of a message that begins like its own separator."""


def recognises(head: bytes, suffix: str) -> bool:
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
    is_mailbox = _is_mailbox(opened.head())
    if not is_mailbox and not opened.source.lower().endswith(".mbox"):
        yield from messages.items(opened.source, _single(up_to(opened.content, messages.MAX_MESSAGE + 1)))
        return
    for ordinal, (data, is_sure) in enumerate(_messages(opened.content, is_whole=is_mailbox)):
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
    first, second = [*head.split(b"\n", 2), b"", b""][:2]
    return _begins_message(first + b"\n", (second,))


def _begins_message(line: bytes, following: Sequence[bytes]) -> bool:
    """Whether a line is what a message begins with in a mailbox: dated, and followed by the field of a header; or not
    dated but with an address, and followed by a field that headers are known to begin with."""
    if _DATED.match(line):
        return any(map(_FIELD.match, following))
    return _UNDATED.match(line) is not None and any(map(_USUAL.match, following))


def _once_began_message(line: bytes, following: Sequence[bytes]) -> bool:
    """Whether a line after a blank one is what a message began with, and is damaged: a header follows."""
    usual = [_USUAL.match(one) is not None for one in following]
    return (any(usual) and _DAMAGED.match(line) is not None) or (all(usual) and line.startswith(b"From "))


def _messages(stream: BinaryIO, *, is_whole: bool) -> Iterator[tuple[bytes, bool]]:
    """The messages of a mailbox: each begins with a line `From ...` and ends with a blank one, which are no part of it.

    A line of a message may begin with `From ` as well. So what separates has to be followed by a header; and it has to be
    dated where no blank line stands before it. A line that is damaged and followed by a header separates as well; the second
    value says whether the line was whole. `is_whole`: whether the first line of the mailbox is.
    """
    lines: list[bytes] = []
    size = 0
    is_sure = is_whole
    after_blank = False
    is_empty = not is_whole
    if is_whole:
        stream.readline(_MAX_LINE)
    for line, *following in _with_two_more(stream):
        is_empty = False
        starts = (after_blank or _DATED.match(line)) and _begins_message(line, following)
        if starts or (after_blank and _once_began_message(line, following)):
            yield b"".join(lines[:-1] if after_blank else lines), is_sure
            lines, size, is_sure = [], 0, bool(starts)
        elif size <= messages.MAX_MESSAGE:
            lines.append(line)
            size += len(line)
        after_blank = line in (b"\n", b"\r\n")
    if not is_empty:
        yield b"".join(lines[:-1] if after_blank and len(lines) > 1 else lines), is_sure


def _with_two_more(stream: BinaryIO) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each line with the two that follow it; nothing where there are no more."""
    line, second = stream.readline(_MAX_LINE), stream.readline(_MAX_LINE)
    while line:
        third = stream.readline(_MAX_LINE)
        yield line, second, third
        line, second = second, third


FORMAT = Format("email", recognises, read, turn=2)
