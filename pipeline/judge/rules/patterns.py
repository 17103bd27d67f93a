"""Many patterns asked of many lines at once, in linear time, by RE2."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import re2

from pipeline.errors import UsageError
from pipeline.judge.rules.rule import USUAL_CHARS, Hit

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
SURROGATE = re.compile("[\ud800-\udfff]")
"""What RE2 takes no text with."""
TOGETHER = 16
"""Lines that are asked about at once. Asking costs more than looking at a line does, and most lines match nothing."""
_FLOATING = re.compile(r"[(?:]*(?:\.|\[\^)")
"""A pattern that may begin with anything."""
_OWN_EDGES = re.compile(r"\\[Az]|\(\?\w*-")
"""What may hold a pattern to the edges of the whole text instead of a line's."""
_LENGTHS = (USUAL_CHARS,)
"""Patterns for lines up to one of these lengths are a group, and those for longer lines."""
_FLOATING_GROUP = 14
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


class LineSet(PatternSet):
    """Patterns that match whole lines, without a line break in them. Which of many lines match any is asked at once."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(patterns, "(?m)^(?:{})$", _LINE_OPTIONS)
        is_by_line = any(_OWN_EDGES.search(pattern) for _, pattern in patterns)
        self._together = 1 if is_by_line else TOGETHER

    def matching(self, lines: Sequence[bytes]) -> Iterator[int]:
        """Yield the places of the lines that any pattern matches, in order."""
        for first in range(0, len(lines), self._together):
            yield from self._matching(lines, first, min(first + self._together, len(lines)))

    def _matching(self, lines: Sequence[bytes], first: int, stop: int) -> Iterator[int]:
        """The same for those from `first` to `stop`, which are halved where they match."""
        if not self.matches(b"\n".join(lines[first:stop])):
            return
        if stop - first == 1:
            yield first
            return
        middle = (first + stop) // 2
        yield from self._matching(lines, first, middle)
        yield from self._matching(lines, middle, stop)


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
