"""What kind of page a document is: an article or another. It steers which model chooses its blocks.

Decided once a page, from all of its blocks and from what its head says, by sums of small trees over whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.judge.places import Columns, Places, ratio
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
    columns: Mapping[str, Array],
    form: Mapping[str, Array],
    scores: Array,
    about: Sequence[Sequence[int]],
    posts: Sequence[int],
    places: Places,
) -> Columns:
    """Every feature by name, int64 [documents].

    `columns` are the blocks' markup columns, `form` the form of the blocks, `scores` what they score as plain text; `about`
    has the values of `ABOUT` for each page, `posts` how many contributions each has.
    """
    letters = columns["letters"].astype(np.int64)
    documents = len(places.offsets) - 1
    count = np.maximum(np.diff(places.offsets), 1)
    all_letters = _sum(letters, places, documents)
    links = _sum(columns["dom_link_share"] * letters, places, documents)

    def by_letters(flags: Array) -> Array:
        return ratio(_sum(np.where(flags, letters, 0), places, documents), all_letters)

    def by_count(flags: Array) -> Array:
        return ratio(_sum(flags, places, documents), count)

    found: Columns = {}
    for topic in TOPIC_BIT:
        flags = columns[f"dom_topic_{topic}"] > 0
        found[f"letters_{topic}"] = by_letters(flags)
        found[f"blocks_{topic}"] = by_count(flags)
    for kind in Kind:
        flags = form["kind"] == kind
        name = kind.name.lower()
        found[f"letters_{name}"] = by_letters(flags)
        found[f"blocks_{name}"] = by_count(flags)
    for name in _WITHIN:
        found[name] = by_letters(columns[f"dom_{name}"] > 0)
    good = scores > 0
    kept = _sum(np.where(good, letters, 0), places, documents)
    # All blocks of a document have the same value. One without blocks has that of another; it is asked about nothing.
    first = np.minimum(places.offsets[:-1], max(len(places) - 1, 0))
    for name in _OF_DOCUMENT:
        values = columns[name].astype(np.int64)
        found[name] = values[first] if len(places) else np.zeros(documents, np.int64)
    found |= {
        "posts": np.array(posts, dtype=np.int64),
        "in_post": by_letters(form["post"] >= 0),
        "hidden": by_letters((form["flags"] & Flag.HIDDEN) > 0),
        "noscript": by_letters((form["flags"] & Flag.NOSCRIPT) > 0),
        "blocks": count,
        "letters": np.minimum(all_letters, 10**6),
        "links": links // np.maximum(all_letters, 1),
        "kept_mean": kept // np.maximum(_sum(good, places, documents), 1),
        "kept_paragraphs": by_letters(good & (form["kind"] == Kind.PARAGRAPH)),
        "copied": by_count(columns["copies"] > 1),
        "numbered": by_count(columns["numbers"] > 0),
        "series": _sum(np.minimum(columns["dom_series"], 50), places, documents) // count,
        "alike": _sum(np.minimum(columns["dom_alike"], 50), places, documents) // count,
    }  # fmt: skip
    table = np.array(about, dtype=np.int64).reshape(documents, len(ABOUT))
    for name, values in zip(ABOUT, table.T, strict=True):
        found[f"about_{name}"] = values
    return found


def _sum(values: Array, places: Places, documents: int) -> Array:
    """The sum over each document, int64."""
    total = np.bincount(places.document, weights=values, minlength=documents)
    return total.astype(np.int64)
