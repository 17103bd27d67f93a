"""Parquet, by pyarrow: a record a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import InputError
from pipeline.read import arrow_rows, arrow_values
from pipeline.read.interface import Format, Item, ReadOptions, Span, failure, member
from pipeline.read.opened import Opened

NAME = "parquet"
_BATCH = 64
"""Rows decoded at a time: few, because a row may hold a book."""


def recognises(head: bytes, suffix: str) -> bool:
    """Whether the file begins like Parquet."""
    return head.startswith(b"PAR1")


def read(opened: Opened, span: Span | None, options: ReadOptions) -> Iterator[Item]:
    """A document for each row. Of a damaged row group, what stands before the damage.

    Raises:
        InputError: the file is damaged as a whole, or no column holds text.
    """
    file, groups = _file(opened)
    arrow_rows.check_text(file.schema_arrow, options)
    ordinal = 0 if span is None else span.first
    if span is None or span.start == 0:
        yield from arrow_rows.unknown_zones(file.schema_arrow, opened.source)
    for group in range(len(groups)) if span is None else range(span.start, span.end):
        end = ordinal + groups[group].num_rows
        try:
            for batch in file.iter_batches(_BATCH, row_groups=[group], use_threads=False):
                yield from arrow_rows.items(batch, opened.source, ordinal, options)
                ordinal += batch.num_rows
            problem = "it says there are more rows" if ordinal < end else None
        except arrow_values.errors() as error:
            problem = str(error)
        if problem:
            message = f"rows {ordinal + 1} to {end} cannot be read: {problem}"
            yield failure(member(opened.source, ordinal), InputError("damaged", message))
        ordinal = end


def split(opened: Opened, target: int, options: ReadOptions) -> Iterator[Span]:
    """Parts of whole row groups."""
    try:
        file, groups = _file(opened)
        arrow_rows.check_text(file.schema_arrow, options)
    except InputError:
        return
    yield from arrow_rows.spans(NAME, ((group.num_rows, group.total_byte_size) for group in groups), target)


def _file(opened: Opened) -> tuple[Any, list[Any]]:
    """The file, and what it says of its row groups."""
    arrow_values.library()
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(
            opened.seekable_content(), buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True
        )
        return file, [file.metadata.row_group(group) for group in range(file.num_row_groups)]
    except arrow_values.errors() as error:
        raise InputError("damaged", f"no whole Parquet file: {error}") from None


FORMAT = Format(NAME, recognises, read, split)
