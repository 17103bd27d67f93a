"""Which blocks of a plain text make a run: the items of a list, the turns of a dialogue, the lines of a poem or a quotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.text import shape
from pipeline.text.blocks import Flag, Kind
from pipeline.text.plain import hints, markers, threads
from pipeline.text.plain.paragraphs import NEAR_ITEMS
from pipeline.text.plain.rows import Rows
from pipeline.tokens import Array

TURNS = 3
"""So many lines of speakers, of whom one speaks twice, make a dialogue."""
SPEAKING_CHARS = 200
"""So much of a turn tells who speaks."""
BETWEEN_TURNS = 3
"""Blocks between two turns that belong to the dialogue: stage directions, interruptions."""
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
_JOINED, _HEAD = int(Flag.JOINED), int(Flag.HEAD)
_PARAGRAPH, _HEADING, _LIST_ITEM = int(Kind.PARAGRAPH), int(Kind.HEADING), int(Kind.LIST_ITEM)
_QUOTE, _TURN, _VERSE = int(Kind.QUOTE), int(Kind.TURN), int(Kind.VERSE)


def number_runs(rows: Rows) -> None:
    """Say which blocks make a run: the items of a list, the turns of a dialogue, the lines of a stanza. In place."""
    if not len(rows):
        return
    run = 0
    run = _lists(rows, run)
    run = _dialogues(rows, run)
    run = _stanzas(rows, run)
    _quotations(rows, run)
    _headings(rows)


def _lists(rows: Rows, run: int) -> int:
    """Neighbouring items are a list; a single numbered line with prose behind it is a heading or a clause."""
    items = np.flatnonzero(rows.kind == _LIST_ITEM)
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
    heads = threads.chat(rows)
    if len(heads) >= TURNS:
        return _chat(rows, heads, run)
    may_be = np.flatnonzero(_may_be_turns(rows)).tolist()
    if len(may_be) < TURNS:
        return run
    names: dict[int, str] = {}
    for i in may_be:
        if (name := markers.speaker(rows.texts[i][:SPEAKING_CHARS])) is not None:
            names[i] = name
    counts = Counter(names.values())
    if len(names) < TURNS or max(counts.values(), default=0) < 2:
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


def _stanzas(rows: Rows, run: int) -> int:
    """The stanzas of a poem, which is one run: short lines that follow each other without a blank line, of more words than a
    menu's items have; and beside such stanzas those of two lines, and lines by themselves that are indented as these are."""
    may_be_verse = (rows.kind == _PARAGRAPH) & (rows.run < 0) & (rows.size <= VERSE_CHARS)
    may_be_verse &= rows.flags & _HEAD == 0
    first, stop = _short_groups(may_be_verse, rows.gap)
    is_indented = rows.hint & hints.INDENTED > 0
    groups = list(zip(first.tolist(), stop.tolist(), strict=True))
    sizes = rows.size.tolist()
    sure = [False] * len(groups)
    for i in np.flatnonzero(stop - first >= STANZA_LINES).tolist():
        low, high = groups[i]
        sure[i] = _is_stanza(rows.texts[low:high], sizes[low:high]) and not (
            low == 0 and _is_followed(high, may_be_verse)
        )
    if not any(sure) and not is_indented.any():
        return run
    couplets = _couplets(groups, rows.gap, is_indented)
    for low, high in _poems(groups, rows.gap):
        is_verse = [sure[i] or couplets[i] for i in range(low, high)]
        if not any(is_verse):
            continue
        widest = max(max(sizes[slice(*groups[i])]) for i in range(low, high) if is_verse[i - low])
        indents = {i: _indent(rows, groups[i][0]) for i in range(low, high)}
        least = min(indents[i] for i in range(low, high) if is_verse[i - low])
        verse = [
            is_verse[i - low]
            or _is_beside(i - low, is_verse, sizes[slice(*groups[i])], least <= indents[i] > 0, widest)
            for i in range(low, high)
        ]
        previous = -1
        for i in range(low, high):
            if not verse[i - low]:
                continue
            # Stanzas are one poem if they look so: all of them indented, or of as many lines.
            is_next = previous == i - 1 >= low and (
                min(indents[i], indents[previous]) > 0 or _size(groups[i]) == _size(groups[previous])
            )
            run += previous >= 0 and not is_next
            own = slice(*groups[i])
            rows.kind[own], rows.run[own] = _VERSE, run
            rows.flags[own][1:] |= _JOINED
            previous = i
        run += 1
    return run


def _short_groups(may_be_verse: Array, gap: Array) -> tuple[Array, Array]:
    """Stretches of short lines without a blank line inside: the first line of each, and the stop."""
    follows = may_be_verse & (gap == 1)
    follows[:1] = False
    follows[1:] &= may_be_verse[:-1]
    first = np.flatnonzero(may_be_verse & ~follows)
    goes_on = np.zeros_like(follows)
    goes_on[:-1] = follows[1:]
    stop = np.flatnonzero(may_be_verse & ~goes_on) + 1
    # What stands directly below is no verse, but so many lines may be.
    is_whole = stop - first >= STANZA_LINES
    is_whole |= np.append(gap, 0)[stop] != 1
    return first[is_whole], stop[is_whole]


def _size(group: tuple[int, int]) -> int:
    return group[1] - group[0]


def _poems(groups: Sequence[tuple[int, int]], gap: Array) -> Iterator[tuple[int, int]]:
    """Yield stretches of groups that follow each other with a blank line or two between: the first and the stop."""
    first = 0
    for i in range(1, len(groups) + 1):
        is_next = i < len(groups) and groups[i][0] == groups[i - 1][1] and gap[groups[i][0]] <= MAX_STANZA_GAP
        if not is_next:
            yield first, i
            first = i


def _is_followed(stop: int, may_be_verse: Array) -> bool:
    """Whether long lines follow. Below the first lines of a document, these are its headline, and who wrote it when."""
    return stop < len(may_be_verse) and not may_be_verse[stop]


def _is_stanza(texts: Sequence[str], sizes: Sequence[int]) -> bool:
    """Whether three short lines and more are a stanza, whatever stands around: about as long as each other."""
    middle = sorted(sizes)[len(sizes) // 2]
    alike = sum(middle * 2 <= 5 * length and length <= 2 * middle for length in sizes)
    if alike < ALIKE * len(sizes):
        return False
    least = VERSE_WORDS * len(texts)
    together = "\n".join(texts)
    if together.isascii() and shape.words(together) < least:  # cheaper than line by line
        return False
    words = list(map(shape.words, texts))
    few = sum(count <= FEW_WORDS for count in words)
    return sum(words) >= least and FEW_LINES * few <= len(words)


def _couplets(groups: Sequence[tuple[int, int]], gap: Array, is_indented: Array) -> list[bool]:
    """Which groups are stanzas of a poem whose stanzas have the same few lines each, all of them indented."""
    found = [False] * len(groups)
    for low, high in _poems(groups, gap):
        # The number of a part stands alone.
        sizes = Counter(_size(one) for one in groups[low:high] if _size(one) > 1)
        size, count = sizes.most_common(1)[0] if sizes else (0, 0)
        if count < COUPLETS or count < sizes.total():
            continue
        for i in range(low, high):
            first, stop = groups[i]
            found[i] = stop - first == size and bool(is_indented[first:stop].all())
    return found


def _is_beside(place: int, is_verse: Sequence[bool], sizes: Sequence[int], is_indented: bool, widest: int) -> bool:
    """Whether a group of one or two lines, of so many characters, is a stanza for the stanzas beside it."""
    if max(sizes) > widest * 3 // 2:
        return False
    above = any(is_verse[:place])
    below = any(is_verse[place + 1 :])
    if len(sizes) == 1:
        return is_indented and above and below
    return (above and below) or (is_indented and (above or below))


def _indent(rows: Rows, i: int) -> int:
    """Characters of white space before a line."""
    first = start = int(rows.start[i])
    while start and rows.text.source[start - 1] in hints.BLANKS:
        start -= 1
    return first - start


def _quotations(rows: Rows, run: int) -> None:
    """Lines of a quotation that follow each other at once are one run."""
    is_quote = rows.kind == _QUOTE
    goes_on = is_quote[1:] & is_quote[:-1] & (rows.quote[1:] == rows.quote[:-1]) & (rows.gap[1:] == 1)
    for below in (np.flatnonzero(goes_on) + 1).tolist():
        if rows.run[below - 1] < 0:
            rows.run[below - 1] = run
            run += 1
        rows.run[below] = rows.run[below - 1]
        rows.flags[below] |= _JOINED


def _headings(rows: Rows) -> None:
    """A short line that ends no sentence, with a blank line and prose below, is a heading."""
    may_be = (rows.kind == _PARAGRAPH) & (rows.run < 0) & (rows.size <= shape.HEADING_CHARS)
    may_be = may_be[:-1] & (rows.gap[1:] != 1) & (rows.size[1:] >= shape.PROSE_CHARS)
    for i in np.flatnonzero(may_be).tolist():
        text = rows.texts[i]
        if not shape.ends_sentence(text) and shape.is_heading(text) and shape.is_prose(rows.texts[i + 1]):
            rows.kind[i] = _HEADING
