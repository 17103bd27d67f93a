"""The contributions to a thread are judged together.

Where contributions are the text of a page, what is said in one of them is text because it is in the others: a short answer
far down has the fate of the first one. So the blocks of one part of them (the words, the name above, the buttons below) have
the mean score of all, and what scores far below the words is no text.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.choose import NOTHING, RANGE, probabilities
from pipeline.judge.markup import PART
from pipeline.judge.places import LIMIT, SURE, Places, Table, sums
from pipeline.text.blocks import IS_VERBATIM
from pipeline.tokens import Array

LONG = 1000
"""Letters of a block that count where it is asked what the text of a page is"""
WIDE = 200
"""Letters of a block that count in the mean of its part"""
LINKED, NO_BUTTON = 300, 20
"""At most so many thousandths of contributions are links, in blocks of so many letters: of cards that lead to other pages,
more are."""
BESIDE = 700
"""A part that scores so much below the words stands beside them: names, dates, signatures, buttons."""
NOTES = 3500
"""Comments on an answer score at most so much below the answers."""


def in_thread(scores: Array, letters: Array, facts: Table, places: Places) -> Array:
    """bool [blocks]: which stand in contributions that are the text of their page: more than half of what is expected of
    it. `facts` has `PART` and how much of each block is links; the cards of a listing are no contributions."""
    inside = facts[PART] >= 0
    if not inside.any():
        return inside
    likely = probabilities(scores)
    hoped = likely * np.minimum(letters, LONG)
    hoped_inside = np.where(inside, hoped, 0)
    of_thread = places.whole(sums(hoped_inside))
    of_page = places.whole(sums(hoped))
    is_text = 2 * of_thread > of_page
    # Every contribution has buttons, which are links.
    is_counted = inside & (letters >= NO_BUTTON)
    counted = np.where(is_counted, letters, 0)
    in_links = counted * facts["link_share"]
    all_in_links = places.whole(sums(in_links))
    all_counted = places.whole(sums(counted))
    is_card = all_in_links > LINKED * all_counted
    return inside & is_text & ~is_card


def together(scores: Array, letters: Array, form: Table, facts: Table, inside: Array, places: Places) -> Array:
    """int32 [blocks]: the scores, where the blocks `inside` a thread have those of their parts. `form` has the columns `kind`
    and `post`, `facts` those of `PART` and of the topic of comments."""
    rows = np.flatnonzero(inside)
    if not len(rows):
        return scores
    # No code is a part of its own, and none is beside the words.
    kind = form["kind"][rows]
    verbatim = IS_VERBATIM[kind]
    counted = np.where(verbatim, 0, letters[rows])
    post = form["post"][rows]
    part = facts[PART][rows]
    document = places.document[rows]
    parts = _Parts(scores[rows], counted, post, part, document)
    words = parts.words(~verbatim)
    of_words = parts.highest(words)
    # A comment on an answer is a contribution, too, and what it says stands in an element of another name.
    may_be_note = facts["topic_comment"][rows] > 0
    may_be_note &= ~verbatim
    may_be_note &= ~parts.of_contribution(words)
    may_be_note &= parts.below(words)
    notes = parts.words(may_be_note)
    notes &= parts.mean > of_words - NOTES
    beside = parts.mean < of_words - BESIDE
    # What people say is surely text; what stands beside it is surely none, whatever the model thinks of a name or a button.
    for_beside = np.minimum(parts.mean, -LIMIT)
    found = np.where(beside, for_beside, parts.mean)
    is_said = words | notes | verbatim
    for_said = np.maximum(of_words, SURE)
    found = np.where(is_said, for_said, found)
    joined = scores.copy()
    joined[rows] = found
    return joined


class _Parts:
    """Blocks in threads, by the part of a contribution that each is. Every result has a value for each block."""

    def __init__(self, scores: Array, letters: Array, post: Array, part: Array, document: Array) -> None:
        self._document = document
        self._documents = int(document.max()) + 1
        # Parts and contributions are numbered anew in each document: here they are counted through all of them.
        upper = document << 32
        _, self._part = np.unique(upper + part, return_inverse=True)
        _, self._post = np.unique(upper + post, return_inverse=True)
        bounded = np.clip(scores.astype(np.int64), -RANGE, RANGE)
        weight = np.minimum(letters, WIDE)
        likely = probabilities(bounded)
        self._hoped = likely * weight
        total = self._sum(self._part, bounded * weight)
        weight_of_part = self._sum(self._part, weight)
        mean_of_part = total // np.maximum(weight_of_part, 1)
        self.mean = mean_of_part[self._part]

    def words(self, which: Array) -> Array:
        """bool: the blocks that are the words of contributions, of those flagged in `which`: the part of which most is
        expected, among those that nearly all of the contributions have."""
        hoped_of_which = np.where(which, self._hoped, 0)
        hoped = self._sum(self._part, hoped_of_which)
        speakers = self._speakers(self._part, which)[self._part]
        all_speakers = self._speakers(self._document, which)[self._document]
        share = 100 * speakers // np.maximum(all_speakers, 1)
        # Squared: of a part that half of the contributions lack no more than a quarter counts.
        value = hoped[self._part] * share * share
        most = np.zeros(self._documents, dtype=np.int64)
        np.maximum.at(most, self._document, value)
        is_most = value == most[self._document]
        return which & is_most & (value > 0)

    def highest(self, which: Array) -> Array:
        """int64: the best mean of the blocks flagged in `which` in the same document."""
        best = np.full(self._documents, NOTHING, dtype=np.int64)
        document = self._document[which]
        np.maximum.at(best, document, self.mean[which])
        return best[self._document]

    def of_contribution(self, which: Array) -> Array:
        """bool: whether a block of the same contribution is flagged in `which`."""
        flagged = self._sum(self._post, which)
        return flagged[self._post] > 0

    def below(self, which: Array) -> Array:
        """bool: whether the block stands below one of the document that is flagged in `which`."""
        row = np.arange(len(which))
        first = np.full(self._documents, len(which))
        document = self._document[which]
        np.minimum.at(first, document, row[which])
        return row > first[self._document]

    def _speakers(self, group: Array, which: Array) -> Array:
        """int64: of how many contributions each group has blocks that are flagged in `which`."""
        upper = group[which] << 32
        pairs = set((upper + self._post[which]).tolist())
        groups = int(group.max()) + 1
        return np.bincount(np.fromiter(pairs, np.int64, len(pairs)) >> 32, minlength=groups)

    def _sum(self, group: Array, values: Array) -> Array:
        """int64: the sum of each group; whole numbers below 2^53 add up exactly."""
        groups = int(group.max()) + 1
        total = np.bincount(group, weights=values, minlength=groups)
        return total.astype(np.int64)
