"""PDF, by PDFium: the lines of each page with where they stand, set as paragraphs and headings of a page of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, RawDocument
from pipeline.read import page_layout, press
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.read.page_layout import Line
from pipeline.read.pieces import up_to
from pipeline.wording import installing

_MAX_FILE = 1 << 28
_MAX_PAGES = 20_000
_MARK = b"%PDF-"
_DATE = expression(r"D:(\d{4})(\d\d)?(\d\d)?")
_NOBODY = frozenset(("anonymous", "(anonymous)", "untitled", "(untitled)", "unspecified", "(unspecified)", "unknown"))
_PICTURE = 3
"""What PDFium calls an object that is a picture."""
_HYPHENS = "\x02\ufffe"
"""What PDFium writes for a hyphen at the end of a line, instead of the line's end."""
_LINE_ENDS = "\r\n" + _HYPHENS


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like a PDF."""
    return _MARK in head[:1024] and (head.startswith(_MARK) or suffix == ".pdf")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The document; or the articles, where it is what a news database exports.

    Raises:
        InputError: it is too large, damaged, encrypted or scanned, or the library is missing; pages without text are told
            after the others were given.
    """
    try:
        import pypdfium2
    except ImportError:
        raise InputError("missing-library", f"a PDF needs a library: {installing('documents')}") from None
    data = up_to(opened.content, _MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise InputError("too-large", f"a PDF of more than {_MAX_FILE >> 20} MiB")
    try:
        with pypdfium2.PdfDocument(data) as document:
            pages, unread = _pages(document)
            known = _known(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            message = "is encrypted: take the password off first, by `qpdf --decrypt --password=... IN OUT`"
            raise InputError("encrypted", message) from None
        raise InputError("damaged", f"no whole PDF: {error}") from None
    if not any(pages):
        raise InputError("no-text", "its pages are pictures: recognise their text first, by `ocrmypdf IN OUT`")
    body, text = page_layout.html_and_text(pages)
    database = press.recognised(text)
    if database is not None:
        yield from press.items(opened.source, database, text)
    else:
        page = f"<!DOCTYPE html>\n<html><body>\n{body}</body></html>\n"
        yield RawDocument(
            opened.source, page.encode("utf-8", "replace"), known | {"media_type": HTML, "charset": DECODED}
        )
    if unread:
        some = ", ".join(map(str, unread[:10])) + (", …" if len(unread) > 10 else "")
        message = f"{len(unread)} pages are pictures without text ({some}): `ocrmypdf --skip-text IN OUT` makes it text"
        raise InputError("no-text", message)


def _pages(document: Any) -> tuple[list[list[Line]], list[int]]:
    """The lines of each page, and the numbers of those pages that have pictures and no text."""
    pages: list[list[Line]] = []
    unread: list[int] = []
    for number in range(min(len(document), _MAX_PAGES)):
        page = document[number]
        lines = _lines(page)
        if not lines and any(True for _ in page.get_objects(filter=(_PICTURE,), max_depth=4)):
            unread.append(number + 1)
        pages.append(lines)
        page.close()
    return pages, unread


def _lines(page: Any) -> list[Line]:
    """The lines of a page, in PDFium's order, which is that of the file with what stands in one line joined."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    height = page.get_height() or 1
    lines: list[Line] = []
    letters: list[str] = []
    first = last = -1
    for index in range(text_page.count_chars() + 1):
        letter = chr(pdfium.FPDFText_GetUnicode(text_page, index)) if index < text_page.count_chars() else "\n"
        if letter not in _LINE_ENDS:
            letters.append(letter)
            if not letter.isspace():
                first, last = (index if first < 0 else first), index
        elif letters:
            is_cut = letter in _HYPHENS
            text = " ".join("".join(letters).split())
            if text and first >= 0:
                left, bottom, _, top = text_page.get_charbox(first, loose=True)
                right = text_page.get_charbox(last, loose=True)[2]
                size = pdfium.FPDFText_GetFontSize(text_page, first) or 1
                lines.append(Line(text, left, right, bottom / height, top / height, top - bottom or size, is_cut))
            letters, first, last = [], -1, -1
    text_page.close()
    return lines


def _said(document: Any, name: str) -> str:
    """A property of the document; nothing where it is no text."""
    try:
        return " ".join(document.get_metadata_value(name).split())
    except ValueError:
        return ""


def _known(document: Any) -> dict[str, str]:
    """What the document's properties say, where somebody has said it."""
    known: dict[str, str] = {}
    for key, name in (("title", "Title"), ("author", "Author")):
        value = _said(document, name)
        if value and value.lower() not in _NOBODY:
            known[key] = value.removeprefix("Microsoft Word - ")
    if date := _DATE.match(_said(document, "CreationDate")):
        known["date"] = "-".join(filter(None, date.groups()))
    return known


FORMAT = Format("pdf", recognises, read)
