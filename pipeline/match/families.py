"""Families of very many passages: their sides are sorted in files, and of each passage nothing is held but its family."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.corpus.table import Array
from pipeline.match.core.families import SHIFTS, Families, packed_sides, unpacked_sides
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.sorted_runs import KEY, in_order
from pipeline.match.workspace import Workspace
from pipeline.tokens import offsets_of


def write_families(workspace: Workspace, found: SharedPassages) -> None:
    """Write which family each passage belongs to."""
    # Words counted through all documents, so that quotes of two documents never overlap.
    words_before = offsets_of(workspace.lengths)
    families = Families(len(found))
    for shift in SHIFTS:
        families.begin()
        sides = _sides(found, words_before, shift)
        for rows in in_order(sides, workspace.folder / "families.runs"):
            families.add(*unpacked_sides(rows["high"], rows["low"]))
    with found.family.writing() as append:
        for firsts in families.some():
            append(firsts)


def _sides(found: SharedPassages, words_before: Array, shift: float) -> Iterator[Array]:
    """Yield the sides of passages by which they are sorted, rows of `KEY`."""
    for number, rows in found.some():
        before = words_before[rows["rank"]]
        start = (rows["first"] + before).ravel()
        end = (rows["last"] + before).ravel()
        sides: Array = np.empty(len(start), dtype=KEY)
        sides["high"], sides["low"] = packed_sides(2 * number, start, end, shift)
        yield sides
