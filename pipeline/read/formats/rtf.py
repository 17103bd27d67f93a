"""Rich Text Format, by striprtf, as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.errors import InputError
from pipeline.model import DECODED, RawDocument
from pipeline.read import press
from pipeline.read.interface import TEXT, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to
from pipeline.wording import installing

_MAX_FILE = 1 << 27
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_SAID = re.compile(r"\{\\(title|author)\s((?:[^{}\\]|\\.){0,2000})\}")
_GROUP = re.compile(r"\\.|[{}]", re.DOTALL)
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


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
    source = _decoded(data, f"cp{page[1].decode()}" if page else "cp1252")
    try:
        text = to_text(source, errors="replace")
        known = {
            key: " ".join(to_text(f"{{\\rtf1 {said}}}", errors="replace").split())
            for key, said in _SAID.findall(source)
        }
    except Exception as error:  # whatever a damaged file makes it stumble over
        raise InputError("damaged", f"no whole RTF file: {error or type(error).__name__}") from None
    if created := _CREATED.search(source):
        known["date"] = f"{created[1]}-{int(created[2]):02}-{int(created[3]):02}"
    if not text.strip():
        raise InputError("no-text", "the document has no text")
    database = press.recognised(text)
    if database is not None:
        yield from press.items(opened.source, database, text)
    else:
        fields = {key: value for key, value in known.items() if value} | {"media_type": TEXT, "charset": DECODED}
        yield RawDocument(opened.source, text.encode("utf-8", "replace"), fields)
    if problem := _damage(source):
        raise problem


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
