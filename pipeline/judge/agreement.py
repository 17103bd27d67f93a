"""What a document's lines, once scored, say of one another: the features of the model's second look.

A line that scores low amid high ones is a heading or a list item; a high one far from the others is a reader's
comment or a teaser. And text speaks of the same things throughout: a line whose words stand in lines that are surely
text is likely text.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.places import SUBSTANTIAL, Columns, Places, ratio, sums
from pipeline.tokens import MULTIPLIER, Array, Tokens, mix64

SURE = 1000
"""From this score on, a line is surely text; down to its negative, surely not."""
LIMIT = 4000
"""Scores beyond are no surer."""
NO_SCORE = -5000
FAR = 9999
"""Letters to something that is not there."""
WORD = 4
"""A shorter word says little of what a text is about."""


def agreement(scores: Array, letters: Array, tokens: Tokens, places: Places) -> Columns:
    """Every feature by name, int64 [lines].

    `scores` are those of the first look, `letters` as `own_features` counts them, `tokens` the lines' words.
    """
    scores = scores.astype(np.int64)
    columns: Columns = {"score": scores}
    for by in (-4, -3, -2, -1, 1, 2, 3, 4):
        columns[f"score@{by:+d}"] = places.shift(scores, by, NO_SCORE)
    columns |= _amid(scores, letters, places)
    columns |= _runs(scores, letters, places)
    bounded = np.clip(scores, -LIMIT, LIMIT)
    weighted = (bounded - SURE) * np.minimum(letters, 200) // 100
    for name, gains in (("span", bounded), ("letter_span", weighted)):
        columns |= {f"{name}_{key}": column for key, column in _best_span(gains, letters, places).items()}
    return columns | _vocabulary(scores, tokens, places)


def _amid(scores: Array, letters: Array, places: Places) -> Columns:
    """How the lines around score, and how the whole document does."""
    good = scores > 0
    of_scores = sums(np.clip(scores, -LIMIT, LIMIT))
    of_text, of_letters = sums(np.where(good, letters, 0)), sums(letters)
    all_text, all_letters = places.whole(of_text), places.whole(of_letters)
    best = places.highest(np.where(letters >= SUBSTANTIAL, scores, -(10**6)))
    last, following = places.last(good), places.next(good)
    columns = {
        "score_below_best": np.clip(scores - best, -5 * LIMIT, 5 * LIMIT),
        "best": np.maximum(best, -10_000),
        "text": np.minimum(all_text, 10**6),
        "text_share": ratio(all_text, all_letters),
        "text_lines": places.whole(sums(good)),
        "cruft_share": ratio(places.whole(sums(np.where(scores < -SURE, letters, 0))), all_letters),
        "text_before": np.minimum(places.before(of_text), 10**6),
        "text_after": np.minimum(places.after(of_text), 10**6),
        "since_text": np.where(last < places.first, FAR, np.minimum(of_letters[:-1] - of_letters.take(last + 1), FAR)),
        "until_text": np.where(
            following >= places.stop, FAR, np.minimum(of_letters.take(following) - of_letters[1:], FAR)
        ),
    }
    for reach in (2, 3, 5, 10, 20):
        above, below = places.line - places.first, places.stop - 1 - places.line
        columns[f"mean_above_{reach}"] = places.window(of_scores, reach, -1) // np.clip(above, 1, reach)
        columns[f"mean_below_{reach}"] = places.window(of_scores, -1, reach) // np.clip(below, 1, reach)
    for reach in (5, 10, 20):
        columns[f"text_above_{reach}"] = places.window(of_text, reach, -1)
        columns[f"text_below_{reach}"] = places.window(of_text, -1, reach)
    return columns


def _runs(scores: Array, letters: Array, places: Places) -> Columns:
    """The run of lines on the same side of even odds, and the letters of the runs before and after it."""
    good = scores > 0
    turn = np.ones(len(places), dtype=bool)
    turn[1:] = (good[1:] != good[:-1]) | (places.document[1:] != places.document[:-1])
    run = np.cumsum(turn) - 1
    start = np.flatnonzero(turn)
    lines = np.diff(np.append(start, len(places)))
    of_runs = np.add.reduceat(letters, start) if len(start) else letters
    runs = Places(np.searchsorted(start, places.offsets))
    return {
        "run_lines": lines[run],
        "run_letters": of_runs[run],
        "place_in_run": places.line - start[run],
        "letters_of_run_above": runs.shift(of_runs, -1, -1)[run],
        "letters_of_run_below": runs.shift(of_runs, 1, -1)[run],
    }


def _best_span(gains: Array, letters: Array, places: Places) -> Columns:
    """The stretch of lines of the largest sum of `gains`, and where the line stands to it."""
    documents = len(places.offsets) - 1
    document = places.document.astype(np.int64)
    total = sums(gains)
    apart = document << 40  # so that a running minimum starts anew in each document
    before = total[:-1] - apart
    lowest = np.minimum.accumulate(before)
    start_at = np.maximum.accumulate(np.where(before == lowest, places.line, -1))
    gain = total[1:] - (lowest + apart)
    found = np.flatnonzero(gain == places.highest(gain))[::-1]
    end = np.zeros(documents, dtype=np.int64)
    end[document[found]] = found
    last = end[document]
    first = start_at[last]
    of_letters = sums(letters)
    above, below = of_letters[first] - of_letters[1:], of_letters[:-1] - of_letters[last]
    outside = np.where(places.line > last, below, np.where(places.line < first, above, -1))
    return {
        "in": ((places.line >= first) & (places.line <= last)).astype(np.int64),
        "from_start": np.clip(places.line - first, -200, 200),
        "to_end": np.clip(last - places.line, -200, 200),
        "letters_off": outside,
        "share": ratio(of_letters[last + 1] - of_letters[first], places.whole(of_letters)),
    }


def _vocabulary(scores: Array, tokens: Tokens, places: Places) -> Columns:
    """How many of a line's words, and of those around, stand in other lines that are surely text.

    In scripts without spaces, pairs of characters stand for words. Words are counted in a table of slots for each
    document, by hash; few share one.
    """
    documents = len(places.offsets) - 1
    line = np.repeat(places.line, np.diff(tokens.offsets))
    words, joined = tokens.hash.copy(), np.zeros(len(line), dtype=bool)
    joined[:-1] = (line[1:] == line[:-1]) & (tokens.start[1:] == tokens.end[:-1])
    words[:-1] = np.where(joined[:-1], mix64(words[:-1] * np.uint64(MULTIPLIER) + words[1:]), words[:-1])
    telling = joined | (tokens.end - tokens.start >= WORD)
    document = places.document[line]
    bits = np.frexp(np.maximum(4 * np.bincount(document, minlength=documents), 64) - 1)[1].astype(np.int64)
    base = sums(np.int64(1) << bits)
    mask = (np.int64(1) << bits[document]) - 1
    slot = base[document] + (words & mask.astype(np.uint64)).astype(np.int64)
    sure = (scores[line] > SURE) & telling
    said = np.bincount(slot[sure], minlength=int(base[-1]))
    known = telling & (said[slot] > sure)
    of_telling = np.bincount(line[telling], minlength=len(places))
    of_known = np.bincount(line[known], minlength=len(places))
    part, whole = sums(of_known), sums(of_telling)
    columns = {"telling_words": of_telling, "known_words": ratio(of_known, of_telling)}
    for name, (before, after) in {"near": (1, 1), "around": (3, 3), "above": (5, -1), "below": (-1, 5)}.items():
        columns[f"known_{name}"] = ratio(places.window(part, before, after), places.window(whole, before, after))
    return columns
