"""Many patterns asked of many lines at once, in linear time, by RE2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import re2

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.judge.rules.rule import Hit

Pattern = tuple[Hit, str]
"""What a pattern says of a line, and the pattern as RE2 takes it."""


def options() -> Any:
    """How RE2 is to compile patterns."""
    found = re2.Options()
    found.log_errors = False
    found.max_mem = 32 << 20
    return found


OPTIONS = options()
SURROGATE = expression("[\ud800-\udfff]")
"""What RE2 takes no text with."""


class PatternSet:
    """Patterns matched together, in one pass over the text. Compiled when first asked.

    Raises:
        UsageError: a pattern is none that RE2 knows.
    """

    def __init__(self, patterns: Sequence[Pattern], form: str = "{}", how: Any = OPTIONS) -> None:
        self.patterns = patterns
        self._form = form
        self._how = how
        limits = [hit.rule.max_chars for hit, _ in patterns]
        self.max_chars = max(limits, default=0)
        self._set = re2.Set.SearchSet(how)
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
        return [self.patterns[number] for number in sorted(self._numbers(text))]

    def matches(self, text: bytes) -> bool:
        """Whether any pattern does."""
        return bool(self._match(text))

    def compile(self) -> None:
        """Compile the patterns now, not when a text is there.

        Raises:
            UsageError: one of them is too large.
        """
        self.match(b"")

    def _compiling(self, text: bytes) -> list[int] | None:
        """The numbers of the patterns that match, asked for the first time."""
        self._match = self._compiled()
        return self._match(text)

    def _compiled(self) -> Callable[[bytes], list[int] | None]:
        """What finds the numbers of the patterns that match. Those that are too large together are asked in two sets."""
        if not self.patterns:
            return _no_match
        try:
            self._set.Compile()
        except re2.error:
            if len(self.patterns) == 1:
                ((hit, _),) = self.patterns
                raise UsageError(f"rule {hit.rule.id}: pattern {hit.pattern} is too large for RE2") from None
        else:
            return self._set.Match
        middle = len(self.patterns) // 2
        first, second = (
            PatternSet(some, self._form, self._how) for some in (self.patterns[:middle], self.patterns[middle:])
        )
        return lambda text: [*first._numbers(text), *(middle + number for number in second._numbers(text))]

    def _numbers(self, text: bytes) -> list[int]:
        """The numbers of the patterns that match."""
        return self._match(text) or []


def _no_match(text: bytes) -> list[int]:
    """The numbers of none of no patterns."""
    return []


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
