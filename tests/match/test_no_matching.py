"""`--no-matching`: clean documents, and nothing said of what they share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import Config, clean, read_documents, read_records
from pipeline.errors import UsageError
from pipeline.write.verify import audit
from tests.judge.test_templates import story, write

SHARED = story(1, 4)


def test_nothing_is_compared_and_the_text_is_the_same(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": [*story(2), *SHARED], "b.txt": [*SHARED, *story(3)]})
    clean([source], tmp_path / "compared")
    clean([source], tmp_path / "out", Config(matching=False))
    for name in ("clusters", "pairs", "passages"):
        assert list(read_records(tmp_path / "compared", name))
        assert list(read_records(tmp_path / "out", name)) == []
    texts = [[one.text for one in read_documents(tmp_path / out)] for out in ("compared", "out")]
    assert texts[0] == texts[1]
    assert all(one.duplicate_of is None for one in read_documents(tmp_path / "out"))
    assert audit(tmp_path / "out", [str(source)]).problems == []


def test_what_needs_comparing_is_refused_without_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="copies are found by comparing"):
        Config(matching=False, copy_action="strike")
    source = write(tmp_path / "in", {"a.txt": story(2)})
    clean([source], tmp_path / "older")
    with pytest.raises(UsageError, match="leave out --no-matching or --against"):
        clean([source], tmp_path / "out", Config(matching=False), against=tmp_path / "older")
