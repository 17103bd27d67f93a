"""OpenDocument texts (.odt): headings, paragraphs, lists, tables and notes, as a page of HTML.

The one library for it has had no release since 2020; a text is a tree of a dozen elements that matter here
(https://docs.oasis-open.org/office/OpenDocument/v1.3/).
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from xml.etree import ElementTree

from pipeline.errors import InputError
from pipeline.model import DECODED, RawDocument
from pipeline.read import press, zipped
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened

TYPE = "application/vnd.oasis.opendocument.text"
_CONTENT, _META = "content.xml", "meta.xml"
_BLOCKS = {
    "list": "ul", "list-item": "li", "list-header": "li", "table": "table", "table-row": "tr", "table-cell": "td",
    "table-of-content": "nav", "alphabetical-index": "nav", "note-body": "aside",
}  # fmt: skip
"""Elements that hold blocks, and what they become. Whatever else holds blocks is looked through."""
_LEFT_OUT = frozenset(
    ("tracked-changes", "annotation", "forms", "sequence-decls", "variable-decls", "note-citation", "scripts", "image")
)
_SPACES = {"s": " ", "tab": " ", "line-break": "<br>"}


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins as the standard demands: a zip archive whose first file tells what it is."""
    return head.startswith(b"PK\3\4") and head[30:].startswith(b"mimetype" + TYPE.encode())


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The document; or the articles, where it is what a news database exports.

    Raises:
        InputError: it is damaged, encrypted or too large.
    """
    with zipped.archive(opened, "OpenDocument text") as found:
        try:
            body = ElementTree.fromstring(zipped.content(found, _CONTENT))
            known = _known(ElementTree.fromstring(zipped.content(found, _META))) if _META in found.namelist() else {}
            pieces = list(_blocks(body))
        except (ElementTree.ParseError, RecursionError) as error:
            raise InputError("damaged", f"no whole OpenDocument text: {error}") from None
    text = "\n\n".join(" ".join("".join(one.itertext()).split()) for one in body.iter() if _name(one) in ("p", "h"))
    if not text.strip():
        raise InputError("no-text", "the document has no text")
    database = press.recognised(text)
    if database is not None:
        yield from press.items(opened.source, database, text)
        return
    page = "<!DOCTYPE html>\n<html><body>\n" + "".join(pieces) + "</body></html>\n"
    yield RawDocument(opened.source, page.encode(), known | {"media_type": HTML, "charset": DECODED})


def _name(one: ElementTree.Element) -> str:
    return str(one.tag).rpartition("}")[2]


def _attribute(one: ElementTree.Element, name: str) -> str:
    return next((value for key, value in one.attrib.items() if key.rpartition("}")[2] == name), "")


def _blocks(one: ElementTree.Element) -> Iterator[str]:
    """An element that holds blocks, as HTML."""
    name = _name(one)
    if name in _LEFT_OUT:
        return
    if name in ("p", "h"):
        level = _attribute(one, "outline-level")
        tag = f"h{min(int(level), 6)}" if name == "h" and level.isdecimal() and int(level) else "p"
        yield f"<{tag}>{_inline(one)}</{tag}>\n"
        for note in one.iter():
            if _name(note) == "note-body":
                yield from _blocks(note)
        return
    tag = _BLOCKS.get(name, "")
    if tag:
        yield f"<{tag}>"
    for inner in one:
        yield from _blocks(inner)
    if tag:
        yield f"</{tag}>\n"


def _inline(one: ElementTree.Element) -> str:
    """The text of a paragraph, without its notes."""
    pieces = [html.escape(one.text or "", quote=False)]
    for inner in one:
        name = _name(inner)
        if name in _SPACES:
            pieces.append(_SPACES[name])
        elif name not in _LEFT_OUT and name not in ("note", "note-body"):
            pieces.append(_inline(inner))
        pieces.append(html.escape(inner.tail or "", quote=False))
    return "".join(pieces)


def _known(meta: ElementTree.Element) -> dict[str, str]:
    """What the document's properties say."""
    names = {"title": "title", "initial-creator": "author", "creator": "author", "creation-date": "date"}
    found: dict[str, str] = {}
    for element, key in names.items():
        value = next((" ".join((one.text or "").split()) for one in meta.iter() if _name(one) == element), "")
        if value:
            found.setdefault(key, value)
    return found


FORMAT = Format("odt", recognises, read)
