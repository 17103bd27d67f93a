"""Which field of a record is the document's text, and which say what is known of it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from pipeline import memo, toml_file
from pipeline.errors import InputError, UsageError
from pipeline.expression import expression
from pipeline.model import DECODED, Json, Metadata, RawDocument
from pipeline.read import extra, values
from pipeline.read.encodings import paired
from pipeline.read.interface import HTML, TEXT, Item, ReadOptions, failure

FIELDS: Mapping[str, tuple[str, ...]] = {
    key: tuple(names.split())
    for key, names in {
        "text": "text content body html raw_content raw_html html_content article article_body articlebody maintext"
        " main_text full_text fulltext page_content plain_text markdown document story message bodytext body_text"
        " content_html content_text html_body body_html cleaned_text clean_text extracted_text article_text story_text"
        " text_content textcontent selftext raw_text contents paragraphs blocks sentences lead_paragraph"
        " tweet tweet_text full_tweet review review_text reviewtext review_body comment comment_text comment_body post_text"
        " post_content post_body post transcript speech",
        "id": "id doc_id docid document_id article_id uuid _id guid uri @id stories_id",
        "url": "url uri link source_url page_url web_url weburl article_url articleurl target_uri warc-target-uri"
        " canonical_url canonical_link permalink original_url requested_url responded_url source-url guid @id source",
        "date": "date created published date_published datepublished published_at publishedat pubdate publish_date"
        " published_date publication_date publicationdate pub_date date_publish webpublicationdate publishdate"
        " publisheddate published_time published_on first_published datetime date_time created_at createdat post_date"
        " timestamp tweet_date posted_at posted",
        "title": "title headline webtitle article_title news_title title_page subject",
        "author": "author authors byline creator author_name authorname user_name username screen_name user writer reporter"
        " journalist",
        "language": "language lang language_code inlanguage meta_lang warc-identified-content-language identification",
        "agency": "agency",
        "outlet": "outlet sitename site_name site_full publication publication_title newspaper media_name publisher source",
        "section": "section section_name sectionname articlesection section_title",
    }.items()
}
"""What the fields of a record may be called, the likeliest first. Capitals make no difference, nor what parts words. Names of
other languages than English stand in pipeline/data/fields.toml; they are asked after these."""

NESTED = (
    *("metadata", "meta", "meta_data", "warc_headers", "warc", "fields", "_source", "thread", "attributes", "info"),
    *("row", "doc", "document", "article", "story", "post", "item", "data"),
)
"""Objects inside a record that hold more of the same."""
_MARKUP = frozenset(("html", "raw_html", "html_content", "content_html", "html_body", "body_html"))
_MAX_LITERAL = 1 << 16
_BY = expression(r"by:?\s+(?=\S)", re.IGNORECASE)


def chosen(pairs: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Fields as command lines write them, as pattern, key and field: `text=body`, or `*.csv:text=article` for some files.

    Raises:
        UsageError: a pair is not of that form.
    """
    found: list[tuple[str, str, str]] = []
    for pair in pairs:
        before, equals, name = pair.partition("=")
        pattern, _, key = before.rpartition(":")
        if key not in FIELDS or not equals or not name:
            raise UsageError(f"`fields` has {pair!r}; write KEY=NAME, where KEY is one of {', '.join(FIELDS)}")
        found.append((pattern, key, name))
    return tuple(found)


@memo.of_short_texts(4096)
def _folded(name: str) -> str:
    """A name as it is compared: `Full Text`, `full-text` and `full_text` are one."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


_MAX_NAMES = 10_000
"""Characters of all names of a record for which it is remembered which field is what"""


def _in_all_languages() -> Mapping[str, tuple[str, ...]]:
    """The names of fields as they are compared, the English ones first."""
    data = toml_file.data("fields.toml")
    return {
        key: tuple(dict.fromkeys(map(_folded, (*names, *chain.from_iterable(data.get(key, {}).values())))))
        for key, names in FIELDS.items()
    }


_FOLDED = _in_all_languages()
TEXTS = tuple(dict.fromkeys((*FIELDS["text"], *_FOLDED["text"])))
"""What the text of a record may be called, in all languages"""


def columns(names: tuple[str, ...], options: ReadOptions) -> Mapping[str, tuple[str, ...]]:
    """For each key, the fields among `names` that may hold it, the likeliest first."""
    may_come_again = sum(map(len, names)) <= _MAX_NAMES
    return _columns(names, options) if may_come_again else _columns.__wrapped__(names, options)


@lru_cache(maxsize=1024)
def _columns(names: tuple[str, ...], options: ReadOptions) -> Mapping[str, tuple[str, ...]]:
    folded = {_folded(name): name for name in reversed(names)}
    found = {key: tuple(folded[name] for name in known if name in folded) for key, known in _FOLDED.items()}
    return found | {key: (name,) if name in names or top(name) in names else () for key, name in options.fields}


def text_field(record: Mapping[str, Json], options: ReadOptions) -> str | None:
    """The field of a record that is its text: the first that holds one, or is one though it be empty; None where none is."""
    empty = None
    for name in columns(tuple(record), options)["text"]:
        found = values.text(_get(record, name))
        if found is not None and found.text.strip():
            return name
        if found is not None and empty is None:
            empty = name
    return empty


def items(name: str, record: Mapping[str, Json], options: ReadOptions) -> Iterator[Item]:
    """The document that a record holds, and a failure where its text has what no text can.

    Raises:
        InputError: `no-text` or `empty`.
    """
    all_parts = tuple(parts(record))
    for part in all_parts:
        chosen = text_field(part, options)
        found = values.text(_get(part, chosen)) if chosen is not None else None
        if chosen is not None and found is not None and found.text.strip():
            break
    else:
        raise _without_text(record, options)
    read: extra.Read = {id(part): {chosen}}
    known = _known(all_parts, options, read)
    if _folded(chosen) in _MARKUP or found.is_html:
        known["media_type"] = HTML
    elif "schema_version" in record and ("blocks" in record or "paragraphs" in record):
        # A document of ours, of this schema or of the first: its text is extracted already.
        known["media_type"] = TEXT
        read[id(record)] = set(record)
    rest = extra.unread(record, read)
    if isinstance(found.text, bytes):
        yield RawDocument(name, found.text, known, rest)
        return
    text, problem = paired(found.text)
    yield RawDocument(name, text.encode(), known | {"charset": DECODED}, rest)
    if problem is not None:
        yield failure(name, problem)


@memo.of_short_texts(4096)
def is_nested(name: str) -> bool:
    """Whether an object of this name holds more of what the record says."""
    return _folded(name) in NESTED


def parts(record: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """The record, and the objects inside it that hold more of the same, the outer ones first."""
    level: list[Mapping[str, Json]] = [record]
    for _ in range(3):
        yield from level
        level = [
            inner for part in level for name, value in part.items() if is_nested(name) and (inner := _object(value))
        ]


def _object(value: Json) -> Mapping[str, Json] | None:
    """A value as an object: also one written as a string, and one written as a list of keys and values."""
    if isinstance(value, str) and value.startswith("{") and len(value) < _MAX_LITERAL:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = _literal(value)
    if isinstance(value, list | tuple) and value:
        pairs = [_pair(item) for item in value]
        value = dict(pair for pair in pairs if pair) if all(pairs) else None
    return value if isinstance(value, Mapping) and value else None


def _pair(item: Json) -> tuple[str, Json] | None:
    """An entry of a map as Arrow gives it, or as Spark and Avro write it in JSON."""
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
        return item
    if isinstance(item, Mapping) and item.keys() == {"key", "value"} and isinstance(item["key"], str):
        return item["key"], item["value"]
    return None


def _literal(text: str) -> Json:
    """What Python's `repr` wrote."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _author(value: Json) -> str | None:
    """Names. A number is that of a row in some table of authors."""
    if isinstance(value, int | float):
        return None
    if isinstance(value, str) and value.startswith(("['", '["')) and len(value) < _MAX_LITERAL:
        value = _literal(value) or value
    said = values.line(value)
    return _BY.sub("", said, count=1) if said and _BY.match(said) else said


def _language(value: Json) -> str | None:
    said = values.line(value)
    return values.language(said) if said else None


def _outlet(value: Json) -> str | None:
    """The name of what published it. A mere `source` may be an address or the name of a data set."""
    said = values.line(value)
    return None if said is None or values.address(said) or "/" in said or said.islower() else said


_READERS: Mapping[str, Callable[[Json], str | None]] = {
    "url": values.address,
    "date": values.day,
    "author": _author,
    "language": _language,
    "outlet": _outlet,
}
"""How the value of a key is read; the others are lines as they stand there."""


_STRICT = frozenset(("url", "outlet"))
"""Keys whose values are looked at: a field of such a name may hold something else."""
_CARRIED = frozenset(("id", *Metadata.__struct_fields__))
"""Keys whose values the output has. Fields that hold others count as not read."""


def _known(all_parts: Sequence[Mapping[str, Json]], options: ReadOptions, read_names: extra.Read) -> dict[str, str]:
    """What a record and the objects inside it say of the document, by key; the fields that say it join `read_names`."""
    known: dict[str, str] = {}
    asked = {key for key, _ in options.fields}
    for part in all_parts:
        for key, names in columns(tuple(part), options).items():
            if not names or key == "text" or key in known:
                continue
            # what the user names is taken as it is
            read = values.line if key in _STRICT and key in asked else _READERS.get(key, values.line)
            for name in names:
                if found := read(_get(part, name)):
                    known[key] = found
                    if key in _CARRIED:
                        read_names.setdefault(id(part), set()).add(name)
                    break
    return known


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


def _without_text(record: Mapping[str, Json], options: ReadOptions) -> InputError:
    """Why a record gives no document."""
    if (name := text_field(record, options)) is not None:
        return InputError("empty", f"the field {name!r} is empty")
    if present := columns(tuple(record), options)["text"]:
        return InputError("no-text", f"the field {present[0]!r} holds {kind(_get(record, present[0]))}, not text")
    return InputError("no-text", no_text("field", tuple(record), options))


def no_text(what: str, names: Sequence[str], options: ReadOptions) -> str:
    """That none of these fields, or columns, is the text."""
    asked = dict(options.fields).get("text")
    there = ", ".join(map(repr, names[:20])) or "none"
    if asked:
        taken = columns(tuple(names), ReadOptions())["text"]
        advice = f"; without --field, {taken[0]!r} is the text" if taken else ""
    elif columns(tuple(names), options)["url"]:
        advice = "; it lists addresses: fetch the pages, and clean those"
    else:
        advice = "; --field text=NAME chooses one" if names else ""
    return f"no {what} {repr(asked) if asked else 'with text'}; there are {there}{advice}"


def kind(value: Json) -> str:
    """What a value is, in words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = {str: "a string", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, Mapping) else type(value).__name__)
