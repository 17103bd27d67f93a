"""What a page says about itself: plain pairs of a name and a value, for the metadata stage to judge.

Names: `html:lang`, `title`, `h1`, `base`, `link:canonical`, `json-ld`, `meta:og:title` and the like (the name, property
or itemprop, in lower case), `time`, `byline` and `dateline` for elements that call themselves so. In document order,
and bounded: a page of a hundred thousand `meta` says no more than its first few hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

MAX_VALUE = 1000
MAX_JSON = 1 << 20
MAX_PAIRS = 400
MAX_LICENCES = 20
_LICENCES = (
    "//@rel[contains(concat(' ', normalize-space(.), ' '), ' license ')]/parent::*[self::a or self::link][@href]"
)
"""What says under which licence the page, or a part of it, may be used."""

Pair = tuple[str, str]


def head_pairs(root: Any) -> list[Pair]:
    """The pairs of the whole page but those that depend on the layout (`byline`, `dateline`)."""
    pairs = [("html:lang", lang)] if (lang := root.get("lang") or root.get("xml:lang")) else []
    elements = root.iter("title", "meta", "link", "script", "h1", "base")
    licences = (("link:license", link.get("href")[:MAX_VALUE]) for link in root.xpath(_LICENCES))
    return pairs + list(islice(_pairs(elements), MAX_PAIRS)) + list(islice(licences, MAX_LICENCES))


def _pairs(elements: Iterable[Any]) -> Iterator[Pair]:
    for element in elements:
        tag = element.tag
        if tag == "meta":
            value = element.get("content")
            name = (
                element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            )
            if name and value:
                yield f"meta:{name.strip().lower()[:80]}", value[:MAX_VALUE]
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower() and element.text and len(element.text) <= MAX_JSON:
                yield "json-ld", element.text
        elif tag in ("link", "base"):
            rel = "canonical" if "canonical" in (element.get("rel") or "").lower().split() else ""
            if (href := element.get("href")) and (rel or tag == "base"):
                yield f"link:{rel}" if rel else "base", href[:MAX_VALUE]
        elif text := element_text(element):
            yield tag, text


def element_text(element: Any, limit: int = MAX_VALUE) -> str:
    """The text of an element and of all in it, its white space collapsed, cut at `limit` code points."""
    pieces: list[str] = []
    size = 0
    for text in element.itertext():
        pieces.append(text)
        size += len(text)
        if size > limit * 2:
            break
    return " ".join(" ".join(pieces)[: limit * 4].split())[:limit]
