"""Dolma's layout, datatrove's documents, a data set of Hugging Face and Parquet files are what those who read them expect."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import clean, read_documents, read_records, read_table
from pipeline.export import dolma, tables
from pipeline.export.staged import Shards
from pipeline.records import FILES
from pipeline.write.output import Output, restored
from tests.conftest import clean_text, pipeline

STORY = (
    "The harbour authority of Oldport closed two bridges on Friday after the storm had torn four barges from their moorings. "
    "Crews worked through the night to bring them back, and the ferry to the islands stays in the harbour until the tide has turned."
)
OTHER = (
    "A council of nine fishermen meets in the back room of the inn whenever the price of salt changes by more than a penny. "
    "Nobody writes down what is said there, but the prices on the quay are the same for everybody on the next morning."
)
MORE = "The café “Zum Anker” stays closed 🌊 until Monday, its owner said, since the cellar is full of water and of somebody’s eels."
PAGE = f"""<html lang=en><head><title>Bridges closed in Oldport</title><link rel=license href="https://creativecommons.org/licenses/by/4.0/">
</head><body><main><h1>Bridges closed in Oldport</h1><p>{STORY}</p><h2>What comes next</h2><p>{MORE}</p></main></body></html>"""
SCORED = tuple[int, int, float]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a page, a text with a copy of its paragraph, a record with fields of its own, a text of nothing but cruft
    and a file that fails."""
    desk = tmp_path_factory.mktemp("desk")
    pages = desk / "in"
    pages.mkdir()
    (pages / "a.html").write_text(PAGE)
    (pages / "b.txt").write_text(f"Share on Facebook\n\n{OTHER}\n\n{STORY}\n\n{MORE} {OTHER[:90]}\n\nLeave a Reply\n")
    record = {"id": "own-1", "text": OTHER, "url": "https://oldport.example/inn", "views": 3, "tags": ["salt", "inn"]}
    record |= {"date": "2024-06-01", "file_path": "theirs", "none": None, "encoding": "theirs"}
    (pages / "c.jsonl").write_text(json.dumps(record) + "\n")
    (pages / "d.txt").write_text("Share on Facebook\n")
    (pages / "e.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1")
    done = pipeline("clean", "--isolated", "--added", "2024-06-02", pages, desk / "out")
    assert done.returncode == 3, done.stderr.decode()
    return desk / "out"


def export(out: Path, target: Path, *more: object) -> dict[str, Any]:
    done = pipeline("export", out, target, *more, "--json")
    assert done.returncode == 0, done.stderr.decode()
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def needs_libraries(form: str) -> None:
    """Skip what is written as Parquet where the library for it is not installed."""
    if form in ("datasets", "parquet"):
        pytest.importorskip("pyarrow")


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.parametrize("text", ["clean", "source"])
def test_dolma_has_documents_and_attributes_row_by_row(text: str, out: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "oldport"
    assert export(out, corpus, "--to", "dolma", "--text", text)["records"] == 4
    rows = lines(corpus / "documents" / "00000.jsonl.gz")
    known = {record.id: record for record in read_documents(out)}
    sources = {record.id: restored(record, removed) for record, removed in Output(out).ledgers()}
    for row in rows:
        record = known[row["id"]]
        assert row["text"] == (record.text if text == "clean" else sources[record.id])
        assert row["source"] == "oldport"
        assert all(isinstance(row[name], str) for name in ("id", "text", "source", "added", "created") if name in row)
        assert row["metadata"]["source"] == record.source
        assert row["metadata"]["title"] == record.metadata.title
        assert row["metadata"]["extra"] == record.extra
    assert [row.get("created") for row in rows] == [None, None, "2024-06-01", None]
    assert {row["added"] for row in rows} == {"2024-06-02"}
    sets = sorted(path.name for path in (corpus / "attributes").iterdir())
    assert sets == sorted(["quality", "blocks", "copies", *(["ledger"] if text == "source" else [])])
    for name in sets:
        beside = lines(corpus / "attributes" / name / "00000.jsonl.gz")
        assert [(row["id"], row["source"]) for row in beside] == [(row["id"], row["source"]) for row in rows]
        for row, document in zip(beside, rows, strict=True):
            for key, spans in row["attributes"].items():
                assert key.startswith(f"pagerinse__{name}__")
                assert len(key.split("__")) == 3
                for start, end, score in spans:
                    assert 0 <= start <= end <= len(document["text"])
                    assert isinstance(score, float)


@pytest.mark.parametrize("text", ["clean", "source"])
def test_spans_of_blocks_and_copies_are_those_texts(text: str, out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "o", "--to", "dolma", "--text", text)
    texts = {row["id"]: row["text"] for row in lines(tmp_path / "o" / "documents" / "00000.jsonl.gz")}
    found: dict[str, list[str]] = {}
    for name in ("blocks", "copies"):
        for row in lines(tmp_path / "o" / "attributes" / name / "00000.jsonl.gz"):
            for key, spans in row["attributes"].items():
                found.setdefault(key, []).extend(texts[row["id"]][start:end] for start, end, _ in spans)
    assert found["pagerinse__blocks__heading"] == ["What comes next"]
    assert MORE in found["pagerinse__blocks__paragraph"]
    copies = found["pagerinse__copies__copy"]
    assert len(copies) == 2
    assert {copy in (STORY, OTHER) for copy in copies} == {True}


def test_a_source_without_the_spans_of_the_ledger_is_the_clean_text(out: Path, tmp_path: Path) -> None:
    """What `dolma mix` makes of them: every removed span replaced by nothing."""
    export(out, tmp_path / "o", "--to", "dolma", "--text", "source")
    rows = lines(tmp_path / "o" / "documents" / "00000.jsonl.gz")
    beside = lines(tmp_path / "o" / "attributes" / "ledger" / "00000.jsonl.gz")
    clean = {record.id: record.text for record in read_documents(out)}
    rules = set()
    for row, attributes in zip(rows, beside, strict=True):
        rules.update(attributes["attributes"])
        assert not any("__replaced_" in key for key in attributes["attributes"])  # the texts were written so
        text = row["text"]
        spans = sorted(span for spans in attributes["attributes"].values() for span in spans)
        for start, end, _ in reversed(spans):
            text = text[:start] + text[end:]
        assert text == clean[row["id"]]
    assert {"pagerinse__ledger__share_prompt", "pagerinse__ledger__title"} <= rules


def test_what_puts_something_else_there_is_a_kind_of_its_own() -> None:
    """An accent that is set anew is no cruft, which `dolma mix` may take out: it is called by another name."""
    document = clean_text(
        "Share on Facebook\n\nThe cafe\u0301 at the old quay of Oldport opens on Friday morning at nine o'clock.\n"
    )
    removed = list(document.ledger())
    source = restored(document.record, removed)
    found = dolma.attributes("ledger", document.record, removed, source, "source")
    spans = {name: [source[start:end] for start, end, _ in spans] for name, spans in found.items()}
    assert spans["pagerinse__ledger__share_prompt"] == ["Share on Facebook"]
    (replaced,) = (name for name in spans if "replaced" in name)
    assert (
        replaced
        == f"pagerinse__ledger__replaced_{next(one.rule for one in removed if one.replacement == 'é').replace('-', '_')}"
    )
    assert spans[replaced] == ["e\u0301"]
    assert "ledger" not in dolma.SETS["clean"]


def test_datatrove_has_text_id_and_flat_metadata(out: Path, tmp_path: Path) -> None:
    assert export(out, tmp_path / "o", "--to", "datatrove")["records"] == 4
    rows = lines(tmp_path / "o" / "00000.jsonl.gz")
    known = {record.id: record for record in read_documents(out)}
    for row in rows:
        assert list(row) == ["text", "id", "metadata"]
        assert row["text"] == known[row["id"]].text
        assert all(isinstance(value, str | int | float | bool) for value in row["metadata"].values())
    page, _, record, _ = (row["metadata"] for row in rows)
    assert page["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (record["views"], json.loads(record["tags"]), record["source_id"]) == (3, ["salt", "inn"], "own-1")
    assert (record["url"], record["date"]) == ("https://oldport.example/inn", "2024-06-01")
    assert "file_path" not in record  # datatrove says itself which file it read
    assert "none" not in record
    assert record["encoding"] == "utf-8"  # what a run says of a document goes before a field of the same name
    printed = pipeline("export", out, "-", "--to", "datatrove").stdout
    assert [json.loads(line) for line in printed.splitlines()] == rows


def test_parquet_has_all_outputs(out: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = export(out, tmp_path / "o", "--to", "parquet")["records"]
    found = {name: parquet.read_table(tmp_path / "o" / f"{name}-00000.parquet") for name in FILES}
    for name, table in found.items():
        assert table.equals(read_table(out, name))
    assert rows == sum(table.num_rows for table in found.values())
    assert found["failures"].num_rows == 2  # the picture, and the text of which nothing is kept


def test_hugging_face_loads_the_folder(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    os.environ["HF_HUB_OFFLINE"] = "1"
    from datasets import get_dataset_config_names, load_dataset

    folder = tmp_path / "o"
    export(out, folder, "--to", "datasets")
    counts = Counter({name: sum(1 for _ in read_records(out, name)) for name in FILES})
    assert counts["documents"] == 4
    assert get_dataset_config_names(str(folder)) == [name for name in FILES if counts[name]]
    for name in filter(counts.get, FILES):
        loaded = load_dataset(str(folder), name, split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded.num_rows == counts[name]
        assert loaded.to_list() == read_table(out, name).to_pylist()
    card = (folder / "README.md").read_text()
    assert 'language: ["en"]\nsize_categories: n<1K\n' in card
    assert load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache")).num_rows == 4  # the documents


def test_a_data_set_has_a_part_for_each_output_that_has_rows_and_no_other(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.txt").write_text(f"Share on Facebook\n\n{STORY}\n")
    clean(tmp_path / "a.txt", tmp_path / "out", workers=0)
    there = {name for name in FILES if list(read_records(tmp_path / "out", name))}
    assert there == {"documents", "removed"}
    rows = tables.dataset(tmp_path / "out", tmp_path / "o")
    assert rows == sum(len(list(read_records(tmp_path / "out", name))) for name in there)
    files = {path.relative_to(tmp_path / "o").as_posix() for path in (tmp_path / "o").rglob("*") if path.is_file()}
    assert files == {"README.md", *(f"{name}/train-00000-of-00001.parquet" for name in there)}
    card = (tmp_path / "o" / "README.md").read_text()
    assert {line.split()[-1] for line in card.splitlines() if "config_name: " in line} == there


@pytest.mark.parametrize("form", ["dolma", "datatrove", "datasets", "parquet", "chunks"])
def test_an_empty_run_is_exported(form: str, tmp_path: Path) -> None:
    needs_libraries(form)
    (tmp_path / "in").mkdir()
    pipeline("clean", "--isolated", tmp_path / "in", tmp_path / "out")
    assert export(tmp_path / "out", tmp_path / "o", "--to", form)["records"] == 0
    assert any(path.is_file() for path in (tmp_path / "o").rglob("*"))


@pytest.mark.parametrize("form", ["dolma", "datatrove", "datasets", "parquet"])
def test_the_same_output_gives_the_same_files_and_nothing_else_stays(form: str, out: Path, tmp_path: Path) -> None:
    needs_libraries(form)
    made = []
    for _ in range(2):
        export(out, tmp_path / "o", "--to", form, "--force")
        files = sorted(path for path in (tmp_path / "o").rglob("*") if path.is_file())
        made.append({path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in files})
    assert made[0] == made[1]
    (first, *_) = (path for path in files if path.name != "README.md")
    older = first.with_name(first.name.replace("00000.", "00007.").replace("train-00000", "train-00007"))
    older.write_bytes(b"of a longer run")
    (tmp_path / "o" / "notes.txt").write_text("mine")
    export(out, tmp_path / "o", "--to", form, "--force")
    assert not older.exists()
    assert (tmp_path / "o" / "notes.txt").read_text() == "mine"


def test_shards_break_at_the_same_row(tmp_path: Path) -> None:
    with Shards(tmp_path / "a", tmp_path / "b", shard_bytes=40) as files:
        for number in range(7):
            files.write({"n": number}, {"much": "x" * 20})
    shards = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(shards) == 7
    assert shards == sorted(path.name for path in (tmp_path / "b").iterdir())
    assert [row["n"] for name in shards for row in lines(tmp_path / "a" / name)] == list(range(7))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "dolma", "--max-chars", "500"), "--max-chars is an option of --to chunks"),
        (("--to", "chunks", "--text", "source"), "--text is an option of --to dolma"),
        (("--to", "parquet", "--format", "jsonl"), "--format is an option of --to chunks"),
    ],
)
def test_an_option_of_another_form_is_refused(arguments: tuple[str, ...], said: str, out: Path, tmp_path: Path) -> None:
    done = pipeline("export", out, tmp_path / "o", *arguments)
    assert (done.returncode, done.stderr.decode()) == (2, f"pipeline: {said}\n")
    assert not (tmp_path / "o").exists()


def test_an_address_is_no_folder(out: Path) -> None:
    done = pipeline("export", out, "s3://bucket/corpus", "--to", "parquet")
    assert done.returncode == 2
    assert b"is an address" in done.stderr
    assert not Path("s3:").exists()
