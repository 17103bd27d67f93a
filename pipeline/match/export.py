"""The one door to datasketch: signatures as its objects, for those who run one of its indexes.

datasketch imports SciPy, half a second: only these functions import it, when they are called.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

from pipeline.match.core.sha1 import shingles_sha1
from pipeline.match.core.shingle import shingle_hash32, shingles
from pipeline.match.core.sign import Signing, signatures
from pipeline.match.core.sketch import batches
from pipeline.tokens import Array

Hash = Literal["native", "sha1"]
"""`native`: `shingle_hash32`, fast; `sha1`: what datasketch uses by default."""

_BATCH = 1 << 19
"""Characters signed at a time."""


def signature_batches(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Array]:
    """Signatures of `texts`, uint32 [batch, permutations], batch after batch."""
    for low, high in batches(np.fromiter(map(len, texts), np.int64, len(texts)), _BATCH):
        if hashed == "sha1":
            offsets, hash32 = shingles_sha1(texts[low:high], signing.k)
        else:
            made = shingles(texts[low:high], signing.k)
            offsets, hash32 = made.offsets, made.hash32
        yield signatures(offsets, hash32, signing.permutations, signing.seed)


def minhashes(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Any]:
    """A `datasketch.MinHash` for every text, to be updated, merged, compared with those made by datasketch.

    Made there, with the same bits: `MinHash(num_perm, seed, scheme="affine32", hashfunc=shingle_hash32)`
    of the shingles, that is of `k` folded words in UTF-8 joined by one space; with `hashed="sha1"`
    without `hashfunc`.
    """
    from datasketch import MinHash
    from datasketch.hashfunc import sha1_hash32

    hashfunc = sha1_hash32 if hashed == "sha1" else shingle_hash32
    empty = MinHash(signing.permutations, signing.seed, scheme="affine32", hashfunc=hashfunc)
    for block in signature_batches(texts, signing, hashed):
        for row in block:
            made = empty.copy()
            made.hashvalues = row.copy()
            yield made


def lean_minhashes(texts: Sequence[str], signing: Signing, hashed: Hash = "native") -> Iterator[Any]:
    """A `datasketch.LeanMinHash` for every text: frozen, small, with a byte format of its own."""
    from datasketch import LeanMinHash

    for block in signature_batches(texts, signing, hashed):
        for row in block:
            yield LeanMinHash(seed=signing.seed, hashvalues=row, scheme="affine32")


def insert_all(
    lsh: Any, keys: Sequence[Hashable], texts: Sequence[str], signing: Signing, hashed: Hash = "native"
) -> None:
    """Insert texts into a `datasketch.MinHashLSH` of any storage; those without words are left out."""
    with lsh.insertion_session() as session:
        for key, made in zip(keys, lean_minhashes(texts, signing, hashed), strict=True):
            if not made.is_empty():
                session.insert(key, made)
