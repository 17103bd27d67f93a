"""Of very many rows, passages and pairs few are in memory at a time, and what comes of them is what a look at all of them gives."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.corpus import table
from pipeline.corpus.table import Array
from pipeline.match import at_a_time, kept_passages, sorted_runs
from pipeline.match.contained import Contained
from pipeline.match.families import write_families
from pipeline.match.linked import Linked, OrderedPairs
from pipeline.match.passage_rows import ROW, AllPassages, SharedPassages
from pipeline.match.sorted_runs import in_order, in_portions
from pipeline.match.workspace import Workspace
from tests.match import twin

WORDS = 8_000
"""Words of each document here"""


def keys(count: int, spread: int) -> Array:
    """Rows of `KEY` in any order, and a number beside them that follows from both."""
    random = np.random.default_rng(count + spread)
    rows = np.empty(count, dtype=[("high", "<u8"), ("more", "<i4"), ("low", "<u8")])
    rows["high"] = random.integers(0, spread, count) ** 2  # most are small
    rows["low"] = random.permutation(count)
    rows["more"] = rows["low"] // 3
    return rows


@pytest.mark.parametrize("count", [0, 1, 63, 64, 200, 5000])
@pytest.mark.parametrize("spread", [1, 7, 1 << 31])
def test_rows_in_order_whatever_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, spread: int
) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 160)
    monkeypatch.setattr(sorted_runs, "_SAMPLES", 5)
    rows = keys(count, spread)
    expected = rows[np.lexsort((rows["low"], rows["high"]))].tolist()
    parts = np.array_split(rows, count // 10 + 1)
    for sort in (in_order, in_portions):
        portions = list(sort(iter(parts), tmp_path / "runs"))
        assert [row for portion in portions for row in portion.tolist()] == expected
        assert not (tmp_path / "runs").exists()
    seen = [set(portion["high"].tolist()) for portion in portions if len(portion)]
    assert sum(map(len, seen)) == len(set().union(*seen))  # rows of one key are in one portion


class Found(Workspace):
    """A workspace of which nothing is looked up but how long documents are."""

    def __init__(self, folder: Path, documents: int) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.__dict__["lengths"] = np.full(documents, WORDS)


def write_passages(space: Workspace, count: int) -> SharedPassages:
    """So many passages, most of whose places several have."""
    random = np.random.default_rng(7)
    found = SharedPassages.of(space.folder)
    documents = len(space.lengths)
    with found.rows.writing() as append, found.pairs.writing() as append_pairs:
        for low in range(0, count, 1000):
            rows = np.zeros(min(1000, count - low), dtype=ROW)
            place = np.sort(random.integers(0, max(2, count // 3), (len(rows), 2)), axis=1)
            rows["rank"] = place % documents
            rows["first"] = place // documents * 160 + random.integers(0, 4, place.shape)
            rows["last"] = rows["first"] + random.integers(1, 150, place.shape)
            rows["words"] = random.integers(1, 150, len(rows))
            rows["bits"] = random.random(len(rows))
            append(rows)
            append_pairs(np.arange(low, low + len(rows), dtype=np.uint64))
    return found


def test_families_from_files_are_those_of_a_look_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 500)
    monkeypatch.setattr(at_a_time, "ROWS", 170)
    space = Found(tmp_path / "space", 40)
    found = write_passages(space, 3_000)
    write_families(space, found)
    rows = found.rows.part(0, len(found))
    before = rows["rank"].astype(np.int64) * WORDS
    expected = twin.families(before + rows["first"], before + rows["last"])
    assert 10 < expected.max() < 2_990
    assert AllPassages.of(found).family.tolist() == expected.tolist()
    assert {path.name for path in space.folder.iterdir()} == {column.path.name for column in found.columns}


def held(do: Callable[[], object]) -> int:
    """The most bytes that something takes while it is done."""
    tracemalloc.start()
    do()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 1 << 16)
    monkeypatch.setattr(sorted_runs, "_SAMPLES", 1 << 7)
    monkeypatch.setattr(at_a_time, "ROWS", 1 << 12)


@pytest.mark.usefixtures("few_at_a_time")
def test_of_each_passage_nothing_is_held_but_its_family(tmp_path: Path) -> None:
    def most(count: int) -> int:
        space = Found(tmp_path / str(count), count // 10)
        found = write_passages(space, count)
        return held(lambda: write_families(space, found))

    more = 150_000
    few = most(50_000)
    assert most(50_000 + more) - few < 12 * more  # a number of 4 bytes, and some of each document and run


class OwnSlots:
    """Documents alone."""

    def documents(self, slots: Array) -> Array:
        return slots

    def paragraphs(self, slots: Array) -> Array:
        return np.full(len(slots), -1)


def pairs_of(count: int) -> Iterator[Linked]:
    """So many pairs in no order."""
    random = np.random.default_rng(3)
    for low in range(0, count, 1000):
        number = np.arange(low, min(low + 1000, count))
        one = number.astype(np.int32)
        key = random.permutation(number * 2654435761 % (1 << 32)).astype(np.uint64) << np.uint64(32)
        yield Linked(key=key, shared=one, a=one + 1, b=one + 2, relation=np.ones(len(one), dtype=np.int8))


NONE = np.empty(0, dtype=np.int32)
NOBODY = Contained(NONE.astype(np.uint64), NONE, NONE, NONE, NONE.reshape(0, 2), NONE.reshape(0, 2))


@pytest.mark.usefixtures("few_at_a_time")
def test_of_pairs_in_the_order_of_the_output_nothing_is_held(tmp_path: Path) -> None:
    def most(count: int) -> int:
        space = Found(tmp_path / str(count), 1)
        return held(lambda: OrderedPairs(space, OwnSlots(), pairs_of(count), NOBODY, 1000))  # type: ignore[arg-type]

    more = 150_000
    few = most(50_000)
    assert most(50_000 + more) - few < 3 * more  # of 45 bytes each


def test_pairs_come_in_order_with_what_they_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 500)
    inside = Contained(
        key=np.array([5 << 32 | 9], dtype=np.uint64),
        shared=np.array([70], dtype=np.int32),
        a=np.array([90], dtype=np.int32),
        b=np.array([80], dtype=np.int32),
        start=np.array([[3, 4]]),
        end=np.array([[33, 44]]),
    )
    ordered = OrderedPairs(Found(tmp_path / "space", 1), OwnSlots(), pairs_of(3_000), inside, 64)  # type: ignore[arg-type]
    assert ordered.pairs == 3_001
    parts = list(ordered)
    documents = np.concatenate([part.document for part in parts])
    assert documents.tolist() == sorted(documents.tolist())
    assert max(len(part.shared) for part in parts) == 64
    rows = {
        tuple(document): (shared, tuple(sizes), tuple(start), tuple(end))
        for part in parts
        for document, shared, sizes, start, end in zip(
            part.document.tolist(),
            part.shared.tolist(),
            part.sizes.tolist(),
            part.start.tolist(),
            part.end.tolist(),
            strict=True,
        )
    }
    assert rows[5, 9] == (70, (90, 80), (3, 4), (33, 44))
    others = [one for document, one in rows.items() if document != (5, 9)]
    assert all(one == (shared, (shared + 1, shared + 2), (-1, -1), (-1, -1)) for one in others for shared in [one[0]])


def test_kept_passages_are_those_that_were_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_a_time, "ROWS", 170)
    space, later = Found(tmp_path / "first", 40), Found(tmp_path / "later", 40)
    found = write_passages(space, 1_000)
    write_families(space, found)
    of = np.arange(16, dtype=np.uint8)
    path = tmp_path / "passages.kept"
    table.write(path, kept_passages._Stretches(found, of), compressed=True)
    taken = SharedPassages.of(later.folder)
    for column in taken.columns:
        kept_passages._take(path, column)
    for one, other in zip(found.columns, taken.columns, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()
    assert kept_passages._is_kept(path, of)
    assert not kept_passages._is_kept(path, of[::-1])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert not kept_passages._is_kept(path, of)
