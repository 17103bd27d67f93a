"""Rich Text Format, by striprtf, as plain text."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, RawDocument
from pipeline.read import press
from pipeline.read.encodings import paired
from pipeline.read.interface import TEXT, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to
from pipeline.wording import installing, said

_MAX_FILE = 1 << 27
_CODE_PAGE = expression(rb"\\ansicpg(\d{3,5})")
_SAID = expression(r"\{\\(title|author)\s((?:[^{}\\]|\\.){0,2000})\}")
_GROUP = expression(r"\\.|[{}]", re.DOTALL)
_CREATED = expression(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_CONTROL = expression(r"(\\[^a-zA-Z])|\\(uc?|bin|fcharset)(?![a-zA-Z])(-?\d+|)")
"""Controls at which the library stumbles if their number is odd. A sign after a backslash is none."""
_DIGITS = 9
"""The number of a character has fewer, with its sign."""
_CHARSETS = {78: 128, 79: 136, 80: 129, 82: 177, 85: 134, 86: 238, 87: 204, 88: 222, 89: 238}
"""Character sets of the Macintosh that Python has not, as the nearest of Windows."""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like RTF."""
    return head.lstrip().startswith(b"{\\rtf")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The document; or the articles, where it is what a news database exports.

    Raises:
        InputError: it is too large, damaged or without text, or the library is missing.
    """
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError:
        raise InputError("missing-library", f"an RTF file needs a library: {installing('documents')}") from None
    to_text: Callable[..., str] = rtf_to_text
    data = up_to(opened.content, _MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise InputError("too-large", f"an RTF file of more than {_MAX_FILE >> 20} MiB")
    page = _CODE_PAGE.search(data)
    source, beyond = _even(_decoded(data, f"cp{page[1].decode()}" if page else "cp1252"))
    try:
        text, halved = paired(to_text(source, errors="replace"))
        known = {
            key: " ".join(paired(to_text(f"{{\\rtf1 {words}}}", errors="replace"))[0].split())
            for key, words in _SAID.findall(source)
        }
    except Exception as error:  # whatever a damaged file makes it stumble over
        raise InputError("damaged", f"no whole RTF file: {said(error)}") from None
    if created := _CREATED.search(source):
        known["date"] = f"{created[1]}-{int(created[2]):02}-{int(created[3]):02}"
    if not text.strip():
        raise InputError("no-text", "the document has no text")
    database = press.recognised(text)
    if database is not None:
        yield from press.items(opened.source, database, text)
    else:
        fields = {key: value for key, value in known.items() if value} | {"media_type": TEXT, "charset": DECODED}
        yield RawDocument(opened.source, text.encode(), fields)
    if problem := _damage(source) or beyond or halved:
        raise problem


def _even(source: str) -> tuple[str, InputError | None]:
    """A file whose controls have numbers that they can have, and what was lost: a character that there is not becomes
    U+FFFD."""
    lost = 0

    def even(found: re.Match[str]) -> str:
        nonlocal lost
        sign, word, number = found.groups()
        if sign or (word == "u" and not number):
            return found[0]
        if word == "u":
            if len(number) < _DIGITS and -0x10000 <= int(number) <= sys.maxunicode:
                return found[0]
            lost += 1
            return f"\\u{0xFFFD}"
        if word == "uc":
            return found[0] if number[:1].isdigit() and len(number) < 3 else "\\uc1"
        if word == "bin":
            return found[0] if number[:1].isdigit() else ""
        return (
            f"\\fcharset{_CHARSETS.get(int(number), number)}" if number[:1].isdigit() and len(number) < 4 else found[0]
        )

    source = _CONTROL.sub(even, source)
    return source, InputError("undecodable", f"{lost:,} characters that there are not became U+FFFD") if lost else None


def _damage(source: str) -> InputError | None:
    """What is wrong with the groups of a file, of which one holds all others."""
    depth = 0
    for sign in _GROUP.finditer(source):
        depth += {"{": 1, "}": -1}.get(sign.group(), 0)
        if depth == 0 and sign.group() == "}":
            follows = source[sign.end() :].strip("\0\r\n\t ")
            message = f"{len(follows):,} characters follow the end of the document, and may be missing"
            return InputError("damaged", message) if follows else None
    return InputError("truncated", "the file ends before its last group is closed")


def _decoded(data: bytes, code_page: str) -> str:
    try:
        return data.decode(code_page, "replace")
    except LookupError:
        return data.decode("cp1252", "replace")


FORMAT = Format("rtf", recognises, read)
