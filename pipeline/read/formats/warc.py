"""WARC and WET (ISO 28500): what a crawler kept, or the text taken from it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import archive, http_message
from pipeline.read.archive_record import Header
from pipeline.read.interface import Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.pushback import Pushback

_BEGINS = expression(rb"WARC/\d+\.\d+[ \t]*\r?\n")
_MAX_HEADER = 1 << 22


def _header(line: bytes, data: Pushback) -> Header:
    if not _BEGINS.match(line):
        raise InputError("damaged", "no WARC record begins here; what stands here is passed over")
    lines: list[bytes] = []
    size = 0
    while (line := data.readline(archive.MAX_LINE)).strip() and size < _MAX_HEADER:
        lines.append(line)
        size += len(line)
    told = http_message.headers(b"".join(lines))
    length = told.get("content-length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 18:
        raise InputError("damaged", f"the record tells no length: Content-Length is {length[:40]!r}")
    kind = told.get("warc-type", "").lower()
    media_type, charset = http_message.content_type(told.get("content-type"))
    is_http = media_type == "application/http"
    return Header(
        length=int(length),
        url=told.get("warc-target-uri", "").strip("<> ") or None,
        id=told.get("warc-record-id") or None,
        is_http=is_http,
        media_type=told.get("warc-identified-payload-type", "").lower() or None if is_http else media_type,
        charset=charset or ("utf-8" if kind == "conversion" else None),
        skipped=None if kind in ("response", "resource", "conversion") else kind or "no-type",
        block_digest=told.get("warc-block-digest"),
        payload_digest=told.get("warc-payload-digest"),
        truncated=told.get("warc-truncated"),
    )


KIND = archive.Kind("warc", _BEGINS, _header)


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a WARC file, or its name says it is one."""
    return head.startswith(b"WARC/") or suffix in (".warc", ".wet")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each page."""
    return archive.read(KIND, opened, span)


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole records."""
    return archive.split(KIND, opened, target)


FORMAT = Format(KIND.name, recognises, read, split)
