"""Bands of a signature: how many, of how many rows, and what they find."""

from __future__ import annotations

RECALL = 0.9998
"""Share of the pairs at the threshold itself that chosen bands are to find; of those above it they find more."""

MOST_PERMUTATIONS = 192
"""Length of a signature. Signing takes time in proportion to it; longer ones cut down candidates a little further."""


def expected_recall(similarity: float, bands: int, rows: int) -> float:
    """Return the probability that two texts of this Jaccard similarity agree in all rows of at least one band.

    At a threshold it is the worst case: the recall of everything at or above it is higher.
    """
    return 1.0 - (1.0 - similarity**rows) ** bands


def choose_bands(threshold: float) -> tuple[int, int]:
    """Return (bands, rows) that find `RECALL` of the pairs at the threshold.

    Of the possible ones those with the most rows, since every row cuts down the pairs that are verified in vain. Below
    a threshold of about 0.04 even single rows find less; then there are as many of them as a signature may have.
    """
    for rows in range(MOST_PERMUTATIONS, 0, -1):
        for bands in range(1, MOST_PERMUTATIONS // rows + 1):
            if expected_recall(threshold, bands, rows) >= RECALL:
                return bands, rows
    return MOST_PERMUTATIONS, 1
