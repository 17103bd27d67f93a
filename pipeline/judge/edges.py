"""The edges of a plain text: what belongs to it though menus and footers beside it make it look like one of their lines.

A standfirst stands between the title and the line on who wrote it. And a text of short lines (a recipe, minutes, a letter) ends
where rules name cruft, not where its lines score a little less: a list of those present looks like a menu.
"""

from __future__ import annotations

from collections.abc import Sequence

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
THREAD = 4
"""Lines that a forum prints, in a thread"""
ANSWER = 3
"""Words of a contribution, at least"""
MOST = 14
"""Lines at one edge"""


def with_edges(
    main: Sequence[bool],
    scores: Sequence[int],
    words: Sequence[int],
    prose: Sequence[bool],
    hits: Hits,
    title: int | None,
) -> list[bool]:
    """Which blocks of one document are its text, with those at its edges, from which ones are. `hits`: the rules that may hold
    for each block."""
    chosen = list(main)
    struck = [_is_struck(found) for found in hits]
    kept = [i for i, is_main in enumerate(main) if is_main and not struck[i]]
    if not kept:
        return chosen
    first = kept[0]
    last = kept[-1]
    if title is not None and 0 < first - title <= NEAR_TITLE:
        for i in range(title + 1, first):
            chosen[i] |= prose[i] and scores[i] >= STANDFIRST
    # Where no rule names cruft, nothing says where such a text ends.
    said = sum(words[i] for i in kept)
    if said < SHORT * len(kept) and any(struck):
        above = _edge(first, -1, scores, hits)
        below = _edge(last, 1, scores, hits)
        for i in (*above, *below):
            chosen[i] = True
    return chosen


def with_answers(main: Sequence[bool], scores: Sequence[int], texts: Sequence[str], hits: Hits) -> list[bool]:
    """Which blocks of a thread are its text, with the short contributions to it that stand between the lines that a forum
    prints around what people say; all of `main` where it is no thread."""
    chosen = list(main)
    printed = [i for i, found in enumerate(hits) if found and _is_printed(found)]
    if len(printed) < THREAD:
        return chosen
    for i in range(printed[0] + 1, printed[-1]):
        if hits[i] or scores[i] < LEAST:
            continue
        text = texts[i]
        chosen[i] |= shape.ends_sentence(text) and shape.has_words(text, ANSWER)
    return chosen


def _edge(start: int, step: int, scores: Sequence[int], hits: Hits) -> list[int]:
    """The lines from the last one of the text to where a rule names cruft, or the model is sure of it."""
    edge: list[int] = []
    i = start + step
    while 0 <= i < len(scores) and len(edge) < MOST:
        found = hits[i]
        if _is_struck(found):
            break
        if scores[i] >= LEAST:
            edge.append(i)
        elif not _is_meta(found):
            break
        i += step
    # The text does not end in lines that some rule knows.
    while edge and hits[edge[-1]]:
        edge.pop()
    return edge


def _is_struck(found: tuple[Hit, ...]) -> bool:
    """Whether a rule removes a block, wherever it stands."""
    return any(hit.rule.is_sure for hit in found)


def _is_printed(found: tuple[Hit, ...]) -> bool:
    """Whether a rule says that a forum prints a block in every thread."""
    return any(hit.rule.together for hit in found)


def _is_meta(found: tuple[Hit, ...]) -> bool:
    """Whether a rule says that a block names who wrote the text, or when."""
    return any(hit.rule.category in ("byline", "date") for hit in found)
