"""The sides of passages as records have them, each made once, however many passages have it: of a quote that all documents have
there are as many sides as documents, and as many passages as pairs of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.column import Append, Column
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.packs.source import Sources
from pipeline.corpus.table import Array, Blobs
from pipeline.match.core.packed import batches, inverse, is_first, pack, unpack
from pipeline.match.core.speaker import speaker
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.sorted_runs import KEY, in_order
from pipeline.match.workspace import Workspace
from pipeline.records import MAX_PASSAGE_TEXT, PassagePlace

_CHARS = 1 << 22
"""Characters of sides that are made together, about"""
_CHARS_OF_A_RECORD = 500
"""What a side takes beside its text"""
_OPEN = 8
"""Files open at a time"""
_SIDE = np.dtype([("document", "<i4"), ("start", "<i4"), ("end", "<i4")])
"""A stretch of the clean text of a document"""
NUMBER = np.dtype(np.int32)


class Sides(Struct, frozen=True):
    """Sides of passages, in files of the workspace, numbered in the order of the output. Small: give it to workers, each reads
    what it needs."""

    number: Column
    """int32: the number of each side of each passage, one after the other"""
    paths: list[Path]
    first: Array
    """int64 [files]: the number of the first side of each file"""

    def read(self, numbers: Array) -> list[jsonlines.Written]:
        """Return the sides with these numbers, whole numbers: a `PassagePlace` each."""
        opened = lru_cache(maxsize=_OPEN)(lambda file: table.blobs(table.read(self.paths[file]), "side"))
        order = np.argsort(numbers, kind="stable")
        file = np.searchsorted(self.first, numbers[order], side="right") - 1
        row = numbers[order] - self.first[file]
        sides = [jsonlines.Written(b"")] * len(numbers)
        for place, one, own in zip(order.tolist(), file.tolist(), row.tolist(), strict=True):
            sides[place] = jsonlines.Written(opened(one)[own])
        return sides

    def remove(self) -> None:
        """Remove the files."""
        self.number.path.unlink()
        for path in self.paths:
            path.unlink()


def write_sides(engine: Engine, workspace: Workspace, found: SharedPassages, order: Array) -> Sides:
    """Write the sides of passages into the workspace, and the numbers of both of each.

    order: int64 [documents], the place of each document by source
    """
    every = Column(workspace.folder / "sides.rows", _SIDE)
    number = Column(workspace.folder / "sides.numbers", NUMBER)
    bounds: list[tuple[int, int]] = []
    with every.writing() as append, number.writing() as append_numbers:
        in_place = in_order(_by_place(workspace, found, order), workspace.folder / "sides.places")
        numbered = _numbered(in_place, inverse(order), append, bounds)
        for rows in in_order(numbered, workspace.folder / "sides.runs"):
            append_numbers(rows["low"])
    paths = list(engine.map(partial(_write, workspace, every), bounds))
    every.path.unlink()
    return Sides(number, paths, np.array([first for first, _ in bounds], dtype=np.int64))


def _by_place(workspace: Workspace, found: SharedPassages, order: Array) -> Iterator[Array]:
    """Yield the sides of passages by which they are sorted, rows of `KEY`: document by source and start; end and which side."""
    place_of_rank = order[workspace.ranks.by_rank]
    for first, rows in found.some():
        ranks = rows["rank"].ravel()
        side = np.arange(2 * first, 2 * first + len(ranks))
        keys: Array = np.empty(len(ranks), dtype=KEY)
        keys["high"] = pack(place_of_rank[ranks], rows["start"].ravel())
        keys["low"] = pack(rows["end"].ravel(), side)
        yield keys


def _numbered(
    sides: Iterator[Array], by_source: Array, append: Append, bounds: list[tuple[int, int]]
) -> Iterator[Array]:
    """Number sides, those that are one stretch of a text alike. Yields which side has which number, rows of `KEY`.

    sides: as `_by_place` gives them, sorted
    by_source: int64 [documents], the documents in that order
    append: takes each stretch once
    bounds: is given from which number to which (exclusive) sides are made together
    """
    count = 0
    last = (-1, -1, -1)
    for rows in sides:
        place, start = unpack(rows["high"])
        end, side = unpack(rows["low"])
        is_new = is_first(place, start, end)
        is_new[0] = (place[0], start[0], end[0]) != last
        last = (place[-1], start[-1], end[-1])
        new: Array = np.empty(int(is_new.sum()), dtype=_SIDE)
        for name, values in (("document", by_source[place]), ("start", start), ("end", end)):
            new[name] = values[is_new]
        append(new)
        cost = new["end"].astype(np.int64) - new["start"] + _CHARS_OF_A_RECORD
        bounds += [(count + low, count + high) for low, high in batches(cost, _CHARS)]
        numbers: Array = np.empty(len(rows), dtype=KEY)
        numbers["high"] = side
        numbers["low"] = count + np.cumsum(is_new) - 1
        count += len(new)
        yield numbers


def _write(workspace: Workspace, every: Column, bounds: tuple[int, int]) -> Path:
    """Write sides, from one number to another (exclusive)."""
    rows = every.part(*bounds)
    sides = [b""] * len(rows)
    for pack_of_some, places, own in workspace.packs.of_documents(rows["document"]):
        sources = Sources(pack_of_some)
        columns = (places, own, rows["start"][places], rows["end"][places])
        for place, number, first, last in zip(*(column.tolist() for column in columns), strict=True):
            start, end, text = sources.stretch(number, first, last)
            side = PassagePlace(
                document_id=pack_of_some.blob("id", number).decode(),
                source=pack_of_some.blob("source", number).decode("utf-8", "surrogatepass"),
                start=start,
                end=end,
                text=text[:MAX_PASSAGE_TEXT],
                speaker=speaker(sources.text(number), first, last),
            )
            sides[place] = jsonlines.encode(side)
    path = workspace.folder / f"sides-{bounds[0]:012}.table"
    table.write(path, {"side": Blobs.of(sides)})
    return path
