"""Families of rules: what the report colours by, and in which order a run takes them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_args

from pipeline.model import Relation
from pipeline.text import normalise


class Family(NamedTuple):
    """Rules that take out text for one kind of reason."""

    key: str
    """Part of a class name in the page."""
    name: str
    stage: str
    what: str


FAMILIES = (
    Family(
        "fields", "lifted into fields", "fields", "titles, bylines, date lines and captions, which stand in the record"
    ),
    Family("furniture", "site furniture", "rules", "banners, menus, tickers, players"),
    Family("promotion", "share and promotion", "rules", "share buttons, newsletters, advertisements"),
    Family("comments", "comments", "rules", "headings, forms and tools of comments"),
    Family("related", "related stories", "rules", "pointers to other stories, tags, teasers"),
    Family("legal", "legal and access", "rules", "consent, copyright, log-in, paywalls"),
    Family("credits", "credits and dates", "rules", "who wrote or took it, when, where it repeats a field"),
    Family("own", "other rules", "rules", "rules of a rule file"),
    Family("repeats", "repeated in the document", "repeats", "what stands in the same document before"),
    Family("templates", "site templates", "templates", "lines that many documents of a site have"),
    Family("model", "line model", "model", "what the model takes for no text"),
    Family("copies", "copies of others", "copies", "paragraphs that another document keeps"),
    Family(
        "repairs",
        "white space, repairs",
        "repairs",
        "white space, line breaks, broken characters, the times of subtitles",
    ),
)
"""In the order in which they are taken out."""

STAGES = {
    "fields": "Into fields",
    "rules": "Rules",
    "repeats": "Repeats",
    "templates": "Templates",
    "model": "Line model",
    "copies": "Copies",
    "repairs": "White space",
}

BY_KEY = {family.key: family for family in FAMILIES}

BY_RULE = {
    **dict.fromkeys(("title", "byline", "dateline", "agency", "section", "post-author", "post-date"), "fields"),
    **dict.fromkeys(("caption", "caption-title", "caption-credit", "front-matter"), "fields"),
    "repeat-in-document": "repeats",
    "template": "templates",
    "line-model": "model",
    **dict.fromkeys(get_args(Relation), "copies"),
    **dict.fromkeys((*normalise.RULES, "undecodable", "raw-bytes", "byte-order-mark", "ornament"), "repairs"),
    **dict.fromkeys(("cue", "cue-markup", "cue-again", "cue-credit", "markdown", "quote-mark"), "repairs"),
}
"""Of the rules that are the program's own; `categories` knows those of the rule book"""
_BY_CATEGORY = {
    **dict.fromkeys(("banner", "navigation", "section", "ticker", "media"), "furniture"),
    **dict.fromkeys(("share", "newsletter", "promo"), "promotion"),
    "comments": "comments",
    "related": "related",
    **dict.fromkeys(("access", "consent", "legal"), "legal"),
    **dict.fromkeys(("credit", "byline", "date"), "credits"),
}


def family_of(rule: str, categories: Mapping[str, str]) -> str:
    """Return the key of a rule's family. `categories` has the category of each rule of the rule book."""
    return BY_RULE.get(rule) or _BY_CATEGORY.get(categories.get(rule, ""), "own")
