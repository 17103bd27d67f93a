"""Work cut into shards, and what reading its parts gives."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model import RawDocument
from pipeline.read import files, reading
from tests.read.samples import read, saved

OPTIONS = reading.read_options()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Many small files, one large, and one large that cannot be split."""
    for i in range(50):
        saved(tmp_path, f"small-{i:02d}.txt", f"Page {i}.\n" * 10)
    saved(tmp_path, "large.jsonl", "".join(json.dumps({"text": f"Line {i} of many."}) + "\n" for i in range(20_000)))
    saved(tmp_path, "large.txt", "One long page.\n" * 40_000)
    return tmp_path


def test_shards_are_of_about_one_size_and_keep_the_order(corpus: Path) -> None:
    entries = files.find([str(corpus)])
    shards = list(reading.shards(entries, 100_000, OPTIONS))
    parts = [part for shard in shards for part in shard]
    assert list(dict.fromkeys(part.entry for part in parts)) == entries
    assert len([part for part in parts if part.entry.source == "large.jsonl"]) > 5
    assert len([part for part in parts if part.entry.source == "large.txt"]) == 1
    assert any(len(shard) > 10 for shard in shards), "small files share a shard"


@pytest.mark.parametrize("target", [1, 5000, 100_000, 1 << 30])
def test_what_is_read_does_not_depend_on_the_shards(corpus: Path, target: int) -> None:
    shards = reading.shards(files.listed([str(corpus)]), target, OPTIONS)
    items = [item for shard in shards for part in shard for item in reading.read(part, OPTIONS)]
    names = [item.source for item in items if isinstance(item, RawDocument)]
    assert len(names) == 20_051
    assert names == sorted(names)
    assert sum(item.bytes for item in items if isinstance(item, reading.Facts)) == sum(
        path.stat().st_size for path in corpus.iterdir()
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    lines=st.lists(st.sampled_from(['{"text": "a"}', '{"text": "\\u00e4"}', "", " ", "nonsense", "\r"]), max_size=20),
    end=st.sampled_from(["\n", ""]),
    target=st.integers(1, 60),
)
def test_lines_however_split(tmp_path: Path, lines: list[str], end: str, target: int) -> None:
    path = saved(tmp_path, "news.jsonl", "\n".join(lines) + end)
    whole, parts = read(path), read(path, target=target)
    assert (parts.documents, parts.failures) == (whole.documents, whole.failures)
    assert whole.numbers == [i for i, line in enumerate(lines) if line.startswith("{")]


def test_parts_go_to_other_processes(corpus: Path) -> None:
    (entry,) = files.find([str(corpus / "large.jsonl")])
    parts = reading.split(entry, 100_000, OPTIONS)
    assert pickle.loads(pickle.dumps(parts)) == parts


def test_a_file_that_changes_between_is_a_failure(corpus: Path) -> None:
    (entry,) = files.find([str(corpus / "large.jsonl")])
    parts = reading.split(entry, 100_000, OPTIONS)
    with (corpus / "large.jsonl").open("a") as file:
        file.write("more\n")
    failure, facts = reading.read(parts[1], OPTIONS)
    assert failure.error == "changed"  # type: ignore[union-attr]
    assert isinstance(facts, reading.Facts)


def test_facts_are_of_the_file_as_it_lies_there(corpus: Path) -> None:
    path = corpus / "large.jsonl"
    data = path.read_bytes()
    expected = (hashlib.sha256(data).hexdigest(), len(data))
    assert [(facts.sha256, facts.bytes) for facts in read(path).facts] == [expected]
    assert reading.digest(files.find([str(path)])[0]) == expected


@pytest.mark.parametrize(
    ("file_format", "data", "texts"),
    [
        (None, b"A page.\n", ["A page.\n"]),
        (None, b'{"text": "One"}\n{"text": "Two"}\n', ["One", "Two"]),
        ("csv", b"text\nOne\nTwo\n", ["One", "Two"]),
        ("document", b'{"text": "One"}\n', ['{"text": "One"}\n']),
    ],
)
def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, file_format: str | None, data: bytes, texts: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    got = read("-", file_format=file_format)
    assert got.texts == texts
    assert got.facts[0] == reading.Facts(hashlib.sha256(data).hexdigest(), len(data), {})
