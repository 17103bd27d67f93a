"""What banding finds: the chance that two texts of a given similarity share a band."""

from __future__ import annotations


def expected_recall(similarity: float, bands: int, rows: int) -> float:
    """Probability that two texts of this Jaccard similarity agree in all rows of at least one band.

    At a threshold it is the worst case: the recall of everything at or above it is higher.
    """
    return 1.0 - (1.0 - similarity**rows) ** bands


def choose_bands(threshold: float, recall: float = 0.999, most: int = 256) -> tuple[int, int]:
    """(bands, rows) with at least this recall at the threshold, from at most `most` permutations.

    Of the possible ones those with the most rows, since every row cuts down the pairs to be verified in vain;
    where even single rows do not reach the recall, as many bands as are allowed.
    """
    for rows in range(most, 0, -1):
        bands = most // rows
        if expected_recall(threshold, bands, rows) >= recall:
            while bands > 1 and expected_recall(threshold, bands - 1, rows) >= recall:
                bands -= 1
            return bands, rows
    return most, 1
