"""What is done once more: what failed is tried again, the report is written anew; and standard input and output."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import SEEDS, outputs, pipeline

STORY = "The harbour authority closed two bridges on Friday, after a storm had torn loose a barge, until the evening."


def failures(out: Path) -> list[str]:
    return [json.loads(line)["error"] for line in (out / "failures.jsonl").open()]


@pytest.fixture
def limited(tmp_path: Path) -> Path:
    """The output of a run over an easy and a costly document, of which the second took more than it might."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "easy.txt").write_text(STORY)
    (tmp_path / "in" / "costly.txt").write_text("\n\n".join(f"{STORY} {number}" for number in range(40_000)))
    assert pipeline("clean", "in", "out", "--document-cpu", "0.3", cwd=tmp_path).returncode == 3
    assert failures(tmp_path / "out") == ["cpu-limit"]
    return tmp_path


def test_what_took_too_much_is_tried_again_with_other_limits(limited: Path) -> None:
    out = limited / "out"
    (kept,) = (out / ".pipeline" / "store").iterdir()
    done = pipeline("failures", "retry", out, "--document-cpu", "60", "--document-wall", "120", cwd=SEEDS)
    assert done.returncode == 0, done.stderr.decode()
    assert failures(out) == []
    fresh = limited / "fresh"
    pipeline("clean", "in", fresh, "--document-cpu", "60", "--document-wall", "120", cwd=limited)
    assert outputs(out) == outputs(fresh)
    assert not kept.exists()


def test_a_file_that_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY)
    (tmp_path / "in" / "b.txt").symlink_to(tmp_path / "later.txt")
    assert pipeline("clean", "in", "out", "--follow", "--favor", "recall", cwd=tmp_path).returncode == 3
    (tmp_path / "later.txt").write_text(f"{STORY} Nobody was hurt, said the fire brigade of the town in the evening.")
    done = pipeline("failures", "retry", tmp_path / "out")
    assert (done.returncode, b"2 documents" in done.stdout) == (0, True), done.stderr.decode()
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["config"]["favor"] == "recall"


def test_the_same_is_done_again_and_what_fails_again_is_told(tmp_path: Path) -> None:
    """All that the first run was told holds: its files, what it left out, its format, the run that it was held against. Exit
    code 3 where something still fails."""
    for name in ("in/a.txt", "in/b.txt", "in/notes.md", "in/draft.txt", "listed/d.txt", "old/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{STORY} This is {name}.")
    (tmp_path / "in" / "c.txt").symlink_to(tmp_path / "later.txt")
    (tmp_path / "list").write_text("listed/d.txt\n")
    pipeline("clean", "old", "older", cwd=tmp_path)
    chosen = ("--follow", "--include", "*.txt", "--exclude", "draft*", "--files-from", "list")
    more = ("--against", "older", "--format", "jsonl.zst", "--threshold", "0.8")
    assert pipeline("clean", "in", "out", *chosen, *more, cwd=tmp_path).returncode == 3
    before = outputs(tmp_path / "out")
    done = pipeline("failures", "retry", tmp_path / "out", "--document-cpu", "11")
    assert (done.returncode, b"c.txt" in done.stderr) == (3, True), done.stderr.decode()
    assert failures(tmp_path / "out") == ["unreadable"]
    first, second = json.loads(before["manifest.json"]), json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [one["source"] for one in second["inputs"]] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert second["config"] == {**first["config"], "document_cpu": 11}
    for name in ("inputs", "against", "format", "counts"):
        assert second[name] == first[name]


def test_what_cannot_be_tried_again_says_why(tmp_path: Path) -> None:
    assert pipeline("clean", "-", tmp_path / "out", stdin=STORY.encode()).returncode == 0
    assert b"standard input" in pipeline("failures", "retry", tmp_path / "out").stderr
    (tmp_path / "out" / ".pipeline" / "asked.json").unlink()
    done = pipeline("failures", "retry", tmp_path / "out")
    assert (done.returncode, b"give `pipeline clean` its inputs again" in done.stderr) == (2, True)
    (tmp_path / "here" / "in").mkdir(parents=True)
    (tmp_path / "here" / "in" / "a.txt").write_text(STORY)
    pipeline("clean", "in", tmp_path / "out2", cwd=tmp_path / "here")
    shutil.rmtree(tmp_path / "here")
    assert b"here: is gone" in pipeline("failures", "retry", tmp_path / "out2").stderr


@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "parquet"])
def test_the_report_is_made_anew_of_the_output_alone(tmp_path: Path, form: str) -> None:
    pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    assert pipeline("clean", SEEDS, out, "--format", form).returncode == 0
    made = (out / "report.html").read_bytes()
    assert pipeline("report", out, "-o", "-").stdout == made
    (out / "report.html").write_text("gone")
    assert pipeline("report", out).returncode == 0
    assert (out / "report.html").read_bytes() == made
    assert b"all holds" in pipeline("verify", out).stdout
    assert b"nothing to do" in pipeline("clean", SEEDS, out, "--format", form, "-v").stderr


def test_the_manifest_knows_the_report_that_another_version_makes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    pipeline("clean", SEEDS, out, "--isolated")
    path = out / "manifest.json"
    path.write_text(path.read_text().replace('"pipeline_version": "', '"pipeline_version": "other'))
    assert pipeline("report", out).returncode == 0
    assert "pipeline other" in (out / "report.html").read_text()
    assert b"all holds" in pipeline("verify", out).stdout


def test_what_was_struck_as_a_copy_stands_in_the_report_made_anew(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.txt").write_text(
            f"{STORY * 3}\n\nThis {name} is a paragraph of its own {name * 40}."
        )
    out = tmp_path / "out"
    pipeline("clean", tmp_path / "in", out, "--copies", "strike")
    assert "copy" in (out / "removed.jsonl").read_text()
    first = (out / "report.html").read_text()
    again = pipeline("report", out, "-o", "-").stdout.decode()
    assert first.count(STORY) == again.count(STORY) > 2


def test_documents_go_from_standard_input_to_standard_output(tmp_path: Path) -> None:
    done = pipeline("clean", "-", "-", stdin=f"{STORY}\n\nShare on Facebook\n".encode(), cwd=tmp_path)
    assert json.loads(done.stdout)["text"] == STORY
    assert b"read    1 file" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert pipeline("clean", "-", "-", "--json", stdin=b"x").returncode == 2
    quiet = pipeline("clean", SEEDS, "-", "-q")
    assert (len(quiet.stdout.splitlines()), quiet.stderr) == (5, b"")


def test_exports_go_to_standard_output(tmp_path: Path) -> None:
    pipeline("clean", SEEDS, tmp_path / "out")
    pipeline("export", tmp_path / "out", tmp_path / "chunks", "--to", "chunks")
    assert (
        pipeline("export", tmp_path / "out", "-", "--to", "chunks").stdout
        == (tmp_path / "chunks" / "chunks.jsonl").read_bytes()
    )
    assert pipeline("export", tmp_path / "out", "-", "--to", "markdown").stdout.startswith(b"---\ntitle: ")
    assert pipeline("export", tmp_path / "out", "-", "--to", "datasketch").returncode == 2


def test_a_file_and_rules_are_read_from_standard_input() -> None:
    rows = json.loads(pipeline("sniff", "-", "--json", stdin=b'{"text": "A tide."}\n').stdout)
    assert (rows["format"], rows["begins"]) == ("jsonl", "A tide.")
    rules = b'[[rule]]\nid = "x"\ncategory = "navigation"\nwhy = "y"\nphrases.any = ["back"]\nmatches = ["forth"]\n'
    done = pipeline("rules", "test", "-", stdin=rules)
    assert (done.returncode, b"1 problem" in done.stdout) == (1, True)


def test_the_run_ends_with_what_became_of_the_characters(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(f"{STORY}\n\nShare on Facebook\n")
    (tmp_path / "in" / "b.txt").write_text(STORY)
    lines = pipeline("clean", tmp_path / "in", tmp_path / "out").stdout.decode().splitlines()
    assert lines[0] == "read    2 files, 2 documents, 236 characters; 0 failures"
    assert lines[1].startswith("struck  8.5%: share and promotion ")
    assert lines[2] == "kept    92%, 216 characters in 2 paragraphs"
    assert lines[3].startswith("linked  2 paragraphs in 2 clusters of near-duplicates, 1 shared passage -> ")
    summary = json.loads(pipeline("clean", tmp_path / "in", tmp_path / "out", "--json").stdout)
    assert sum(summary["families"].values()) == summary["chars_in"] - summary["chars_out"] == 20
