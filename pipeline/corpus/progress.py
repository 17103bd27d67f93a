"""How a run tells what it does, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Say = Callable[[int, str], None]
"""Called with a level of verbosity (0 always, 1 with -v, 2 with -vv) and a sentence."""
Result = TypeVar("Result")


def silent(level: int, message: str) -> None:
    """Say nothing."""


class Progress:
    """Hears what a run does. This one passes sentences on, and shows nothing of how far the run is."""

    def __init__(self, say: Say = silent) -> None:
        self.say = say

    def stage(self, name: str, total: int, unit: str = "") -> None:
        """A stage begins: `reading` (the unit is bytes), `cleaning`, `comparing` or `writing`; `total` pieces of work."""

    def advance(self, done: int, documents: int = 0) -> None:
        """So much more of the stage is done, and so many more documents were met."""

    def end(self) -> None:
        """The run is over."""

    def watch(self, name: str, items: Sequence[object], results: Iterator[Result]) -> Iterator[Result]:
        """The results of a stage that has one for each item."""
        self.stage(name, len(items))
        for result in results:
            self.advance(1)
            yield result
