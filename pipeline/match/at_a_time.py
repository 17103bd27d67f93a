"""Very many rows, some at a time, so that what is made of them on the way is never there for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pipeline.corpus.table import Array

ROWS = 1 << 16
"""Rows looked at together"""


def stretches(count: int) -> Iterator[slice]:
    """Yield stretches of so many rows."""
    for low in range(0, count, ROWS):
        yield slice(low, min(low + ROWS, count))


def in_stretches(function: Callable[[Array], Array], values: Array) -> Array:
    """Return what a function gives for each of very many values, of which it is given some at a time."""
    if len(values) <= ROWS:
        return function(values)
    parts = [function(values[some]) for some in stretches(len(values))]
    return np.concatenate(parts)
