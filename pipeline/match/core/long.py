"""Texts too long to be looked at whole: a piece at a time, with the same result."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.match.core.packed import distinct
from pipeline.match.core.shingle import run_hashes, shingles
from pipeline.tokens import Array, pieces_of, token_hashes

LONG = 1 << 22
"""Code points of a text that is looked at in pieces, and of a piece."""


def runs_of(text: str, k: int) -> Iterator[tuple[Array, Array]]:
    """Yield (hashes of the words of a piece, its runs of `k` words and those that go over its beginning), uint64.

    A text of fewer words is one run, as in `shingles`.
    """
    carried = np.empty(0, dtype=np.uint64)
    total = 0
    for low, high in pieces_of(text, LONG):
        _, words = token_hashes([text[low:high]])
        joined = np.concatenate((carried, words))
        yield words, run_hashes(joined, k)
        # The last words begin runs that go on in the next piece.
        complete = max(0, len(joined) - (k - 1))
        carried = joined[complete:]
        total += len(words)
    if total < k:
        no_words = carried[:0]
        yield no_words, shingles([text], k).hash


def distinct_runs(text: str, k: int, drop: np.uint64) -> Array:
    """Return the runs of `k` words of a text, without so many of their lowest bits, each once: uint64, sorted."""
    found = np.empty(0, dtype=np.uint64)
    waiting: list[Array] = []
    size = 0
    for _, runs in runs_of(text, k):
        part = distinct(runs >> drop)
        waiting.append(part)
        size += len(part)
        if size >= max(LONG, len(found)):  # so that what is found is not sorted anew for every piece
            every = np.concatenate([found, *waiting])
            found = distinct(every)
            waiting.clear()
            size = 0
    return distinct(np.concatenate([found, *waiting]))
