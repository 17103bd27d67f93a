"""Signatures: bit for bit those of datasketch, from either path."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import native
from pipeline.match.core import sign
from pipeline.match.core.sha1 import shingles_sha1
from pipeline.match.core.shingle import shingle_hash, shingle_hash32, shingles
from pipeline.match.core.sign import EMPTY, Signing, band_keys, bands_of, signatures
from pipeline.tokens import tokenize
from tests.match.core.texts import prose

datasketch = pytest.importorskip("datasketch")

lists_of_texts = st.lists(st.text(st.sampled_from("ab é漢한.’½ \n"), max_size=60), max_size=8)


def plain_shingles(text: str, k: int) -> list[bytes]:
    words = tokenize([text]).words(0)
    return [" ".join(words[at : at + k]).encode() for at in range(max(1, len(words) - k + 1))] if words else []


@given(lists_of_texts, st.integers(1, 6))
def test_shingle_hash_is_that_of_the_joined_words(texts: list[str], k: int) -> None:
    made = shingles(texts, k)
    for number, text in enumerate(texts):
        own = made.hash[made.offsets[number] : made.offsets[number + 1]].tolist()
        assert own == [shingle_hash(data) for data in plain_shingles(text, k)]


@given(lists_of_texts)
def test_fingerprints_tell_sequences_of_words(texts: list[str]) -> None:
    made = shingles(texts, 5).fingerprint.tolist()
    words = [tuple(tokenize([text]).words(0)) for text in texts]
    assert [value == 0 for value in made] == [not own for own in words]
    assert len(set(made)) == len(set(words))


def test_fingerprints_tell_even_the_sequence_of_thue_and_morse() -> None:
    """Two words in this order, and the other way round, have equal polynomials modulo 2^64."""
    order = [bin(place).count("1") % 2 for place in range(1 << 12)]
    texts = [" ".join("ab"[bit] for bit in order), " ".join("ba"[bit] for bit in order)]
    assert len(set(shingles(texts, 5).fingerprint.tolist())) == 2


@settings(deadline=None, max_examples=30)
@given(lists_of_texts, st.integers(1, 6), st.sampled_from([1, 16, 65, 128]), st.integers(0, 5))
def test_equal_to_datasketch(texts: list[str], k: int, num_perm: int, seed: int) -> None:
    made = shingles(texts, k)
    own = signatures(made.offsets, made.hash32, num_perm, seed)
    theirs = datasketch.MinHash.bulk(
        [plain_shingles(text, k) for text in texts],
        num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=shingle_hash32,
    )  # fmt: skip
    assert own.tolist() == [made.hashvalues.tolist() for made in theirs]


@settings(deadline=None, max_examples=30)
@given(lists_of_texts, st.integers(1, 6))
def test_sha1_equal_to_datasketch_as_it_comes(texts: list[str], k: int) -> None:
    own = signatures(*shingles_sha1(texts, k), 64, 1)
    theirs = datasketch.MinHash.bulk([plain_shingles(text, k) for text in texts], num_perm=64)
    assert own.tolist() == [made.hashvalues.tolist() for made in theirs]


def test_long_and_short_texts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    texts = [prose(rng, count) for count in (1, 3, 4, 5, 6, 30, 31, 200, 3000)] + ["", "…"]
    made = shingles(texts, 5)
    theirs = datasketch.MinHash.bulk(
        [plain_shingles(text, 5) for text in texts], num_perm=128, scheme="affine32", hashfunc=shingle_hash32
    )
    expected = [made.hashvalues.tolist() for made in theirs]
    assert signatures(made.offsets, made.hash32, 128, 1).tolist() == expected
    assert expected[-1] == [EMPTY] * 128
    monkeypatch.setattr(native, "kernels", None)
    monkeypatch.setattr(sign, "_CELLS", 50)
    monkeypatch.setattr(sign, "_LONGEST", 7)
    assert signatures(made.offsets, made.hash32, 128, 1).tolist() == expected


def test_band_keys_are_those_of_the_signature() -> None:
    rng = random.Random(2)
    made = shingles([prose(rng, 40) for _ in range(20)], 5)
    signing = Signing(k=5, bands=7, rows=3, seed=1)
    rows = signatures(made.offsets, made.hash32, signing.permutations, signing.seed).T.reshape(7, 3, -1)
    assert np.array_equal(band_keys(made.offsets, made.hash32, signing), bands_of(rows))
