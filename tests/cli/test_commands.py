"""The commands around a run: what would be read, settings, figures, differences, failures, rules, help."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipeline import read_documents
from pipeline.cli import bar
from pipeline.explain.compare import PARTS
from pipeline.records import DocumentRecord
from tests.conftest import SEEDS, pipeline
from tests.judge.test_templates import SLOGAN, story, write

STORY = "The harbour authority closed two bridges on Friday, after a storm had torn loose a barge, until the evening."
OTHER = "Nobody was hurt, the fire brigade said, and the ferry took the people of the lower town to work for nothing."
PICTURE = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"


def said(*arguments: str | Path, code: int = 0, cwd: Path | None = None) -> str:
    """What a command prints."""
    done = pipeline(*arguments, cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs, of which the second has one file less, one more, and another text in one."""
    folder = tmp_path_factory.mktemp("runs")
    for name, texts in (
        ("one", {"a.txt": STORY, "b.txt": f"{STORY}\n\n{OTHER}", "c.txt": OTHER, "broken.txt": PICTURE}),
        ("two", {"a.txt": STORY, "b.txt": f"{STORY}\n\nShare on Facebook\n\n{OTHER}", "d.txt": OTHER}),
    ):
        (folder / name).mkdir()
        for file, text in texts.items():
            (folder / name / file).write_text(text, "latin-1")
        pipeline("clean", folder / name, folder / f"{name}-out", "--isolated")
    return folder / "one-out", folder / "two-out"


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(tmp_path: Path) -> None:
    assert said("clean", SEEDS, tmp_path / "out", "--dry-run") == "5 files, 26,929 bytes: 5 as document\n"
    assert not (tmp_path / "out").exists()


def test_files_are_shown_with_what_is_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "A tide."}\n')
    (tmp_path / "notes.jsonl").write_text('{"n": 1}\n')
    lines = said("clean", tmp_path, tmp_path / "out", "--show-files").splitlines()
    assert lines[0].split()[:3] == ["9", "jsonl", "notes.jsonl"]
    assert "no field with text" in lines[0]
    assert lines[1].split() == ["20", "jsonl", "rows.jsonl"]
    assert lines[2] == "2 files, 29 bytes: 2 as jsonl"
    (tmp_path / "page.html").write_bytes(bytes(range(256)) * 40)
    lines = said("clean", tmp_path, tmp_path / "out", "--show-files").splitlines()
    assert "binary data" in lines[1]


def test_sniff_tells_how_a_file_would_be_read(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "A tide.", "url": "https://example.org/", "n": 1}\n')
    row = json.loads(said("sniff", tmp_path / "rows.jsonl", "--json"))
    assert (row["format"], row["encoding"], row["begins"]) == ("jsonl", "utf-8", "A tide.")
    assert (row["fields"], row["extra"]) == ({"url": "https://example.org/"}, ["n"])


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--include", "*.html"], ["a.html", "deep/b.html"]),
        (["--include", "*.html", "--include", "c.*"], ["a.html", "c.txt", "deep/b.html"]),  # again for more
        (["--exclude", "deep/"], ["a.html", "c.txt"]),
        (["--include", "*.txt", "--exclude", "deep"], ["c.txt"]),
        (["--exclude", "*.html", "--exclude", "!a.html"], ["a.html", "c.txt", "deep/d.txt"]),
        (["--include", "deep/*.txt"], ["deep/d.txt"]),
    ],
)
def test_patterns_choose_the_files_of_a_folder(tmp_path: Path, options: list[str], names: list[str]) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("a.html", "deep/b.html", "c.txt", "deep/d.txt"):
        (tmp_path / "in" / name).write_text(STORY)
    lines = said("clean", tmp_path / "in", tmp_path / "out", "--show-files", *options).splitlines()
    assert [line.split()[2] for line in lines[:-1]] == names


def test_a_folder_says_itself_what_is_not_to_be_read(tmp_path: Path) -> None:
    (tmp_path / "in" / "drafts").mkdir(parents=True)
    (tmp_path / "in" / ".pipelineignore").write_text("# not ready\ndrafts/\n*.bak\n")
    for name in ("a.txt", "a.bak", "drafts/b.txt"):
        (tmp_path / "in" / name).write_text(STORY)
    said("clean", tmp_path / "in", tmp_path / "out")
    inputs = json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]
    assert [one["source"] for one in inputs] == ["a.txt"]
    assert "all holds" in said("verify", tmp_path / "out", "--against", tmp_path / "in")


def test_the_command_line_takes_back_what_a_folder_leaves_out(tmp_path: Path) -> None:
    """Of the patterns to exclude the last one that matches decides, and those of the command line come last."""
    (tmp_path / "in" / "drafts").mkdir(parents=True)
    (tmp_path / "in" / ".pipelineignore").write_text("drafts/\n!drafts/ready.txt\n")
    for name in ("a.txt", "drafts/ready.txt", "drafts/b.txt"):
        (tmp_path / "in" / name).write_text(f"{STORY} This is {name}.")
    for exclude, read in (
        ((), ["a.txt", "drafts/ready.txt"]),
        (("--exclude", "!drafts/b.txt"), ["a.txt", "drafts/b.txt", "drafts/ready.txt"]),
        (("--exclude", "drafts/"), ["a.txt"]),
    ):
        said("clean", tmp_path / "in", tmp_path / "out", *exclude)
        inputs = json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]
        assert [one["source"] for one in inputs] == read


def test_every_line_is_explained_by_its_number_and_by_its_offset(tmp_path: Path) -> None:
    """Lines are counted from 1, as editors do, the last one too."""
    text = f"{STORY}\n\n{OTHER}"
    (tmp_path / "a.txt").write_text(text)
    said("clean", tmp_path / "a.txt", tmp_path / "out")
    for place, line in (("1", STORY), ("3", OTHER), ("@0", STORY), (f"@{len(text) - 1}", OTHER)):
        assert line[:40] in said("why", tmp_path / "out", f"a.txt:{place}"), place
    for place, problem in (("2", "line 2 is blank"), ("4", "has 3 lines; there is no line 4")):
        assert problem in pipeline("why", tmp_path / "out", f"a.txt:{place}").stderr.decode()


@pytest.mark.parametrize(
    ("beside", "says"), [("VIDEO | 00:33 | Ferries Leave Port", "strikes"), ("Ferries leave port", "hints at cruft")]
)
def test_a_rule_is_told_as_it_holds_where_the_line_stands(tmp_path: Path, beside: str, says: str) -> None:
    """`Play` is the button of a player beside what else a player shows; alone it may be a word."""
    (tmp_path / "a.txt").write_text(f"{STORY}\n\n{beside}\n\nPlay\n\n{OTHER}\n")
    said("clean", tmp_path / "a.txt", tmp_path / "out")
    told = said("why", tmp_path / "out", "a.txt:5")
    assert f"rule media-control/en/1: {says}\n" in told
    assert ("struck by rule media-control" in told) == (says == "strikes")
    assert "rules: none matches\n" in said("why", tmp_path / "out", "a.txt:1")


def test_settings_come_from_files_above_pairs_and_options(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.pipeline]\nfavor = "recall"\nthreshold = 0.6\ncontainment = 0.9\n')
    shown = said(
        "clean",
        "in",
        "out",
        "--show-settings",
        "--config",
        "threshold=0.8",
        "--favor",
        "precision",
        cwd=tmp_path / "work",
    )
    rows = {line.split(" ")[0]: line.partition(" = ")[2].split("#") for line in shown.splitlines() if "=" in line}
    assert [part.strip() for part in rows["favor"]] == ['"precision"', "command line"]
    assert [part.strip() for part in rows["threshold"]] == ["0.8", "--config"]
    assert [part.strip() for part in rows["containment"]] == ["0.9", str(tmp_path / "pyproject.toml")]
    assert [part.strip() for part in rows["copy_action"]] == ['"keep"', "default"]
    alone = said("clean", "in", "out", "--show-settings", "--isolated", cwd=tmp_path / "work")
    assert str(tmp_path) not in alone


def test_init_writes_every_option_and_what_it_writes_is_read(tmp_path: Path) -> None:
    said("init", cwd=tmp_path)
    text = (tmp_path / "pipeline.toml").read_text()
    assert '# favor = "auto"' in text
    (tmp_path / "pipeline.toml").write_text(
        "\n".join(
            line.removeprefix("# ") if " = " in line and "..." not in line else line for line in text.split("\n")[1:]
        )
    )
    assert '"auto"' in said("clean", "in", "out", "--show-settings", cwd=tmp_path)
    assert "is there already" in pipeline("init", cwd=tmp_path).stderr.decode()


def test_stats_and_conditions_on_them(outs: tuple[Path, Path]) -> None:
    figures = json.loads(said("stats", outs[0], "--json"))
    assert (figures["documents"], figures["failures"], figures["failed"]) == (3, 1, 0.25)
    said("stats", outs[0], "--fail-on", "failures>1", "--fail-on", "removed>40%")
    done = pipeline("stats", outs[0], "--fail-on", "failed>=25%")
    assert (done.returncode, b"failed>=25% is true" in done.stderr) == (1, True)
    done = pipeline("stats", outs[0], "--fail-on", "removed>20")
    assert (done.returncode, b"removed is a share, from 0 to 1; say removed>20%" in done.stderr) == (2, True)
    said("stats", outs[0], "--fail-on", "removed>=1", "--fail-on", "documents>20")
    assert "did you mean `removed`?" in pipeline("stats", outs[0], "--fail-on", "remvoed>1").stderr.decode()


def test_the_figures_are_those_of_the_records(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in {"a": STORY, "b": f"{STORY}\n\nShare on Facebook", "c": OTHER, "d": "Share on Facebook"}.items():
        (tmp_path / "in" / f"{name}.txt").write_text(text)
    said("clean", tmp_path / "in", tmp_path / "out", code=3)
    figures = json.loads(said("stats", tmp_path / "out", "--json"))
    rows = list(read_documents(tmp_path / "out"))
    quality = [row.quality.f1 for row in rows if row.quality]
    assert (figures["empty"], figures["copies"]) == (0.25, 0.25)
    assert figures["worst"] == min(quality) < max(quality)
    assert figures["quality"] == round(sum(quality) / 4, 4)
    kept, read = (sum(row.metadata[name] for row in rows) for name in ("chars_out", "chars_in"))
    assert figures["removed"] == 1 - round(kept / read, 4)
    said("stats", tmp_path / "out", "--fail-on", f"worst<{min(quality)}", "--fail-on", "copies>25%")
    said("stats", tmp_path / "out", "--fail-on", f"worst<={min(quality)}", code=1)


def test_what_failed_is_a_share_of_all_that_could_be_documents(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(
        json.dumps({"text": STORY}) + "\n{broken\n" + json.dumps({"text": OTHER}) + "\n"
    )
    pipeline("clean", tmp_path / "rows.jsonl", tmp_path / "out", "--isolated")
    figures = json.loads(said("stats", tmp_path / "out", "--json"))
    assert (figures["documents"], figures["inputs"], figures["failures"], figures["failed"]) == (2, 1, 1, 0.3333)


def test_a_caption_that_differs_is_a_difference(tmp_path: Path) -> None:
    for name, credit in (("one", "Jane Roe"), ("two", "Sam Poe")):
        (tmp_path / f"{name}.txt").write_text(f"{STORY}\n\nThe old bridge on Friday. (Photo: {credit})\n\n{OTHER}")
        pipeline("clean", tmp_path / f"{name}.txt", tmp_path / name, "--isolated")
    # The same input, of which one version of the program reads another caption
    record = json.loads((tmp_path / "one" / "documents.jsonl").read_text())
    record["captions"][0]["credit"] = "Sam Poe"
    (tmp_path / "two" / "documents.jsonl").write_text(json.dumps(record) + "\n")
    (tmp_path / "two" / "removed.jsonl").write_bytes((tmp_path / "one" / "removed.jsonl").read_bytes())
    assert "1 fields" in said("diff", tmp_path / "one", tmp_path / "two", code=1)


def _kind(record: dict[str, Any]) -> None:
    record["blocks"][0]["kind"] = "heading"


def _depth(record: dict[str, Any]) -> None:
    record["blocks"][1]["depth"] = 2


def _posts(record: dict[str, Any]) -> None:
    record["posts"] = [{"author": "ann", "date": None, "shown": None}]


def _extra(record: dict[str, Any]) -> None:
    record["extra"] = {"tags": ["harbour"]}


def _quality(record: dict[str, Any]) -> None:
    record["quality"]["f1"] = 0.5


def _author(record: dict[str, Any]) -> None:
    record["metadata"]["author"] = "Ann Field"


def _added(record: dict[str, Any]) -> None:
    record["added"] = "2021-03-04"


def _created(record: dict[str, Any]) -> None:
    record["created"] = "2021-03-04"


def _source_id(record: dict[str, Any]) -> None:
    record["source_id"] = "a7"


def _captions(record: dict[str, Any]) -> None:
    record["captions"] = [
        {**dict.fromkeys(("credit", "identifier", "date")), "text": "The bridge.", "src_start": 0, "src_end": 3}
    ]


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (_kind, "differs in blocks; blocks: heading +1, paragraph -1"),
        (_depth, "differs in blocks"),
        (_posts, "differs in posts"),
        (_extra, "differs in extra"),
        (_quality, "differs in quality"),
        (_author, "differs in author"),
        (_added, "differs in added"),
        (_created, "differs in created"),
        (_source_id, "differs in source_id"),
        (_captions, "differs in captions"),
    ],
)
def test_what_differs_beside_the_text_is_named(
    tmp_path: Path, alter: Callable[[dict[str, Any]], None], told: str
) -> None:
    """The same input, of which two versions of the program make other records."""
    (tmp_path / "a.txt").write_text(f"{STORY}\n\n{OTHER}")
    for name in ("one", "two"):
        pipeline("clean", tmp_path / "a.txt", tmp_path / name, "--isolated")
    record = json.loads((tmp_path / "one" / "documents.jsonl").read_text())
    alter(record)
    (tmp_path / "two" / "documents.jsonl").write_text(json.dumps(record) + "\n")
    lines = said("diff", tmp_path / "one", tmp_path / "two", code=1).splitlines()
    assert lines[0] == f"a.txt: other fields; {told}"
    assert said("diff", tmp_path / "one", tmp_path / "two", "a.txt", code=1).splitlines() == lines[:1]


def test_every_field_of_a_record_is_compared() -> None:
    """But where a document stands, and which is a copy of which: that depends on other documents."""
    compared = {"source", "text", "metadata", "blocks", *PARTS}
    assert compared | {"schema_version", "number", "id", "duplicate_of"} == set(DocumentRecord.__struct_fields__)


def test_a_date_given_to_all_is_a_difference_of_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / "in", {f"{name}.txt": [STORY, name]})
    pipeline("clean", tmp_path / "in", tmp_path / "one")
    pipeline("clean", tmp_path / "in", tmp_path / "two", "--added", "2021-03-04")
    lines = said("diff", tmp_path / "one", tmp_path / "two", code=1).splitlines()
    assert lines[:2] == [f"{name}.txt: other fields; differs in added" for name in ("a", "b")]
    assert lines[2].startswith("2 documents: 0 same, 0 text, 2 fields")


def test_another_rule_for_the_same_text_is_a_difference(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": [STORY, "Share on Facebook", OTHER]})
    for name in ("one", "two"):
        pipeline("clean", tmp_path / "a.txt", tmp_path / name, "--isolated")
    ledger = (tmp_path / "one" / "removed.jsonl").read_text()
    assert '"share-prompt"' in ledger
    (tmp_path / "two" / "removed.jsonl").write_text(ledger.replace('"share-prompt"', '"page-feedback"'))
    (line, _) = said("diff", tmp_path / "one", tmp_path / "two", code=1).splitlines()
    assert line.startswith("a.txt: other fields; ")
    assert "share-prompt -" in line
    assert "page-feedback +" in line
    assert line.endswith("; differs in removed")
    assert said("diff", tmp_path / "one", tmp_path / "two", "a.txt", code=1).splitlines() == [line]


def test_what_differs_between_two_outputs(outs: tuple[Path, Path]) -> None:
    lines = said("diff", *outs, code=1).splitlines()
    assert lines[0].startswith("b.txt: another input; ")
    assert "share-prompt +" in lines[0]
    assert lines[1:3] == ["c.txt: gone", "d.txt: added"]
    assert lines[3].startswith("4 documents: 1 same, 0 text, 0 fields, 1 input, 1 added, 1 gone")
    assert said("diff", outs[0], outs[0]).startswith("3 documents: 3 same")


def test_what_differs_in_one_document(outs: tuple[Path, Path]) -> None:
    whole = said("diff", *outs, code=1).splitlines()
    assert said("diff", *outs, "b.txt", code=1).splitlines()[-1] == whole[0]
    assert said("diff", *outs, "a.txt") == ""
    assert said("diff", *outs, "c.txt", code=1) == f"c.txt: gone; it is only in {outs[0]}\n"
    assert said("diff", *outs, "d.txt", code=1) == f"d.txt: added; it is only in {outs[1]}\n"
    for out in outs:
        (document,) = (one for one in read_documents(out) if one.source == "b.txt")
        assert said("diff", *outs, document.id[:12], code=1) == said("diff", *outs, "b.txt", code=1)
    said("diff", *outs, "e.txt", code=2)


def test_failures_are_listed(outs: tuple[Path, Path]) -> None:
    assert said("failures", outs[0], "--sources") == "broken.txt\n"
    assert said("failures", outs[0]).splitlines()[-1] == "1 failure: 1 binary"
    assert said("failures", outs[1]) == "0 failures\n"
    (failure,) = (json.loads(line) for line in said("failures", outs[0], "--json").splitlines())
    assert (failure["stage"], failure["error"]) == ("decode", "binary")
    assert said("failures", outs[0], "--reason", "binary", "--sources") == "broken.txt\n"
    assert (
        said("failures", outs[0], "--reason", "decode")
        == said("failures", outs[0], "--reason", "empty")
        == "0 failures\n"
    )


def test_failures_are_told_at_the_end_of_a_run(outs: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"{number}.txt").write_text(PICTURE, "latin-1")
    lines = pipeline("clean", tmp_path / "in", tmp_path / "out").stderr.decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["0.txt", "1.txt", "2.txt", "... and 2 more", "all failures"]


def test_two_paragraphs_word_by_word(outs: tuple[Path, Path]) -> None:
    pairs = [json.loads(line) for line in (outs[0] / "documents.jsonl").open()]
    a, b = (f"{pair['id']}-{pair['blocks'][0]['id']}" for pair in pairs[:2])
    lines = said("explain-dup", outs[0], a, b).splitlines()
    assert lines[0].strip() == STORY
    assert lines[1].startswith("Jaccard 1.000 (threshold 0.7), 100% of A in B")
    assert "has no paragraph 'nothing'" in pipeline("explain-dup", outs[0], a, "nothing").stderr.decode()


def test_one_rule_is_undone(outs: tuple[Path, Path]) -> None:
    assert "Share on Facebook" not in (outs[1] / "documents.jsonl").read_text()
    assert "Share on Facebook" in said("restore", outs[1], "b.txt", "--rule", "share-prompt")
    assert "no edit is by the rule" in pipeline("restore", outs[1], "b.txt", "--rule", "title").stderr.decode()


def test_a_rule_is_shown() -> None:
    assert "was this page helpful?" in said("rules", "show", "page-feedback")
    assert "did you mean `page-feedback`?" in pipeline("rules", "show", "page-fedback").stderr.decode()


def test_help_and_what_was_probably_meant() -> None:
    assert said("help", "rules", "test").startswith("Usage: pipeline rules test")
    assert said("help") == said("--help")
    wrong = pipeline("claen")
    assert (wrong.returncode, "did you mean `clean`?" in wrong.stderr.decode()) == (2, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str) -> None:
    assert "_PIPELINE_COMPLETE" in said("completion", shell)


@pytest.mark.parametrize(
    ("environment", "options", "colored"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
    ],
)
def test_colours(outs: tuple[Path, Path], environment: dict[str, str], options: list[str], colored: bool) -> None:
    done = pipeline(*options, "why", outs[0], "a.txt", env=environment)
    assert (b"\x1b[32m+\x1b[0m" in done.stdout) is colored


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_bar_says_how_far_a_run_is() -> None:
    clock = Clock()
    shown = bar.Bar(lambda level, message: None, clock=clock)
    shown.stage("reading", 4_000_000, "bytes")
    assert shown.line() == "reading   0%"
    clock.now = 10
    shown.advance(2_000_000, 1200)
    assert shown.line() == "reading  50%  1,200 documents  0.2 MB/s  about 0:22 left"
    shown.stage("comparing", 0)
    assert shown.line().startswith("comparing ...  1,200 documents  about ")


def test_nothing_is_drawn_where_there_is_no_terminal(tmp_path: Path) -> None:
    assert pipeline("clean", SEEDS, tmp_path / "out").stderr == b""


def test_an_export_loses_nothing_that_is_there(outs: tuple[Path, Path], tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    for target in (mine, tmp_path, outs[0], outs[0] / "documents.jsonl", outs[0] / "new"):
        for form in ("markdown", "chunks", "dolma", "datatrove", "datasets", "parquet", "datasketch"):
            done = pipeline("export", outs[0], target, "--to", form)
            assert done.returncode == 4, (target, form)
    assert mine.read_text() == "mine"
    assert "all holds" in said("verify", outs[0])
    assert pipeline("export", outs[0], tmp_path, "--to", "chunks", "--force").returncode == 0


def test_what_cannot_be_written_whole_is_not_written(outs: tuple[Path, Path], tmp_path: Path) -> None:
    """The disk may take 100 bytes of a file: what was there before still is, and no piece of what was to be there."""
    pages = write(tmp_path / "pages", {f"{i}.txt": [*story(i, 3), SLOGAN, SLOGAN.replace("e", "o")] for i in range(40)})
    mine = "# mine, and longer than what the disk may take" * 3
    for name in ("pipeline.toml", "rules.toml"):
        (tmp_path / name).write_text(mine)
    limited = "import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); os.execv(sys.argv[1], sys.argv[1:])"
    for command in (
        ["learn", pages, "-o", "rules.toml"],
        ["init", "--force"],
        ["export", outs[0], "md", "--to", "markdown"],
        *(["export", outs[0], form, "--to", form] for form in ("chunks", "dolma", "datatrove")),
        *(["export", outs[0], form, "--to", form] for form in ("datasets", "parquet") if find_spec("pyarrow")),
        *([["export", outs[0], "index.pickle", "--to", "datasketch"]] if find_spec("datasketch") else []),
    ):
        words = [sys.executable, "-c", limited, sys.executable, "-m", "pipeline", *map(str, command)]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode, done.stderr.count(b"\n")) == (4, 1), (command, done.stderr)
    assert (tmp_path / "pipeline.toml").read_text() == (tmp_path / "rules.toml").read_text() == mine
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith("pages/")} == {"pipeline.toml", "rules.toml"}


def test_undone_blocks_stand_apart(outs: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<h1>The harbour closes</h1><p>{STORY}</p><p>Share on Facebook</p><p>{OTHER}</p>")
    said("clean", tmp_path / "a.html", tmp_path / "out")
    shown = said("restore", tmp_path / "out", "a.html", "--rule", "title", "--rule", "share-prompt")
    assert shown == f"The harbour closes\n\n{STORY}\n\nShare on Facebook\n\n{OTHER}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tool]\npipeline = 3\n", "`tool.pipeline` is 3; it must be a table"),
        ("[tool.pipeline]\ndocument_wall = inf\n", "`document_wall` is"),
        ("[tool.pipeline]\nfavour = 'auto'\n", "did you mean `favor`?"),
    ],
)
def test_what_is_wrong_with_a_projects_file_is_told(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    done = pipeline("clean", SEEDS, "out", cwd=tmp_path)
    assert (done.returncode, problem in done.stderr.decode()) == (2, True), done.stderr.decode()
    assert "should not happen" not in done.stderr.decode()


def test_an_empty_name_is_no_output_folder(tmp_path: Path) -> None:
    done = pipeline("clean", SEEDS, "", cwd=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
