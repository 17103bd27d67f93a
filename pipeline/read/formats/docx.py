"""Word documents (.docx), by mammoth: headings, paragraphs, lists, tables and footnotes, as a page of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, RawDocument
from pipeline.read import markup, press, zipped
from pipeline.read.interface import HTML, Format, Item, ReadOptions, Span
from pipeline.read.opened import Opened
from pipeline.wording import installing, said

DOCUMENT = "word/document.xml"
_CORE = "docProps/core.xml"
_MAX_XML = 1 << 27
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\nu => "
_BLOCK_END = expression(r"</(?:p|h[1-6]|li|tr|table)>|<br ?/?>")
_TEMPLATES = frozenset(("python-docx", "2013-12-23T23:15:00Z", "Word Document", "Microsoft Office User", "Apache POI"))
"""What programs write where nobody has said anything."""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether its name says so, and it is a zip archive."""
    return suffix in (".docx", ".docm", ".dotx") and head.startswith(b"PK\3\4")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """The document; or the articles, where it is what a news database exports.

    Raises:
        InputError: it is damaged, or the library is missing.
    """
    with zipped.archive(opened, "Word document") as found:
        if sum(entry.file_size for entry in found.infolist() if entry.filename.endswith((".xml", ".rels"))) > _MAX_XML:
            raise InputError("too-large", f"holds more than {_MAX_XML >> 20} MiB of XML")
        known = _known(zipped.content(found, _CORE)) if _CORE in found.namelist() else {}
        if DOCUMENT not in found.namelist():
            raise InputError("damaged", "no Word document: it holds no text")
    body = _converted(opened)
    text = markup.visible(_BLOCK_END.sub("\n\n", body))
    if not text.strip():
        raise InputError("no-text", "the document has no text")
    database = press.recognised(text)
    if database is not None:
        yield from press.items(opened.source, database, text)
        return
    page = f"<!DOCTYPE html>\n<html><body>\n{body}\n</body></html>\n"
    yield RawDocument(opened.source, page.encode(), known | {"media_type": HTML, "charset": DECODED})


def _converted(opened: Opened) -> str:
    """The document as HTML, without pictures."""
    try:
        import mammoth
    except ImportError:
        message = f"a Word document needs a library: {installing('documents')}"
        raise InputError("missing-library", message) from None
    file = opened.seekable_content()
    file.seek(0)
    no_picture = mammoth.images.img_element(lambda image: {})
    try:
        result = mammoth.convert_to_html(file, style_map=_STYLES, convert_image=no_picture)
    except Exception as error:  # mammoth has no errors of its own: whatever is missing inside raises something
        raise InputError("damaged", f"no whole Word document: {said(error)}") from None
    return str(result.value)


def _known(core: bytes) -> dict[str, str]:
    """What the document's properties say: who wrote it when, and what it is called."""
    try:
        tree = ElementTree.fromstring(core)
    except ElementTree.ParseError:
        return {}
    names = {"title": "title", "creator": "author", "created": "date", "language": "language"}
    found: dict[str, str] = {}
    for one in tree.iter():
        key = names.get(str(one.tag).rpartition("}")[2])
        value = " ".join((one.text or "").split())
        if key and value and value not in _TEMPLATES:
            found[key] = value
    return found


FORMAT = Format("docx", recognises, read)
