"""What the form of a block says: its kind, the run it belongs to, and the forms around it; columns for the model."""

from __future__ import annotations

import numpy as np

from pipeline.judge.places import MANY, Columns, Places, ratio, sums
from pipeline.text.blocks import Flag, Kind
from pipeline.tokens import Array

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
_NEIGHBOURS = (Kind.HEADING, Kind.LIST_ITEM, Kind.CODE, Kind.TURN)


def form_features(form: Columns, own: Columns, places: Places) -> Columns:
    """Every feature by name, int64 [blocks].

    `form` has the columns of `FORM`, `own` the block's `letters`, `words`, `_prose` and `ends_stop`.
    """
    kind = form["kind"]
    flags = form["flags"]
    columns: Columns = {}
    for one in MARKED:
        is_one = kind == one
        columns[f"is_{one.name.lower()}"] = is_one.astype(np.int64)
    columns["level"] = form["level"].astype(np.int64)
    columns["depth"] = np.minimum(form["depth"], 9).astype(np.int64)
    columns["is_numbered"] = (form["number"] >= 0).astype(np.int64)
    for flag in (Flag.JOINED, Flag.CONTINUED, Flag.HIDDEN, Flag.NOSCRIPT):
        has_flag = (flags & flag) > 0
        columns[f"is_{str(flag.name).lower()}"] = has_flag.astype(np.int64)
    columns |= _runs(form, own, places)
    letters = own["letters"]
    all_letters = places.whole(sums(letters))
    for one in (Kind.LIST_ITEM, Kind.TABLE, Kind.CODE, Kind.TURN, Kind.VERSE):
        of_kind = sums(np.where(kind == one, letters, 0))
        columns[f"document_{one.name.lower()}"] = ratio(places.whole(of_kind), all_letters)
    for one in _NEIGHBOURS:
        name = one.name.lower()
        is_one = columns[f"is_{name}"]
        columns[f"{name}_above"] = places.shift(is_one, -1, 0)
        columns[f"{name}_below"] = places.shift(is_one, 1, 0)
        columns[f"{name}_within_5"] = places.window(sums(is_one), 5, 5)
    return columns | _headings(kind, own, places)


def _runs(form: Columns, own: Columns, places: Places) -> Columns:
    """How long the run of the block is, in blocks and letters, how it looks on the whole, and where the block stands in it."""
    size, number = run_numbers(form["run"], places)
    # Sorted by run, the place of a block in its run is how far it stands from the first of its number.
    order = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.diff(number[order], prepend=-1))
    counts = np.diff(np.append(first, len(order)))
    place = np.zeros(len(places), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.repeat(first, counts)

    def total(values: Array) -> Array:
        of_runs = np.bincount(number, weights=values, minlength=len(counts)).astype(np.int64)
        return of_runs[number]

    letters = total(own["letters"])
    return {
        "run_blocks": size,
        "run_rank": np.minimum(place, 50),
        "run_left": np.minimum(size - 1 - place, 50),
        "run_of_letters": np.minimum(letters, MANY),
        "run_mean": letters // size,
        "run_words": 10 * total(own["words"]) // size,
        "run_prose": ratio(total(own["_prose"]), letters),
        "run_stops": ratio(total(own["ends_stop"]), size),
        "run_copies": ratio(total(own["copies"] > 1), size),
        "run_numbers": ratio(total(own["numbers"] > 0), size),
    }


def run_numbers(run: Array, places: Places) -> tuple[Array, Array]:
    """(how many blocks each block's run has, a number of the run from 0 on); a block by itself is a run of one."""
    is_alone = run < 0
    in_document = (places.document << 32) + run  # documents number their runs anew
    keys = np.where(is_alone, -1 - places.line, in_document)
    _, number, count = np.unique(keys, return_inverse=True, return_counts=True)
    return count[number], number


def _headings(kind: Array, own: Columns, places: Places) -> Columns:
    """How far the last heading is, and how much prose stands under it before the next one."""
    heading = kind == Kind.HEADING
    of_prose = sums(own["_prose"])
    following = places.next(heading)
    # A section begins with the last heading, this one itself, or the document.
    last = np.maximum(places.last(heading), places.first)
    start = np.where(heading, places.line, last)
    section = of_prose.take(following) - of_prose.take(start)
    return {
        "since_heading": places.since(heading),
        "section_prose": np.minimum(section, MANY),
        "document_headings": np.minimum(places.whole(sums(heading)), 200),
    }
