"""Which blocks of a plain text make a run: the items of a list, the turns of a dialogue, the lines of a poem or a quotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline.text import shape
from pipeline.text.blocks import Flag, Kind
from pipeline.text.plain import hints, markers, threads
from pipeline.text.plain.paragraphs import NEAR_ITEMS
from pipeline.text.plain.physical import flagged
from pipeline.text.plain.rows import Rows
from pipeline.text.plain.verse import stanzas
from pipeline.tokens import Array

TURNS = 3
"""So many lines of speakers, of whom one speaks twice, make a dialogue."""
SPEAKING_CHARS = 200
"""So much of a turn tells who speaks."""
BETWEEN_TURNS = 3
"""Blocks between two turns that belong to the dialogue: stage directions, interruptions."""
_JOINED, _HEAD = int(Flag.JOINED), int(Flag.HEAD)
_PARAGRAPH, _HEADING, _LIST_ITEM = int(Kind.PARAGRAPH), int(Kind.HEADING), int(Kind.LIST_ITEM)
_QUOTE, _TURN = int(Kind.QUOTE), int(Kind.TURN)


def number_runs(rows: Rows) -> None:
    """Say which blocks make a run: the items of a list, the turns of a dialogue, the lines of a stanza. In place."""
    if not len(rows):
        return
    run = 0
    run = _lists(rows, run)
    run = _dialogues(rows, run)
    run = stanzas(rows, run)
    _quotations(rows, run)
    _headings(rows)


def _lists(rows: Rows, run: int) -> int:
    """Neighbouring items are a list; a single numbered line with prose behind it is a heading or a clause."""
    items = (rows.kind == _LIST_ITEM).nonzero()[0]
    if not len(items):
        return run
    goes_on = (np.diff(items) == 1) & (rows.gap[items[1:]] <= NEAR_ITEMS)
    for own in np.split(items, np.flatnonzero(~goes_on) + 1):
        first = own[0]
        if len(own) == 1 and rows.number[first] >= 0:
            rows.kind[first], rows.depth[first], rows.number[first] = _PARAGRAPH, 0, -1
            continue
        rows.run[own] = run
        below = own[1:]
        rows.flags[below[rows.gap[below] == 1]] |= _JOINED
        run += 1
    return run


def _dialogues(rows: Rows, run: int) -> int:
    """Turns of speakers, with what stands between two of them."""
    if heads := threads.chat(rows, TURNS):
        return _chat(rows, heads, run)
    may_be = flagged(_may_be_turns(rows))
    if len(may_be) < TURNS:
        return run
    names: dict[int, str] = {}
    for i in may_be:
        if (name := markers.speaker(rows.texts[i][:SPEAKING_CHARS])) is not None:
            names[i] = name
    if len(names) < TURNS:
        return run
    counts = Counter(names.values())
    if max(counts.values()) < 2:
        return run
    # Labels such as "Servings:" stand once each; speakers speak again.
    turns = [i for i, name in names.items() if counts[name] > 1]
    turns = [i for i in names if counts[names[i]] > 1 or any(abs(i - j) <= BETWEEN_TURNS for j in turns)]
    previous: int | None = None
    for i in turns:
        if previous is not None and i - previous <= BETWEEN_TURNS + 1:
            between = rows.run[previous + 1 : i]
            between[between < 0] = run
        elif previous is not None:
            run += 1
        rows.kind[i], rows.run[i] = _TURN, run
        if previous is not None and rows.gap[i] == 1:
            rows.flags[i] |= _JOINED
        previous = i
    return run + 1


def _chat(rows: Rows, heads: Sequence[int], run: int) -> int:
    """A chat is one run: the lines that say who speaks, and what is said below them."""
    stop = heads[-1] + 1
    while stop < len(rows) and rows.gap[stop] == 1:
        stop += 1
    within = rows.run[heads[0] : stop]
    within[within < 0] = run
    rows.kind[heads], rows.run[heads] = _TURN, run
    return run + 1


def _may_be_turns(rows: Rows) -> Array:
    """bool: which blocks may begin with a name and a colon, or with a `Q.` or an `A.`"""
    may_be = (rows.hint & hints.TURN > 0) | rows.is_long  # a name may go on in the next line
    may_be &= (rows.kind == _PARAGRAPH) | (rows.kind == _LIST_ITEM)
    may_be &= (rows.run < 0) & (rows.flags & _HEAD == 0)
    return may_be


def _quotations(rows: Rows, run: int) -> None:
    """Lines of a quotation that follow each other at once are one run."""
    is_quote = rows.kind == _QUOTE
    if not is_quote.any():
        return
    goes_on = is_quote[1:] & is_quote[:-1] & (rows.quote[1:] == rows.quote[:-1]) & (rows.gap[1:] == 1)
    for below in (np.flatnonzero(goes_on) + 1).tolist():
        if rows.run[below - 1] < 0:
            rows.run[below - 1] = run
            run += 1
        rows.run[below] = rows.run[below - 1]
        rows.flags[below] |= _JOINED


def _headings(rows: Rows) -> None:
    """A short line that ends no sentence, with a blank line and prose below, is a heading."""
    size = rows.size
    ends = rows.hint & hints.SENTENCE > 0
    may_be = (rows.kind == _PARAGRAPH) & (rows.run < 0) & (size <= shape.HEADING_CHARS) & ~(ends & ~rows.is_long)
    may_be = may_be[:-1] & (rows.gap[1:] != 1) & (size[1:] >= shape.PROSE_CHARS)
    may_be &= ends[1:] | rows.is_long[1:] | (size[1:] >= shape.LONG_PROSE_CHARS)
    for i in flagged(may_be):
        text = rows.texts[i]
        if not shape.ends_sentence(text) and shape.is_heading(text) and shape.is_prose(rows.texts[i + 1]):
            rows.kind[i] = _HEADING
