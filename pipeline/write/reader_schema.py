"""The columns of an output as the libraries take them that guess types from the first lines, written in their own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.records import ALL_FILES
from pipeline.wording import installing, suggestion
from pipeline.write.arrow_schema import arrow_schema, free_fields

if TYPE_CHECKING:
    import pyarrow as pa


def text(name: str, reader: str) -> str:
    """The columns of an output, such as `documents`, for `polars`, `duckdb`, `datasets` or `arrow`, to be pasted into a
    program. Fields that hold any JSON, such as `extra`, are texts of JSON, or the reader's own type for it.

    Raises:
        UsageError: there is no such output, or pyarrow is not installed.
    """
    if name not in ALL_FILES:
        raise UsageError(f"no output is called {name!r}{suggestion(name, ALL_FILES)}")
    try:
        schema = arrow_schema(name)
    except ImportError:
        raise UsageError(f"schemas for readers need a library: {installing('parquet')}") from None
    return _WRITERS[reader](schema, free_fields(name))


def _polars(schema: pa.Schema, free: frozenset[str]) -> str:
    rows = "".join(f"    {field.name!r}: {_polars_type(field.type)},\n" for field in schema)
    return f"import polars as pl\n\nschema = {{\n{rows}}}"


def _polars_type(kind: Any) -> str:
    if _is_list(kind):
        return f"pl.List({_polars_type(kind.value_type)})"
    if _is_struct(kind):
        inner = ", ".join(f"{field.name!r}: {_polars_type(field.type)}" for field in kind)
        return f"pl.Struct({{{inner}}})"
    return {"int64": "pl.Int64", "double": "pl.Float64", "bool": "pl.Boolean", "string": "pl.String"}[str(kind)]


def _duckdb(schema: pa.Schema, free: frozenset[str]) -> str:
    rows = [f"    '{field.name}': '{'JSON' if field.name in free else _duckdb_type(field.type)}'" for field in schema]
    return "{\n" + ",\n".join(rows) + "\n}"


def _duckdb_type(kind: Any) -> str:
    if _is_list(kind):
        return f"{_duckdb_type(kind.value_type)}[]"
    if _is_struct(kind):
        inner = ", ".join(f'"{field.name}" {_duckdb_type(field.type)}' for field in kind)
        return f"STRUCT({inner})"
    return {"int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "string": "VARCHAR"}[str(kind)]


def _datasets(schema: pa.Schema, free: frozenset[str]) -> str:
    rows = "".join(
        f"    {field.name!r}: {'Json()' if field.name in free else _datasets_type(field.type)},\n" for field in schema
    )
    names = "Features, Json, List, Value" if free else "Features, List, Value"
    return f"from datasets import {names}\n\nfeatures = Features({{\n{rows}}})"


def _datasets_type(kind: Any) -> str:
    if _is_list(kind):
        return f"List({_datasets_type(kind.value_type)})"
    if _is_struct(kind):
        return "{" + ", ".join(f"{field.name!r}: {_datasets_type(field.type)}" for field in kind) + "}"
    return f"Value({ {'double': 'float64'}.get(str(kind), str(kind))!r})"


def _arrow(schema: pa.Schema, free: frozenset[str]) -> str:
    rows = "".join(f"    {_arrow_field(field)},\n" for field in schema)
    return f"import pyarrow as pa\n\nschema = pa.schema([\n{rows}])"


def _arrow_field(field: pa.Field) -> str:
    end = "" if field.nullable else ", nullable=False"
    return f"pa.field({field.name!r}, {_arrow_type(field.type)}{end})"


def _arrow_type(kind: Any) -> str:
    if _is_list(kind):
        return f"pa.list_({_arrow_field(kind.value_field)})"
    if _is_struct(kind):
        return f"pa.struct([{', '.join(map(_arrow_field, kind))}])"
    return {"int64": "pa.int64()", "double": "pa.float64()", "bool": "pa.bool_()", "string": "pa.string()"}[str(kind)]


def _is_list(kind: Any) -> bool:
    return hasattr(kind, "value_field")


def _is_struct(kind: Any) -> bool:
    return hasattr(kind, "names") and hasattr(kind, "field")


_WRITERS: Mapping[str, Callable[[Any, frozenset[str]], str]] = {
    "polars": _polars,
    "duckdb": _duckdb,
    "datasets": _datasets,
    "arrow": _arrow,
}
