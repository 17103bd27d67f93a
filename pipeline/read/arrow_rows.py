"""Arrow record batches as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.model import Json
from pipeline.read import arrow_values, fields
from pipeline.read.arrow_values import errors, is_text, library
from pipeline.read.interface import Item, ReadOptions, Span, failure, member
from pipeline.read.names import distinct

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 64
"""Rows made Python objects at a time: few, because a row may hold a book."""
_FEW = 8
"""Of so many rows, odd values of one column are told one by one."""


def check_text(schema: pa.Schema, options: ReadOptions) -> None:
    """Check that a column may hold text.

    Raises:
        InputError: none does.
    """
    kinds = dict(zip(distinct(schema.names), schema.types, strict=True))
    candidates = fields.columns(tuple(kinds), options)["text"]
    nested = [name for name, kind in kinds.items() if library().types.is_nested(kind) and fields.is_nested(name)]
    tops = [top for name in candidates if (top := name if name in kinds else fields.top(name)) in kinds]
    if not tops and not nested:
        raise InputError("no-text", fields.no_text("column", tuple(kinds), options))
    if not nested and not any(_may_hold_text(kinds[top]) for top in tops):
        raise InputError("no-text", f"the column {tops[0]!r} holds {kinds[tops[0]]}, not text")


def _may_hold_text(column: Any) -> bool:
    types = library().types
    if types.is_dictionary(column):
        column = column.value_type
    return is_text(column) or types.is_nested(column) or "binary" in str(column)


def items(batch: pa.RecordBatch, source: str, first: int, options: ReadOptions) -> Iterator[Item]:
    """What each row of a batch gives, whose first row has the ordinal `first`.

    Raises:
        InputError: the text is damaged.
    """
    names = tuple(distinct(batch.schema.names))
    texts = {name if name in names else fields.top(name) for name in fields.columns(names, options)["text"]}
    columns: list[pa.Array | None] = []
    for name, column in zip(names, batch.columns, strict=True):
        try:
            arrow_values.check(column)
            columns.append(arrow_values.readable(column))
        except errors() as error:
            if name in texts:
                raise
            message = f"the column {name!r} of rows {first + 1} to {first + batch.num_rows} cannot be read: {error}"
            yield failure(member(source, first), InputError("damaged", message))
            columns.append(None)
    for start in range(0, batch.num_rows, _ROWS):
        end = min(start + _ROWS, batch.num_rows)
        problems: dict[int, list[InputError]] = {}
        values = [
            _values(column, start, end, name, name in texts, problems)
            for name, column in zip(names, columns, strict=True)
        ]
        for number, row in enumerate(zip(*values, strict=True)):
            ordinal = first + start + number
            name = member(source, ordinal)
            try:
                yield from fields.items(name, dict(zip(names, row, strict=True)), options)
            except InputError as error:
                yield failure(name, InputError(error.reason, f"row {ordinal + 1}: {error}"))
            for problem in problems.get(number, ()):
                yield failure(name, InputError(problem.reason, f"row {ordinal + 1}: {problem}"))


def _values(
    column: pa.Array | None, start: int, end: int, name: str, each: bool, problems: dict[int, list[InputError]]
) -> list[Json]:
    """The values of some rows of a column. What is wrong with them is added to `problems`, by row: `each`, or one for
    all where there are many."""
    if column is None:
        return [None] * (end - start)
    odd: arrow_values.Odd = {}
    found = arrow_values.values(column.slice(start, end - start), odd)
    for number, (row, problem) in enumerate(sorted(odd.items())):
        if each:
            problems.setdefault(row, []).append(problem)
        elif number == 0 or len(odd) <= _FEW:
            more = f"; likewise in {len(odd) - 1} of the next {end - start - row - 1} rows" if len(odd) > _FEW else ""
            told = InputError(problem.reason, f"the column {name!r} {problem}{more}")
            problems.setdefault(row, []).append(told)
    return found


def unknown_zones(schema: pa.Schema, source: str) -> Iterator[Item]:
    """A failure for each column with a time zone that this machine does not know, told once for a file."""
    for name, kind in zip(distinct(schema.names), schema.types, strict=True):
        if library().types.is_timestamp(kind) and arrow_values.readable_type(kind) != kind:
            message = f"the column {name!r} is in the time zone {kind.tz!r}, which is not known here; its times are kept in UTC"
            yield failure(source, InputError("odd-value", message))


def is_whole(batch: pa.RecordBatch) -> bool:
    """Whether no column of a batch is damaged.

    Raises:
        ArrowException: one is.
    """
    for column in batch.columns:
        arrow_values.check(column)
    return True


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
