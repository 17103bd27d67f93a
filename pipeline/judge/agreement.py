"""What a document's lines, once scored, say of one another: the features of the model's second look.

A line that scores low amid high ones is a heading or a list item; a high one far from the others is a reader's
comment or a teaser. And text speaks of the same things throughout: a line whose words stand in lines that are surely
text is likely text.
"""

from __future__ import annotations

import numpy as np

from pipeline import native
from pipeline.judge.places import LIMIT, SUBSTANTIAL, SURE, Columns, Places, ratio, sums
from pipeline.match.core.packed import groups, owners, place_in_group
from pipeline.tokens import MULTIPLIER, Array, Tokens, mix64

NO_SCORE = -5000
"""The score of a line that is not there."""
FAR_IN_LETTERS = 9999
"""Letters to something that is not there."""
_STEPS = (*range(-4, 0), *range(1, 5))
"""Lines up and down whose scores are features of a line."""
_REACHES = (2, 3, 5, 10, 20)
"""So many lines above, and below, whose mean score is a feature of a line."""
_TEXT_REACHES = (5, 10, 20)
"""The same of letters of text."""
_LONG = 200
"""Letters of a line beyond which it counts for no more, though for more than a short one."""
_MOST_TEXT = 10**6
"""Letters of text in a document that are counted."""
_NONE_BEST = -(10**6)
"""The best score of a document in which no line is substantial."""
_LEAST_BEST = -10_000
"""A lower best score says no more."""
_FAR_BELOW = 5 * LIMIT
"""A score so much lower than the best one is far from it."""
_FAR_IN_LINES = 200
"""A line so far from an end of the best stretch is far from it."""
_WINDOWS = {
    "near": (1, 1),
    "around": (3, 3),
    "above": (5, -1),
    "below": (-1, 5),
}
"""Lines before and after a line whose words are looked at with its own, see `Places.window`."""
WORD = 4
"""A shorter word says little of what a text is about."""


def agreement(scores: Array, letters: Array, tokens: Tokens, places: Places) -> Columns:
    """Every feature by name, int64 [lines].

    `scores` are those of the first look, `letters` as `own_features` counts them, `tokens` the lines' words.
    """
    scores = scores.astype(np.int64)
    columns: Columns = {"score": scores}
    columns |= places.shifts("score", scores, _STEPS, NO_SCORE)
    columns |= _text_and_cruft(scores, letters, places)
    columns |= _beside_best(scores, letters, places)
    columns |= _means(scores, places)
    columns |= _runs(scores, letters, places)
    # Two stretches that are best: by lines, and by letters, where a line has to be surely text to count for it.
    bounded = np.clip(scores, -LIMIT, LIMIT)
    weight = np.minimum(letters, _LONG)
    weighted = (bounded - SURE) * weight // 100
    columns |= _best_span("span", bounded, letters, places)
    columns |= _best_span("letter_span", weighted, letters, places)
    return columns | _vocabulary(scores, tokens, places)


def _text_and_cruft(scores: Array, letters: Array, places: Places) -> Columns:
    """How much of the document is likely text, and how much stands around a line, in letters.

    `scores`, `letters`: int64 [lines]
    """
    is_text = scores > 0
    is_cruft = scores < -SURE
    letters_of_text = np.where(is_text, letters, 0)
    letters_of_cruft = np.where(is_cruft, letters, 0)
    of_letters = sums(letters)
    of_lines = sums(is_text)
    of_text = sums(letters_of_text)
    of_cruft = sums(letters_of_cruft)
    all_letters = places.whole(of_letters)
    all_text = places.whole(of_text)
    all_cruft = places.whole(of_cruft)
    text_before = places.before(of_text)
    text_after = places.after(of_text)
    columns = {
        "text": np.minimum(all_text, _MOST_TEXT),
        "text_share": ratio(all_text, all_letters),
        "text_lines": places.whole(of_lines),
        "cruft_share": ratio(all_cruft, all_letters),
        "text_before": np.minimum(text_before, _MOST_TEXT),
        "text_after": np.minimum(text_after, _MOST_TEXT),
        "since_text": _letters_since(is_text, of_letters, places),
        "until_text": _letters_until(is_text, of_letters, places),
    }
    return columns | places.windows("text", of_text, _TEXT_REACHES)


def _beside_best(scores: Array, letters: Array, places: Places) -> Columns:
    """The best score of the document, and how far below it the line's is."""
    # The best of a few letters, a button say, is no measure for the others.
    is_substantial = letters >= SUBSTANTIAL
    measures = np.where(is_substantial, scores, _NONE_BEST)
    best = places.highest(measures)
    below = scores - best
    return {
        "score_below_best": np.clip(below, -_FAR_BELOW, _FAR_BELOW),
        "best": np.maximum(best, _LEAST_BEST),
    }


def _means(scores: Array, places: Places) -> Columns:
    """The mean scores of some lines above, and of some below."""
    bounded = np.clip(scores, -LIMIT, LIMIT)
    of_scores = sums(bounded)
    lines_above = places.line - places.first
    lines_below = places.stop - 1 - places.line
    columns: Columns = {}
    for reach in _REACHES:
        # At the edge of a document there are fewer lines than `reach`: a mean is over those there are.
        above = np.clip(lines_above, 1, reach)
        below = np.clip(lines_below, 1, reach)
        scores_above = places.window(of_scores, reach, -1)
        scores_below = places.window(of_scores, -1, reach)
        columns[f"mean_above_{reach}"] = scores_above // above
        columns[f"mean_below_{reach}"] = scores_below // below
    return columns


def _letters_since(flags: Array, of_letters: Array, places: Places) -> Array:
    """Letters between the last flagged line and this one, at most `FAR_IN_LETTERS`, which also stands for none.

    `of_letters` are the `sums` of the lines' letters.
    """
    last = places.last(flags)
    up_to_last = of_letters.take(last + 1)
    between = of_letters[:-1] - up_to_last
    distance = np.minimum(between, FAR_IN_LETTERS)
    is_none = last < places.first
    return np.where(is_none, FAR_IN_LETTERS, distance)


def _letters_until(flags: Array, of_letters: Array, places: Places) -> Array:
    """The same between this line and the next flagged one."""
    following = places.next(flags)
    up_to_following = of_letters.take(following)
    between = up_to_following - of_letters[1:]
    distance = np.minimum(between, FAR_IN_LETTERS)
    is_none = following >= places.stop
    return np.where(is_none, FAR_IN_LETTERS, distance)


def _runs(scores: Array, letters: Array, places: Places) -> Columns:
    """The run of lines on the same side of even odds, and the letters of the runs before and after it."""
    is_good = scores > 0
    start, lines = groups(is_good, places.document)
    run = owners(lines)
    letters_of_run = np.add.reduceat(letters, start) if len(start) else letters
    # Runs are to documents what lines are: their neighbours are found in the same way.
    runs = Places(np.searchsorted(start, places.offsets))
    letters_above = runs.shift(letters_of_run, -1, -1)
    letters_below = runs.shift(letters_of_run, 1, -1)
    return {
        "run_lines": lines[run],
        "run_letters": letters_of_run[run],
        "place_in_run": place_in_group(lines),
        "letters_of_run_above": letters_above[run],
        "letters_of_run_below": letters_below[run],
    }


def _best_span(name: str, gains: Array, letters: Array, places: Places) -> Columns:
    """The stretch of lines of the largest sum of `gains`, and where the line stands to it: columns `name_...`.

    `gains`: int64 [lines], less than nothing for a line that is likely no text
    """
    first, last = _best_stretch(gains, places)
    of_letters = sums(letters)
    letters_before = of_letters[:-1]
    letters_to_end = of_letters[1:]
    letters_inside = letters_to_end[last] - letters_before[first]
    letters_above = letters_before[first] - letters_to_end
    letters_below = letters_before - letters_before[last]
    is_below = places.line > last
    is_above = places.line < first
    is_inside = ~is_below & ~is_above
    letters_off = np.full(len(places), -1)
    np.copyto(letters_off, letters_above, where=is_above)
    np.copyto(letters_off, letters_below, where=is_below)
    lines_from_start = places.line - first
    lines_to_end = last - places.line
    all_letters = places.whole(of_letters)
    return {
        f"{name}_in": is_inside.astype(np.int64),
        f"{name}_from_start": np.clip(lines_from_start, -_FAR_IN_LINES, _FAR_IN_LINES),
        f"{name}_to_end": np.clip(lines_to_end, -_FAR_IN_LINES, _FAR_IN_LINES),
        f"{name}_letters_off": letters_off,
        f"{name}_share": ratio(letters_inside, all_letters),
    }


def _best_stretch(gains: Array, places: Places) -> tuple[Array, Array]:
    """(first line, last line), int64 [lines], of the stretch of the line's document that has the largest sum of `gains`.

    The best stretch that ends with a line begins behind the least sum before it (Kadane's algorithm).
    """
    total = sums(gains)
    # Each document's sums are moved far below those of the one before, so that a running minimum starts anew in it.
    apart = places.document << 40
    before = total[:-1] - apart
    lowest = np.minimum.accumulate(before)
    # Where the lowest sum so far was last met: there the best stretch that ends with a line begins.
    is_lowest = before == lowest
    lowest_line = np.where(is_lowest, places.line, -1)
    start = np.maximum.accumulate(lowest_line)
    lowest_before = lowest + apart
    gain = total[1:] - lowest_before
    is_best = gain == places.highest(gain)
    # Backwards, so that of several lines with the best gain the first is written last, and stays.
    best = np.flatnonzero(is_best)[::-1]
    documents = len(places.offsets) - 1
    last_of_document = np.zeros(documents, dtype=np.int64)
    last_of_document[places.document[best]] = best
    last = last_of_document[places.document]
    return start[last], last


def _vocabulary(scores: Array, tokens: Tokens, places: Places) -> Columns:
    """How many of a line's words, and of those around, stand in other lines that are surely text."""
    count = _known_words_compiled if native.kernels is not None else _known_words
    telling, known = count(scores, tokens, places)
    of_telling = sums(telling)
    of_known = sums(known)
    columns = {
        "telling_words": telling,
        "known_words": ratio(known, telling),
    }
    for name, window in _WINDOWS.items():
        known_in_window = places.window(of_known, *window)
        telling_in_window = places.window(of_telling, *window)
        columns[f"known_{name}"] = ratio(known_in_window, telling_in_window)
    return columns


def _known_words_compiled(scores: Array, tokens: Tokens, places: Places) -> Array:
    """What `_known_words` gives, by a kernel."""
    assert native.kernels is not None
    words = (tokens.offsets, tokens.start, tokens.end, tokens.hash)
    found = native.kernels.known_words(scores, places.offsets, *words, SURE, WORD)
    return np.frombuffer(found, np.int64).reshape(2, len(scores))


def _known_words(scores: Array, tokens: Tokens, places: Places) -> tuple[Array, Array]:
    """(how many words of each line say something; how many of those stand in other lines that are surely text), int64 [lines].

    In scripts without spaces, pairs of characters stand for words. A word is looked up by its hash in a table of its
    document, where now and then two words share a slot.
    """
    # A row a word
    words_of_line = np.diff(tokens.offsets)
    line = owners(words_of_line)
    lengths = tokens.end - tokens.start
    touches = _touches_next(tokens, line)
    is_telling = touches | (lengths >= WORD)
    words = _words_or_pairs(tokens.hash, touches)
    # How many words that are surely text share the slot of each word: a table is faster than sorting words.
    documents = len(places.offsets) - 1
    slot, slots = _slots(words, places.document[line], documents)
    is_sure = scores[line] > SURE
    is_sure &= is_telling
    count = np.bincount(slot[is_sure], minlength=slots)
    # A word of a sure line is counted there itself: it has to stand in another one, too.
    is_known = count[slot] > is_sure
    is_known &= is_telling
    # A row a line
    telling = np.bincount(line[is_telling], minlength=len(places))
    known = np.bincount(line[is_known], minlength=len(places))
    return telling, known


def _touches_next(tokens: Tokens, line: Array) -> Array:
    """bool [words]: which touch the next one in their line, as the characters of a script without spaces do.

    `line`: int64 [words], the line that each is in
    """
    is_in_same_line = line[1:] == line[:-1]
    begin_of_next = tokens.start[1:]
    end = tokens.end[:-1]
    touches = np.zeros(len(line), dtype=bool)
    touches[:-1] = is_in_same_line & (begin_of_next == end)
    return touches


def _words_or_pairs(words: Array, touches: Array) -> Array:
    """Hashes of words, uint64; of one that touches the next one that of both.

    `touches`: bool [words], never the last one
    """
    found = words.copy()
    pairs = words[:-1] * np.uint64(MULTIPLIER)
    pairs += words[1:]
    of_both = mix64(pairs)
    np.copyto(found[:-1], of_both, where=touches[:-1])
    return found


def _slots(words: Array, document: Array, documents: int) -> tuple[Array, int]:
    """(the slot in which each word is counted, int64; how many there are): a table for each document, one after another, of
    at least four slots a word and a power of two, so that few words share one.

    `document`: int64 [words], that each word is in
    """
    # int64 [documents] each; a size that is a power of two makes the lower bits of a hash a place in the table
    words_of_document = np.bincount(document, minlength=documents)
    wanted = 4 * words_of_document
    least = np.maximum(wanted, 64)
    _, bits = np.frexp(least - 1)  # of the next power of two
    size = np.int64(1) << bits.astype(np.int64)
    begins = sums(size)

    mask = (size - 1).astype(np.uint64)
    in_table = words & mask[document]
    slot = begins[document] + in_table.astype(np.int64)
    return slot, int(begins[-1])
