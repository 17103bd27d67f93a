"""The edges of a plain text: what belongs to it though menus and footers beside it make it look like one of their lines.

A standfirst stands between the title and the line on who wrote it. And a text of short lines (a recipe, minutes, a letter) ends
where rules name cruft, not where its lines score a little less: a list of those present looks like a menu. So does any text whose
paragraphs have blank lines between while the lines of menus and footers stand under each other.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipeline.judge.rules.rule import Hit, Hits
from pipeline.text import shape

STANDFIRST = -400
"""A paragraph between title and text scores at least so much,"""
NEAR_TITLE = 8
"""and both stand within so many lines."""
SHORT = 10
"""Words that the lines of a text of short lines have on average, at most"""
LEAST = -3000
"""A line at the edge of such a text scores at least so much."""
SET_APART = -4000
"""The same where layout tells the text from what stands around it:"""
FRAME, FRAME_LINES = 4, 10
"""so many lines at least, of which at most one of so many has a blank line above it."""
THREAD = 4
"""Lines that a forum prints, in a thread"""
ANSWER = 3
"""Words of a contribution, at least"""
MOST, AIRED = 14, 8
"""Lines at one edge, and at one that only layout tells"""


def with_edges(
    main: Sequence[bool],
    scores: Sequence[int],
    words: Sequence[int],
    prose: Sequence[bool],
    hits: Hits,
    title: int | None,
    gaps: Sequence[int],
) -> list[bool]:
    """Which blocks of one document are its text, with those at its edges, from which ones are. `hits`: the rules that may hold
    for each block; `gaps`: line breaks above each."""
    chosen = list(main)
    with_hits = [i for i, found in enumerate(hits) if found]
    struck = {i for i in with_hits if _is_struck(hits[i])}
    kept = [i for i, is_main in enumerate(main) if is_main and i not in struck]
    if not kept:
        return chosen
    first = kept[0]
    last = kept[-1]
    if title is not None and 0 < first - title <= NEAR_TITLE:
        for i in range(title + 1, first):
            chosen[i] |= prose[i] and scores[i] >= STANDFIRST
    named = {i for i in struck if _is_named(hits[i])}
    said = sum([words[i] for i in kept])
    # Where no rule names cruft, nothing says where a text of short lines ends.
    are_short = bool(struck) and said < SHORT * len(kept)
    aired = sum([gaps[i] > 1 for i in kept])
    is_aired = 2 * aired > len(kept)
    for start, step in ((first, -1), (last, 1)):
        edge: list[int] = []
        if is_aired:
            edge = _edge(start, step, scores, hits, named, SET_APART)
        if not _is_set_apart(edge, step, gaps, named):
            edge = _edge(start, step, scores, hits, struck, LEAST) if are_short else []
        for i in edge:
            chosen[i] = True
    return chosen


def with_answers(
    main: Sequence[bool], scores: Sequence[int], words: Sequence[int], texts: Sequence[str], hits: Hits
) -> list[bool]:
    """Which blocks of a thread are its text, with the short contributions to it that stand between the lines that a forum
    prints around what people say; all of `main` where it is no thread. Below a text that outweighs what is text between such
    lines, readers comment on it."""
    chosen = list(main)
    printed = lines_printed(hits)
    if len(printed) < THREAD:
        return chosen
    first = printed[0]
    last = printed[-1]
    above = sum(words[i] for i in range(first) if main[i])
    between = sum(words[i] for i in range(first, last) if main[i])
    if above > between:
        return chosen
    for i in range(first + 1, last):
        if hits[i] or scores[i] < LEAST:
            continue
        text = texts[i]
        chosen[i] |= shape.ends_sentence(text) and shape.has_words(text, ANSWER)
    return chosen


def _is_set_apart(edge: Sequence[int], step: int, gaps: Sequence[int], named: Set[int]) -> bool:
    """Whether layout tells the lines at an edge from those beyond, which are of a menu or a footer: they stand under each
    other, hardly a blank line between."""
    if not edge or len(edge) > AIRED:
        return False
    outermost = edge[-1]
    beyond = range(outermost) if step < 0 else range(outermost + 1, len(gaps))
    size = len(beyond)
    blank = sum(gaps[i] > 1 for i in beyond[1:])
    is_close = size >= FRAME and FRAME_LINES * blank <= size
    return is_close and not named.isdisjoint(beyond)


def _edge(start: int, step: int, scores: Sequence[int], hits: Hits, named: Set[int], least: int) -> list[int]:
    """The lines from the last one of the text to one that is `named` cruft by a rule, or of which the model is sure."""
    edge: list[int] = []
    i = start + step
    while 0 <= i < len(scores) and i not in named and len(edge) < MOST:
        if scores[i] >= least:
            edge.append(i)
        elif not _is_meta(hits[i]):
            break
        i += step
    # The text does not end in lines that some rule knows.
    while edge and hits[edge[-1]]:
        edge.pop()
    return edge


def _is_struck(found: tuple[Hit, ...]) -> bool:
    """Whether a rule removes a block, wherever it stands."""
    return any(hit.rule.is_sure for hit in found)


def _is_named(found: tuple[Hit, ...]) -> bool:
    """Whether one does by itself: a word that is cruft only near other cruft ("Description") ends no text that layout tells
    from it."""
    return any(hit.rule.is_sure and not hit.rule.near for hit in found)


def lines_printed(hits: Hits) -> list[int]:
    """The blocks of which a rule says that a forum prints them in every thread."""
    return [i for i, found in enumerate(hits) if found and _is_printed(found)]


def _is_printed(found: tuple[Hit, ...]) -> bool:
    """Whether a rule says so of a block."""
    return any(hit.rule.together for hit in found)


def _is_meta(found: tuple[Hit, ...]) -> bool:
    """Whether a rule says that a block names who wrote the text, or when."""
    return any(hit.rule.category in ("byline", "date") for hit in found)
