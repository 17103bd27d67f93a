"""Arrow record batches as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.model import Json
from pipeline.read import fields
from pipeline.read.encodings import decoded
from pipeline.read.interface import Item, ReadOptions, Span, failure, member
from pipeline.wording import installing

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 64
"""Rows made Python objects at a time: few, because a row may hold a book."""


def library() -> Any:
    """pyarrow.

    Raises:
        InputError: it is not installed.
    """
    try:
        import pyarrow
    except ImportError:
        message = f"Parquet and Arrow files need a library: {installing('parquet')}"
        raise InputError("missing-library", message) from None
    return pyarrow


def errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises on a damaged file."""
    return (library().ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError)


def check_text(schema: pa.Schema, options: ReadOptions) -> None:
    """Check that a column may hold text.

    Raises:
        InputError: none does.
    """
    candidates = fields.columns(tuple(schema.names), options)["text"]
    nested = [field for field in schema if library().types.is_nested(field.type) and fields.is_nested(field.name)]
    tops = [schema.field(fields.top(name)) for name in candidates if fields.top(name) in schema.names]
    if not tops and not nested:
        raise InputError("no-text", fields.no_text("column", schema.names, options))
    if not nested and not any(_may_hold_text(field.type) for field in tops):
        raise InputError("no-text", f"the column {tops[0].name!r} holds {tops[0].type}, not text")


def _may_hold_text(column: Any) -> bool:
    types = library().types
    if types.is_dictionary(column):
        column = column.value_type
    return _is_text(column) or types.is_nested(column) or "binary" in str(column)


def _is_text(column: Any) -> bool:
    types = library().types
    return bool(types.is_string(column) or types.is_large_string(column) or types.is_string_view(column))


def items(batch: pa.RecordBatch, source: str, first: int, options: ReadOptions) -> Iterator[Item]:
    """What each row of a batch gives, whose first row has the ordinal `first`."""
    batch.validate(full=True)  # an offset beyond its buffer would otherwise crash the process
    names = batch.schema.names
    for start in range(0, batch.num_rows, _ROWS):
        problems: dict[int, InputError] = {}
        columns = [_values(column, problems) for column in batch.slice(start, _ROWS).columns]
        for number, row in enumerate(zip(*columns, strict=True)):
            ordinal = first + start + number
            name = member(source, ordinal)
            try:
                yield from fields.items(name, dict(zip(names, row, strict=True)), options)
                if number in problems:
                    raise problems[number]
            except InputError as error:
                yield failure(name, InputError(error.reason, f"row {ordinal + 1}: {error}"))


def spans(name: str, groups: Iterable[tuple[int, int]], target: int) -> Iterator[Span]:
    """Parts of about `target` bytes, of groups of rows given by their rows and bytes."""
    start = first = end = rows = size = 0
    for end, (group_rows, group_size) in enumerate(groups, 1):
        rows += group_rows
        size += group_size
        if size >= target:
            yield Span(name, start, end, first)
            start, first, size = end, rows, 0
    if start < end:
        yield Span(name, start, end, first)


def _values(column: pa.Array, problems: dict[int, InputError]) -> list[Json]:
    """The values of a column. What is wrong with one of them is added to `problems`, by its row."""
    if library().types.is_dictionary(column.type):
        inside: dict[int, InputError] = {}
        words = _values(column.dictionary, inside)  # looked up here: for some types of text, pyarrow has no way to
        numbers = column.indices.to_pylist()
        problems |= {row: inside[number] for row, number in enumerate(numbers) if number in inside}
        return [None if number is None else words[number] for number in numbers]
    if not _is_text(column.type):
        plain: list[Json] = column.to_pylist()
        return plain
    texts: list[Json] = []
    for row, data in enumerate(column.cast(library().large_binary()).to_pylist()):
        found = None if data is None else decoded(data, None)
        texts.append(found and found.text)
        if found is not None and found.encoding != "utf-8":
            problems[row] = InputError("not-utf-8", f"is not UTF-8, as it must be; it was read as {found.encoding}")
        if found is not None and found.problem is not None:
            problems[row] = found.problem
    return texts
