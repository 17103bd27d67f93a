"""What the words of a candidate for the title say: how many stand in the text, whether it or its neighbours are meta lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline import native
from pipeline.expression import expression
from pipeline.judge.places import Columns, Places
from pipeline.match.core.packed import groups
from pipeline.meta.lines import meta_line
from pipeline.text.shape import long_runs
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


_BESIDE = {"is_meta": 0, "meta_below": 1, "meta_below_2": 2, "meta_above": -1}
"""Where the blocks stand of which a candidate is told whether they are meta lines"""


def wording(texts: Sequence[str], where: Array, is_main: Array, places: Places) -> Columns:
    """What the words of each candidate say: how many stand in the text, and whether it or its neighbours are meta lines; int64
    [candidates] each.

    `overlap`: how many of its words stand in the text, in thousandths; -1 without words
    `content_words`: how many they are; `overlap_rank`: how many candidates of the document have more of them in the text
    `is_meta`, `meta_...`: whether it says when, by whom or where the text was published; and whether its neighbours do
    `label`: whether it is what stands before a colon
    `parts`: how often a sign divides it that divides a title from the name of the site
    `question`: whether it ends as one

    `where`: int64 [candidates], the block that each is, ascending
    `is_main`: bool [blocks], which are the main text
    """
    overlap, content, rank = _overlaps(texts, where, is_main, places)
    columns: dict[str, Any] = {"overlap": overlap, "content_words": content}
    is_meta = _meta_lines(texts, where, places)
    for name, step in _BESIDE.items():
        columns[name] = places.shift(is_meta, step, 0)[where]
    own = [texts[block] for block in where.tolist()]
    columns["label"] = [(":" in text or "：" in text) and _LABEL.match(text) is not None for text in own]
    columns["parts"] = [len(_SITE.findall(text)) if _SIGN.search(text) else 0 for text in own]
    columns["question"] = [text.rstrip().endswith(_QUESTION) for text in own]
    columns["overlap_rank"] = rank
    return {name: np.array(column, dtype=np.int64) for name, column in columns.items()}


def _overlaps(texts: Sequence[str], where: Array, is_main: Array, places: Places) -> tuple[list[int], ...]:
    """(`overlap`, `content_words`, `overlap_rank`) of each candidate, see `wording`."""
    overlaps: list[int] = []
    content: list[int] = []
    ranks: list[int] = []
    main = np.flatnonzero(is_main)
    edges = np.searchsorted(main, places.offsets).tolist()
    blocks_of_text = main.tolist()
    for candidates in _by_document(where, places):
        number = int(places.document[candidates[0]])
        body = [texts[block] for block in blocks_of_text[edges[number] : edges[number + 1]]]
        in_text, counts = held(body, [texts[block] for block in candidates.tolist()])
        own = [1000 * common // count if count else -1 for common, count in zip(in_text, counts, strict=True)]
        # A share of few words says less.
        weights = [share * min(count, 8) for share, count in zip(own, counts, strict=True)]
        ascending = sorted(weights)
        overlaps += own
        content += counts
        ranks += [len(weights) - bisect_right(ascending, weight) for weight in weights]
    return overlaps, content, ranks


def _by_document(where: Array, places: Places) -> list[Array]:
    """The candidates of each document that has any, in order."""
    if not len(where):
        return []
    first, _ = groups(places.document[where])
    return np.split(where, first[1:])


def _meta_lines(texts: Sequence[str], where: Array, places: Places) -> Array:
    """bool [blocks]: which are meta lines, of the candidates and of their neighbours in the same document; of others it is not
    asked."""
    asked = np.zeros(len(places), dtype=bool)
    for step in _BESIDE.values():
        block = where + step
        is_inside = (block >= places.first[where]) & (block < places.stop[where])
        asked[block[is_inside]] = True
    is_meta = np.zeros(len(places), dtype=bool)
    is_meta[[block for block in np.flatnonzero(asked).tolist() if meta_line(texts[block]) is not None]] = True
    return is_meta


def content_words(text: str) -> frozenset[str]:
    """The words of four letters and more, and the pairs of neighbouring ideographs and kana."""
    words = long_runs(text, CONTENT_LETTERS)
    if not text.isascii() and text.encode("utf-8", "surrogatepass").translate(None, _NO_HAN):
        return words.union(*(map("".join, pairwise(run)) for run in _HAN.findall(text)))
    return words


def held(body: Sequence[str], texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """(how many words of each text stand in the `body`, as far as that is looked at; how many each has)."""
    if native.kernels is not None:
        columns = native.kernels.held_words(body, texts, BODY_CHARS, CONTENT_LETTERS)
        if columns is not None:
            in_text, count = (np.frombuffer(column, np.int64).tolist() for column in columns)
            return in_text, count
    known = _body(body)
    of_each = list(map(content_words, texts))
    return [len(known & words) for words in of_each], list(map(len, of_each))


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
