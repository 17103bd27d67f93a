"""What belongs to the text of a page though its own score is too low: by the place it has in the page's structure.

A heading belongs to the text below it, a note to the mark that leads there, an item to the one whose list it is part of, and
a list amid the text to the text around it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.judge.markup import NOTE
from pipeline.judge.places import Places, sums
from pipeline.text.blocks import Kind
from pipeline.tokens import Array

HEADING = -1500
"""A heading of text scores at least so much,"""
LIST = -1500
"""a list amid text on the whole,"""
NESTED = -3000
"""a list in an item that is text on the whole."""
MAIN = 30
"""Percent of a page's text in elements that directly hold its main text"""
LEVELS = ("block_1", "block_2", "block_3")
"""Facts that number the elements around a block, from the one that holds its own"""


def complete(
    chosen: Array,
    scores: Array,
    letters: Array,
    form: Mapping[str, Array],
    facts: Mapping[str, Array],
    in_article: Array,
    places: Places,
) -> Array:
    """bool [blocks]: the chosen blocks of pages, and those that belong to them.

    `scores` are the same for all items of a list. `form` has the columns `kind` and `depth`, `facts` those of `LEVELS` and
    `note`. `in_article` says which blocks are of articles, whose notes are text; those of a shop are its terms.
    """
    kind, depth = form["kind"], form["depth"]
    is_note = (facts[NOTE] >= 0) & in_article
    mark = places.first + np.maximum(facts[NOTE], 0)
    chosen = chosen | (is_note & chosen[mark])
    items = kind == Kind.LIST_ITEM
    missing = items & ~chosen
    if missing.any():
        chosen = chosen | (missing & (scores > LIST) & _is_amid(chosen, letters, facts, places))
        outside = places.last(depth == 0)
        for level in range(2, int(depth[missing].max()) + 1):
            # An item holds the deeper ones down to the next item of its own list.
            holder = places.last(items & (depth == level - 1))
            is_held = items & (depth == level) & (holder > outside)
            chosen = chosen | (is_held & (scores > NESTED) & chosen[np.maximum(holder, 0)])
    headings = kind == Kind.HEADING
    below = places.next(~headings)
    is_above_text = (below < places.stop) & chosen[np.minimum(below, len(chosen) - 1)]
    return chosen | (headings & (scores > HEADING) & is_above_text)


def _is_amid(chosen: Array, letters: Array, facts: Mapping[str, Array], places: Places) -> Array:
    """bool: which blocks stand between chosen ones, in an element that directly holds much of what is chosen."""
    first = places.first_flagged(chosen)
    between = (places.line > first) & (places.next(chosen) < places.stop)
    # Documents number their elements anew: those of each come after those of the ones before.
    elements = np.stack([facts[name] for name in LEVELS])
    counts = np.zeros(len(places.offsets) - 1, dtype=np.int64)
    np.maximum.at(counts, places.document, elements.max(axis=0) + 1)
    base = sums(counts)
    number = elements + base[places.document]
    of_chosen = np.where(chosen, letters, 0)
    of_element = np.bincount(number[0], weights=of_chosen, minlength=int(base[-1])).astype(np.int64)
    of_page = places.whole(sums(of_chosen))
    held = of_element[number] * 100 >= MAIN * np.maximum(of_page, 1)
    return between & held.any(axis=0)
