"""Where lines stand in their documents: sums over neighbours, distances to landmarks, copies; vectorised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline import native
from pipeline.match.core.packed import groups, owners, place_in_group
from pipeline.tokens import Array

Columns = dict[str, Array]
"""By name, a value a line"""
Table = Mapping[str, Array]
"""The same of what others have counted: it is read and not added to."""

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
    with_own = total[..., 1:]
    np.cumsum(values, axis=-1, out=with_own)
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
        first = offsets[:-1]
        stop = offsets[1:]
        # int64 [lines] each
        self.document = owners(counts)
        self.first = np.repeat(first, counts)
        """The first line of the same document."""
        self.stop = np.repeat(stop, counts)
        """One past its last line."""
        self.line = np.arange(int(offsets[-1]))
        """Its own number in the batch."""

    def __len__(self) -> int:
        return len(self.line)

    def window(self, total: Array, before: int, after: int) -> Array:
        """The sum over the lines from `before` lines up to `after` lines down, from `sums` of the values.

        (3, -1) are the three lines before this one, (-1, 3) the three after it.
        """
        first = self.line - before
        stop = self.line + (after + 1)
        return _between(
            total,
            np.maximum(first, self.first),
            np.minimum(stop, self.stop),
        )

    def windows(self, name: str, total: Array, reaches: Sequence[int]) -> Columns:
        """`window` of so many lines above each, and of so many below: columns `name_above_N` and `name_below_N`."""
        columns: Columns = {}
        for reach in reaches:
            above = self.window(total, reach, -1)
            below = self.window(total, -1, reach)
            columns[f"{name}_above_{reach}"] = above
            columns[f"{name}_below_{reach}"] = below
        return columns

    def around(self, name: str, total: Array, reaches: Sequence[int]) -> Columns:
        """`window` of so many lines on either side, the line itself counted: columns `name_within_N`."""
        columns: Columns = {}
        for reach in reaches:
            within = self.window(total, reach, reach)
            columns[f"{name}_within_{reach}"] = within
        return columns

    def before(self, total: Array) -> Array:
        """The sum over all lines of the document before this one."""
        before_line = total[..., :-1]
        before_document = total.take(self.first, -1)
        return before_line - before_document

    def after(self, total: Array) -> Array:
        """The sum over all lines of the document after this one."""
        up_to_line = total[..., 1:]
        up_to_end = total.take(self.stop, -1)
        return up_to_end - up_to_line

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
            shifted = self.shift(values, by, missing)
            columns[f"{name}@{by:+d}"] = shifted
        return columns

    def last(self, flags: Array) -> Array:
        """The last flagged line before this one; the line before the document's first where there is none."""
        number = np.where(flags, self.line, -1)
        found = np.full(flags.shape, -1)
        # The greatest number so far is the last flagged line; one place on, since it stands before this one.
        lines_before = number[..., :-1]
        one_on = found[..., 1:]
        np.maximum.accumulate(lines_before, axis=-1, out=one_on)
        before_document = self.first - 1
        return np.maximum(found, before_document)

    def next(self, flags: Array) -> Array:
        """The next flagged line after this one; the document's `stop` where there is none."""
        found = np.full(flags.shape, len(self))
        from_next = self._from_here(flags)[..., 1:]
        found[..., :-1] = from_next
        return np.minimum(found, self.stop)

    def since(self, flags: Array) -> Array:
        """Lines from the last flagged line before this one, at most `FAR`; `FAR` where there is none."""
        last = self.last(flags)
        distance = np.minimum(self.line - last, FAR)
        is_none = last < self.first
        return np.where(is_none, FAR, distance)

    def until(self, flags: Array) -> Array:
        """Lines to the next flagged line after this one, at most `FAR`; `FAR` where there is none."""
        following = self.next(flags)
        distance = np.minimum(following - self.line, FAR)
        is_none = following >= self.stop
        return np.where(is_none, FAR, distance)

    def first_flagged(self, flags: Array) -> Array:
        """The document's first flagged line; its `stop` where there is none."""
        from_here = self._from_here(flags)
        from_first = from_here.take(self.first, -1)
        return np.minimum(from_first, self.stop)

    def _from_here(self, flags: Array) -> Array:
        """The first flagged line from each on, in any document."""
        number = np.where(flags, self.line, len(self))
        backwards = number[..., ::-1]
        least = np.minimum.accumulate(backwards, axis=-1)
        return least[..., ::-1]

    def copies(self, keys: Array, valid: Array) -> tuple[Array, Array]:
        """How many lines of the document have this line's key, and how many of those stand before it; 0 where not valid.

        `keys` are hashes, uint64.
        """
        if native.kernels is not None:
            found = native.kernels.copies(keys, valid, self.offsets)
            return np.frombuffer(found[0], np.int64), np.frombuffer(found[1], np.int64)
        keyed = np.flatnonzero(valid)
        key = keys[keyed]
        document = self.document[keyed]
        by_key = np.lexsort((key, document))  # stable: lines of one key stay in order
        order = keyed[by_key]
        _, size = groups(key[by_key], document[by_key])
        count = np.zeros(len(self), dtype=np.int64)
        earlier = np.zeros_like(count)
        count[order] = np.repeat(size, size)
        earlier[order] = place_in_group(size)
        return count, earlier


def _between(total: Array, first: Array, stop: Array) -> Array:
    """The sum over the lines from `first` to `stop` (exclusive), along the last axis, from `sums` of the values."""
    before_stop = total.take(stop, -1)
    before_first = total.take(first, -1)
    return before_stop - before_first
