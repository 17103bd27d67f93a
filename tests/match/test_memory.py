"""What the first process holds of texts among which near-duplicates are sought: no more of many than of few."""

from __future__ import annotations

import tracemalloc
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from pipeline.corpus.engines.local import InProcess
from pipeline.match import at_a_time, sorted_runs
from pipeline.match.core.sketch import Sketches
from pipeline.match.near import near_duplicates
from pipeline.match.sketched import Gathered
from pipeline.match.workspace import workspace
from pipeline.model import Level
from pipeline.tokens import Array, mix64

BANDS = 4
PACK = 1000


class Texts:
    """So many texts of their own, ranked as they stand in the packs."""

    level: Level = "paragraph"
    older = 0
    differ = False

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def itself(self, ranks: Array) -> Array:
        return ranks

    number = document = size = place = ranks_at = itself

    def ranks(self, first: int, last: int) -> Array:
        return np.arange(first, last)

    def least_of(self, key: Array) -> Array:
        raise NotImplementedError


def peak(folder: Path, packs: int) -> int:
    """Bytes that a search among the texts of so many packs takes at most."""
    folder.mkdir()
    with ExitStack() as files:
        gathered = Gathered(folder, "paragraph", BANDS, files)
        for pack in range(packs):
            text = np.arange(pack * PACK + 1, (pack + 1) * PACK + 1)
            keys = (text * 2654435761 % (1 << 32)).astype(np.uint32)  # each another one, anywhere
            fingerprints = mix64(text.astype(np.uint64))
            gathered.add(Sketches(fingerprints, np.tile(keys, (BANDS, 1))), fingerprints)
    sketched = gathered.sketched()
    tracemalloc.start()
    found = near_duplicates(InProcess(), workspace(folder), Texts(packs * PACK), sketched, 0.7, 5)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.pairs) == len(found.canonical) == 0
    return most


def test_memory_is_that_of_a_portion_of_the_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_runs, "VALUES", 16 * PACK)
    monkeypatch.setattr(at_a_time, "ROWS", PACK)
    monkeypatch.setattr(sorted_runs, "_SAMPLES", 1 << 6)
    peak(tmp_path / "first", 2)  # what is loaded once
    few, many = peak(tmp_path / "few", 100), peak(tmp_path / "many", 400)
    assert many - few < 300 * PACK / 2  # not half a byte for each text more
