"""What stands beside a candidate for the title: its neighbours, what rules say of them, and who says the same.

A headline has a line on who wrote it below, or a standfirst that says more than it does; a trail of sections above it ends in the
same words, and so does a line on how many comments it has.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.expression import expression
from pipeline.judge.places import Columns, Places, Table
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.tokens import Array

NEAR = 12
"""Blocks above and below in which a candidate may be said again."""
LEAST, MOST = 8, 600
"""Code points of what is looked for in others, at least, and of what it is looked for in, at most."""
AHEAD = 6
"""Blocks below a candidate in which a line on who wrote the text, or buttons to share it, are looked for."""
NO_CANDIDATE = -2
"""The overlap of a neighbour that is no candidate."""
CATEGORIES: dict[str, int] = {
    name: number
    for number, name in enumerate(
        (
            *("banner", "consent", "navigation", "section", "ticker", "share", "comments", "related", "newsletter"),
            *("media", "credit", "legal", "promo", "byline", "date", "access", "template"),
        ),
        1,
    )
}
"""Categories of rules as the trees know them; 0 is none."""
_TRAIL = expression(r"\s[>»›/|·•→]\s|\s?[»›]\s?")
"""What parts the steps of a trail of sections."""
_META = (CATEGORIES["byline"], CATEGORIES["date"])
_SHARE = (CATEGORIES["share"],)


def beside(texts: Sequence[str], where: Array, overlap: Array, columns: Table, hits: Hits, places: Places) -> Columns:
    """Columns of a value a candidate.

    `where`: int64 [candidates], the block that each is, ascending
    `overlap`: int64 [candidates], how many of its words stand in the text, in thousandths
    `columns`, `hits`: of all blocks
    """
    found: Columns = {}
    numbers = np.full(len(places), -1)
    numbers[where] = np.arange(len(where))
    for name, by in (("above", -1), ("below", 1)):
        found[f"words_{name}"] = places.shift(columns["words"], by, 0)[where]
        found[f"ends_stop_{name}"] = places.shift(columns["ends_stop"], by, 0)[where]
        neighbour = places.shift(numbers, by, -1)[where]
        is_candidate = neighbour >= 0
        found[f"candidate_{name}"] = is_candidate
        found[f"overlap_{name}"] = np.where(is_candidate, overlap[neighbour], NO_CANDIDATE)
    rows: list[tuple[int, ...]] = []
    told: dict[int, int] = {}
    folded: dict[int, str] = {}
    for block in where.tolist():
        first = int(places.first[block])
        stop = int(places.stop[block])
        above = _category(block - 1, hits, told) if block > first else 0
        trail_above = _steps(texts[block - 1]) if block > first else 0
        below = [_category(other, hits, told) for other in range(block + 1, min(stop, block + 1 + AHEAD))]
        below += [0] * (AHEAD - len(below))
        echoes = _echoes(texts, block, range(max(first, block - NEAR), min(stop, block + NEAR + 1)), folded)
        ahead = _first(below, _META), _first(below, _SHARE)
        rows.append((above, *below[:3], *ahead, trail_above, _steps(texts[block]), *echoes))
    table = np.array(rows, dtype=np.int64).reshape(-1, len(_NAMES))
    found |= dict(zip(_NAMES, table.T, strict=True))
    return {name: column.astype(np.int64) for name, column in found.items()}


_NAMES = (
    *("category_above", "category_below", "category_below_2", "category_below_3", "meta_ahead", "share_ahead"),
    *("trail_above", "trail"),
    *("same_near", "held_above", "held_below", "held", "holds_above", "holds_below", "holds"),
)


def _category(block: int, hits: Hits, told: dict[int, int]) -> int:
    """What kind of cruft rules say that a block is, wherever it stands."""
    if block not in told:
        told[block] = category(hits[block])
    return told[block]


def category(found: Sequence[Hit]) -> int:
    """The number of the first category that says something of a block by itself."""
    for hit in found:
        if not hit.rule.says_nothing_alone:
            return CATEGORIES[hit.rule.category]
    return 0


def _first(categories: Sequence[int], wanted: Sequence[int]) -> int:
    """How far below the first of the wanted ones stands; one more than is looked at where none does."""
    for distance, one in enumerate(categories, 1):
        if one in wanted:
            return distance
    return AHEAD + 1


def _steps(text: str) -> int:
    """How many signs part the steps of a trail, if it is one."""
    return len(_TRAIL.findall(text[:MOST]))


def _echoes(texts: Sequence[str], block: int, near: range, folded: dict[int, str]) -> tuple[int, ...]:
    """Who near a block says the same: (blocks of the same words; whether one above holds them, one below does, how many do;
    whether it holds one above, and one below, 2 where it ends with that; how many it holds)."""
    own = _folded(texts, block, folded)
    size = len(own)
    if size < LEAST:
        return 0, 0, 0, 0, 0, 0, 0
    same = holders = held = 0
    held_beside = [0, 0]
    holds_beside = [0, 0]
    for other in near:
        text = folded.get(other)
        if text is None:
            text = _folded(texts, other, folded)
        length = len(text)
        if length > size:
            if own in text:
                holders += 1
                held_beside[other > block] = 1
        elif length == size:
            same += text == own
        elif length >= LEAST and text in own:
            held += 1
            side = other > block
            holds_beside[side] = max(holds_beside[side], 2 if own.endswith(text) else 1)
    return same - 1, *held_beside, holders, *holds_beside, held


def _folded(texts: Sequence[str], block: int, folded: dict[int, str]) -> str:
    """A block as it is held against others; nothing of a long one."""
    text = texts[block]
    text = text.casefold() if len(text) <= MOST else ""
    folded[block] = text
    return text
