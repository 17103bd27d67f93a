"""Which block of a document is its title: candidates near its top, scored by small trees over whole numbers.

A title shares words with the text below it, stands high up, is no date, label, caption or list item, and is not said of
every page. Where no candidate is likely enough, the document has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.judge.beside import CATEGORIES, beside
from pipeline.judge.places import FAR, Columns, Places, Table, sums
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.judge.untitled import is_no_title
from pipeline.judge.wording import wording
from pipeline.match.core.packed import groups
from pipeline.meta import dates
from pipeline.text.blocks import VERBATIM, Kind
from pipeline.tokens import Array

NO_TITLES = (
    *(*VERBATIM, Kind.VERSE, Kind.TURN, Kind.LIST_ITEM, Kind.TERM, Kind.DEFINITION, Kind.CAPTION, Kind.SEPARATOR),
)
"""Kinds of blocks that are never a title: what they begin goes on in the next one."""

SURE, LIKELY, POSSIBLE = -1000, -2000, -3500
"""The best candidate of a document is its title from the first score on; from the second if it beats the next one by `MARGIN`;
from the third by `FAR_AHEAD`, above the text; and else may be it from the third, so that the model alone does not remove it."""
MARGIN, FAR_AHEAD = 1000, 3000
DIRECTLY, REPEATED, UNLIKELY = 4, 600, -7500
"""Within so many blocks above the first text, a candidate most of whose words, in thousandths, the text repeats may be the
title from the last score on."""
LOWEST = -(10**6)
"""The score of the next candidate where there is none."""
LABEL_WORDS = 3
"""Words of a section's name"""
MAY_BE_TITLE, IS_TITLE = 1, 2
TOP, ABOVE, BELOW = 12, 40, 4
"""Blocks that may be a title: the first of the document, those above the first paragraph, and some below it."""
ABOVE_TEXT = 15
"""Likewise above the first text, which may be no paragraph: a list, a table, short lines"""
SENTENCE, STOPS = 6, (".", "。", "।")
"""Words from which what ends in a full stop is a sentence, and no title; nor is what says two days."""
MAX_WORDS, MAX_CHARS = 40, 300
PROSE = 100
"""Letters of a block that may be the first paragraph."""
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
    columns: Table,
    scores: Array,
    hits: Hits,
    is_struck: Array,
    kinds: Array,
    places: Places,
    facts: Table | None,
) -> tuple[Array, Columns]:
    """(the blocks that may be titles, int64; every feature of each, by name, int64).

    `columns` are the blocks' `line_features`, `scores` the model's, `is_struck` what `struck` says of `hits`, `facts` a page's.
    """
    is_text = scores > 0
    is_text &= ~is_struck
    is_prose = columns["letters"] >= PROSE
    is_main = is_text & is_prose
    # The first block of text of each document: of prose, and of any length.
    first = places.first_flagged(is_main)
    first_text = places.first_flagged(is_text)
    text = np.minimum(first, first_text)
    may_be = _may_be(columns, kinds)
    may_be &= _is_near(first, text, places)
    near = np.flatnonzero(may_be)
    # What looks at texts and rules one by one comes last, for the few that are left.
    where: list[int] = []
    marks: list[tuple[int, int]] = []
    is_long = columns["words"][near] >= SENTENCE
    has_years = columns["years"][near] > 1
    told = zip(near.tolist(), is_long.tolist(), has_years.tolist(), places.stop[near].tolist(), strict=True)
    for block, is_long_one, has_years_one, stop in told:
        hits_of_block = hits[block]
        how_sure, category = _mark(hits_of_block) if hits_of_block else (0, 0)
        own = texts[block]
        is_sentence = is_long_one and own.rstrip().endswith(STOPS)
        if how_sure >= REMOVED or is_sentence:
            continue
        if has_years_one and len(dates.find(own)) > 1:
            continue
        if not is_no_title(texts, block, stop):
            where.append(block)
            marks.append((how_sure, category))
    found = _standing(first, text, scores, places)
    found |= _kinds(kinds, places)
    # From here on a row a candidate
    blocks = np.array(where, dtype=np.int64)
    chosen = {name: values[blocks] for name, values in found.items()}
    chosen |= {name: columns[name][blocks].astype(np.int64) for name in _OWN}
    chosen["gap"] = np.minimum(columns["gap"][blocks], 5)
    chosen["gap_after"] = columns["gap_after"][blocks]
    unknown = np.full(len(blocks), -1)
    for name in _SHOWN:
        shown = unknown if facts is None else facts[name][blocks]
        chosen[f"dom_{name}"] = shown.astype(np.int64)
    # Two columns, of no row where there is no candidate
    table = np.array(marks, dtype=np.int64).reshape(-1, 2)
    chosen["marked"] = table[:, 0]
    chosen["category"] = table[:, 1]
    chosen |= wording(texts, blocks, is_main, places)
    if facts is None:  # a page says it in its tree
        chosen |= beside(texts, blocks, chosen["overlap"], columns, hits, places)
    return blocks, chosen


def struck(hits: Hits) -> Array:
    """bool [blocks]: which a rule removes wherever they stand: no text begins with them, whatever the model makes of them."""
    blocks = [block for block, found in enumerate(hits) if found and any(hit.rule.is_sure for hit in found)]
    is_struck = np.zeros(len(hits), dtype=bool)
    is_struck[blocks] = True
    return is_struck


def _may_be(columns: Table, kinds: Array) -> Array:
    """bool [blocks]: which are short enough for a title, and of no kind that is none."""
    words = columns["words"]
    is_prose = columns["letters"] >= PROSE
    is_prose &= columns["sentences"] > 0
    may_be = (words > 0) & (words <= MAX_WORDS)
    may_be &= columns["characters"] <= MAX_CHARS
    may_be &= ~np.isin(kinds, NO_TITLES)
    may_be &= ~is_prose
    return may_be


def _is_near(first: Array, text: Array, places: Places) -> Array:
    """bool [blocks]: which stand at the top of their document, or near the block of text that it begins with.

    `first`, `text`: int64 [blocks], the first block of prose of the document, and of any text
    """
    line = places.line
    from_start = line - places.first
    from_first = line - first
    from_text = line - text
    is_near: Array = from_start < TOP
    is_near |= (from_first >= -ABOVE) & (from_first < BELOW)
    is_near |= (from_text >= -ABOVE_TEXT) & (from_text < BELOW)
    return is_near


def _standing(first: Array, text: Array, scores: Array, places: Places) -> Columns:
    """Where each block stands to the beginning of the document and of the text, and what its neighbours score.

    `first`, `text`: int64 [blocks], the first block of prose of the document, and of any text
    """
    line = places.line
    has_first = first < places.stop
    has_text = text < places.stop
    to_first = np.where(has_first, first - line, FAR)
    to_text = np.clip(text - line, -10, FAR)
    is_quiet = scores < -1000
    of_quiet = sums(is_quiet)
    quiet_before_first = of_quiet.take(np.minimum(first, len(places)))
    between = quiet_before_first - of_quiet[:-1]
    is_above = first > line
    return {
        "from_start": line - places.first,
        "to_text": np.where(has_text, to_text, FAR),
        "to_first": np.clip(to_first, -10, FAR),
        "between": np.where(is_above, between, -1),
        "score": scores.astype(np.int64),
        "score_above": places.shift(scores, -1, -5000),
        "score_below": places.shift(scores, 1, -5000),
    }


def _kinds(kinds: Array, places: Places) -> Columns:
    """Of which kind each block is, and how many headings stand before it."""
    is_heading = kinds == Kind.HEADING
    columns = {
        "is_heading": is_heading,
        "is_item": kinds == Kind.LIST_ITEM,
        "is_turn": kinds == Kind.TURN,
        "is_caption": kinds == Kind.CAPTION,
        "headings_before": places.before(sums(is_heading)),
    }
    return {name: column.astype(np.int64) for name, column in columns.items()}


HINTED, REMOVED = 1, 2
"""What rules say of a block"""


def _mark(hits: Sequence[Hit]) -> tuple[int, int]:
    """How sure rules are that a block is cruft, and the first category that says so."""
    best = 0
    category = 0
    for hit in hits:
        if hit.rule.says_nothing_alone:
            continue
        value = REMOVED if hit.rule.verdict == "strike" else HINTED
        if value > best:
            best = value
            category = CATEGORIES[hit.rule.category]
    return best, category


class BestTitle(NamedTuple):
    """The best candidate of a document."""

    block: int
    """Its place in the document"""
    score: int
    certainty: int
    """`IS_TITLE`, `MAY_BE_TITLE` or 0"""
    next: int | None
    """The place of the candidate that is the title where the best one is said of every page of a site"""
    next_certainty: int
    beside: tuple[int, ...]
    """The places of candidates right above and below it that may be the title in its stead, where it is not sure"""


def best(where: Array, scores: Array, features: Table, places: Places) -> list[BestTitle | None]:
    """For each document the candidate of the highest score, the first of equals; where that is the label of a section, the
    one below it. `where` and `features` as `title_features` gives them."""
    documents = len(places.offsets) - 1
    found: list[BestTitle | None] = [None] * documents
    document = places.document[where]
    worse_last = -scores.astype(np.int64)
    descending = np.lexsort((where, worse_last, document))
    first, size = groups(document[descending])
    for low, count in zip(first.tolist(), size.tolist(), strict=True):
        row = int(descending[low])
        score = int(scores[row])
        rivals = descending[low + 1 : low + count]
        chosen = _named_above(row, rivals, scores, features)
        if chosen == row:
            chosen += _is_label(row, where, scores, features)
        second = _rival(chosen, descending[low : low + count], where, scores, features)
        certainty = _certainty(score, score - second, is_above=features["to_first"][chosen] > 0)
        number = int(document[row])
        if not certainty:
            spoken = _spoken_of(document, number, scores, features)
            if spoken is not None:
                chosen = spoken
                certainty = MAY_BE_TITLE
        own = descending[low : low + count]
        after, after_certainty = _next(chosen, own, scores)
        is_near = (scores[own] >= POSSIBLE) & (np.abs(where[own] - where[chosen]) == 1)
        near = own[is_near] if certainty == MAY_BE_TITLE else own[:0]
        first_of_document = int(places.offsets[number])
        found[number] = BestTitle(
            block=int(where[chosen]) - first_of_document,
            score=score,
            certainty=certainty,
            next=None if after is None else int(where[after]) - first_of_document,
            next_certainty=after_certainty,
            beside=tuple(int(where[row]) - first_of_document for row in near.tolist()),
        )
    return found


def _rival(chosen: int, descending: Array, where: Array, scores: Array, features: Table) -> int:
    """The score of the next candidate; a section's name right above the title is none."""
    words, overlap = features["words"], features["overlap"]
    for row in descending[:3].tolist():
        is_above = where[row] == where[chosen] - 1
        is_label = is_above and words[row] <= LABEL_WORDS < words[chosen] and overlap[row] < overlap[chosen]
        if row != chosen and not is_label:
            return int(scores[row])
    return LOWEST


def _next(chosen: int, descending: Array, scores: Array) -> tuple[int | None, int]:
    """The best candidate of a document beside the chosen one, and how sure it is where that one is no title: with the best
    rival gone it need not be as sure. `descending`: all, the best first."""
    others = [row for row in descending[:3].tolist() if row != chosen]
    if not others:
        return None, 0
    score = int(scores[others[0]])
    if score < POSSIBLE:
        return None, 0
    second = int(scores[others[1]]) if len(others) > 1 else LOWEST
    is_sure = score >= LIKELY or score - second >= MARGIN
    return others[0], IS_TITLE if is_sure else MAY_BE_TITLE


def _spoken_of(document: Array, number: int, scores: Array, features: Table) -> int | None:
    """The best candidate that stands directly above the first text, most of whose words the text repeats."""
    low, high = np.searchsorted(document, (number, number + 1))
    own = slice(low, high)
    own_scores = scores[own]
    distance = features["to_text"][own]
    is_spoken_of = (distance > 0) & (distance <= DIRECTLY)
    is_spoken_of &= features["content_words"][own] >= 2
    is_spoken_of &= features["overlap"][own] >= REPEATED
    is_spoken_of &= own_scores >= UNLIKELY
    candidates = np.flatnonzero(is_spoken_of)
    if not len(candidates):
        return None
    best_one = np.argmax(own_scores[candidates])
    return int(low + candidates[best_one])


def _named_above(row: int, rivals: Array, scores: Array, features: Table) -> int:
    """The candidate itself; where it has but a word or two and the text repeats none of them, as a label of a list has, the best
    of the longer ones above it that score nearly as much."""
    if features["words"][row] >= LABEL_WORDS or features["overlap"][row] > 0:
        return row
    for rival in rivals.tolist():
        if scores[rival] < scores[row] - MARGIN:
            break
        if rival < row and features["words"][rival] >= LABEL_WORDS:
            return int(rival)
    return row


def _is_label(row: int, where: Array, scores: Array, features: Table) -> bool:
    """Whether a candidate names the section that the title below it stands in."""
    below = row + 1
    is_followed = below < len(where) and where[below] == where[row] + 1
    if not is_followed:
        return False
    words = features["words"]
    overlap = features["overlap"]
    is_short = words[row] <= LABEL_WORDS < words[below]
    # The text speaks of what its title says, and not of the section.
    is_less_said = overlap[row] < overlap[below]
    may_be_title = scores[below] >= POSSIBLE and not features["ends_stop"][below]
    return bool(is_short and is_less_said and may_be_title)


def _certainty(score: int, margin: int, *, is_above: bool) -> int:
    """How sure a title is, from its score, by how much it beats the next candidate, and whether it stands above the text."""
    if score < POSSIBLE:
        return 0
    is_sure = score >= SURE or (score >= LIKELY and margin >= MARGIN) or (is_above and margin >= FAR_AHEAD)
    return IS_TITLE if is_sure else MAY_BE_TITLE
