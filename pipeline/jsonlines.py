"""The one door to JSON for records and for what is kept of them: typed values as lines of JSON, and back."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder()

Written = msgspec.Raw
"""JSON that stands in the place of a value, as it was written before"""


class JsonError(ValueError):
    """Bytes are not JSON, or not of the type that was asked for; the message says where."""


def encode(value: Any) -> bytes:
    """A value as JSON: structs, and what they are made of."""
    return _ENCODER.encode(value)


def lines(values: Iterable[Any]) -> bytes:
    """Values as JSON, each with a line feed behind it."""
    return _ENCODER.encode_lines(values)


def indented(value: Any) -> bytes:
    """A value as JSON for a reader: indented, with a line feed at its end."""
    return msgspec.json.format(_ENCODER.encode(value), indent=2) + b"\n"


def plain(value: Any) -> Any:
    """A value as dictionaries, lists, texts and numbers, as JSON has it."""
    return msgspec.to_builtins(value)


def decode(data: bytes, into: type[T]) -> T:
    """The value of type `into` that is written as JSON in `data`.

    Raises:
        JsonError: there is none.
    """
    try:
        value: T = _decoder(into).decode(data)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise JsonError(str(error)) from None
    return value


def decode_lines(data: bytes, into: type[T]) -> list[T]:
    """The values of type `into`, one a line.

    Raises:
        JsonError: a line holds none.
    """
    try:
        values: list[T] = _decoder(into).decode_lines(data)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise JsonError(str(error)) from None
    return values


def convert(value: Any, into: type[T]) -> T:
    """Dictionaries and lists as the type `into`, held to the same rules as JSON.

    Raises:
        JsonError: they are no such value.
    """
    try:
        return msgspec.convert(value, into)
    except msgspec.ValidationError as error:
        raise JsonError(str(error)) from None


def _decoder(into: Any) -> msgspec.json.Decoder[Any]:
    return _cached_decoder(into)


@cache
def _cached_decoder(into: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(into)
