"""The structs of the records, and all that is made of them. Nothing here names a field: it grows with the structs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from pipeline import jsonlines, validate
from pipeline.errors import UsageError
from pipeline.model import Evidence, Row
from pipeline.records import FILES, Document, DocumentRecord
from pipeline.write.json_schema import json_schema
from pipeline.write.output import Output, read_records
from tests.conftest import SEEDS, clean_text, pipeline
from tests.golden import GOLDEN

SCHEMA = json_schema()["$defs"]
WRONG: list[Any] = [None, True, -1, 2.5, "nonsense", [], [[]], {}, {"start": -1}]
"""A value of each kind that JSON has."""


MEMBER = {"document_id": "0" * 32, "paragraph_id": None}
BY_HAND: dict[str, list[dict[str, Any]]] = {
    "failures": [{"source": "a", "stage": "read", "error": "truncated", "message": "m"}],
    "clusters": [
        {
            "cluster_id": "1" * 32,
            "level": "document",
            "relation": "copy",
            "canonical": MEMBER,
            "size": 2,
            "sources": ["a", "b"],
            "members": [MEMBER, MEMBER],
        }
    ],
    "pairs": [
        {"a": MEMBER, "b": MEMBER, "jaccard": 1.0, "containment_ab": 1.0, "containment_ba": 0.5, "relation": "revision"}
    ],
}


def lines(name: str) -> list[dict[str, Any]]:
    """The records that the seeds give, and where they give none, one made by hand."""
    found = [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text().splitlines()]
    return found or BY_HAND[name]


def objects(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A record and all objects in it."""
    yield record
    for value in record.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from objects(one)


def is_record(name: str, record: Any) -> bool:
    try:
        jsonlines.decode(json.dumps(record).encode(), FILES[name])
    except jsonlines.JsonError:
        return False
    return True


@pytest.mark.parametrize("name", FILES)
def test_records_come_back_as_they_are_written(name: str) -> None:
    for line in lines(name):
        row: Any = jsonlines.decode(json.dumps(line).encode(), FILES[name])
        assert json.loads(jsonlines.encode(row)) == line
        assert row.keys() == tuple(validate.field_types(FILES[name]))
        assert tuple(line) == tuple(field for field in row if field in line)
        assert row.keys() - line.keys() <= left_out(name)


def left_out(name: str) -> set[str]:
    """The fields of a record that its schema does not ask for."""
    return SCHEMA[name]["properties"].keys() - SCHEMA[name]["required"]


@pytest.mark.parametrize("name", FILES)
def test_a_record_without_one_of_its_fields_or_with_another_is_none(name: str) -> None:
    (line,) = lines(name)[:1]
    assert is_record(name, line)
    for field in line.keys() - left_out(name):
        assert not is_record(name, {other: value for other, value in line.items() if other != field})
    assert is_record(name, line | {"colour": "red"}) == (name == "failures"), "a failure is no struct yet"


@pytest.mark.parametrize("name", FILES)
def test_what_the_published_schema_refuses_is_no_record(name: str) -> None:
    """Both are made of the same struct, by different means."""
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA})
    line = lines(name)[0]
    validator.validate(line)
    refused = 0
    for part in list(objects(line)):
        for field, value in list(part.items()):
            for wrong in WRONG:
                part[field] = wrong
                if not is_record(name, line):
                    assert not validator.is_valid(line), (field, wrong)
                    refused += 1
            part[field] = value
    assert refused > 5 * len(line)


@pytest.mark.parametrize("name", FILES)
def test_a_field_that_is_filled_nowhere_is_an_error(name: str) -> None:
    line: Any = jsonlines.decode(json.dumps(lines(name)[0]).encode(), FILES[name])
    values = dict(line.items())
    FILES[name](**values)
    for field in values.keys() - left_out(name):
        with pytest.raises(TypeError):
            FILES[name](**{other: value for other, value in values.items() if other != field})


@pytest.mark.parametrize("name", FILES)
def test_the_schema_of_arrow_has_the_fields_and_nulls_of_the_json_schema(name: str) -> None:
    pa = pytest.importorskip("pyarrow")
    from pipeline import arrow_schema

    def check(fields: Any, definition: Any) -> None:
        properties = definition["properties"]
        assert [field.name for field in fields] == list(properties)
        for field in fields:
            said = properties[field.name]
            choices = said.get("anyOf", [said])
            may_be_null = any(one.get("type") == "null" or None in one.get("enum", ()) for one in choices)
            assert field.nullable == (may_be_null or field.name not in definition["required"])
            inner = field.type.value_type if pa.types.is_list(field.type) else field.type
            for one in choices:
                target = one.get("items", one).get("$ref", "").rpartition("/")[2]
                if target:
                    check(list(inner), SCHEMA[target])

    check(list(arrow_schema(name)), SCHEMA[name])


def test_evidence_has_the_same_fields_for_every_rule_and_leaves_out_what_is_null() -> None:
    names = set(validate.field_types(Evidence))
    rules = set()
    for line in lines("removed"):
        assert line["evidence"].keys() <= names
        assert None not in line["evidence"].values()
        rules.add(line["rule"])
    assert len(rules) > 10


def test_rows_are_typed_and_can_be_had_as_dictionaries(tmp_path: Path) -> None:
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0
    for name in FILES:
        for row, line in zip(read_records(tmp_path / "out", name), lines(name), strict=False):
            assert isinstance(row, FILES[name])
            assert {**row}.keys() == line.keys() | left_out(name)
            plain = row.to_dict()
            assert json.loads(json.dumps(plain)) == plain
            assert without_nulls(plain) == without_nulls(with_defaults(line, SCHEMA[name]))
            for field in line:
                assert field in row
                assert row[field] == getattr(row, field) == row.get(field)
            assert row.get("colour", "none") == "none"
            with pytest.raises(KeyError):
                row["colour"]
    with pytest.raises(UsageError, match="no output is called 'colours'; there are documents, removed"):
        read_records(tmp_path / "out", "colours")


def test_blocks_and_edits_leave_out_what_says_nothing() -> None:
    blocks = [block for line in lines("documents") for block in line["blocks"]]
    for part, name in [*((block, "Block") for block in blocks), *((line, "removed") for line in lines("removed"))]:
        properties = SCHEMA[name]["properties"]
        for field in left_out(name):
            assert "default" in properties[field]
            assert field not in part or part[field] != properties[field]["default"]
    assert {block["id"] for block in blocks} >= {"0000", "0001"}


def with_defaults(line: Any, definition: Any) -> Any:
    """A line of JSON with what it leaves out, as its schema says it."""
    properties = definition["properties"]
    filled = {name: said["default"] for name, said in properties.items() if "default" in said} | line
    for name, said in properties.items():
        target = said.get("items", {}).get("$ref", "").rpartition("/")[2]
        if target:
            filled[name] = [with_defaults(one, SCHEMA[target]) for one in filled[name]]
    return filled


def without_nulls(value: Any) -> Any:
    """Evidence has nulls in dictionaries and none in JSON."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def test_a_document_is_its_record_and_its_ledger() -> None:
    document = clean_text("Share this page\n\nThe harbour authority closed two bridges on Friday after a storm.\n")
    assert type(document.record) is DocumentRecord
    assert document.removed
    assert Document.of(document.record, list(document.ledger())) == document


def test_an_output_of_another_schema_version_is_told(tmp_path: Path) -> None:
    assert pipeline("clean", SEEDS, tmp_path / "out").returncode == 0
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace('"schema_version": 3', '"schema_version": 2'))
    with pytest.raises(
        UsageError, match="was written with schema_version 2, this program reads 3: clean the inputs again"
    ):
        Output(tmp_path / "out")
    assert pipeline("clean", SEEDS, tmp_path / "out", "--fresh").returncode == 0
    assert Output(tmp_path / "out").manifest.schema_version == 3


def test_parts_of_records_are_rows() -> None:
    """Whatever a record holds can be had by name."""
    for cls in FILES.values():
        info: Any = msgspec.inspect.type_info(cls)
        assert issubclass(info.cls, Row)
