"""What kind of page a document is: an article or another. It steers which model chooses its blocks.

Decided once a page, from all of its blocks and from what its head says, by sums of small trees over whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.judge.places import Columns, Places, Table, ratio
from pipeline.text.blocks import Flag, Kind
from pipeline.text.html.about import ABOUT
from pipeline.text.html.hints import TOPIC_BIT
from pipeline.tokens import Array

_WITHIN = ("in_p", "in_article", "in_main", "in_li", "in_table", "in_form", "in_aside")
_OF_DOCUMENT = (
    *("document_prose", "document_short", "document_mean", "document_marked", "document_dates", "document_headings"),
    *("text_best", "text_text_share", "text_text_lines", "text_cruft_share", "text_text", "text_letter_span_share"),
    "text_span_share",
)  # fmt: skip
"""Features of blocks that are the same for all of a document."""


def page_features(
    columns: Table,
    form: Table,
    scores: Array,
    about: Sequence[Sequence[int]],
    posts: Sequence[int],
    places: Places,
) -> Columns:
    """Every feature by name, int64 [documents].

    `columns` are the blocks' markup columns, `form` the form of the blocks, `scores` what they score as plain text; `about`
    has the values of `ABOUT` for each page, `posts` how many contributions each has.
    """
    shares = _PageShares(columns["letters"].astype(np.int64), places)
    found: Columns = {}
    for topic in TOPIC_BIT:
        is_on_topic = columns[f"dom_topic_{topic}"] > 0
        found |= shares.columns(topic, is_on_topic)
    for kind in Kind:
        is_of_kind = form["kind"] == kind
        found |= shares.columns(kind.name.lower(), is_of_kind)
    for name in _WITHIN:
        is_within = columns[f"dom_{name}"] > 0
        found[name] = shares.of_letters(is_within)
    found |= _same_for_all_blocks(columns, places)
    found |= _whole_pages(columns, form, scores, shares)
    found["posts"] = np.array(posts, dtype=np.int64)
    said = np.array(about, dtype=np.int64)
    table = said.reshape(shares.documents, len(ABOUT))
    for name, values in zip(ABOUT, table.T, strict=True):
        found[f"about_{name}"] = values
    return found


class _PageShares:
    """How much of each document some of its blocks make up."""

    def __init__(self, letters: Array, places: Places) -> None:
        """`letters`: int64 [blocks]"""
        self._letters = letters
        self._document = places.document
        self.documents = len(places.offsets) - 1
        self.blocks = np.maximum(np.diff(places.offsets), 1)
        """int64 [documents], at least 1"""
        self.letters = self.total(letters)
        """int64 [documents]"""

    def total(self, values: Array) -> Array:
        """The sum over each document of what is given for its blocks, int64."""
        total = np.bincount(self._document, weights=values, minlength=self.documents)
        return total.astype(np.int64)

    def letters_of(self, flags: Array) -> Array:
        """The letters of the flagged blocks of each document."""
        return self.total(np.where(flags, self._letters, 0))

    def of_letters(self, flags: Array) -> Array:
        """The share of each document's letters that stand in its flagged blocks, in thousandths."""
        return ratio(self.letters_of(flags), self.letters)

    def of_blocks(self, flags: Array) -> Array:
        """The share of its blocks that are flagged."""
        return ratio(self.total(flags), self.blocks)

    def columns(self, name: str, flags: Array) -> Columns:
        """Both shares, by name."""
        return {
            f"letters_{name}": self.of_letters(flags),
            f"blocks_{name}": self.of_blocks(flags),
        }


def _same_for_all_blocks(columns: Table, places: Places) -> Columns:
    """The columns `_OF_DOCUMENT`, of which all blocks of a document have the same value, one a document.

    A document without blocks has the value of another; it is asked about nothing.
    """
    documents = len(places.offsets) - 1
    if not len(places):
        return {name: np.zeros(documents, np.int64) for name in _OF_DOCUMENT}
    found: Columns = {}
    last = len(places) - 1
    first = np.minimum(places.offsets[:-1], last)
    for name in _OF_DOCUMENT:
        of_first = columns[name][first]
        found[name] = of_first.astype(np.int64)
    return found


def _whole_pages(columns: Table, form: Table, scores: Array, shares: _PageShares) -> Columns:
    """What else there is to say of a page as a whole.

    `columns`, `form`, `scores`: of the blocks, as in `page_features`
    """
    is_hidden = form["flags"] & Flag.HIDDEN
    is_noscript = form["flags"] & Flag.NOSCRIPT
    is_paragraph = form["kind"] == Kind.PARAGRAPH
    is_good = scores > 0
    good_letters = shares.letters_of(is_good)
    good_blocks = shares.total(is_good)
    letters = columns["letters"].astype(np.int64)
    in_links = columns["dom_link_share"] * letters
    links = shares.total(in_links)
    # A long list says no more than one of fifty.
    series = shares.total(np.minimum(columns["dom_series"], 50))
    alike = shares.total(np.minimum(columns["dom_alike"], 50))
    is_in_post = form["post"] >= 0
    is_copied = columns["copies"] > 1
    has_number = columns["numbers"] > 0
    return {
        "in_post": shares.of_letters(is_in_post),
        "hidden": shares.of_letters(is_hidden > 0),
        "noscript": shares.of_letters(is_noscript > 0),
        "blocks": shares.blocks,
        "letters": np.minimum(shares.letters, 10**6),
        "links": links // np.maximum(shares.letters, 1),
        "kept_mean": good_letters // np.maximum(good_blocks, 1),
        "kept_paragraphs": shares.of_letters(is_good & is_paragraph),
        "copied": shares.of_blocks(is_copied),
        "numbered": shares.of_blocks(has_number),
        "series": series // shares.blocks,
        "alike": alike // shares.blocks,
    }
