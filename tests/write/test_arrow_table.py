"""An output as an Arrow table: one type a column, also where there are no rows; how a document shows itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import clean_text, read_documents, read_records, read_table
from pipeline.errors import UsageError
from pipeline.run import clean
from tests.conftest import SEEDS

pytest.importorskip("pyarrow")


@pytest.fixture(scope="module", params=["jsonl", "parquet"])
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table") / "out"
    clean([SEEDS], folder, form=request.param)
    return folder


@pytest.mark.parametrize("name", ["documents", "removed", "passages", "pairs"])
def test_a_table_has_all_records(out: Path, name: str) -> None:
    table = read_table(out, name)
    records = list(read_records(out, name))
    assert table.num_rows == len(records) > 0
    assert table.schema.names == list(records[0])
    first = table.slice(0, 1).to_pylist()[0]
    assert all(first[key] == records[0][key] for key in first if isinstance(first[key], str | int) and key != "extra")


def test_a_table_without_rows_has_its_columns(out: Path) -> None:
    table = read_table(out, "failures")
    assert (table.num_rows, table.schema.names) == (0, ["source", "stage", "error", "message"])
    assert {str(kind) for kind in table.schema.types} == {"string"}


def test_an_output_that_there_is_not(out: Path) -> None:
    with pytest.raises(UsageError, match="did you mean `passages`"):
        read_table(out, "pasages")


def test_a_document_shows_itself(out: Path) -> None:
    document = next(iter(read_documents(out)))
    assert repr(document).startswith("DocumentRecord('000_9ffb2ff20e9edaf1.txt', title=")
    assert len(repr(document)) < 250
    page = clean_text(
        "<b>Tides</b>\n\nThe tide came in at noon today, and nobody had hauled up the boats."
    )._repr_html_()
    assert "<b>" not in page
