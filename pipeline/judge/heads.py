"""The lines above each contribution to a thread in plain text: who wrote it, their rank, how much they have written, when.

A forum prints the same lines above every contribution, so they have one fate: a rule names some of them, and those that stand
with these, under each other and above what is said, go with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.judge.edges import THREAD, lines_printed
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.text import shape

HEAD = ("comments", "date", "byline")
"""Categories of rules for the lines of a head"""
LEAST = 2
"""Lines of a head that rules name or that have a number, at least, and one of them at least is named"""
MOST = 10
"""Lines of a head, at most"""
NAME_WORDS, TOLD_WORDS = 5, 8
"""Words of a name, and of what is told beside it, at most"""


def without_heads(main: Sequence[bool], texts: Sequence[str], gaps: Sequence[int], hits: Hits) -> list[bool]:
    """Which blocks of a thread are its text, without the heads of contributions; all of `main` where it is no thread.

    `gaps`: line breaks above each block. `hits`: the rules that may hold for each.
    """
    chosen = list(main)
    if len(lines_printed(hits)) < THREAD:
        return chosen
    named = list(map(_is_named, hits))
    for start in range(len(texts)):
        if start and gaps[start] == 1:
            continue
        for line in _head(start, texts, gaps, named):
            chosen[line] = False
    return chosen


def _head(start: int, texts: Sequence[str], gaps: Sequence[int], named: Sequence[bool]) -> range:
    """The lines from `start` on that are the head of a contribution; none where none begins there."""
    stop = start
    end = min(start + MOST, len(texts))
    if _is_name(texts[start]):
        stop += 1
    while stop < end and (stop == start or gaps[stop] == 1):
        text = texts[stop]
        if not named[stop] and not _is_told(text):
            break
        if _says_who_speaks(text):
            break
        stop += 1
    lines = range(start, stop)
    told = sum(named[line] or _is_told(texts[line]) for line in lines)
    is_any_named = any(named[line] for line in lines)
    is_said_below = stop < len(texts) and gaps[stop] == 1
    is_head = told >= LEAST and is_any_named and is_said_below
    return lines if is_head else range(start, start)


def _is_named(found: tuple[Hit, ...]) -> bool:
    """Whether a rule says of a line what forums print above contributions."""
    return any(hit.rule.category in HEAD for hit in found)


def _is_name(text: str) -> bool:
    """Whether a line may be the name of who wrote what stands below."""
    is_short = shape.words(text) <= NAME_WORDS
    return is_short and shape.is_heading(text) and not _says_who_speaks(text)


def _says_who_speaks(text: str) -> bool:
    """Whether a line ends as one does above what somebody says."""
    return text.rstrip().endswith((":", "："))


def _is_told(text: str) -> bool:
    """Whether a line may say when, or how much: a few words with a number, and no sentence."""
    has_number = any(map(str.isdigit, text))
    return has_number and shape.words(text) <= TOLD_WORDS and not shape.ends_sentence(text)
