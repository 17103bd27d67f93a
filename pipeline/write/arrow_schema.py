"""The columns of the outputs as Arrow has them, made of the structs of the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT, Struct, inspect

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
    """A record of an output, as a dictionary of dictionaries, with its free fields as strings of JSON. What JSON leaves out is
    there, but for nulls below the record's own fields."""
    free = {field: jsonlines.encode(record[field]).decode() for field in free_fields(name)}
    return {**_filled(record, ALL_FILES[name]), **free}


def _filled(value: Mapping[str, Any], cls: type) -> dict[str, Any]:
    defaults, inner = _left_out(cls)
    found = {**defaults, **value}
    for name, kind in inner:
        found[name] = [_filled(one, kind) for one in found[name]]
    return found


@cache
def _left_out(cls: type) -> tuple[Mapping[str, Any], Sequence[tuple[str, type]]]:
    """Of a struct: what its fields are where JSON leaves them out, but for null; and its lists of structs that have some."""
    fields = fields_of(cls)
    stated = {field.name: field.default for field in fields if field.default not in (NODEFAULT, None)}
    defaults = {name: list(value) if isinstance(value, tuple) else value for name, value in stated.items()}
    inner: list[tuple[str, type]] = []
    for field in fields:
        kind, _ = bare(field.type)
        item = kind.item_type if isinstance(kind, inspect.VarTupleType) else None
        if isinstance(item, inspect.StructType) and any(_left_out(item.cls)):
            inner.append((field.name, item.cls))
    return defaults, inner


@cache
def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of one output. Types that every engine has: int64, double, bool, string, list, struct."""
    import pyarrow as pa

    return pa.schema(_columns(ALL_FILES[name]))


def fields_of(cls: type) -> tuple[inspect.Field, ...]:
    """The fields of a struct or dataclass."""
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType | inspect.DataclassType)
    return found.fields


def _columns(cls: type) -> list[pa.Field]:
    """The fields of a struct or dataclass as columns; what JSON may leave out may be null, as readers of JSON have it."""
    import pyarrow as pa

    found: list[pa.Field] = []
    for field in fields_of(cls):
        kind, is_nullable = bare(field.type)
        found.append(pa.field(field.name, _arrow_type(kind), is_nullable or (is_sparse(cls) and not field.required)))
    return found


def is_sparse(cls: type) -> bool:
    """Whether JSON leaves out fields of a struct that are at their defaults."""
    return issubclass(cls, Struct) and cls.__struct_config__.omit_defaults


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
        case inspect.StructType(cls=cls) | inspect.DataclassType(cls=cls):
            return pa.struct(_columns(cls))
        case inspect.StrType() | inspect.LiteralType() | inspect.DictType():
            return pa.string()
        case other:
            raise TypeError(f"no column holds {other}")
