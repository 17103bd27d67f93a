"""Words in little room, for the next run: four bytes each on the disk, in place of eighteen.

A word is its place among the different ones; where it stands is told by the gap to the one before it. What most of these
numbers are is small, and compresses well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.table import Array, Table
from pipeline.match.core import rows
from pipeline.match.core.packed import distinct
from pipeline.match.core.stretches import Words
from pipeline.match.kept import Form, Rows
from pipeline.tokens import offsets_of

_OTHER_ROWS = ("gap", "size", "flags", "closing")
"""The columns of words as they are packed, but for `word`, which has the different ones, and `place`, which says which each is"""
_NONE = Words(
    hash=np.empty(0, dtype=np.uint64),
    start=np.empty(0, dtype=np.int32),
    end=np.empty(0, dtype=np.int32),
    flags=np.empty(0, dtype=np.uint8),
    closing=np.empty(0, dtype=np.uint8),
)


def columns_of(parts: Sequence[Words]) -> Table:
    """Return words that are given in parts as columns."""
    every = rows.concatenate([_NONE, *parts])
    return {**rows.columns(every)}


def words_of(columns: Table) -> Words:
    """Return columns as words."""
    return rows.from_columns(Words, table.arrays(columns))


def _packed(of_documents: Rows) -> Table:
    """Return words in little room."""
    words = words_of(of_documents.columns)
    first = of_documents.first
    different, place = np.unique(words.hash, return_inverse=True)
    gap = words.start - _before(words.end, first)
    size = words.end - words.start
    return {
        "word": different,
        "place": _narrow(place),
        "gap": _narrow(gap),
        "size": _narrow(size),
        "flags": words.flags,
        "closing": words.closing,
    }


def _unpacked(first: Array, stored: Table) -> Table:
    """Return the columns of `Words` from what `_packed` gave; `first`: where those of each document begin."""
    columns = table.arrays(stored)
    different = columns["word"]
    size = columns["size"].astype(np.int32)
    end = _summed(columns["gap"] + size, first)
    return {
        "hash": different[columns["place"]],
        "start": end - size,
        "end": end,
        "flags": columns["flags"],
        "closing": columns["closing"],
    }


def _cut(stored: Table, first: int, last: int) -> Table:
    """Return the words from `first` to `last` (exclusive) of what `_packed` gave, with all the different ones."""
    columns = table.arrays(stored)
    rows = {name: np.array(columns[name][first:last]) for name in ("place", *_OTHER_ROWS)}
    return {"word": columns["word"], **rows}


def _joined(parts: Sequence[Table]) -> Table:
    """Return what `_packed` gives for the words of all parts, each of whole documents."""
    words = [table.array(part, "word") for part in parts]
    files = {id(own): own for own in words}
    different = distinct(np.concatenate([*files.values()]))
    numbers = {file: np.searchsorted(different, own) for file, own in files.items()}
    place = np.concatenate(
        [numbers[id(own)][table.array(part, "place")] for own, part in zip(words, parts, strict=True)]
    )
    is_there = np.zeros(len(different), dtype=bool)  # the others were in documents that are gone
    is_there[place] = True
    place = (np.cumsum(is_there) - 1)[place]
    joined: Table = {"word": different[is_there], "place": _narrow(place)}
    for name in _OTHER_ROWS:
        joined[name] = _narrow(np.concatenate([table.array(part, name) for part in parts]))
    return joined


FORM = Form(_packed, _unpacked, _cut, _joined)


def _narrow(numbers: Array) -> Array:
    """Return whole numbers in as few bytes as they need. Some gaps are negative: `½` is folded to two words, which stand at one
    place."""
    least = np.min_scalar_type(min(0, numbers.min(initial=0)))
    most = np.min_scalar_type(numbers.max(initial=0))
    return numbers.astype(np.promote_types(least, most))


def _before(values: Array, first: Array) -> Array:
    """Return for each word the value of the one before it in its document; 0 for the first."""
    before = np.zeros_like(values)
    before[1:] = values[:-1]
    has_words = np.diff(first) > 0
    first_words = first[:-1][has_words]
    before[first_words] = 0  # where they stand is told from the beginning of the text
    return before


def _summed(steps: Array, first: Array) -> Array:
    """Return the sums of steps from the beginning of each document, int32."""
    sums = offsets_of(steps)
    before_document = sums[first[:-1]]
    words_of_document = np.diff(first)
    in_document = sums[1:] - np.repeat(before_document, words_of_document)
    return in_document.astype(np.int32)
