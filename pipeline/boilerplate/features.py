"""What can be counted about the lines of many documents at once, as whole numbers.

Every feature is an integer or a ratio of integers rounded down, so that the same text gives the same features on
every machine. Nothing here knows a language: characters are told apart by their Unicode class, and lengths count
letters, an ideograph or kana as three. All work is vectorised over a `Batch` of any number of documents, and no
document's features depend on the others in its batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.boilerplate.context import Places, ratio, sums
from pipeline.model import Line
from pipeline.tokens import MULTIPLIER, mix64, offsets_of, span_hashes, tokenize

Array = NDArray[Any]
Columns = dict[str, Array]

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

SHORT = 40
"""A line of fewer letters is short: a menu's item, a heading, a name."""
LONG = 100
"""A sentence line of so many letters is prose without doubt."""
MANY = 20_000
"""Sums of letters over a document are cut off here: longer is not more telling."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines of any number of documents, one document after another."""

    texts: Sequence[str]
    gaps: Array
    """int64 [lines]: line breaks before each line."""
    offsets: Array
    """int64 [documents + 1]: document `d` has the lines `offsets[d]:offsets[d + 1]`."""

    @classmethod
    def of(cls, documents: Sequence[Sequence[Line]]) -> Batch:
        """All lines of `documents`."""
        return cls(
            [line.text for lines in documents for line in lines],
            np.array([line.gap for lines in documents for line in lines], dtype=np.int64),
            offsets_of(np.array([len(lines) for lines in documents], dtype=np.int64)),
        )


@cache
def character_classes() -> Array:
    """uint8 [0x110000]: the class of every code point."""
    with np.load(CHARACTERS) as data:
        table: Array = data["classes"][data["stage1"]].reshape(-1)
    return table


def line_features(batch: Batch, marks: Mapping[str, Array]) -> Columns:
    """Every feature of every line, by name; int64 [lines].

    `marks` are columns that others know of the lines, such as which rules hold; 0 means nothing is known.
    """
    places = Places(batch.offsets)
    columns = own_features(batch)
    columns |= _copies(columns, places)
    columns |= _surroundings(columns, places)
    columns |= _marked(marks, columns, places)
    return {name: values for name, values in columns.items() if not name.startswith("_")}


def own_features(batch: Batch) -> Columns:
    """What a line says of itself. Names that begin with `_` are for further computing only."""
    joined = "\n".join((*batch.texts, ""))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, batch.texts), np.int64, len(batch.texts))
    edges = offsets_of(lengths + 1)
    kinds = character_classes().take(codes)
    line_of = np.repeat(np.arange(len(lengths)), lengths + 1)
    counts = np.bincount(line_of * len(CLASSES) + kinds, minlength=len(lengths) * len(CLASSES))
    columns = {"_gap": batch.gaps}
    columns |= _counted(counts.reshape(-1, len(CLASSES)).T, lengths)
    columns |= _edges(codes, kinds, edges)
    columns |= _patterns(codes, kinds, line_of, len(lengths))
    columns |= _words(batch, kinds, edges)
    letters, sentences = columns["letters"], columns["sentences"]
    columns["letters_per_sentence"] = letters // np.maximum(sentences, 1)
    columns["_prose"] = np.where((columns["ends_stop"] > 0) | (sentences >= 2), letters, 0)
    columns["_date"] = (letters < 60) & (columns["numbers"] > 0) & (
        (columns["years"] > 0) | (columns["times"] > 0) | (columns["dates"] > 0) | (columns["numbers"] >= 2)
    )  # fmt: skip
    columns["date_like"] = columns["_date"].astype(np.int64)
    return columns


def _counted(counts: Array, lengths: Array) -> Columns:
    """Characters by class. `counts` has a row for each class."""
    ideographs = counts[IDEOGRAPH]
    cased = counts[LOWER] + counts[UPPER]
    alphabetic = cased + counts[LETTER]
    letters = alphabetic + counts[DIGIT] + 3 * ideographs
    plain = alphabetic + ideographs + counts[MARK] + counts[DIGIT] + counts[SPACE]
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
        "ats": counts[AT],
        "currency": counts[CURRENCY],
        "legal_signs": counts[LEGAL],
        "symbols": counts[SYMBOL] + counts[PUNCTUATION] + counts[OTHER],
    }


_CLOSES = np.isin(np.arange(len(CLASSES)), (QUOTE, APOSTROPHE, GUILLEMET, CLOSE))
_OPENS = np.isin(np.arange(len(CLASSES)), (QUOTE, APOSTROPHE, GUILLEMET, OPEN, DASH))


def _edges(codes: Array, kinds: Array, edges: Array) -> Columns:
    """How a line begins and ends, within quotes and brackets."""
    first, last = edges[:-1], np.maximum(edges[1:] - 2, edges[:-1])
    start, end = first, last
    for _ in range(3):
        start = np.where(_OPENS[kinds[start]] & (start < last), start + 1, start)
        end = np.where(_CLOSES[kinds[end]] & (end > first), end - 1, end)
    closing = kinds[end]
    stop = closing == STOP
    dots = (closing == ELLIPSIS) | (
        stop & (end > first) & (kinds[np.maximum(end - 1, 0)] == STOP) & (codes[end] == ord("."))
    )
    question = (codes[end] == ord("?")) | (codes[end] == ord("？"))
    return {
        "starts": kinds[first].astype(np.int64),
        "starts_inside": kinds[start].astype(np.int64),
        "ends": kinds[last].astype(np.int64),
        "ends_inside": closing.astype(np.int64),
        "ends_stop": (stop & ~dots).astype(np.int64),
        "ends_dots": dots.astype(np.int64),
        "ends_question": question.astype(np.int64),
        "ends_colon": (closing == COLON).astype(np.int64),
        "ends_comma": (closing == COMMA).astype(np.int64),
    }


def _patterns(codes: Array, kinds: Array, line_of: Array, lines: int) -> Columns:
    """Sentence ends, clock times, dates and domain names, by their characters."""
    stop = (kinds == STOP) | (kinds == ELLIPSIS)
    before, middle, after = kinds[:-2], kinds[1:-1], kinds[2:]
    follows = np.ones(len(kinds), dtype=bool)
    follows[:-1] = (kinds[1:] == SPACE) | _CLOSES[kinds[1:]]
    wide = (codes == ord("。")) | (codes == ord("！")) | (codes == ord("？"))
    sentence = stop & (follows | wide)
    sentence[1:] &= ~stop[:-1]
    dot = codes[1:-1] == ord(".")
    between_digits = (before == DIGIT) & (after == DIGIT)

    def count(flags: Array, of: Array) -> Array:
        return np.bincount(of[flags], minlength=lines)

    inner = line_of[1:-1]
    return {
        "sentences": count(sentence, line_of),
        "times": count(between_digits & (middle == COLON), inner),
        "dates": count(between_digits & (dot | (middle == SLASH) | (middle == DASH)), inner),
        "domains": count(dot & (after == LOWER) & ((before == LOWER) | (before == UPPER)), inner),
    }


def _words(batch: Batch, kinds: Array, edges: Array) -> Columns:
    """Words by kind, and hashes of the line's words, its first and last word and its shape."""
    tokens = tokenize(batch.texts)
    lines = len(batch.texts)
    line_of = np.repeat(np.arange(lines), np.diff(tokens.offsets))
    start, end = edges[line_of] + tokens.start, edges[line_of] + tokens.end
    length = tokens.end - tokens.start
    kind = kinds[start]
    number, capital, lower = kind == DIGIT, kind == UPPER, kind == LOWER
    single = kind == IDEOGRAPH
    upper = sums(kinds == UPPER)
    shouted = capital & (upper[end] - upper[start] == length) & (length > 1)
    spaced = ~(number | single)

    def count(flags: Array) -> Array:
        return np.bincount(line_of[flags], minlength=lines)

    words, singles, numbers, capitals = count(spaced), count(single), count(number), count(capital)
    hashes = np.where(number, np.uint64(1) + length.astype(np.uint64), tokens.hash)
    filled = np.diff(tokens.offsets) > 0
    first = tokens.offsets[:-1].clip(max=max(len(hashes) - 1, 0))
    last = (tokens.offsets[1:] - 1).clip(min=0)

    kinds_of_word = np.full(len(tokens.hash), 5, dtype=np.uint64)
    for code, flags in enumerate((number, capital, lower, single), 1):
        kinds_of_word[flags] = code
    turn = np.ones(len(line_of), dtype=bool)
    turn[1:] = (kinds_of_word[1:] != kinds_of_word[:-1]) | (line_of[1:] != line_of[:-1])
    turns = np.bincount(line_of[turn], minlength=lines)
    turn_offsets = offsets_of(turns)
    return {
        "words": words + numbers + singles // 2,
        "word_length": 10
        * np.bincount(line_of, weights=length, minlength=lines).astype(np.int64)
        // np.maximum(words + numbers + (singles + 1) // 2, 1),
        "numbers": numbers,
        "years": count(number & (length == 4)),
        "small_numbers": count(number & (length <= 2)),
        "capitalised": ratio(capitals, words),
        "shouted": ratio(count(shouted), words),
        "lower": ratio(count(lower), words),
        "short_words": ratio(count(lower & (length <= 3)), words),
        "long_words": ratio(count(spaced & (length >= 8)), words),
        "turns": turns,
        "_capitals": capitals,
        "_words": words,
        "_filled": filled,
        "_hash": span_hashes(hashes, tokens.offsets[:-1], tokens.offsets[1:], MULTIPLIER),
        "_first": hashes[first] if len(hashes) else np.zeros(lines, np.uint64),
        "_last": hashes[last] if len(hashes) else np.zeros(lines, np.uint64),
        "_shape": span_hashes(kinds_of_word[turn], turn_offsets[:-1], turn_offsets[1:], MULTIPLIER),
    }


def _copies(own: Columns, places: Places) -> Columns:
    """How often the document says the same, begins and ends a line alike, or shapes short lines alike."""
    copies, earlier = places.copies(own["_hash"], own["_filled"])
    shape = (
        own["_shape"] + own["ends_inside"].astype(np.uint64) + own["starts_inside"].astype(np.uint64) * np.uint64(64)
    )
    return {
        "copies": copies,
        "copies_before": earlier,
        "same_first_word": places.copies(own["_first"], own["_filled"])[0],
        "same_last_word": places.copies(own["_last"], own["_filled"])[0],
        "same_shape": places.copies(mix64(shape), own["_filled"] & (own["letters"] < 2 * SHORT))[0],
    }


def _surroundings(own: Columns, places: Places) -> Columns:
    """The line's place in the document, and what stands around it."""
    letters, prose = own["letters"], own["_prose"]
    short, date = letters < SHORT, own["_date"]
    good = prose >= LONG
    of_letters, of_prose, of_short = sums(letters), sums(prose), sums(short)
    of_dates, of_copied = sums(date), sums(own["copies"] > 1)
    of_shaped = sums(own["same_shape"] >= 3)
    of_numbered = sums((own["numbers"] > 0) & short)
    of_capitals, of_words = sums(own["_capitals"]), sums(own["_words"])
    lines = places.stop - places.first
    all_letters, all_prose = places.whole(of_letters), places.whole(of_prose)
    last, following = places.last(good), places.next(good)
    last_tall, next_tall = places.last(~short), places.next(~short)
    columns = {
        "gap": np.minimum(own["_gap"], 5),
        "gap_after": places.shift(np.minimum(own["_gap"], 5), 1, 5),
        "document_lines": lines,
        "document_letters": np.minimum(all_letters, 1_000_000),
        "document_prose": ratio(all_prose, all_letters),
        "document_short": ratio(places.whole(of_short), lines),
        "document_mean": all_letters // lines,
        "document_dates": places.whole(of_dates),
        "place": ratio(places.line - places.first, lines),
        "from_start": places.line - places.first,
        "to_end": places.stop - 1 - places.line,
        "letters_before": ratio(places.before(of_letters), all_letters),
        "prose_before": ratio(places.before(of_prose), all_prose),
        "prose_after": ratio(places.after(of_prose), all_prose),
        "prose_letters_before": np.minimum(places.before(of_prose), MANY),
        "prose_letters_after": np.minimum(places.after(of_prose), MANY),
        "dates_before": places.before(of_dates),
        "since_prose": places.since(good),
        "until_prose": places.until(good),
        "letters_since_prose": np.where(last < places.first, MANY, of_letters[:-1] - of_letters.take(last + 1)),
        "letters_until_prose": np.where(following >= places.stop, MANY, of_letters.take(following) - of_letters[1:]),
        "since_date": places.since(date),
        "until_date": places.until(date),
        "short_run": np.where(short, next_tall - last_tall - 1, 0),
        "place_in_run": np.where(short, places.line - last_tall, 0),
    }
    for reach in (1, 2, 3, 5, 10, 20, 40):
        columns[f"prose_above_{reach}"] = places.window(of_prose, reach, -1)
        columns[f"prose_below_{reach}"] = places.window(of_prose, -1, reach)
    for reach in (1, 2, 3, 5, 10):
        columns[f"letters_above_{reach}"] = places.window(of_letters, reach, -1)
        columns[f"letters_below_{reach}"] = places.window(of_letters, -1, reach)
    for reach in (2, 3, 5, 10):
        columns[f"short_above_{reach}"] = places.window(of_short, reach, -1)
        columns[f"short_below_{reach}"] = places.window(of_short, -1, reach)
    for reach in (2, 5, 12):
        columns[f"copied_within_{reach}"] = places.window(of_copied, reach, reach)
        columns[f"numbered_within_{reach}"] = places.window(of_numbered, reach, reach)
    for reach in (3, 8):
        columns[f"dates_above_{reach}"] = places.window(of_dates, reach, -1)
        columns[f"dates_below_{reach}"] = places.window(of_dates, -1, reach)
        columns[f"shaped_above_{reach}"] = places.window(of_shaped, reach, -1)
        columns[f"shaped_below_{reach}"] = places.window(of_shaped, -1, reach)
    for reach in (1, 3):
        columns[f"capitalised_above_{reach}"] = ratio(
            places.window(of_capitals, reach, -1), places.window(of_words, reach, -1)
        )
        columns[f"capitalised_below_{reach}"] = ratio(
            places.window(of_capitals, -1, reach), places.window(of_words, -1, reach)
        )
    for name in (
        "ends_stop",
        "ends_colon",
        "starts_inside",
        "words",
        "numbers",
        "copies",
        "dates",
        "capitalised",
        "quotes",
        "date_like",
        "same_shape",
    ):
        for by in (-2, -1, 1, 2):
            columns[f"{name}@{by:+d}"] = places.shift(own[name], by, -1)
    return columns


OPENING = 300
"""A section opens after so many letters of prose; before, the text has not begun."""


def _marked(marks: Mapping[str, Array], own: Columns, places: Places) -> Columns:
    """Where marked lines stand around a line; `marks` columns hold 0 for no mark."""
    if not marks:
        return {}
    columns: Columns = {}
    of_prose = sums(own["_prose"])
    begun = places.before(of_prose) >= OPENING
    marked = np.zeros(len(places), dtype=bool)
    for name, values in marks.items():
        flags = values > 0
        marked |= flags
        total = sums(flags)
        first = places.first_flagged(flags & begun)
        prose_first = of_prose.take(first)
        columns[f"{name}"] = values.astype(np.int64)
        columns[f"{name}_above"] = places.window(total, 3, -1)
        columns[f"{name}_below"] = places.window(total, -1, 3)
        columns[f"{name}_within"] = places.window(total, 8, 8)
        columns[f"{name}_before"] = places.before(total)
        columns[f"{name}_after"] = places.after(total)
        columns[f"since_{name}"] = places.since(flags)
        columns[f"until_{name}"] = places.until(flags)
        columns[f"prose_since_first_{name}"] = np.where(
            first < places.line, np.minimum(of_prose[:-1] - prose_first, MANY), -1
        )
        columns[f"prose_until_first_{name}"] = np.where(
            first < places.stop, np.minimum(prose_first - of_prose.take(places.first), MANY), -1
        )
    total = sums(marked)
    for reach in (1, 2, 4, 8):
        columns[f"marked_above_{reach}"] = places.window(total, reach, -1)
        columns[f"marked_below_{reach}"] = places.window(total, -1, reach)
    columns["since_marked"] = places.since(marked)
    columns["until_marked"] = places.until(marked)
    columns["document_marked"] = ratio(places.whole(total), places.stop - places.first)
    return columns
