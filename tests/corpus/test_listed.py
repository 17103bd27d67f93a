"""Files that a run finds as they were are not read again, and whatever has changed is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import Config, clean
from pipeline.corpus import listed, table
from pipeline.read import reading
from pipeline.read.entry import Entry
from pipeline.read.outputs import PRIVATE
from tests.conftest import outputs
from tests.judge.test_templates import SLOGAN, story, write

STRICTER = Config(threshold=0.9)
"""Another run over the same files"""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, as a run goes on; cleared by who looks."""
    told: list[str] = []
    real = reading.read

    def noted(part: reading.Part, options: object) -> object:
        told.append(part.entry.source)
        return real(part, options)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "read", noted)
    return told


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files that are each a shard, one of them in several parts."""
    monkeypatch.setattr("pipeline.corpus.plan.SHARD_BYTES", 10_000)
    write(tmp_path / "in", {f"{number}.txt": [*story(number, 60), SLOGAN] for number in range(4)})
    rows = [json.dumps({"text": "\n\n".join(story(20 + number, 20))}) for number in range(20)]
    (tmp_path / "in" / "rows.jsonl").write_text("\n".join(rows) + "\n")
    return tmp_path


def again(folder: Path, read: list[str], config: Config = STRICTER) -> list[str]:
    """Run again; the files that were read for it. The output is that of a fresh run."""
    read.clear()
    clean([folder / "in"], folder / "out", config, workers=0)
    found = sorted(set(read))
    clean([folder / "in"], folder / "fresh", config, workers=0, fresh=True)
    assert outputs(folder / "out") == outputs(folder / "fresh")
    return found


def test_only_what_has_changed_is_read(folder: Path, read: list[str]) -> None:
    clean([folder / "in"], folder / "out", workers=0)
    assert read.count("rows.jsonl") > 1, "the file is not split"
    assert again(folder, read) == []
    page = folder / "in" / "2.txt"
    page.write_text(page.read_text().replace("a", "e", 1))  # as many bytes as before
    assert again(folder, read) == ["2.txt"]
    rows = folder / "in" / "rows.jsonl"
    rows.write_text(rows.read_text().replace("a", "e", 1))
    assert again(folder, read, Config()) == ["rows.jsonl"]
    page.rename(folder / "in" / "5.txt")
    assert again(folder, read) == ["5.txt"]
    assert again(folder, read, Config(fields=("text=title",))) != []


def test_what_was_judged_and_is_damaged_is_read_again(folder: Path, read: list[str]) -> None:
    clean([folder / "in"], folder / "out", workers=0)
    for number, path in enumerate(sorted((folder / "out" / PRIVATE).rglob("*.lines"))):
        if number == 0:
            path.write_bytes(path.read_bytes()[:-1])
    assert len(again(folder, read)) == 1
    for path in (folder / "out" / PRIVATE).rglob(f"*{listed.SUFFIX}"):
        path.write_bytes(path.read_bytes()[:-1])
    assert len(again(folder, read, Config())) == 5
    assert again(folder, read) == []


def test_a_file_that_could_not_be_read_is_read_again(folder: Path, read: list[str]) -> None:
    (folder / "in" / "bad.json").write_text('{"text": "The harbour')
    clean([folder / "in"], folder / "out", workers=0)
    assert again(folder, read) == ["bad.json"]


def test_lists_of_files_that_are_gone_go_away(folder: Path, read: list[str]) -> None:
    clean([folder / "in"], folder / "out", workers=0)
    before = {path.name for path in (folder / "out" / PRIVATE).rglob(f"*{listed.SUFFIX}")}
    (folder / "in" / "1.txt").unlink()
    assert again(folder, read) == []
    after = {path.name for path in (folder / "out" / PRIVATE).rglob(f"*{listed.SUFFIX}")}
    assert after < before
    assert len(after) == len(before) - 1


def test_no_list_is_kept_of_remote_files(tmp_path: Path) -> None:
    one = listed.Listed("0" * 32)
    for path, is_kept in (("https://example.org/a.txt", False), ("/a.txt", True)):
        part = reading.Part(Entry("a.txt", path, 9), None, None, "f" * 64)
        assert (listed.keep(tmp_path, [part], [one]) is not None) == is_kept
    assert len(list(tmp_path.glob(f"*{listed.SUFFIX}"))) == 1
    assert all(map(table.is_intact, tmp_path.glob(f"*{listed.SUFFIX}")))
