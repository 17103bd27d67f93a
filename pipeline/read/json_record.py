"""One JSON record, and whether a file holds such."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import orjson

from pipeline.errors import InputError
from pipeline.expression import expression
from pipeline.model import Json
from pipeline.read import cut, encodings, fields, wrappers
from pipeline.read.encodings import as_utf8, looks_like_text
from pipeline.read.interface import MAX_DOCUMENT, Item, ReadOptions, Skipped, failure, member
from pipeline.read.opened import HEAD

LINES = (".jsonl", ".ndjson", ".jl", ".jsonlines")
"""Suffixes of files with a record a line."""

_TEXT_FIELD = expression(rb'"(?:' + "|".join(map(re.escape, fields.TEXTS)).encode() + rb')"\s*:', re.IGNORECASE)
_ARRAY_OF_OBJECTS = expression(rb'\[\s*\{\s*"')
_NO_OPTIONS = ReadOptions()
_EXACT = 1 << 63
"""Integers from here on are floating-point numbers to orjson."""
_DESCRIPTIONS = (
    frozenset(("_data_files", "_fingerprint")),  # state.json
    frozenset(("features", "citation", "description")),  # dataset_info.json
)


def layout(head: bytes, suffix: str) -> Literal["lines", "values"] | None:
    """Whether a file that begins like this holds JSON records, one a line or otherwise.

    It does when its name says so; and whatever its name, when the first line is a record with text, or the first two
    lines are records, or it begins like an array of records with text.
    """
    named = suffix in LINES or suffix == ".json"
    text = as_utf8(head).lstrip()
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")  # what ends lines where nothing else does
    if text.startswith(b"["):
        return "values" if named or (_ARRAY_OF_OBJECTS.match(text) and _TEXT_FIELD.search(text)) else None
    if text.startswith(b"{"):
        first, newline, rest = text.partition(b"\n")
        if not newline and len(head) == HEAD and (named or _TEXT_FIELD.search(first)):
            return "lines"
        record = _quietly(first)
        if record is None and b"\r" in first:
            first, _, rest = text.partition(b"\r")  # where lines end in two ways
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


def items(
    name: str, data: bytes, of_file: str | None, options: ReadOptions, most: int = MAX_DOCUMENT
) -> Iterator[Item]:
    """What a JSON value gives: a document, or one for each record that it holds; and a failure for what is wrong.

    `of_file` is the encoding of the file where that is not UTF-8. `most`: bytes that the value may have.

    Raises:
        InputError: `invalid-json`, `not-an-object`, `no-text`, `empty`, `repeated-field` or `too-large`.
    """
    if len(data) > most:
        raise InputError("too-large", f"longer than {most >> 20} MiB")
    problem = None
    try:
        record = orjson.loads(data)
    except orjson.JSONDecodeError:
        decoded = encodings.decoded(data, of_file)
        problem = decoded.problem
        if problem is None and decoded.encoding not in ("utf-8", of_file):
            problem = InputError("not-utf-8", f"is not UTF-8, as JSON must be; it was read as {decoded.encoding}")
        try:
            record = _patiently(decoded.text)
        except InputError as error:
            yield from _whole(name, decoded.text, options, error)
            return
    else:
        if _has_rounded_numbers(record):
            record = _patiently(data.decode())
    if not isinstance(record, dict):
        raise InputError("not-an-object", f"{fields.kind(record)}, not an object")
    if _describes_data(record):
        yield Skipped("description of a data set")
        return
    found = wrappers.unwrapped(record, options)
    if found is None:
        yield from _record(name, record, data, options)
    else:
        yield from _records(name, found)
    if problem is not None:
        yield failure(name, problem)


def _whole(name: str, text: str, options: ReadOptions, problem: InputError) -> Iterator[Item]:
    """The records inside an object that ends too early, and a failure that names the place.

    Raises:
        InputError: `problem`, where no such object is what is wrong.
    """
    left = cut.closed(text.encode("utf-8", "surrogatepass"))
    record = _quietly(left.whole) if left is not None else None
    found = wrappers.unwrapped(record, options) if isinstance(record, dict) else None
    if left is None or found is None:
        raise problem
    yield from _records(name, found)
    place = "in" if left.is_inside else "behind"
    count = len(found.records)
    said = "the record before is read" if count == 1 else f"the {count:,} records before are read"
    message = f"the object ends {place} record {left.number:,} of its list; {said}"
    yield failure(name, InputError("truncated", message))


def _records(name: str, found: wrappers.Found) -> Iterator[Item]:
    """What the records inside an object give."""
    for number, one in enumerate(found.records):
        yield from _wrapped(member(name, number), one, found.options, number)
    for _ in range(found.others):
        yield Skipped("object without text in another list")


def _record(name: str, record: dict[str, Json], data: bytes, options: ReadOptions) -> Iterator[Item]:
    """What an object that is a record gives."""
    text = fields.text_field(record, options)
    if text is not None and data.count(b'"%s"' % text.encode("utf-8", "surrogatepass")) != 1:
        again = _patiently(data.decode("utf-8", "replace"))
        if text in again.repeated:
            raise InputError("repeated-field", f"the field {text!r} stands there more than once")
    yield from fields.items(name, record, options)


def _wrapped(name: str, record: Json, options: ReadOptions, number: int) -> Iterator[Item]:
    """What one of the records inside an object gives."""
    try:
        if not isinstance(record, dict):
            raise InputError("not-an-object", f"{fields.kind(record)}, not an object")
        yield from fields.items(name, record, options)
    except InputError as error:
        yield failure(name, InputError(error.reason, f"record {number + 1} in it: {error}"))


def _describes_data(record: Mapping[str, Json]) -> bool:
    """Whether an object is one of those that `datasets` writes beside its Arrow files."""
    return any(names <= record.keys() for names in _DESCRIPTIONS)


def _has_rounded_numbers(record: Json) -> bool:
    """Whether a number is so large that it was rounded: an identifier of 70 bits."""
    if isinstance(record, dict):
        return any(isinstance(value, float) and abs(value) >= _EXACT for value in record.values())
    return False


class _Object(dict[str, Json]):
    """A JSON object that remembers which of its fields stood there more than once."""

    def __init__(self, pairs: list[tuple[str, Json]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(self) < len(pairs) else Counter()
        self.repeated = frozenset(key for key, count in counts.items() if count > 1)


def _patiently(text: str) -> Json:
    """Any JSON. Taken as well, because writers do it: NaN and Infinity, half a surrogate pair as an escape, control
    characters in strings, integers of any length.

    Raises:
        InputError: `invalid-json`.
    """
    try:
        return json.loads(text, object_pairs_hook=_Object, parse_int=_integer, strict=False)
    except RecursionError:
        raise InputError("invalid-json", "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise InputError("invalid-json", f"not valid JSON: {error.msg}, at character {error.pos + 1}") from None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 4000 else math.nan  # Python refuses longer ones


def _quietly(line: bytes) -> Json:
    try:
        return _patiently(line.decode("utf-8", "replace"))
    except InputError:
        return None
