"""ARC, what the Internet Archive's crawlers wrote before WARC (https://archive.org/web/researcher/ArcFileFormat.php)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import archive, http_message
from pipeline.read.archive_record import Header
from pipeline.read.interface import Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.pushback import Pushback

_BEGINS = expression(
    rb"[a-z][a-z0-9+.-]{0,20}:[^\r\n]{1,60000} [0-9a-fA-F.:]{3,45} \d{8,20} [^\r\n]{0,2000}[^ \r\n]{1,20}\r?\n"
)
"""Address, IP address, date, media type; in version 2 more; length. An address may hold spaces."""
_LINE = expression(r"(?P<url>.+) \S+ \d{8,20} (?P<type>[^ ;]*(?:; ?[^ ]*)?)(?: .+)? (?P<length>\S+)\s*\Z")


def _header(line: bytes, data: Pushback) -> Header:
    found = _LINE.match(line.decode("utf-8", "replace")) if _BEGINS.match(line) else None
    if found is None:
        raise InputError("damaged", "no ARC record begins here; what stands here is passed over")
    url, length = found["url"], found["length"]
    if not length.isascii() or not length.isdigit() or len(length) > 18:
        raise InputError("damaged", f"the record tells no length: {length[:40]!r}")
    media_type, charset = http_message.content_type(found["type"])
    return Header(
        length=int(length),
        url=url,
        is_http=True,
        media_type=media_type,
        charset=charset,
        skipped="filedesc" if url.startswith("filedesc:") else None,
    )


KIND = archive.Kind("arc", _BEGINS, _header)


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like an ARC file, or its name says it is one."""
    return head.startswith(b"filedesc:") or suffix == ".arc"


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each page."""
    return archive.read(KIND, opened, span)


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole records."""
    return archive.split(KIND, opened, target)


FORMAT = Format(KIND.name, recognises, read, split)
