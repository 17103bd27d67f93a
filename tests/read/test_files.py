"""Which files the inputs are, and their names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.model import Failure, RawDocument
from pipeline.read import files, reading
from pipeline.read.interface import ReadOptions
from pipeline.read.reading import Part
from tests.conftest import pipeline
from tests.read.samples import read, saved


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a/one.txt", "a/two.html", "a.txt", "b/c/three.html", "b/.hidden", ".git/config"):
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "root"


def names(*inputs: Path | str, exclude: Path | None = None) -> list[str]:
    return [entry.source for entry in files.find([str(item) for item in inputs], exclude)]


def test_a_folder_gives_its_files_by_path_below_it_and_passes_over_hidden_ones(tree: Path) -> None:
    assert names(tree) == ["a.txt", "a/one.txt", "a/two.html", "b/c/three.html"]


def test_names_are_sorted_as_they_are_walked(tree: Path) -> None:
    saved(tree, "a-b.txt", "x")
    assert names(tree) == sorted(names(tree))


def test_several_folders_come_with_their_names_whatever_their_order(tree: Path) -> None:
    expected = ["a/one.txt", "a/two.html", "b/c/three.html"]
    assert names(tree / "a", tree / "b") == names(tree / "b", tree / "a") == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt"]),
        ("a/*", ["one.txt", "two.html"]),
        ("**/*.html", ["a/two.html", "b/c/three.html"]),
        ("b/**", ["c/three.html"]),
        ("a/[!t]*", ["one.txt"]),
        ("a/t?o.html", ["two.html"]),
        ("**/*.txt", ["a.txt", "a/one.txt"]),  # any number of folders: none as well
        ("**/three.html", ["b/c/three.html"]),
        ("**/c/**/*", ["b/c/three.html"]),
        ("?/*.html", ["a/two.html"]),
        ("*/three.html", []),  # a star is one name, and no path
        ("?*three.html", []),
        ("[a-b]/one.txt", ["a/one.txt"]),
        ("[!a-b].txt", []),
        ("*", ["a.txt", "a/one.txt", "a/two.html", "b/c/three.html"]),
    ],
)
def test_patterns(tree: Path, pattern: str, expected: list[str]) -> None:
    if expected:
        assert names(f"{tree}/{pattern}") == expected
    else:
        with pytest.raises(UsageError, match="no file matches the pattern"):
            names(f"{tree}/{pattern}")


@pytest.mark.parametrize(("item", "message"), [("*.pdf", "no file matches the pattern"), ("none", "no such file")])
def test_what_is_not_there_is_a_usage_error(tree: Path, item: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        names(f"{tree}/{item}")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    assert names(saved(tmp_path, "what[1]?.txt", "x")) == ["what[1]?.txt"]


def test_the_same_file_twice_is_one_input_but_two_files_of_one_name_are_an_error(tree: Path) -> None:
    saved(tree / "b", "one.txt", "another")
    assert names(tree / "a" / "one.txt", tree / "a" / ".." / "a" / "one.txt") == ["one.txt"]
    with pytest.raises(UsageError, match="would both be called"):
        names(tree / "a" / "one.txt", tree / "b" / "one.txt")


def test_the_output_folder_is_no_input(tree: Path) -> None:
    assert names(tree, exclude=tree / "b") == ["a.txt", "a/one.txt", "a/two.html"]


@pytest.mark.parametrize("sign", [".pipeline/lock", "manifest.json"])
def test_output_folders_of_other_runs_are_told_and_no_inputs(tree: Path, sign: str) -> None:
    for folder in ("b/out/.pipeline", "b/app"):
        (tree / folder).mkdir(parents=True)
    if sign == "manifest.json":
        (tree / "b/out/.pipeline").rmdir()
    saved(tree / "b" / "out", "documents.jsonl", '{"text": "x"}')
    saved(tree / "b" / "out", sign, '{"schema_version": 1, "pipeline_version": "1", "inputs": []}')
    saved(tree / "b" / "app", "manifest.json", '{"name": "An app", "version": "1"}')
    told: list[str] = []
    entries = files.find([str(tree)], tree / "a", told=told.append)
    assert [entry.source for entry in entries] == ["a.txt", "b/app/manifest.json", "b/c/three.html"]
    assert told == [str(tree / "a"), str(tree / "b" / "out")]
    assert "b/out/documents.jsonl" not in names(f"{tree}/**/*.json*")
    assert names(tree / "b" / "out" / "documents.jsonl") == ["documents.jsonl"]
    assert names(f"{tree}/b/out/doc*") == ["documents.jsonl"]
    with pytest.raises(UsageError, match="is the output folder of a run, and no folder of pages"):
        names(tree / "b" / "out")


def test_links_to_folders_are_not_followed_so_that_loops_end(tree: Path) -> None:
    (tree / "a" / "loop").symlink_to(tree)
    (tree / "a" / "lost").symlink_to(tree / "nowhere")
    (tree / "link.txt").symlink_to(tree / "a.txt")
    found = {entry.source: entry for entry in files.find([str(tree)])}
    assert set(found) == {"a.txt", "a/one.txt", "a/two.html", "b/c/three.html", "link.txt", "a/loop", "a/lost"}
    assert read(Path(found["link.txt"].path)).texts == ["a.txt"]
    assert "is not followed" in read(found["a/loop"].path).failures[0].message
    assert read(found["a/lost"].path).errors == ["unreadable"]


def test_links_that_lead_out_of_their_folder_are_refused(tree: Path, tmp_path: Path) -> None:
    (secret := tmp_path / "root secret").write_text("secret")  # its path begins like that of the folder
    (tree / "out.txt").symlink_to(secret)
    (tree / "step.txt").symlink_to(tree / "out.txt")
    (tree / "a" / "up.txt").symlink_to("../a.txt")
    (tree / "round.txt").symlink_to("round.txt")
    found = {entry.source: list(reading.read(Part(entry), ReadOptions())) for entry in files.find([str(tree)])}
    errors = {source: item.error for source, items in found.items() for item in items if isinstance(item, Failure)}
    assert errors == {"out.txt": "outside", "step.txt": "outside", "round.txt": "unreadable"}
    assert [item.data for item in found["a/up.txt"] if isinstance(item, RawDocument)] == [b"a.txt"]
    assert secret.read_bytes() not in [
        item.data for items in found.values() for item in items if isinstance(item, RawDocument)
    ]
    followed = {entry.source: entry.path for entry in files.find([str(tree)], follow=True)}
    assert read(followed["out.txt"]).texts == ["secret"]
    assert pipeline("clean", tree, tmp_path / "out", "--follow", "-q").returncode == 3  # for the one that is a circle
    assert pipeline("verify", tmp_path / "out", "--against", tree).returncode == 0
    assert b"secret" in (tmp_path / "out" / "documents.jsonl").read_bytes()


def test_an_unreadable_file_is_a_failure_of_its_own(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    (failure,) = read(tree / "a.txt").failures
    assert (failure.source, failure.stage, failure.error) == ("a.txt", "read", "unreadable")
    assert failure.message == "cannot be read: Permission denied"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (entry,) = files.find([str(tmp_path)])
    assert read(entry.path).errors == ["not-a-file"]


def test_names_that_are_not_utf8_and_names_like_members(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("x")
    saved(tmp_path, "pages#0000000001", "x")
    saved(tmp_path, "a.zip#b.txt", "x")
    saved(tmp_path, "C# for all.txt", "x")
    assert names(tmp_path) == ["C# for all.txt", "a.zip%23b.txt", "caf\\xe9.txt", "pages%230000000001"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\0"])
def test_files_named_in_a_file(tree: Path, tmp_path: Path, end: str) -> None:
    named = [tree / "a" / "one.txt", tree / "b" / "c" / "three.html", tree / "a" / ".." / "a.txt", tree / "gone.txt"]
    path = saved(tmp_path, "list", end.join(map(str, named)) + end)
    found = {entry.source: entry for entry in files.find([], None, [str(path)])}
    assert list(found) == ["a.txt", "a/one.txt", "b/c/three.html", "gone.txt"]
    assert read(found["gone.txt"].path).errors == ["unreadable"]
    assert [entry.source for entry in files.find([str(tree / "a")], None, [str(path)])][:2] == ["a.txt", "a/one.txt"]


def test_addresses_named_in_a_file_are_called_by_host_and_path(tmp_path: Path) -> None:
    path = saved(tmp_path, "list", "https://a.example/x/index.html\nhttps://b.example/x/index.html?p=2\n")
    assert [entry.source for entry in files.find([], None, [str(path)])] == [
        "a.example/x/index.html",
        "b.example/x/index.html?p=2",
    ]


def test_a_list_that_cannot_be_used_says_why(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names a folder"):
        files.find([], None, [str(saved(tmp_path, "list", f"{tree}\n"))])
    with pytest.raises(UsageError, match="the list of files cannot be read: No such file"):
        files.find([], None, [str(tmp_path / "none")])


def test_a_million_files_are_not_held() -> None:
    assert iter(files.listed(["-"])) is not None
    assert [entry.source for entry in files.listed(["-"])] == ["stdin"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_no_two_files_of_a_folder_have_one_name(tmp_path: Path) -> None:
    files_there = [b"\xff.txt", rb"\xff.txt", rb"\x5cxff.txt", b"a.zip#b", b"a.zip%23b", b"a.zip%2523b"]
    files_there += [b"a#12345678", b"a%2312345678", b"a%252312345678"]
    for name in files_there:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"A page.")
    sources = names(tmp_path)
    assert len(set(sources)) == len(files_there)
    assert sources == sorted(sources)
    assert {r"\xff.txt", r"\x5cxff.txt", r"\x5cx5cxff.txt", "a.zip%23b", "a.zip%2523b"} < set(sources)
