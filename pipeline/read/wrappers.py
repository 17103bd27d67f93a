"""Objects that hold many records: what an API answered, a saved query, a table turned on its side.

`{"status": "ok", "articles": [{...}, {...}]}` is two records, and so is `{"text": {"0": ..., "1": ...}}`, which is how
pandas writes a table. What the record itself says, such as its own text, comes first: only an object that has no text
is looked into. Where it holds several lists of records with text, all are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import Json
from pipeline.read import fields
from pipeline.read.interface import ReadOptions

_MAX_DEPTH = 4
_MAX_FIELDS = 2000
_TELLING = ("url", "title", "date")
"""Objects that have one of these are records, though they have no text."""

_Path = tuple[str, ...]


class Found(Struct, frozen=True):
    """The records that an object holds."""

    records: list[Json]
    options: ReadOptions
    """Those that apply to them"""
    others: int = 0
    """Objects that say what records say, but have no text, in lists of which none has: they are no records beside some that
    have text"""


def unwrapped(record: Mapping[str, Json], options: ReadOptions) -> Found | None:
    """The records that an object holds; None where it is a record itself."""
    asked = dict(options.fields).get("text")
    if asked and asked not in record and "." in asked:
        return _along(record, asked, options)
    if isinstance(record.get("columns"), list) and isinstance(record.get("data"), list):
        return Found(_split_table(record["columns"], record["data"]), options)
    if turned := _turned(record, options):
        return Found(turned, options)
    if any(fields.text_field(part, options) is not None for part in fields.parts(record)):
        return None
    return _in_lists(record, options)


def _in_lists(record: Mapping[str, Json], options: ReadOptions) -> Found | None:
    """The records of all lists that have some with text, in the order in which they stand there; where no list has, those of
    the one that says most of what records say."""
    weighed = [(path, items, _weight(items, options)) for path, items in _lists(record, ())]
    by_weight = sorted(weighed, key=lambda one: one[2], reverse=True)
    if not by_weight or by_weight[0][2] == (0, 0):
        return None
    taken: set[_Path] = set()
    above: set[_Path] = set()  # what the lists taken stand in
    others = 0
    for path, _, (texts, known) in by_weight:
        # What stands in a record of a list that weighs more is part of that record.
        if path in above or any(path[:depth] in taken for depth in range(len(path) + 1)):
            continue
        if texts or not taken:
            taken.add(path)
            above.update(path[:depth] for depth in range(len(path)))
        elif by_weight[0][2][0]:
            others += known
    return Found([item for path, items, _ in weighed if path in taken for item in items], options, others)


def _along(record: Mapping[str, Json], path: str, options: ReadOptions) -> Found | None:
    """The list that a path with dots crosses: `articles.content` means the `content` of each of the `articles`."""
    value: Json = record
    names = path.split(".")
    for depth, name in enumerate(names[:-1], 1):
        value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            crossed = ".".join(names[:depth]) + "."
            rest = tuple((key, chosen.removeprefix(crossed)) for key, chosen in options.fields)
            return Found(value, replace(options, fields=rest))
    return None


def _split_table(names: Sequence[Json], rows: Sequence[Json]) -> list[Json]:
    """A table as pandas writes it with `orient="split"`."""
    keys = [str(name) for name in names]
    return [dict(zip(keys, row, strict=False)) if isinstance(row, list) else row for row in rows]


def _turned(record: Mapping[str, Json], options: ReadOptions) -> list[Json] | None:
    """A table written column by column, as pandas and `datasets` do: lists of one length, or objects of the same keys."""
    columns = list(record.values())
    if len(record) > _MAX_FIELDS or not fields.columns(tuple(record), options)["text"]:
        return None
    if all(isinstance(column, Mapping) for column in columns):
        keys = list(columns[0])
        if all(key.isdigit() for key in keys) and all(list(column) == keys for column in columns[1:]):
            return [{name: column[key] for name, column in record.items()} for key in keys]
    are_lists = len(columns) > 1 and all(isinstance(column, list) for column in columns)
    if are_lists and len({len(column) for column in columns}) == 1:
        return [dict(zip(record, row, strict=True)) for row in zip(*columns, strict=True)]
    return None


def _lists(value: Json, path: _Path) -> Iterator[tuple[_Path, list[Json]]]:
    """Every list of objects inside an object, and every object of objects as such a list; with the fields that lead to it."""
    if isinstance(value, Mapping) and len(path) < _MAX_DEPTH:
        inner = list(value.values())
        if len(inner) > 1 and all(isinstance(item, Mapping) for item in inner):
            yield path, inner
        for number, (name, item) in enumerate(value.items()):
            if number < _MAX_FIELDS or isinstance(item, list):
                yield from _lists(item, (*path, name))
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        yield path, [item.get("_source", item) if isinstance(item.get("_source"), Mapping) else item for item in value]


def _weight(items: Sequence[Json], options: ReadOptions) -> tuple[int, int]:
    """How many of the objects have text, and how many say what records say."""
    texts = known = 0
    for item in items:
        texts += any(fields.text_field(part, options) is not None for part in fields.parts(item))
        known += any(fields.columns(tuple(item), options)[key] for key in _TELLING)
    return texts, known
