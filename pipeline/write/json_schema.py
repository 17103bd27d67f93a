"""The JSON Schema of the output, made of the structs of the records and of the docstrings of their fields."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from pipeline.describe import field_docs
from pipeline.model import Evidence
from pipeline.records import FILES, SCHEMA_VERSION, Manifest

_DESCRIPTION = (
    "One definition for a line of each output file. Offsets are half-open and count Unicode code points: src_ offsets and "
    "those of the ledger and of passages in the decoded source, the others in the record's own text."
)
_SPARSE = (Evidence,)
"""Types that leave out what is null."""


def json_schema() -> dict[str, Any]:
    """The definitions of the lines of all outputs, and of what they are made of, by name."""
    files = {**FILES, "manifest": Manifest}
    _, parts = msgspec.json.schema_components(list(files.values()), ref_template="#/$defs/{name}")
    classes = {cls.__name__: cls for cls in _classes()}
    names = {cls.__name__: name for name, cls in files.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"pipeline output, schema_version {SCHEMA_VERSION}",
        "description": _DESCRIPTION,
        "$defs": {names.get(part, part): _described(told, classes[part]) for part, told in parts.items()},
    }


def json_schema_text() -> str:
    """The JSON Schema as it is printed."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _described(part: dict[str, Any], cls: type) -> dict[str, Any]:
    """The definition of a struct or dataclass: every field is written, and described where its docstring does."""
    docs = field_docs(cls)
    properties: dict[str, Any] = {}
    for name, field in part["properties"].items():
        said = {"description": docs[name]} if name in docs else {}
        properties[name] = {**{key: value for key, value in field.items() if key != "default"}, **said}
    required = [] if cls in _SPARSE else list(properties)
    return {**part, "properties": properties, "required": required, "additionalProperties": False}


def _classes() -> set[type]:
    """All structs and dataclasses that records are made of."""
    found: set[type] = set()

    def visit(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType | msgspec.inspect.DataclassType):
            found.add(kind.cls)
            for field in kind.fields:
                visit(field.type)
        elif isinstance(kind, msgspec.inspect.Metadata):
            visit(kind.type)
        elif isinstance(kind, msgspec.inspect.UnionType):
            for one in kind.types:
                visit(one)
        elif isinstance(kind, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
            visit(kind.item_type)

    for cls in (*FILES.values(), Manifest):
        visit(msgspec.inspect.type_info(cls))
    return found
