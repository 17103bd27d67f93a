"""What a second run into the same folder sees: each promise is one that a cache could break."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import COMPARING, Config, Inputs
from pipeline.errors import UsageError
from pipeline.match.texts import near_duplicates
from pipeline.run import clean
from pipeline.write.output import read_documents
from pipeline.write.verify import audit
from tests.conftest import outputs, pipeline
from tests.judge.test_templates import story, write
from tests.read.samples import http, warc

FIRST, SECOND = story(1, 4), story(2, 4)


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / f"{name}.jsonl").open()]


def folder(place: Path, texts: dict[str, list[str]]) -> Path:
    place.mkdir()
    for name, paragraphs in texts.items():
        (place / name).write_text("\n\n".join(paragraphs))
    return place


def test_a_changed_title_of_a_record_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    record = {"text": "\n\n".join(FIRST), "title": "The harbour closes"}
    path.write_text(json.dumps(record) + "\n")
    clean([path], tmp_path / "out")
    path.write_text(json.dumps(record | {"title": "The harbour opens!"}) + "\n")  # as many bytes as before
    clean([path], tmp_path / "out")
    assert [row["metadata"]["title"] for row in rows(tmp_path / "out", "documents")] == ["The harbour opens!"]


def test_changed_headers_of_a_response_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    page = f"<html><body><p>{FIRST[0]}</p></body></html>".encode()
    for said in ("all", "noai"):
        path.write_bytes(warc(http(page, f"X-Robots-Tag: {said}")))
        clean([path], tmp_path / "out")
        (row,) = rows(tmp_path / "out", "documents")
        assert [right["value"] for right in row["metadata"]["rights"]] == [said]


def test_files_of_the_earlier_format_go_away(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"a.txt": FIRST})
    for form in ("parquet", "jsonl.zst", "jsonl"):
        clean([source], tmp_path / "out", form=form)
    clean([source], tmp_path / "fresh", fresh=True)
    assert outputs(tmp_path / "out").keys() == outputs(tmp_path / "fresh").keys()


def test_against_after_a_run_without_it(tmp_path: Path) -> None:
    clean([folder(tmp_path / "old", {"a.txt": FIRST})], tmp_path / "old-out")
    source = folder(tmp_path / "new", {"b.txt": [*FIRST, *SECOND]})
    clean([source], tmp_path / "out")
    assert FIRST[0] in rows(tmp_path / "out", "documents")[0]["text"]
    clean([source], tmp_path / "out", against=tmp_path / "old-out")
    assert rows(tmp_path / "out", "documents")[0]["text"] == "\n\n".join(SECOND)
    clean([source], tmp_path / "out")
    assert FIRST[0] in rows(tmp_path / "out", "documents")[0]["text"]


OF_THE_TEXTS = {
    "favor": "recall",
    "extractor": "trafilatura",
    "rules": ('[[rule]]\nid = "stamp"\ncategory = "share"\nwhy = "a stamp"\nphrases.en = ["stamp of the harbour"]\n',),
    "added": "2024-05-31",
    "cleaning": False,
    "inputs": (Inputs(files="*.html", favor="recall"),),
}
"""Options that decide what becomes of one document by itself, each with another value"""
MENU = [*(f"Item {number} of the menu" for number in range(4)), "Stamp of the harbour", "Share on Facebook"]


@pytest.mark.parametrize("name", OF_THE_TEXTS)
def test_another_option_is_seen(tmp_path: Path, name: str) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (*MENU, *FIRST, "Tide tables", SECOND[0], *MENU))
    source = folder(tmp_path / "in", {"a.html": [f"<html><body><div>{body}</div></body></html>"]})
    clean([source], tmp_path / "out")
    before = (tmp_path / "out" / "documents.jsonl").read_bytes()
    clean([source], tmp_path / "out", Config(**{name: OF_THE_TEXTS[name]}))
    clean([source], tmp_path / "fresh", Config(**{name: OF_THE_TEXTS[name]}), fresh=True)
    after, fresh = ((tmp_path / out / "documents.jsonl").read_bytes() for out in ("out", "fresh"))
    assert before != after == fresh


def test_every_option_is_about_the_texts_about_comparing_or_about_bounds() -> None:
    of_inputs = {"input_format", "fields", "inputs"}
    bounds = {"document_cpu", "document_wall", "document_memory"}
    assert {*OF_THE_TEXTS, *COMPARING, *of_inputs, *bounds} == set(Config.__struct_fields__)


def test_the_extractor_is_asked_when_a_run_wants_it(tmp_path: Path) -> None:
    page = "".join(f"<p>{paragraph}</p>" for paragraph in FIRST)
    menu = "".join(f"<li><a href=/{name}>{name}</a></li>" for name in ("home", "news", "sport", "boats for sale today"))
    (tmp_path / "a.html").write_text(f"<html><body><ul>{menu}</ul><div>{page}</div><p>{SECOND[0]}</p></body></html>")
    clean([tmp_path / "a.html"], tmp_path / "out")
    (without,) = rows(tmp_path / "out", "documents")
    clean([tmp_path / "a.html"], tmp_path / "out", Config(extractor="trafilatura"))
    (asked,) = rows(tmp_path / "out", "documents")
    assert without["quality"] != asked["quality"], "the model does not hear the extractor's verdict"


def test_the_output_of_other_inputs_is_not_replaced_unless_told(tmp_path: Path) -> None:
    clean([folder(tmp_path / "one", {"a.txt": FIRST})], tmp_path / "out")
    other = folder(tmp_path / "two", {"b.txt": SECOND})
    with pytest.raises(UsageError, match=r"has the output of other inputs, such as 'a\.txt'"):
        clean([other], tmp_path / "out")
    assert [row["source"] for row in rows(tmp_path / "out", "documents")] == ["a.txt"]
    clean([other], tmp_path / "out", force=True)
    assert [row["source"] for row in rows(tmp_path / "out", "documents")] == ["b.txt"]


def test_a_manifest_cannot_have_a_run_remove_what_is_not_its_own(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"a.txt": FIRST})
    clean([source], tmp_path / "out")
    (tmp_path / "letter.txt").write_text("Dear Anna")
    (tmp_path / "out" / "deep").mkdir()
    (tmp_path / "out" / "deep" / "letter.txt").write_text("Dear Anna")
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    for name in ("../letter.txt", "deep/letter.txt", str(tmp_path / "letter.txt")):
        manifest["outputs"].append({**manifest["outputs"][0], "path": name})
    path.write_text(json.dumps(manifest))
    (source / "a.txt").write_text("\n\n".join(SECOND))
    clean([source], tmp_path / "out")
    assert (
        (tmp_path / "letter.txt").read_text() == (tmp_path / "out" / "deep" / "letter.txt").read_text() == "Dear Anna"
    )


def test_another_format_is_another_run(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"a.txt": FIRST})
    clean([source], tmp_path / "out")
    clean([source], tmp_path / "out", form="jsonl.zst")
    assert (tmp_path / "out" / "documents-00000.jsonl.zst").exists()
    assert not (tmp_path / "out" / "documents.jsonl").exists()


def test_reasons_survive_when_copies_are_taken_out(tmp_path: Path) -> None:
    source = folder(
        tmp_path / "in", {"a.txt": [*FIRST, "Share on Facebook"], "b.txt": ["Skip to main content", *FIRST, *SECOND]}
    )
    clean([source], tmp_path / "out")
    before = {(row["document"], row["start"]): row["rule"] for row in rows(tmp_path / "out", "removed")}
    clean([source], tmp_path / "out", Config(copy_action="strike"))
    after = {(row["document"], row["start"]): row["rule"] for row in rows(tmp_path / "out", "removed")}
    cruft = {place: rule for place, rule in before.items() if rule in ("share-prompt", "skip-link")}
    assert len(cruft) == 2
    assert cruft.items() <= after.items()
    assert audit(tmp_path / "out").problems == []


def test_a_pair_exactly_at_the_threshold_counts() -> None:
    # 10 and 10 shingles of five words, of which 6 are shared: 6 of 14
    words = [f"word{number}" for number in range(30)]
    one = " ".join(words[:10] + words[20:24])
    other = " ".join(words[:10] + words[24:28])
    (jaccard,) = near_duplicates([one, other], threshold=0.01).jaccard.tolist()
    assert jaccard == 6 / 14
    assert len(near_duplicates([one, other], threshold=6 / 14).jaccard) == 1
    assert len(near_duplicates([one, other], threshold=6 / 14 + 1e-9).jaccard) == 0


def test_what_runs_have_written_among_the_inputs_is_no_input(tmp_path: Path) -> None:
    """OUT lies in the folder that is cleaned, and so does that of another run: neither is read, the other one is told."""
    corpus = write(tmp_path / "in", {f"{i}.txt": story(i) for i in range(3)})
    for name, said in (
        ("one", b""),
        ("two", b"in/one: is the output folder of a run, and passed over"),
        ("one", b"in/two: "),
    ):
        done = pipeline("clean", corpus, corpus / name)
        assert (done.returncode, done.stderr.count(b"\n")) == (0, bool(said))
        assert said in done.stderr
        assert [one["source"] for one in read_documents(corpus / name)] == ["0.txt", "1.txt", "2.txt"]
        assert pipeline("verify", corpus / name, "--against", corpus).returncode == 0
    assert b"in/one: is the output folder" in pipeline("clean", corpus, corpus / "one", "-v").stderr
    assert b"in/one: is the output folder" in pipeline("clean", corpus, corpus / "three", "--show-files").stdout
    assert b"in/one: is the output folder" in pipeline("learn", corpus).stderr


def test_no_input_is_replaced_by_the_run_that_reads_it(tmp_path: Path) -> None:
    corpus = write(tmp_path / "in", {"a.txt": story(1)})
    out = tmp_path / "out"
    assert pipeline("clean", corpus, out).returncode == 0
    before = outputs(out)
    (link := corpus / "link.txt").symlink_to(out / "documents.jsonl")
    for given in ([out / "documents.jsonl"], [corpus, "--follow"], [link]):
        done = pipeline("clean", *given, out, "--force")
        assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), given
        assert b"is an input that this run would replace; write into another folder" in done.stderr
    assert outputs(out) == before
    assert pipeline("clean", out / "documents.jsonl", tmp_path / "anew").returncode == 0


@pytest.mark.parametrize("name", ["documents.jsonl", "removed.jsonl", "failures.jsonl", "report.html", "README.md"])
def test_an_output_that_is_damaged_or_gone_is_made_again(tmp_path: Path, name: str) -> None:
    """Though nothing else has changed."""
    source = folder(tmp_path / "in", {"a.txt": [*FIRST, "Share on Facebook"]})
    clean([source], tmp_path / "out", workers=0)
    before = outputs(tmp_path / "out")
    path = tmp_path / "out" / name
    for damaged in (before[name][:-1] + b"x" if before[name] else b"\n", None):
        path.unlink() if damaged is None else path.write_bytes(damaged)
        clean([source], tmp_path / "out", workers=0)
        assert outputs(tmp_path / "out") == before


def test_a_run_of_which_nothing_has_changed_writes_nothing(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"a.txt": FIRST})
    clean([source], tmp_path / "out", workers=0)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir() if path.is_file()}
    said: list[str] = []
    summary = clean([source], tmp_path / "out", workers=0, say=lambda level, text: said.append(text))
    assert said == ["inputs, options and program are those of the last run: nothing to do"]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert summary.counts["documents"] == 1
