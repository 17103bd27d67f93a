"""Which field of a record is the document's text, and which say what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from pipeline.errors import InputError, UsageError
from pipeline.model import Json, RawDocument
from pipeline.read.interface import HTML, TEXT, ReadOptions

FIELDS: Mapping[str, tuple[str, ...]] = {
    key: tuple(names.split())
    for key, names in {
        "text": "text content body html raw_content raw_html html_content article article_body articlebody maintext"
        " main_text full_text fulltext page_content plain_text markdown document story message",
        "id": "id doc_id docid document_id uuid _id",
        "url": "url uri link source_url page_url target_uri warc-target-uri canonical_url permalink",
        "date": "date created published date_published datepublished published_at publishedat pubdate publish_date"
        " published_date publication_date pub_date date_publish",
        "title": "title headline",
        "author": "author authors byline creator",
        "language": "language lang language_code",
        "agency": "agency",
    }.items()
}
"""What the fields of a record may be called, the likeliest first. Capitals make no difference."""

_NESTED = ("metadata", "meta")
"""Objects inside a record that hold more of the same."""
_MARKUP = frozenset(("html", "raw_html", "html_content"))


def chosen(pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`ReadOptions.fields` as command lines write them: `text=article_body`.

    Raises:
        UsageError: a pair is not of that form.
    """
    found: list[tuple[str, str]] = []
    for pair in pairs:
        key, equals, name = pair.partition("=")
        if key not in FIELDS or not equals or not name:
            raise UsageError(f"field {pair!r}: write KEY=NAME, where KEY is one of {', '.join(FIELDS)}")
        found.append((key, name))
    return tuple(found)


@lru_cache(maxsize=1024)
def columns(names: tuple[str, ...], options: ReadOptions) -> Mapping[str, tuple[str, ...]]:
    """For each key, the fields among `names` that may hold it, the likeliest first."""
    folded = {name.strip().lower(): name for name in reversed(names)}
    found = {key: tuple(folded[name] for name in known if name in folded) for key, known in FIELDS.items()}
    return found | {key: (name,) if name in names or top(name) in names else () for key, name in options.fields}


def wanted(names: Sequence[str], options: ReadOptions) -> list[str]:
    """The fields among `names` that a document is made of, in their order."""
    found = {name for candidates in columns(tuple(names), options).values() for name in candidates}
    found |= {top(name) for name in found}
    return [name for name in names if name in found or name in _NESTED]


def text_field(record: Mapping[str, Json], options: ReadOptions) -> str | None:
    """The field of a record that is its text; None where none is."""
    candidates = columns(tuple(record), options)["text"]
    return next((name for name in candidates if isinstance(_get(record, name), str | bytes)), None)


def document(name: str, record: Mapping[str, Json], options: ReadOptions, errors: str = "surrogatepass") -> RawDocument:
    """The document that a record holds.

    A text may have lone surrogates, for what its container says that no text can: with the `errors` of Python's codecs
    it becomes bytes again, and decoding tells what is wrong with them.

    Raises:
        InputError: `no-text`.
    """
    chosen = text_field(record, options)
    if chosen is None:
        raise InputError("no-text", _why_not(record, options))
    fields: dict[str, str] = {}
    for part in (record, *(record[name] for name in _NESTED if isinstance(record.get(name), Mapping))):
        for key, names in columns(tuple(part), options).items():
            if key != "text" and key not in fields:
                value = next((value for name in names if (value := _plain(_get(part, name)))), None)
                if value:
                    fields[key] = value
    text = _get(record, chosen)
    if isinstance(text, str):
        text, charset = _encoded(text, errors)
        if charset:
            fields["charset"] = charset
    if chosen.lower() in _MARKUP:
        fields["media_type"] = HTML
    elif "schema_version" in record and "paragraphs" in record:  # a document of ours: its text is extracted already
        fields["media_type"] = TEXT
    return RawDocument(name, text, fields)


def _encoded(text: str, errors: str) -> tuple[bytes, str | None]:
    try:
        return text.encode(), "utf-8"
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", errors), "utf-8" if errors == "surrogatepass" else None
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass"), "utf-8"


def _get(record: Mapping[str, Json], name: str) -> Json:
    """A field; where there is none of this name, its dots lead into nested objects."""
    if name in record:
        return record[name]
    value: Json = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def top(name: str) -> str:
    """The field of a record that a name with dots begins at."""
    return name.partition(".")[0]


def _plain(value: Json) -> str | None:
    """A value, or those of a list, as one line of text; None where it is none."""
    if isinstance(value, list):
        return ", ".join(plain for item in value if not isinstance(item, list) and (plain := _plain(item))) or None
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return None
    return " ".join(value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").split()) or None


def _why_not(record: Mapping[str, Json], options: ReadOptions) -> str:
    if present := columns(tuple(record), options)["text"]:
        return f"the field {present[0]!r} holds {kind(_get(record, present[0]))}, not text"
    return no_text("field", tuple(record), options)


def no_text(what: str, names: Sequence[str], options: ReadOptions) -> str:
    """That none of these fields, or columns, is the text."""
    asked = dict(options.fields).get("text")
    there = ", ".join(map(repr, names[:20])) or "none"
    return f"no {what} {repr(asked) if asked else 'with text'}; there are {there}"


def kind(value: Json) -> str:
    """What a value is, in words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = {str: "a string", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, Mapping) else type(value).__name__)
