"""Exports of news databases as text or HTML: a document for each article (Nexis, Factiva, ProQuest, Europresse)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.read import markup, press
from pipeline.read.encodings import decoded, encoding, file_encoding, looks_like_text, text_of
from pipeline.read.interface import Format, Item, ReadOptions, Span, member
from pipeline.read.opened import HEAD, Opened
from pipeline.read.pieces import up_to
from pipeline.read.press import europresse

_BLANK = b"\xef\xbb\xbf \t\r\n"
_MAX_EXPORT = 1 << 28
_FACTIVA = expression(rb"class=\"article [a-z]{2,5}Article\"|<title>\s*(?:Dow Jones )?Factiva")
_SIGNS = expression(
    rb"LENGTH:|L\xc3\x84NGE:|LONGUEUR:|LONGITUD:|Length:|L\xc3\xa4nge:|Longueur:|Document |Dokument |Documento "
    rb"|DOCUMENTS?\b|ProQuest|Load-Date:|End of Document"
)
"""One of these stands in each export: a quick look spares all other files a slow one."""
_CELL, _BLOCK_END = (
    re.compile(r"</t[dh]\s*>", re.IGNORECASE),
    re.compile(r"</(?:p|div|h[1-6]|tr|li)\s*>|<br ?/?>", re.IGNORECASE),
)


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like the export of a news database."""
    if head.lstrip(_BLANK).startswith(b"<"):
        return europresse.recognises(head) or _FACTIVA.search(head) is not None
    if not _SIGNS.search(head) or not looks_like_text(head):
        return False
    return press.recognised(text_of(head, None)) is not None


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each article.

    Raises:
        InputError: it is too large, or no export.
    """
    head = opened.head()
    is_page = head.lstrip(_BLANK).startswith(b"<")
    is_europresse = is_page and europresse.recognises(head)
    data = up_to(opened.content, _MAX_EXPORT + 1)
    if len(data) > _MAX_EXPORT:
        raise InputError("too-large", f"an export of more than {_MAX_EXPORT >> 20} MiB")
    text, problem = _decoded(data)
    if is_europresse:
        for number, article in enumerate(europresse.articles(text)):
            yield from press.article_items(member(opened.source, number), article, number)
    else:
        yield from _articles(opened.source, text, is_page=is_page)
    if problem is not None:
        raise problem


def _decoded(data: bytes) -> tuple[str, InputError | None]:
    """An export as text, all of it in one encoding, and what of it could not be read."""
    name, mark = encoding(data[:HEAD])
    if name != "utf-8":
        return data[mark:].decode(name, "replace"), None
    found = decoded(data[mark:], file_encoding(data))
    return found.text, found.problem


def _articles(source: str, text: str, *, is_page: bool) -> Iterator[Item]:
    if is_page:
        text = markup.visible(_BLOCK_END.sub("\n", _CELL.sub("\t", text)))
    database = press.recognised(text)
    if database is None:
        raise InputError("no-text", "is no export of a news database that is known here")
    yield from press.items(source, database, text)


FORMAT = Format("press", recognises, read, turn=6)
