"""What a page's head and address hint at about its kind, as small whole numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pipeline.expression import expression
from pipeline.text.html.head import Pair

_ADDRESS: Mapping[str, re.Pattern[str]] = {
    "forum": re.compile(r"forum|thread|topic|viewtopic|/t/|communit|discuss|board"),
    "question": re.compile(r"question|/qa?/|answers"),
    "product": re.compile(r"product|/p/|/dp/|/item|shop|store|buy"),
    "category": re.compile(r"categor|collection|/c/|/tags?/|search|listing|browse|directory"),
    "documentation": re.compile(r"docs?[./]|documentation|guide|manual|reference|/learn|wiki|tutorial|/help|api"),
    "service": re.compile(r"service|solution|/about|pricing|compan|contact"),
    "article": re.compile(r"blog|news|article|story|stories|post|/20\d\d[/-]"),
}
_TYPES = ("article", "website", "product", "blog")
"""Values of `og:type`."""
_PUBLISHED = expression(r"meta:(?:og:)?(?:article:)?(?:publish|pub|date|dc\.date|sailthru\.date|parsely-pub)")
_AUTHOR = expression(r"meta:(?:article:)?(?:author|byl|parsely-author|dc\.creator|citation_author)")
_PRICE = expression(r"meta:(?:og:|product:)?price")
_GENERATORS = expression(r"phpbb|vbulletin|xenforo|discourse|invision|mybb|smf|nodebb|flarum|vanilla", re.I)

ABOUT: tuple[str, ...] = (
    *(f"og_{name}" for name in _TYPES),
    *("og_none", "published", "author", "price", "forum_engine"),
    *(f"url_{name}" for name in _ADDRESS),
    *("url_known", "url_depth", "url_slug", "url_dashes"),
)
"""The names of what `about` gives, in order."""


def about(head: Sequence[Pair], url: str | None) -> tuple[int, ...]:
    """The values of `ABOUT` for a page: what its head says (`head_pairs`), and its address, stated or given."""
    said: dict[str, str] = {}
    for name, value in head:
        said.setdefault(name, value)
    kind = said.get("meta:og:type", "").strip().lower()
    names = "\n".join(said)
    address = said.get("link:canonical") or said.get("meta:og:url") or url or ""
    path = _path(address).lower()
    slug = path.rstrip("/").rpartition("/")[2]
    return (
        *(int(one in kind) for one in _TYPES),
        int(not kind),
        int(_PUBLISHED.search(names) is not None),
        int(_AUTHOR.search(names) is not None),
        int(_PRICE.search(names) is not None),
        int(_GENERATORS.search(said.get("meta:generator", "")) is not None),
        *(int(pattern.search(path) is not None) for pattern in _ADDRESS.values()),
        int(bool(path)),
        min(path.count("/"), 12),
        min(len(slug), 200),
        min(slug.count("-"), 30),
    )


def _path(address: str) -> str:
    """Host, path and query of an address; of a relative one its path."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}?{parts.query}" if parts.query else f"{parts.netloc}{parts.path}"
