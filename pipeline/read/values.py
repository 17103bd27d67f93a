"""What a value of a record says: text, one line of metadata, a day, a language, an address."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from msgspec import Struct

from pipeline.expression import expression
from pipeline.model import Json
from pipeline.read.encodings import paired
from pipeline.read.languages import CODES

HOLDERS = (
    "rendered", "text", "#text", "_text", "$t", "value", "@value", "_value", "content", "html", "body", "data",
    "article", "plain", "main", "original", "default", "paragraph", "paragraphs", "context", "en",
)  # fmt: skip
"""Fields of an object that stands where a text is expected: the text is in the first of these that there is."""
_NAMES = (
    "name",
    "title",
    "original",
    "main",
    "rendered",
    "displayName",
    "display_name",
    "label",
    "value",
    "#text",
    "en",
)
"""The same of an object that stands where a name or a title is expected."""
_MAX_DEPTH = 8
_TOKEN = 12
"""A list of longer strings without spaces is a list of paragraphs, not of words."""
_TAG = expression(r"</(?:p|div|h[1-6]|li|ul|ol|table|blockquote|figure|a|em|strong|span)>|<br ?/?>", re.IGNORECASE)

_ADDRESS = expression(r"[a-z][a-z0-9+.-]{1,20}://\S+|www\.\S+\.\S+", re.IGNORECASE)
_PARTIAL = expression(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_COMPACT = expression(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{6}|T\d{2,6}Z?)?")
_DOT_NET = expression(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_YEAR_LAST = expression(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) [\d:]{5,8}(?: [+-]\d{4}| [A-Z]{3,4})? (\d{4})")
"""As `ctime` and Twitter write it."""
_NOTHING = frozenset(("null", "none", "nan", "nat", "undefined", "\\n", "0000-00-00", "0000-00-00 00:00:00"))
"""What programs write in lower or upper case where there is no value."""
_EPOCH = expression(r"-?\d{9,19}(?:\.\d+)?")
_EPOCH_RANGE = (-(1 << 31), 4_102_444_800)  # 1901 to 2100, in seconds


class Text(Struct, frozen=True):
    """The text that a value holds."""

    text: str | bytes
    is_html: bool = False
    """Whether its parts are certainly HTML."""


def text(value: Json) -> Text | None:
    """The text of a value: a string, bytes, a list of paragraphs, or an object that holds one of them; None of others."""
    if isinstance(value, bytes):
        return Text(value)
    return _text(value, 0)


def _text(value: Json, depth: int) -> Text | None:
    if isinstance(value, str):
        return Text(value)
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        found = (_text(value[name], depth + 1) for name in HOLDERS if name in value)
        return next((one for one in found if one is not None and one.text), None)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        parts = [one for item in value if (one := _text(item, depth + 1)) is not None]
        return _joined([str(part.text) for part in parts if part.text], depth) if parts else None
    return None


def _joined(parts: list[str], depth: int) -> Text:
    """Paragraphs parted by blank lines; sentences of a paragraph, and words, by spaces."""
    if any(_TAG.search(part) for part in parts):
        return Text("\n".join(part if part.lstrip().startswith("<") else f"<p>{part}</p>" for part in parts), True)
    words = len(parts) > 1 and all(len(part) <= _TOKEN and " " not in part for part in parts)
    return Text((" " if depth or words else "\n\n").join(parts))


def line(value: Json) -> str | None:
    """A value, or those of a list, as one line of text; None where it is none."""
    return _line(value, 0)


def _line(value: Json, depth: int) -> str | None:
    if isinstance(value, list | tuple):
        parts = (_line(item, depth + 1) for item in value if not isinstance(item, list) and depth < 2)
        return ", ".join(dict.fromkeys(filter(None, parts))) or None
    if isinstance(value, Mapping):
        if depth > 2:
            return None
        found = (_line(value[name], depth + 1) for name in (*_OIDS, *_NAMES) if name in value)
        return next(filter(None, found), None)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else str(value)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or value.strip().lower() in _NOTHING:
        return None
    return " ".join(paired(value)[0].split()) or None


_OIDS = ("$oid", "$numberLong", "$numberInt", "$date")
"""How MongoDB writes what JSON has no type for."""


def address(value: Json) -> str | None:
    """A value that is an address on the web, else None."""
    found = line(value)
    return found if found and _ADDRESS.match(found) else None


def day(value: Json) -> str | None:
    """When something was published, in ISO 8601 where the value says it in numbers, else as it stands there.

    Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970; a year alone is a year.
    """
    if isinstance(value, Mapping):
        names = ("$date", "$numberLong", "iso", "utc", "date", "value", "datetime", "published", "timestamp")
        return next((found for name in names if name in value and (found := day(value[name]))), None)
    if isinstance(value, list | tuple):
        if len(value) in (3, 6, 7, 9) and all(type(part) is int for part in value):  # time.struct_time
            return _civil(*value[:3])
        return next((found for item in value if (found := day(item))), None)
    said = line(value)
    if said is None or not any(map(str.isdigit, said)):
        return None
    if written := _DOT_NET.fullmatch(said):
        said = written[1]
    if written := _YEAR_LAST.fullmatch(said):
        return f"{written[2]} {written[1]} {written[3]}"
    if _PARTIAL.fullmatch(said):
        return said
    if compact := _COMPACT.fullmatch(said):
        return _civil(*map(int, compact.groups()))
    if _EPOCH.fullmatch(said):
        return _epoch(float(said))
    return said


def _civil(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def _epoch(seconds: float) -> str | None:
    for _ in range(4):
        if _EPOCH_RANGE[0] <= seconds <= _EPOCH_RANGE[1]:
            return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
        seconds /= 1000
    return None


@cache
def language(name: str) -> str | None:
    """The language of a code or a name in English or its own: `en-GB`, `eng_Latn`, `ENGLISH`, `Deutsch; German`."""
    for word in re.split(r"[;,/|()]+", name.lower()):
        word = word.strip()
        code = re.fullmatch(r"([a-z]{2})(?:[-_].*)?", word)
        if code:
            return code[1]
        found = CODES.get(word) or CODES.get(re.split(r"[-_]", word)[0])
        if found:
            return found
    return None
