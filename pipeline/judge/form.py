"""What the form of a block says: its kind, the run it belongs to, and the forms around it; columns for the model."""

from __future__ import annotations

import numpy as np

from pipeline.judge.places import MANY, Columns, Places, ratio, sums
from pipeline.match.core.packed import groups, place_in_group
from pipeline.text.blocks import Flag, Kind
from pipeline.tokens import Array

_DEEPEST = 9
"""Deeper lists are as deep as this."""
_MOST_IN_RUN = 50
"""Blocks of a run, before or after one, that are counted."""
_MOST_HEADINGS = 200
"""Headings of a document that are counted."""
_REACH = 5
"""Blocks up and down among which those of a kind are counted."""
FORM = ("kind", "level", "depth", "quote", "number", "run", "flags", "post")
"""The columns of blocks that features are made of."""
MARKED = (
    Kind.HEADING,
    Kind.LIST_ITEM,
    Kind.TABLE,
    Kind.CODE,
    Kind.QUOTE,
    Kind.CAPTION,
    Kind.TURN,
    Kind.VERSE,
    Kind.DEFINITION,
)
"""Kinds that have a column each."""
_NEIGHBOURS = (
    Kind.HEADING,
    Kind.LIST_ITEM,
    Kind.CODE,
    Kind.TURN,
)
"""Kinds that are looked for around a block."""
_SHARES = (
    Kind.LIST_ITEM,
    Kind.TABLE,
    Kind.CODE,
    Kind.TURN,
    Kind.VERSE,
)
"""Kinds of which it counts how much of a document they make up."""
_FLAGS = (
    Flag.JOINED,
    Flag.CONTINUED,
    Flag.HIDDEN,
    Flag.NOSCRIPT,
)
"""Flags that have a column each."""


def form_features(form: Columns, own: Columns, places: Places) -> Columns:
    """Every feature by name, int64 [blocks].

    `form` has the columns of `FORM`, `own` the block's `letters`, `words`, `_prose` and `ends_stop`.
    """
    columns = _own_form(form)
    columns |= _runs(form, own, places)
    kind = form["kind"]
    columns |= _shares(kind, own["letters"], places)
    for one in _NEIGHBOURS:
        name = _name(one)
        is_kind = columns[f"is_{name}"]
        above = places.shift(is_kind, -1, 0)
        below = places.shift(is_kind, 1, 0)
        columns[f"{name}_above"] = above
        columns[f"{name}_below"] = below
        columns |= places.around(name, sums(is_kind), (_REACH,))
    return columns | _headings(kind, own, places)


def _own_form(form: Columns) -> Columns:
    """The form of each block by itself."""
    columns = {
        "level": form["level"],
        "depth": np.minimum(form["depth"], _DEEPEST),
        "is_numbered": form["number"] >= 0,
    }
    kind = form["kind"]
    flags = form["flags"]
    for one in MARKED:
        columns[f"is_{_name(one)}"] = kind == one
    for flag in _FLAGS:
        has_flag = (flags & flag) > 0
        columns[f"is_{_name(flag)}"] = has_flag
    return {name: column.astype(np.int64) for name, column in columns.items()}


def _shares(kind: Array, letters: Array, places: Places) -> Columns:
    """How much of the document's letters stand in blocks of some kinds."""
    all_letters = places.whole(sums(letters))
    columns: Columns = {}
    for one in _SHARES:
        letters_of_kind = np.where(kind == one, letters, 0)
        all_of_kind = places.whole(sums(letters_of_kind))
        share = ratio(all_of_kind, all_letters)
        columns[f"document_{_name(one)}"] = share
    return columns


def _name(one: Kind | Flag) -> str:
    """What a kind or a flag is called in the names of columns."""
    return str(one.name).lower()


def _runs(form: Columns, own: Columns, places: Places) -> Columns:
    """How long the run of the block is, in blocks and letters, how it looks on the whole, and where the block stands in it."""
    size, number = run_numbers(form["run"], places)
    place = _places_in_runs(number)
    left = size - 1 - place

    def total(values: Array) -> Array:
        """The sum over the run of each block."""
        of_runs = np.bincount(number, weights=values)
        of_blocks = of_runs[number]
        return of_blocks.astype(np.int64)

    letters = total(own["letters"])
    words = total(own["words"])
    prose = total(own["_prose"])
    stops = total(own["ends_stop"])
    copied = total(own["copies"] > 1)
    with_numbers = total(own["numbers"] > 0)
    return {
        "run_blocks": size,
        "run_rank": np.minimum(place, _MOST_IN_RUN),
        "run_left": np.minimum(left, _MOST_IN_RUN),
        "run_of_letters": np.minimum(letters, MANY),
        "run_mean": letters // size,
        "run_words": 10 * words // size,
        "run_prose": ratio(prose, letters),
        "run_stops": ratio(stops, size),
        "run_copies": ratio(copied, size),
        "run_numbers": ratio(with_numbers, size),
    }


def _places_in_runs(number: Array) -> Array:
    """int64 [blocks]: how many blocks of its own run stand before each, given the number of the run."""
    by_run = np.argsort(number, kind="stable")
    _, blocks = groups(number[by_run])
    place = np.zeros(len(number), dtype=np.int64)
    place[by_run] = place_in_group(blocks)
    return place


def run_numbers(run: Array, places: Places) -> tuple[Array, Array]:
    """(how many blocks each block's run has, a number of the run from 0 on); a block by itself is a run of one."""
    is_alone = run < 0
    in_document = (places.document << 32) + run  # documents number their runs anew
    of_one = -1 - places.line  # less than nothing, as no run's
    keys = np.where(is_alone, of_one, in_document)
    _, number, count = np.unique(keys, return_inverse=True, return_counts=True)
    return count[number], number


def _headings(kind: Array, own: Columns, places: Places) -> Columns:
    """How far the last heading is, and how much prose stands under it before the next one.

    `kind`: int [blocks], see `Kind`
    `own`: the block's letters of prose, `_prose`
    """
    is_heading = kind == Kind.HEADING
    # A section begins with the last heading, this one itself, or the document.
    heading_before = places.last(is_heading)
    before = np.maximum(heading_before, places.first)
    start = np.where(is_heading, places.line, before)
    end = places.next(is_heading)
    of_prose = sums(own["_prose"])
    prose_of_section = of_prose.take(end) - of_prose.take(start)
    headings = places.whole(sums(is_heading))
    return {
        "since_heading": places.since(is_heading),
        "section_prose": np.minimum(prose_of_section, MANY),
        "document_headings": np.minimum(headings, _MOST_HEADINGS),
    }
