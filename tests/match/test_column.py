"""Columns in files, and many values in order with few of them in memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from weakref import ReferenceType, ref

import numpy as np
import pytest

from pipeline.corpus import column
from pipeline.corpus.column import Column
from pipeline.match import sorted_runs
from pipeline.match.sorted_runs import in_portions
from pipeline.tokens import Array


def written(path: Path, *parts: Array) -> Column:
    made = Column(path, np.dtype(np.uint32))
    with made.writing() as append:
        for part in parts:
            append(part)
    return made


def test_values_at_places_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column, "_BLOCK", 7)
    values = np.random.default_rng(0).integers(0, 1 << 32, 1000).astype(np.uint32)
    made = written(tmp_path / "column", values[:300], values[300:300], values[300:])
    assert len(made) == 1000
    assert made.part(290, 310).tolist() == values[290:310].tolist()
    for places in ([], [999], [5, 5, 998, 0, 6, 7], list(range(1000)), [13, 400, 14]):
        assert made.at(np.array(places, dtype=np.int64)).tolist() == values[places].tolist()


def test_a_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    made = written(tmp_path / "column", np.arange(10))
    made.path.write_bytes(made.path.read_bytes()[:-1])
    with pytest.raises(OSError, match="not whole"):
        made.part(5, 10)


@pytest.mark.parametrize("count", [0, 5, 63, 64, 65, 129, 5000])
def test_all_values_in_order_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    most = 64
    monkeypatch.setattr(sorted_runs, "VALUES", most)
    random = np.random.default_rng(count)
    # Upper halves over the whole range, each three times or so: those that agree come together
    upper = random.integers(0, 1 << 32, count // 3 + 1).astype(np.uint64)
    values = (random.choice(upper, count) << np.uint64(32)) | random.integers(0, 9, count).astype(np.uint64)
    parts = np.array_split(values, count // 10 + 1)
    portions = list(in_portions(iter(parts), tmp_path / "runs"))
    assert [value for portion in portions for value in portion.tolist()] == sorted(values.tolist())
    for before, after in pairwise(portions):
        assert before[-1] >> np.uint64(32) < after[0] >> np.uint64(32)
    assert all(len(portion) < 2 * most for portion in portions)
    assert not (tmp_path / "runs").exists()


def test_parts_are_not_all_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 100)
    given: list[ReferenceType[Array]] = []
    most = 0

    def parts() -> Iterator[Array]:
        nonlocal most
        for number in range(1000):
            part = np.full(10, number << 40, dtype=np.uint64)
            given.append(ref(part))
            most = max(most, sum(one() is not None for one in given))
            yield part

    assert sum(map(len, in_portions(parts(), tmp_path / "runs"))) == 10_000
    assert most < 50
