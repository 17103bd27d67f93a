"""What a document's lines, once scored, say of one another: the features of the model's second look.

A line that scores low amid high ones is a heading or a list item; a high one far from the others is a reader's
comment or a teaser. And text speaks of the same things throughout: a line whose words stand in lines that are surely
text is likely text.
"""

from __future__ import annotations

import numpy as np

from pipeline.judge.places import LIMIT, SUBSTANTIAL, SURE, Columns, Places, ratio, sums
from pipeline.tokens import MULTIPLIER, Array, Tokens, mix64

NO_SCORE = -5000
FAR_IN_LETTERS = 9999
"""Letters to something that is not there."""
WORD = 4
"""A shorter word says little of what a text is about."""


def agreement(scores: Array, letters: Array, tokens: Tokens, places: Places) -> Columns:
    """Every feature by name, int64 [lines].

    `scores` are those of the first look, `letters` as `own_features` counts them, `tokens` the lines' words.
    """
    scores = scores.astype(np.int64)
    columns: Columns = {"score": scores}
    columns |= places.shifts("score", scores, (-4, -3, -2, -1, 1, 2, 3, 4), NO_SCORE)
    columns |= _amid(scores, letters, places)
    columns |= _runs(scores, letters, places)
    # Two stretches that are best: by lines, and by letters, where a line has to be surely text to count for it.
    bounded = np.clip(scores, -LIMIT, LIMIT)
    weight = np.minimum(letters, 200)  # a long line counts for more, but not for all
    weighted = (bounded - SURE) * weight // 100
    for name, gains in (("span", bounded), ("letter_span", weighted)):
        span = _best_span(gains, letters, places)
        columns |= {f"{name}_{key}": column for key, column in span.items()}
    return columns | _vocabulary(scores, tokens, places)


def _amid(scores: Array, letters: Array, places: Places) -> Columns:
    """How the lines around score, and how the whole document does."""
    good = scores > 0
    bad = scores < -SURE
    of_scores = sums(np.clip(scores, -LIMIT, LIMIT))
    of_letters = sums(letters)
    of_text = sums(np.where(good, letters, 0))
    of_cruft = sums(np.where(bad, letters, 0))
    all_letters = places.whole(of_letters)
    all_text = places.whole(of_text)
    # The best of a few letters, a button say, is no measure for the others.
    substantial = np.where(letters >= SUBSTANTIAL, scores, -(10**6))
    best = places.highest(substantial)
    columns = {
        "score_below_best": np.clip(scores - best, -5 * LIMIT, 5 * LIMIT),
        "best": np.maximum(best, -10_000),
        "text": np.minimum(all_text, 10**6),
        "text_share": ratio(all_text, all_letters),
        "text_lines": places.whole(sums(good)),
        "cruft_share": ratio(places.whole(of_cruft), all_letters),
        "text_before": np.minimum(places.before(of_text), 10**6),
        "text_after": np.minimum(places.after(of_text), 10**6),
        "since_text": _letters_since(good, of_letters, places),
        "until_text": _letters_until(good, of_letters, places),
    }
    above = places.line - places.first
    below = places.stop - 1 - places.line
    for reach in (2, 3, 5, 10, 20):
        # At the edge of a document there are fewer lines than `reach`: a mean is over those there are.
        scores_above = places.window(of_scores, reach, -1)
        scores_below = places.window(of_scores, -1, reach)
        columns[f"mean_above_{reach}"] = scores_above // np.clip(above, 1, reach)
        columns[f"mean_below_{reach}"] = scores_below // np.clip(below, 1, reach)
    return columns | places.windows("text", of_text, (5, 10, 20))


def _letters_since(flags: Array, of_letters: Array, places: Places) -> Array:
    """Letters between the last flagged line and this one, at most `FAR_IN_LETTERS`, which also stands for none."""
    last = places.last(flags)
    between = of_letters[:-1] - of_letters.take(last + 1)
    distance = np.minimum(between, FAR_IN_LETTERS)
    return np.where(last < places.first, FAR_IN_LETTERS, distance)


def _letters_until(flags: Array, of_letters: Array, places: Places) -> Array:
    """The same between this line and the next flagged one."""
    following = places.next(flags)
    between = of_letters.take(following) - of_letters[1:]
    distance = np.minimum(between, FAR_IN_LETTERS)
    return np.where(following >= places.stop, FAR_IN_LETTERS, distance)


def _runs(scores: Array, letters: Array, places: Places) -> Columns:
    """The run of lines on the same side of even odds, and the letters of the runs before and after it."""
    good = scores > 0
    begins = np.ones(len(places), dtype=bool)
    begins[1:] = good[1:] != good[:-1]
    begins[1:] |= places.document[1:] != places.document[:-1]
    run = np.cumsum(begins) - 1
    start = np.flatnonzero(begins)
    lines = np.diff(np.append(start, len(places)))
    of_runs = np.add.reduceat(letters, start) if len(start) else letters
    # Runs are to documents what lines are: their neighbours are found in the same way.
    runs = Places(np.searchsorted(start, places.offsets))
    return {
        "run_lines": lines[run],
        "run_letters": of_runs[run],
        "place_in_run": places.line - start[run],
        "letters_of_run_above": runs.shift(of_runs, -1, -1)[run],
        "letters_of_run_below": runs.shift(of_runs, 1, -1)[run],
    }


def _best_span(gains: Array, letters: Array, places: Places) -> Columns:
    """The stretch of lines of the largest sum of `gains`, and where the line stands to it.

    The best stretch that ends with a line begins behind the least sum before it (Kadane's algorithm).
    """
    documents = len(places.offsets) - 1
    document = places.document.astype(np.int64)
    total = sums(gains)
    # Each document's sums are moved far below those of the one before, so that a running minimum starts anew in it.
    apart = document << 40
    before = total[:-1] - apart
    lowest = np.minimum.accumulate(before)
    # Where the lowest sum so far was last met: there the best stretch that ends with a line begins.
    is_lowest = np.where(before == lowest, places.line, -1)
    start_at = np.maximum.accumulate(is_lowest)
    gain = total[1:] - (lowest + apart)
    # Backwards, so that of several lines with the best gain the first is written last, and stays.
    found = np.flatnonzero(gain == places.highest(gain))[::-1]
    end = np.zeros(documents, dtype=np.int64)
    end[document[found]] = found
    last = end[document]
    first = start_at[last]
    of_letters = sums(letters)
    letters_inside = of_letters[last + 1] - of_letters[first]
    above = of_letters[first] - of_letters[1:]
    below = of_letters[:-1] - of_letters[last]
    is_below = places.line > last
    is_above = places.line < first
    inside = ~is_below & ~is_above
    return {
        "in": inside.astype(np.int64),
        "from_start": np.clip(places.line - first, -200, 200),
        "to_end": np.clip(last - places.line, -200, 200),
        "letters_off": np.select([is_below, is_above], [below, above], -1),
        "share": ratio(letters_inside, places.whole(of_letters)),
    }


def _vocabulary(scores: Array, tokens: Tokens, places: Places) -> Columns:
    """How many of a line's words, and of those around, stand in other lines that are surely text.

    In scripts without spaces, pairs of characters stand for words.
    """
    line = np.repeat(places.line, np.diff(tokens.offsets))
    # A word that touches the next one in its line is a character of such a script.
    touches = np.zeros(len(line), dtype=bool)
    touches[:-1] = line[1:] == line[:-1]
    touches[:-1] &= tokens.start[1:] == tokens.end[:-1]
    words = tokens.hash.copy()
    first = words[:-1]
    second = words[1:]
    pairs = mix64(first * np.uint64(MULTIPLIER) + second)
    words[:-1] = np.where(touches[:-1], pairs, first)
    is_long = tokens.end - tokens.start >= WORD
    telling = touches | is_long
    # How many words that are surely text share the slot of each word.
    documents = len(places.offsets) - 1
    slot, slots = _slots(words, places.document[line], documents)
    sure = telling & (scores[line] > SURE)
    count = np.bincount(slot[sure], minlength=slots)
    # A word of a sure line is counted there itself: it has to stand in another one, too.
    known = telling & (count[slot] > sure)
    of_telling = np.bincount(line[telling], minlength=len(places))
    of_known = np.bincount(line[known], minlength=len(places))
    part = sums(of_known)
    whole = sums(of_telling)
    columns = {"telling_words": of_telling, "known_words": ratio(of_known, of_telling)}
    for name, window in _WINDOWS.items():
        known_in_window = places.window(part, *window)
        telling_in_window = places.window(whole, *window)
        columns[f"known_{name}"] = ratio(known_in_window, telling_in_window)
    return columns


_WINDOWS = {"near": (1, 1), "around": (3, 3), "above": (5, -1), "below": (-1, 5)}
"""Lines before and after a line whose words are looked at with its own, see `Places.window`."""


def _slots(words: Array, document: Array, documents: int) -> tuple[Array, int]:
    """(the slot in which each word is counted, int64; how many there are): a table for each document, one after another, of
    at least four slots a word and a power of two, so that few words share one."""
    words_of_document = np.bincount(document, minlength=documents)
    least = np.maximum(4 * words_of_document, 64)
    _, bits = np.frexp(least - 1)  # of the next power of two
    size = np.int64(1) << bits.astype(np.int64)
    base = sums(size)
    mask = size[document] - 1
    in_table = words & mask.astype(np.uint64)
    slot = base[document] + in_table.astype(np.int64)
    return slot, int(base[-1])
