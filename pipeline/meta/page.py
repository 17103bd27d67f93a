"""Metadata that a page states about itself: JSON-LD, OpenGraph and other `meta`, `time`, bylines, `<html lang>`.

It takes plain pairs of a name and a value, in document order, as the HTML stage collects them; a name is one of
`html:lang`, `title`, `h1`, `base`, `link:canonical`, `json-ld`, `meta:<name>`, `time`, `byline`, `dateline`.
Every finding keeps the name of the pair that says it. Nothing is guessed: a date comes from a statement of the page
and never from the day of the run.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from pipeline.expression import expression
from pipeline.meta import authors, dates
from pipeline.meta.agencies import agency
from pipeline.meta.rights import rights
from pipeline.model import Json, Right

Pair = tuple[str, str]


class Found(Struct, frozen=True):
    """A value, and the name of the pair that says it."""

    value: str
    source: str


_TITLES = ("meta:og:title", "meta:citation_title", "meta:dc.title", "meta:dcterms.title", "meta:headline")
_LESSER_TITLES = ("meta:twitter:title", "meta:sailthru.title", "meta:parsely-title", "meta:title")
_AUTHORS = (
    "meta:citation_author",
    "meta:article:author",
    "meta:author",
    "meta:parsely-author",
    "meta:sailthru.author",
    "meta:byl",
    "meta:dc.creator",
    "meta:dcterms.creator",
    "meta:og:article:author",
    "meta:og:author",
    "meta:article_author",
    "meta:cxenseparse:author",
    "byline",
)
_DATES = (
    "meta:article:published_time",
    "meta:og:article:published_time",
    "meta:og:published_time",
    "meta:datepublished",
    "meta:citation_publication_date",
    "meta:citation_date",
    "meta:dc.date.issued",
    "meta:dcterms.issued",
    "meta:dcterms.created",
    "meta:dc.date.created",
    "meta:dc.date",
    "meta:dcterms.date",
    "meta:date.created",
    "meta:date.available",
    "meta:parsely-pub-date",
    "meta:sailthru.date",
    "meta:cxenseparse:recs:publishtime",
    "meta:cxenseparse:publishtime",
    "meta:article.published",
    "meta:published_at",
    "meta:published",
    "meta:pubdate",
    "meta:pub_date",
    "meta:publishdate",
    "meta:publish_date",
    "meta:publish-date",
    "meta:displaydate",
    "meta:originalpublicationdate",
    "meta:ptime",
    "meta:pdate",
    "time:published",
    "meta:datecreated",
    "meta:created",
    "meta:date",
    "time",
    "dateline",
)
"""What says the day of publication, the surer first. When a page was changed is another matter."""
_SITES = ("meta:og:site_name", "meta:application-name", "meta:apple-mobile-web-app-title", "meta:dc.publisher")
_PROGRAMS = ("meta:application-name", "meta:apple-mobile-web-app-title")
"""What names a program, which is the site's mostly, but not who publishes it"""
_SECTIONS = ("meta:article:section", "meta:og:article:section", "meta:parsely-section", "meta:sailthru.section")
_SOURCES = ("meta:source", "meta:news_source", "meta:dc.source", "meta:syndication-source", "meta:copyright")

_ARTICLES = frozenset(
    (
        "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle"
        " reviewnewsarticle blogposting liveblogposting scholarlyarticle techarticle report socialmediaposting"
        " discussionforumposting satiricalarticle advertisercontentarticle review recipe"
    ).split()
)
_ASIDE = frozenset(
    "itemlistelement haspart mentions comment citation relatedlink suggestedanswer review subjectof about".split()
)
"""Properties that lead from the page to other pages."""
_LANGUAGE = expression(r"([A-Za-z]{2,3})(?:[-_].*)?$")
_RENAMED = {"iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "ua": "uk", "gr": "el", "cz": "cs", "dk": "da"}
"""Old ISO 639 codes, and the country codes that pages take for languages."""
_ISO_639_1 = frozenset(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee"
        " el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is"
        " it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms"
        " mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si"
        " sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh"
        " yi yo za zh zu"
    ).split()
)
_OF_THREE = dict(
    pair.split(":")
    for pair in (
        "ara:ar bul:bg cat:ca ces:cs cze:cs dan:da deu:de ger:de ell:el gre:el eng:en spa:es est:et fas:fa per:fa"
        " fin:fi fra:fr fre:fr heb:he hin:hi hrv:hr hun:hu ind:id ita:it jpn:ja kor:ko lit:lt lav:lv nld:nl dut:nl"
        " nor:no pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl srp:sr swe:sv tha:th tur:tr ukr:uk vie:vi"
        " zho:zh chi:zh"
    ).split()
)
"""Codes of three letters that have one of two."""
_URL_DATE = expression(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_ISO = expression(r"((?:19|20)\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_EPOCH = expression(r"(1\d{9})(?:\d{3})?")
_UNSET = frozenset(("1970-01-01", "1900-01-01", "2000-01-01", "1969-12-31", "1999-11-30"))
"""What content systems write for no date."""
_CUT = expression(
    r"\s+[|–—·•»«⋆~-]\s+|\s*[|»｜]\s*|(?<=[\u3040-\u9fff])[_＿–—-](?=[\u3040-\u9fff])|_(?=[\u3040-\u9fff])"
)
"""What parts a headline from the name of the site; between ideographs it has no white space around it"""
_EDGES = " |｜–—·•»«⋆~_＿-:："
_NAMED_SITE = expression(
    r"[\u3040-\u9fff]{1,10}(?:网|網|报|報|日报|电视台|通讯社|新闻|新聞|频道|在线|官网|门户|ニュース|オンライン)$"
)
"""A name that only a site has"""
ALIKE = 1.7
"""By so much the name of a host may be longer than that of the site, or shorter."""
LEAST_KEY = 4
"""Letters of a part of a title that are compared with the name of a host"""
_PREFIX = expression(
    r"^(?:(?:written|posted|published|reported|words|text|story|article)\s+)?(?:by|von|par|por|di|da|door|av|af|przez|autor|author)"
    r"\b\s*:?\s*",
    re.IGNORECASE,
)
_AND = expression(r"\s*(?:[;|&]|,(?!\s*(?:jr|sr|m\.?d|ph\.?d)\b)|\s(?:and|und|et|y|e|en|och|og)\s)\s*", re.IGNORECASE)
MAX_NAME = 60


def page_metadata(
    head: Iterable[Pair], address: str = "", shown: Iterable[str] = ()
) -> tuple[dict[str, Found], tuple[Right, ...]]:
    """(title, author, agency, date, url, language, section, outlet and site, its name of whatever kind, as far as the page says
    them; what it says of its use).

    `address`: where it was found. `shown`: the blocks of its text, among which the name of the site may stand by itself.
    """
    pairs = [(name, html.unescape(value).strip() if name != "json-ld" else value) for name, value in head]
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:
            said.setdefault(name, []).append(value)
    article, site_name = _linked_data(said.get("json-ld", ()), said.get("title", [""])[0])
    url = _url(said, article)
    site = _first(said, _SITES) or (Found(site_name, "json-ld") if site_name else None)
    section = _section(said, article)
    names = _Names(site.value if site else "", url.value if url else address, section.value if section else "", shown)
    found = {
        "title": _title(said, article, names),
        "author": _author(said, article, site.value if site else ""),
        "agency": _agency(said, article, site),
        "date": _date(said, article, url),
        "url": url,
        "language": _language(said, article),
        "site": site,
        "outlet": site if site and site.source not in _PROGRAMS else None,
        "section": section,
    }
    known = {field: value for field, value in found.items() if value is not None}
    return known, rights((pair for pair in pairs if pair[0] != "json-ld"), article)


def article_body(head: Iterable[Pair]) -> str | None:
    """The text of the article that the page states as data (`articleBody`), for pages that show nothing."""
    scripts = [value for name, value in head if name == "json-ld" and "articleBody" in value]
    if not scripts:
        return None
    article, _ = _linked_data(scripts, "")
    bodies = list(_texts(article.get("articleBody")))
    return html.unescape(bodies[0]).strip() or None if bodies else None


def _first(said: Mapping[str, Sequence[str]], names: Iterable[str]) -> Found | None:
    return next((Found(said[name][0], name) for name in names if name in said), None)


class _Names:
    """What the name of the site may be, and that of the part of it that the page stands in."""

    def __init__(self, site: str, address: str, section: str, shown: Iterable[str]) -> None:
        self.site = site
        self._section = _key(section)
        self._shown = shown
        try:
            parts = urlsplit(address)
            labels = (parts.hostname or "").removeprefix("www.").split(".")
        except ValueError:
            parts, labels = urlsplit(""), []
        self._host = {_key(label) for label in (*labels[:-1], "".join(labels)) if len(_key(label)) >= LEAST_KEY}
        self._path = {_key(part) for part in parts.path.split("/")[:-1] if part}

    def is_site(self, part: str) -> bool:
        """Whether a part of a title names the site: it says so itself, its host is called so, or the page shows it by itself."""
        key = _key(part)
        own = _key(self.site)
        if not key:
            return False
        if own and (key == own or key in own or own in key):
            return True
        if len(key) >= LEAST_KEY and any(_is_like(key, label) for label in self._host):
            return True
        return _NAMED_SITE.match(part) is not None or self._is_shown(part, key)

    def is_section(self, part: str) -> bool:
        """Whether a part of a title names a section of the site."""
        key = _key(part)
        return bool(key) and (key == self._section or key in self._path)

    def _is_shown(self, part: str, key: str) -> bool:
        """Whether the page shows a part of its title in the line on who owns it."""
        return len(key) >= LEAST_KEY and any(
            part in text and text.lstrip().startswith(("©", "(c)", "Copyright")) for text in self._shown
        )


def _is_like(key: str, label: str) -> bool:
    """Whether the name of a host is that of a site, but for an article or an ending: `The Bankside` of `bankside.example`."""
    shorter, longer = sorted((key, label), key=len)
    return shorter in longer and ALIKE * len(shorter) >= len(longer)


def _title(said: Mapping[str, Sequence[str]], article: Mapping[str, Json], names: _Names) -> Found | None:
    """The headline as the page shows it, if it does; else what it says elsewhere, without the site's name."""
    site = names.site
    stated = [
        *(Found(text, "json-ld") for text in _texts(article.get("headline"))),
        *(Found(_without_site(said[name][0], names), name) for name in (*_TITLES, *_LESSER_TITLES) if name in said),
    ]
    window = [Found(_without_site(text, names), "title") for text in said.get("title", ())[:1]]
    headings = said.get("h1", ())
    keys = [_key(title.value) for title in (*stated, *window)] + [_key(text) for text in said.get("title", ())[:1]]
    for text in headings:
        key = _key(text)
        if len(key) >= 4 and key != _key(site) and any(key in other for other in keys):
            return Found(text, "h1")
    for title in (*stated, *window, *(Found(text, "h1") for text in headings)):
        if title.value and _key(title.value) != _key(site):
            return title
    return None


def _without_site(title: str, names: _Names) -> str:
    """`Headline - The Paper` is `Headline`, and so is `Headline - Sport - The Paper` of a page below `/sport/`."""
    parts = [part for part in _CUT.split(title) if part]
    if len(parts) < 2:
        lead, colon, rest = title.partition(": ")
        is_lead = colon and names.site and _key(lead) == _key(names.site) and len(rest.split()) > 1
        return rest.strip() if is_lead else title
    for cut in (parts[-1], parts[0]):
        if names.is_site(cut):
            start = title.find(cut) if cut is parts[0] else title.rfind(cut)
            rest = title[start + len(cut) :] if cut is parts[0] else title[:start]
            rest = rest.strip(_EDGES)
            left = parts[1:] if cut is parts[0] else parts[:-1]
            if len(left) > 1 and names.is_section(left[-1]):
                rest = rest[: rest.rfind(left[-1])].strip(_EDGES) or rest
            return rest or title
    if not names.site and len(parts[-1].split()) <= 4 < len(parts[0].split()):
        return title[: title.rfind(parts[-1])].strip(_EDGES)
    return title


def _author(said: Mapping[str, Sequence[str]], article: Mapping[str, Json], site: str) -> Found | None:
    linked = [name for person in _nodes(article.get("author")) for name in _texts(person.get("name"))]
    for source, values in [("json-ld", linked), *((name, said.get(name, ())) for name in _AUTHORS)]:
        if names := authors.names(source, values, site):
            return Found("; ".join(names), source)
    return None


def _section(said: Mapping[str, Sequence[str]], article: Mapping[str, Json]) -> Found | None:
    linked = [Found(text, "json-ld") for text in _texts(article.get("articleSection"))]
    return next(iter(linked), None) or _first(said, _SECTIONS)


def _agency(said: Mapping[str, Sequence[str]], article: Mapping[str, Json], site: Found | None) -> Found | None:
    stated: list[Pair] = []
    for field in ("author", "sourceOrganization", "provider", "publisher", "creator"):
        stated += [("json-ld", name) for node in _nodes(article.get(field)) for name in _texts(node.get("name"))]
    for key in (*_AUTHORS, *_SOURCES):
        stated += [(key, value) for value in said.get(key, ())]
    if site:
        stated.append((site.source, site.value))
    for source, text in stated:
        for part in [text, *_AND.split(_PREFIX.sub("", text))]:
            if name := agency(part):
                return Found(name, source)
    return None


def _date(said: Mapping[str, Sequence[str]], article: Mapping[str, Json], url: Found | None) -> Found | None:
    stated = [("json-ld", text) for field in ("datePublished", "dateCreated") for text in _texts(article.get(field))]
    stated += [(name, value) for name in _DATES for value in said.get(name, ())]
    shown = ("time", "dateline", "meta:date")
    by_url = [Found(day, url.source) for day in _url_days(url.value)] if url else []
    for source, text in stated:
        if source in shown and by_url:
            break
        if day := iso_day(text):
            return Found(day, source)
    return by_url[0] if by_url else None


def _url_days(url: str) -> Iterator[str]:
    for match in _URL_DATE.finditer(urlsplit(url).path):
        if day := iso_day(f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"):
            yield day


def iso_day(text: str) -> str | None:
    """The one day that `text` says, in ISO 8601, as written there: a time zone moves nothing."""
    if match := _ISO.match(text):
        day = f"{match[1]}-{match[2]}-{match[3]}"
    elif match := _EPOCH.fullmatch(text):
        day = datetime.fromtimestamp(int(match[1]), UTC).date().isoformat()
    else:
        found = {date.iso for date in dates.find(text[:200])}
        if len(found) != 1:
            return None
        day = found.pop()
    try:
        datetime.fromisoformat(day)
    except ValueError:
        return None
    return day if day not in _UNSET else None


def _url(said: Mapping[str, Sequence[str]], article: Mapping[str, Json]) -> Found | None:
    """The canonical address. A canonical link to the home page, as some templates have on every page, says nothing."""
    stated = [(name, value) for name in ("link:canonical", "meta:og:url") for value in said.get(name, ())[:1]]
    for field in ("url", "mainEntityOfPage", "@id"):
        stated += [("json-ld", text) for text in _texts(article.get(field))[:1]]
    stated += [("meta:twitter:url", value) for value in said.get("meta:twitter:url", ())[:1]]
    base = next((value for _, value in stated if _is_web(value)), *said.get("base", [""])[:1])
    found = [Found(full, name) for name, value in stated if _is_web(full := _join(base, value))]
    return next((url for url in found if urlsplit(url.value).path.strip("/")), found[0] if found else None)


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not re.search(r"\s", url)


def _language(said: Mapping[str, Sequence[str]], article: Mapping[str, Json]) -> Found | None:
    stated = [
        (name, said[name][0]) for name in ("html:lang", "meta:og:locale", "meta:content-language") if name in said
    ]
    stated += [("json-ld", text) for text in _texts(article.get("inLanguage"))]
    stated += [
        (name, said[name][0]) for name in ("meta:language", "meta:dc.language", "meta:inlanguage") if name in said
    ]
    for name, value in stated:
        if match := _LANGUAGE.match(value.split(",")[0].strip()):
            code = match[1].lower()
            code = _RENAMED.get(code) or _OF_THREE.get(code) or code
            if code in _ISO_639_1:
                return Found(code, name)
    return None


def _linked_data(scripts: Iterable[str], title: str) -> tuple[Mapping[str, Json], str]:
    """The node of the page's article, with the nodes it refers to by `@id` put in, and the publisher's name."""
    nodes = [node for script in scripts for node in _walk(_parse(script))]
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _types(node) & _ARTICLES] or [
        node for node in nodes if "webpage" in _types(node)
    ]
    key = _key(title)
    titled = [
        node for node in articles if any((said := _key(text)) and said in key for text in _texts(node.get("headline")))
    ]
    article = next(iter(titled or articles), {})
    resolved = {field: _resolve(value, by_id) for field, value in article.items()}
    publishers = [*_nodes(resolved.get("publisher")), *(node for node in nodes if "website" in _types(node))]
    names = [name for node in publishers for name in _texts(node.get("name"))]
    return resolved, next((name for name in names if len(name) <= MAX_NAME), "")


def _parse(script: str) -> Json:
    """JSON as pages write it: in comments, with commas too many, with line breaks inside strings."""
    text = script
    if any(mark in script for mark in ("<!--", "-->", "CDATA", "]]>")):
        text = re.sub(
            r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$",
            "",
            script,
        )
    for attempt in (text.strip().rstrip(";"), re.sub(r",\s*(?=[}\]])", "", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Json) -> Iterator[dict[str, Json]]:
    """Every node of the page's own, in document order."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            yield value
            stack.extend(inner for field, inner in reversed(value.items()) if field.lower() not in _ASIDE)


def _types(node: Mapping[str, Json]) -> set[str]:
    return {text.rpartition("/")[2].lower() for text in _texts(node.get("@type"))}


def _resolve(value: Json, by_id: Mapping[str, Json]) -> Json:
    if isinstance(value, list):
        return [_resolve(item, by_id) for item in value]
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and "name" not in value:
        return by_id.get(value["@id"], value)
    return value


def _nodes(value: Json) -> list[Mapping[str, Json]]:
    """`value` as nodes: schema.org allows one, a list, or just a name."""
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, dict) else {"name": item} for item in items if isinstance(item, str | dict)]


def _texts(value: Json) -> list[str]:
    """`value` as texts: one, a list, or nodes that hold it."""
    texts: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = item.get("@value") or item.get("name") or item.get("@id")
        if isinstance(item, str) and item.strip():
            texts.append(" ".join(html.unescape(item).split()))
    return texts


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
