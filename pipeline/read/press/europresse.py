"""Europresse: a page of HTML with an `<article>` for each article, whose parts have classes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from pipeline.expression import expression
from pipeline.read.press.article import Article, is_date, left_over

_MARK = expression(rb"class=\"[^\"]*(?:docOccurContainer|DocPublicationName|titreArticle)", re.IGNORECASE)
_PARTS = {
    "docpublicationname": "outlet", "rdp__docpublicationname": "outlet", "docheader": "header", "rdp__docheader": "header",
    "titrearticle": "title", "titrearticlevisu": "title", "rdp__articletitle": "title", "docauthors": "author",
    "authors": "author", "rdp__authors": "author", "doctext": "text", "dococcurcontainer": "text", "public-lblnodoc": "id",
    "publi-lblnodoc": "id", "rdp__subtitle": "subtitle",
}  # fmt: skip
_BREAKS = frozenset(("p", "br", "div", "h1", "h2", "h3", "h4", "li", "blockquote", "tr"))
_VOID = frozenset(("br", "img", "hr", "input", "meta", "link", "wbr"))
_NOT_SHOWN = frozenset(("script", "style"))


def recognises(head: bytes) -> bool:
    """Whether a page that begins like this is an export of Europresse."""
    return b"<article" in head and _MARK.search(head) is not None


class _Reader(HTMLParser):
    """Collects what each part of each article says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.articles: list[dict[str, list[str]]] = []
        self.bodies: list[int] = []
        """How many elements of each article are its text."""
        self.outside: list[str] = []
        """What stands in no part of an article."""
        self._open: list[tuple[str, str | None]] = []
        """Elements that are open, and which part of the article each is."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag == "article":
            self.articles.append({})
            self.bodies.append(0)
        classes = (dict(attributes).get("class") or "").lower().split()
        part = next((_PARTS[name] for name in classes if name in _PARTS), None)
        if self.bodies and part == "text" and not any(name == "text" for _, name in self._open):
            self.bodies[-1] += 1
        if tag not in _VOID:
            self._open.append((tag, part))
        if tag in _BREAKS:
            self.handle_data("\n\n" if tag != "br" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and those inside that nobody has closed."""
        while any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break
        if tag in _BREAKS:
            self.handle_data("\n\n")

    def handle_data(self, data: str) -> None:
        """A piece of text."""
        part = next((part for _, part in reversed(self._open) if part), None)
        if any(name in _NOT_SHOWN for name, _ in self._open):
            return
        if self.articles and part:
            self.articles[-1].setdefault(part, []).append(data)
        else:
            self.outside.append(data)


def articles(page: str) -> Iterator[Article]:
    """The articles of an export."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    outside = left_over([block.split("\n") for block in "".join(reader.outside).split("\n\n") if block.strip()])
    for parts, bodies in zip(reader.articles, reader.bodies, strict=True):
        problem = "two articles stand here: what parts them is damaged" if bodies > 1 else outside
        said = {key: "".join(pieces) for key, pieces in parts.items()}
        text = "\n\n".join(filter(None, (" ".join(block.split()) for block in said.pop("text", "").split("\n\n"))))
        header = [line.strip() for line in re.split(r"[\n•]", said.pop("header", "")) if line.strip()]
        fields = {key: html.unescape(" ".join(value.split())) for key, value in said.items()}
        fields["outlet"] = re.split(r",| {4,}", fields.get("outlet", ""))[0].strip()
        if date := next((line for line in header if is_date(line)), ""):
            fields["date"] = date
        yield Article(text, {key: value for key, value in fields.items() if value}, problem)
