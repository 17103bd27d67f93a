"""What a line says of itself: its characters by class, its words by kind, how it begins and ends.

Nothing here knows a language: characters are told apart by their Unicode class, and lengths count letters, an
ideograph or kana as three. All numbers are whole; ratios are in thousandths, rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from pipeline import native
from pipeline.judge.places import Columns, ratio
from pipeline.match.core.packed import is_first, owners
from pipeline.tokens import MULTIPLIER, Array, Tokens, lengths_of, offsets_of, span_hashes

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


_DATE_LETTERS = 60
"""A line with so many letters is no date line."""
_YEAR = 4
"""Digits of a year."""
_SHORT = 3
"""Letters of a word up to which it is short, as most function words are, ..."""
_LONG = 8
"""... and from which on it is long."""
_LETTERS_OF_IDEOGRAPH = 3
"""So much is said by one, or by a kana."""
_TOGETHER = 1 << 22
"""Characters counted at a time, in columns eight times as wide as those that stay."""


@cache
def character_classes() -> Array:
    """uint8 [0x110000]: the class of every code point."""
    with np.load(CHARACTERS) as data:
        # Blocks of code points that are alike are stored once.
        block = data["stage1"]
        classes: Array = data["classes"][block]
    return classes.reshape(-1)


def own_features(texts: Sequence[str], gaps: Array, tokens: Tokens) -> Columns:
    """By name, int64 [lines]. Names that begin with `_` are for further computing only.

    `gaps` are the line breaks before each line, `tokens` the words of `texts`.
    """
    lengths = lengths_of(texts)
    if native.kernels is not None:
        classes, found = _compiled(texts, tokens)
    else:
        classes, found = _found(texts, lengths, tokens)
    columns = {"_gap": gaps}
    columns |= _counted(classes, lengths)
    columns |= {name: found[name] for name in (*_OF_EDGES, *_OF_PATTERNS)}
    columns |= _words(found)
    columns |= {name: found[name] for name in ("turns", *_HASHES)}
    letters = columns["letters"]
    sentences = columns["sentences"]
    columns["letters_per_sentence"] = letters // np.maximum(sentences, 1)
    # Prose ends with a sentence, or has several of them.
    is_prose = columns["ends_stop"] > 0
    is_prose |= sentences >= 2
    columns["_prose"] = np.where(is_prose, letters, 0)
    columns["_date"] = _like_dates(columns)
    return columns


_OF_EDGES = ("starts", "starts_inside", "ends", "ends_inside", "ends_stop", "ends_dots", "ends_colon")
_OF_PATTERNS = ("sentences", "times", "dates", "domains")
_OF_WORDS = (
    *("of_letters", "of_ideographs", "of_digits", "begin_upper", "of_four_digits", "all_upper", "begin_lower"),
    *("short", "long", "in_words", "turns"),
)
_HASHES = ("_hash", "_first", "_last", "_shape")
_COUNTED = (*_OF_EDGES, *_OF_PATTERNS, *_OF_WORDS)
"""What is counted beside classes, in the order of the kernel"""


def _compiled(texts: Sequence[str], tokens: Tokens) -> tuple[Array, Columns]:
    """What `_found` gives, by a kernel."""
    assert native.kernels is not None
    table, hashes = native.kernels.line_columns(
        texts, character_classes(), tokens.offsets, tokens.start, tokens.end, tokens.hash
    )
    rows = np.frombuffer(table, np.int64).reshape(len(CLASSES) + len(_COUNTED), len(texts))
    classes, counted = np.split(rows, [len(CLASSES)])
    of_words = np.frombuffer(hashes, np.uint64).reshape(len(_HASHES), len(texts))
    columns = dict(zip(_COUNTED, counted, strict=True))
    return classes, columns | dict(zip(_HASHES, of_words, strict=True))


def _found(texts: Sequence[str], lengths: Array, tokens: Tokens) -> tuple[Array, Columns]:
    """(int64 [classes, lines]: how many characters of each class each line has; by name, int64 [lines]: what else is counted,
    and hashes, uint64).

    `lengths`: int64 [lines], characters of each line
    """
    # All lines as one array of characters, each with its line break.
    joined = "\n".join((*texts, ""))
    encoded = joined.encode("utf-32-le", "surrogatepass")
    edges = offsets_of(lengths + 1)
    # A row a character, line breaks and all
    codes = np.frombuffer(encoded, dtype=np.uint32)
    kinds = character_classes().take(codes)
    lines = np.arange(len(lengths), dtype=np.int32)
    line_of = np.repeat(lines, lengths + 1)
    columns = _edges(codes, kinds, edges)
    columns |= _patterns(codes, kinds, line_of, len(lengths))
    columns |= _word_counts(tokens, kinds, edges)
    return _class_counts(kinds, line_of, len(lengths)), columns


def _class_counts(kinds: Array, line_of: Array, lines: int) -> Array:
    """int64 [classes, lines]: how many characters of each class each line has."""
    # One count for each line and class: a cell is numbered by both.
    classes = np.int64(len(CLASSES))
    counts = np.zeros(lines * classes, dtype=np.int64)
    for low in range(0, len(kinds), _TOGETHER):
        part = slice(low, low + _TOGETHER)
        first_cell = line_of[part] * classes
        cell = first_cell + kinds[part]
        counts += np.bincount(cell, minlength=len(counts))
    return counts.reshape(-1, classes).T


def _like_dates(columns: Columns) -> Array:
    """Which lines look like a date line: short, with a number that is a year, a time or a date, or with two numbers."""
    numbers = columns["numbers"]
    is_dated = numbers >= 2
    for name in ("years", "times", "dates"):
        is_dated |= columns[name] > 0
    is_short = columns["letters"] < _DATE_LETTERS
    has_number = numbers > 0
    return is_short & has_number & is_dated


def _counted(counts: Array, lengths: Array) -> Columns:
    """Characters by class.

    `counts`: int64 [classes, lines], how many of each class
    `lengths`: int64 [lines], characters of each line
    """
    upper = counts[UPPER]
    letter = counts[LETTER]
    ideographs = counts[IDEOGRAPH]
    digits = counts[DIGIT]
    cased = counts[LOWER] + upper
    alphabetic = cased + letter
    caseless = letter + ideographs
    letters = alphabetic + digits + _LETTERS_OF_IDEOGRAPH * ideographs
    no_punctuation = alphabetic + ideographs
    for other in (MARK, DIGIT, SPACE):
        no_punctuation = no_punctuation + counts[other]
    with_line_break = lengths + 1  # it counts as a space
    punctuation = with_line_break - no_punctuation
    return {
        "letters": letters,
        "characters": lengths,
        "upper": ratio(upper, cased),
        "digits": ratio(digits, letters),
        "caseless": ratio(caseless, letters),
        "marks_of_punctuation": ratio(punctuation, lengths),
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
_AT_EITHER_EDGE = (QUOTE, APOSTROPHE, GUILLEMET, SPACE)
_CLOSES = np.isin(_EVERY_CLASS, (*_AT_EITHER_EDGE, CLOSE))
"""Which classes may stand behind the last word of a line, bool [classes]"""
_OPENS = np.isin(_EVERY_CLASS, (*_AT_EITHER_EDGE, OPEN, DASH))
"""and which before the first."""


def _edges(codes: Array, kinds: Array, edges: Array) -> Columns:
    """How a line begins and ends, within quotes and brackets.

    `codes`, `kinds`: uint32 and uint8 [characters], code points and their classes
    `edges`: int64 [lines + 1], where each line begins in them; a line ends with a line break
    """
    first = edges[:-1]
    before_break = edges[1:] - 2
    last = np.maximum(before_break, first)  # of an empty line the break itself
    start = first
    end = last
    # Quotes in brackets in spaces: no more than three marks stand at an edge.
    for _ in range(3):
        opens = _OPENS[kinds[start]]
        closes = _CLOSES[kinds[end]]
        start = start + (opens & (start < last))
        end = end - (closes & (end > first))
    closing = kinds[end]
    is_stop = closing == STOP
    # Two stops and more are dots, if the last of them is one: not `?!`.
    place_before = np.maximum(end - 1, 0)
    is_dots = kinds[place_before] == STOP
    is_dots &= is_stop
    is_dots &= end > first
    is_dots &= codes[end] == ord(".")
    is_dots |= closing == ELLIPSIS
    columns = {
        "starts": kinds[first],
        "starts_inside": kinds[start],
        "ends": kinds[last],
        "ends_inside": closing,
        "ends_stop": is_stop & ~is_dots,
        "ends_dots": is_dots,
        "ends_colon": closing == COLON,
    }
    return {name: column.astype(np.int64) for name, column in columns.items()}


def _patterns(codes: Array, kinds: Array, line_of: Array, lines: int) -> Columns:
    """Sentence ends, clock times, dates and domain names, by their characters.

    `codes`, `kinds`: uint32 and uint8 [characters], code points and their classes
    `line_of`: int32 [characters], the line that each is in
    """
    is_stop = (kinds == STOP) | (kinds == ELLIPSIS)
    # A stop ends a sentence where white space, a quote or a bracket follows; a wide one needs nothing behind it.
    following = kinds[1:]
    ends_sentence = np.ones(len(kinds), dtype=bool)
    ends_sentence[:-1] = _CLOSES[following]
    for wide in "。！？":
        ends_sentence |= codes == ord(wide)
    ends_sentence &= is_stop
    follows_stop = is_stop[:-1]
    ends_sentence[1:] &= ~follows_stop  # of several stops the first counts

    # Characters with one on either side: a row less at either end
    before = kinds[:-2]
    middle = kinds[1:-1]
    after = kinds[2:]
    line_of_middle = line_of[1:-1]
    code = codes[1:-1]
    is_dot = code == ord(".")
    is_between_digits = before == DIGIT
    is_between_digits &= after == DIGIT
    in_times = middle == COLON
    in_times &= is_between_digits
    in_dates = (middle == SLASH) | (middle == DASH)
    in_dates |= is_dot
    in_dates &= is_between_digits
    in_domains = (before == LOWER) | (before == UPPER)
    in_domains &= is_dot
    in_domains &= after == LOWER

    def count(is_one: Array, line: Array) -> Array:
        """How many there are in each line."""
        return np.bincount(line[is_one], minlength=lines)

    return {
        "sentences": count(ends_sentence, line_of),
        "times": count(in_times, line_of_middle),
        "dates": count(in_dates, line_of_middle),
        "domains": count(in_domains, line_of_middle),
    }


def _words(found: Columns) -> Columns:
    """Words by kind, from what `_word_counts` gives."""
    words = found["of_letters"]
    singles = found["of_ideographs"]
    numbers = found["of_digits"]
    capitals = found["begin_upper"]
    tenths = 10 * found["in_words"]
    # Two characters of a script without spaces are a word.
    spaced = words + numbers
    words_rounded_up = spaced + (singles + 1) // 2
    return {
        "words": spaced + singles // 2,
        "word_length": tenths // np.maximum(words_rounded_up, 1),
        "numbers": numbers,
        "years": found["of_four_digits"],
        "capitalised": ratio(capitals, words),
        "shouted": ratio(found["all_upper"], words),
        "lower": ratio(found["begin_lower"], words),
        "short_words": ratio(found["short"], words),
        "long_words": ratio(found["long"], words),
        "_capitals": capitals,
        "_words": words,
        "_filled": spaced + singles > 0,
    }


def _word_counts(tokens: Tokens, kinds: Array, edges: Array) -> Columns:
    """How many words of each kind a line has, and hashes of its words, its first and last word and its shape.

    `kinds`: uint8 [characters], classes of the characters of all lines
    `edges`: int64 [lines + 1], where each line begins in them
    """
    # A row a word
    line_of = owners(np.diff(tokens.offsets))
    begins = edges[line_of]  # tokens count from the beginning of their line
    start = begins + tokens.start
    end = begins + tokens.end
    length = tokens.end - tokens.start
    # A word is of the kind of its first character.
    kind = kinds[start]
    is_number = kind == DIGIT
    is_capital = kind == UPPER
    is_lower = kind == LOWER
    is_single = kind == IDEOGRAPH
    is_spaced = ~(is_number | is_single)
    is_upper = kinds == UPPER
    upper_before = np.zeros(len(kinds) + 1, dtype=np.int32)
    np.cumsum(is_upper, out=upper_before[1:])
    upper_in_word = upper_before[end] - upper_before[start]
    is_shouted = upper_in_word == length
    is_shouted &= length > 1
    lines = len(tokens)

    def count(is_one: Array) -> Array:
        """How many such words each line has."""
        return np.bincount(line_of[is_one], minlength=lines)

    letters = np.bincount(line_of, weights=length, minlength=lines)
    columns = {
        "of_letters": count(is_spaced),
        "of_ideographs": count(is_single),
        "of_digits": count(is_number),
        "begin_upper": count(is_capital),
        "of_four_digits": count(is_number & (length == _YEAR)),
        "all_upper": count(is_shouted),
        "begin_lower": count(is_lower),
        "short": count(is_lower & (length <= _SHORT)),
        "long": count(is_spaced & (length >= _LONG)),
        "in_words": letters.astype(np.int64),
    }
    # Lines that differ in numbers alone say the same: a number is known by its length.
    of_number = (length + 1).astype(np.uint64)
    hashes = np.where(is_number, of_number, tokens.hash)
    columns |= _word_hashes(hashes, tokens.offsets)
    kinds_of_words = (is_number, is_capital, is_lower, is_single)
    return columns | _shapes(kinds_of_words, line_of, lines)


def _word_hashes(hashes: Array, offsets: Array) -> Columns:
    """Hashes of a line's words, and of its first and its last, uint64; 0 of a line without words.

    `hashes`: uint64 [words]
    """
    begin = offsets[:-1]
    stop = offsets[1:]
    is_filled = stop > begin
    first = np.zeros(len(begin), dtype=np.uint64)
    last = np.zeros_like(first)
    first[is_filled] = hashes[begin[is_filled]]
    last[is_filled] = hashes[stop[is_filled] - 1]
    return {
        "_hash": span_hashes(hashes, begin, stop, MULTIPLIER),
        "_first": first,
        "_last": last,
    }


def _shapes(kinds: Sequence[Array], line_of: Array, lines: int) -> Columns:
    """The shape of a line, hashed: its kinds of words, where several of one kind in a row are one; how many there are then.

    `kinds`: bool [words] each, which are of this kind; a word may be of none
    """
    of_none = len(kinds) + 1
    kind = np.full(len(line_of), of_none, dtype=np.uint64)
    for code, is_of_kind in enumerate(kinds, 1):
        kind[is_of_kind] = code
    is_turn = is_first(kind, line_of)
    turns = np.bincount(line_of[is_turn], minlength=lines)
    edges = offsets_of(turns)
    begin = edges[:-1]
    stop = edges[1:]
    shape = span_hashes(kind[is_turn], begin, stop, MULTIPLIER)
    return {"turns": turns, "_shape": shape}
