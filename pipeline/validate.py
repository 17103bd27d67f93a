"""Values that a user wrote, held against a typed class.

What is wrong is one sentence that names the key, what its value must be, and what it is. What it must be is read off the
type, so a constraint stands in one place: `Annotated[float, Meta(gt=0, le=1)]` is `a number above 0 and up to 1`. Where a
type does not say enough, the `title` in its `Meta` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from inspect import Parameter, signature
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from pipeline.errors import UsageError
from pipeline.wording import suggestion


class BadKeyError(UsageError):
    """A key, or its value, is wrong. The message names it; whoever has the file adds where it stands."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        """With dots where it stands in a table: `phrases.en`."""


_SHOWN_CHARS = 60
"""A longer value is shown by its beginning."""
_NAMES: Mapping[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
_PLURALS: Mapping[Any, str] = {int: "whole numbers", float: "numbers", str: "texts"}
_BOUNDS = (("gt", "above {:,}"), ("ge", "of {:,} or more"), ("lt", "below {:,}"), ("le", "up to {:,}"))


@cache
def field_types(cls: type) -> dict[str, Any]:
    """The fields of a struct or dataclass in their order, each with its type as it is annotated."""
    hints = get_type_hints(cls, include_extras=True)
    return {name: hints[name] for name in signature(cls).parameters}


@cache
def _required(cls: type) -> tuple[str, ...]:
    """The fields without a default."""
    parameters = signature(cls).parameters.values()
    return tuple(parameter.name for parameter in parameters if parameter.default is Parameter.empty)


def check_keys(values: Mapping[str, Any], cls: type) -> None:
    """Check that each key of `values` is a field of `cls`, and that there is one for each field without a default.

    Raises:
        BadKeyError: a key is unknown, with the one that was probably meant; or one is missing.
    """
    fields = field_types(cls)
    for name in values:
        if name not in fields:
            raise BadKeyError(name, f"unknown key `{name}`{suggestion(name, fields)}")
    for name in _required(cls):
        if name not in values:
            raise BadKeyError(name, f"needs `{name}`, {expected(fields[name])}")


def converted(name: str, value: Any, wanted: Any) -> Any:
    """Return `value`, which stands under the key `name`, as the type `wanted`: a list as a tuple, an int as a float.

    Raises:
        BadKeyError: it is no such value; of a list or a table, the item that is none.
    """
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        for inner, item, kind in _items(name, value, wanted):
            converted(inner, item, kind)
        raise BadKeyError(name, f"`{name}` is {shown(value)}; it must be {expected(wanted)}") from None


def expected(wanted: Any) -> str:
    """What a value of the type `wanted` is, in words."""
    plain, meta = unwrapped(wanted)
    origin, arguments = get_origin(plain), get_args(plain)
    if meta.title:
        return meta.title
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return "a table"
    if origin is Literal:
        return one_of(arguments)
    if origin is not None:
        items = arguments[0] if origin is tuple else arguments[1]
        plural = _PLURALS.get(unwrapped(items)[0], f"items, each {expected(items)}")
        return f"a {'list' if origin is tuple else 'table'} of {plural}"
    limits = [words.format(getattr(meta, key)) for key, words in _BOUNDS if getattr(meta, key) is not None]
    return " ".join((_NAMES[plain], " and ".join(limits))).rstrip()


def unwrapped(wanted: Any) -> tuple[Any, Meta]:
    """A type without what is annotated to it and without None, and what is annotated; where there is nothing, an empty one."""
    if get_origin(wanted) is Annotated:
        inner, meta = get_args(wanted)
        return unwrapped(inner)[0], meta
    if get_origin(wanted) in (Union, UnionType):
        return unwrapped(*(kind for kind in get_args(wanted) if kind is not NoneType))
    return wanted, Meta()


def one_of(choices: Iterable[Any]) -> str:
    """The choices, as a sentence names them."""
    *others, last = [shown(choice) for choice in choices]
    return f"{', '.join(others)} or {last}" if others else last


def shown(value: Any) -> str:
    """A value as a message shows it: as it is written in JSON, a long one cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _items(name: str, value: Any, wanted: Any) -> Iterator[tuple[str, Any, Any]]:
    """(name, value, type) of what a list or table holds, where a list or table is wanted."""
    plain, _ = unwrapped(wanted)
    arguments = get_args(plain)
    if get_origin(plain) is tuple and isinstance(value, list):
        yield from ((f"{name}[{number}]", item, arguments[0]) for number, item in enumerate(value))
    elif get_origin(plain) not in (None, tuple, Literal) and isinstance(value, dict):
        yield from ((f"{name}.{key}", item, arguments[1]) for key, item in value.items())
