"""Shingles hashed by SHA-1, datasketch's default, so that signatures compare with those it made elsewhere.

Slow: one call for each shingle. Nothing in the project needs it but the export.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1

import numpy as np

from pipeline.tokens import Array, offsets_of, tokenize


def shingles_sha1(texts: Sequence[str], k: int) -> tuple[Array, Array]:
    """(offsets int64 [texts + 1], uint32): `datasketch.sha1_hash32` of every shingle of every text.

    A shingle is hashed as the UTF-8 of its folded words joined by one space; which runs of words are shingles
    is as in shingle.py.
    """
    tokens = tokenize(texts)
    counts: list[int] = []
    heads: list[bytes] = []
    for text in range(len(texts)):
        words = [word.encode() for word in tokens.words(text)]
        runs = max(1, len(words) - k + 1) if words else 0
        counts.append(runs)
        for first in range(runs):
            run = b" ".join(words[first : first + k])
            digest = sha1(run).digest()
            heads.append(digest[:4])
    hashes = np.frombuffer(b"".join(heads), dtype="<u4")
    offsets = offsets_of(np.array(counts, dtype=np.int64))
    return offsets, hashes.astype(np.uint32)
