"""Signatures as datasketch's own objects, in its indexes."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from pipeline.dedup.export import Hash, insert_all, lean_minhashes, minhashes
from pipeline.dedup.shingle import shingle_hash32
from pipeline.dedup.sign import Signing
from tests.dedup.test_sign import plain_shingles
from tests.dedup.texts import EDITS, prose

datasketch = pytest.importorskip("datasketch")

SIGNING = Signing()
TEXTS = [prose(random.Random(seed), 50) for seed in range(20)] + ["", "two words"]


@pytest.mark.parametrize("hashed", ["native", "sha1"])
def test_objects_equal_those_made_by_datasketch(hashed: Hash) -> None:
    hashfunc = {"hashfunc": shingle_hash32} if hashed == "native" else {}
    for text, made, lean in zip(
        TEXTS, minhashes(TEXTS, SIGNING, hashed), lean_minhashes(TEXTS, SIGNING, hashed), strict=True
    ):
        expected = datasketch.MinHash(num_perm=128, seed=1, scheme="affine32", **hashfunc)
        expected.update_batch(plain_shingles(text, 5))
        assert made == expected
        assert lean == datasketch.LeanMinHash(expected)
        made.update(b"one more shingle")
        expected.update(b"one more shingle")
        assert made == expected


def test_an_index_of_datasketch_finds_ours() -> None:
    rng = random.Random(4)
    index = datasketch.MinHashLSH(threshold=0.7, num_perm=128, params=(32, 4))
    insert_all(index, [f"text {number}" for number in range(len(TEXTS))], TEXTS, SIGNING)
    assert "text 20" not in index  # the one without words
    query = next(minhashes([EDITS["one word"](rng, TEXTS[7])], SIGNING))
    assert index.query(query) == ["text 7"]


def test_a_lean_signature_survives_its_byte_format() -> None:
    made = next(lean_minhashes(TEXTS, SIGNING))
    buffer = bytearray(made.bytesize())
    made.serialize(buffer)
    assert datasketch.LeanMinHash.deserialize(buffer) == made


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from pipeline.dedup import export, index, match, passages, relation;"
        "assert not {'datasketch', 'scipy', 'numba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
