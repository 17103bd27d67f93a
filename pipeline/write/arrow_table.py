"""An output as one Arrow table, whatever files it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.records import FILES
from pipeline.wording import installing, suggestion
from pipeline.write.arrow_schema import arrow_row, arrow_schema
from pipeline.write.output import Output

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 1024
"""Records made rows together"""


def read_table(out: str | Path, name: str = "documents") -> pa.Table:
    """The records of one output, such as `documents` or `passages`, as an Arrow table with the package's own schema.

    A column has one type whatever its first values are, and an output without records has its columns as well. Fields that
    hold any JSON, such as `extra`, are strings of JSON. pandas, Polars and DuckDB take it as it is.

    Raises:
        UsageError: `out` is not the output of a finished run, there is no such output, or pyarrow is not installed.
    """
    if name not in FILES:
        raise UsageError(f"no output is called {name!r}{suggestion(name, FILES)}")
    try:
        import pyarrow as pa
    except ImportError:
        raise UsageError(f"Arrow tables need a library: {installing('parquet')}") from None
    schema = arrow_schema(name)
    found = _batches(name, Output(Path(out)).records(name))
    batches = [pa.RecordBatch.from_pylist(rows, schema) for rows in found]
    return pa.Table.from_batches(batches, schema)


def _batches(name: str, records: Iterator[Any]) -> Iterator[Sequence[dict[str, Any]]]:
    """The records as dictionaries, some at a time."""
    while found := list(islice(records, _BATCH)):
        yield [arrow_row(name, record.to_dict()) for record in found]
