"""The one door to trafilatura: a signal that says which rendered lines it takes for the main content.

It gets the tree that was rendered, so a page is parsed once. It runs in its fast mode, without comments; its
deduplication keeps state from page to page and is never on. What it returns is aligned with the lines by text.

Some pages keep it busy for minutes, so it is asked only within limits that depend on nothing but the page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from lxml import etree

from pipeline.expression import expression

MAX_NODES = 20_000
MAX_CHILDREN = 3_000
"""Of one element"""
MAX_DEPTH = 200
MAX_CHARS = 4_000_000
"""Of the source. Of the development pages none comes near: 8,124 elements, 850 children, 2.2 million characters."""

_INLINE = frozenset(("hi", "ref", "del", "span", "a", "b", "i", "em", "strong", "sup", "sub", "u", "graphic"))
_UNPRINTED = expression(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
ANCHOR = 25
"""Code points of a line that is hardly found by chance."""
_WINDOW = 20_000
_EDGE = 20

NOT, PARTLY, WHOLLY = 0, 1, 2


def extract(tree: Any, lines: Sequence[str]) -> list[int]:
    """For each line of the rendered tree whether trafilatura keeps it: `NOT`, `PARTLY` or `WHOLLY`.

    Raises:
        RuntimeError: trafilatura failed; the message says how.
    """
    bare_extraction, options = _trafilatura()
    try:
        document = bare_extraction(tree, options=options)
    except MemoryError:
        raise  # says nothing of the page: there may be more memory for it
    except Exception as error:  # it raises whatever lxml and its own assertions raise
        raise RuntimeError(f"trafilatura failed: {type(error).__name__}: {error}"[:200]) from error
    return align(list(_chunks(document.body)), lines) if document is not None else [NOT] * len(lines)


@cache
def _trafilatura() -> tuple[Any, Any]:
    from trafilatura import bare_extraction
    from trafilatura.settings import Extractor

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    return bare_extraction, Extractor(fast=True, comments=False, output_format="txt")


def _chunks(body: Any) -> Iterator[str]:
    """The text of each block of trafilatura's result."""
    parts: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag not in _INLINE:
            yield "".join(parts)
            parts.clear()
        text = element.text if event == "start" else element.tail
        if text:
            parts.append(text)
    yield "".join(parts)


def align(chunks: Sequence[str], lines: Sequence[str]) -> list[int]:
    """Which of `lines` stand in `chunks`, both in document order; white space does not count.

    Long lines are looked up first. A short line counts where it stands between the long ones around it, so that a
    menu's "News" is not taken for a heading.
    """
    pieces = [key for chunk in chunks if (key := _key(chunk))]
    whole, known = "".join(pieces), frozenset(pieces)
    keys = [_key(line) for line in lines]
    kept = [NOT] * len(lines)
    anchors: list[tuple[int, int, int]] = [(-1, 0, 0)]
    """Line, and where it starts and ends in `whole`"""
    cursor = 0
    for i, key in enumerate(keys):
        if len(key) < ANCHOR:
            continue
        position = whole.find(key, cursor, cursor + _WINDOW)
        if position >= 0:
            cursor = position + len(key)
            anchors.append((i, position, cursor))
            kept[i] = WHOLLY
        elif key in known:
            kept[i] = WHOLLY
        elif any(whole.find(edge, cursor, cursor + _WINDOW) >= 0 for edge in (key[:_EDGE], key[-_EDGE:])):
            kept[i] = PARTLY
    anchors.append((len(lines), len(whole), len(whole)))
    for (before, _, start), (after, end, _) in pairwise(anchors):
        for i in range(before + 1, after):
            if 0 < len(keys[i]) < ANCHOR and (position := whole.find(keys[i], start, end)) >= 0:
                kept[i] = WHOLLY
                start = position + len(keys[i])
    return kept


def _key(text: str) -> str:
    return "".join(text.split()) if text.isascii() else _UNPRINTED.sub("", text)
