"""Templates: lines that many documents of a site have, because the site puts them there.

A line counts once for each group of copies of whole documents, so that an article printed by thirty outlets makes no
template of its sentences. It counts inside its site, where an address or a folder tells the site, and in the corpus as a
whole. Where the line stands decides with: a template mostly stands outside the main text or at its edge; a sentence that
unrelated stories quote stands inside. What the model is sure is text stays text, however many documents share it: papers
print the same sentence, and minutes end alike. And what many documents have, nearly all of them in their main text, is text
in all of them: one sentence has one fate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from pipeline.match.core.packed import contains, is_first, look_up, order_of
from pipeline.match.core.packed import groups as groups_of_rows
from pipeline.match.core.rows import take
from pipeline.tokens import Array, mix64, offsets_of

OUTSIDE, EDGE, INSIDE = range(3)
"""Where a line stands: not in the main text; among its first or last lines; between others of it."""
EDGE_LINES = 3
HEADING_CHARS = 30
"""Shorter lines may be headings inside a text though they are furniture elsewhere."""
MIN_GROUPS = {
    "auto": 3,
    "precision": 3,
    "balanced": 3,
    "recall": 5,
}
"""In so many groups of copies a line must stand."""
MIN_SHARE_APART = {
    "auto": 0.5,
    "precision": 0.34,
    "balanced": 0.5,
    "recall": 0.8,
}
"""Such a share of its places must lie outside the main text or at its edge."""
EDGE_SHARE = 0.3
"""A line that is taken for main text everywhere must stand in such a share of the site's groups, ..."""
SURE_TEXT = 3000
"""... and have a mean score below this, in thousandths of a logit: the model doubts it somewhat. Of what stands under many pages
of one site and is none of their text, it is never so sure; of sentences that texts share, it is far surer."""
LONG_WORDS = 25
"""A line with more words is a paragraph rather than furniture, as far as the model takes it for text, ..."""
MANY_GROUPS = 10
"""... unless it stands in so many groups."""
TEXT_OUTSIDE = 0.25
"""A line in `MANY_GROUPS` of the corpus of which at most such a share lies outside the main text is text wherever it stands."""
CORPUS = ""
"""The site of all documents together."""


class Standing(Struct, frozen=True):
    """Where lines stand, a row each."""

    key: Array
    """uint64: of the line and its site, see `line_keys`"""
    site: Array
    """uint64: see `text_key`"""
    group: Array
    """int64: of copies of whole documents"""
    place: Array
    """int8: `OUTSIDE`, `EDGE` or `INSIDE`"""
    home: Array
    """uint64: the site of the document, also where it counts for the corpus; see `text_key`"""
    long: Array
    """bool: whether it has more than `LONG_WORDS` words"""
    score: Array
    """int32: what the line model makes of it, in thousandths of a logit"""
    exact: Array
    """uint64: the line with its numbers, see `text_key`"""


class Templates(Struct, frozen=True):
    """Lines that are furniture, by key."""

    key: Array
    """uint64 [templates], ascending"""
    groups: Array
    """int64: in how many groups of copies it stands"""
    of: Array
    """int64: how many groups the site has"""
    text: Array
    """uint64, ascending: the keys of lines that many documents have, nearly all of them in the main text"""

    def __len__(self) -> int:
        return len(self.key)

    def find(self, keys: Array) -> Array:
        """int64: the number of the template that each key names; -1 for none."""
        place, is_there = look_up(self.key, keys)
        return np.where(is_there, place, -1)


class LineColumns(Struct, frozen=True):
    """The lines of some documents, one document after another, a row each."""

    form: Array
    """uint64: what the line is known by anywhere, see `text_key`; 0 for one that can be no template"""
    exact: Array
    """uint64: the line with its numbers, see `text_key`"""
    site: Array
    """uint64: the site of the document, see `text_key`"""
    place: Array
    """int8: `OUTSIDE`, `EDGE` or `INSIDE`"""
    size: Array
    """int64: code points"""
    words: Array
    """int64"""
    score: Array
    """int32: what the line model makes of it, in thousandths of a logit"""
    main: Array
    """bool: whether the model takes it for the main text"""
    first: Array
    """int64 [documents + 1]: where the lines of each document begin"""

    def in_document(self, flags: Array) -> Array:
        """int64 [documents]: how many lines of each document have a flag."""
        before = offsets_of(flags)
        return np.diff(before[self.first])

    def each(self, values: Array) -> Array:
        """For each line what is given for its document."""
        return np.repeat(values, np.diff(self.first))


_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NO_COUNTS = np.zeros(0, dtype=np.int64)
NONE = Templates(_NO_KEYS, _NO_COUNTS, _NO_COUNTS, _NO_KEYS)


def text_key(text: str) -> int:
    """64 bits that stand for a folded line or a site, the same on every machine; 0 for an empty one."""
    if not text:
        return 0
    raw = text.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(raw, digest_size=8).digest()
    return int.from_bytes(digest, "big")


def line_keys(site: str, forms: Array) -> Array:
    """uint64 [lines]: what lines are known by in a site, from what they are known by anywhere; 0 stays 0."""
    if site == CORPUS:
        return forms
    return keys(np.uint64(text_key(site)), forms)


def keys(sites: Any, forms: Array) -> Array:
    """The same for lines of several sites, which are given by `text_key`."""
    of_sites = mix64(forms ^ sites)
    return np.where(forms == 0, forms, of_sites)


def struck(lines: LineColumns, found: Templates) -> tuple[Array, Array]:
    """Return for each line (the key of the template that it is, uint64, 0 for none; whether that is one of its site, bool).

    A short line inside the text is no template there, though it be one elsewhere: many a heading is also an item of a
    menu. And where all of a text would go, it is none: records that differ by a name or a number are no furniture.
    """
    key = np.zeros(len(lines.form), dtype=np.uint64)
    if not len(found):
        return key, np.zeros(len(key), dtype=bool)
    of_site = keys(lines.site, lines.form)
    may_be = (lines.place != INSIDE) | (lines.size >= HEADING_CHARS)
    may_be &= lines.form != 0
    # What the site says goes before what the corpus says.
    by_site = found.find(of_site) >= 0
    by_site &= may_be
    by_site &= lines.site != text_key(CORPUS)
    by_corpus = found.find(lines.form) >= 0
    by_corpus &= may_be & ~by_site
    text = lines.place != OUTSIDE
    left = text & ~by_site & ~by_corpus
    has_text_left = lines.in_document(left) > 0
    stays = text & ~lines.each(has_text_left)
    by_site &= ~stays
    by_corpus &= ~stays
    key[by_site] = of_site[by_site]
    key[by_corpus] = lines.form[by_corpus]
    return key, by_site


def main_text(lines: LineColumns, found: Templates) -> Array:
    """Return which lines are main text, bool: those that the model takes for it, and, in documents that have any, those
    that are text in most of the many documents that have them."""
    if not len(found.text):
        return lines.main
    shared = contains(found.text, lines.form)
    shared &= lines.size >= HEADING_CHARS  # a short line may be a heading here and a menu's item there
    has_text = lines.in_document(lines.main) > 0
    return lines.main | (shared & lines.each(has_text))


def places(main: Sequence[bool]) -> Array:
    """int8 [lines]: where each line of a document stands, from whether it is in the main text."""
    where = np.full(len(main), OUTSIDE, dtype=np.int8)
    kept = np.flatnonzero(np.asarray(main, dtype=bool))
    where[kept] = EDGE
    where[kept[EDGE_LINES:-EDGE_LINES]] = INSIDE
    return where


def least_groups(favor: str) -> int:
    """In how many groups of copies a line must stand, at least, for `count` to say anything of it."""
    return min(MIN_GROUPS[favor], MANY_GROUPS)


def count(rows: Standing, sites: Array, sizes: Array, favor: str) -> Templates:
    """The templates among all places of some lines.

    `rows`: every place of any line that is in it at all. `sites` uint64, ascending, and `sizes` int64: how many groups of
    copies each site has.
    """
    order = order_of(rows.key, rows.group)
    has_key = rows.key[order] != 0
    rows = take(rows, order[has_key])
    first, total = groups_of_rows(rows.key)
    if not len(first):
        return NONE
    # One row a line from here on: int64, in how many places it stands, in how many groups, and where in their documents.
    groups = _sums(is_first(rows.key, rows.group), first)
    outside = _sums(rows.place == OUTSIDE, first)
    edge = _sums(rows.place == EDGE, first)
    long = _sums(rows.long, first)
    key = rows.key[first]
    site = rows.site[first]
    of = sizes[np.searchsorted(sites, site)]
    # What several sites have, and what is a paragraph, is shared text, unless the model finds it outside the main text.
    by_share = groups >= EDGE_SHARE * of
    by_share &= np.add.reduceat(rows.score.astype(np.int64), first) < SURE_TEXT * total
    by_share &= (long == 0) | (groups >= MANY_GROUPS)
    by_share &= _is_one(rows.home, first)
    by_share &= _is_one(rows.exact, first)  # what differs in numbers says something of each
    is_template = (2 * outside >= total) | by_share
    is_template &= outside + edge >= MIN_SHARE_APART[favor] * total
    is_template &= groups >= MIN_GROUPS[favor]
    # Lines of one site have keys of their own, which say nothing of other sites.
    is_text = ~is_template & (groups >= MANY_GROUPS)
    is_text &= outside <= TEXT_OUTSIDE * total
    is_text &= site == text_key(CORPUS)
    return Templates(
        key=key[is_template],
        groups=groups[is_template],
        of=of[is_template],
        text=key[is_text],
    )


def _is_one(values: Array, first: Array) -> Array:
    """Return whether all rows of each line have one value, bool; `first` is where each begins."""
    return np.minimum.reduceat(values, first) == np.maximum.reduceat(values, first)


def join(parts: Sequence[Templates]) -> Templates:
    """Templates of several counts, which have no key in common, as one."""
    if not parts:
        return NONE
    key = np.concatenate([part.key for part in parts])
    groups = np.concatenate([part.groups for part in parts])
    of = np.concatenate([part.of for part in parts])
    text = np.concatenate([part.text for part in parts])
    order = np.argsort(key)
    return Templates(
        key=key[order],
        groups=groups[order],
        of=of[order],
        text=np.sort(text),
    )


def _sums(flags: Array, first: Array) -> Array:
    """Return how many rows of each line have a flag, int64; `first` is where each line begins."""
    return np.add.reduceat(flags.astype(np.int64), first)
