"""Names of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def distinct(names: Sequence[str]) -> Iterator[str]:
    """The names of columns; one that comes again gets a number, so that no column takes another's place."""
    seen: set[str] = set()
    for name in names:
        own = name
        again = 0
        while own in seen:
            again += 1
            own = f"{name}.{again}"
        seen.add(own)
        yield own
