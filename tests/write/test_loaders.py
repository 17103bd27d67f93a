"""Readers load what a run writes: 500 mixed documents whose fields are null first, and an empty run. `python -m bench.loaders`
does the same with readers that are not in the environment of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.loaders import documents, readers
from pipeline.records import ALL_FILES, FILES
from pipeline.write import reader_schema
from pipeline.write.arrow_schema import arrow_schema
from tests.conftest import pipeline

for library in ("pandas", "polars", "duckdb", "datasets", "pyarrow"):
    pytest.importorskip(library)

READERS = ("pandas", "polars", "duckdb", "datasets", "datasets_folder", "datasets_stream", "arrow")
EMPTY_IS_AN_ERROR = ("datasets", "datasets_folder")
"""Readers that load no file at all without rows, whoever wrote it; their stream does"""


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with outputs as JSON Lines and as Parquet."""
    folder = tmp_path_factory.mktemp("outs")
    documents.write(folder / "in")
    (folder / "none").mkdir()
    for inputs, out in (("in", "full"), ("none", "empty")):
        for form in ("jsonl", "parquet"):
            done = pipeline("clean", "--isolated", "--format", form, folder / inputs, folder / f"{out}-{form}")
            assert done.returncode in (0, 3), done.stderr.decode()
    # `datasets` has read its environment by now, and its cache would know the folder of an earlier run by the same name.
    import datasets

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(datasets.config, "HF_DATASETS_CACHE", folder / "hf")
        patched.setattr(datasets.config, "HF_HUB_OFFLINE", True)
        yield folder


def read(reader: str, out: Path, name: str) -> list[Any]:
    schema = reader_schema.text(name, reader) if reader in ("polars", "duckdb", "datasets", "arrow") else ""
    return readers.READERS[reader](out, name, schema)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_loads_all_rows(reader: str, name: str, outs: Path) -> None:
    form = "parquet" if reader == "arrow" else "jsonl"
    if form == "parquet" and name == "failures":
        pytest.skip("failures are always JSON Lines")
    full = outs / f"full-{form}"
    written = sum(
        one["records"]
        for one in json.loads((full / "manifest.json").read_text())["outputs"]
        if one["path"].startswith(f"{name}{'-' if form == 'parquet' and name != 'failures' else '.'}")
    )
    assert written
    assert len(read(reader, full, name)) == written
    if reader not in EMPTY_IS_AN_ERROR:
        assert read(reader, outs / f"empty-{form}", name) == []


@pytest.mark.parametrize("reader", READERS)
def test_what_is_null_first_has_its_value_at_the_end(reader: str, outs: Path) -> None:
    rows = read(reader, outs / f"full-{'parquet' if reader == 'arrow' else 'jsonl'}", "documents")
    by_source = {row["source"]: row for row in rows}
    first, page, record = rows[0], by_source["zz.html"], by_source["z.jsonl#0000000003"]
    assert str(first["created"]) in ("None", "nan", "NaT")
    assert str(page["created"])[:10] == "2024-06-01"
    assert page["metadata"]["rights"][0]["kind"] == "license"
    assert [one["kind"] for one in page["blocks"]].count("table") == 1
    assert (record["source_id"], record["metadata"]["author"]) == ("own-3", "Jane Roe")
    extra = record["extra"] if isinstance(record["extra"], dict) else json.loads(record["extra"])
    assert extra == {"desk": {"name": "city", "tags": ["wall", 3, None, 1.5, True]}, "views": 3}


@pytest.mark.parametrize("name", ALL_FILES)
def test_the_schema_that_is_printed_for_arrow_is_the_packages_own(name: str) -> None:
    """With which fields may be null, and all."""
    made: dict[str, Any] = {}
    exec(reader_schema.text(name, "arrow"), made)
    assert made["schema"].equals(arrow_schema(name))


@pytest.mark.parametrize("reader", ["polars", "duckdb", "datasets", "arrow"])
@pytest.mark.parametrize("name", [*FILES, "chunks"])
def test_schemas_of_readers_have_all_columns(reader: str, name: str) -> None:
    text = reader_schema.text(name, reader)
    fields = ALL_FILES[name]
    for field in getattr(fields, "__struct_fields__", ()):
        assert f"'{field}'" in text


def test_a_card_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("mine")
    (tmp_path / "a.txt").write_text("The harbour authority closed two bridges on Friday, after a storm.")
    assert pipeline("clean", tmp_path / "a.txt", tmp_path / "out", "--force").returncode == 0
    assert (tmp_path / "out" / "README.md").read_text() == "mine"
    assert b"all holds" in pipeline("verify", tmp_path / "out").stdout
