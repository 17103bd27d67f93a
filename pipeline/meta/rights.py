"""What a page says of its use by others: licences, reservations against mining, directions for robots.

Nothing is weighed: each statement is given as it stands, with the place that makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.expression import expression
from pipeline.model import Json, Right

HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "link")
"""Headers of an HTTP response that may say something."""
MAX_RIGHTS = 20
MAX_VALUE = 500
"""Code points of a value"""
_ROBOTS = expression(
    r"meta:(?:[\w-]*(?:bot|crawler|spider)(?:-(?:news|images?|videos?|extended))?|robots|slurp|teoma)$"
)
"""Names of robots: all, or one, such as `googlebot-news`"""
_BY_NAME: Mapping[str, str] = {
    "link:license": "license",
    "meta:license": "license",
    "meta:dc.license": "license",
    "meta:dcterms.license": "license",
    "meta:cc:license": "license",
    "meta:dc.rights": "rights",
    "meta:dcterms.rights": "rights",
    "meta:rights": "rights",
    "meta:copyright": "rights",
    "meta:dc.rightsholder": "rights",
    "meta:dcterms.rightsholder": "rights",
    "meta:tdm-reservation": "tdm-reservation",
    "meta:tdm-policy": "tdm-policy",
    "meta:x-robots-tag": "robots",
}
_LINKED_DATA = {
    "license": "license",
    "usageInfo": "rights",
    "copyrightNotice": "rights",
    "conditionsOfAccess": "rights",
}
_LICENSE_LINK = expression(r"<([^>]*)>\s*;[^,]*\brel\s*=\s*\"?[^\",;]*\b(license|tdm-policy)\b", re.I)


def rights(said: Iterable[tuple[str, str]], article: Mapping[str, Json]) -> tuple[Right, ...]:
    """The statements of a page's head and anchors (`said`, as `head_pairs` gives them) and of its article's linked data."""
    found = [*_of_head(said), *_of_linked_data(article)]
    return tuple(dict.fromkeys(found))[:MAX_RIGHTS]


def of_headers(headers: Mapping[str, str]) -> tuple[Right, ...]:
    """The statements of an HTTP response's headers, given by names in lower case."""
    found: list[Right] = []
    for name in HEADERS:
        value = headers.get(name, "")
        if name == "link":
            links = _LICENSE_LINK.finditer(value)
            found += [Right(link[2].lower(), link[1][:MAX_VALUE], "header:link") for link in links]
        elif value:
            found.append(Right("robots" if name == "x-robots-tag" else name, value[:MAX_VALUE], f"header:{name}"))
    return tuple(found[:MAX_RIGHTS])


def _of_head(said: Iterable[tuple[str, str]]) -> Iterator[Right]:
    for name, value in said:
        kind = "robots" if _ROBOTS.match(name) else _BY_NAME.get(name)
        if kind and value.strip():
            yield Right(kind, value.strip()[:MAX_VALUE], name)


def _of_linked_data(article: Mapping[str, Json]) -> Iterator[Right]:
    for name, kind in _LINKED_DATA.items():
        for value in _values(article.get(name)):
            yield Right(kind, value[:MAX_VALUE], f"json-ld:{name}")


def _values(value: Json) -> Sequence[str]:
    """The texts or addresses that a property of linked data holds."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for one in value for text in _values(one)]
    if isinstance(value, Mapping):
        named = value.get("url") or value.get("@id") or value.get("name") or value.get("text")
        return _values(named) if isinstance(named, str) else []
    return []
