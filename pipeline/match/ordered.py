"""Passages in the order of the output, with what is known of their families: in a file, of which workers take some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.packs import NO_DATE, Packs
from pipeline.corpus.table import Array
from pipeline.match.core.families import earliest, origins
from pipeline.match.core.packed import batches, group_numbers, inverse, is_first, pack
from pipeline.match.passage_rows import ROW, SharedPassages
from pipeline.match.sides import NUMBER, Sides
from pipeline.match.sorted_runs import KEY, in_order, in_portions
from pipeline.match.workspace import Workspace

_CHARS = 1 << 24
"""Characters of passages that come together, about."""
_FIGURES = [(name, ROW[name]) for name in ("words", "longest", "similarity", "bits")]
_OF_FAMILY = np.dtype(
    [*KEY.descr, ("number", NUMBER, (2,)), *((name, ROW[name]) for name in ("rank", "start", "end")), *_FIGURES]
)
"""A passage by its family, then by its number; `number`: those of its sides"""
ORDERED = np.dtype(
    [
        *KEY.descr,  # the numbers of its sides, that of the one that stands first by source first; its own number
        ("chars", "<i8"),  # of both sides
        *_FIGURES,
        ("origins", "<i4"),  # documents that are no copies of each other, of the family
        ("document", "<i4"),  # that the family is named by, with the following two
        ("start", "<i4"),
        ("end", "<i4"),
        ("earliest", "<i4"),  # the first document of the family by date, -1 where no date is known
    ]
)
"""A passage in the order of the output"""


class PassageRows(Struct, frozen=True):
    """Some passages, in the order of the output. Small: give it to workers, each reads what it needs."""

    every: Column
    """of `ORDERED`"""
    first: int
    after: int

    def read(self) -> Array:
        """Return the rows."""
        return self.every.part(self.first, self.after)


def in_output(
    workspace: Workspace, found: SharedPassages, sides: Sides, copy_group: Array, size: int
) -> list[PassageRows]:
    """Write all passages in the order of the output, by their sides; those of `found` are not needed any more then.

    copy_group: int64 [documents], a number for each rank, the same for copies of one document
    size: so many passages come together, fewer where they are long
    """
    every = Column(workspace.folder / "passages.ordered", ORDERED)
    known = _Known(workspace, copy_group)
    by_family = in_portions(_by_family(found, sides), workspace.folder / "passages.of-families")
    named = map(known.with_families, by_family)
    parts: list[PassageRows] = []
    before = 0
    with every.writing() as append:
        for rows in in_order(named, workspace.folder / "passages.runs"):
            append(rows)
            cost = rows["chars"] + _CHARS // size
            parts += [PassageRows(every, before + low, before + high) for low, high in batches(cost, _CHARS)]
            before += len(rows)
    for column in found.columns:
        column.path.unlink()
    return parts


def _by_family(found: SharedPassages, sides: Sides) -> Iterator[Array]:
    """Yield passages as rows of `_OF_FAMILY`, in the order in which they were found."""
    with found.family.reading() as read_family, sides.number.reading() as read_numbers:
        for first, rows in found.some():
            after = first + len(rows)
            own: Array = np.empty(len(rows), dtype=_OF_FAMILY)
            own["high"] = read_family(first, after)
            own["low"] = np.arange(first, after)
            own["number"] = read_numbers(2 * first, 2 * after).reshape(-1, 2)
            for name in ("rank", "start", "end", *(name for name, _ in _FIGURES)):
                own[name] = rows[name]
            yield own


class _Known:
    """What is known of all documents, by rank."""

    def __init__(self, workspace: Workspace, copy_group: Array) -> None:
        """`copy_group`: see `in_output`."""
        by_rank = workspace.ranks.by_rank
        dates = workspace.packs.column("date")[by_rank]
        self._by_rank = by_rank
        self._copy_group = copy_group
        self._dates = np.where(dates == NO_DATE, -1, dates)
        self._names = _places_by_name(workspace.packs)[by_rank]

    def with_families(self, passages: Array) -> Array:
        """Return passages as rows of `ORDERED`.

        passages: of `_OF_FAMILY`, sorted, whole families
        """
        family = group_numbers(passages["high"])
        # One row a side
        of_side = np.repeat(family, 2)
        rank = passages["rank"].ravel()
        first = self._first(of_side, rank, passages["start"].ravel(), passages["end"].ravel())
        by_date = earliest(of_side, rank.astype(np.int64), self._dates[rank])
        # One row a passage
        chars = (passages["end"] - passages["start"]).sum(axis=1, dtype=np.int64)
        rows: Array = np.empty(len(passages), dtype=ORDERED)
        rows["high"] = pack(passages["number"].min(axis=1), passages["number"].max(axis=1))
        rows["low"] = passages["low"]
        rows["chars"] = chars
        for name, _ in _FIGURES:
            rows[name] = passages[name]
        rows["origins"] = origins(of_side, self._copy_group[rank])[family]
        for column, name in zip(first, ("document", "start", "end"), strict=True):
            rows[name] = column[family]
        rows["earliest"] = np.where(by_date >= 0, self._by_rank[by_date], -1)[family]
        return rows

    def _first(self, family: Array, rank: Array, start: Array, end: Array) -> tuple[Array, Array, Array]:
        """Return of each family the first place by document id, int64 [families]: document, start and end.

        family, rank, start, end: whole numbers [sides]; sorted by family
        """
        name = self._names[rank]
        heads = np.flatnonzero(is_first(family))
        is_least = name == np.minimum.reduceat(name, heads)[family]
        # Of several sides in that document the first; digits are compared as ids are.
        rank = rank[is_least]
        start = start[is_least]
        end = end[is_least]
        family = family[is_least]
        order = np.lexsort((end.astype("S20"), start.astype("S20"), family))
        first = order[is_first(family[order])]
        return self._by_rank[rank[first]], start[first], end[first]


def _places_by_name(packs: Packs) -> Array:
    """Return the place by id of each document, int32."""
    width = max((int(table.sizes(pack.documents, "id").max(initial=1)) for pack in packs), default=1)
    ids = np.empty(len(packs), dtype=f"S{width}")
    for number, one in enumerate(packs):
        first, after = packs.first_document[number : number + 2].tolist()
        ids[first:after] = list(table.blobs(one.documents, "id"))
    return inverse(np.argsort(ids, kind="stable")).astype(np.int32)
