"""What news databases export: one file, many articles, each with title, byline, outlet, section, date and length.

Each database has a module here. All of them take text, since the same export comes as .txt, .docx, .rtf, .pdf or .html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import DECODED, Metadata, RawDocument
from pipeline.read import values
from pipeline.read.interface import TEXT, Item, Skipped, failure, member
from pipeline.read.press import factiva, nexis, proquest
from pipeline.read.press.article import Article, Database, plain

_BY = expression(r"(?:by|von|par|por|di|door):?\s+(?=\S)", re.IGNORECASE)
"""What stands before a name, in the languages of the databases."""
_CARRIED = frozenset(("id", *Metadata.__struct_fields__))
DATABASES = (proquest.DATABASE, nexis.CLASSIC, nexis.UNI, factiva.DATABASE)
"""The surest first: `Document 1 of 2` is written by more than one."""


def recognised(text: str) -> Database | None:
    """The database that a text is an export of."""
    text = plain(text)
    return next((one for one in DATABASES if one.recognises(text)), None)


def items(source: str, database: Database, text: str) -> Iterator[Item]:
    """A document for each article of an export."""
    number = 0
    for article in database.articles(plain(text)):
        if article is None:
            yield Skipped("cover page of an export")
            continue
        yield from article_items(member(source, number), article, number)
        number += 1


def article_items(name: str, article: Article, number: int) -> Iterator[Item]:
    """The document that an article is."""
    if not article.text.strip():
        message = f"article {number + 1}, {article.fields.get('title', 'without a title')!r}, has no text"
        yield failure(name, InputError("no-text", message))
        return
    known = {key: " ".join(value.split()) for key, value in article.fields.items() if value.strip()}
    if "author" in known:
        known["author"] = known["author"][by.end() :] if (by := _BY.match(known["author"])) else known["author"]
    if "language" in known:
        known["language"] = values.language(known["language"]) or known["language"]
    fields = {key: value for key, value in known.items() if key in _CARRIED}
    rest = {key: value for key, value in known.items() if key not in _CARRIED}
    text = article.text.encode("utf-8", "replace")
    yield RawDocument(name, text, {"media_type": TEXT, "charset": DECODED} | fields, rest)
    if article.problem:
        yield failure(name, InputError("damaged", f"article {number + 1}: {article.problem}"))
