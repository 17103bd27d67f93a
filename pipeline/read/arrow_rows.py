"""Arrow record batches as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.model import Json
from pipeline.read import fields
from pipeline.read.interface import Item, ReadOptions, Span, failure, member

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
        message = "Parquet and Arrow files need a library: pip install 'pipeline[parquet]'"
        raise InputError("missing-library", message) from None
    return pyarrow


def errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises on a damaged file."""
    return (library().ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError)


def wanted(schema: pa.Schema, options: ReadOptions) -> list[str]:
    """The columns that documents are made of.

    Raises:
        InputError: none holds text.
    """
    candidates = fields.columns(tuple(schema.names), options)["text"]
    if not candidates:
        raise InputError("no-text", fields.no_text("column", schema.names, options))
    tops = [schema.field(fields.top(name)) for name in candidates if fields.top(name) in schema.names]
    if not any(_may_hold_text(field.type) for field in tops):
        raise InputError("no-text", f"the column {tops[0].name!r} holds {tops[0].type}, not text")
    return fields.wanted(schema.names, options)


def _may_hold_text(column: Any) -> bool:
    types = library().types
    if types.is_dictionary(column):
        column = column.value_type
    return _is_text(column) or types.is_nested(column) or "binary" in str(column)


def _is_text(column: Any) -> bool:
    types = library().types
    return bool(types.is_string(column) or types.is_large_string(column) or types.is_string_view(column))


def documents(batch: pa.RecordBatch, source: str, first: int, options: ReadOptions) -> Iterator[Item]:
    """A document for each row of a batch, whose first row has the ordinal `first`."""
    batch.validate(full=True)  # an offset beyond its buffer would otherwise crash the process
    names = batch.schema.names
    for start in range(0, batch.num_rows, _ROWS):
        values = (_values(column) for column in batch.slice(start, _ROWS).columns)
        for ordinal, row in enumerate(zip(*values, strict=True), first + start):
            name = member(source, ordinal)
            try:
                yield fields.document(name, dict(zip(names, row, strict=True)), options, "surrogateescape")
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


def _values(column: pa.Array) -> list[Json]:
    """The values of a column. Text that is not UTF-8 passes as lone surrogates."""
    if library().types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type):
        raw = column.cast(library().large_binary()).to_pylist()
        return [value if value is None else value.decode("utf-8", "surrogateescape") for value in raw]
    values: list[Json] = column.to_pylist()
    return values
