"""Stretches of the source, put together from clean text and edits without undoing all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial

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
        edits = pack.edits()
        columns = [np.asarray(edits[name]) for name in ("start", "end", "first", "last", "line")]
        # Nothing here refers to this object itself: it goes, and its files are closed, when the last one to use it is done.
        self._edits = _of_one(partial(_edits_of, pack, columns))
        self.text = _of_one(pack.text)
        """The clean text of a document; the last one is kept."""
        self._ledger = _of_one(lambda number: pack.blob("ledger", number))

    def stretch(self, number: int, start: int, end: int) -> tuple[int, int, str]:
        """(start, end, text) in the source of document `number`, of a stretch of its clean text that is not empty.

        Where its edge is in a replacement, all that this stands for is in it.
        """
        starts, ends, firsts, lasts, lines = self._edits(number)
        places = []
        for offset in (start, end - 1):
            done = bisect_right(lasts, offset)
            if done < len(lasts) and offset >= firsts[done]:
                places.append((starts[done], ends[done]))
            else:
                own = offset + ends[done - 1] - lasts[done - 1] if done else offset
                places.append((own, own + 1))
        begin, stop = places[0][0], places[1][1]
        # An edit of no length has neither text nor, at the edges, anything to do with the stretch.
        i, j = bisect_left(starts, begin), bisect_right(ends, stop)
        at = begin - (ends[i - 1] - lasts[i - 1]) if i else begin
        text = self.text(number)
        pieces: list[str] = []
        removed = self._removed(number, lines, i, j)
        for first, last, struck in zip(firsts[i:j], lasts[i:j], removed, strict=True):
            pieces += (text[at:first], struck)
            at = last
        position = ends[j - 1] if j > i else begin
        pieces.append(text[at : at + stop - position])
        return begin, stop, "".join(pieces)

    def _removed(self, number: int, lines: Sequence[int], first: int, last: int) -> Iterator[str]:
        """What some edits of a document took out."""
        if first >= last:
            return iter(())
        ledger = self._ledger(number)
        end = lines[last] if last < len(lines) else len(ledger)
        return (edit.text for edit in jsonlines.decode_lines(ledger[lines[first] : end], EditRecord))


def _edits_of(pack: Pack, columns: Sequence[Array], number: int) -> list[list[int]]:
    """The columns of the edits of a document, of those of its pack."""
    low, high = np.asarray(pack.documents["first_edit"])[number : number + 2].tolist()
    return [column[low:high].tolist() for column in columns]
