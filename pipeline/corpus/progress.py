"""How a run tells what it does."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[int, str], None]
"""Called with a level of verbosity (0 always, 1 with -v, 2 with -vv) and a sentence."""


def silent(level: int, message: str) -> None:
    """Say nothing."""
