"""The columns of the outputs as Arrow has them, derived from the JSON Schema, so that there is one definition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def definition(name: str) -> Mapping[str, Any]:
    """What the JSON Schema says of the fields of one output (`documents`, `removed`, ...), in their order."""
    text = resources.files("pipeline.data").joinpath("schema.json").read_bytes()
    fields: Mapping[str, Any] = orjson.loads(text)["$defs"][name]["properties"]
    return fields


@cache
def free_fields(name: str) -> frozenset[str]:
    """The fields that hold any JSON object, such as `evidence`. A column holds them as a string of JSON."""
    return frozenset(field for field, told in definition(name).items() if _is_free(told))


@cache
def schema(name: str) -> pa.Schema:
    """The Arrow schema of one output. Types that every engine has: int64, double, bool, string, list, struct."""
    import pyarrow as pa

    return pa.schema([pa.field(field, _type(told), _is_nullable(told)) for field, told in definition(name).items()])


def _type(told: Mapping[str, Any]) -> pa.DataType:
    import pyarrow as pa

    match _kinds(told):
        case ["integer"]:
            return pa.int64()
        case ["number"]:
            return pa.float64()
        case ["boolean"]:
            return pa.bool_()
        case ["array"]:
            return pa.list_(pa.field("element", _type(told["items"]), _is_nullable(told["items"])))
        case ["object"] if not _is_free(told):
            fields = told["properties"].items()
            return pa.struct([pa.field(field, _type(inner), _is_nullable(inner)) for field, inner in fields])
        case _:
            return pa.string()


def _kinds(told: Mapping[str, Any]) -> list[str]:
    """The JSON types of a field, but null."""
    if "const" in told:
        return ["integer" if isinstance(told["const"], int) else "string"]
    kinds = told.get("type", "string")
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def _is_free(told: Mapping[str, Any]) -> bool:
    return told.get("type") == "object" and "properties" not in told


def _is_nullable(told: Mapping[str, Any]) -> bool:
    return "null" in told.get("type", ()) or None in told.get("enum", ())
