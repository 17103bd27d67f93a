"""Which lines of a plain text are verse: stanzas of short lines, and the poems that they make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from pipeline.text import shape
from pipeline.text.blocks import Flag, Kind
from pipeline.text.plain import hints
from pipeline.text.plain.physical import flagged
from pipeline.text.plain.rows import Rows
from pipeline.tokens import Array

STANZA_LINES = 3
VERSE_CHARS = 80
VERSE_WORDS = 3.5
"""The mean of a stanza's lines; the items of a menu are shorter."""
FEW_WORDS, FEW_LINES = 2, 3
"""At most one of three lines of a stanza has so few words: below a menu, a headline and a standfirst are long, and the mean of
all is no less than that of a poem."""
ALIKE = 0.6
"""The share of a stanza's lines that are about as long as its middle one; lines of a page's head differ."""
MAX_STANZA_GAP = 3
"""Line breaks between two stanzas of a poem"""
COUPLETS = 3
"""So many stanzas of as many lines, all indented, are a poem, however short the lines."""
_PARAGRAPH, _VERSE = int(Kind.PARAGRAPH), int(Kind.VERSE)
_JOINED, _HEAD = int(Flag.JOINED), int(Flag.HEAD)


def stanzas(rows: Rows, run: int) -> int:
    """The stanzas of a poem, which is one run: short lines that follow each other without a blank line, of more words than a
    menu's items have; and beside such stanzas those of two lines, and lines by themselves that are indented as these are.

    In place. `run`: the number of the next run, before and after.
    """
    may_be_verse = (rows.kind == _PARAGRAPH) & (rows.run < 0) & (rows.size <= VERSE_CHARS)
    may_be_verse &= rows.flags & _HEAD == 0
    first, stop = _short_groups(may_be_verse, rows.gap)
    is_indented = rows.hint & hints.INDENTED > 0
    may_be_sure = flagged(stop - first >= STANZA_LINES)
    if not may_be_sure and not is_indented.any():
        return run
    groups = list(zip(first.tolist(), stop.tolist(), strict=True))
    sizes = rows.size.tolist()
    poems = _poems(first, stop, rows.gap)
    is_verse = [False] * len(groups)
    for i in may_be_sure:
        is_verse[i] = _is_sure(rows.texts, sizes, groups[i], may_be_verse)
    for i in _couplets(groups, poems, is_indented):
        is_verse[i] = True
    for low, high in poems:
        if any(is_verse[low:high]):
            run = _poem(rows, groups[low:high], is_verse[low:high], sizes, run)
    return run


def _short_groups(may_be_verse: Array, gap: Array) -> tuple[Array, Array]:
    """Stretches of short lines without a blank line inside: the first line of each, and the stop."""
    follows = may_be_verse & (gap == 1)
    follows[:1] = False
    follows[1:] &= may_be_verse[:-1]
    ends = may_be_verse.copy()
    ends[:-1] &= ~follows[1:]
    first = (may_be_verse & ~follows).nonzero()[0]
    stop = ends.nonzero()[0] + 1
    # What stands directly below is no verse, but so many lines may be.
    is_whole = (stop - first >= STANZA_LINES) | (np.append(gap, 0)[stop] != 1)
    return first[is_whole], stop[is_whole]


def _poems(first: Array, stop: Array, gap: Array) -> list[tuple[int, int]]:
    """Stretches of groups that follow each other with a blank line or two between: the first of each, and the stop."""
    begins = np.ones(len(first), dtype=bool)
    begins[1:] = (first[1:] != stop[:-1]) | (gap[first[1:]] > MAX_STANZA_GAP)
    edges = [*flagged(begins), len(first)]
    return list(pairwise(edges))


def _is_sure(texts: Sequence[str], sizes: Sequence[int], group: tuple[int, int], may_be_verse: Array) -> bool:
    """Whether three short lines and more are a stanza, whatever stands around; those at the head of a document that has long ones
    below are its headline, and who wrote it when."""
    first, stop = group
    is_head = first == 0 and stop < len(may_be_verse) and not may_be_verse[stop]
    return not is_head and _is_stanza(texts[first:stop], sizes[first:stop])


def _is_stanza(texts: Sequence[str], sizes: Sequence[int]) -> bool:
    """Whether lines are about as long as each other, and have words enough."""
    ordered = sorted(sizes)
    middle = ordered[len(ordered) // 2]
    alike = bisect_right(ordered, 2 * middle) - bisect_left(ordered, 2 * middle / 5)
    if alike < ALIKE * len(sizes):
        return False
    least = VERSE_WORDS * len(texts)
    together = "\n".join(texts)
    if together.isascii() and shape.words(together) < least:  # cheaper than line by line
        return False
    words = list(map(shape.words, texts))
    few = sum(count <= FEW_WORDS for count in words)
    return sum(words) >= least and FEW_LINES * few <= len(words)


def _couplets(groups: Sequence[tuple[int, int]], poems: Sequence[tuple[int, int]], is_indented: Array) -> Iterator[int]:
    """Yield the groups that are stanzas of a poem whose stanzas have the same few lines each, all of them indented."""
    if not is_indented.any():
        return
    for low, high in poems:
        # The number of a part stands alone.
        sizes = [stop - first for first, stop in groups[low:high] if stop - first > 1]
        if len(sizes) < COUPLETS or len(set(sizes)) > 1:
            continue
        for i in range(low, high):
            first, stop = groups[i]
            if stop - first == sizes[0] and is_indented[first:stop].all():
                yield i


def _poem(
    rows: Rows, groups: Sequence[tuple[int, int]], is_verse: Sequence[bool], sizes: Sequence[int], run: int
) -> int:
    """Say of the groups of a poem which are verse, and number its runs from `run` on; the number of the next one."""
    stanzas = [i for i, is_so in enumerate(is_verse) if is_so]
    widest = max(max(sizes[slice(*groups[i])]) for i in stanzas)
    indents = [_indent(rows, first) for first, _ in groups]
    least = min(indents[i] for i in stanzas)
    previous = -1
    for i, (first, stop) in enumerate(groups):
        if not is_verse[i]:
            is_indented = least <= indents[i] > 0
            is_narrow = max(sizes[first:stop]) <= widest * 3 // 2
            if not is_narrow or not _is_beside(stop - first, is_indented, stanzas[0] < i, i < stanzas[-1]):
                continue
        if previous >= 0:
            # Stanzas are one poem if they look so: all of them indented, or of as many lines.
            is_alike = min(indents[i], indents[previous]) > 0 or stop - first == _size(groups[previous])
            run += previous < i - 1 or not is_alike
        rows.kind[first:stop], rows.run[first:stop] = _VERSE, run
        rows.flags[first + 1 : stop] |= _JOINED
        previous = i
    return run + 1


def _is_beside(lines: int, is_indented: bool, is_below: bool, is_above: bool) -> bool:
    """Whether one or two lines are a stanza, with those of the poem that are above or below them."""
    if lines == 1:
        return is_indented and is_below and is_above
    return (is_below and is_above) or (is_indented and (is_below or is_above))


def _size(group: tuple[int, int]) -> int:
    return group[1] - group[0]


def _indent(rows: Rows, i: int) -> int:
    """Characters of white space before a line."""
    first = start = int(rows.start[i])
    while start and rows.text.source[start - 1] in hints.BLANKS:
        start -= 1
    return first - start
