"""Stretches of the source, put together from clean text and edits without undoing all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from pipeline import jsonlines
from pipeline.corpus.packs.one import Pack
from pipeline.corpus.table import Array
from pipeline.records import EditRecord

_of_one = lru_cache(maxsize=1)
"""Stretches are asked for document by document."""


class Sources:
    """The sources of a pack's documents."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        edits = pack.edits()
        self._columns = [np.asarray(edits[name]) for name in ("start", "end", "first", "last", "line")]
        self._text = _of_one(pack.text)
        self._ledger = _of_one(lambda number: pack.blob("ledger", number))

    def stretch(self, number: int, start: int, end: int) -> tuple[int, int, str]:
        """(start, end, text) in the source of document `number`, of a stretch of its clean text that is not empty.

        Where its edge is in a replacement, all that this stands for is in it.
        """
        low, high = np.asarray(self._pack.documents["first_edit"])[number : number + 2].tolist()
        starts, ends, firsts, lasts, lines = (column[low:high] for column in self._columns)
        places = []
        for offset in (start, end - 1):
            done = int(np.searchsorted(lasts, offset, side="right"))
            if done < len(lasts) and offset >= firsts[done]:
                places.append((int(starts[done]), int(ends[done])))
            else:
                own = offset + int(ends[done - 1] - lasts[done - 1]) if done else offset
                places.append((own, own + 1))
        begin, stop = places[0][0], places[1][1]
        # An edit of no length has neither text nor, at the edges, anything to do with the stretch.
        i, j = int(np.searchsorted(starts, begin)), int(np.searchsorted(ends, stop, side="right"))
        at = begin - int(ends[i - 1] - lasts[i - 1]) if i else begin
        text = self._text(number)
        pieces: list[str] = []
        removed = self._removed(number, lines, i, j)
        for first, last, struck in zip(firsts[i:j].tolist(), lasts[i:j].tolist(), removed, strict=True):
            pieces += (text[at:first], struck)
            at = last
        position = int(ends[j - 1]) if j > i else begin
        pieces.append(text[at : at + stop - position])
        return begin, stop, "".join(pieces)

    def _removed(self, number: int, lines: Array, first: int, last: int) -> Iterator[str]:
        """What some edits of a document took out."""
        if first >= last:
            return iter(())
        ledger = self._ledger(number)
        end = int(lines[last]) if last < len(lines) else len(ledger)
        return (edit.text for edit in jsonlines.decode_lines(ledger[int(lines[first]) : end], EditRecord))
