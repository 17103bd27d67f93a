"""The columns of the outputs as Arrow has them, made of the structs of the records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import inspect

from pipeline import jsonlines
from pipeline.records import ALL_FILES

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def free_fields(name: str) -> frozenset[str]:
    """The fields of an output that hold any JSON object, such as `extra`. A column holds them as a string of JSON."""
    return frozenset(
        field.name for field in fields_of(ALL_FILES[name]) if isinstance(bare(field.type)[0], inspect.DictType)
    )


def arrow_row(name: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of an output, as a dictionary of dictionaries, with its free fields as strings of JSON."""
    return {**record, **{field: jsonlines.encode(record[field]).decode() for field in free_fields(name)}}


@cache
def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of one output. Types that every engine has: int64, double, bool, string, list, struct."""
    import pyarrow as pa

    return pa.schema([_column(field) for field in fields_of(ALL_FILES[name])])


def fields_of(cls: type) -> tuple[inspect.Field, ...]:
    """The fields of a struct or dataclass."""
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType | inspect.DataclassType)
    return found.fields


def _column(field: inspect.Field) -> pa.Field:
    import pyarrow as pa

    kind, is_nullable = bare(field.type)
    return pa.field(field.name, _arrow_type(kind), is_nullable)


def bare(kind: inspect.Type) -> tuple[inspect.Type, bool]:
    """A type without what is annotated to it and without null, and whether it may be null."""
    if isinstance(kind, inspect.Metadata):
        return bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        (other,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
        return bare(other)[0], True
    return kind, False


def _arrow_type(kind: inspect.Type) -> pa.DataType:
    import pyarrow as pa

    match kind:
        case inspect.IntType():
            return pa.int64()
        case inspect.FloatType():
            return pa.float64()
        case inspect.BoolType():
            return pa.bool_()
        case inspect.LiteralType(values=values) if isinstance(values[0], int):
            return pa.int64()
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            inner, is_nullable = bare(item)
            return pa.list_(pa.field("element", _arrow_type(inner), is_nullable))
        case inspect.StructType(fields=fields) | inspect.DataclassType(fields=fields):
            return pa.struct([_column(field) for field in fields])
        case inspect.StrType() | inspect.LiteralType() | inspect.DictType():
            return pa.string()
        case other:
            raise TypeError(f"no column holds {other}")
