"""The lines above each contribution to a thread in plain text: who wrote it, their rank, how much they have written, when.

A forum prints the same lines above every contribution, so they have one fate: a rule names some of them, and those that stand
with these, under each other and above what is said, go with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.judge.edges import THREAD
from pipeline.judge.rules.rule import Hit
from pipeline.text import shape

LEAST = 2
"""Lines of a head that rules name or that have a number, at least, and one of them at least is named"""
MOST = 10
"""Lines of a head, at most"""
NAME_WORDS, TOLD_WORDS = 5, 8
"""Words of a name, and of what is told beside it, at most"""


def without_heads(
    main: Sequence[bool], texts: Sequence[str], gaps: Sequence[int], hits: Sequence[tuple[Hit, ...]]
) -> list[bool]:
    """Which blocks of a thread are its text, without the heads of contributions; all of `main` where it is no thread.

    `gaps`: line breaks above each block. `hits`: the rules that may hold for each.
    """
    chosen = list(main)
    printed = [any(hit.rule.together for hit in found) for found in hits]
    if sum(printed) < THREAD:
        return chosen
    named = [any(hit.rule.category in ("comments", "date", "byline") for hit in found) for found in hits]
    for start in range(len(texts)):
        if start and gaps[start] == 1:
            continue
        head = _head(start, texts, gaps, named)
        for line in head:
            chosen[line] = False
    return chosen


def _head(start: int, texts: Sequence[str], gaps: Sequence[int], named: Sequence[bool]) -> range:
    """The lines from `start` on that are the head of a contribution; none where none begins there."""
    stop = start
    while stop < min(start + MOST, len(texts)) and (stop == start or gaps[stop] == 1):
        is_name = stop == start and shape.words(texts[stop]) <= NAME_WORDS and shape.is_heading(texts[stop])
        says_who_speaks = texts[stop].rstrip().endswith((":", "："))
        if says_who_speaks or not (named[stop] or is_name or _is_told(texts[stop])):
            break
        stop += 1
    lines = range(start, stop)
    told = sum(named[line] or _is_told(texts[line]) for line in lines)
    is_said_below = stop < len(texts) and gaps[stop] == 1
    is_head = told >= LEAST and any(named[line] for line in lines) and is_said_below
    return lines if is_head else range(start, start)


def _is_told(text: str) -> bool:
    """Whether a line may say when, or how much: a few words with a number, and no sentence."""
    has_number = any(map(str.isdigit, text))
    return has_number and shape.words(text) <= TOLD_WORDS and not shape.ends_sentence(text)
