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


NEW = {"arrow": pa.ipc.new_file, "stream": pa.ipc.new_stream}


def strings(values: list[bytes]) -> Any:
    """A column of strings that need not be UTF-8."""
    return pa.Array.from_buffers(pa.string(), len(values), pa.array(values, pa.binary()).buffers())


def odd(kind: Any, value: int, rows: tuple[int, ...] = (4,)) -> Any:
    """A column of ten numbers of which some are odd, as what they stand for."""
    storage = pa.int32() if kind == pa.date32() else pa.int64()
    return pa.array([value if row in rows else 0 for row in range(10)], storage).view(kind)


YEAR_10000 = 253_402_300_800_000


@every
@pytest.mark.parametrize(
    ("column", "kept"),
    [
        (odd(pa.timestamp("ms"), YEAR_10000), "10000-01-01T00:00:00.000"),
        (odd(pa.timestamp("ms"), -62_135_596_800_001), "0000-12-31T23:59:59.999"),
        (odd(pa.timestamp("ms", "Asia/Tokyo"), YEAR_10000 - 1), "10000-01-01T08:59:59.999+0900"),
        (odd(pa.date32(), 2_932_897), "10000-01-01"),
        (odd(pa.duration("ms"), 1 << 62), f"{1 << 62} ms"),
        (strings([b"caf\xe9 noir" if row == 4 else b"x" for row in range(10)]), "café noir"),
        (pa.ListArray.from_arrays(list(range(11)), odd(pa.date32(), 2_932_897)), ["10000-01-01"]),
        (pa.StructArray.from_arrays([odd(pa.date32(), 2_932_897)], ["day"]), {"day": "10000-01-01"}),
        (pa.StructArray.from_arrays([strings([b"caf\xe9"] * 5 + [b"x"] * 5)], ["a"]).take([5] * 4 + [0] + [5] * 5), {"a": "café"}),
    ],
    ids=str,
)  # fmt: skip
def test_an_odd_value_loses_neither_its_row_nor_another(tmp_path: Path, kind: str, column: Any, kept: object) -> None:
    got = read(save(tmp_path, kind, {"text": TEXTS, "seen": column}))
    assert got.texts == TEXTS
    assert got.documents[4].extra["seen"] == kept
    (failure,) = got.failures
    assert failure.source.endswith("#0000000004")
    assert failure.error in ("odd-value", "not-utf-8")
    assert failure.message.startswith("row 5: the column 'seen' ")
    assert read(tmp_path / f"news.{kind}", target=1).failures == got.failures


@every
def test_many_odd_values_are_told_once(tmp_path: Path, kind: str) -> None:
    rows = 3 * 64
    column = pa.array([2_932_897] * rows, pa.int32()).view(pa.date32())
    table = pa.table({"text": [f"Story {row}." for row in range(rows)], "seen": column})
    path = tmp_path / f"many.{kind}"
    if kind == "parquet":
        pa.parquet.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as file, NEW[kind](file, table.schema) as writer:
            writer.write_table(table)
    got = read(path)
    assert len(got.documents) == rows
    assert len(got.failures) == 3
    assert got.failures[0].message.endswith("; likewise in 63 of the next 63 rows")


@every
def test_a_time_zone_that_nobody_knows_is_told_once(tmp_path: Path, kind: str) -> None:
    column = pa.array([1_714_979_289_000] * 10, pa.timestamp("ms", "Europe/Nowhere"))
    path = save(tmp_path, kind, {"text": TEXTS, "published": column})
    got = read(path)
    assert got.texts == TEXTS
    assert got.documents[9].fields["date"] == "2024-05-06T07:08:09+00:00"
    (failure,) = got.failures
    assert (failure.source, failure.error) == (path.name, "odd-value")
    assert "'Europe/Nowhere'" in failure.message
    assert read(path, target=1).failures == got.failures


@every
def test_a_text_that_is_not_utf_8_is_kept_and_told(tmp_path: Path, kind: str) -> None:
    texts = [text.encode() for text in TEXTS]
    texts[4] = "Un café à Nîmes.".encode("latin-1")
    got = read(save(tmp_path, kind, {"text": strings(texts)}))
    assert got.texts == [*TEXTS[:4], "Un café à Nîmes.", *TEXTS[5:]]
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [("4", "not-utf-8")]


@every
def test_columns_and_fields_of_one_name(tmp_path: Path, kind: str) -> None:
    pair = pa.StructArray.from_arrays([pa.array(range(10)), pa.array(range(10, 20))], ["k", "k"])
    columns = [pa.array(TEXTS), pa.array(["Not this."] * 10), pa.array(range(10)), pa.array(range(10)), pair]
    table = pa.Table.from_arrays(columns, ["text", "text", "n", "n", "pair"])
    got = read(save(tmp_path, kind, table))
    assert (got.texts, got.failures) == (TEXTS, [])
    assert got.documents[3].extra == {
        "text.1": "Not this.",
        "n": 3,
        "n.1": 3,
        "pair": {"k": 3, "k.1": 13},
    }
    assert read(tmp_path / f"news.{kind}", "text=text.1").texts == ["Not this."] * 10


@pytest.mark.parametrize("kind", ["arrow", "stream"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_offsets_that_lead_nowhere_cost_their_column(tmp_path: Path, kind: str, wrapped: bool) -> None:
    offsets = pa.array([0, 1_000_000, *range(2, 11)], pa.int32()).buffers()[1]
    wild = pa.Array.from_buffers(pa.string(), 10, [None, offsets, pa.py_buffer(b"x" * 10)])
    column = pa.StructArray.from_arrays([wild], ["inner"]) if wrapped else wild
    path = tmp_path / f"wild.{kind}"
    for name, expected in (("note", TEXTS), ("text", [])):
        table = pa.record_batch([pa.array(TEXTS), column], ["body" if name == "text" else "text", name])
        with pa.OSFile(str(path), "wb") as file, NEW[kind](file, table.schema) as writer:
            writer.write_batch(table)
        got = read(path)
        assert (got.texts, got.errors) == (expected, ["damaged"])


@pytest.mark.parametrize("kind", ["arrow", "stream"])
def test_a_number_beyond_its_dictionary_costs_its_row(tmp_path: Path, kind: str) -> None:
    column = pa.DictionaryArray.from_arrays(
        pa.array([0, 99, -5, 1], pa.int32()), pa.array(["One.", "Two."]), safe=False
    )
    path = tmp_path / f"news.{kind}"
    with pa.OSFile(str(path), "wb") as file, NEW[kind](file, pa.schema([("text", column.type)])) as writer:
        writer.write_batch(pa.record_batch([column], ["text"]))
    got = read(path)
    assert (got.texts, got.numbers) == (["One.", "Two."], [0, 3])
    assert {failure.source[-1] for failure in got.failures} == {"1", "2"}
