"""Feeds: RSS 0.9 to 2.0, RSS 1.0 (RDF) and Atom (RFC 4287), a document for each item."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple
from xml.etree import ElementTree

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import RawDocument
from pipeline.read.encodings import text_of
from pipeline.read.interface import HTML, TEXT, Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened
from pipeline.read.pieces import up_to

MAX_ITEM = 1 << 24
"""Bytes of an item with what stands between it and the one before: all that is held of a feed at a time"""
MAX_WIDE = 1 << 26
"""Bytes of a feed in UTF-16, which is read whole"""
MAX_DEPTH = 250
"""Elements inside each other; of an item with more the text alone is read"""
_SUFFIXES = (".rss", ".atom")
_CHUNK = 1 << 16
_SPLIT = 40
"""Bytes at the end of a piece in which a reference or a declaration may be cut in two"""
_BEGINNING = 1 << 13
"""Bytes before the end of which the root element stands"""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""The marks of UTF-16"""
_BEGINS = (b"<", b"\xef\xbb\xbf", *_WIDE, b" ", b"\n", b"\r", b"\t")
_DECLARED = expression(r"\ufeff?<\?xml[^>]*\?>")
_ROOT = expression(
    r"\ufeff?\s*(?:<\?[^>]*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*"
    r"<(?:(?P<rss>rss)|(?:\w+:)?(?P<other>feed|RDF))(?P<rest>[\s>][^>]*)",
    re.IGNORECASE,
)
_KNOWN = (
    "http://www.w3.org/2005/Atom",
    "http://purl.org/atom/",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf",
)
_ENTITY = expression(rb"<!ENTITY", re.IGNORECASE)
_NAMED = expression(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_OWN = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
"""The references that XML has of itself"""
_MARKED = expression(r"<[a-zA-Z/!][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]\w+);")
_RUN_ON = expression(rb"</(?:item|entry)>\s*<(?:item|entry)\b")
_ITEMS = frozenset(("item", "entry"))
_ASIDE = frozenset(("image", "textinput", "textInput"))
"""Elements of a feed that have titles of their own"""
_TEXTS = ("encoded", "content", "body", "fulltext", "description", "summary", "subtitle")
"""What holds the text of an item, the fullest first, without prefixes of namespaces"""
_DATES = ("pubDate", "published", "date", "issued", "created", "updated", "modified")
_ADDRESS = expression(r"\S+@\S+\s*\((?P<name>[^()]+)\)$")
"""How RSS writes a name: behind an address of mail"""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the root element of the file is one of a feed."""
    if not head.startswith(_BEGINS):
        return False
    beginning = head[:_BEGINNING]
    text = beginning.decode("utf-16" if beginning.startswith(_WIDE) else "latin-1", "replace").lstrip("ï»¿")
    match = _ROOT.match(text)
    if match and (suffix in _SUFFIXES or match["rss"] is not None or any(name in match["rest"] for name in _KNOWN)):
        return True
    # Its root element may be damaged.
    is_likely = ("<channel" in text and "<item" in text) or ("<entry" in text and "<id" in text)
    return suffix in _SUFFIXES or (is_likely and text.lstrip().startswith(("<?xml", "<feed", "<rss")))


class _Source(NamedTuple):
    """What a feed says of all of its items."""

    outlet: str
    language: str
    author: str


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each item. What stands before damage is kept.

    Raises:
        InputError: it is damaged, an item of it is too large, or it declares entities.
    """
    for number, (element, source) in enumerate(_items(_Pieces(opened.content))):
        name = member(opened.source, number)
        document = _document(element, source, name)
        if document is None:
            yield failure(name, InputError("no-text", f"item {number + 1}: has neither content nor a description"))
            continue
        yield document
        if _RUN_ON.search(document.data):
            yield failure(
                name, InputError("damaged", f"item {number + 1}: holds the end of another: what parts them is damaged")
            )


def _as_number(match: re.Match[bytes]) -> bytes:
    """A reference that HTML knows and XML does not, such as `&nbsp;`, by its number."""
    if match[1] in _OWN:
        return match.group()
    meant = html.unescape(match.group().decode("ascii"))
    return match.group() if meant.startswith("&") else "".join(f"&#{ord(char)};" for char in meant).encode("ascii")


class _Pieces:
    """A feed, piece by piece, with numbers in the place of references that XML does not know."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.since = 0
        """Bytes since the last item"""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces, the last one empty.

        Raises:
            InputError: there are too many bytes since the last item, or the feed declares entities.
        """
        data = up_to(self._stream, _CHUNK)
        if data.startswith(_WIDE):
            data += up_to(self._stream, MAX_WIDE)
            if len(data) > MAX_WIDE:
                raise InputError("too-large", f"a feed in UTF-16 of more than {MAX_WIDE >> 20} MiB")
            data = _DECLARED.sub("", text_of(data, None), count=1).encode("utf-8", "replace")
        while data:
            more = up_to(self._stream, _CHUNK)
            split = max(data.rfind(b"&"), data.rfind(b"<"), 0)
            if not more or split < len(data) - _SPLIT:
                split = len(data)
            piece = data[:split]
            if _ENTITY.search(piece):
                raise InputError("damaged", "the feed declares entities of its own, which are not read")
            self.since += len(piece)
            if self.since > MAX_ITEM:
                raise InputError("too-large", f"an item of more than {MAX_ITEM >> 20} MiB; none is read from there on")
            if piece:
                yield _NAMED.sub(_as_number, piece)
            data = data[split:] + more
        yield b""


def _items(pieces: _Pieces) -> Iterator[tuple[ElementTree.Element, _Source]]:
    """Yield the items of a feed, each with what the feed says so far.

    Raises:
        InputError: it is damaged. What stands before has been yielded.
    """
    path: list[ElementTree.Element] = []
    items = asides = 0  # of those in `path`
    source = _Source("", "", "")
    for event, element in _events(pieces):
        name = _name(element)
        is_item = name in _ITEMS
        if event == "start":
            path.append(element)
            items += is_item
            asides += name in _ASIDE
            continue
        path.pop()
        items -= is_item
        asides -= name in _ASIDE
        if items:
            continue
        if is_item:
            yield element, source
            pieces.since = 0
        elif len(path) <= 2 and not asides:
            source = _told(source, element, path)
        if len(path) == 1 or (path and _name(path[-1]) == "channel"):
            path[-1].remove(element)  # a feed may be long


def _events(pieces: Iterable[bytes]) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield where elements begin and end.

    Raises:
        InputError: it is damaged.
    """
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    problem: Exception | None = None
    for piece in pieces:
        try:
            if piece:
                parser.feed(piece)
            else:
                parser.close()
        except (
            ElementTree.ParseError,
            LookupError,
            ValueError,
        ) as error:  # the last two of an encoding that there is not
            problem = error
        try:
            yield from parser.read_events()
        except ElementTree.ParseError as error:
            problem = error
        if problem is not None:
            is_cut = any(sign in str(problem) for sign in ("no element found", "unclosed"))
            raise InputError("truncated" if is_cut else "damaged", f"no whole feed: {problem}")


def _told(source: _Source, element: ElementTree.Element, path: list[ElementTree.Element]) -> _Source:
    """What a feed says of its items, with what one of its own elements adds."""
    name = _name(element)
    spoken = path[0].get("{http://www.w3.org/XML/1998/namespace}lang", "") if path else ""
    if spoken and not source.language:
        source = source._replace(language=spoken)
    if name == "title" and not source.outlet:
        return source._replace(outlet=_plain(element))
    if name == "language":
        return source._replace(language=_line(element))
    if name in ("author", "managingEditor") and not source.author:
        return source._replace(author=_person(element))
    return source


def _document(item: ElementTree.Element, source: _Source, name: str) -> RawDocument | None:
    """The document that an item is; None where it has no text."""
    found = _text(item)
    if found is None:
        return None
    text, media_type = found
    authors = [_person(one) for one in item if _name(one) in ("author", "creator")]
    origin = next((one for one in item if _name(one) == "source"), None)
    titles = [] if origin is None else [one for one in origin.iter() if _name(one) == "title"]
    of_origin = "" if origin is None else _plain(titles[0] if titles else origin)
    dates = {_name(one): _line(one) for one in reversed(item) if _name(one) in _DATES}
    known = {
        "title": next((_plain(one) for one in item if _name(one) == "title"), ""),
        "author": ", ".join(dict.fromkeys(filter(None, authors))) or source.author,
        "date": next((dates[key] for key in _DATES if key in dates), ""),
        "url": _address(item),
        "id": next((_line(one) for one in item if _name(one) in ("guid", "id", "identifier")), ""),
        "language": item.get("{http://www.w3.org/XML/1998/namespace}lang", "") or source.language,
        "outlet": of_origin or source.outlet,
    }
    filed = [one.get("term") or _line(one) for one in item if _name(one) in ("category", "subject")]
    extra = {"categories": [one for one in dict.fromkeys(filed) if one]}
    fields = {"media_type": media_type} | {key: value for key, value in known.items() if value}
    return RawDocument(
        name, text.encode("utf-8", "replace"), fields | {"charset": "utf-8"}, extra if extra["categories"] else {}
    )


def _text(item: ElementTree.Element) -> tuple[str, str] | None:
    """The fullest text of an item, and its media type."""
    by_name: dict[str, list[ElementTree.Element]] = {}
    for one in item.iter():
        if one is not item:
            by_name.setdefault(_name(one), []).append(one)
    for name in _TEXTS:
        for element in by_name.get(name, ()):
            kind = (element.get("type") or "").lower()
            is_markup = kind in ("xhtml", "application/xhtml+xml") or (len(element) and kind in ("", HTML))
            if is_markup and not _is_too_deep(element):
                text = "".join(_markup(one) for one in element)
                if "".join(element.itertext()).strip():
                    return text, HTML
                continue
            text = "".join(element.itertext()).strip()
            if text and (kind in ("text", TEXT) or not _MARKED.search(text)):
                return text, TEXT
            if text:
                return text, HTML
    return None


def _markup(element: ElementTree.Element) -> str:
    """An element of XHTML as HTML, without prefixes."""
    for one in element.iter():
        if isinstance(one.tag, str):
            one.tag = one.tag.rpartition("}")[2]
    return ElementTree.tostring(element, encoding="unicode", method="html")


def _is_too_deep(element: ElementTree.Element) -> bool:
    """Whether elements stand inside each other as no page has them: they are written one inside the other, too."""
    level = [element]
    for _ in range(MAX_DEPTH):
        level = [below for one in level for below in one]
        if not level:
            return False
    return True


def _name(element: ElementTree.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _line(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _plain(element: ElementTree.Element) -> str:
    """A title, which may be written as HTML."""
    text = _line(element)
    if not _MARKED.search(text):
        return text
    return " ".join(html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", text)).split())


def _person(element: ElementTree.Element) -> str:
    """The name of an author: of Atom in an element of its own, of RSS behind an address."""
    name = next((_line(one) for one in element if _name(one) == "name"), None)
    if name is not None:
        return name
    text = _line(element)
    if match := _ADDRESS.match(text):
        return match["name"].strip()
    return "" if "@" in text else text


def _address(item: ElementTree.Element) -> str:
    """Where an item stands on the web."""
    links = [one for one in item if _name(one) in ("link", "origLink")]
    for one in links:
        address = one.get("href") or _line(one)
        if one.get("rel", "alternate") == "alternate" and address.startswith(("http://", "https://")):
            return address
    guid = next((_line(one) for one in item if _name(one) == "guid" and one.get("isPermaLink", "true") == "true"), "")
    return guid if guid.startswith(("http://", "https://")) else ""


FORMAT = Format("feed", recognises, read)
