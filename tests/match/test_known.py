"""Pairs that earlier runs have verified: found again by their texts, whatever their ranks are by then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.match.core.packed import pack
from pipeline.match.known import Known, Sort
from pipeline.match.pairs import Pairs
from pipeline.tokens import Array

SORT = Sort("near-documents", (5, 0.5))
NAMES = np.array([11, 22, 33, 44, 0], dtype=np.uint64)


def keys(*pairs: tuple[int, int]) -> Array:
    low, high = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return pack(low, high)


def verified(found: Array) -> Pairs:
    """Pairs of which the counts tell which they are."""
    count = (found % np.uint64(97)).astype(np.int32)
    return Pairs(found, count, count + 1, count + 2, (count % 7).astype(np.uint8))


def known(folder: Path, names: Array = NAMES, sort: Sort = SORT, packs: str = "one") -> Known:
    return Known(sort, [folder / f"{packs}.pack"], lambda ranks: names[ranks])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What a run has kept of four pairs, two of which hold; one has a text without a name."""
    first = known(tmp_path)
    every = keys((0, 1), (0, 2), (1, 3), (2, 4))
    old, fresh = first.of(every)
    assert len(old) == 0
    assert fresh.tolist() == every.tolist()
    first.add(every, verified(keys((0, 1), (1, 3))))
    first.keep()
    return tmp_path


def test_pairs_are_found_by_their_texts(kept: Path) -> None:
    ranks = np.array([99, 11, 44, 22, 33, 0], dtype=np.uint64)  # another text is the best by now
    asked = keys((1, 3), (1, 4), (3, 2), (4, 5), (0, 1), (3, 1))
    old, fresh = known(kept, ranks, packs="two").of(asked)
    expected = verified(keys((0, 1), (1, 3)))
    assert old.key.tolist() == keys((1, 3), (3, 2)).tolist()
    for name in ("shared", "a", "b", "flags"):
        assert getattr(old, name).tolist() == getattr(expected, name).tolist()
    # one without a name, one with a new text, and one whose texts have changed places are not known; one is known not to hold
    assert fresh.tolist() == keys((4, 5), (0, 1), (3, 1)).tolist()


def test_what_was_not_asked_for_is_not_kept_on(kept: Path) -> None:
    second = known(kept, packs="two")
    second.of(keys((0, 1)))
    second.keep()
    for path in kept.glob(f"{SORT.file([Path('one.pack')])}*"):
        path.unlink()
    old, fresh = known(kept).of(keys((0, 1), (1, 3)))
    assert old.key.tolist() == keys((0, 1)).tolist()
    assert fresh.tolist() == keys((1, 3)).tolist()


def test_other_limits_know_nothing_of_it(kept: Path) -> None:
    old, fresh = known(kept, sort=Sort("near-documents", (5, 0.6))).of(keys((0, 1)))
    assert len(old) == 0
    assert len(fresh) == 1


def test_a_damaged_file_knows_nothing(kept: Path) -> None:
    (path,) = kept.glob("*.kept")
    path.write_bytes(path.read_bytes()[:-1])
    old, fresh = known(kept).of(keys((0, 1)))
    assert len(old) == 0
    assert len(fresh) == 1
