"""Exports of news databases as text or HTML: a document for each article (Nexis, Factiva, ProQuest, Europresse)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.read import press
from pipeline.read.encodings import looks_like_text, text_of
from pipeline.read.interface import Format, Item, ReadOptions, Span, member
from pipeline.read.opened import Opened
from pipeline.read.press import europresse

_MAX_EXPORT = 1 << 28
_IS_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_FACTIVA = re.compile(rb"class=\"article [a-z]{2,5}Article\"|<title>\s*(?:Dow Jones )?Factiva")
_SIGNS = re.compile(
    rb"LENGTH:|L\xc3\x84NGE:|LONGUEUR:|LONGITUD:|Length:|L\xc3\xa4nge:|Longueur:|Document |Dokument |Documento "
    rb"|DOCUMENTS?\b|ProQuest|Load-Date:|End of Document"
)
"""One of these stands in each export: a quick look spares all other files a slow one."""
_CELL, _BLOCK_END = (
    re.compile(r"</t[dh]\s*>", re.IGNORECASE),
    re.compile(r"</(?:p|div|h[1-6]|tr|li)\s*>|<br ?/?>", re.IGNORECASE),
)
_TAG = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)


def claims(head: bytes, suffix: str) -> bool:
    """Whether the file begins like the export of a news database."""
    if _IS_HTML.match(head):
        return europresse.recognises(head) or _FACTIVA.search(head) is not None
    if not _SIGNS.search(head) or not looks_like_text(head):
        return False
    return press.recognised(text_of(head, None)) is not None


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each article.

    Raises:
        InputError: it is too large, or no export.
    """
    is_page = bool(_IS_HTML.match(opened.head()))
    is_europresse = is_page and europresse.recognises(opened.head())
    data = opened.content.read(_MAX_EXPORT + 1)
    if len(data) > _MAX_EXPORT:
        raise InputError("too-large", f"an export of more than {_MAX_EXPORT >> 20} MiB")
    text = text_of(data, None)
    if is_europresse:
        for number, article in enumerate(europresse.articles(text)):
            yield from press.article_items(member(opened.source, number), article, number)
        return
    if is_page:
        text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", _CELL.sub("\t", text))))
    database = press.recognised(text)
    if database is None:
        raise InputError("no-text", "is no export of a news database that is known here")
    yield from press.items(opened.source, database, text)


FORMAT = Format("press", claims, read)
