"""Which lines of a page its gold text holds, where nobody has marked them: by word 4-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.quality.score import GRAM, words

NEAR = 6
"""Lines down to the next text line that a short line may belong to."""
CONTEXT = 3
"""Words of the line before, or of the one after, that must stand next to a short line in the gold text too."""


def label(lines: Sequence[str], gold: str) -> NDArray[np.bool_]:
    """bool [lines]

    A line is text if the gold holds most of its words in 4-grams; a line too short for one, if the gold holds it next
    to a neighbour. Of a line that stands more often on the page than in the gold, the copies in the thick of the text.
    """
    said = [words(line) for line in lines]
    gold_words = words(gold)
    known = set(zip(*(gold_words[i:] for i in range(GRAM)), strict=False))
    keep = np.array([_is_covered(line, known) for line in said], dtype=bool)
    joined = f" {' '.join(gold_words)} "
    for _ in range(2):  # the second time, short lines have short neighbours
        _add_short(said, joined, keep)
    _drop_copies(said, joined, keep)
    return keep


def _is_covered(line: Sequence[str], known: set[tuple[str, ...]]) -> bool:
    hit = [False] * len(line)
    for i in range(len(line) - GRAM + 1):
        if tuple(line[i : i + GRAM]) in known:
            hit[i : i + GRAM] = [True] * GRAM
    return len(line) >= GRAM and 2 * sum(hit) >= len(line)


def _add_short(said: Sequence[Sequence[str]], gold: str, keep: NDArray[np.bool_]) -> None:
    previous: Sequence[str] = ()
    for i, line in enumerate(said):
        if 0 < len(line) < GRAM and not keep[i]:
            following = next((said[j] for j in range(i + 1, min(len(said), i + NEAR)) if keep[j]), ())
            after = previous and f" {' '.join((*previous[-CONTEXT:], *line))} " in gold
            before = following and f" {' '.join((*line, *following[:CONTEXT]))} " in gold
            keep[i] = bool(after or before)
        if keep[i] and line:
            previous = line


def _drop_copies(said: Sequence[Sequence[str]], gold: str, keep: NDArray[np.bool_]) -> None:
    places: dict[str, list[int]] = {}
    for i in np.flatnonzero(keep).tolist():
        places.setdefault(" ".join(said[i]), []).append(i)
    sizes = np.array([len(line) for line in said]) * keep
    for text, copies in places.items():
        wanted = max(1, gold.count(f" {text} "))
        if wanted < len(copies):
            others = np.flatnonzero(keep)
            others = others[~np.isin(others, copies)]
            thick = [float((sizes[others] / (1 + np.abs(others - i))).sum()) for i in copies]
            ranked = sorted(zip(thick, copies, strict=True), key=lambda pair: (-pair[0], pair[1]))
            keep[[i for _, i in ranked[wanted:]]] = False
