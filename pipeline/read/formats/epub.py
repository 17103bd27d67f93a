"""EPUB: a book, a document for each chapter in reading order (https://www.w3.org/TR/epub-33/)."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

from pipeline.errors import InputError
from pipeline.model import RawDocument
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Skipped, Span, failure, member
from pipeline.read.opened import Opened

if TYPE_CHECKING:
    from zipfile import ZipFile

_MAX_CHAPTER = 1 << 27
_CONTAINER = "META-INF/container.xml"
_ROOTFILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = ("application/xhtml+xml", "text/html")


def claims(head: bytes, suffix: str) -> bool:
    """Whether the file begins as the standard demands: a zip archive whose first file tells what it is."""
    return head.startswith(b"PK\3\4") and head.startswith(b"mimetypeapplication/epub+zip", 30)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each chapter.

    Raises:
        InputError: the archive, or what tells its chapters, is damaged.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(opened.seekable_content()) as book:
            root = ElementTree.fromstring(_content(book, _CONTAINER)).find(f".//{_ROOTFILE}")
            package = "" if root is None else root.get("full-path", "")
            tree = ElementTree.fromstring(_content(book, package))
            known = _known(tree)
            items = {item.get("id"): item for item in tree.iter(f"{_OPF}item")}
            for ordinal, reference in enumerate(tree.iter(f"{_OPF}itemref")):
                item = items.get(reference.get("idref"))
                path = unquote(item.get("href", "")) if item is not None else ""
                label = item.get("media-type", "") if item is not None else ""
                name = member(opened.source, ordinal)
                if item is not None and label not in _PAGES:
                    yield Skipped(label or "unknown-type")
                    continue
                try:
                    data = _content(book, posixpath.normpath(posixpath.join(posixpath.dirname(package), path)))
                except (*_ERRORS, BadZipFile) as error:
                    yield failure(name, InputError("damaged", f"chapter {ordinal + 1}: cannot be read: {error}"))
                else:
                    yield RawDocument(name, data, {**known, "media_type": HTML})
    except (*_ERRORS, BadZipFile, ElementTree.ParseError) as error:
        raise InputError("damaged", f"no whole EPUB file: {error}") from None


_ERRORS = (KeyError, ValueError, OSError, EOFError, RuntimeError, zlib.error)
"""What zipfile raises on a damaged, encrypted or exotic archive; RuntimeError includes NotImplementedError."""


def _content(book: ZipFile, path: str) -> bytes:
    with book.open(path) as file:
        data = file.read(_MAX_CHAPTER + 1)
    if len(data) > _MAX_CHAPTER:
        raise ValueError(f"{path} decompresses to more than {_MAX_CHAPTER >> 20} MiB")
    return data


def _known(tree: ElementTree.Element) -> dict[str, str]:
    """What the book tells of itself."""
    names = {"title": "title", "author": "creator", "language": "language", "date": "date"}
    found = {key: " ".join((tree.findtext(f".//{_DC}{name}") or "").split()) for key, name in names.items()}
    return {key: value for key, value in found.items() if value}


FORMAT = Format("epub", claims, read)
