"""The JSON Schemas of the output and of what commands say, made of their structs and of the docstrings of their fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pipeline.answers import ANSWERS
from pipeline.describe import field_docs
from pipeline.errors import UsageError
from pipeline.records import ALL_FILES, FILES, SCHEMA_VERSION, Manifest
from pipeline.wording import suggestion
from pipeline.write.arrow_schema import is_sparse

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DESCRIPTION = (
    "One definition for a line of each output file. Offsets are half-open and count Unicode code points: src_ offsets and "
    "those of the ledger and of passages in the decoded source, the others in the record's own text."
)
NAMED: Mapping[str, type] = {**ALL_FILES, "manifest": Manifest, **ANSWERS}
"""All that has a schema of its own, by name"""


def json_schema() -> dict[str, Any]:
    """The definitions of the lines of all outputs, and of what they are made of, by name."""
    files = {**FILES, "manifest": Manifest}
    return {
        "$schema": _DRAFT,
        "title": f"pipeline output, schema_version {SCHEMA_VERSION}",
        "description": _DESCRIPTION,
        "$defs": _definitions(files.values(), {cls.__name__: name for name, cls in files.items()}),
    }


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a line of one output, such as `documents`, or of what one command says with `--json`, such as `why`.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in NAMED:
        raise UsageError(f"there is no schema called {name!r}{suggestion(name, NAMED)}")
    cls = NAMED[name]
    parts = _definitions([cls], {})
    own = parts.pop(cls.__name__)
    return {"$schema": _DRAFT, **own, "title": name, **({"$defs": parts} if parts else {})}


def as_text(schema: Mapping[str, Any]) -> str:
    """A JSON Schema as it is printed."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _definitions(kinds: Iterable[type], names: Mapping[str, str]) -> dict[str, Any]:
    """The definition of each of these classes and of all that they are made of, by name."""
    kinds = list(kinds)
    _, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    classes = {cls.__name__: cls for cls in _classes(kinds)}
    return {names.get(part, part): _described(told, classes[part]) for part, told in parts.items()}


def _described(part: dict[str, Any], cls: type) -> dict[str, Any]:
    """The definition of a struct: every field is written, but for those of some that are at their defaults; and
    described where its docstring does."""
    docs = field_docs(cls)
    sparse = is_sparse(cls)
    properties: dict[str, Any] = {}
    for name, field in part["properties"].items():
        said = {"description": docs[name]} if name in docs else {}
        properties[name] = {**{key: value for key, value in field.items() if sparse or key != "default"}, **said}
    required = part.get("required", []) if sparse else list(properties)
    return {**part, "properties": properties, "required": required, "additionalProperties": False}


def _classes(kinds: Iterable[type]) -> set[type]:
    """All structs that these are made of."""
    found: set[type] = set()

    def visit(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType):
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

    for cls in kinds:
        visit(msgspec.inspect.type_info(cls))
    return found
