"""Passages in files of the workspace, a row each: there may be very many, and whoever looks at them takes some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match.at_a_time import stretches
from pipeline.match.core.located import Passages
from pipeline.wording import plural

ROW = np.dtype(
    [
        ("rank", "<i4", (2,)),  # the documents, by rank
        ("first", "<i4", (2,)),  # words of the document
        ("last", "<i4", (2,)),
        ("start", "<i4", (2,)),  # code points of the clean text
        ("end", "<i4", (2,)),
        ("words", "<i4"),  # that are the same
        ("longest", "<i4"),  # words of the longest verbatim run
        ("similarity", "<f8"),
        ("bits", "<f8"),  # evidence in the words that are the same
    ]
)
"""A passage; on side 0 stands the document of better rank"""
_FAMILY = np.dtype(np.int32)
_PAIR = np.dtype(np.uint64)


def rows_of(found: Passages) -> Array:
    """Return passages as rows."""
    rows = np.empty(len(found), dtype=ROW)
    for name in ROW.names or ():
        rows[name] = getattr(found, name)
    return rows


class SharedPassages(Struct, frozen=True):
    """The passages that documents share, by the names of their files."""

    rows: Column
    """of `ROW`; those of two documents stand together"""
    family: Column
    """int32, of each passage: the number of the first one of its family"""
    pairs: Column
    """uint64: packed pairs of paragraphs that have a verbatim part in common, by their places among those that are compared;
    sorted, each once"""

    @classmethod
    def of(cls, folder: Path) -> SharedPassages:
        """Return those in a folder."""
        return cls(
            Column(folder / "passages.rows", ROW),
            Column(folder / "passages.families", _FAMILY),
            Column(folder / "passages.pairs", _PAIR),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """The files."""
        return self.rows, self.family, self.pairs

    def __len__(self) -> int:
        return len(self.rows)

    def some(self) -> Iterator[tuple[int, Array]]:
        """Yield (the number of the first passage, rows), some at a time."""
        with self.rows.reading() as read:
            for part in stretches(len(self)):
                yield part.start, read(part.start, part.stop)

    def of_two_documents(self) -> Iterator[Array]:
        """Yield rows, some at a time, those of two documents together."""
        rest: Array = np.empty(0, dtype=ROW)
        for _, rows in self.some():
            every = np.concatenate((rest, rows))
            is_other = (every["rank"] != every["rank"][-1]).any(axis=1)
            whole = int(np.flatnonzero(is_other)[-1]) + 1 if is_other.any() else 0
            rest = every[whole:].copy()
            if whole:
                yield every[:whole]
        if len(rest):
            yield rest


class AllPassages(Struct, frozen=True):
    """Passages in memory, one row each; on side 0 stands the document of better rank. Columns of [passages, 2] are of both
    sides."""

    rank: Array
    """int32 [passages, 2]: the documents, by rank"""
    start: Array
    """int32 [passages, 2], code points of the clean text"""
    end: Array
    """int32 [passages, 2]"""
    words: Array
    """int32: words that are the same"""
    longest: Array
    """int32: words of the longest verbatim run"""
    similarity: Array
    """float64"""
    bits: Array
    """float64: evidence in the words that are the same"""
    family: Array
    """int32, numbered from 0 as they first appear"""

    @classmethod
    def of(cls, found: SharedPassages) -> AllPassages:
        """Return what files have."""
        rows = found.rows.part(0, len(found))
        first = found.family.part(0, len(found))
        # The first passage of each family is of its own.
        number = np.cumsum(first == np.arange(len(first))) - 1
        columns = {name: rows[name].copy() for name in cls.__struct_fields__ if name != "family"}
        return cls(**columns, family=number[first].astype(np.int32))

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        families = set(self.family.tolist())
        passages = plural(len(self), "passage")
        quotes = plural(len(families), "quote")
        return f"<{type(self).__name__}: {passages}, {quotes}>"
