"""ProQuest: documents between rules of underscores or below `Document 1 of 2`, each with labels, which are paragraphs or lines;
the text is that of `Full text`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.expression import expression
from pipeline.read.press.article import Article, Database, blocks, joined, left_over

_PARTS = expression(r"^[ \t]*(?:_{20,}|Document \d{1,6} of \d{1,6})[ \t]*$", re.MULTILINE)
_NUMBER = expression(r"^[ \t]*ProQuest document ID: ?\S", re.MULTILINE)
_TEXT = expression(r"^[ \t]*Full text(?::|[ \t]*$)", re.MULTILINE | re.IGNORECASE)
_LABEL = expression(r"[ \t]*([A-Z][A-Za-z]+(?: ?/ ?[A-Za-z]+| [A-Za-z]+){0,4})(?: ?\([A-Za-z ]{1,30}\))?: ?(.*)")
_HEADINGS = frozenset(("FULL TEXT", "ABSTRACT", "DETAILS", "LINKS"))
"""Labels that stand alone in a line, without a colon"""
_OWNER = expression(r"[ \t]*Database copyright\b", re.IGNORECASE)
"""What stands below the last document"""
_DAY = expression(r"(?<!\d)\d{1,2} [A-Z][a-z]{2} \d{4}(?!\d)")
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
    "classification": "classification", "supplement": "supplement", "e-issn": "eissn", "narrow subject": "subject",
    "year": "year", "isbn": "isbn", "url": "link", "illustrations": "graphic", "illustration": "graphic",
    "business indexing term": "business_terms", "broad subject": "broad_subject", "number of pages": "number_of_pages",
    "word count": "length", "doi": "doi", "coden": "coden", "author affiliation": "affiliation", "details": "details",
    "contact us at": "contact", "terms and conditions": "terms",
}  # fmt: skip


class _Part(NamedTuple):
    """A label with what it says, or a piece of what the label above it says."""

    key: str
    """A value of `_LABELS`; empty where there is no label"""
    lines: list[str]
    """What is said, without the label"""
    said: list[str]
    """All of it, with the label"""
    begins: bool
    """Whether a paragraph begins here"""


def _recognises(text: str) -> bool:
    return _NUMBER.search(text) is not None and (_PARTS.search(text) is not None or _TEXT.search(text) is not None)


def _articles(text: str) -> Iterator[Article | None]:
    for part in _PARTS.split(text):
        if not part.strip():
            continue
        article = _article(_parts(blocks(part)))
        yield article if article.fields.get("id") or article.text else None


def _label(line: str) -> tuple[str, str]:
    """The key of a line that begins with a label, and what stands behind it; of any other line no key and all of it."""
    if line.strip() in _HEADINGS:
        return _LABELS[line.strip().lower()], ""
    found = _LABEL.match(line)
    key = _LABELS.get(found[1].lower()) if found else None
    return (key, found[2]) if found and key else ("", line)


def _parts(paragraphs: Sequence[list[str]]) -> list[_Part]:
    """The labels of a document. Where they are lines, each begins a part; where they are paragraphs, lines in one are text."""
    keys = [[_label(line)[0] for line in paragraph] for paragraph in paragraphs]
    are_lines = any(above and below for known in keys for above, below in pairwise(known))
    parts: list[_Part] = []
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph):
            key, said = _label(line) if are_lines or not number else ("", line)
            if key or not number:
                parts.append(_Part(key, [said], [line], not number))
            else:
                parts[-1].lines.append(line)
                parts[-1].said.append(line)
    return parts


def _article(parts: Sequence[_Part]) -> Article:
    """A document. Its text goes on until the labels below it begin."""
    fields: dict[str, str] = {}
    text: list[str] = []
    rest: list[list[str]] = []
    key = ""
    numbers = texts = 0
    for at, part in enumerate(parts):
        numbers += part.key == "id"
        texts += part.key == "text"
        if part.key == "text":
            key = "text"
            text.append("\n".join(part.lines).strip())
        elif part.key and not (key == "text" and _is_text(parts, at)):
            key = part.key
            fields.setdefault(key, joined(part.lines))
        elif key == "text":
            _go_on(text, part)
        elif key and (not fields[key] or key == "abstract"):
            fields[key] = f"{fields[key]} {joined(part.lines)}".strip()
        elif at and not _OWNER.match(part.lines[0]):
            rest.append(part.lines)
    _complete(fields, parts)
    problem = left_over(rest)
    if numbers > 1 or texts > 1:
        problem = "two documents stand here: what parts them is damaged"
    elif text and not numbers:
        problem = "has no number: what parts documents is damaged"
    return Article("\n\n".join(filter(None, text)), fields, problem)


def _go_on(text: list[str], part: _Part) -> None:
    """Add a paragraph to the text, or a line to its last one. A label in it is none."""
    said = "\n".join(part.said)
    if part.begins:
        text.append(said)
    else:
        text[-1] += "\n" + said


def _is_text(parts: Sequence[_Part], at: int) -> bool:
    """Whether what looks like a label below the beginning of the text belongs to it: those that end it come in a row."""
    return at + 1 < len(parts) and not any(part.key for part in parts[at + 1 : at + 3])


def _complete(fields: dict[str, str], parts: Sequence[_Part]) -> None:
    """Say what labels do not: the title that stands above them, and outlet and day that are in the line on the publication."""
    if not fields.get("title") and parts and not parts[0].key:
        fields["title"] = joined(parts[0].lines)
    if author := fields.get("author", ""):
        fields["author"] = _turned(author)
    said = fields.get("publication_info", "")
    if outlet := (fields.get("outlet") or said).partition(";")[0].strip():
        fields["outlet"] = outlet
    if "date" not in fields and (day := _DAY.search(said)):
        fields["date"] = day[0]


def _turned(author: str) -> str:
    """Names as `Quill, Mary; Writer, Jo`, first names first."""
    names = [name.strip().rstrip(".") for name in author.split(";")]
    return ", ".join(" ".join(reversed([part.strip() for part in name.split(",", 1)])) for name in names if name)


DATABASE = Database("ProQuest", _recognises, _articles)
