"""Zip archives: each member is an input. Books, office documents and web archives that are zip archives go their own ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import zipped
from pipeline.read.formats import docx, epub, odt
from pipeline.read.interface import Format, Item, ReadOptions, Skipped, Span, failure
from pipeline.read.members import Members
from pipeline.read.opened import Opened
from pipeline.read.zip_directory import Lost
from pipeline.wording import said

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

NAME = "zip"
_MAGIC = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_WARC = expression(r"archive/[^/]+\.warc(?:\.gz)?", re.IGNORECASE)
_ENCRYPTED = 1


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a zip archive."""
    return head.startswith(_MAGIC)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """What each member gives; of a document that is such an archive, what the document gives.

    Raises:
        InputError: the archive is damaged, or passes the bounds.
    """
    lost: list[Lost] = []
    with zipped.archive(opened, "zip archive", lost) as found:
        entries = found.infolist()
        if (form := _document(found, entries)) is not None and span is None:
            yield from form.read(opened, None, options)
            return
        is_wacz = any(entry.filename == "datapackage.json" for entry in entries)
        members = Members(opened, options)
        chosen = entries if span is None else entries[span.start : span.end]
        for entry in entries[: span.start] if span is not None else ():
            if not entry.filename.endswith("/"):
                members.passed(entry.filename)
        for name, why in lost if span is None or span.start == 0 else ():
            if name is None:
                yield failure(opened.source, InputError("damaged", why))
            else:
                message = f"its entry in the directory is damaged: {why}"
                yield failure(f"{opened.source}#{name}", InputError("damaged", message))
        for entry in chosen:
            if entry.filename.endswith("/"):
                continue
            if is_wacz and not _WARC.fullmatch(entry.filename):
                yield Skipped("index of a web archive")
                continue
            try:
                stream = _open(found, entry)
            except InputError as error:
                members.passed(entry.filename)
                yield failure(f"{opened.source}#{entry.filename}", error)
                continue
            with stream:
                yield from members.read(entry.filename, stream, zipped.ERRORS)


def _open(found: ZipFile, entry: ZipInfo):  # type: ignore[no-untyped-def]
    if entry.flag_bits & _ENCRYPTED:
        raise InputError("encrypted", "is encrypted; unpack the archive with its password first")
    try:
        return found.open(entry)
    except zipped.ERRORS as error:
        raise InputError("damaged", f"cannot be read: {said(error)}") from None


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole members."""
    with zipped.archive(opened, "zip archive") as found:
        entries = found.infolist()
        if _document(found, entries) is not None:
            return
        start = size = 0
        for end, entry in enumerate(entries, 1):
            size += entry.compress_size
            if size >= target:
                yield Span(NAME, start, end, start)
                start, size = end, 0
        if start < len(entries):
            yield Span(NAME, start, len(entries), start)


def _document(found: ZipFile, entries: Sequence[ZipInfo]) -> Format | None:
    """The format of the document that an archive is, by what it holds; None of an archive of files.

    Raises:
        InputError: it is a document that cannot be read. The message says how to make one that can.
    """
    names = {entry.filename for entry in entries}
    if epub.CONTAINER in names:
        return epub.FORMAT
    if docx.DOCUMENT in names:
        return docx.FORMAT
    label = zipped.content(found, "mimetype", 1 << 10).decode("latin-1").strip() if "mimetype" in names else ""
    if label.startswith(odt.TYPE):
        return odt.FORMAT
    for name, message in _UNREAD.items():
        if name in names or name == label:
            raise InputError("unsupported", message)
    return None


_OPEN = "application/vnd.oasis.opendocument"
_UNREAD = {
    "xl/workbook.xml": "is an Excel workbook: save it as CSV first, in Excel or by `soffice --convert-to csv FILE`",
    "ppt/presentation.xml": "is a PowerPoint presentation: make a PDF of it first, by `soffice --convert-to pdf FILE`",
    f"{_OPEN}.spreadsheet": "is a spreadsheet: make CSV of it first, by `soffice --convert-to csv FILE`",
    f"{_OPEN}.presentation": "is a presentation: make PDF of it first, by `soffice --convert-to pdf FILE`",
    "Index/Document.iwa": "is a Pages document: export it as Word or EPUB first",
}
"""By the name of a member, or by what `mimetype` holds."""

FORMAT = Format(NAME, recognises, read, split, has_members=True, turn=1)
