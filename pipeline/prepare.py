"""One document from its bytes to its blocks, whatever its format: decoded, parsed where it is HTML, laid out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from pipeline import jsonlines
from pipeline.expression import expression
from pipeline.meta.page import article_body, iso_day, page_metadata
from pipeline.meta.rights import of_headers
from pipeline.model import Edit, Failure, Json, Metadata, RawDocument, Right, is_markdown
from pipeline.text import blocks as layout
from pipeline.text import plain
from pipeline.text.blocks import INTEGERS, Blocks, Post, Span, SpanKind
from pipeline.text.decode import decoder as decode
from pipeline.text.html import fallback
from pipeline.text.plain import commonmark, cues, front_matter
from pipeline.tokens import Array

TEXT, HTML = "text/plain", "text/html"
_NOTHING = Metadata()
_LANGUAGE = expression(r"([A-Za-z]{2})(?:[-_]|$)")
_YEAR_OR_MONTH = expression(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_PARTIAL = frozenset({"truncated", "attributes-cut"})
"""Notes of the HTML stage that say that a part of the page is missing."""
FRONT_MATTER = "front-matter"
"""What the ledger calls it: its title, author and day stand in fields of the record."""
_PAGE = expression(r"\ufeff?\s*<(?:!doctype|html)\b", re.IGNORECASE)
NEARLY_NOTHING = 250
"""A page that shows fewer code points than that, and states an article in its data, is read from there."""


class Prepared(Struct, frozen=True):
    """A document decoded and laid out as blocks: all that later steps need of it, whatever its format was."""

    id: str
    source: str
    sha256: str
    media_type: str
    encoding: str
    text: str
    """The decoded source, or the text of a page, on which every edit counts."""
    decoding: tuple[Edit, ...]
    blocks: Blocks
    facts: Array | None
    """int32 [blocks, `pipeline.text.html.facts.FACTS`]: what the tree of a page says of each block. None for plain text,
    and once the model has seen them."""
    about: tuple[int, ...]
    """What head and address of a page hint at about its kind: the values of `pipeline.text.html.about.ABOUT`; empty for
    plain text, and once the model has seen them"""
    stated: Metadata
    """What the container says of the document: a column of a table, a header of a mail."""
    page: Metadata
    """What a page says of itself in its head"""
    rights: tuple[Right, ...]
    """What page and server say of its use by others"""
    source_id: str | None
    """The input record's own id."""
    extra: dict[str, Json]
    """Fields of the input record that were not read."""
    marks: tuple[Edit, ...] = ()
    """Inside blocks, what the layout knows for marks that are no text, such as those of a quotation before each of its lines"""
    cues: tuple[Edit, ...] | None = None
    """Of subtitles, all of whose words are text, what stands between them inside the blocks; None of what is none"""
    whole: bool = False
    """The text is kept whole and unjudged, since judging it would have cost more than a document may."""

    @property
    def site(self) -> str:
        """Host name without `www.` where the address is known, else the topmost folder, else nothing."""
        if host := _host(self.stated.url or self.page.url):
            return host.removeprefix("www.")
        folder, slash, _ = self.source.partition("#")[0].partition("/")
        return folder if slash else ""


def prepare(raw: RawDocument, *, extractor: bool = False) -> tuple[Prepared, list[Failure]]:
    """Decode one document and lay it out as blocks; `extractor`: ask trafilatura about the blocks of a page.

    Raises:
        InputError: the bytes hold no text.
    """
    decoded = decode.decode(raw.data, raw.fields.get("charset"))
    text = decoded.text
    if raw.fields.get("media_type") != HTML and (subtitles := cues.read(text)):
        return _transcript(raw, decoded, subtitles), []
    if not _is_html(raw, text):
        return _plain(raw, decoded), []
    from pipeline.text.html import page as html  # imports lxml, which plain text needs not

    failures = _undecoded(raw, decoded)
    page = html.render(text, url=raw.fields.get("url"), extractor=extractor)
    if gave_up := next((note for note in page.notes if note.reason == "truncated"), None):
        message = f"{gave_up.message}; all of its text is kept, unjudged and not compared with others"
        return _whole(raw, decoded), [*failures, Failure(raw.source, "parse", "truncated", message)]
    failures += [
        Failure(raw.source, "parse", note.reason, note.message) for note in page.notes if note.reason in _PARTIAL
    ]
    found, rights = page_metadata(page.head, raw.fields.get("url", ""), page.blocks.texts)
    own = Metadata(**{name: value.value for name, value in found.items() if name != "site"})
    if len(page.text) < NEARLY_NOTHING and (body := article_body(page.head)) and len(body) > len(page.text):
        return _prepared(raw, decoded, HTML, body, (), plain.lay_out(body), page=own, rights=rights), failures
    prepared = _prepared(raw, decoded, HTML, page.text, (), page.blocks, page.facts, page.about, own, rights)
    return prepared, failures


def _transcript(raw: RawDocument, decoded: decode.Decoded, found: cues.Cues) -> Prepared:
    """Subtitles as what is said in them."""
    edits = _ordered(decoded.edits, found.between)
    own = Metadata(language=found.language)
    return replace(_prepared(raw, decoded, TEXT, decoded.text, edits, found.blocks, page=own), cues=found.inside)


def _plain(raw: RawDocument, decoded: decode.Decoded) -> Prepared:
    """A plain text as blocks, without the front matter that it may have."""
    text, edits = decoded.text, decoded.edits
    start = 0
    if front := front_matter.find(text):
        edits = _ordered(edits, (Edit(front.start, front.end, "", FRONT_MATTER),))
        raw = replace(raw, fields={**front.fields, **raw.fields})
        start = front.end
    marked = commonmark.read(text, start) if is_markdown(raw.source) else plain.read(text, start)
    if marked.between:
        edits = _ordered(edits, marked.between)
    return replace(_prepared(raw, decoded, TEXT, text, edits, marked.blocks), marks=marked.inside)


def _ordered(one: Iterable[Edit], other: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted((*one, *other), key=lambda edit: (edit.start, edit.end)))


def prepare_whole(raw: RawDocument) -> Prepared:
    """The document with all of its text and no blocks, in time and memory that grow with it alone: for one that `prepare`
    could not take within the limits of a document.

    Raises:
        InputError: the bytes hold no text.
    """
    return _whole(raw, decode.decode(raw.data, raw.fields.get("charset")))


def _whole(raw: RawDocument, decoded: decode.Decoded) -> Prepared:
    is_html = _is_html(raw, decoded.text)
    text = fallback.visible_text(decoded.text) if is_html else decoded.text
    edits = () if is_html else decoded.edits
    media_type = HTML if is_html else TEXT
    return replace(_prepared(raw, decoded, media_type, text, edits, layout.columns(text, [])), whole=True)


def _prepared(
    raw: RawDocument,
    decoded: decode.Decoded,
    media_type: str,
    text: str,
    edits: tuple[Edit, ...],
    blocks: Blocks,
    facts: Array | None = None,
    about: tuple[int, ...] = (),
    page: Metadata = _NOTHING,
    rights: tuple[Right, ...] = (),
) -> Prepared:
    sha256 = hashlib.sha256(raw.data).hexdigest()
    return Prepared(
        id=document_id(raw.source, sha256),
        source=raw.source,
        sha256=sha256,
        media_type=media_type,
        encoding=decoded.encoding,
        text=text,
        decoding=edits,
        blocks=blocks,
        facts=facts,
        about=about,
        stated=Metadata(**_stated(raw.fields)),
        page=page,
        rights=(*of_headers(raw.headers), *rights),
        source_id=raw.fields.get("id"),
        extra=dict(raw.extra),
    )


def dump(prepared: Prepared) -> bytes:
    """All of a document but its `id`, its `source`, the columns of its blocks and what the tree says of them, as JSON."""
    blocks = prepared.blocks
    return jsonlines.encode(
        {
            "sha256": prepared.sha256,
            "media_type": prepared.media_type,
            "encoding": prepared.encoding,
            "text": prepared.text,
            "decoding": prepared.decoding,
            "stated": prepared.stated,
            "page": prepared.page,
            "languages": list(blocks.languages.items()),
            "spans": blocks.spans,
            "posts": blocks.posts,
            "rights": prepared.rights,
            "source_id": prepared.source_id,
            "extra": prepared.extra,
            "marks": prepared.marks,
            "cues": prepared.cues,
            "whole": prepared.whole,
        }
    )


def load(source: str, dumped: bytes, columns: Mapping[str, Array]) -> Prepared:
    """The document that `dump` wrote, under the name `source`; `columns` are those of its blocks."""
    values = jsonlines.decode(dumped, dict)
    text = values["text"]
    places = zip(columns["start"].tolist(), columns["end"].tolist(), strict=True)
    return Prepared(
        id=document_id(source, values["sha256"]),
        source=source,
        sha256=values["sha256"],
        media_type=values["media_type"],
        encoding=values["encoding"],
        text=text,
        decoding=jsonlines.convert(values["decoding"], tuple[Edit, ...]),
        blocks=Blocks(
            **{name: columns[name] for name in INTEGERS},
            texts=[text[start:end] for start, end in places],
            languages=dict(values["languages"]),
            spans=[Span(start, end, SpanKind(kind), target) for start, end, kind, target in values["spans"]],
            posts=[Post(*post) for post in values["posts"]],
        ),
        facts=None,
        about=(),
        stated=Metadata(**values["stated"]),
        page=Metadata(**values["page"]),
        rights=jsonlines.convert(values["rights"], tuple[Right, ...]),
        source_id=values["source_id"],
        extra=values["extra"],
        marks=jsonlines.convert(values["marks"], tuple[Edit, ...]),
        cues=None if values["cues"] is None else jsonlines.convert(values["cues"], tuple[Edit, ...]),
        whole=values["whole"],
    )


def document_id(source: str, sha256: str) -> str:
    """32 hex digits, the same on every machine."""
    return hashlib.sha256(f"{source}\0{sha256}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _is_html(raw: RawDocument, text: str) -> bool:
    if "media_type" in raw.fields:
        return raw.fields["media_type"] == HTML
    if is_markdown(raw.source) and not _PAGE.match(text):  # which may begin with a tag
        return False
    return decode.sniff_html(text)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _stated(fields: Mapping[str, str]) -> dict[str, str]:
    """What the container says of the document; a date or a language code that is none is left out."""
    stated = {key: fields[key] for key in Metadata.__struct_fields__ if fields.get(key)}
    if "language" in stated:
        code = _LANGUAGE.match(stated.pop("language"))
        stated |= {"language": code[1].lower()} if code else {}
    for key in ("date", "load_date"):
        if key in stated:
            said = stated.pop(key)
            day = said if _YEAR_OR_MONTH.fullmatch(said) else iso_day(said)
            stated |= {key: day} if day else {}
    return stated


def _undecoded(raw: RawDocument, decoded: decode.Decoded) -> list[Failure]:
    """Bytes that mean nothing in the page's encoding. The ledger of a page counts in its visible text and cannot hold them."""
    lost = [str(edit.evidence.bytes) for edit in decoded.edits if edit.rule == "undecodable"]
    if not lost:
        return []
    some = ", ".join(lost[:5]) + (", …" if len(lost) > 5 else "")
    message = f"{len(lost)} runs of bytes are not {decoded.encoding}, and became U+FFFD: {some}"
    return [Failure(raw.source, "decode", "undecodable", message)]
