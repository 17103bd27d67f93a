"""What belongs to the text of a page though its own score is too low: by the place it has in the page's structure.

A heading belongs to the text below it, a note to the mark that leads there, an item to the one whose list it is part of, a list
amid the text to the text around it, and who said it to a quotation. So do code, formulas and tables: the text speaks of them, in
other words than theirs.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.markup import NOTE
from pipeline.judge.places import Places, Table, sums
from pipeline.text.blocks import IS_VERBATIM, Flag, Kind
from pipeline.tokens import Array

HEADING = -1500
"""A heading of text scores at least so much,"""
LIST = -1500
"""a list amid text on the whole,"""
NESTED = -3000
"""a list in an item that is text on the whole."""
SIGNATURE, SIGNED = 60, -2500
"""Letters of a line on who said what is quoted above it, at most; it scores at least so much."""
TABLE = -1500
"""A table that stands below text,"""
BESIDE_CODE = -1500
"""and a paragraph amid text that stands beside code."""
ABOVE = -1500
"""Code above all text: what a page of documentation begins with."""
LABEL = 20
"""Letters of a button or a label beside code, at most: its language, the name of its file"""
MAIN = 30
"""Percent of a page's text in elements that directly hold its main text"""
OWN = 3
"""What a fact on a topic is where the block's own element hints at it"""
LEVELS = ("block_1", "block_2", "block_3")
"""Facts that number the elements around a block, from the one that holds its own"""


def complete(
    chosen: Array,
    scores: Array,
    letters: Array,
    form: Table,
    facts: Table,
    in_article: Array,
    places: Places,
) -> Array:
    """bool [blocks]: the chosen blocks of pages, and those that belong to them.

    `scores` are the same for all items of a list. `form` has the columns `kind`, `depth` and `flags`, `facts` those of `LEVELS`,
    `note` and `topic_hidden`. `in_article` says which blocks are of articles, whose notes are text; those of a shop are its
    terms.
    """
    kind = form["kind"]
    depth = form["depth"]
    is_note = (facts[NOTE] >= 0) & in_article
    mark = places.first + np.maximum(facts[NOTE], 0)
    chosen = chosen | (is_note & chosen[mark])
    items = kind == Kind.LIST_ITEM
    missing = items & ~chosen
    if missing.any():
        is_amid = _is_amid(chosen, letters, facts, places)
        is_amid &= missing
        is_amid &= scores > LIST
        chosen = chosen | is_amid
        outside = places.last(depth == 0)
        is_fair = scores > NESTED
        deepest = int(depth[missing].max())
        # From the outermost list inwards: an item that is chosen for its holder holds others.
        for level in range(2, deepest + 1):
            # An item holds the deeper ones down to the next item of its own list.
            above = items & (depth == level - 1)
            holder = places.last(above)
            is_held = items & (depth == level)
            is_held &= holder > outside
            of_text = chosen[np.maximum(holder, 0)]
            chosen = chosen | (is_held & is_fair & of_text)
    # Who is quoted stands below the words, in a line or two.
    is_quote = kind == Kind.QUOTE
    is_signature = is_quote & (letters < SIGNATURE)
    is_signature &= scores > SIGNED
    for _ in range(2):
        is_below_quote = places.shift(chosen & is_quote, -1, False)
        chosen = chosen | (is_signature & is_below_quote)
    chosen = _with_code(chosen, scores, letters, form, facts, places)
    headings = kind == Kind.HEADING
    below = places.next(~headings)
    there = np.minimum(below, len(chosen) - 1)  # some block for those that have none below
    is_above_text = chosen[there] & (below < places.stop)
    is_fair = scores > HEADING
    return chosen | (headings & is_fair & is_above_text)


def _with_code(
    chosen: Array,
    scores: Array,
    letters: Array,
    form: Table,
    facts: Table,
    places: Places,
) -> Array:
    """bool: the chosen blocks, with the code, formulas and tables that they speak of and what else they say of those.

    Code and formulas that are shown are text between the first and the last chosen paragraph, and right below one; no menu is
    set as such. Pages set menus as tables, too.
    """
    kind = form["kind"]
    verbatim = IS_VERBATIM[kind]
    hidden = form["flags"] & Flag.HIDDEN
    missing = verbatim & ~chosen
    missing &= hidden == 0
    missing &= facts["topic_hidden"] < OWN
    if not missing.any():
        return chosen
    prose = chosen & ~verbatim
    # What stands above code but for other code, a button and the name of its language
    is_short = letters < LABEL
    is_label = is_short & ~chosen
    is_label &= kind != Kind.HEADING
    above = places.last(~verbatim & ~is_label)
    there = np.maximum(above, 0)  # some block for those that have none above
    is_below_text = (above >= places.first) & chosen[there]
    has_text_above = places.last(prose) >= places.first
    has_text_below = places.next(prose) < places.stop
    is_between = has_text_above & has_text_below
    is_table = kind == Kind.TABLE
    table_belongs = is_below_text & (scores > TABLE)
    is_above_all = has_text_below & ~has_text_above
    is_above_all &= scores > ABOVE
    code_belongs = is_below_text | is_between | is_above_all
    belongs = np.where(is_table, table_belongs, code_belongs)
    chosen = chosen | (missing & belongs)
    # A sentence between two pieces of code, or between code and text, speaks of it.
    is_said = (kind == Kind.PARAGRAPH) & ~is_short
    is_said &= is_between
    is_said &= scores > BESIDE_CODE
    is_code = chosen & verbatim
    is_code &= ~is_table
    is_beside = places.shift(is_code, 1, False) | places.shift(is_code, -1, False)
    return chosen | (is_said & is_beside)


def _is_amid(chosen: Array, letters: Array, facts: Table, places: Places) -> Array:
    """bool: which blocks stand between chosen ones, in an element that directly holds much of what is chosen."""
    first = places.first_flagged(chosen)
    following = places.next(chosen)
    between = places.line > first
    between &= following < places.stop
    # Documents number their elements anew: those of each come after those of the ones before.
    elements = np.stack([facts[name] for name in LEVELS])  # int64 [levels, blocks]
    highest = elements.max(axis=0)
    documents = len(places.offsets) - 1
    counts = np.zeros(documents, dtype=np.int64)
    np.maximum.at(counts, places.document, highest + 1)
    base = sums(counts)
    number = elements + base[places.document]
    # What is chosen counts for the element that directly holds it, and for none around that.
    own = number[0]
    of_chosen = np.where(chosen, letters, 0)
    total = np.bincount(own, weights=of_chosen, minlength=int(base[-1]))
    of_element = total.astype(np.int64)
    of_page = places.whole(sums(of_chosen))
    least = MAIN * np.maximum(of_page, 1)
    held = of_element[number] * 100 >= least
    return between & held.any(axis=0)
