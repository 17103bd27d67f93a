"""Signatures and band keys, compiled and in NumPy."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core.columns import Utf8
from pipeline.match.core.sign import Signing, band_keys, permutations, signatures
from pipeline.match.core.sketch import sketch
from pipeline.tokens import offsets_of
from tests.match.core.texts import SIGNING, prose
from tests.native.counterpart import assert_same_columns, both

hashes_of_texts = st.lists(st.lists(st.integers(0, (1 << 32) - 1), max_size=12), max_size=6)


def columns(found: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """(offsets, hashes) of texts with these hashes."""
    offsets = offsets_of(np.array(list(map(len, found)), dtype=np.int64))
    return offsets, np.array([one for own in found for one in own], dtype=np.uint32)


@given(hashes_of_texts, st.sampled_from([(32, 4), (3, 5), (1, 1), (91, 2), (1, 7)]), st.integers(0, 3))
def test_signatures_and_keys_are_the_same(found: list[list[int]], bands: tuple[int, int], seed: int) -> None:
    offsets, hashes = columns(found)
    signing = Signing(5, *bands, seed)
    assert_same_columns(*both(signatures, offsets, hashes, signing.permutations, seed))
    assert_same_columns(*both(band_keys, offsets, hashes, signing))


@given(hashes_of_texts, st.sampled_from([1, 8, 20, 128]))
def test_every_processor_gives_the_same(found: list[list[int]], num_perm: int) -> None:
    assert native.kernels is not None
    arguments = *columns(found), *permutations(num_perm, 1)
    assert native.kernels.signatures(*arguments, True) == native.kernels.signatures(*arguments)
    assert native.kernels.band_keys(*arguments, 1, True) == native.kernels.band_keys(*arguments, 1)


@pytest.mark.parametrize("count", [255, 256, 257, 513, 70_000])
def test_long_texts_are_the_same(count: int) -> None:
    rng = random.Random(count)
    offsets, hashes = columns([[rng.getrandbits(32) for _ in range(count)], [], [7]])
    assert_same_columns(*both(band_keys, offsets, hashes, SIGNING))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=60), max_size=6), st.integers(1, 6))
def test_sketches_of_any_texts_are_the_same(texts: list[str], k: int) -> None:
    signing = Signing(k, 3, 5, 1)
    compiled, plain = both(sketch, texts, signing)
    assert_same_columns((compiled.fingerprint, compiled.keys), (plain.fingerprint, plain.keys))


def test_texts_in_a_buffer_are_read_alike() -> None:
    rng = random.Random(3)
    texts = [prose(rng, 30) + " café’s\ud800" for _ in range(50)] + ["", "漢" * 500, "q" * 70_000]
    compiled, plain = both(sketch, Utf8.of(texts), SIGNING)
    assert_same_columns((compiled.fingerprint, compiled.keys), (plain.fingerprint, plain.keys))


def test_bad_arguments_are_errors() -> None:
    assert native.kernels is not None
    offsets, hashes = columns([[1, 2], [3]])
    a, b = permutations(6, 1)
    with pytest.raises(ValueError, match="at least one permutation"):
        native.kernels.band_keys(offsets, hashes, a, b, 0)
    with pytest.raises(ValueError, match="so many permutations"):
        native.kernels.band_keys(offsets, hashes, a, b, 4)
    with pytest.raises(ValueError, match="factor and a term"):
        native.kernels.signatures(offsets, hashes, a, b[:5])
    with pytest.raises(ValueError, match="offsets go up"):
        native.kernels.signatures(np.array([0, 4]), hashes, a, b)
    with pytest.raises(TypeError, match="4 bytes"):
        native.kernels.signatures(offsets, hashes.astype(np.uint64), a, b)
