"""Which block of a document is its title: candidates near its top, scored by small trees over whole numbers.

A title shares words with the text below it, stands high up, is no date, label, caption or list item, and is not said of
every page. Where no candidate is likely enough, the document has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.judge.places import FAR, Columns, Places, sums
from pipeline.judge.rules.book import Hit
from pipeline.meta.lines import meta_line
from pipeline.text.blocks import VERBATIM, Kind
from pipeline.tokens import Array

NO_TITLES = (
    *(*VERBATIM, Kind.VERSE, Kind.TURN, Kind.LIST_ITEM, Kind.TERM, Kind.DEFINITION, Kind.CAPTION, Kind.SEPARATOR),
)
"""Kinds of blocks that are never a title: what they begin goes on in the next one."""
SURE, LIKELY, POSSIBLE = -1000, -4000, -3500
"""The best candidate of a document is its title from the first score on; from the second if it beats the next one by
`MARGIN`; and may be it, so that the model alone does not remove it, from the third."""
MARGIN = 1000
DIRECTLY, REPEATED, UNLIKELY = 4, 600, -7500
"""Within so many blocks above the first text, a candidate most of whose words, in thousandths, the text repeats may be the
title from the last score on."""
LOWEST = -(10**6)
LABEL_WORDS = 3
"""Words of a section's name"""
MAY_BE_TITLE, IS_TITLE = 1, 2
TOP, ABOVE, BELOW = 12, 40, 4
"""Blocks that may be a title: the first of the document, those above the first paragraph, and some below it."""
SENTENCE, STOPS = 6, (".", "。", "।")
"""Words from which what ends in a full stop is a sentence, and no title."""
MAX_WORDS, MAX_CHARS = 40, 300
BODY_CHARS = 4000
"""Code points of the main text whose words a title is held against."""
PROSE = 100
"""Letters of a block that may be the first paragraph."""
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,}")
_LABEL = re.compile(r"[^:：]{1,30}[:：]\s*\S")
_SITE = re.compile(r"\s[|–—·•»:-]\s|\s?[|»]\s?")
_OWN = (
    *(
        "letters",
        "words",
        "characters",
        "ends_stop",
        "ends_colon",
        "upper",
        "capitalised",
        "numbers",
        "years",
        "times",
        "domains",
    ),
    *("commas", "quotes", "sentences", "bars", "copies", "copies_before", "same_shape", "short_run", "place_in_run"),
    *(
        "document_lines",
        "document_prose",
        "document_short",
        "document_marked",
        "since_heading",
        "section_prose",
        "level",
    ),
    *("prose_below_1", "prose_below_3", "letters_below_1", "letters_above_1", "run_blocks", "prose_before"),
)
"""Features of the blocks themselves that the trees ask for."""
_SHOWN = (
    "title",
    "tag",
    "link_share",
    "bold_share",
    "in_header",
    "in_nav",
    "topic_title",
    "topic_head",
    "topic_nav",
    "title_distance",
    "depth",
)
"""What the tree of a page says, of a page."""


def title_features(
    texts: Sequence[str],
    columns: Mapping[str, Array],
    scores: Array,
    hits: Sequence[Sequence[Hit]],
    kinds: Array,
    places: Places,
    facts: Mapping[str, Array] | None,
) -> tuple[Array, Columns]:
    """(the blocks that may be titles, int64; every feature of each, by name, int64).

    `columns` are the blocks' `line_features`, `scores` the model's, `facts` a page's.
    """
    letters = columns["letters"]
    words = columns["words"]
    line = places.line
    from_start = line - places.first
    is_long = letters >= PROSE
    main = (scores > 0) & is_long
    # The first block of text of each document: of prose, and of any length.
    first = places.first_flagged(main)
    text = np.minimum(first, places.first_flagged(scores > 0))
    may_be = (words > 0) & (words <= MAX_WORDS)
    may_be &= columns["characters"] <= MAX_CHARS
    may_be &= ~np.isin(kinds, NO_TITLES)
    may_be &= ~((columns["sentences"] > 0) & is_long)
    is_near = from_start < TOP
    is_near |= (line >= first - ABOVE) & (line < first + BELOW)
    is_near |= (line >= text - DIRECTLY) & (line < text + BELOW)
    near = np.flatnonzero(may_be & is_near)
    # What looks at texts and rules one by one comes last, for the few that are left.
    marks = np.zeros((len(places), 2), dtype=np.int64)
    is_sentence = np.zeros(len(places), dtype=bool)
    for block in near.tolist():
        marks[block] = _mark(hits[block])
        is_sentence[block] = words[block] >= SENTENCE and texts[block].rstrip().endswith(STOPS)
    is_title = (marks[near, 0] < REMOVED) & ~is_sentence[near]
    where = near[is_title]
    of_quiet = sums(scores < -1000)
    to_first = np.where(first < places.stop, first - line, FAR)
    to_text = np.clip(text - line, -10, FAR)
    quiet_before_first = of_quiet.take(np.minimum(first, len(places)))
    between = quiet_before_first - of_quiet[:-1]
    is_heading = kinds == Kind.HEADING
    found: Columns = {name: columns[name].astype(np.int64) for name in _OWN}
    found |= {
        "from_start": from_start,
        "to_text": np.where(text < places.stop, to_text, FAR),
        "to_first": np.clip(to_first, -10, FAR),
        "between": np.where(first > line, between, -1),
        "score": scores.astype(np.int64),
        "score_above": places.shift(scores, -1, -5000),
        "score_below": places.shift(scores, 1, -5000),
        "gap": np.minimum(columns["gap"], 5),
        "gap_after": columns["gap_after"],
        "is_heading": is_heading.astype(np.int64),
        "is_item": (kinds == Kind.LIST_ITEM).astype(np.int64),
        "is_turn": (kinds == Kind.TURN).astype(np.int64),
        "is_caption": (kinds == Kind.CAPTION).astype(np.int64),
        "headings_before": places.before(sums(is_heading)),
        "marked": marks[:, 0],
        "category": marks[:, 1],
    }
    unknown = np.full(len(places), -1)
    for name in _SHOWN:
        found[f"dom_{name}"] = unknown if facts is None else facts[name].astype(np.int64)
    chosen = {name: values[where] for name, values in found.items()}
    return where, chosen | _wording(texts, where, main, places)


HINTED, REMOVED = 1, 2
"""What rules say of a block"""


def _mark(hits: Sequence[Hit]) -> tuple[int, int]:
    """How sure rules are that a block is cruft, and the first category that says so."""
    best = 0
    category = 0
    for hit in hits:
        value = REMOVED if hit.rule.verdict == "strike" else HINTED
        if value > best:
            best = value
            category = _CATEGORY[hit.rule.category]
    return best, category


_CATEGORY: dict[str, int] = {
    name: number
    for number, name in enumerate(
        (
            *("banner", "consent", "navigation", "section", "ticker", "share", "comments", "related", "newsletter"),
            *("media", "credit", "legal", "promo", "byline", "date", "access", "template"),
        ),
        1,
    )
}


def _wording(texts: Sequence[str], where: Array, main: Array, places: Places) -> Columns:
    """What the words of each candidate say: how many stand in the text, and whether it or its neighbours are meta lines."""
    document = places.document[where]
    names = (
        "overlap",
        "overlap_rank",
        "content_words",
        "is_meta",
        "meta_below",
        "meta_below_2",
        "meta_above",
        "label",
        "parts",
        "question",
    )
    table = np.zeros((len(where), len(names)), dtype=np.int64)
    edges = np.searchsorted(document, np.arange(len(places.offsets)))
    for number in np.unique(document).tolist():
        rows = range(int(edges[number]), int(edges[number + 1]))
        low = int(places.offsets[number])
        high = int(places.offsets[number + 1])
        body = _body(texts, np.flatnonzero(main[low:high]) + low)
        cache: dict[int, bool] = {}

        def is_meta(block: int, cache: dict[int, bool] = cache, low: int = low, high: int = high) -> bool:
            if block not in cache:
                cache[block] = low <= block < high and meta_line(texts[block]) is not None
            return cache[block]

        shares: list[int] = []
        for row in rows:
            block = int(where[row])
            own = content_words(texts[block])
            share = 1000 * len(own & body) // len(own) if own else -1
            shares.append(share)
            table[row] = (
                share,
                0,  # the rank is filled in below, when all shares are there
                len(own),
                is_meta(block),
                is_meta(block + 1),
                is_meta(block + 2),
                is_meta(block - 1),
                _LABEL.match(texts[block]) is not None,
                len(_SITE.findall(texts[block])),
                texts[block].rstrip().endswith(("?", "？")),
            )
        of_document = table[rows.start : rows.stop]
        # A share of few words says less.
        weight = np.array(shares) * np.minimum(of_document[:, 2], 8)
        of_document[:, 1] = [(weight > one).sum() for one in weight]
    return dict(zip(names, table.T, strict=True))


def content_words(text: str) -> frozenset[str]:
    """The words of four letters and more, and the pairs of neighbouring ideographs and kana."""
    words = {word.casefold() for word in _CONTENT.findall(text)}
    if not text.isascii():
        for run in _HAN.findall(text):
            words.update(map("".join, pairwise(run)))
    return frozenset(words)


def _body(texts: Sequence[str], blocks: Array) -> frozenset[str]:
    pieces: list[str] = []
    size = 0
    for block in blocks.tolist():
        pieces.append(texts[block])
        size += len(texts[block])
        if size > BODY_CHARS:
            break
    return content_words(" ".join(pieces))


class BestTitle(NamedTuple):
    """The best candidate of a document."""

    block: int
    """Its place in the document"""
    score: int
    certainty: int
    """`IS_TITLE`, `MAY_BE_TITLE` or 0"""


def best(where: Array, scores: Array, features: Mapping[str, Array], places: Places) -> list[BestTitle | None]:
    """For each document the candidate of the highest score, the first of equals; where that is the label of a section, the
    one below it. `where` and `features` as `title_features` gives them."""
    rows: list[int | None] = [None] * (len(places.offsets) - 1)
    seconds = [LOWEST] * len(rows)
    document = places.document[where]
    ascending = np.lexsort((-where, scores, document))
    for row in ascending.tolist():  # the best of each document comes last
        number = int(document[row])
        if (earlier := rows[number]) is not None:
            seconds[number] = int(scores[earlier])
        rows[number] = row
    found: list[BestTitle | None] = []
    for number, best_row in enumerate(rows):
        if best_row is None:
            found.append(None)
            continue
        score = int(scores[best_row])
        chosen = best_row + _is_label(best_row, where, scores, features)
        place = int(where[chosen] - places.offsets[number])
        certainty = _certainty(score, score - seconds[number])
        if not certainty:
            spoken = _spoken_of(document, number, scores, features)
            if spoken is not None:
                place = int(where[spoken] - places.offsets[number])
                certainty = MAY_BE_TITLE
        found.append(BestTitle(place, score, certainty))
    return found


def _spoken_of(document: Array, number: int, scores: Array, features: Mapping[str, Array]) -> int | None:
    """The best candidate that stands directly above the first text, most of whose words the text repeats."""
    low, high = np.searchsorted(document, (number, number + 1))
    rows = np.arange(low, high)
    distance = features["to_text"][rows]
    is_spoken_of = (distance > 0) & (distance <= DIRECTLY)
    is_spoken_of &= features["content_words"][rows] >= 2
    is_spoken_of &= features["overlap"][rows] >= REPEATED
    is_spoken_of &= scores[rows] >= UNLIKELY
    rows = rows[is_spoken_of]
    if not len(rows):
        return None
    best_row = rows[np.argmax(scores[rows])]
    return int(best_row)


def _is_label(row: int, where: Array, scores: Array, features: Mapping[str, Array]) -> bool:
    """Whether a candidate names the section that the title below it stands in."""
    below = row + 1
    return bool(
        below < len(where)
        and where[below] == where[row] + 1
        and scores[below] >= POSSIBLE
        and features["words"][row] <= LABEL_WORDS < features["words"][below]
        and features["overlap"][row] < features["overlap"][below]
        and not features["ends_stop"][below]
    )


def _certainty(score: int, margin: int) -> int:
    """How sure a title is, from its score and by how much it beats the next candidate."""
    if score >= SURE or (score >= LIKELY and margin >= MARGIN):
        return IS_TITLE
    return MAY_BE_TITLE if score >= POSSIBLE else 0
