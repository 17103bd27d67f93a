"""What the plan asks of an engine: run pure functions over items, and bring rows of one key together.

Items are small descriptions (which inputs, which files); data move in tables. Functions and items must be picklable.
Results do not depend on the engine, on how many workers it has, or on how many partitions there are: functions see the
rows of a partition in order of key, then of the item they came from, and must treat each key by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from pipeline.corpus.table import Table

Item = TypeVar("Item")
Result = TypeVar("Result")

PARTITION_BYTES = 16_000_000
"""Of rows in a partition, about, at most; a worker that is alone has the room of two"""
WORTH_SHARING = 500_000
"""Bytes of rows in a partition that are worth the trouble of another one."""
_FOR_EACH = 2
_ITEMS = 4
"""Items for each worker: where one ends before the others, it does not wait long for them"""


class Engine(Protocol):
    """Runs the steps of a plan."""

    @property
    def workers(self) -> int:
        """How many items run at a time."""

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """`function` of every item, in the order of the items."""

    def exchange(
        self,
        emit: Callable[[Item], Table],
        items: Sequence[Item],
        key: str,
        partitions: int,
        reduce: Callable[[Table], Result],
    ) -> Iterator[Result]:
        """`reduce` of every partition that has rows, in order.

        `emit` gives each item's rows; the rows of all items that agree in the column `key` (uint64) fall into one
        partition. `reduce` gets a partition's rows sorted by key, rows of one key in the order of the items.
        """


class Task(Protocol):
    """An item that an executor was given, such as a `concurrent.futures.Future`."""

    def result(self) -> Any:
        """What the function gave. Waits for it; raises what the function raised, or what has become of the executor."""

    def cancel(self) -> object:
        """Do not begin with it, or end it where that can be done."""


class Executor(Protocol):
    """What runs functions in processes elsewhere, such as a `concurrent.futures.Executor`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Task:
        """Run the function with these arguments, some time."""


def partitions(size: int, workers: int) -> int:
    """In how many partitions to exchange `size` bytes of rows: one is at most about `PARTITION_BYTES`, and where it is
    worth starting them there are some for every worker."""
    if workers == 1:
        return 1 + size // (2 * PARTITION_BYTES)
    return 1 + max(size // PARTITION_BYTES, min(size // WORTH_SHARING, _FOR_EACH * workers - 1))


def item_size(total: int, workers: int, most: int, least: int) -> int:
    """How much to look at as one item of a total, in bytes, characters or rows: at most so much, and less, but not
    less than is worth an item, where that gives several of them to every worker."""
    return most if workers == 1 else min(most, max(least, total // (_ITEMS * workers)))
