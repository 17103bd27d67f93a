"""Stretches of the clean text as stretches of the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from pipeline.corpus.packs.one import Pack
from pipeline.corpus.table import Array

_of_one = lru_cache(maxsize=1)
"""Stretches are asked for document by document."""


class Sources:
    """The sources of a pack's documents."""

    def __init__(self, pack: Pack) -> None:
        # None of these knows this object: what knows itself stays, with its open files, until it is looked for.
        edits = pack.edits()
        columns = [np.asarray(edits[name]) for name in ("start", "end", "first", "last")]
        self._edits = _of_one(partial(_edits_of, columns, np.asarray(pack.documents["first_edit"])))
        self.text = _of_one(pack.text)
        """The clean text of a document; the last one is kept."""
        self._origin = _of_one(pack.origin)

    def stretch(self, number: int, start: int, end: int) -> tuple[int, int, str]:
        """(start, end, text) in the source of document `number`, of a stretch of its clean text that is not empty.

        Where its edge is in a replacement, all that this stands for is in it.
        """
        starts, ends, firsts, lasts = self._edits(number)
        places = []
        for offset in (start, end - 1):
            done = bisect_right(lasts, offset)
            if done < len(lasts) and offset >= firsts[done]:
                places.append((starts[done], ends[done]))
            else:
                own = offset + ends[done - 1] - lasts[done - 1] if done else offset
                places.append((own, own + 1))
        begin, stop = places[0][0], places[1][1]
        return begin, stop, self._origin(number)[begin:stop]


def _edits_of(columns: Sequence[Array], first_edit: Array, number: int) -> list[list[int]]:
    """The columns of the edits of a document."""
    low, high = first_edit[number : number + 2].tolist()
    return [column[low:high].tolist() for column in columns]
