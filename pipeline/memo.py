"""Results that are kept for texts that come again: short ones. A long text rarely does, and would stay in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

LONGEST = 200
"""Code points of a text whose result is kept"""


def of_short_texts(most: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Return a decorator that keeps the results of a function of one text, for the last `most` short texts."""

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def remembering(text: str) -> T:
            return kept(text) if len(text) <= LONGEST else function(text)

        return remembering

    return decorate
