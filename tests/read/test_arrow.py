"""Parquet, Arrow files and Arrow streams."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.model import DECODED
from pipeline.read import members
from tests.read.samples import read, saved

pa = pytest.importorskip("pyarrow")
import pyarrow.feather  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401

ROWS = [{"text": f"Story {i}, of Zürich.", "url": f"http://site.example/{i}", "n": i} for i in range(10)]
TEXTS = [str(row["text"]) for row in ROWS]


def _stream(table: Any, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)


WRITE: dict[str, Callable[[Any, Path], None]] = {
    "parquet": lambda table, path: pa.parquet.write_table(table, path, row_group_size=3),
    "arrow": lambda table, path: pa.feather.write_feather(table, path, compression="uncompressed", chunksize=3),
    "stream": _stream,
}
every = pytest.mark.parametrize("kind", WRITE)


def save(folder: Path, kind: str, table: Any) -> Path:
    path = folder / f"news.{kind}"
    WRITE[kind](table if isinstance(table, pa.Table) else pa.table(table), path)
    return path


@every
def test_a_document_a_row(tmp_path: Path, kind: str) -> None:
    got = read(save(tmp_path, kind, pa.Table.from_pylist(ROWS)))
    assert got.texts == TEXTS
    assert got.numbers == list(range(10))
    assert got.documents[1].fields == {"url": "http://site.example/1", "charset": DECODED}
    assert got.facts[0].bytes == (tmp_path / f"news.{kind}").stat().st_size


@every
@pytest.mark.parametrize(
    "kind_of_text", ["string", "large_string", "binary", "large_binary", "string_view", "dictionary"]
)
def test_columns_of_every_kind_of_text(tmp_path: Path, kind: str, kind_of_text: str) -> None:
    if kind == "parquet" and kind_of_text == "string_view":
        pytest.skip("Parquet has no views")
    column = pa.array(["one", None, "two"])
    column = column.dictionary_encode() if kind_of_text == "dictionary" else column.cast(getattr(pa, kind_of_text)())
    got = read(save(tmp_path, kind, {"text": column}))
    assert (got.texts, got.numbers) == (["one", "two"], [0, 2])
    assert got.failures[0].message == "row 2: the field 'text' holds null, not text"


@every
def test_fields_of_other_types_and_inside_structs(tmp_path: Path, kind: str) -> None:
    row = {
        "body": "A page.",
        "date": datetime(2024, 5, 6, 7, 8),
        "authors": ["A. Writer", "B. Writer"],
        "meta": {"lang": "en", "score": 0.5},
        "story": {"de": "Eine Seite."},
    }
    path = save(tmp_path, kind, pa.Table.from_pylist([row]))
    assert read(path).documents[0].fields == {
        "date": "2024-05-06T07:08:00",
        "author": "A. Writer, B. Writer",
        "language": "en",
        "charset": DECODED,
    }
    assert read(path, "text=story.de").texts == ["Eine Seite."]


@every
def test_a_date_is_iso_8601(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path, kind, {"text": ["A page."], "published": [date(2024, 5, 6)]})
    assert read(path).documents[0].fields["date"] == "2024-05-06"


@every
def test_no_column_with_text_names_those_there_are(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path, kind, {"what": ["x"], "n": [1]})
    assert read(path).failures[0].message == "no column with text; there are 'what', 'n'; --field text=NAME chooses one"
    assert read(path, "text=story").failures[0].message == "no column 'story'; there are 'what', 'n'"
    assert read(path, "text=n").failures[0].message == "the column 'n' holds int64, not text"
    assert read(path, "text=what").texts == ["x"]


@every
@pytest.mark.parametrize("target", [1, 200, 100_000])
def test_split_by_groups_of_rows(tmp_path: Path, kind: str, target: int) -> None:
    path = save(tmp_path, kind, pa.Table.from_pylist(ROWS))
    whole, parts = read(path), read(path, target=target)
    assert parts.documents == whole.documents
    assert len(parts.facts) == (4 if target == 1 and kind != "stream" else 1) or target == 200
    assert (parts.facts[-1].sha256, parts.facts[-1].bytes) == (whole.facts[0].sha256, whole.facts[0].bytes)


def test_a_damaged_row_group_of_parquet_loses_no_other(tmp_path: Path) -> None:
    path = tmp_path / "news.parquet"
    pa.parquet.write_table(
        pa.Table.from_pylist(ROWS), path, row_group_size=3, write_page_checksum=True, compression="none"
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"Story 4")] ^= 1
    got = read(saved(tmp_path, "damaged.parquet", bytes(data)))
    assert got.numbers == [0, 1, 2, 6, 7, 8, 9]
    (failure,) = got.failures
    assert (failure.source, failure.error) == ("damaged.parquet#0000000003", "damaged")
    assert failure.message.startswith("rows 4 to 6 cannot be read: ")


@every
def test_a_cut_file_is_a_failure(tmp_path: Path, kind: str) -> None:
    data = save(tmp_path, kind, pa.Table.from_pylist(ROWS)).read_bytes()
    for cut in range(8, len(data), 97):
        got = read(saved(tmp_path, f"cut.{kind}", data[:cut]), file_format="parquet" if kind == "parquet" else "arrow")
        assert TEXTS[: len(got.documents)] == got.texts
        # a stream need not have an end, so one that is cut between two batches is whole
        assert got.errors == ["damaged"] or (kind == "stream" and not got.errors)


def test_without_the_library_the_failure_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path, "parquet", {"text": ["x"]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (failure,) = read(path).failures
    assert failure.error == "missing-library"
    assert "pip install 'pagerinse[parquet]'" in failure.message


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_one_text_said_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(members, "MAX_EXPANDED", 1 << 20)
    text = "The harbour was quiet. " * 4000
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int32()), pa.array([text]))
    path = tmp_path / f"news.{kind}"
    if kind == "parquet":
        pa.parquet.write_table(pa.table({"text": column}), path)
    else:
        WRITE[kind](pa.table({"text": column}), path)
    got = read(path)
    assert got.errors == ["too-large"]
    assert got.texts == [text] * (max(1 << 20, 500 * path.stat().st_size) // len(text))
