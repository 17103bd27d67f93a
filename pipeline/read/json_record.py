"""One JSON record, and whether a file holds such."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Literal

import orjson

from pipeline.errors import InputError
from pipeline.model import Json, RawDocument
from pipeline.read import fields
from pipeline.read.interface import MAX_DOCUMENT, ReadOptions
from pipeline.read.opened import HEAD, as_utf8, looks_like_text

LINES = (".jsonl", ".ndjson", ".jl", ".jsonlines")
"""Suffixes of files with a record a line."""

_TEXT_FIELD = re.compile(
    rb'"(?:' + "|".join(map(re.escape, fields.FIELDS["text"])).encode() + rb')"\s*:', re.IGNORECASE
)
_ARRAY_OF_OBJECTS = re.compile(rb'\[\s*\{\s*"')
_NO_OPTIONS = ReadOptions()


def layout(head: bytes, suffix: str) -> Literal["lines", "values"] | None:
    """Whether a file that begins like this holds JSON records, one a line or otherwise.

    It does when its name says so; and whatever its name, when the first line is a record with text, or the first two
    lines are records, or it begins like an array of records with text.
    """
    named = suffix in LINES or suffix == ".json"
    text = as_utf8(head).lstrip()
    if text.startswith(b"["):
        return "values" if named or (_ARRAY_OF_OBJECTS.match(text) and _TEXT_FIELD.search(text)) else None
    if text.startswith(b"{"):
        first, newline, rest = text.partition(b"\n")
        if not newline and len(head) == HEAD and (named or _TEXT_FIELD.search(first)):
            return "lines"
        record = _quietly(first)
        if isinstance(record, dict):
            told = named or fields.text_field(record, _NO_OPTIONS) or _quietly(rest.partition(b"\n")[0]) is not None
            return "lines" if told else None
        if suffix in LINES and first.strip() != b"{":
            return "lines"
        return "values" if named else None
    if named and looks_like_text(head):
        return "lines" if suffix in LINES else "values"
    return None


def document(name: str, data: bytes, options: ReadOptions) -> RawDocument:
    """The document that a JSON record holds.

    Raises:
        InputError: `invalid-json`, `not-an-object`, `no-text`, `repeated-field` or `too-large`.
    """
    if len(data) > MAX_DOCUMENT:
        raise InputError("too-large", f"longer than {MAX_DOCUMENT >> 20} MiB")
    try:
        record, errors = orjson.loads(data), "surrogatepass"
    except orjson.JSONDecodeError:
        record, errors = _patiently(data)
    if not isinstance(record, dict):
        raise InputError("not-an-object", f"{fields.kind(record)}, not an object")
    text = fields.text_field(record, options)
    if text is not None and data.count(b'"%s"' % text.encode("utf-8", "surrogatepass")) != 1:
        record, errors = _patiently(data)
        if text in record.repeated:
            raise InputError("repeated-field", f"the field {text!r} stands there more than once")
    return fields.document(name, record, options, errors)


class _Object(dict[str, Json]):
    """A JSON object that remembers which of its fields stood there more than once."""

    def __init__(self, pairs: list[tuple[str, Json]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(self) < len(pairs) else Counter()
        self.repeated = frozenset(key for key, count in counts.items() if count > 1)


def _patiently(data: bytes) -> tuple[Json, str]:
    """Any JSON, and the error handler that makes bytes of its texts again.

    Taken as well, because writers do it: NaN and Infinity, half a surrogate pair as an escape, control characters in
    strings, integers of any length, and bytes that are not UTF-8.

    Raises:
        InputError: `invalid-json`.
    """
    try:
        text, errors = data.decode(), "surrogatepass"
    except UnicodeDecodeError:
        text, errors = data.decode("utf-8", "surrogateescape"), "surrogateescape"
    try:
        return json.loads(text, object_pairs_hook=_Object, parse_int=_integer, strict=False), errors
    except RecursionError:
        raise InputError("invalid-json", "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError("invalid-json", f"not valid JSON: {error.msg}, at character {error.pos + 1}") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 4000 else math.nan  # Python refuses longer ones


def _quietly(line: bytes) -> Json:
    try:
        return _patiently(line)[0]
    except InputError:
        return None
