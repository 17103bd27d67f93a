"""Exact overlap of pairs against Python's sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core import verify
from pipeline.match.core.shingle import shingles
from pipeline.match.core.verify import Overlap, overlap, sets_of

lists_of_texts = st.lists(st.text(st.sampled_from("abc "), max_size=30), min_size=1, max_size=8)


@given(lists_of_texts, st.integers(1, 3))
def test_equals_sets(texts: list[str], k: int) -> None:
    made = shingles(texts, k)
    plain = [set(made.hash[made.offsets[i] : made.offsets[i + 1]].tolist()) for i in range(len(texts))]
    sets = sets_of(made)
    assert np.diff(sets.offsets).tolist() == [len(own) for own in plain]
    first = np.repeat(np.arange(len(texts)), len(texts))
    second = np.tile(np.arange(len(texts)), len(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "kernels", None)
        patch.setattr(verify, "_CELLS", 20)
        patch.setattr(verify, "_TAGS", 3)
        found = overlap(sets, first, sets, second)
        portions = sets_of(made)
    assert np.array_equal(portions.element, sets.element)
    assert found.shared.tolist() == [len(plain[a] & plain[b]) for a, b in zip(first, second, strict=True)]
    assert found.a.tolist() == [len(plain[a]) for a in first]
    assert found.b.tolist() == [len(plain[b]) for b in second]


@given(lists_of_texts, st.integers(1, 3))
def test_portions_of_pairs_make_no_difference(texts: list[str], k: int) -> None:
    first = np.arange(len(texts))
    second = first[::-1]

    def fetch(numbers: np.ndarray) -> list[str]:
        return [texts[number] for number in numbers.tolist()]

    whole = verify.verify(first, second, fetch, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_PAIRS", 2)
        parts = verify.verify(first, second, fetch, k)
    assert whole.shared.tolist() == parts.shared.tolist()
    assert whole.a.tolist() == parts.a.tolist()


def test_measures() -> None:
    found = Overlap(np.array([3, 0]), np.array([4, 0]), np.array([6, 0]))
    assert found.jaccard.tolist() == [3 / 7, 0]
    assert found.containment_ab.tolist() == [0.75, 0]
    assert found.containment_ba.tolist() == [0.5, 0]


def test_nothing_to_verify() -> None:
    none = np.empty(0, dtype=np.int64)
    assert len(verify.verify(none, none, lambda numbers: [], 5).shared) == 0
