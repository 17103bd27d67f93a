"""The compiled path gives the same bits as the NumPy path."""

from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.core import compiled, sketch, verify
from pipeline.match.core.columns import Utf8
from pipeline.match.core.shingle import shingles
from pipeline.match.core.sign import Signing
from pipeline.tokens import offsets_of
from tests.match.core.texts import SIGNING, prose
from tests.test_tokens import SAMPLES

fast = pytest.importorskip("pipeline.match.core.fast", reason="numba is not installed", exc_type=ImportError)

alphabet = st.one_of(st.sampled_from(SAMPLES), st.sampled_from("abc xyz "), st.characters(exclude_categories=()))
lists_of_texts = st.lists(st.text(alphabet, max_size=200), max_size=6)


def columns(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    return np.frombuffer(b"".join(parts), dtype=np.uint8), offsets_of(sizes)


def check(texts: list[str], signing: Signing) -> None:
    column = Utf8.of(texts)
    data, edges = column.data, column.offsets
    assert np.array_equal(edges, columns(texts)[1])
    assert list(column) == texts
    fingerprint, keys = sketch._sketch(texts, signing)
    own_fingerprint, own_keys = fast.sketch(data, edges, signing)
    assert np.array_equal(own_fingerprint, fingerprint)
    assert np.array_equal(own_keys, keys)
    made = shingles(texts, signing.k)
    offsets, hashes = fast.shingles(data, edges, signing.k)
    assert np.array_equal(offsets, made.offsets)
    assert np.array_equal(hashes, made.hash)


@settings(deadline=None)
@given(lists_of_texts, st.integers(1, 6), st.sampled_from([(32, 4), (3, 5), (1, 1), (20, 7)]))
def test_same_bits_on_any_text(texts: list[str], k: int, bands: tuple[int, int]) -> None:
    check(texts, Signing(k, *bands, seed=1))


def test_same_bits_at_the_edges_of_blocks() -> None:
    rng = random.Random(0)
    texts = ["x" * count + "’" + "y" * (130 - count) + " é漢 " for count in range(130)]
    texts += [" " * count + "word" for count in range(130)]
    texts += [prose(rng, 3000), "q" * 70_000, "", "漢" * 500, "ab " * 400 + "\ufdfa" * 50]
    texts += ["y" * length for length in range(500, 540)]
    check(texts, SIGNING)


@settings(deadline=None, max_examples=50)
@given(lists_of_texts.filter(bool), st.integers(1, 3), st.randoms(use_true_random=False))
def test_same_overlaps(texts: list[str], k: int, rng: random.Random) -> None:
    made = shingles(texts, k)
    first = np.array([rng.randrange(len(texts)) for _ in range(20)])
    second = np.array([rng.randrange(len(texts)) for _ in range(20)])
    sets = verify.sets_of(made)
    expected = verify.overlap(sets, first, sets, second)
    shared, a, b = fast.overlap(made.offsets, made.hash, first, second)
    assert shared.tolist() == expected.shared.tolist()
    assert a.tolist() == expected.a.tolist()
    assert b.tolist() == expected.b.tolist()


def test_a_short_text_beside_a_very_long_one() -> None:
    """Such pairs are counted in another way than those of two texts of about one length."""
    rng = random.Random(5)
    short = prose(rng, 12)
    texts = [short, prose(rng, 4000) + " " + short, prose(rng, 30), prose(rng, 40)]
    first = np.array([0, 1, 2, 0])
    second = np.array([1, 2, 3, 2])
    sets = verify.sets_of(shingles(texts, 5))
    expected = verify.overlap(sets, first, sets, second)
    found = verify.verify(first, second, lambda numbers: [texts[number] for number in numbers], 5)
    assert compiled.kernels(1) is fast
    assert expected.shared[0] > 0
    for name in ("shared", "a", "b"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()


def test_columns_are_read_as_they_are() -> None:
    rng = random.Random(3)
    texts = [prose(rng, 30) + " café’s" for _ in range(50)]
    signing = SIGNING
    made = sketch.sketch(Utf8(*columns(texts)), signing)
    fingerprint, keys = sketch._sketch(texts, signing)
    assert np.array_equal(made.fingerprint, fingerprint)
    assert np.array_equal(made.keys, keys)


def test_the_door_opens_where_it_pays() -> None:
    code = (
        "import sys; from pipeline.match.core import compiled, sketch;"
        "assert compiled.kernels(1000) is None and 'numba' not in sys.modules;"
        "assert compiled.kernels(10**9) is not None and compiled.kernels(1) is not None"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert compiled.kernels(1) is fast
