"""What stands beside a candidate for the title: its neighbours, what rules say of them, and who says the same.

A headline has a line on who wrote it below, or a standfirst that says more than it does; a trail of sections above it ends in the
same words, and so does a line on how many comments it has.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline import native
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
_SIGN = expression(r"[»›·•→]")
"""Signs of those that no text in ASCII has"""
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
    categories = np.zeros(len(places), dtype=np.int64)
    for block, of_block in enumerate(hits):
        if of_block:
            categories[block] = category(of_block)
    found["category_above"] = places.shift(categories, -1, 0)[where]
    # int64 [AHEAD, candidates]
    below = np.stack([places.shift(categories, by, 0)[where] for by in range(1, AHEAD + 1)])
    found |= zip(("category_below", "category_below_2", "category_below_3"), below, strict=False)
    found["meta_ahead"] = _first(below, _META)
    found["share_ahead"] = _first(below, _SHARE)
    above = np.maximum(where - 1, places.first[where])
    steps = np.zeros(len(places), dtype=np.int64)
    for block in {*where.tolist(), *above.tolist()}:
        steps[block] = _steps(texts[block])
    found["trail_above"] = places.shift(steps, -1, 0)[where]
    found["trail"] = steps[where]
    low = np.maximum(where - NEAR, places.first[where])
    high = np.minimum(where + NEAR + 1, places.stop[where])
    found |= zip(_ECHOES, echoes(_folded(texts, low, high), where, low, high).T, strict=True)
    return {name: column.astype(np.int64) for name, column in found.items()}


_ECHOES = ("same_near", "held_above", "held_below", "held", "holds_above", "holds_below", "holds")
"""Who near a block says the same, in the order of `_echoes`"""


def category(found: Sequence[Hit]) -> int:
    """The number of the first category that says something of a block by itself."""
    for hit in found:
        if not hit.rule.says_nothing_alone:
            return CATEGORIES[hit.rule.category]
    return 0


def _first(categories: Array, wanted: Sequence[int]) -> Array:
    """How far below each candidate the first of the wanted ones stands, int64; one more than is looked at where none does.

    `categories`: int64 [AHEAD, candidates], of the blocks below each
    """
    is_wanted = np.isin(categories, wanted)
    nearest = is_wanted.argmax(axis=0) + 1
    return np.where(is_wanted.any(axis=0), nearest, AHEAD + 1)


def _steps(text: str) -> int:
    """How many signs part the steps of a trail, if it is one."""
    is_one = ">" in text or "/" in text or "|" in text or (not text.isascii() and _SIGN.search(text))
    return len(_TRAIL.findall(text[:MOST])) if is_one else 0


def _folded(texts: Sequence[str], low: Array, high: Array) -> list[str]:
    """The blocks as they are held against others, those that lie between any `low` and its `high`: nothing of a long one, nor
    of those that lie elsewhere."""
    starts = np.bincount(low, minlength=len(texts) + 1)
    stops = np.bincount(high, minlength=len(texts) + 1)
    is_near = np.cumsum(starts - stops)[:-1] > 0
    folded = [""] * len(texts)
    for block in np.flatnonzero(is_near).tolist():
        text = texts[block]
        if len(text) <= MOST:
            folded[block] = text.casefold()
    return folded


def echoes(folded: Sequence[str], where: Array, low: Array, high: Array) -> Array:
    """int64 [candidates, 7]: `_echoes` of each candidate among the blocks from `low` to `high`, int64 as `where`."""
    if native.kernels is not None:
        rows = native.kernels.echoes(folded, where, low, high, LEAST)
        return np.frombuffer(rows, np.int64).reshape(-1, len(_ECHOES))
    bounds = zip(where.tolist(), low.tolist(), high.tolist(), strict=True)
    of_each = [_echoes(folded[first:stop], block - first) for block, first, stop in bounds]
    return np.array(of_each, dtype=np.int64).reshape(-1, len(_ECHOES))


_NO_ECHOES = (0, 0, 0, 0, 0, 0, 0)


def _echoes(near: Sequence[str], place: int) -> tuple[int, ...]:
    """Who near a block says the same: (blocks of the same words; whether one above holds them, one below does, how many do;
    whether it holds one above, and one below, 2 where it ends with that; how many it holds).

    `near` are folded, the block itself is the one at `place`.
    """
    own = near[place]
    size = len(own)
    if size < LEAST:
        return _NO_ECHOES
    held = [number for number, text in enumerate(near) if LEAST <= len(text) < size and text in own]
    # Most say nothing that another one says: in all of them together the words stand once then.
    is_said_again = "\n".join(near).count(own) > 1
    if not held and not is_said_again:
        return _NO_ECHOES
    same = holders = 0
    held_beside = [0, 0]
    holds_beside = [0, 0]
    for number, text in enumerate(near):
        if len(text) > size and own in text:
            holders += 1
            held_beside[number > place] = 1
        elif text == own:
            same += 1
    for number in held:
        side = number > place
        holds_beside[side] = max(holds_beside[side], 2 if own.endswith(near[number]) else 1)
    return same - 1, *held_beside, holders, *holds_beside, len(held)
