"""Hits found by exchanges: the steps of `core.hits.all_hits` in partitions. Rows are columns of numbers on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.table import Array, Table
from pipeline.match.core import seeds
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import Hits, is_quoted
from pipeline.match.core.packed import HALF, LOWER, batches, groups, is_shared, pack, unpack
from pipeline.match.core.seeds import QUOTED_PLACE, PlacePairs
from pipeline.match.core.shingle import run_hashes
from pipeline.match.workspace import Workspace

_BATCH = 1 << 21
"""Words of the documents that are looked at together."""
_ROW = 16
"""Bytes of a place and its hash."""
HIT_ROW = 19
"""Bytes of a hit."""


@dataclass(frozen=True, slots=True)
class Spilled:
    """A table of the workspace, and how many rows it has."""

    path: Path
    rows: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """Words that are looked at together: those of consecutive documents, or of a part of a long one."""

    document: int
    """the first document"""
    after: int
    """the one after the last"""
    first: int
    """the first word, counted through all documents"""
    last: int
    """the word after the last"""


def find_hits(engine: Engine, workspace: Workspace, rules: PassageRules) -> list[Spilled]:
    """Return equal runs of words in different documents, at least one of them new.

    The tables have the columns `pair` (uint64: rank of the better document << 32 | rank of the other), `a`, `b` (uint32:
    the first word in each), `words` (uint16: how many are known to be the same) and `quoted` (bool, see `Hits`).
    """
    every = _batches(workspace)
    emit = partial(_seeds, workspace, rules.k)
    reduce = partial(_infrequent, workspace, rules.k)
    count = partitions(_ROW * workspace.words.total, engine.workers)
    found = list(engine.exchange(emit, every, "hash", count, reduce))
    hits = [hit for one in found for hit in one.hits]
    frequent = [one.frequent for one in found if one.frequent is not None]
    if not frequent:
        return hits
    emit_places = partial(_by_batch, workspace, every, rules.run - rules.k)
    dense = partial(_dense, workspace, rules, every)
    count = partitions(_ROW * sum(one.rows for one in frequent), engine.workers)
    runs: list[Spilled] = []
    for some in engine.exchange(emit_places, frequent, "batch", count, dense):
        runs += some
    pairs = partial(_every, workspace, rules.run)
    count = partitions(_ROW * sum(one.rows for one in runs), engine.workers)
    for more in engine.exchange(read, runs, "hash", count, pairs):
        hits += more
    return hits


def read(spilled: Spilled) -> Table:
    """Return the rows of a spilled table."""
    return table.read(spilled.path)


def spill(workspace: Workspace, rows: Table) -> Spilled:
    """Write rows into the workspace. A step that is tried again writes another file."""
    path = workspace.folder / f"{uuid4().hex}.table"
    table.write(path, rows)
    return Spilled(path, table.rows(rows))


def hits_of(rows: Table) -> Hits:
    """Return the hits in rows of a table."""
    better, other = unpack(np.asarray(rows["pair"]))
    return Hits(
        better,
        other,
        np.asarray(rows["a"]).astype(np.int64),
        np.asarray(rows["b"]).astype(np.int64),
        np.asarray(rows["words"]).astype(np.int64),
        np.asarray(rows["quoted"]),
    )


def _batches(workspace: Workspace) -> list[_Batch]:
    return list(_cut(workspace.words.offsets))


def _cut(offsets: Array) -> Iterator[_Batch]:
    """Yield the batches of documents that begin and end at these words."""
    for low, high in batches(np.diff(offsets), _BATCH):
        first = int(offsets[low])
        last = int(offsets[high])
        # One document may be longer than a batch: it is cut.
        width = max(last - first, 1) if high - low > 1 else _BATCH
        for begin in range(first, max(last, first + 1), width):
            yield _Batch(low, high, begin, min(begin + width, last))


class _Documents:
    """The words of a batch of documents, and some more that the last runs of a part of a document go on to."""

    def __init__(self, workspace: Workspace, batch: _Batch, more: int) -> None:
        offsets = workspace.words.offsets[batch.document : batch.after + 1]
        last = min(batch.last + more, int(offsets[-1]))
        self._before = batch.first - int(offsets[0])
        self.offsets = np.clip(offsets, batch.first, last) - batch.first
        """int64 [documents + 1]"""
        self.words = workspace.words.hashes(batch.first, last)
        """uint64, hashes"""
        self._flags = partial(workspace.words.flags, batch.first, last)
        self._rank = workspace.ranks.rank[batch.document : batch.after]
        self._by_rank = workspace.ranks.by_rank
        self._first = batch.document

    def is_quoted(self, position: Array, k: int) -> Array:
        """Return which seeds at these positions stand inside quotation marks, bool."""
        return is_quoted(self._flags(), position, k)

    def places(self, position: Array) -> Array:
        """Return places, uint64, of positions among these words."""
        own = np.searchsorted(self.offsets, position, side="right") - 1
        word = position - self.offsets[own] + self._before
        return pack(self._rank[own], word)

    def positions(self, places: Array) -> Array:
        """Return positions, int64, of places in these documents."""
        rank, word = unpack(places)
        own = self._by_rank[rank] - self._first
        return self.offsets[own] + word - self._before


def _seeds(workspace: Workspace, k: int, batch: _Batch) -> Table:
    """Return the seeds of a batch of documents."""
    documents = _Documents(workspace, batch, k - 1)
    position, hashes = seeds.runs_of(documents.offsets, documents.words, k)
    places = documents.places(position)
    places[documents.is_quoted(position, k)] |= QUOTED_PLACE
    rank, _ = unpack(places)
    compared = ~workspace.is_further_copy[rank]
    return {"hash": hashes[compared], "place": places[compared]}


@dataclass(frozen=True, slots=True)
class _Infrequent:
    """What a partition of seeds gives."""

    hits: list[Spilled]
    frequent: Spilled | None
    """the places of the seeds that many share"""


def _infrequent(workspace: Workspace, k: int, rows: Table) -> _Infrequent:
    """Return the hits of seeds that are found in few places, and the places of the others."""
    found = _shared(rows)
    hits = _spilled(workspace, seeds.infrequent_pairs(found), k)
    places = found.place[found.frequent]
    frequent = spill(workspace, {"place": places}) if len(places) else None
    return _Infrequent(hits, frequent)


def _every(workspace: Workspace, run: int, rows: Table) -> list[Spilled]:
    """Return the hits of longer runs, of few places and of many."""
    found = _shared(rows)
    hits = _spilled(workspace, seeds.infrequent_pairs(found), run)
    return hits + _spilled(workspace, seeds.frequent_pairs(found), run)


def _shared(rows: Table) -> seeds.SharedRuns:
    """Return the runs of a partition that stand in more than one document; rows are sorted by hash."""
    hashes = np.asarray(rows["hash"])
    places = np.asarray(rows["place"])
    several = is_shared(hashes)  # most stand alone, and need no more sorting
    return seeds.shared(hashes[several], places[several])


def _spilled(workspace: Workspace, pairs: Iterable[PlacePairs], words: int) -> list[Spilled]:
    rows = (_rows(workspace, part, words) for part in pairs)
    return [spill(workspace, part) for part in rows if table.rows(part)]


def _rows(workspace: Workspace, pairs: PlacePairs, words: int) -> Table:
    """Return pairs of places as rows of hits: those with a new document."""
    new = (pairs.b >> HALF) >= np.uint64(workspace.ranks.older)
    a = pairs.a[new]
    b = pairs.b[new]
    quoted = ((a | b) & QUOTED_PLACE) > 0
    a &= ~QUOTED_PLACE
    b &= ~QUOTED_PLACE
    return {
        "pair": (a & ~LOWER) | (b >> HALF),
        "a": (a & LOWER).astype(np.uint32),
        "b": (b & LOWER).astype(np.uint32),
        "words": np.full(len(a), words, dtype=np.uint16),
        "quoted": quoted,
    }


def _by_batch(workspace: Workspace, every: list[_Batch], more: int, frequent: Spilled) -> Table:
    """Return places with the number of the batch that they are in. The first so many of a batch that goes on with a document
    belong to the one before as well: longer runs that begin there have them."""
    places = np.asarray(read(frequent)["place"])
    rank, word = unpack(places)
    document = workspace.ranks.by_rank[rank]
    word += workspace.words.offsets[document]
    last = np.array([batch.last for batch in every], dtype=np.int64)
    batch = np.searchsorted(last, word, side="right")
    first = np.array([batch.first for batch in every], dtype=np.int64)
    begins = np.array([batch.document for batch in every], dtype=np.int64)
    goes_on = first > workspace.words.offsets[begins]
    is_again = goes_on[batch] & (word - first[batch] < more)
    batch_before = batch[is_again] - 1
    numbers = np.concatenate((batch, batch_before))
    return {
        "batch": numbers.astype(np.uint64),
        "place": np.concatenate((places, places[is_again])),
    }


def _dense(workspace: Workspace, rules: PassageRules, every: list[_Batch], rows: Table) -> list[Spilled]:
    """Return the longer runs that only they themselves can be found by; `rows` are the places of frequent seeds."""
    return list(_dense_runs(workspace, rules, every, rows))


def _dense_runs(workspace: Workspace, rules: PassageRules, every: list[_Batch], rows: Table) -> Iterator[Spilled]:
    numbers = np.asarray(rows["batch"])
    places = np.asarray(rows["place"])
    first, size = groups(numbers)
    for low, count in zip(first.tolist(), size.tolist(), strict=True):
        batch = every[int(numbers[low])]
        documents = _Documents(workspace, batch, rules.run - 1)
        frequent = documents.positions(places[low : low + count])
        start = seeds.dense_runs(documents.offsets, frequent, rules.k, rules.run)
        if len(start):
            hashes = run_hashes(documents.words, rules.run)
            runs: Table = {"hash": hashes[start], "place": documents.places(start)}
            yield spill(workspace, runs)
