"""The fields of an input record that nobody reads, as JSON can hold them: they go into the output as they stand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.model import Json

DEEPEST = 50
"""What is nested deeper is not carried over."""
_INTEGERS = range(-(1 << 63), 1 << 63)
"""What every reader takes for a whole number; a larger one is carried over as text."""


Read = dict[int, set[str]]
"""The names of the fields that are read, by the identity of the object that holds them."""


def unread(record: Mapping[str, Json], read: Read) -> dict[str, Json]:
    """The fields of a record that are not read; of an object inside it that is read in part, what is not, if anything."""
    names = read.get(id(record), set())
    found: dict[str, Json] = {}
    for name, value in record.items():
        if name in names:
            continue
        if isinstance(value, Mapping) and id(value) in read:
            if rest := unread(value, read):
                found[_text(name)] = rest
        else:
            found[_text(name)] = plain(value)
    return found


def plain(value: Any, depth: int = 0) -> Json:
    """A value as JSON can hold it: dates and decimals as text, bytes in base64, NaN and infinity as null."""
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return value if value in _INTEGERS else str(value)
        case float():
            return value if math.isfinite(value) else None
        case Mapping() | list() | tuple() if depth >= DEEPEST:
            return "(nested too deeply)"
        case Mapping():
            return {_text(str(name)): plain(inner, depth + 1) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner, depth + 1) for inner in value]
        case _:
            return msgspec.to_builtins(value, enc_hook=str)


def _text(text: str) -> str:
    """A text without lone surrogates, which no JSON in UTF-8 can hold."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
