"""What can be counted about the lines of many documents at once, as whole numbers.

Every feature is an integer or a ratio of integers rounded down, so that the same text gives the same features on
every machine. All work is vectorised over a `Batch` of any number of documents, and no document's features depend on
the others in its batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from msgspec import Struct

from pipeline import native
from pipeline.judge.characters import own_features
from pipeline.judge.form import FORM, form_features
from pipeline.judge.places import FAR, MANY, Columns, Places, Table, ratio, sums
from pipeline.text.blocks import Blocks
from pipeline.tokens import Array, Tokens, lengths_of, mix64, offsets_of, tokenize

SHORT = 40
"""A line of fewer letters is short: a menu's item, a heading, a name."""
LONG = 100
"""A sentence line of so many letters is prose without doubt."""
LOOKED_AT = 1 << 20
"""Characters of a line that are looked at: where there are more, they tell the model nothing new, but cost memory."""


class Batch(Struct, frozen=True, dict=True):
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
            texts += blocks.texts
        if max(map(len, texts), default=0) > LOOKED_AT:
            texts = [text[:LOOKED_AT] for text in texts]
        return cls(
            texts=texts,
            gaps=_column(documents, "gap"),
            form={name: _column(documents, name) for name in FORM},
            offsets=offsets_of(lengths_of(documents)),
        )

    @cached_property
    def tokens(self) -> Tokens:
        """The words of the lines."""
        return tokenize(self.texts)


def _column(documents: Sequence[Blocks], name: str) -> Array:
    """One column of the blocks of all documents, int64 where there are none."""
    none = np.zeros(0, np.int64)
    columns = [getattr(blocks, name) for blocks in documents]
    return np.concatenate([none, *columns])


def line_features(batch: Batch, marks: Table) -> Columns:
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
    words = own["_hash"]
    copies, earlier = places.copies(words, filled)
    # A shape is the kinds of words, and the kinds of the first and the last character: 64 is more than there are.
    first_kind = own["starts_inside"].astype(np.uint64)
    last_kind = own["ends_inside"].astype(np.uint64)
    kinds_at_edges = last_kind + first_kind * np.uint64(64)
    shape = mix64(own["_shape"] + kinds_at_edges)
    is_short = own["letters"] < 2 * SHORT
    same_first, _ = places.copies(own["_first"], filled)
    same_last, _ = places.copies(own["_last"], filled)
    same_shape, _ = places.copies(shape, filled & is_short)
    return {
        "copies": copies,
        "copies_before": earlier,
        "same_first_word": same_first,
        "same_last_word": same_last,
        "same_shape": same_shape,
    }


def _surroundings(own: Columns, places: Places) -> Columns:
    """The line's place in the document, and what stands around it."""
    is_short = own["letters"] < SHORT
    is_prose = own["_prose"] >= LONG
    is_copied = own["copies"] > 1
    is_numbered = own["numbers"] > 0
    is_numbered &= is_short
    # Running sums, of which every window below is a difference
    of_letters = sums(own["letters"])
    of_prose = sums(own["_prose"])
    of_short = sums(is_short)
    of_copied = sums(is_copied)
    of_numbered = sums(is_numbered)
    columns = _standing(own, places, of_letters, of_prose)
    columns |= _since_prose(is_prose, of_letters, places)
    columns |= _short_runs(is_short, of_short, places)
    columns |= _dates(own["_date"], places)
    columns |= places.windows("prose", of_prose, (1, 2, 3, 5, 10, 20, 40))
    columns |= places.windows("letters", of_letters, (1, 2, 3, 5, 10))
    columns |= places.windows("short", of_short, (2, 3, 5, 10))
    columns |= places.around("copied", of_copied, (2, 5, 12))
    columns |= places.around("numbered", of_numbered, (2, 5, 12))
    columns |= _capitalised(own, places)
    for name in _OF_NEIGHBOURS:
        columns |= places.shifts(name, own[name], (-2, -1, 1, 2), -1)
    return columns


def _capitalised(own: Columns, places: Places) -> Columns:
    """How many of the words above and below begin with a capital letter."""
    of_capitals = sums(own["_capitals"])
    of_words = sums(own["_words"])
    capitals = places.windows("capitalised", of_capitals, (1, 3))
    words = places.windows("capitalised", of_words, (1, 3))
    columns: Columns = {}
    for name in words:
        columns[name] = ratio(capitals[name], words[name])
    return columns


def _standing(own: Columns, places: Places, of_letters: Array, of_prose: Array) -> Columns:
    """Where in its document a line stands, and how much stands before and after it.

    `of_letters`, `of_prose`: `sums` of the lines' letters, and of those in prose
    """
    gap = np.minimum(own["_gap"], 5)
    lines = places.stop - places.first
    lines_before = places.line - places.first
    all_letters = places.whole(of_letters)
    all_prose = places.whole(of_prose)
    letters_before = places.before(of_letters)
    prose_before = places.before(of_prose)
    prose_after = places.after(of_prose)
    return {
        "gap": gap,
        "gap_after": places.shift(gap, 1, 5),
        "document_lines": lines,
        "document_letters": np.minimum(all_letters, 1_000_000),
        "document_prose": ratio(all_prose, all_letters),
        "document_mean": all_letters // lines,
        "place": ratio(lines_before, lines),
        "from_start": lines_before,
        "to_end": places.stop - 1 - places.line,
        "letters_before": ratio(letters_before, all_letters),
        "prose_before": ratio(prose_before, all_prose),
        "prose_after": ratio(prose_after, all_prose),
        "prose_letters_before": np.minimum(prose_before, MANY),
        "prose_letters_after": np.minimum(prose_after, MANY),
    }


def _since_prose(is_prose: Array, of_letters: Array, places: Places) -> Columns:
    """How far, in lines and letters, the last line and the next one are that are prose without doubt.

    `is_prose`: bool [lines]
    `of_letters`: `sums` of the lines' letters
    """
    last = places.last(is_prose)
    following = places.next(is_prose)
    up_to_last = of_letters.take(last + 1)
    up_to_following = of_letters.take(following)
    since = of_letters[:-1] - up_to_last
    until = up_to_following - of_letters[1:]
    is_first = last < places.first
    is_last = following >= places.stop
    return {
        "since_prose": places.since(is_prose),
        "until_prose": places.until(is_prose),
        "letters_since_prose": np.where(is_first, MANY, since),
        "letters_until_prose": np.where(is_last, MANY, until),
    }


def _short_runs(is_short: Array, of_short: Array, places: Places) -> Columns:
    """The run of short lines that a line stands in; it lies between two that are not short.

    `is_short`: bool [lines]
    `of_short`: `sums` of it
    """
    last_tall = places.last(~is_short)
    next_tall = places.next(~is_short)
    run = next_tall - last_tall - 1
    place = places.line - last_tall
    lines = places.stop - places.first
    all_short = places.whole(of_short)
    return {
        "document_short": ratio(all_short, lines),
        "short_run": np.where(is_short, run, 0),
        "place_in_run": np.where(is_short, place, 0),
    }


def _dates(is_date: Array, places: Places) -> Columns:
    """Where lines stand that look like a date line."""
    of_dates = sums(is_date)
    return {
        "document_dates": places.whole(of_dates),
        "dates_before": places.before(of_dates),
        "since_date": places.since(is_date),
        "until_date": places.until(is_date),
    }


_OF_NEIGHBOURS = ("words", "numbers", "copies", "capitalised", "starts_inside", "ends_stop", "same_shape")
"""Columns of the lines before and after that are asked for, too."""

OPENING = 300
"""A section opens after so many letters of prose; before, the text has not begun."""


def _marked(marks: Table, own: Columns, places: Places) -> Columns:
    """Where marked lines stand around a line; `marks` columns hold 0 for no mark."""
    if not marks:
        return {}
    of_prose = sums(own["_prose"])
    # int64 [marks, lines]: all marks at once.
    every_column = [column.astype(np.int64) for column in marks.values()]
    values = np.stack(every_column)
    is_marked = values > 0
    around = _around_marks_compiled if native.kernels is not None else _around_marks
    tables = {"{}": values, **dict(zip(_AROUND_MARKS, around(is_marked, of_prose, places), strict=True))}
    columns: Columns = {}
    for title, table in tables.items():
        names = map(title.format, marks)
        columns |= zip(names, table, strict=True)
    # Lines with any mark
    is_any: Array = np.any(is_marked, axis=0)
    of_any = sums(is_any)
    columns |= places.windows("marked", of_any, (1, 2, 4, 8))
    columns["since_marked"] = places.since(is_any)
    columns["until_marked"] = places.until(is_any)
    lines = places.stop - places.first
    all_marked = places.whole(of_any)
    columns["document_marked"] = ratio(all_marked, lines)
    return columns


_AROUND_MARKS = ("{}_before", "{}_after", "since_{}", "until_{}", "prose_since_first_{}", "prose_until_first_{}")
"""What is known of each mark around a line, in the order of `_around_marks`"""


def _around_marks(is_marked: Array, of_prose: Array, places: Places) -> tuple[Array, ...]:
    """int64 [marks, lines] each, in the order of `_AROUND_MARKS`: how many lines before and after a line are marked, how far the
    next ones are, and how much prose stands between it and the first marked one that opens a section.

    `is_marked`: bool [marks, lines]
    `of_prose`: `sums` of the lines' letters in prose
    """
    of_marks = sums(is_marked)
    # Of each mark the first line that stands behind some text: it opens a section.
    has_begun = places.before(of_prose) >= OPENING
    first = places.first_flagged(is_marked & has_begun)
    prose_before_first = of_prose.take(first)
    prose_before = of_prose[:-1]
    prose_before_document = of_prose.take(places.first)
    prose_since = np.minimum(prose_before - prose_before_first, MANY)
    prose_until = np.minimum(prose_before_first - prose_before_document, MANY)
    is_below = first < places.line
    is_there = first < places.stop
    return (
        places.before(of_marks),
        places.after(of_marks),
        places.since(is_marked),
        places.until(is_marked),
        np.where(is_below, prose_since, -1),
        np.where(is_there, prose_until, -1),
    )


def _around_marks_compiled(is_marked: Array, of_prose: Array, places: Places) -> Array:
    """What `_around_marks` gives, by a kernel: int64 [6, marks, lines]."""
    assert native.kernels is not None
    found = native.kernels.mark_columns(is_marked, of_prose, places.offsets, OPENING, FAR, MANY)
    return np.frombuffer(found, np.int64).reshape(len(_AROUND_MARKS), *is_marked.shape)
