"""What the words of a candidate for the title say: how many stand in the text, whether it or its neighbours are meta lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.expression import expression
from pipeline.judge.places import Columns, Places
from pipeline.match.core.packed import groups
from pipeline.meta.lines import meta_line
from pipeline.text.shape import letter_runs
from pipeline.tokens import Array

BODY_CHARS = 4000
"""Code points of the main text whose words a title is held against."""
CONTENT_LETTERS = 4
"""Of a word that says what a text is about"""
_HAN = expression(r"[\u3040-\u30ff\u4e00-\u9fff]{2,}")
_NO_HAN = bytes(byte for byte in range(256) if not 0xE3 <= byte <= 0xE9)
"""Bytes that no ideograph and no kana begins with in UTF-8; others may stand for something else."""
_LABEL = expression(r"[^:：]{1,30}[:：]\s*\S")
"""A label and what it stands before."""
_QUESTION = ("?", "？")
_SITE = expression(r"\s[|–—·•»:-]\s|\s?[|»]\s?")
"""What divides a title from the name of the site."""
_SIGN = expression(r"[|–—·•»:-]")
"""What it is made of; cheaper to ask."""


def wording(texts: Sequence[str], where: Array, is_main: Array, places: Places) -> Columns:
    """What the words of each candidate say: how many stand in the text, and whether it or its neighbours are meta lines.

    `where`: int64 [candidates], the block that each is, ascending
    `is_main`: bool [blocks], which are the main text
    """
    rows: list[_Wording] = []
    ranks: list[int] = []
    for document in _documents(texts, where, is_main, places):
        own = [document.wording(block) for block in document.candidates]
        rows += own
        overlap = np.array([row.overlap for row in own])
        content_words = np.array([row.content_words for row in own])
        # A share of few words says less.
        weights = overlap * np.minimum(content_words, 8)
        is_greater = weights > weights[:, None]  # [candidates, candidates]
        ranks += is_greater.sum(axis=1).tolist()
    names = _Wording._fields
    table = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    columns = dict(zip(names, table.T, strict=True))
    return {**columns, "overlap_rank": np.array(ranks, dtype=np.int64)}


class _Wording(NamedTuple):
    """What the words of a candidate say."""

    overlap: int
    """How many of its words stand in the text, in thousandths; -1 without words"""
    content_words: int
    is_meta: bool
    """Whether it says when, by whom or where the text was published; and whether its neighbours do"""
    meta_below: bool
    meta_below_2: bool
    meta_above: bool
    label: bool
    """Whether it is what stands before a colon"""
    parts: int
    """How often a sign divides it that divides a title from the name of the site"""
    question: bool


def _documents(texts: Sequence[str], where: Array, is_main: Array, places: Places) -> Iterator[_TitleCandidates]:
    """Yield the documents that have candidates, in order."""
    first, _ = groups(places.document[where])
    for candidates in np.split(where, first[1:]):
        if not len(candidates):
            return
        block = candidates[0]
        start = int(places.first[block])
        stop = int(places.stop[block])
        main = np.flatnonzero(is_main[start:stop])
        own = candidates - start
        yield _TitleCandidates(texts[start:stop], own.tolist(), main.tolist())


class _TitleCandidates:
    """The candidates of one document. Blocks are numbered within it."""

    def __init__(self, texts: Sequence[str], candidates: Sequence[int], main: Sequence[int]) -> None:
        """`texts` are those of all blocks, `main` the blocks of the main text."""
        self.candidates = candidates
        self._texts = texts
        self._body = _body([texts[block] for block in main])
        self._meta: dict[int, bool] = {}

    def wording(self, block: int) -> _Wording:
        """What the words of one candidate say."""
        text = self._texts[block]
        own = content_words(text)
        known = sum(map(self._body.__contains__, own))
        overlap = 1000 * known // len(own) if own else -1
        end = text.rstrip()
        above, is_meta, below, below_2 = (self._is_meta(block + step) for step in (-1, 0, 1, 2))
        return _Wording(
            overlap=overlap,
            content_words=len(own),
            is_meta=is_meta,
            meta_below=below,
            meta_below_2=below_2,
            meta_above=above,
            label=_LABEL.match(text) is not None,
            parts=len(_SITE.findall(text)) if _SIGN.search(text) else 0,
            question=end.endswith(_QUESTION),
        )

    def _is_meta(self, block: int) -> bool:
        """Whether a block of the document is a meta line."""
        if not 0 <= block < len(self._texts):
            return False
        if block not in self._meta:
            said = meta_line(self._texts[block])
            self._meta[block] = said is not None
        return self._meta[block]


def content_words(text: str) -> frozenset[str]:
    """The words of four letters and more, and the pairs of neighbouring ideographs and kana."""
    runs = [run for run in letter_runs(text) if len(run) >= CONTENT_LETTERS]
    words = " ".join(runs).casefold().split(" ") if runs else []  # at once: letters become letters
    if not text.isascii() and text.encode("utf-8", "surrogatepass").translate(None, _NO_HAN):
        for run in _HAN.findall(text):
            words += map("".join, pairwise(run))
    return frozenset(words)


def _body(texts: Sequence[str]) -> frozenset[str]:
    """The words of a text, given by its blocks, as far as they are looked at."""
    looked_at: list[str] = []
    size = 0
    for text in texts:
        looked_at.append(text)
        size += len(text)
        if size > BODY_CHARS:
            break
    return content_words(" ".join(looked_at))
