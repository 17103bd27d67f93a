"""Texts of pairs are those of the packs, whatever the files they are written to, and no pack is gone through twice for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.corpus.engines.local import InProcess
from pipeline.corpus.packs import Pack
from pipeline.corpus.table import Array
from pipeline.match import compare, pair_texts, pairs
from pipeline.match.core import rows
from pipeline.match.core.packed import pack
from pipeline.match.items import Documents
from pipeline.match.pair_texts import write_texts
from pipeline.match.sorted_runs import KEY
from pipeline.match.workspace import Workspace
from tests.documents import document, write_packs

TEXTS = [
    ["The ferry to the island was late again.", "Nobody on the pier was surprised by that."],
    ["Çok güzel bir gün, dedi balıkçı — ve güldü 😀.", "港口 今天 关闭 了 因为 风暴 很 大"],
    [],
    ["A lone \ud800 surrogate stands in this line of text."],
    ["The last one to leave the pier put out the lamp."],
]


def space_of(folder: Path) -> Workspace:
    """A workspace with a document for each of `TEXTS`, two in a pack."""
    documents = [document(f"{i}.txt", text) for i, text in enumerate(TEXTS)]
    return compare._prepare(write_packs(folder, documents, 3), folder, 0)[0]


def wanted(number: Array, size: Array) -> Iterator[Array]:
    """Texts as they are asked for: some of them twice, and not in order."""
    rows = np.empty(len(number), dtype=KEY)
    rows["high"] = number
    rows["low"] = size
    yield rows[::-1]
    yield rows[1:]


@pytest.mark.parametrize("chars", [1, 100, 1 << 20])
def test_they_are_those_of_the_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chars: int) -> None:
    monkeypatch.setattr(pair_texts, "_CHARS", chars)
    space = space_of(tmp_path)
    paragraphs = [paragraph for text in TEXTS for paragraph in text]
    number = np.array([0, 2, 3, 4, 5])
    size = np.array([len(paragraphs[i]) for i in number])
    texts = write_texts(InProcess(), space, "paragraph", wanted(number, size))
    for asked in ([0, 2, 3, 4, 5], [2, 5], [3], []):
        found = texts.fetch(np.array(asked, dtype=np.int64))
        assert list(found) == [paragraphs[i] for i in asked]
    texts.remove()
    assert not any(path.exists() for path in texts.paths)
    number = np.array([0, 2, 4])
    of_documents = write_texts(InProcess(), space, "document", wanted(number, np.array([80, 0, 48])))
    assert list(of_documents.fetch(number)) == ["\n\n".join(TEXTS[i]) for i in (0, 2, 4)]


def test_however_few_pairs_are_verified_together_packs_are_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (
        "The old harbour master counted seven grey gulls upon the roof of hut {} before he rang the bell for the ferry."
    )
    documents = [document(f"{i:02}.txt", [line.format(i)]) for i in range(12)]
    space, _ = compare._prepare(write_packs(tmp_path, documents, 4), tmp_path, 0)
    asked: Counter[Path] = Counter()
    read = Pack.blobs

    def counted(own: Pack, name: str, numbers: Array) -> list[bytes]:
        asked[own.path] += name == "text"
        return read(own, name, numbers)

    monkeypatch.setattr(Pack, "blobs", counted)
    monkeypatch.setattr(pairs, "_CHUNK", 1)
    one, two = np.triu_indices(12, 1)
    keys = pack(one, two)
    found = pairs.verify_pairs(InProcess(), space, Documents(space), keys, 5, pairs.Least(0.5))
    assert found.key.tolist() == sorted(keys.tolist())
    assert asked == dict.fromkeys(space.packs.paths, 1)
    assert not list(space.folder.glob("texts-*"))


class Three(InProcess):
    """An engine of three workers, of which each item is counted."""

    workers = 3

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.items: Counter[str] = Counter()

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        self.items[getattr(function, "__name__", "texts")] += len(items)
        return super().map(function, items)


def test_pairs_are_shared_among_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_LEAST", 1000)
    monkeypatch.setattr(pair_texts, "_LEAST", 1000)
    line = "The old harbour master counted {} grey gulls upon the roof of hut {} before he rang the bell for ferry {}."
    documents = [document(f"{i:02}.txt", [line.format(i, i % 7, i % 5) * 4]) for i in range(40)]
    space, _ = compare._prepare(write_packs(tmp_path, documents, 4), tmp_path, 0)
    keys = pack(*np.triu_indices(40, 1))
    alone, three = InProcess(tmp_path), Three(tmp_path)
    one, other = (
        pairs.verify_pairs(engine, space, Documents(space), keys, 5, pairs.Least(0.5)) for engine in (alone, three)
    )
    assert len(one) > 0
    for name, column in rows.columns(one).items():
        assert rows.columns(other)[name].tolist() == column.tolist()
    assert three.items["_verify"] >= 12
    assert three.items["texts"] >= 6
