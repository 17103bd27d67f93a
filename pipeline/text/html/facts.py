"""What the tree says of each rendered line, as small whole numbers: the columns a model learns from.

All of it is arithmetic on whole numbers over the arrays of a `Layout`, so it is the same on every machine. Shares are
in thousandths. The lines of a block are a range, so what a block holds is a difference of two running sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np

from pipeline.expression import expression
from pipeline.text.html.elements import BLOCK_CODE, Block, Count, Layout
from pipeline.text.html.hints import STRONG, TOPIC_BIT
from pipeline.tokens import Array

Columns = dict[str, Array]

UNKNOWN = -1
"""In place of what could not be measured: the extractor did not run, the page names no title."""
LEVELS = 4
"""Blocks upwards of a line that are measured, its own the first."""
WITHIN = "article main section header footer nav aside p ul ol li table blockquote figure figcaption form".split()
PARTS_OF_CONTENT = sum(TOPIC_BIT[topic] for topic in ("content", "article", "body", "title", "lead")) | STRONG
"""Topics that a block may hint at which holds most of the page; a wrapper `with-sidebar` is no sidebar."""
_SEEN = ("comment", "related", "share", "tags", "foot")
MAX_STEPS = 20
_FAR = 300
_H1, _H6 = BLOCK_CODE["h1"], BLOCK_CODE["h6"]
_TITLE_CHARS = range(6, 301)
_NO_LETTER = expression(r"(?:[^\w\n]|_)+")
_NO_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "\n")


def line_facts(
    layout: Layout, kept: Sequence[int] | None, titles: Sequence[str], parts: Sequence[int], marks: Sequence[int]
) -> Array:
    """int32: one row for each line, one column for each of `FACTS`.

    `kept` is the extractor's verdict on each line, None where it was not asked; `titles` are what the page may be
    called; `parts` says which part of a contribution to a thread each line is, `marks` which one has the mark that
    leads to it.
    """
    if not layout.lines:
        return np.zeros((0, len(FACTS)), dtype=np.int32)
    page = _Page(layout)
    columns = {
        **_own(page),
        **_ancestors(page),
        **_containers(page),
        **_scores(page, layout.lines),
        **_title(page, layout.lines, titles),
        **_sequence(page),
        **_span(page),
        **_of_extractor(page, kept),
        "part": np.array(parts, dtype=np.int64),
        "note": np.array(marks, dtype=np.int64),
    }
    columns |= {f"seen_{topic}": np.cumsum(columns[f"topic_{topic}"] > 0) for topic in _SEEN}
    return np.column_stack([columns[name] for name in FACTS]).astype(np.int32)


class _Page:
    """The arrays of a layout."""

    def __init__(self, layout: Layout) -> None:
        counts = np.array(layout.counts, dtype=np.int64).reshape(-1, len(Count._fields))
        blocks = np.array(layout.blocks, dtype=np.int64).reshape(-1, len(Block._fields))
        self.count = cast(Any, Count(*counts.T))
        self.tag, parent, topics, self.first, self.end, self.path = blocks.T
        self.parent = np.maximum(parent, 0)
        """The outermost block is its own parent."""
        self.block: Any = self.count.block
        self.line = np.arange(len(counts))
        self.size = len(counts)
        self.chars = self.inside(self.count.chars)
        self.link_share = _share(self.inside(self.count.link_chars), self.chars)
        self.lines = self.end - self.first
        wide = self.chars * 2 > self.count.chars.sum()
        self.topics = np.where(wide, topics & PARTS_OF_CONTENT, topics) * (self.tag > BLOCK_CODE["body"])

    def inside(self, values: Array) -> Array:
        """For each block the sum of `values`, one for each line, over its lines."""
        sums = _running(values)
        return sums[self.end] - sums[self.first]

    def steps_up(self, block: int) -> Array:
        """For each line how many steps up from `block` the first block is that holds the line as well."""
        steps = np.full(self.size, MAX_STEPS)
        for step in range(MAX_STEPS):
            inside = slice(self.first[block], self.end[block])
            steps[inside] = np.minimum(steps[inside], step)
            block = int(self.parent[block])
        return steps


def _running(values: Array) -> Array:
    return np.concatenate(([0], np.cumsum(values)))


def _share(part: Array, whole: Array) -> Array:
    return part * 1000 // np.maximum(whole, 1)


def _own(page: _Page) -> Columns:
    count = page.count._asdict()
    share = {f"{name}_share": _share(count[f"{name}_chars"], count["chars"]) for name in ("link", "bold", "italic")}
    return {**{name: count[name] for name in ("links", "control_chars", "pictures", "broken")}, **share}


def _ancestors(page: _Page) -> Columns:
    """Which tags and topics stand above a line. A topic is 3 on its own block, 2 one up, 1 further up."""
    tags = np.int64(1) << np.minimum(page.tag, 62)
    topics, depth, jump = page.topics.copy(), np.ones_like(tags), page.parent.copy()
    depth[:1] = 0
    for _ in range(MAX_STEPS):  # each round doubles the distance looked up
        tags |= tags[jump]
        topics |= topics[jump]
        depth += depth[jump]
        jump = jump[jump]
        if not jump.any():
            break
    above = page.parent[page.block]
    own, near, far = page.topics[page.block], page.topics[above], topics[page.parent[above]]
    columns = {f"in_{tag}": tags[page.block] >> BLOCK_CODE[tag] & 1 for tag in WITHIN}
    for topic, bit in (*TOPIC_BIT.items(), ("strong", STRONG)):
        level = np.where(near & bit, 2, (far & bit) > 0)
        columns[f"topic_{topic}"] = np.where(own & bit, 3, level)
    return {**columns, "tag": page.tag[page.block], "parent_tag": page.tag[above], "depth": depth[page.block]}


def _containers(page: _Page) -> Columns:
    """How much, how long and how linked the text of the blocks above is, and which of them come in series."""
    columns: Columns = {}
    block = page.block
    for level in range(LEVELS):
        columns[f"block_{level}"] = block
        columns[f"chars_{level}"] = page.chars[block]
        columns[f"lines_{level}"] = page.lines[block]
        columns[f"link_share_{level}"] = page.link_share[block]
        block = page.parent[block]
    shapes = (page.parent << 40) ^ (page.topics << 6) ^ page.tag
    _, which, number = np.unique(shapes, return_inverse=True, return_counts=True)
    alike = number[which]
    columns["alike"] = alike[page.block]
    columns["siblings"] = np.bincount(page.parent, minlength=len(page.parent))[page.parent[page.block]]
    series, chars, block = np.zeros_like(page.block), np.zeros_like(page.block), page.block
    for _ in range(2 * LEVELS):
        more = (page.lines[block] > 1) & (alike[block] > np.maximum(series, 2))
        series, chars = np.where(more, alike[block], series), np.where(more, page.chars[block], chars)
        block = page.parent[block]
    return {**columns, "series": series, "series_chars": chars}


def _scores(page: _Page, lines: Sequence[str]) -> Columns:
    """Where paragraphs gather: each gives points to the blocks above it, for its length and its commas, less its
    links. (The idea is Readability's, https://github.com/mozilla/readability.)"""
    commas = np.fromiter((line.count(",") + line.count("，") + line.count("、") for line in lines), np.int64, page.size)
    chars = page.count.chars
    points = np.where(chars >= 25, 10 + 10 * commas + np.minimum(chars // 10, 30), 0)
    points = points * (1000 - np.minimum(_share(page.count.link_chars, chars), 1000)) // 1000
    score = np.zeros(len(page.tag), dtype=np.int64)
    block = page.block
    for weight in (1, 2, 4):
        block = page.parent[block]
        np.add.at(score, block, points // weight)
    score = score * (1000 - np.minimum(page.link_share, 1000)) // 1000
    top = int(score.argmax())
    relative = _share(score, score[top])
    above = page.parent[page.block]
    return {
        "score_1": relative[above],
        "score_2": relative[page.parent[above]],
        "top_steps": page.steps_up(top),
        "top_before": np.maximum(page.first[top] - page.line, 0),
        "top_after": np.maximum(page.line - page.end[top] + 1, 0),
        "top_share": np.full(page.size, _share(page.chars, page.chars.max())[top]),
    }


def _title(page: _Page, lines: Sequence[str], titles: Sequence[str]) -> Columns:
    """How much of the page's title each line is, and how far off the line that is most of it stands."""
    keys = [key for key in _keys(titles) if len(key) in _TITLE_CHARS]
    tag = page.tag[page.block]
    alike = np.zeros(page.size, dtype=np.int64)
    asked = [i for i, line in enumerate(lines if keys else ()) if len(line) in _TITLE_CHARS]
    for i, key in zip(asked, _keys([lines[i] for i in asked]), strict=True):
        if len(key) in _TITLE_CHARS:
            alike[i] = max(_likeness(key, title) for title in keys)
    best = int((alike + 100 * ((tag >= _H1) & (tag <= _H6)) + 50 * (tag == _H1)).argmax())
    if not alike[best]:
        unknown = np.full(page.size, UNKNOWN)
        return {"title": alike, "title_distance": unknown * _FAR, "title_steps": unknown}
    return {
        "title": alike,
        "title_distance": np.clip(page.line - best, 1 - _FAR, _FAR),
        "title_steps": page.steps_up(int(page.block[best])),
    }


def _keys(texts: Sequence[str]) -> list[str]:
    """What each of some texts says: its letters and digits, case folded."""
    is_ascii = list(map(str.isascii, texts))
    plain = _folded([text for text, is_plain in zip(texts, is_ascii, strict=True) if is_plain])
    others = _folded([text for text, is_plain in zip(texts, is_ascii, strict=True) if not is_plain])
    ascii_keys = iter(plain.encode().translate(None, _NO_ASCII_LETTERS).decode().split("\n"))  # some times as fast
    other_keys = iter(_NO_LETTER.sub("", others).split("\n"))
    return [next(ascii_keys if is_plain else other_keys) for is_plain in is_ascii]


def _folded(texts: Iterable[str]) -> str:
    """Texts case folded, a line each: all at once they take a fraction of the time."""
    return "\n".join(text.replace("\n", " ") for text in texts).casefold()


def _likeness(key: str, title: str) -> int:
    """In thousandths, where one holds the other."""
    short, long = (key, title) if len(key) <= len(title) else (title, key)
    return 1000 * len(short) // len(long) if short in long else 0


def _sequence(page: _Page) -> Columns:
    """Where a line stands, and how far below a heading."""
    tag = page.tag[page.block]
    heading = (tag >= _H1) & (tag <= _H6)
    last = np.maximum.accumulate(np.where(heading, page.line, UNKNOWN))
    return {
        "path": page.path[page.block],
        "index": page.line,
        "from_end": page.size - page.line,
        "since_heading": np.where(last >= 0, page.line - last, UNKNOWN),
    }


def _span(page: _Page) -> Columns:
    """The stretch of lines with the most text outside links, where every line costs as much as some words."""
    gains = np.maximum(page.count.chars - 2 * page.count.link_chars, 0) - _LINE_COST
    sums = _running(gains)
    lowest = np.minimum.accumulate(sums[:-1])
    end = int((sums[1:] - lowest).argmax())
    start = int(sums[: end + 1].argmin())
    return {
        "span": ((page.line >= start) & (page.line <= end)).astype(np.int64),
        "span_before": np.clip(start - page.line, -_FAR, _FAR),
        "span_after": np.clip(page.line - end, -_FAR, _FAR),
    }


_LINE_COST = 40
_RUN_GAP = 3


def _of_extractor(page: _Page, kept: Sequence[int] | None) -> Columns:
    """What the extractor kept: the line, how much of its container, of the page; and the longest run of such lines."""
    if kept is None:
        return {name: np.full(page.size, UNKNOWN) for name in OF_EXTRACTOR}
    verdict = np.array(kept, dtype=np.int64)
    chars = page.count.chars * (verdict > 0)
    shares = _share(page.inside(chars), page.chars)
    where = np.flatnonzero(verdict)
    if not len(where):
        where = np.array([0])
    starts = np.flatnonzero(np.diff(where, prepend=-_FAR) > _RUN_GAP)
    run = int(np.add.reduceat(chars[where], starts).argmax())
    first = int(where[starts[run]])
    last = int(where[starts[run + 1] - 1] if run + 1 < len(starts) else where[-1])
    holder = int(page.block[first])
    while page.end[holder] <= last:
        holder = int(page.parent[holder])
    return {
        "kept": verdict,
        "kept_share_1": shares[page.parent[page.block]],
        "kept_share": np.full(page.size, chars.sum() * 1000 // max(int(page.count.chars.sum()), 1)),
        "run_share": np.full(page.size, chars[first : last + 1].sum() * 1000 // max(int(chars.sum()), 1)),
        "run_before": np.clip(first - page.line, -_FAR, _FAR),
        "run_after": np.clip(page.line - last, -_FAR, _FAR),
        "run_steps": page.steps_up(holder),
    }


OF_EXTRACTOR = ("kept", "kept_share_1", "kept_share", "run_share", "run_before", "run_after", "run_steps")
"""Facts that the extractor gives."""

FACTS: tuple[str, ...] = (
    *("links", "control_chars", "pictures", "broken", "link_share", "bold_share", "italic_share"),
    *("tag", "parent_tag", "depth"),
    *(f"in_{tag}" for tag in WITHIN),
    *(f"topic_{topic}" for topic in (*TOPIC_BIT, "strong")),
    *(f"{name}_{level}" for level in range(LEVELS) for name in ("block", "chars", "lines", "link_share")),
    *("alike", "siblings", "series", "series_chars"),
    *("score_1", "score_2", "top_steps", "top_before", "top_after", "top_share"),
    *("title", "title_distance", "title_steps"),
    *("path", "index", "from_end", "since_heading"),
    *("span", "span_before", "span_after"),
    *(f"seen_{topic}" for topic in _SEEN),
    *OF_EXTRACTOR,
    *("part", "note"),
)
"""The columns, in order."""
