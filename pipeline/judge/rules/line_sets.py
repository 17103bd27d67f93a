"""Patterns of whole lines asked of many lines at once.

RE2 is asked about few: what a line has to have for a pattern to match it, a beginning or some characters inside, is read from the
patterns by a kernel, and another one lets go all lines that have not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from pipeline import native
from pipeline.expression import expression
from pipeline.judge.rules.patterns import Pattern, PatternSet, options
from pipeline.judge.rules.rule import Hit
from pipeline.tokens import Array


def _line_options() -> Any:
    """How RE2 is to compile patterns none of which matches across a line break, whatever it says."""
    found = options()
    found.never_nl = True
    return found


_LINE_OPTIONS = _line_options()
TOGETHER = 16
"""Lines that are asked about at once. Asking costs more than looking at a line does, and most lines match nothing."""
_FLOATING = expression(r"[(?:]*(?:\.|\[\^)")
"""A pattern that may begin with anything."""
OWN_EDGES = expression(r"\\[Az]|\(\?\w*-")
"""What may hold a pattern to the edges of the whole text instead of a line's."""
_LENGTHS = (120, 200, 300, 500)
"""Patterns for lines up to one of these lengths are a group, and those for longer lines."""
_FLOATING_GROUP = 7
"""Patterns that may begin with anything, in a group."""
MOST_SETS = 64
"""Sets that the kernel tells apart, at most"""
_LEAST_IN_GROUP = {(3, 2): 12, (1,): 3}
"""Patterns in a group, at least, where each is asked about some lines alone, by what the kernel knows of them; those of which as
much is known are in a group"""


class Asked:
    """Lines that sets of patterns are asked about, the shorter first: those that are short enough for a set are the first ones,
    and stand together in the same way for each."""

    def __init__(self, lines: Sequence[str], places: Sequence[int]) -> None:
        """`places` are those of the lines among others, in the order that the lines have here."""
        self.lines = lines
        self.places = places

    @classmethod
    def of(cls, lines: Sequence[str], places: Iterable[int]) -> Asked:
        """Those of some lines that stand at these places."""
        lengths = list(map(len, lines))
        in_order = sorted(places, key=lengths.__getitem__)
        return cls([lines[place] for place in in_order], in_order)

    def some(self, numbers: Sequence[int]) -> Asked:
        """Some of them, by their ascending places here."""
        return Asked([self.lines[number] for number in numbers], [self.places[number] for number in numbers])

    @cached_property
    def together(self) -> Sequence[bytes]:
        """Some at a time, in their order here."""
        return [self.joined(first, first + TOGETHER) for first in range(0, len(self.lines), TOGETHER)]

    def encoded(self, number: int) -> bytes:
        """One of them."""
        return self.lines[number].encode("utf-8", "surrogatepass")

    def joined(self, first: int, stop: int) -> bytes:
        """A stretch of them."""
        return "\n".join(self.lines[first:stop]).encode("utf-8", "surrogatepass")


class LineSet(PatternSet):
    """Patterns that match whole lines, without a line break in them. Which of many lines match any is asked at once."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(patterns, "(?m)^(?:{})$", _LINE_OPTIONS)
        self._is_by_line = any(OWN_EDGES.search(pattern) for _, pattern in patterns)

    def matching(self, asked: Asked) -> Iterator[int]:
        """Yield the numbers of the lines that any pattern matches, in the order they have in `asked`."""
        count = bisect_right(asked.lines, self.max_chars, key=len)
        if self._is_by_line:
            yield from (number for number in range(count) if self.matches(asked.encoded(number)))
            return
        for first, joined in zip(range(0, count, TOGETHER), asked.together, strict=False):
            if self.matches(joined):
                yield from self._matching(asked, first, min(first + TOGETHER, count))

    def _matching(self, asked: Asked, first: int, stop: int) -> Iterator[int]:
        """The same for those from `first` to `stop`, among which some match, or lines that are longer."""
        if stop - first > 1:
            middle = (first + stop) // 2
            for low, high in ((first, middle), (middle, stop)):
                if self.matches(asked.joined(low, high)):
                    yield from self._matching(asked, low, high)
        elif self.matches(asked.encoded(first)):
            yield first


class LineSets:
    """Patterns that match whole lines, in sets that are fast to match together.

    Where there are kernels, these are small, and most are asked about the lines alone that have what any match has to have.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        in_order = sorted(patterns, key=lambda entry: (_is_floating(entry), _length(entry)))
        self._rank = {id(hit): rank for rank, (hit, _) in enumerate(in_order)}
        self._screened: list[ScreenedSets] = []
        if native.kernels is None:
            self._sets = list(map(LineSet, _groups(in_order)))
            return
        known = [native.kernels.known_of_pattern(pattern) for _, pattern in in_order]
        unknown = [entry for entry, one in zip(in_order, known, strict=True) if not one]
        self._sets = list(map(LineSet, _groups(unknown)))
        for own, least in _LEAST_IN_GROUP.items():
            alike = [[entry for entry, one in zip(in_order, known, strict=True) if one == kind] for kind in own]
            size = max(least, -(-sum(map(len, alike)) // (MOST_SETS - len(own))))
            self._screened.append(ScreenedSets([LineSet(group) for some in alike for group in _cut(some, size)]))

    def hits(self, lines: Sequence[str], places: Iterable[int]) -> Iterator[tuple[int, Hit]]:
        """Yield (place of a line, what a pattern says of it), of those of some lines that stand at `places`; for each line in
        the order of `_groups`."""
        asked = Asked.of(lines, places)
        found: list[tuple[int, int, Hit]] = []
        for patterns, own in self._asked(asked):
            for number in patterns.matching(own):
                matching = patterns.match(own.encoded(number))
                found += ((own.places[number], self._rank[id(hit)], hit) for hit, _ in matching)
        found.sort(key=itemgetter(0, 1))
        yield from ((place, hit) for place, _, hit in found)

    def compile(self) -> None:
        """Compile all sets now, see `PatternSet.compile`."""
        for one in chain(self._sets, *(some.sets for some in self._screened)):
            one.compile()

    def _asked(self, asked: Asked) -> Iterator[tuple[LineSet, Asked]]:
        """Yield sets, and the lines that each is asked about."""
        yield from ((patterns, asked) for patterns in self._sets)
        for some in self._screened:
            yield from some.asked(asked)


class ScreenedSets:
    """Sets of patterns, `MOST_SETS` at most, each of which is asked about the lines alone that have what any match has to
    have."""

    def __init__(self, sets: Sequence[LineSet]) -> None:
        self.sets = sets

    def asked(self, asked: Asked) -> Iterator[tuple[LineSet, Asked]]:
        """Yield sets, and the lines that each is asked about."""
        assert native.kernels is not None
        found = native.kernels.screened(asked.lines, self._screen)
        edges, numbers = (np.frombuffer(column, np.int64).tolist() for column in found)
        for patterns, (low, high) in zip(self.sets, pairwise(edges), strict=False):
            if high - low == len(asked.lines):
                yield patterns, asked
            elif low < high:
                yield patterns, asked.some(numbers[low:high])

    @cached_property
    def _screen(self) -> Array:
        """What says which sets may match a line, as the kernel takes it."""
        assert native.kernels is not None
        patterns = [pattern for one in self.sets for _, pattern in one.patterns]
        numbers = [number for number, one in enumerate(self.sets) for _ in one.patterns]
        return np.frombuffer(native.kernels.screen(patterns, numbers), np.uint64)


def _is_floating(entry: Pattern) -> bool:
    """Whether a pattern may begin with anything."""
    _, pattern = entry
    return _FLOATING.match(pattern) is not None


def _length(entry: Pattern) -> int:
    """How long a line may be that a pattern is asked about."""
    hit, _ = entry
    return hit.rule.max_chars


def _groups(patterns: Sequence[Pattern]) -> Iterator[Sequence[Pattern]]:
    """Patterns in groups that are fast to match together: those that may begin with anything come last, and of the others those
    for shorter lines first, so that long lines pass most groups by.

    A pattern that may begin with anything stays alive to a line's end. Many of them in one automaton multiply
    its states, which are built as lines ask for them: 580 patterns in one set cost 40 us a line, so grouped
    8.
    """
    floating = list(filter(_is_floating, patterns))
    fixed = patterns[: len(patterns) - len(floating)]
    for _, group in groupby(fixed, lambda entry: bisect_left(_LENGTHS, _length(entry))):
        yield list(group)
    yield from _cut(floating, _FLOATING_GROUP)


def _cut(patterns: Sequence[Pattern], size: int) -> Iterator[Sequence[Pattern]]:
    """Yield so many patterns at a time."""
    yield from (patterns[low : low + size] for low in range(0, len(patterns), size))
