"""Where lines stand in their documents: sums over neighbours, distances to landmarks, copies; vectorised."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.match.core.packed import groups, owners, place_in_group
from pipeline.tokens import Array

Columns = dict[str, Array]
"""By name, a value a line"""

FAR = 999
"""A distance in lines to something that is not there."""


SURE = 1000
"""From this score on, a line is surely text; down to its negative, surely not."""
LIMIT = 4000
"""Scores beyond are no surer."""
MANY = 20_000
"""Sums of letters over a document are cut off here: longer is not more telling."""
SUBSTANTIAL = 40
"""Letters of a block that can be the best of its document, and is text enough to have comments below it"""


def ratio(part: Array, whole: Array) -> Array:
    """`part / whole` in thousandths, rounded down; 0 where `whole` is."""
    return part * 1000 // np.maximum(whole, 1)


def sums(values: Array) -> Array:
    """int64 [..., n + 1]: the sum of `values`, [..., n], before each position, and of all."""
    *rows, count = values.shape
    total = np.zeros((*rows, count + 1), dtype=np.int64)
    np.cumsum(values, axis=-1, out=total[..., 1:])
    return total


class Places:
    """The places of all lines of a batch in their documents.

    Methods take one value a line and give one value a line, along the last axis; none looks across the edge of a
    document.
    """

    def __init__(self, offsets: Array) -> None:
        """`offsets` int64 [documents + 1]: document `d` has the lines `offsets[d]:offsets[d + 1]`."""
        counts = np.diff(offsets)
        self.offsets = offsets
        # int64 [lines] each
        self.document = owners(counts)
        self.first = np.repeat(offsets[:-1], counts)
        """The first line of the same document."""
        self.stop = np.repeat(offsets[1:], counts)
        """One past its last line."""
        self.line = np.arange(int(offsets[-1]))
        """Its own number in the batch."""

    def __len__(self) -> int:
        return len(self.line)

    def window(self, total: Array, before: int, after: int) -> Array:
        """The sum over the lines from `before` lines up to `after` lines down, from `sums` of the values.

        (3, -1) are the three lines before this one, (-1, 3) the three after it.
        """
        first = np.maximum(self.line - before, self.first)
        stop = np.minimum(self.line + (after + 1), self.stop)
        return _between(total, first, stop)

    def windows(self, name: str, total: Array, reaches: Sequence[int]) -> Columns:
        """`window` of so many lines above each, and of so many below: columns `name_above_N` and `name_below_N`."""
        columns: Columns = {}
        for reach in reaches:
            columns[f"{name}_above_{reach}"] = self.window(total, reach, -1)
            columns[f"{name}_below_{reach}"] = self.window(total, -1, reach)
        return columns

    def around(self, name: str, total: Array, reaches: Sequence[int]) -> Columns:
        """`window` of so many lines on either side, the line itself counted: columns `name_within_N`."""
        columns: Columns = {}
        for reach in reaches:
            columns[f"{name}_within_{reach}"] = self.window(total, reach, reach)
        return columns

    def before(self, total: Array) -> Array:
        """The sum over all lines of the document before this one."""
        return total[..., :-1] - total.take(self.first, -1)

    def after(self, total: Array) -> Array:
        """The sum over all lines of the document after this one."""
        return total.take(self.stop, -1) - total[..., 1:]

    def whole(self, total: Array) -> Array:
        """The sum over the document."""
        return _between(total, self.first, self.stop)

    def highest(self, values: Array) -> Array:
        """The highest value of the document."""
        lines = np.diff(self.offsets)
        first = self.offsets[:-1]
        has_lines = lines > 0  # `reduceat` takes the next document's first value for one without lines
        if not has_lines.any():
            return values
        highest = np.maximum.reduceat(values, first[has_lines])
        return np.repeat(highest, lines[has_lines])

    def shift(self, values: Array, by: int, missing: int) -> Array:
        """The value of the line `by` lines further down."""
        place = self.line + by
        is_inside = (place >= self.first) & (place < self.stop)
        found = values.take(place, -1, mode="clip")
        return np.where(is_inside, found, missing)

    def shifts(self, name: str, values: Array, steps: Sequence[int], missing: int) -> Columns:
        """`shift` by each of some steps: columns `name@+N` and `name@-N`."""
        columns: Columns = {}
        for by in steps:
            columns[f"{name}@{by:+d}"] = self.shift(values, by, missing)
        return columns

    def last(self, flags: Array) -> Array:
        """The last flagged line before this one; the line before the document's first where there is none."""
        number = np.where(flags, self.line, -1)
        found = np.full(flags.shape, -1)
        # The greatest number so far is the last flagged line; one place on, since it stands before this one.
        np.maximum.accumulate(number[..., :-1], axis=-1, out=found[..., 1:])
        before_document = self.first - 1
        return np.maximum(found, before_document)

    def next(self, flags: Array) -> Array:
        """The next flagged line after this one; the document's `stop` where there is none."""
        found = np.full(flags.shape, len(self))
        from_here = self._from_here(flags)
        found[..., :-1] = from_here[..., 1:]
        return np.minimum(found, self.stop)

    def since(self, flags: Array) -> Array:
        """Lines from the last flagged line before this one, at most `FAR`; `FAR` where there is none."""
        last = self.last(flags)
        distance = np.minimum(self.line - last, FAR)
        return np.where(last < self.first, FAR, distance)

    def until(self, flags: Array) -> Array:
        """Lines to the next flagged line after this one, at most `FAR`; `FAR` where there is none."""
        following = self.next(flags)
        distance = np.minimum(following - self.line, FAR)
        return np.where(following >= self.stop, FAR, distance)

    def first_flagged(self, flags: Array) -> Array:
        """The document's first flagged line; its `stop` where there is none."""
        from_first = self._from_here(flags).take(self.first, -1)
        return np.minimum(from_first, self.stop)

    def _from_here(self, flags: Array) -> Array:
        """The first flagged line from each on, in any document."""
        number = np.where(flags, self.line, len(self))
        backwards = np.minimum.accumulate(number[..., ::-1], axis=-1)
        return backwards[..., ::-1]

    def copies(self, keys: Array, valid: Array) -> tuple[Array, Array]:
        """How many lines of the document have this line's key, and how many of those stand before it; 0 where not valid.

        `keys` are hashes, uint64.
        """
        keyed = np.flatnonzero(valid)
        by_key = np.lexsort((keys[keyed], self.document[keyed]))  # stable: lines of one key stay in order
        order = keyed[by_key]
        _, size = groups(keys[order], self.document[order])
        count, earlier = np.zeros((2, len(self)), dtype=np.int64)
        count[order] = np.repeat(size, size)
        earlier[order] = place_in_group(size)
        return count, earlier


def _between(total: Array, first: Array, stop: Array) -> Array:
    """The sum over the lines from `first` to `stop` (exclusive), along the last axis, from `sums` of the values."""
    return total.take(stop, -1) - total.take(first, -1)
