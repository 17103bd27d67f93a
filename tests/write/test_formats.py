"""Records written and read back in every format."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import jsonlines, validate
from pipeline.config import FileFormat
from pipeline.errors import OutputError, UsageError
from pipeline.model import Caption, Evidence, Row, Span
from pipeline.records import FILES, EditRecord, OutputFile
from pipeline.write import formats
from pipeline.write.arrow_schema import arrow_schema
from tests.documents import document

EDITS = [
    EditRecord(
        document=i // 9,
        start=i,
        end=i + 9,
        text=f"Schließen {i}",
        replacement="" if i % 3 else "\n\n",
        rule="gov-banner",
        evidence=Evidence(pattern="ü/en/7", score=0.25, place=Span(3, 5)) if i % 2 else Evidence(),
    )
    for i in range(200)
]
DOCUMENT = document("a.txt", ["One.", "Two."], "2024-05-06").record.replace(
    captions=(Caption("C", None, None, None, 0, 1),), source_id="7", extra={"tags": ["a", {"b": None}], "n": 2.5}
)
every = pytest.mark.parametrize("form", formats.FORMATS)


def write(folder: Path, name: str, form: FileFormat, records: Sequence[Row], **options: Any) -> list[OutputFile]:
    folder.mkdir(exist_ok=True)
    with formats.RecordFiles(folder, name, form, **options) as files:
        for record in records:
            files.write(record)
    return files.written


def read(folder: Path, written: Sequence[OutputFile]) -> list[Row]:
    return [record for file in written for record in formats.read(folder / file.path)]


@pytest.fixture(autouse=True)
def _library(request: pytest.FixtureRequest) -> None:
    if "parquet" in request.node.name:
        pytest.importorskip("pyarrow")


@every
@pytest.mark.parametrize(("name", "records"), [("removed", EDITS), ("documents", [DOCUMENT] * 3), ("pairs", [])])
def test_what_is_read_is_what_was_written(tmp_path: Path, form: FileFormat, name: str, records: list[Row]) -> None:
    written = write(tmp_path, name, form, records)
    back = read(tmp_path, written)
    assert back == records
    assert {type(record) for record in back} == ({FILES[name]} if records else set())
    assert {formats.output_name(file.path) for file in written} == {name}


@every
def test_shards_are_numbered_and_keep_the_order(tmp_path: Path, form: FileFormat) -> None:
    written = write(tmp_path, "removed", form, EDITS, shard_bytes=5000)
    if form == "jsonl":
        assert [file.path for file in written] == ["removed.jsonl"]
    else:
        assert [file.path for file in written] == [f"removed-{i:05d}.{form}" for i in range(len(written))]
        assert len(written) > 5
    assert sum(file.records or 0 for file in written) == len(EDITS)
    assert read(tmp_path, written) == EDITS


@every
def test_the_same_records_give_the_same_bytes_and_their_hash_is_right(tmp_path: Path, form: FileFormat) -> None:
    first, second = (write(tmp_path / name, "removed", form, EDITS, shard_bytes=9000) for name in "ab")
    assert first == second
    for file in first:
        data = (tmp_path / "a" / file.path).read_bytes()
        assert data == (tmp_path / "b" / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@every
def test_a_record_larger_than_a_shard_has_one_of_its_own(tmp_path: Path, form: FileFormat) -> None:
    records = [EDITS[0], EDITS[1].replace(text="x" * 50_000), EDITS[2]]
    written = write(tmp_path, "removed", form, records, shard_bytes=1000)
    assert [file.records for file in written] == ([3] if form == "jsonl" else [1, 1, 1])


@every
def test_no_records_give_one_file(tmp_path: Path, form: FileFormat) -> None:
    (file,) = write(tmp_path, "clusters", form, [])
    assert file.records == 0
    assert read(tmp_path, [file]) == []


@pytest.mark.parametrize("name", FILES)
def test_parquet_has_the_columns_of_the_schema(tmp_path: Path, name: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (file,) = write(tmp_path, name, "parquet", [])
    schema = parquet.read_schema(tmp_path / file.path)
    assert schema.equals(arrow_schema(name))
    assert tuple(schema.names) == tuple(validate.field_types(FILES[name]))
    assert not any(str(field.type) == "null" for field in schema)


def test_parquet_knows_what_may_be_missing() -> None:
    pa = pytest.importorskip("pyarrow")
    schema = arrow_schema("documents")
    assert schema.field("created").nullable
    assert not schema.field("text").nullable
    paragraph = schema.field("blocks").type.value_type
    assert paragraph.field("relation").nullable
    assert paragraph.field("start").type == pa.int64()
    assert arrow_schema("documents").field("extra").type == pa.string()


def test_evidence_is_columns_and_extra_is_json_in_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write(tmp_path, "removed", "parquet", EDITS[:2])
    evidence = parquet.read_table(tmp_path / "removed-00000.parquet").column("evidence").to_pylist()
    assert evidence == [edit.evidence.to_dict() for edit in EDITS[:2]]
    write(tmp_path, "documents", "parquet", [DOCUMENT])
    (extra,) = parquet.read_table(tmp_path / "documents-00000.parquet").column("extra").to_pylist()
    assert json.loads(extra) == DOCUMENT.extra


def test_parquet_refuses_a_record_that_its_schema_does_not_know(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(ValueError, match="the record has the fields"):
        write(tmp_path, "failures", "parquet", [EDITS[0]])


@every
def test_a_missing_folder_is_an_output_error(tmp_path: Path, form: FileFormat) -> None:
    with (
        pytest.raises(OutputError, match=r"lost/removed.*: cannot be written: No such file"),
        formats.RecordFiles(tmp_path / "lost", "removed", form) as files,
    ):
        files.write(EDITS[0])


@every
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_an_output_error(tmp_path: Path, form: FileFormat) -> None:
    (tmp_path / ("removed.jsonl" if form == "jsonl" else f"removed-00000.{form}")).symlink_to("/dev/full")
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write(tmp_path, "removed", form, EDITS)


@every
def test_a_damaged_file_is_never_read_as_whole(tmp_path: Path, form: FileFormat) -> None:
    (file,) = write(tmp_path, "removed", form, EDITS)
    data = (tmp_path / file.path).read_bytes()
    for damaged in (data[: len(data) // 2], data[:100] + bytes([data[100] ^ 0xFF]) + data[101:]):
        (tmp_path / file.path).write_bytes(damaged)
        with pytest.raises(UsageError, match="removed"):
            read(tmp_path, [file])


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    line = b'{"source": "a", "stage": "read", "error": "e", "message": "m"}\n'
    for bad in (b"{nonsense\n", b"[]\n", line.replace(b'"m"', b"5"), line.replace(b"stage", b"page")):
        (tmp_path / "failures.jsonl").write_bytes(line + line + bad)
        with pytest.raises(UsageError, match=r"failures.jsonl, line 3: not such a record: "):
            list(formats.read(tmp_path / "failures.jsonl"))


def test_other_compressions_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "removed.jsonl.gz").write_bytes(gzip.compress(jsonlines.lines(EDITS)))
    assert list(formats.read(tmp_path / "removed.jsonl.gz")) == EDITS


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs-00000.parquet"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        list(formats.read(tmp_path / name))


def test_without_the_library_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'pagerinse\[parquet\]'"):
        formats.RecordFiles(tmp_path, "pairs", "parquet")
