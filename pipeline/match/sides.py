"""The sides of passages as records have them, made pack by pack and each once, however many passages have it: of a quote that all
documents have there are as many sides as documents, and as many passages as pairs of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.packs import Pack
from pipeline.corpus.packs.source import Sources
from pipeline.corpus.table import Array, Blobs
from pipeline.match.core.packed import batches, inverse, is_first
from pipeline.match.core.speaker import speaker
from pipeline.match.passages import AllPassages
from pipeline.match.workspace import Workspace
from pipeline.records import MAX_PASSAGE_TEXT, PassagePlace
from pipeline.tokens import offsets_of

_CHARS = 1 << 24
"""Characters of sides that are made together, about"""
_CHARS_OF_A_RECORD = 500
"""What a side takes beside its text"""
_OPEN = 8
"""Files open at a time"""


class Sides(Struct, frozen=True):
    """Sides of passages, in files of the workspace. Small: give it to workers, each reads what it needs."""

    paths: list[Path]
    first: Array
    """int64 [files + 1]: the number of the first side of each file"""

    def read(self, numbers: Array) -> list[jsonlines.Written]:
        """Return the sides with these numbers, int64: a `PassagePlace` each."""
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
        for path in self.paths:
            path.unlink()


class _Portion(Struct, frozen=True):
    """Sides of documents of one pack, so many as are made together. int64 each."""

    pack: int
    number: int
    """of the portion"""
    document: Array
    """number in the pack"""
    start: Array
    """code point of the clean text"""
    end: Array


def write_sides(engine: Engine, workspace: Workspace, found: AllPassages) -> tuple[Sides, Array]:
    """Write the sides of passages into the workspace; also the numbers of both of each, int32 [passages, 2]."""
    # One row a side, in order of documents: those that are one stretch of a text stand together.
    document = workspace.ranks.by_rank[found.rank.ravel()]
    start = found.start.ravel()
    end = found.end.ravel()
    order = np.lexsort((end, start, document))
    document = document[order]
    start = start[order]
    end = end[order]
    is_new = is_first(document, start, end)
    number = (np.cumsum(is_new) - 1).astype(np.int32)[inverse(order)]
    portions = list(_portions(workspace, document[is_new], start[is_new], end[is_new]))
    paths = list(engine.map(partial(_write, workspace), portions))
    first = offsets_of(np.array([len(one.document) for one in portions], dtype=np.int64))
    return Sides(paths, first), number.reshape(-1, 2)


def _portions(workspace: Workspace, document: Array, start: Array, end: Array) -> Iterator[_Portion]:
    """Yield stretches of documents, one row each and sorted, so many at a time as are made together."""
    first_document = workspace.packs.first_document
    bounds = np.searchsorted(document, first_document).tolist()
    cost = end.astype(np.int64) - start + _CHARS_OF_A_RECORD
    number = 0
    for pack, (low, high) in enumerate(pairwise(bounds)):
        for begin, stop in batches(cost[low:high], _CHARS):
            rows = slice(low + begin, low + stop)
            yield _Portion(pack, number, document[rows] - first_document[pack], start[rows], end[rows])
            number += 1


def _write(workspace: Workspace, portion: _Portion) -> Path:
    """Write the sides of a portion."""
    pack = workspace.packs.pack(portion.pack)
    path = workspace.folder / f"sides-{portion.number:06}.table"
    table.write(path, {"side": Blobs.of([jsonlines.encode(side) for side in _sides(pack, portion)])})
    return path


def _sides(pack: Pack, portion: _Portion) -> Iterator[PassagePlace]:
    """Yield what records say of stretches of documents; spans count in the source."""
    sources = Sources(pack)
    columns = (portion.document, portion.start, portion.end)
    for number, first, last in zip(*(column.tolist() for column in columns), strict=True):
        start, end, text = sources.stretch(number, first, last)
        yield PassagePlace(
            document_id=pack.blob("id", number).decode(),
            source=pack.blob("source", number).decode("utf-8", "surrogatepass"),
            start=start,
            end=end,
            text=text[:MAX_PASSAGE_TEXT],
            speaker=speaker(sources.text(number), first, last),
        )
