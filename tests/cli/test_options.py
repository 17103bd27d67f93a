"""Options that are given twice, together with others, or wrongly: which one decides, and the one line that says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import clean, read_records
from tests.cli.conftest import Said
from tests.judge.test_templates import story

STORY, OTHER = story(1, 3), story(2, 3)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: `in` with two texts, `out` and `other` made of them, files of options and rules."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("\n\n".join([*STORY, "Share on Facebook"]))
    (tmp_path / "in" / "b.txt").write_text("\n\n".join([*OTHER, STORY[0]]))
    (tmp_path / "one.toml").write_text("threshold = 0.5\nseed = 5\n[[inputs]]\nfiles = 'a.txt'\nfavor = 'recall'\n")
    (tmp_path / "two.toml").write_text(
        "threshold = 0.6\npassage_words = 12\n[[inputs]]\nfiles = 'b.txt'\nthreshold = 0.8\n"
    )
    return tmp_path


def settings(said: Said, *options: str) -> dict[str, tuple[Any, str]]:
    code, printed, problem = said("clean", "in", "out", "--show-settings", "--json", "--isolated", *options)
    assert code == 0, problem
    return {row["name"]: (row["value"], row["origin"]) for row in map(json.loads, printed.splitlines())}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--favor", "recall", "--favor", "precision"], {"favor": "precision"}),
        (["--threshold", "0.5", "--threshold", "0.9"], {"threshold": 0.9}),
        (["--input-format", "csv", "--input-format", "jsonl"], {"input_format": "jsonl"}),
        (["--no-cleaning", "--cleaning"], {"cleaning": True}),
        (["--matching", "--no-matching"], {"matching": False}),
        (["--copies", "strike", "--copies", "keep"], {"copy_action": "keep"}),
        (["--added", "2024-01-01", "--added", "2024-01-02T10:00:00Z"], {"added": "2024-01-02T10:00:00Z"}),
        (["--document-cpu", "5", "--document-cpu", "0.5"], {"document_cpu": 0.5}),
        (["--document-memory", "2G", "--document-memory", "1500MiB"], {"document_memory": 1500 << 20}),
        (["--document-memory", "1.5G"], {"document_memory": 3 << 29}),
        (["--document-memory", "2000000k"], {"document_memory": 2_000_000 << 10}),
        (["--field", "text=a", "--field", "text=b"], {"fields": ["text=a", "text=b"]}),
        (["--config", "seed=3", "--config", "seed=4"], {"seed": 4}),
        (["--config", "one.toml", "--config", "two.toml"], {"threshold": 0.6, "seed": 5, "passage_words": 12}),
        (["--config", "two.toml", "--config", "one.toml"], {"threshold": 0.5, "seed": 5, "passage_words": 12}),
        (["--config", "threshold=0.4", "--config", "one.toml"], {"threshold": 0.4, "seed": 5}),
        (["--threshold", "0.3", "--config", "threshold=0.4", "--config", "one.toml"], {"threshold": 0.3}),
        (["--config", "favor=recall"], {"favor": "recall"}),
        (["--config", 'favor="recall"'], {"favor": "recall"}),
        (["--config", "added=2024-05-31"], {"added": "2024-05-31"}),
        (["--config", 'fields=["text=a"]'], {"fields": ["text=a"]}),
        (["--config", 'fields={text = "a", url = "b"}'], {"fields": ["text=a", "url=b"]}),
        (["--config", "cleaning=false", "--cleaning"], {"cleaning": True}),
    ],
)
def test_the_last_one_decides(said: Said, desk: Path, options: list[str], expected: dict[str, Any]) -> None:
    """Of options and files; pairs lie over files, and options over both. Of fields all count."""
    assert {name: settings(said, *options)[name][0] for name in expected} == expected


def test_tables_of_several_places_all_hold(said: Said, desk: Path) -> None:
    """Those of files, in the order of the files, then those of the command line."""
    options = ("--config", "two.toml", "--config", "one.toml", "--favor", "a.txt:precision", "--threshold", "b.*:0.9")
    tables, origin = settings(said, *options)["inputs"]
    kept = [{name: value for name, value in one.items() if value not in (None, [])} for one in tables]
    assert kept == [
        {"files": "b.txt", "threshold": 0.8},
        {"files": "a.txt", "favor": "recall"},
        {"files": "a.txt", "favor": "precision"},
        {"files": "b.*", "threshold": 0.9},
    ]
    assert origin == "command line"


def test_a_file_that_is_given_twice_is_read_once(said: Said, desk: Path) -> None:
    (desk / "list").write_text(f"{desk / 'in' / 'a.txt'}\n{desk / 'in' / 'a.txt'}\n")
    for given in (
        ("in/a.txt", "in/a.txt"),
        ("in/a.txt", "./in/a.txt"),
        ("in/*.txt", "in/a.txt"),
        ("--files-from", "list"),
    ):
        code, printed, problem = said("clean", *given, "out", "--show-files", "--json")
        names = [json.loads(line)["source"] for line in printed.splitlines()]
        assert (code, len(names)) == (0, len(set(names))), problem
        assert names[0].endswith("a.txt")


def test_names_are_parted_by_line_ends_or_by_nuls(said: Said, desk: Path) -> None:
    (desk / "in" / "c d.txt").write_text(STORY[0])
    for joined in (
        "in/a.txt\nin/c d.txt\n",
        "in/a.txt\r\nin/c d.txt",
        "in/a.txt\0in/c d.txt\0",
        "\nin/a.txt\n\nin/c d.txt\n",
    ):
        (desk / "list").write_bytes(joined.encode())
        code, printed, problem = said("clean", "--files-from", "list", "out", "--show-files", "--json")
        assert code == 0, problem
        assert [json.loads(line)["source"] for line in printed.splitlines()] == ["a.txt", "c d.txt"]


def test_a_run_that_is_held_against_one_output_twice(said: Said, desk: Path) -> None:
    clean(["in"], "old", workers=0)
    (desk / "new").mkdir()
    (desk / "new" / "c.txt").write_text("\n\n".join([*STORY, *story(3, 2)]))
    for given in (("--against", "old"), ("--against", "old", "--against", "old")):
        assert said("clean", "new", "out", *given, "--workers", "0", "--fresh")[0] == 0
        assert len(json.loads(Path("out/manifest.json").read_text())["against"]) == 1
        assert [one.rule for one in read_records("out", "removed")].count("copy") == len(STORY)


def test_a_rule_that_is_undone_twice_is_undone_once(said: Said, desk: Path) -> None:
    clean(["in"], "out", workers=0)
    once = said("restore", "out", "a.txt", "--rule", "share-prompt")
    assert said("restore", "out", "a.txt", "--rule", "share-prompt", "--rule", "share-prompt") == once


def test_several_outputs_are_asked_each_once(said: Said, desk: Path) -> None:
    clean(["in"], "out", workers=0)
    once = said("match", "in/a.txt", "--against", "out", "--json")
    assert once[0] == 0
    assert once[1]
    assert said("match", "in/a.txt", "--against", "out", "--against", "out", "--json") == once


def test_what_is_said_of_a_run_by_how_much_it_is_to_say(said: Said, desk: Path) -> None:
    """Nothing but errors; what became of the inputs; more; each input."""
    quiet, plain, more, most = (
        said("clean", "in", "out", "--workers", "0", "--fresh", *options) for options in (["-q"], [], ["-v"], ["-vv"])
    )
    assert quiet == (0, "", "")
    assert [line.split()[0] for line in plain[1].splitlines()] == ["read", "struck", "kept", "linked"]
    assert (plain[2], plain[1]) == ("", more[1])
    assert set(more[2].splitlines()) < set(most[2].splitlines())
    assert all(any(name in line for line in most[2].splitlines()) for name in ("a.txt", "b.txt"))
    assert not any("a.txt" in line for line in more[2].splitlines())
    (desk / "in" / "c.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert said("clean", "in", "out", "--workers", "0", "-q") == (3, "", "")
    code, printed, problem = said("clean", "in", "-", "--workers", "0")
    assert (code, [json.loads(line)["source"] for line in printed.splitlines()]) == (3, ["a.txt", "b.txt"])
    assert "c.txt: " in problem
    code, printed, problem = said("clean", "in", "out", "--workers", "0", "--json", "--fresh")
    assert (code, json.loads(printed)["failures"]) == (3, 1)
    assert "c.txt: " in problem


WRONG: list[tuple[list[str], str]] = [
    (["clean", "in"], "Missing argument"),
    (["clean", "nowhere", "out"], "nowhere"),
    (["clean", "in/*.html", "out"], "in/*.html: no file matches the pattern"),
    (["clean", "in", ""], "is empty"),
    (["clean", "in", "s3://bucket/out"], "is an address; it must be a folder of this machine"),
    (["clean", "in", "-", "--json"], "leave out --json and --format"),
    (["clean", "in", "-", "--format", "parquet"], "leave out --json and --format"),
    (["clean", "in", "out", "--threshold", "0"], "threshold"),
    (["clean", "in", "out", "--threshold", "1.1"], "threshold"),
    (["clean", "in", "out", "--threshold", "a.txt:2"], "threshold"),
    (["clean", "in", "out", "--favor", "most"], "most"),
    (["clean", "in", "out", "--favor", "a.txt:most"], "most"),
    (["clean", "in", "out", "--format", "csv"], "csv"),
    (["clean", "in", "out", "--added", "soon"], "added"),
    (["clean", "in", "out", "--added", "2024-02-30"], "there is no such date or time"),
    (["clean", "in", "out", "--memory", "lots"], "'lots' is no size; say it like 4G or 512M"),
    (["clean", "in", "out", "--memory", "0G"], "is no size"),
    (["clean", "in", "out", "--memory", "100M"], "--memory 100M is too little: give 573M or more"),
    (["clean", "in", "out", "--document-memory", "1M"], "document_memory"),
    (["clean", "in", "out", "--document-cpu", "0"], "--document-cpu"),
    (["clean", "in", "out", "--workers", "-1"], "--workers"),
    (["clean", "in", "out", "--input-format", "doc"], "doc"),
    (["clean", "in", "out", "--field", "text"], "text"),
    (["clean", "in", "out", "--field", "tekst=a"], "tekst"),
    (["clean", "in", "out", "--config", "tresh=1"], "did you mean `threshold`?"),
    (["clean", "in", "out", "--config", "num_perm=64"], "give both, or neither"),
    (["clean", "in", "out", "--config", "num_perm=65", "--config", "bands=32"], "must be a multiple of `bands`"),
    (["clean", "in", "out", "--config", "seed=-1"], "seed"),
    (["clean", "in", "out", "--config", "passage_words=4"], "passage_words"),
    (["clean", "in", "out", "--config", "nowhere.toml"], "nowhere.toml"),
    (["clean", "in", "out", "--rules", "nowhere.toml"], "nowhere.toml"),
    (["clean", "in", "out", "--files-from", "nowhere.list"], "nowhere.list"),
    (["clean", "in", "out", "--no-matching", "--copies", "strike"], "copies are found by comparing"),
    (
        ["clean", "in", "out", "--no-matching", "--against", "made"],
        "what another run has already is found by comparing",
    ),
    (["clean", "in", "made", "--against", "made"], "is OUT and --against as well"),
    (["clean", "in", "out", "--against", "in"], "in"),
    (["clean", "in", "out", "--master", "spark://host"], "is the master of which engine?"),
    (["clean", "in", "out", "--engine", "slurm"], "slurm"),
    (["stats", "in"], "not the output of a finished run"),
    (["stats", "nowhere"], "there is no such folder"),
    (["stats", "made", "--fail-on", "removed=1"], "is no condition; say it like removed>40%"),
    (["stats", "made", "--fail-on", "quality<2"], "is a share, from 0 to 1"),
    (["why", "made", "c.txt"], "c.txt"),
    (["why", "made", "a.txt:99999"], "has 7 lines; there is no line 99,999, and a character is :@99999"),
    (["restore", "made", "c.txt"], "c.txt"),
    (["diff", "made"], "OUT2"),
    (["diff", "made", "made", "c.txt"], "c.txt"),
    (["explain-dup", "made", "x", "y"], "has no paragraph 'x'"),
    (["match", "in/a.txt"], "--against"),
    (["match", "nowhere.txt", "--against", "made"], "nowhere.txt: cannot be read"),
    (["match", "in/a.txt", "--against", "made", "--threshold", "0"], "--threshold"),
    (["export", "made", "o", "--to", "xml"], "xml"),
    (["export", "made", "o", "--to", "markdown", "--max-chars", "500"], "--max-chars is an option of --to chunks"),
    (["export", "made", "-", "--to", "parquet"], "standard output takes Markdown"),
    (["export", "made", "-", "--to", "chunks", "--format", "parquet"], "standard output takes Markdown"),
    (["export", "made", "s3://bucket", "--to", "dolma"], "is an address"),
    (["schema", "documnts"], "did you mean `documents`?"),
    (["rules", "show", "titel"], "no built-in rule is called 'titel'"),
    (["help", "clean", "more"], "has no commands"),
    (["help", "claen"], "claen"),
    (["learn", "nowhere"], "nowhere"),
    (["sniff", "nowhere"], "nowhere"),
    (["completion", "tcsh"], "tcsh"),
]


@pytest.mark.parametrize(
    ("arguments", "problem"), WRONG, ids=lambda one: " ".join(one) if isinstance(one, list) else ""
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(
    said: Said, desk: Path, arguments: list[str], problem: str
) -> None:
    """Exit code 2, and behind the usage of the command one sentence."""
    if "made" in arguments:
        clean(["in"], "made", workers=0)
    before = sorted(desk.iterdir())
    code, printed, complaint = said(*arguments)
    assert (code, printed) == (2, "")
    assert problem in complaint.splitlines()[-1]
    assert "Traceback" not in complaint
    assert sorted(desk.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["clean", "in", "a-file"], "is a file; OUT must be a folder"),
        (["clean", "in", "full"], "is not empty and was not written by pipeline"),
        (["init"], "pipeline.toml is there already: --force writes over it"),
        (["export", "made", "full", "--to", "markdown"], "is there already: --force writes over it"),
        (["export", "made", "a-file", "--to", "chunks"], "is there already: --force writes over it"),
        (["export", "made", "made/o", "--to", "chunks", "--force"], "lies in the output folder that is to be exported"),
        (["export", "made", "made", "--to", "chunks", "--force"], "lies in the output folder that is to be exported"),
        (["store", "info", "in"], "is not an output folder of pipeline"),
        (["store", "gc", "in"], "is not an output folder of pipeline"),
        (["report", "made", "-o", "nowhere/report.html"], "nowhere"),
        (["learn", "in", "-o", "nowhere/site.toml", "--workers", "1"], "nowhere"),
    ],
)
def test_what_cannot_be_written(said: Said, desk: Path, arguments: list[str], problem: str) -> None:
    """Exit code 4, and what is there stays."""
    Path("full").mkdir()
    for name in ("full/letter.txt", "a-file", "pipeline.toml"):
        Path(name).write_text("# Dear Anna\n")
    if "made" in arguments:
        clean(["in"], "made", workers=0)
    code, printed, complaint = said(*arguments)
    assert (code, printed) == (4, "")
    assert problem in complaint
    assert len(complaint.splitlines()) == 1
    assert {Path(name).read_text() for name in ("full/letter.txt", "a-file", "pipeline.toml")} == {"# Dear Anna\n"}
