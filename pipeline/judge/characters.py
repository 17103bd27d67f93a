"""What a line says of itself: its characters by class, its words by kind, how it begins and ends.

Nothing here knows a language: characters are told apart by their Unicode class, and lengths count letters, an
ideograph or kana as three. All numbers are whole; ratios are in thousandths, rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.judge.places import Columns, ratio
from pipeline.tokens import MULTIPLIER, Array, Tokens, offsets_of, span_hashes

CHARACTERS = Path(__file__).parent.parent / "data" / "characters.npz"
CLASSES = (
    "OTHER", "SPACE", "LOWER", "UPPER", "LETTER", "IDEOGRAPH", "MARK", "DIGIT", "NUMBER", "STOP", "ELLIPSIS", "COMMA",
    "COLON", "QUOTE", "APOSTROPHE", "GUILLEMET", "OPEN", "CLOSE", "DASH", "BAR", "SLASH", "AT", "CURRENCY", "LEGAL",
    "PUNCTUATION", "SYMBOL",
)  # fmt: skip
"""Character classes; a class's number is its place here. LETTER has no case; OPEN and CLOSE are brackets."""
(
    OTHER, SPACE, LOWER, UPPER, LETTER, IDEOGRAPH, MARK, DIGIT, NUMBER, STOP, ELLIPSIS, COMMA,
    COLON, QUOTE, APOSTROPHE, GUILLEMET, OPEN, CLOSE, DASH, BAR, SLASH, AT, CURRENCY, LEGAL,
    PUNCTUATION, SYMBOL,
) = range(len(CLASSES))  # fmt: skip


_TOGETHER = 1 << 22
"""Characters counted at a time, in columns eight times as wide as those that stay."""


@cache
def character_classes() -> Array:
    """uint8 [0x110000]: the class of every code point."""
    with np.load(CHARACTERS) as data:
        table: Array = data["classes"][data["stage1"]].reshape(-1)
    return table


def own_features(texts: Sequence[str], gaps: Array, tokens: Tokens) -> Columns:
    """By name, int64 [lines]. Names that begin with `_` are for further computing only.

    `gaps` are the line breaks before each line, `tokens` the words of `texts`.
    """
    joined = "\n".join((*texts, ""))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    edges = offsets_of(lengths + 1)
    kinds = character_classes().take(codes)
    line_of = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths + 1)
    # One count for each line and class: a cell is numbered by both.
    counts = np.zeros(len(lengths) * len(CLASSES), dtype=np.int64)
    for low in range(0, len(kinds), _TOGETHER):
        part = slice(low, low + _TOGETHER)
        cell = line_of[part] * np.int64(len(CLASSES)) + kinds[part]
        counts += np.bincount(cell, minlength=len(counts))
    columns = {"_gap": gaps}
    columns |= _counted(counts.reshape(-1, len(CLASSES)).T, lengths)
    columns |= _edges(codes, kinds, edges)
    columns |= _patterns(codes, kinds, line_of, len(lengths))
    columns |= _words(tokens, kinds, edges)
    letters = columns["letters"]
    sentences = columns["sentences"]
    columns["letters_per_sentence"] = letters // np.maximum(sentences, 1)
    # Prose ends with a sentence, or has several of them.
    is_prose = (columns["ends_stop"] > 0) | (sentences >= 2)
    columns["_prose"] = np.where(is_prose, letters, 0)
    columns["_date"] = _like_dates(columns)
    return columns


def _like_dates(columns: Columns) -> Array:
    """Which lines look like a date line: short, with a number that is a year, a time or a date, or with two numbers."""
    numbers = columns["numbers"]
    dated = numbers >= 2
    for name in ("years", "times", "dates"):
        dated |= columns[name] > 0
    short = columns["letters"] < 60
    return short & (numbers > 0) & dated


def _counted(counts: Array, lengths: Array) -> Columns:
    """Characters by class. `counts` has a row for each class."""
    ideographs = counts[IDEOGRAPH]
    cased = counts[LOWER] + counts[UPPER]
    alphabetic = cased + counts[LETTER]
    letters = alphabetic + counts[DIGIT] + 3 * ideographs
    plain = alphabetic + ideographs
    for other in (MARK, DIGIT, SPACE):
        plain = plain + counts[other]
    return {
        "letters": letters,
        "characters": lengths,
        "upper": ratio(counts[UPPER], cased),
        "digits": ratio(counts[DIGIT], letters),
        "caseless": ratio(counts[LETTER] + ideographs, letters),
        "marks_of_punctuation": ratio(lengths + 1 - plain, lengths),
        "commas": counts[COMMA],
        "comma_rate": ratio(counts[COMMA], letters),
        "quotes": counts[QUOTE] + counts[GUILLEMET],
        "apostrophes": counts[APOSTROPHE],
        "brackets": counts[OPEN],
        "bars": counts[BAR],
        "colons": counts[COLON],
        "dashes": counts[DASH],
        "slashes": counts[SLASH],
    }


_EVERY_CLASS = np.arange(len(CLASSES))
_CLOSES = np.isin(_EVERY_CLASS, (QUOTE, APOSTROPHE, GUILLEMET, CLOSE, SPACE))
_OPENS = np.isin(_EVERY_CLASS, (QUOTE, APOSTROPHE, GUILLEMET, OPEN, DASH, SPACE))


def _edges(codes: Array, kinds: Array, edges: Array) -> Columns:
    """How a line begins and ends, within quotes and brackets."""
    first = edges[:-1]
    last = np.maximum(edges[1:] - 2, first)  # before the line break; of an empty line the break itself
    start = first
    end = last
    # Quotes in brackets in spaces: no more than three marks stand at an edge.
    for _ in range(3):
        opens = _OPENS[kinds[start]] & (start < last)
        closes = _CLOSES[kinds[end]] & (end > first)
        start = start + opens
        end = end - closes
    closing = kinds[end]
    stop = closing == STOP
    # Two stops and more are dots, if the last of them is one: not `?!`.
    before_end = kinds[np.maximum(end - 1, 0)]
    second_stop = (end > first) & (before_end == STOP)
    dots = stop & second_stop & (codes[end] == ord("."))
    dots |= closing == ELLIPSIS
    return {
        "starts": kinds[first].astype(np.int64),
        "starts_inside": kinds[start].astype(np.int64),
        "ends": kinds[last].astype(np.int64),
        "ends_inside": closing.astype(np.int64),
        "ends_stop": (stop & ~dots).astype(np.int64),
        "ends_dots": dots.astype(np.int64),
        "ends_colon": (closing == COLON).astype(np.int64),
    }


def _patterns(codes: Array, kinds: Array, line_of: Array, lines: int) -> Columns:
    """Sentence ends, clock times, dates and domain names, by their characters."""
    stop = (kinds == STOP) | (kinds == ELLIPSIS)
    # A stop ends a sentence where white space, a quote or a bracket follows; a wide one needs nothing behind it.
    follows = np.ones(len(kinds), dtype=bool)
    follows[:-1] = _CLOSES[kinds[1:]]
    for wide in "。！？":
        follows |= codes == ord(wide)
    sentence = stop & follows
    sentence[1:] &= ~stop[:-1]  # of several stops the first counts
    # Characters with one on either side
    before = kinds[:-2]
    middle = kinds[1:-1]
    after = kinds[2:]
    dot = codes[1:-1] == ord(".")
    cased = (before == LOWER) | (before == UPPER)
    between_digits = (before == DIGIT) & (after == DIGIT)
    parts_dates = dot | (middle == SLASH) | (middle == DASH)

    def count(flags: Array, of: Array) -> Array:
        return np.bincount(of[flags], minlength=lines)

    inner = line_of[1:-1]
    return {
        "sentences": count(sentence, line_of),
        "times": count(between_digits & (middle == COLON), inner),
        "dates": count(between_digits & parts_dates, inner),
        "domains": count(dot & cased & (after == LOWER), inner),
    }


def _words(tokens: Tokens, kinds: Array, edges: Array) -> Columns:
    """Words by kind, and hashes of the line's words, its first and last word and its shape."""
    lines = len(tokens)
    line_of = np.repeat(np.arange(lines), np.diff(tokens.offsets))
    start = edges[line_of] + tokens.start
    end = edges[line_of] + tokens.end
    length = tokens.end - tokens.start
    # A word is of the kind of its first character.
    kind = kinds[start]
    number = kind == DIGIT
    capital = kind == UPPER
    lower = kind == LOWER
    single = kind == IDEOGRAPH
    spaced = ~(number | single)
    capitals_before = np.zeros(len(kinds) + 1, dtype=np.int32)
    np.cumsum(kinds == UPPER, out=capitals_before[1:])
    capitals_in = capitals_before[end] - capitals_before[start]
    shouted = capital & (capitals_in == length) & (length > 1)

    def count(flags: Array) -> Array:
        return np.bincount(line_of[flags], minlength=lines)

    words = count(spaced)
    singles = count(single)
    numbers = count(number)
    capitals = count(capital)
    letters = np.bincount(line_of, weights=length, minlength=lines).astype(np.int64)
    # Lines that differ in numbers alone say the same: a number is known by its length.
    of_number = length.astype(np.uint64) + np.uint64(1)
    hashes = np.where(number, of_number, tokens.hash)
    begin = tokens.offsets[:-1]
    stop = tokens.offsets[1:]
    filled = stop > begin
    # Of a line without words these are words of others: who asks for them looks at `_filled`.
    first = begin.clip(max=max(len(hashes) - 1, 0))
    last = (stop - 1).clip(min=0)
    no_words = np.zeros(lines, np.uint64)

    # The shape of a line: its kinds of words, where several of one kind in a row are one.
    kinds_of_word = np.full(len(tokens.hash), 5, dtype=np.uint64)
    for code, flags in enumerate((number, capital, lower, single), 1):
        kinds_of_word[flags] = code
    turn = np.ones(len(line_of), dtype=bool)
    turn[1:] = kinds_of_word[1:] != kinds_of_word[:-1]
    turn[1:] |= line_of[1:] != line_of[:-1]
    turns = np.bincount(line_of[turn], minlength=lines)
    turn_offsets = offsets_of(turns)
    # Two characters of a script without spaces are a word.
    words_rounded_up = words + numbers + (singles + 1) // 2
    return {
        "words": words + numbers + singles // 2,
        "word_length": 10 * letters // np.maximum(words_rounded_up, 1),
        "numbers": numbers,
        "years": count(number & (length == 4)),
        "capitalised": ratio(capitals, words),
        "shouted": ratio(count(shouted), words),
        "lower": ratio(count(lower), words),
        "short_words": ratio(count(lower & (length <= 3)), words),
        "long_words": ratio(count(spaced & (length >= 8)), words),
        "turns": turns,
        "_capitals": capitals,
        "_words": words,
        "_filled": filled,
        "_hash": span_hashes(hashes, begin, stop, MULTIPLIER),
        "_first": hashes[first] if len(hashes) else no_words,
        "_last": hashes[last] if len(hashes) else no_words,
        "_shape": span_hashes(kinds_of_word[turn], turn_offsets[:-1], turn_offsets[1:], MULTIPLIER),
    }
