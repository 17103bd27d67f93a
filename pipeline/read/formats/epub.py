"""EPUB: a book, a document for each chapter in reading order (https://www.w3.org/TR/epub-33/)."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import RawDocument
from pipeline.read import zipped
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Skipped, Span, failure, member
from pipeline.read.opened import Opened

if TYPE_CHECKING:
    from zipfile import ZipFile

CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_NCX = "application/x-dtbncx+xml"
_HEADING = expression(rb"<h([1-3])\b[^>]*>(.*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_TITLE = expression(rb"<title\b[^>]*>(.*?)</title\s*>", re.IGNORECASE | re.DOTALL)
_TAG = expression(r"<[^<>]*>")
_HEAD = 1 << 14


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins as the standard demands: a zip archive whose first file tells what it is."""
    return head.startswith(b"PK\3\4") and head.startswith(b"mimetypeapplication/epub+zip", 30)


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each chapter.

    Raises:
        InputError: the archive, or what tells its chapters, is damaged.
    """
    with zipped.archive(opened, "EPUB file") as book:
        yield from _chapters(book, opened.source)


def _chapters(book: ZipFile, source: str) -> Iterator[Item]:
    try:
        container = ElementTree.fromstring(zipped.content(book, CONTAINER))
        package = next((one.get("full-path", "") for one in _all(container, "rootfile")), "")
        tree = ElementTree.fromstring(zipped.content(book, package))
    except (ElementTree.ParseError, InputError) as error:
        raise InputError("damaged", f"no whole EPUB file: {error}") from None
    folder = posixpath.dirname(package)
    known = _known(tree)
    items = {item.get("id"): item for item in _all(tree, "item")}
    locked = _locked(book)
    titles = _titles(book, folder, items.values())
    for ordinal, reference in enumerate(_all(tree, "itemref")):
        item = items.get(reference.get("idref"))
        name = member(source, ordinal)
        label = item.get("media-type", "") if item is not None else ""
        if item is not None and label not in _PAGES:
            yield Skipped(label or "unknown-type")
        elif item is not None and "nav" in item.get("properties", "").split():
            yield Skipped("table of contents")
        else:
            path = _path(folder, item.get("href", "") if item is not None else "")
            if path in locked:
                yield failure(
                    name, InputError("encrypted", f"chapter {ordinal + 1}: is encrypted; only its reader has the key")
                )
                continue
            try:
                data = zipped.content(book, path)
            except InputError as error:
                yield failure(name, InputError("damaged", f"chapter {ordinal + 1}: cannot be read: {error}"))
                continue
            title = titles.get(path) or _title(data, known.get("title", "")) or known.get("title", "")
            book_title = {"book": known["title"]} if "title" in known else {}
            yield RawDocument(name, data, known | {"title": title, "media_type": HTML}, book_title)


def _all(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Every element of this name, whatever its namespace: old books have others, or none."""
    return (one for one in tree.iter() if isinstance(one.tag, str) and one.tag.rpartition("}")[2] == name)


def _path(folder: str, reference: str) -> str:
    """Where in the archive a reference leads, without the place inside the file."""
    return posixpath.normpath(posixpath.join(folder, unquote(reference.partition("#")[0])))


def _known(tree: ElementTree.Element) -> dict[str, str]:
    """What the book tells of itself."""
    found: dict[str, str] = {}
    for key, name in {"title": "title", "author": "creator", "language": "language", "date": "date"}.items():
        said = [" ".join("".join(one.itertext()).split()) for one in _all(tree, name)]
        value = ", ".join(dict.fromkeys(filter(None, said))) if key == "author" else next(filter(None, said), "")
        if value:
            found[key] = value
    return found


def _locked(book: ZipFile) -> set[str]:
    """The paths of files that are encrypted."""
    if _ENCRYPTION not in book.namelist():
        return set()
    try:
        tree = ElementTree.fromstring(zipped.content(book, _ENCRYPTION))
    except (ElementTree.ParseError, InputError):
        return set()
    return {unquote(one.get("URI", "")) for one in _all(tree, "CipherReference")}


def _titles(book: ZipFile, folder: str, items: object) -> dict[str, str]:
    """The titles of chapters by their paths, as the table of contents has them; of several in one file, the first."""
    found: dict[str, str] = {}
    for item in items:  # type: ignore[attr-defined]
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != _NCX:
            continue
        path = _path(folder, item.get("href", ""))
        try:
            tree = ElementTree.fromstring(zipped.content(book, path))
        except (ElementTree.ParseError, InputError):
            continue  # a title less; the chapters have headings
        for reference, title in _links(tree) if is_nav else _points(tree):
            if title:
                found.setdefault(_path(posixpath.dirname(path), reference), title)
    return found


def _links(tree: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for one in _all(tree, "a"):
        yield one.get("href", ""), " ".join("".join(one.itertext()).split())


def _points(tree: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """The points of an NCX, the table of contents of EPUB 2."""
    for point in _all(tree, "navPoint"):
        content = next(_all(point, "content"), None)
        label = next(_all(point, "text"), None)
        if content is not None and label is not None:
            yield content.get("src", ""), " ".join("".join(label.itertext()).split())


def _title(page: bytes, of_book: str) -> str:
    """The first heading of a chapter, else its title where that is not the book's."""
    head = page[:_HEAD]
    for pattern, group in ((_HEADING, 2), (_TITLE, 1)):
        if match := pattern.search(head):
            title = " ".join(html.unescape(_TAG.sub(" ", match[group].decode("utf-8", "replace"))).split())
            if title and title != of_book:
                return title
    return ""


FORMAT = Format("epub", recognises, read)
