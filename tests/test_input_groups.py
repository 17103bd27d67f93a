"""Options that hold for some of the input files: fields, format, favor, threshold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from pipeline import Config, clean, read_documents, read_records
from pipeline.cli import options
from pipeline.config import Inputs
from pipeline.errors import UsageError
from pipeline.read import reading
from pipeline.read.chosen import Chosen
from pipeline.read.entry import file_of
from tests.conftest import SEEDS, pipeline
from tests.judge.test_templates import story

WORDS = [f"word{number}" for number in range(60)]


def rows(out: Path) -> dict[str, str]:
    return {row.source: row.text for row in read_documents(out)}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with two tables whose columns are called otherwise, and a file whose name does not say what it is."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "old.csv").write_text(f'body,story\nno text of it,"{story(1, 1)[0]}"\n')
    (tmp_path / "in" / "new.jsonl").write_text(json.dumps({"text": "a stub", "article": story(2, 1)[0]}) + "\n")
    (tmp_path / "in" / "dump.dat").write_text(json.dumps({"text": story(3, 1)[0]}) + "\n")
    return tmp_path


def test_files_with_other_columns_in_one_run(tables: Path) -> None:
    options = ("--field", "old.csv:text=story", "--field", "new.jsonl:text=article", "--input-format", "*.dat:jsonl")
    assert pipeline("clean", "in", "out", *options, cwd=tables).returncode == 0
    expected = {
        "dump.dat#0000000000": story(3, 1)[0],
        "new.jsonl#0000000000": story(2, 1)[0],
        "old.csv#0000000000": story(1, 1)[0],
    }
    assert rows(tables / "out") == expected
    (tables / "pipeline.toml").write_text(
        '[[inputs]]\nfiles = "*.csv"\nfields = { text = "story" }\n\n'
        '[[inputs]]\nfiles = "*.jsonl"\nfields = ["text=article"]\n\n[[inputs]]\nfiles = "*.dat"\ninput_format = "jsonl"\n'
    )
    assert pipeline("clean", "in", "out2", cwd=tables).returncode == 0
    assert rows(tables / "out2") == expected


def test_one_file_is_cleaned_with_another_favor(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    page = (SEEDS / "003_a6d7477207555b4a.txt").read_text(
        encoding="utf-8"
    )  # whose lines are less sure than those of a story
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(page)
    texts = {}
    for favor in ("precision", "recall"):
        clean([tmp_path / "in"], tmp_path / favor, Config(favor=favor, matching=False))
        texts[favor] = rows(tmp_path / favor)["a.txt"]
    assert texts["precision"] != texts["recall"]
    options = ("--favor", "precision", "--favor", "b.txt:recall", "--no-matching")
    assert pipeline("clean", "in", "out", *options, cwd=tmp_path).returncode == 0
    assert rows(tmp_path / "out") == {"a.txt": texts["precision"], "b.txt": texts["recall"]}


def near(words: list[str], changed: int) -> str:
    return (
        " ".join(f"other{number}" if number < changed else word for number, word in enumerate(words)).capitalize() + "."
    )


def test_a_pair_reaches_the_higher_threshold_of_both(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, changed in (("a", 0), ("b", 8), ("strict", 8)):
        head = " ".join(f"{name}{number}" for number in range(40))
        (tmp_path / "in" / f"{name}.txt").write_text(f"{near(WORDS, changed)}\n\n{head}.")
    config = Config(threshold=0.6, inputs=(Inputs(files="strict*", threshold=0.95),))
    clean([tmp_path / "in"], tmp_path / "out", config)
    names = {row.id: row.source for row in read_documents(tmp_path / "out")}
    found = {
        (names[pair.a.document_id], names[pair.b.document_id]): (pair.relation, pair.jaccard)
        for pair in read_records(tmp_path / "out", "pairs")
    }
    assert 0.6 < found["a.txt", "b.txt"][1] < 0.95
    assert found["a.txt", "b.txt"][0] in ("copy", "revision")
    assert ("a.txt", "strict.txt") not in found or found["a.txt", "strict.txt"][0] == "quote"
    assert found["b.txt", "strict.txt"][1] == 1.0


def test_the_options_of_a_file_and_of_what_lies_in_it() -> None:
    config = Config(
        favor="precision", inputs=(Inputs(files="forum/*", favor="recall"), Inputs(files="*.zip", favor="auto"))
    )
    assert config.of("news/a.html") == config
    assert config.of("forum/a.html").favor == "recall"
    assert config.of("forum/a.zip").favor == "auto"
    assert file_of("forum/a.zip#2021/wall.html") == "forum/a.zip"
    assert file_of("news.jsonl#0000000041") == "news.jsonl"
    assert file_of("mails.mbox#0000000003#0000000000") == "mails.mbox"
    assert file_of("notes #1.txt") == "notes #1.txt"


@pytest.mark.parametrize(
    ("pattern", "held", "others"),
    [
        ("*.csv", ["a.csv", "old/a.csv", "old/1999/a.csv", "pages.zip#old/a.csv"], ["a.csv.txt", "csv"]),
        ("old/*.csv", ["old/a.csv"], ["a.csv", "old/1999/a.csv", "new/old/a.csv"]),
        ("old/**/*.csv", ["old/a.csv", "old/1999/a.csv", "old/1999/05/a.csv"], ["a.csv", "older/a.csv"]),
        ("forum/*", ["forum/a.html", "forum/2024/a.html"], ["forum.html", "my/forum/a.html"]),
        ("forum", ["forum/a.html", "my/forum/a.html"], ["forum.html"]),
        ("[!a-m]*.txt", ["old.txt", "notes/z.txt"], ["a.txt", "notes/b.txt"]),
        ("wire/?.txt", ["wire/1.txt"], ["wire/12.txt", "wire/.txt"]),
    ],
)
def test_a_pattern_holds_for_the_same_names_wherever_it_is_given(
    pattern: str, held: list[str], others: list[str]
) -> None:
    config = Config(inputs=(Inputs(files=pattern, favor="recall", input_format="csv", fields=("text=story",)),))
    chosen = Chosen((pattern,))
    reading_options = reading.options_of(config)
    for name in (*held, *others):
        expected = name in held
        assert (config.of(name).favor == "recall") is expected, name
        assert chosen.wants(name) is expected, name
        of_file = reading_options.of(name)
        assert (of_file.format == "csv") is (of_file.fields == (("text", "story"),)) is expected, name
        assert (reading_options.unused([name]) == []) is expected, name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[inputs]]\nfiles = '[z-a].csv'\nfavor = 'recall'", "[z-a].csv: not a pattern"),
        ("fields = ['[z-a].csv:text=story']", "[z-a].csv: not a pattern"),
        ('inputs = "x"', '`inputs` is "x"; it must be tables `[[inputs]]`'),
        ("[[inputs]]\nfavor = 'recall'", "needs `files`"),
        ("[[inputs]]\nfiles = '*'\nfavour = 'recall'", "did you mean `favor`?"),
        ("[[inputs]]\nfiles = '*'\nfavor = 'much'", '`inputs[0].favor` is "much"; it must be'),
        ("[[inputs]]\nfiles = '*'\nthreshold = 2", "`inputs[0].threshold` is 2"),
        ("[[inputs]]\nfiles = '*'\ninput_format = 'cvs'", "cvs"),
        ("[[inputs]]\nfiles = '*'\nfields = ['textt=a']", "KEY=NAME"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "pipeline.toml").write_text(text)
    (tmp_path / "a.txt").write_text("A tide.")
    done = pipeline("clean", "a.txt", "out", cwd=tmp_path)
    assert (done.returncode, problem in done.stderr.decode()) == (2, True), done.stderr.decode()
    assert "should not happen" not in done.stderr.decode()


def test_a_pattern_that_no_file_has_is_told(tables: Path) -> None:
    done = pipeline("clean", "in", "out", "--field", "odl/*.csv:text=story", "--favor", "precision", cwd=tables)
    assert "options are given for 'odl/*.csv', but no input is called so" in done.stderr.decode()
    assert pipeline("clean", "in", "out", "--favor", "x:much", cwd=tables).returncode == 2


@pytest.mark.parametrize(
    "one",
    [{"favor": "recall"}, {"threshold": 0.9}, {"input_format": "csv"}, {"fields": ("text=story",)}],
    ids=lambda one: next(iter(one)),
)
def test_a_pattern_that_no_file_has_is_told_whatever_it_is_given_for(tmp_path: Path, one: dict[str, Any]) -> None:
    (tmp_path / "a.txt").write_text("\n\n".join(story(1, 2)))
    for files, told in (("odl/*.txt", True), ("*.txt", False)):
        config = Config(inputs=(Inputs(files=files, **(one if told else {"favor": "recall"})),))
        say = Mock()
        clean(tmp_path / "a.txt", tmp_path / "out", config, workers=0, say=say)
        of_patterns = [call.args for call in say.call_args_list if "no input is called so" in call.args[1]]
        assert of_patterns == [(0, f"options are given for {files!r}, but no input is called so")] * told


def test_bands_are_for_one_threshold() -> None:
    with pytest.raises(UsageError, match="one threshold"):
        Config(num_perm=128, bands=32, inputs=(Inputs(files="*", threshold=0.5),))


def test_tables_of_the_command_line_come_behind_those_of_files(tmp_path: Path) -> None:
    """So they decide where both hold; and a table goes before what is said of all files, wherever that is said."""
    (tmp_path / "run.toml").write_text(
        "favor = 'balanced'\nthreshold = 0.5\n[[inputs]]\nfiles = '*.txt'\nfavor = 'recall'\nthreshold = 0.6\nfields = ['text=a']\n"
    )
    given: dict[str, Any] = {"favor": (("", "auto"), ("*.txt", "precision")), "threshold": (("", 0.9),), "fields": None}
    options.apart(given)
    loaded = options.load([str(tmp_path / "run.toml")], True, given).config
    assert (loaded.favor, loaded.threshold) == ("auto", 0.9)
    assert (loaded.of("a.txt").favor, loaded.of("a.txt").threshold) == ("precision", 0.6)
    assert (loaded.of("a.md").favor, loaded.of("a.md").threshold) == ("auto", 0.9)
    named = reading.read_options(None, ["text=all", "*.txt:text=some", "a.*:text=last", "title=t"])
    assert dict(named.of("a.txt").fields) == {"text": "last", "title": "t"}
    assert dict(named.of("b.txt").fields) == {"text": "some", "title": "t"}
    formats = reading.read_options("csv", (), [("*.txt", "jsonl"), ("b.*", "json")])
    assert [formats.of(name).format for name in ("a.txt", "b.txt", "c.md")] == ["jsonl", "json", "csv"]
