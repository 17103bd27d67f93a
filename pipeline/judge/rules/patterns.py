"""Many patterns asked of many lines at once, in linear time, by RE2."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import re2

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.judge.rules.rule import Hit

Pattern = tuple[Hit, str]
"""What a pattern says of a line, and the pattern as RE2 takes it."""


def _options() -> Any:
    """How RE2 is to compile patterns."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 32 << 20
    return options


def _line_options() -> Any:
    """The same, for patterns none of which matches across a line break, whatever it says."""
    options = _options()
    options.never_nl = True
    return options


OPTIONS = _options()
_LINE_OPTIONS = _line_options()
SURROGATE = expression("[\ud800-\udfff]")
"""What RE2 takes no text with."""
TOGETHER = 16
"""Lines that are asked about at once. Asking costs more than looking at a line does, and most lines match nothing."""
_FLOATING = expression(r"[(?:]*(?:\.|\[\^)")
"""A pattern that may begin with anything."""
_OWN_EDGES = expression(r"\\[Az]|\(\?\w*-")
"""What may hold a pattern to the edges of the whole text instead of a line's."""
_LENGTHS = (120, 200, 300, 500)
"""Patterns for lines up to one of these lengths are a group, and those for longer lines."""
_FLOATING_GROUP = 7
"""Patterns that may begin with anything, in a group."""


class PatternSet:
    """Patterns matched together, in one pass over the text. Compiled when first asked.

    Raises:
        UsageError: a pattern is none that RE2 knows.
    """

    def __init__(self, patterns: Sequence[Pattern], form: str = "{}", options: Any = OPTIONS) -> None:
        self._patterns = patterns
        limits = [hit.rule.max_chars for hit, _ in patterns]
        self.max_chars = max(limits, default=0)
        self._set = re2.Set.SearchSet(options)
        for hit, pattern in patterns:
            try:
                self._set.Add(form.format(pattern))
            except re2.error:
                reason = _reason(pattern)
                raise UsageError(
                    f"rule {hit.rule.id}: pattern {hit.pattern} is not one that RE2 knows: {reason}"
                ) from None
        self._match: Callable[[bytes], list[int] | None] = self._compiling

    def match(self, text: bytes) -> list[Pattern]:
        """The patterns that match, in their order, with what they say."""
        return [self._patterns[number] for number in sorted(self._match(text) or ())]

    def matches(self, text: bytes) -> bool:
        """Whether any pattern does."""
        return bool(self._match(text))

    def _compiling(self, text: bytes) -> list[int] | None:
        """The numbers of the patterns that match, asked for the first time."""
        if not self._patterns:
            self._match = _no_match
        else:
            self._set.Compile()
            self._match = self._set.Match
        return self._match(text)


def _no_match(text: bytes) -> list[int]:
    """The numbers of none of no patterns."""
    return []


class Asked:
    """Some of many lines that sets of patterns are asked about, the shorter first: those that are short enough for a set are the
    first ones, and stand together in the same way for each."""

    def __init__(self, lines: Sequence[str], places: Sequence[int]) -> None:
        """`places` are those of the lines that are asked about."""
        lengths = list(map(len, lines))
        self.places = sorted(places, key=lengths.__getitem__)
        self.lengths = [lengths[place] for place in self.places]
        self._lines = [lines[place] for place in self.places]
        self.together = [self.joined(first, first + TOGETHER) for first in range(0, len(places), TOGETHER)]

    def encoded(self, number: int) -> bytes:
        """One of the lines, by its place in their order here."""
        return self._lines[number].encode("utf-8", "surrogatepass")

    def joined(self, first: int, stop: int) -> bytes:
        """Some of the lines, in their order here."""
        return "\n".join(self._lines[first:stop]).encode("utf-8", "surrogatepass")


class LineSet(PatternSet):
    """Patterns that match whole lines, without a line break in them. Which of many lines match any is asked at once."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(patterns, "(?m)^(?:{})$", _LINE_OPTIONS)
        self._is_by_line = any(_OWN_EDGES.search(pattern) for _, pattern in patterns)

    def matching(self, asked: Asked) -> Iterator[int]:
        """Yield the numbers of the lines that any pattern matches, in the order they have in `asked`."""
        count = bisect_right(asked.lengths, self.max_chars)
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


def line_sets(patterns: Sequence[Pattern]) -> tuple[LineSet, ...]:
    """Patterns that match whole lines, in groups that are fast to match together."""
    return tuple(map(LineSet, _groups(patterns)))


def _groups(patterns: Sequence[Pattern]) -> Iterator[Sequence[Pattern]]:
    """The patterns in groups that are fast to match together.

    A pattern that may begin with anything stays alive to a line's end. Many of them in one automaton multiply
    its states, which are built as lines ask for them: 580 patterns in one set cost 40 us a line, so grouped
    8.
    """

    def length(entry: Pattern) -> int:
        """How long a line may be that it is asked about."""
        hit, _ = entry
        return hit.rule.max_chars

    def length_class(entry: Pattern) -> int:
        """The first of `_LENGTHS` that is as long."""
        return bisect_left(_LENGTHS, length(entry))

    floating: list[Pattern] = []
    fixed: list[Pattern] = []
    for entry in sorted(patterns, key=length):  # so that long lines pass most groups by
        _, pattern = entry
        own = floating if _FLOATING.match(pattern) else fixed
        own.append(entry)
    for _, group in groupby(fixed, length_class):
        yield list(group)
    for low in range(0, len(floating), _FLOATING_GROUP):
        yield floating[low : low + _FLOATING_GROUP]


def _reason(pattern: str) -> str:
    """Why RE2 does not take a pattern."""
    try:
        re2.compile(pattern, options=OPTIONS)
    except re2.error as error:
        reason = error.args[0]
        if isinstance(reason, bytes):
            return reason.decode("utf-8", "replace")
        return str(reason)
    return "too large"
