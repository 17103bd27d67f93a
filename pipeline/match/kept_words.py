"""Words in little room, for the next run: four bytes each on the disk, in place of twenty-two.

A word is its place among the different ones; where it stands is told by the gap to the one before it. What most of these
numbers are is small, and compresses well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from pipeline.corpus.table import Array, Table
from pipeline.match.core.stretches import Words
from pipeline.match.kept import Form, Rows

_TYPES = {
    "hash": np.uint64,
    "start": np.int32,
    "end": np.int32,
    "line": np.int32,
    "flags": np.uint8,
    "closing": np.uint8,
}
"""Those of the columns of `Words`"""


def columns_of(parts: Sequence[Words]) -> Table:
    """Return words that are given in parts as columns."""
    found: Table = {}
    for column in fields(Words):
        none = np.empty(0, dtype=_TYPES[column.name])
        found[column.name] = np.concatenate([none, *(getattr(part, column.name) for part in parts)])
    return found


def words_of(columns: Table) -> Words:
    """Return columns as words."""
    return Words(*(np.asarray(columns[column.name]) for column in fields(Words)))


def _packed(rows: Rows) -> Table:
    words = words_of(rows.columns)
    different, place = np.unique(words.hash, return_inverse=True)
    return {
        "word": different,
        "place": _narrow(place),
        "gap": _narrow(words.start - _before(words.end, rows.first)),
        "size": _narrow(words.end - words.start),
        "lines": _narrow(words.line - _before(words.line, rows.first)),
        "flags": words.flags,
        "closing": words.closing,
    }


def _unpacked(first: Array, stored: Table) -> Table:
    size = np.asarray(stored["size"]).astype(np.int32)
    end = _summed(np.asarray(stored["gap"]) + size, first)
    return {
        "hash": np.asarray(stored["word"])[np.asarray(stored["place"])],
        "start": end - size,
        "end": end,
        "line": _summed(np.asarray(stored["lines"]), first),
        "flags": np.asarray(stored["flags"]),
        "closing": np.asarray(stored["closing"]),
    }


FORM = Form(_packed, _unpacked)


def _narrow(numbers: Array) -> Array:
    """Return whole numbers in as few bytes as they need."""
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0)))


def _before(values: Array, first: Array) -> Array:
    """Return for each word the value of the one before it in its document; 0 for the first."""
    before = np.zeros_like(values)
    before[1:] = values[:-1]
    before[first[:-1][np.diff(first) > 0]] = 0
    return before


def _summed(steps: Array, first: Array) -> Array:
    """Return the sums of steps from the beginning of each document, int32."""
    sums = np.zeros(len(steps) + 1, dtype=np.int64)
    np.cumsum(steps, out=sums[1:])
    return (sums[1:] - np.repeat(sums[first[:-1]], np.diff(first))).astype(np.int32)
