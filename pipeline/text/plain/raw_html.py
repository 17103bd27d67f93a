"""HTML in Markdown: how it begins, and where it ends (https://spec.commonmark.org/0.31.2/#html-blocks)."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.expression import expression
from pipeline.text.blocks import Kind

TAG = expression(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
HEADING = expression(r"<h([1-6])\b", re.IGNORECASE)
_SECTIONS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav"
    "|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)


class Html(NamedTuple):
    """A way in which HTML begins and ends."""

    begin: re.Pattern[str]
    end: re.Pattern[str] | None
    """None: a blank line"""
    interrupts: bool = True
    """Whether it may stand directly below a paragraph"""
    kind: Kind | None = None
    """Of all of it; None where tags are left out"""
    is_shown: bool = True


_KINDS = (
    Html(re.compile(r"<(?:pre|textarea)(?:\s|>|$)", re.I), re.compile(r"</(?:pre|textarea)>", re.I), kind=Kind.CODE),
    Html(re.compile(r"<(?:script|style)(?:\s|>|$)", re.I), re.compile(r"</(?:script|style)>", re.I), is_shown=False),
    Html(re.compile(r"<!--"), re.compile("-->"), is_shown=False),
    Html(re.compile(r"<\?"), re.compile(r"\?>"), is_shown=False),
    Html(re.compile(r"<![A-Za-z]"), re.compile(">"), is_shown=False),
    Html(re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    Html(re.compile(rf"</?(?:{_SECTIONS})(?:\s|/?>|$)", re.IGNORECASE), None),
    Html(re.compile(r"(?:<[A-Za-z][\w-]*(?:\s+[^<>]*)?/?>|</[A-Za-z][\w-]*\s*>)[ \t]*$"), None, interrupts=False),
)


def begins(line: str) -> Html | None:
    """The kind of HTML that a line begins."""
    return next((one for one in _KINDS if one.begin.match(line)), None)
