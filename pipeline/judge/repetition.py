"""Lines that a document says twice: which later copy is a repeat, and which is a refrain or an answer given again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Line

ADJACENT_WORDS = 12
"""A line of at least so many words that follows itself is a repeat; shorter ones may be a refrain."""
DISTANT_WORDS = 25
"""So many words are not said twice in the same order by chance, wherever the copy stands: unless as an answer."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A later copy of an earlier line of the same document."""

    line: int
    first: int
    copies: int
    """How often the line stands in the document."""


def repeated(keys: Sequence[int]) -> dict[int, list[int]]:
    """Line numbers by key, for keys that stand more than once; 0 stands for lines that say nothing."""
    places: dict[int, list[int]] = {}
    for i, key in enumerate(keys):
        if key:
            places.setdefault(key, []).append(i)
    return {key: where for key, where in places.items() if len(where) > 1}


def find(lines: Sequence[Line], keys: Sequence[int], words: Sequence[int]) -> tuple[Repeat, ...]:
    """The later copies that are safe to strike, in line order.

    Short lines never are: a refrain, a repeated answer or a table's cell may well stand twice. Rules, templates and the line
    model judge those.
    """
    found: list[Repeat] = []
    for where in repeated(keys).values():
        size = words[where[0]]
        if size < ADJACENT_WORDS:
            continue
        for previous, current in pairwise(where):
            is_answer = lines[current - 1].text.rstrip("\"'”’»").endswith(("?", "？", "؟"))
            if current == previous + 1 or (size >= DISTANT_WORDS and not is_answer):
                found.append(Repeat(current, where[0], len(where)))
    return tuple(sorted(found, key=lambda repeat: repeat.line))
