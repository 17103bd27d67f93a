"""Markup that is never closed and takes the rest of a page with it: an element, a comment, the value of an attribute.

A parser follows the standard here and says nothing. What is closed late hides what its author sees hidden; what is never
closed hides a text that somebody wrote.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Any

from pipeline.expression import expression
from pipeline.text.html.elements import BLOCK_CODE
from pipeline.text.html.whitespace import INK

_CLOSING_RUN = expression(r"(?:</[^<>]*>|<!--(?:(?!-->).)*-->|\s)*\Z", re.DOTALL)
"""End tags and comments, with nothing else up to the end of the page"""
_MOST_CLOSING = 1 << 14
_PAGE_TAG = expression(r"</?(?:p|div|h[1-6]|li|td|br|body|html|article|section|main|ul|table)\b[^<>]*>", re.IGNORECASE)
"""Tags that stand in a page, and hardly in a script"""
_TAG = expression(r"<[^<>]*>")
_RAW = expression(r"<(/?)(?:script|style|textarea|title|iframe|xmp|noembed|noframes)\b", re.IGNORECASE)
"""Elements in which a comment is none"""
_OPEN_VALUE = expression(r"<[A-Za-z][^<>\"'=]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++)[^<>\"'=]*+)*+=\s*+[\"']\Z")
"""A tag up to the quotation mark that begins a value"""
_MOST_TAG = 1 << 12
_OPTIONS = frozenset(("option", "optgroup"))


def unclosed(source: str, skipped: Any) -> str | None:
    """What is never closed and takes page text with it, as it is written; None where nothing is.

    skipped: the last element of the tree of which nothing was laid out
    """
    return _element(source, skipped) or _comment(source) or _value(source)


def _element(source: str, element: Any) -> str | None:
    """The element, if it reaches up to the end of the page without an end tag and holds a part of the page."""
    if element is not None and element.tag == "head" and len(element):
        element = element[-1]
    if element is None or not isinstance(element.tag, str) or not _is_last(element) or not _holds_page(element):
        return None
    closing = _CLOSING_RUN.search(source[-_MOST_CLOSING:])
    is_closed = closing is not None and f"</{element.tag}" in closing.group().lower()
    return None if is_closed else f"<{element.tag}>"


def _is_last(element: Any) -> bool:
    """Whether nothing of the page stands behind an element."""
    while element is not None:
        if element.getnext() is not None or (element.tail and INK.search(element.tail)):
            return False
        element = element.getparent()
    return True


def _holds_page(element: Any) -> bool:
    """Whether an element holds words in block elements, or their tags as text."""
    for inside in element.iter():
        text = inside.text
        if not text or not isinstance(inside.tag, str):
            continue
        if inside is not element and inside.tag in BLOCK_CODE and inside.tag not in _OPTIONS and INK.search(text):
            return True
        if _has_words(text, 0):
            return True
    return False


def _has_words(text: str, start: int) -> bool:
    """Whether there are words behind the first tag of a page in a text, from `start` on."""
    tag = _PAGE_TAG.search(text, start)
    return tag is not None and INK.search(_TAG.sub("", text[tag.end() :])) is not None


def _comment(source: str) -> str | None:
    """The beginning of a comment that has no end, with a part of the page behind it."""
    start = source.rfind("<!--")
    if start < 0 or source.find("-->", start + 2) >= 0 or source.find("--!>", start) >= 0:
        return None
    last = deque(_RAW.finditer(source, 0, start), maxlen=1)
    is_raw = bool(last) and not last[0][1]
    return None if is_raw or not _has_words(source, start) else "<!--"


def _value(source: str) -> str | None:
    """The tag in which the value of an attribute has no end, with a part of the page behind it."""
    for quote in ('"', "'"):
        start = source.rfind(quote)
        begins = source.rfind("<", max(0, start - _MOST_TAG), start) if start > 0 else -1
        tag = source[begins : start + 1]
        if begins >= 0 and _OPEN_VALUE.match(tag) and _has_words(source, start):
            return tag
    return None
