"""What can be counted about the lines of many documents at once, as whole numbers.

Every feature is an integer or a ratio of integers rounded down, so that the same text gives the same features on
every machine. All work is vectorised over a `Batch` of any number of documents, and no document's features depend on
the others in its batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.judge.characters import own_features
from pipeline.judge.form import FORM, form_features
from pipeline.judge.places import MANY, Columns, Places, ratio, sums
from pipeline.text.blocks import Blocks
from pipeline.tokens import Array, Tokens, lengths_of, mix64, offsets_of, tokenize

SHORT = 40
"""A line of fewer letters is short: a menu's item, a heading, a name."""
LONG = 100
"""A sentence line of so many letters is prose without doubt."""
LOOKED_AT = 1 << 20
"""Characters of a line that are looked at: where there are more, they tell the model nothing new, but cost memory."""


@dataclass(frozen=True)
class Batch:
    """The lines of any number of documents, one document after another."""

    texts: Sequence[str]
    gaps: Array
    """int64 [lines]: line breaks before each line."""
    form: Columns
    """The columns `FORM` of the blocks."""
    offsets: Array
    """int64 [documents + 1]: document `d` has the lines `offsets[d]:offsets[d + 1]`."""

    @classmethod
    def of(cls, documents: Sequence[Blocks]) -> Batch:
        """All blocks of `documents`."""
        texts: list[str] = []
        for blocks in documents:
            texts += [text[:LOOKED_AT] for text in blocks.texts]
        return cls(
            texts,
            _column(documents, "gap"),
            {name: _column(documents, name) for name in FORM},
            offsets_of(lengths_of(documents)),
        )

    @cached_property
    def tokens(self) -> Tokens:
        """The words of the lines."""
        return tokenize(self.texts)


def _column(documents: Sequence[Blocks], name: str) -> Array:
    """One column of the blocks of all documents, int64 where there are none."""
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *(getattr(blocks, name) for blocks in documents)])


def line_features(batch: Batch, marks: Mapping[str, Array]) -> Columns:
    """Every feature of every line, by name; int64 [lines].

    `marks` are columns that others know of the lines, such as which rules hold; 0 means nothing is known.
    """
    places = Places(batch.offsets)
    columns = own_features(batch.texts, batch.gaps, batch.tokens)
    columns |= _copies(columns, places)
    columns |= form_features(batch.form, columns, places)
    columns |= _surroundings(columns, places)
    columns |= _marked(marks, columns, places)
    return {name: values for name, values in columns.items() if not name.startswith("_")}


def _copies(own: Columns, places: Places) -> Columns:
    """How often the document says the same, begins and ends a line alike, or shapes short lines alike."""
    filled = own["_filled"]
    copies, earlier = places.copies(own["_hash"], filled)
    # A shape is the kinds of words, and the kinds of the first and the last character: 64 is more than there are.
    first_kind = own["starts_inside"].astype(np.uint64)
    last_kind = own["ends_inside"].astype(np.uint64)
    shape = mix64(own["_shape"] + last_kind + first_kind * np.uint64(64))
    is_short = own["letters"] < 2 * SHORT
    return {
        "copies": copies,
        "copies_before": earlier,
        "same_first_word": places.copies(own["_first"], filled)[0],
        "same_last_word": places.copies(own["_last"], filled)[0],
        "same_shape": places.copies(shape, filled & is_short)[0],
    }


def _surroundings(own: Columns, places: Places) -> Columns:
    """The line's place in the document, and what stands around it."""
    letters = own["letters"]
    prose = own["_prose"]
    date = own["_date"]
    short = letters < SHORT
    good = prose >= LONG
    # Running sums, of which every window below is a difference
    of_letters = sums(letters)
    of_prose = sums(prose)
    of_short = sums(short)
    of_dates = sums(date)
    is_numbered = (own["numbers"] > 0) & short
    of_copied = sums(own["copies"] > 1)
    of_numbered = sums(is_numbered)
    of_capitals = sums(own["_capitals"])
    of_words = sums(own["_words"])
    lines = places.stop - places.first
    all_letters = places.whole(of_letters)
    all_prose = places.whole(of_prose)
    last = places.last(good)
    following = places.next(good)
    since_prose = of_letters[:-1] - of_letters.take(last + 1)
    until_prose = of_letters.take(following) - of_letters[1:]
    # A run of short lines lies between two that are not short.
    last_tall = places.last(~short)
    next_tall = places.next(~short)
    gap = np.minimum(own["_gap"], 5)
    columns = {
        "gap": gap,
        "gap_after": places.shift(gap, 1, 5),
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
        "letters_since_prose": np.where(last < places.first, MANY, since_prose),
        "letters_until_prose": np.where(following >= places.stop, MANY, until_prose),
        "since_date": places.since(date),
        "until_date": places.until(date),
        "short_run": np.where(short, next_tall - last_tall - 1, 0),
        "place_in_run": np.where(short, places.line - last_tall, 0),
    }
    columns |= places.windows("prose", of_prose, (1, 2, 3, 5, 10, 20, 40))
    columns |= places.windows("letters", of_letters, (1, 2, 3, 5, 10))
    columns |= places.windows("short", of_short, (2, 3, 5, 10))
    for reach in (2, 5, 12):
        columns[f"copied_within_{reach}"] = places.window(of_copied, reach, reach)
        columns[f"numbered_within_{reach}"] = places.window(of_numbered, reach, reach)
    capitals = places.windows("capitalised", of_capitals, (1, 3))
    words = places.windows("capitalised", of_words, (1, 3))
    columns |= {name: ratio(capitals[name], words[name]) for name in words}
    for name in _OF_NEIGHBOURS:
        columns |= places.shifts(name, own[name], (-2, -1, 1, 2), -1)
    return columns


_OF_NEIGHBOURS = ("words", "numbers", "copies", "capitalised", "starts_inside", "ends_stop", "same_shape")

OPENING = 300
"""A section opens after so many letters of prose; before, the text has not begun."""


def _marked(marks: Mapping[str, Array], own: Columns, places: Places) -> Columns:
    """Where marked lines stand around a line; `marks` columns hold 0 for no mark."""
    if not marks:
        return {}
    of_prose = sums(own["_prose"])
    # From here on [marks, lines]: all marks at once.
    values = np.stack([column.astype(np.int64) for column in marks.values()])
    flags = values > 0
    total = sums(flags)
    # Of each mark the first line that stands behind some text: it opens a section.
    opened = places.before(of_prose) >= OPENING
    first = places.first_flagged(flags & opened)
    prose_first = of_prose.take(first)
    prose_since = of_prose[:-1] - prose_first
    prose_until = prose_first - of_prose.take(places.first)
    since = np.where(first < places.line, np.minimum(prose_since, MANY), -1)
    until = np.where(first < places.stop, np.minimum(prose_until, MANY), -1)
    tables = {
        "{}": values,
        "{}_before": places.before(total),
        "{}_after": places.after(total),
        "since_{}": places.since(flags),
        "until_{}": places.until(flags),
        "prose_since_first_{}": since,
        "prose_until_first_{}": until,
    }
    columns: Columns = {}
    for title, table in tables.items():
        names = map(title.format, marks)
        columns |= zip(names, table, strict=True)
    marked: Array = np.any(flags, axis=0)
    of_marked = sums(marked)
    columns |= places.windows("marked", of_marked, (1, 2, 4, 8))
    columns["since_marked"] = places.since(marked)
    columns["until_marked"] = places.until(marked)
    columns["document_marked"] = ratio(places.whole(of_marked), places.stop - places.first)
    return columns
