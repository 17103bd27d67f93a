"""Two corpora: what one has already goes from the other, and the one is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import Config, clean, read_documents, read_records
from pipeline.errors import UsageError
from pipeline.write.verify import audit
from tests.conftest import outputs, pipeline
from tests.judge.test_templates import story, write


def test_what_the_older_run_has_is_struck_from_the_newer(tmp_path: Path) -> None:
    old, shared, new = story(1, 4), story(2, 3), story(3, 4)
    clean([write(tmp_path / "old", {"a.txt": [*old, *shared], "twin.txt": story(9, 5)})], tmp_path / "out1")
    before = outputs(tmp_path / "out1")
    inputs = {"b.txt": [*new[:2], *shared, *new[2:]], "c.txt": story(4, 5), "twin.txt": story(9, 5)}
    clean([write(tmp_path / "new", inputs)], tmp_path / "out2", against=tmp_path / "out1")
    assert outputs(tmp_path / "out1") == before
    texts = {document["source"]: document["text"] for document in read_documents(tmp_path / "out2")}
    assert texts["b.txt"].split("\n\n") == new
    assert texts["c.txt"].split("\n\n") == story(4, 5)
    assert texts["twin.txt"] == ""
    struck = [edit["text"].rstrip() for edit in read_records(tmp_path / "out2", "removed") if edit["rule"] == "copy"]
    assert struck == [*shared, *story(9, 5)]
    originals = {d["source"]: d["duplicate_of"] for d in read_documents(tmp_path / "out2")}
    ids = {d["source"]: d["id"] for d in read_documents(tmp_path / "out1")}
    assert originals == {"b.txt": None, "c.txt": None, "twin.txt": ids["twin.txt"]}
    assert audit(tmp_path / "out2", [str(tmp_path / "new")]).problems == []


def test_a_run_is_held_against_several(tmp_path: Path) -> None:
    first, second, both, new = story(1, 3), story(2, 3), story(3, 3), story(4, 3)
    clean([write(tmp_path / "one", {"a.txt": [*first, *both], "same.txt": both})], tmp_path / "out1")
    clean([write(tmp_path / "two", {"b.txt": [*second, *both], "same.txt": both})], tmp_path / "out2")
    inputs = {"c.txt": [*new[:1], *first, *second, *both, *new[1:]]}
    older = [tmp_path / "out1", tmp_path / "out2"]
    clean([write(tmp_path / "new", inputs)], tmp_path / "out", against=older)
    (document,) = read_documents(tmp_path / "out")
    assert document["text"].split("\n\n") == new
    kept = {
        edit["evidence"]["kept"]["source"]
        for edit in read_records(tmp_path / "out", "removed")
        if edit["rule"] == "copy"
    }
    assert {"a.txt", "b.txt"} <= kept
    assert audit(tmp_path / "out", [str(tmp_path / "new")]).problems == []


def test_a_run_is_held_against_the_same_pages_cleaned_otherwise(tmp_path: Path) -> None:
    """Paragraphs of the older run have numbers there that nothing has here."""
    source = write(tmp_path / "in", {"a.txt": ["Leave a Reply", *story(1, 4), "Share this page"], "b.txt": story(2, 4)})
    clean([source], tmp_path / "out1", Config(cleaning=False))
    clean([source], tmp_path / "out2", against=tmp_path / "out1")
    assert audit(tmp_path / "out2", [str(source)]).problems == []
    clean([source], tmp_path / "out3", Config(cleaning=False), against=tmp_path / "out2")
    assert audit(tmp_path / "out3", [str(source)]).problems == []


def test_why_says_where_a_paragraph_is_kept(tmp_path: Path) -> None:
    clean([write(tmp_path / "old", {"a.txt": story(1, 4)})], tmp_path / "out1")
    clean(
        [write(tmp_path / "new", {"b.txt": [*story(1, 4), *story(2, 3)]})], tmp_path / "out2", against=tmp_path / "out1"
    )
    told = pipeline("why", tmp_path / "out2", "b.txt:1").stdout.decode()
    assert "kept: in a.txt of an older run, characters 0 to " in told
    assert "Receipt" not in told


def test_a_run_against_nothing_finished_is_an_error(tmp_path: Path) -> None:
    source = write(tmp_path / "new", {"a.txt": story(1)})
    with pytest.raises(UsageError, match="there is no such folder"):
        clean([source], tmp_path / "out", against=tmp_path / "nowhere")
    with pytest.raises(UsageError, match="not the output of a finished run"):
        clean([source], tmp_path / "out", against=source)


@pytest.mark.parametrize("name", ["documents.jsonl", "removed.jsonl"])
def test_what_has_been_changed_is_nothing_to_go_by(tmp_path: Path, name: str) -> None:
    """Else what a run strikes would stand nowhere."""
    clean([write(tmp_path / "old", {"a.txt": [*story(1, 4), "", "* * *"]})], tmp_path / "out1")
    path = tmp_path / "out1" / name
    path.write_bytes(path.read_bytes().replace(b"a.txt", b"b.txt").replace(b"* * *", b"+ + +"))
    with pytest.raises(
        UsageError, match=f"its files have changed; .*: {name}: is not the file that the manifest lists"
    ):
        clean([write(tmp_path / "new", {"c.txt": story(1, 4)})], tmp_path / "out2", against=tmp_path / "out1")
    assert not (tmp_path / "out2").exists()
    path.unlink()
    with pytest.raises(UsageError, match=r"its files have changed; .* cannot be read"):
        clean([tmp_path / "new"], tmp_path / "out2", against=tmp_path / "out1")


def test_a_run_without_its_documents_is_nothing_to_go_by(tmp_path: Path) -> None:
    clean([write(tmp_path / "old", {"a.txt": story(1, 4)})], tmp_path / "out1")
    manifest = json.loads((tmp_path / "out1" / "manifest.json").read_text())
    manifest["outputs"] = [one for one in manifest["outputs"] if one["path"] != "documents.jsonl"]
    (tmp_path / "out1" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="does not list documents"):
        clean([tmp_path / "old"], tmp_path / "out2", against=tmp_path / "out1")


def test_an_output_is_not_held_against_itself(tmp_path: Path) -> None:
    """What is removed would stand nowhere."""
    source = write(tmp_path / "in", {"a.txt": story(1, 4)})
    clean([source], tmp_path / "out")
    before = outputs(tmp_path / "out")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for name in ("out", "link"):
        with pytest.raises(UsageError, match="write to another folder"):
            clean([source], tmp_path / "out", against=tmp_path / name)
    assert outputs(tmp_path / "out") == before
