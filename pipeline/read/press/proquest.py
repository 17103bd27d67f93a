"""ProQuest: documents between rules of underscores, each with labelled paragraphs; the text is that of `Full text`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.read.press.article import Article, Database, blocks, joined, left_over

_RULE = re.compile(r"^_{20,}[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"([A-Z][A-Za-z]+(?: ?/ ?[A-Za-z]+| [A-Za-z]+){0,4}): ?(.*)")
_LABELS = {
    "title": "title", "author": "author", "publication title": "outlet", "section": "section", "publication date": "date",
    "language of publication": "language", "document url": "url", "proquest document id": "id", "last updated": "load_date",
    "full text": "text", "publication info": "publication_info", "abstract": "abstract", "links": "links", "subject": "subject",
    "location": "location", "people": "people", "company": "company", "company / organization": "organization",
    "publication year": "year", "first page": "page", "pages": "pages", "publisher": "publisher", "place of publication": "place",
    "country of publication": "country", "publication subject": "publication_subject", "source type": "source_type",
    "document type": "document_type", "copyright": "copyright", "database": "database", "issn": "issn", "volume": "volume",
    "issue": "issue", "identifier / keyword": "keywords", "identifier": "keywords", "document feature": "feature",
    "accession number": "accession_number", "column": "column", "dateline": "dateline", "credit": "credit", "edition": "edition",
    "classification": "classification", "supplement": "supplement", "e-issn": "eissn", "publication info ": "publication_info",
    "year": "year", "isbn": "isbn", "url": "link", "illustrations": "graphic", "business indexing term": "business_terms",
}  # fmt: skip


def _recognises(text: str) -> bool:
    return _RULE.search(text) is not None and re.search(r"^ProQuest document ID: ", text, re.MULTILINE) is not None


def _articles(text: str) -> Iterator[Article | None]:
    for part in _RULE.split(text):
        if not part.strip():
            continue
        article = _article(blocks(part))
        yield article if article.fields.get("id") or article.text else None


def _article(parts: list[list[str]]) -> Article:
    """A document. Its text goes on until the next paragraph with a label of ProQuest's."""
    fields: dict[str, str] = {}
    text: list[str] = []
    rest: list[list[str]] = []
    key = ""
    numbers = texts = 0
    for block in parts:
        found = _LABEL.match(block[0])
        name = _LABELS.get(found[1].lower()) if found else None
        numbers += name == "id"
        texts += name == "text"
        if found and name == "text":
            key = "text"
            text.append("\n".join([found[2], *block[1:]]).strip())
        elif found and name:
            key = name
            fields.setdefault(key, joined([found[2], *block[1:]]))
        elif key == "text":
            text.append("\n".join(block))
        elif block is not parts[0]:
            rest.append(block)
    if not fields.get("title") and parts:
        fields["title"] = joined(parts[0])
    if author := fields.get("author", ""):
        fields["author"] = _turned(author)
    if "outlet" in fields:
        fields["outlet"] = fields["outlet"].partition(";")[0].strip()
    problem = left_over(rest)
    if numbers > 1 or texts > 1:
        problem = "two documents stand here: the rule between them is damaged"
    elif text and not numbers:
        problem = "has no number: what parts documents is damaged"
    return Article("\n\n".join(filter(None, text)), fields, problem)


def _turned(author: str) -> str:
    """Names as `Quill, Mary; Writer, Jo`, first names first."""
    names = [name.strip().rstrip(".") for name in author.split(";")]
    return ", ".join(" ".join(reversed([part.strip() for part in name.split(",", 1)])) for name in names if name)


DATABASE = Database("ProQuest", _recognises, _articles)
