"""What an input record has beside its text: its own id and the fields that nobody reads go into the output."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config, FileFormat
from pipeline.read import extra
from pipeline.run import clean
from pipeline.write.output import read_documents, read_records
from tests.conftest import pipeline

STORY = (
    "The harbour authority closed two bridges on Friday after a storm tore loose a barge, and ferries stayed in port."
)
Rows = Sequence[dict[str, Any]]
ROWS: Rows = [
    {
        "id": "a-17",
        "text": f"{STORY} It was the first of three.",
        "url": "https://a.example/1",
        "score": "3",
        "topic": "sea",
    },
    {
        "id": "b-18",
        "text": f"{STORY} It was the second of three.",
        "url": "https://a.example/2",
        "score": "4",
        "topic": "",
    },
]


def write_json(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: Rows) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pa.Table.from_pylist(rows), path)


def write_arrow(path: Path, rows: Rows) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.feather").write_feather(pa.Table.from_pylist(rows), str(path))


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "news.jsonl": write_json,
    "news.csv": write_csv,
    "news.parquet": write_parquet,
    "news.arrow": write_arrow,
}


def cleaned(
    path: Path, out: Path, form: FileFormat = "jsonl", **options: Any
) -> list[tuple[str | None, dict[str, Any]]]:
    clean([path], out, Config(**options), form=form)
    assert not list(read_records(out, "failures"))
    return [(document.source_id, document.extra) for document in read_documents(out)]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_format_carries_ids_and_fields_over(tmp_path: Path, name: str, form: FileFormat) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    WRITERS[name](tmp_path / name, ROWS)
    assert cleaned(tmp_path / name, tmp_path / "out", form) == [
        ("a-17", {"score": "3", "topic": "sea"}),
        ("b-18", {"score": "4", "topic": ""}),
    ]


def test_files_have_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    assert cleaned(tmp_path / "a.txt", tmp_path / "out") == [(None, {})]


def test_what_is_read_is_not_carried_over_twice(tmp_path: Path) -> None:
    row = {
        "text": STORY,
        "body": "Another text.",
        "title": "Bridges closed",
        "metadata": {"author": "Jo Writer", "quality": 0.5},
        "meta": {"language": "en"},
        "article": {"tags": ["sea"]},
    }
    write_json(tmp_path / "a.jsonl", [row])
    ((_, found),) = cleaned(tmp_path / "a.jsonl", tmp_path / "out")
    assert found == {"body": "Another text.", "metadata": {"quality": 0.5}, "article": {"tags": ["sea"]}}


def test_a_changed_field_is_seen_by_the_second_run(tmp_path: Path) -> None:
    path, out = tmp_path / "a.jsonl", tmp_path / "out"
    write_json(path, ROWS)
    cleaned(path, out)
    write_json(path, [ROWS[0] | {"score": "30"}, ROWS[1] | {"id": "b-99"}])
    again = cleaned(path, out)
    assert again == [("a-17", {"score": "30", "topic": "sea"}), ("b-99", {"score": "4", "topic": ""})]
    assert again == cleaned(path, tmp_path / "fresh")


def test_fields_are_there_where_copies_are_struck_and_in_a_run_against_another(tmp_path: Path) -> None:
    long = "\n\n".join(f"{STORY} {name} said so on the radio." for name in ("Anna", "Bo", "Carl"))
    write_json(tmp_path / "a.jsonl", [{"id": "1", "text": long, "x": 1}])
    write_json(
        tmp_path / "b.jsonl", [{"id": "2", "text": f"{long}\n\nNobody was hurt, and the barge was found.", "x": 2}]
    )
    clean([tmp_path / "a.jsonl"], tmp_path / "one")
    clean([tmp_path / "b.jsonl"], tmp_path / "two", against=tmp_path / "one")
    (document,) = read_documents(tmp_path / "two")
    assert (document.source_id, document.extra) == ("2", {"x": 2})
    assert document.text == "Nobody was hurt, and the barge was found."
    assert document.metadata.chars_out == len(document.text)
    assert pipeline("verify", tmp_path / "two").returncode == 0


def test_our_own_output_as_input_carries_nothing_over(tmp_path: Path) -> None:
    write_json(tmp_path / "a.jsonl", ROWS)
    cleaned(tmp_path / "a.jsonl", tmp_path / "out")
    ids = [document.id for document in read_documents(tmp_path / "out")]
    again = cleaned(tmp_path / "out" / "documents.jsonl", tmp_path / "again")
    assert again == [(one, {}) for one in ids]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (-5, -5),
        (2**63 - 1, 2**63 - 1),
        (2**70, "1180591620717411303424"),
        (0.5, 0.5),
        (float("nan"), None),
        (float("-inf"), None),
        ("half \ud83d a pair", "half ��� a pair"),
        (date(2024, 5, 31), "2024-05-31"),
        (datetime(2024, 5, 31, 9, 30, tzinfo=UTC), "2024-05-31T09:30:00Z"),
        (Decimal("1.50"), "1.50"),
        (b"ab", "YWI="),
        ((1, [2, {"a": b""}]), [1, [2, {"a": ""}]]),
        ({1: {"b": ()}}, {"1": {"b": []}}),
        (1 + 2j, "(1+2j)"),
    ],
    ids=repr,
)
def test_any_value_becomes_json(value: Any, expected: Any) -> None:
    assert extra.plain(value) == expected


def test_what_is_nested_without_end_costs_nobody_the_document(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"text": STORY}).removesuffix("}") + ', "deep": ' + "[" * 400 + "]" * 400 + "}\n"
    )
    ((_, found),) = cleaned(tmp_path / "a.jsonl", tmp_path / "out")
    assert json.dumps(found).count("[") == extra.DEEPEST
    assert "(nested too deeply)" in json.dumps(found)


@pytest.mark.parametrize(
    "line", ['{"text": %s, "big": 1e999, "n": NaN, "half": "\\ud800"}', '{"text": %s, "\\udfff": 1}']
)
def test_what_the_standard_forbids_is_carried_over_as_well_as_can_be(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line % json.dumps(STORY) + "\n")
    ((_, found),) = cleaned(tmp_path / "a.jsonl", tmp_path / "out")
    assert found
