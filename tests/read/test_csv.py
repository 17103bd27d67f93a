"""CSV and TSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.read.samples import read, saved

ROWS = [["url", "text"], ["http://a.example/", 'She said "no",\nthen left.'], ["http://b.example/", "Zürich"]]
TEXTS = [row[1] for row in ROWS[1:]]


def written(
    rows: list[list[str]], delimiter: str = ",", end: str = "\r\n", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "delimiter"), [("news.csv", ","), ("news.csv", ";"), ("news.csv", "|"), ("news.tsv", "\t")]
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_document_a_row(tmp_path: Path, name: str, delimiter: str, end: str) -> None:
    got = read(saved(tmp_path, name, written(ROWS, delimiter, end)))
    assert got.texts == TEXTS
    assert [document.source for document in got.documents] == [f"{name}#0000000000", f"{name}#0000000001"]
    assert got.documents[0].fields["url"] == "http://a.example/"


def test_old_line_ends(tmp_path: Path) -> None:
    assert read(saved(tmp_path, "news.csv", "text\rone\rtwo\r")).texts == ["one", "two"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    assert read(saved(tmp_path, "news.csv", written(ROWS).encode(encoding))).texts == TEXTS


def test_a_field_of_ten_megabytes(tmp_path: Path) -> None:
    text = "word, " * 2_000_000
    assert read(saved(tmp_path, "news.csv", written([["text"], [text], ["next"]]))).texts == [text, "next"]


def test_the_column_is_an_option(tmp_path: Path) -> None:
    path = saved(tmp_path, "news.csv", written([["lead", "text"], ["A lead", "A text"]]))
    assert read(path, "text=lead").texts == ["A lead"]


def test_no_column_with_text_names_those_there_are(tmp_path: Path) -> None:
    (failure,) = read(saved(tmp_path, "news.csv", "when,what\n1,2\n")).failures
    assert (failure.source, failure.error) == ("news.csv", "no-text")
    assert failure.message == "no column with text; there are 'when', 'what'"


def test_one_bad_row_loses_no_other(tmp_path: Path) -> None:
    got = read(saved(tmp_path, "news.csv", 'url,text\n1,one\n2,two,three\n3\n"4"x,four\n5,five\n'))
    assert got.texts == ["one", "five"]
    assert [(failure.source[-1], failure.error) for failure in got.failures] == [
        ("1", "ragged"),
        ("2", "no-text"),
        ("3", "invalid-row"),
    ]
    assert got.failures[0].message == "row 2: 3 fields, but 2 columns: a separator without quotes?"


def test_bytes_that_are_not_utf8_stay_as_they_are(tmp_path: Path) -> None:
    (document,) = read(saved(tmp_path, "news.csv", b"text\nZ\xfcrich\n")).documents
    assert document.data == b"Z\xfcrich"
    assert "charset" not in document.fields


cells = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    target=st.integers(1, 40),
)
def test_rows_are_what_python_takes_for_rows_however_split(
    tmp_path: Path, rows: list[tuple[str, str]], end: str, target: int
) -> None:
    # with line feeds alone, Python's writer leaves a carriage return without the quotes that it needs
    quoting: Literal[0, 1] = csv.QUOTE_ALL if end == "\n" else csv.QUOTE_MINIMAL
    path = saved(tmp_path, "news.csv", written([["url", "text"], *map(list, rows)], end=end, quoting=quoting))
    assert read(path).texts == [row[1] for row in rows]
    whole, parts = read(path), read(path, target=target)
    assert (parts.documents, parts.failures) == (whole.documents, whole.failures)
