"""Pairs of places with the same words, found by exchanges: the partitioned `dedup.seeds`.

A place is one number: the rank of its document << 32 | the number of the word in it. So places sort as the words of
all documents would if these stood one after another, the best first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.table import Array, Table
from pipeline.match.core import seeds
from pipeline.match.core.candidates import all_pairs, beside, bucket_sizes, distinct, unpack
from pipeline.match.core.passages import PassageRules
from pipeline.match.core.shingle import run_hashes
from pipeline.match.core.sketch import batches
from pipeline.match.workspace import Workspace
from pipeline.tokens import offsets_of

_BATCH = 1 << 21
"""Words of the documents that are looked at together."""
_PORTION = 1 << 17
"""Places whose pairs are written together."""
_ROW = 16
"""Bytes of a place and its hash."""
HIT_ROW = 18

_RANK = np.uint64(32)
_WORD = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Spilled:
    """A table of the workspace, and how many rows it has."""

    path: Path
    rows: int


def find_hits(engine: Engine, workspace: Workspace, rules: PassageRules) -> list[Spilled]:
    """Equal runs of words in different documents, as `dedup.seeds.hits` finds them.

    The tables have the columns `pair` (uint64: rank of the better document << 32 | rank of the other), `a`, `b` (uint32:
    the first word in each) and `words` (uint16: how many are known to be the same).
    """
    sizes = np.diff(workspace.words.offsets)
    bounds = np.array([0, *(high for _, high in batches(sizes, _BATCH))], dtype=np.int64)
    parts = range(len(bounds) - 1)
    emit = partial(_seeds, workspace, rules, bounds)
    count = partitions(_ROW * workspace.words.total, engine.workers)
    found = list(engine.exchange(emit, parts, "hash", count, partial(_pairs, workspace, rules.k, False)))
    hits = [one for few, _ in found for one in few]
    frequent = [many for _, many in found if many is not None]
    if frequent:
        count = partitions(_ROW * sum(one.rows for one in frequent), engine.workers)
        around = partial(_runs_around, workspace, rules, bounds)
        runs = [
            one
            for some in engine.exchange(partial(_by_batch, workspace, bounds), frequent, "batch", count, around)
            for one in some
        ]
        count = partitions(_ROW * sum(one.rows for one in runs), engine.workers)
        pairs = partial(_pairs, workspace, rules.run, True)
        hits += [one for few, _ in engine.exchange(read, runs, "hash", count, pairs) for one in few]
    return hits


def read(spilled: Spilled) -> Table:
    """The rows of a spilled table."""
    return table.read(spilled.path)


def spill(workspace: Workspace, rows: Table) -> Spilled:
    """Write rows into the workspace. A step that is tried again writes another file."""
    path = workspace.folder / f"{uuid4().hex}.table"
    table.write(path, rows)
    return Spilled(path, table.rows(rows))


def _seeds(workspace: Workspace, rules: PassageRules, bounds: Array, batch: int) -> Table:
    """The seeds of a batch of documents."""
    documents = np.arange(bounds[batch], bounds[batch + 1])
    offsets, words = _words(workspace, documents)
    position, hashes = seeds.winnow(offsets, words, rules.k, rules.window)
    return {"hash": hashes, "place": _places(workspace, documents, offsets, position)}


def _words(workspace: Workspace, documents: Array) -> tuple[Array, Array]:
    """(`offsets`, `hash`) as in `Tokens`, of consecutive documents."""
    every = workspace.words.offsets[documents[0] : documents[-1] + 2]
    (words,) = workspace.words.pick(every[:-1], every[1:], ["hash"])
    workspace.words.forget()
    return every - every[0], words


def _places(workspace: Workspace, documents: Array, offsets: Array, position: Array) -> Array:
    """uint64: places, given by position among the words of these documents."""
    own = np.searchsorted(offsets, position, side="right") - 1
    places: Array = workspace.ranks.rank[documents[own]].astype(np.uint64) << _RANK
    places |= (position - offsets[own]).astype(np.uint64)
    return places


def _pairs(workspace: Workspace, length: int, star: bool, rows: Table) -> tuple[list[Spilled], Spilled | None]:
    """(hits, the places of hashes that many share) of a partition. With `star` those are paired with their first."""
    hashes, places = np.asarray(rows["hash"]), np.asarray(rows["place"])
    shared = np.flatnonzero(beside(hashes[1:] == hashes[:-1])[: len(hashes)])
    hashes, places = hashes[shared], places[shared]
    order = np.lexsort((places, hashes))
    hashes, places = hashes[order], places[order]
    fresh = np.append(True, (hashes[1:] != hashes[:-1]) | (places[1:] != places[:-1]))[: len(hashes)]
    hashes, places = hashes[fresh], places[fresh]
    group = np.cumsum(np.append(False, hashes[1:] != hashes[:-1])[: len(hashes)])
    first, size = bucket_sizes(group)
    documents = places >> _RANK
    several = documents[first] != documents[first + size - 1]
    found = []
    few = np.repeat(several & (size <= seeds.FEW), size)
    for a, b in _few(group[few], places[few]):
        found.append(_hits(workspace, a, b, length))
    many = np.repeat(several & (size > seeds.FEW), size)
    if star:
        best = np.repeat(places[first], size)[many]
        found.append(_hits(workspace, best, places[many], length))
    spilled = [spill(workspace, rows) for rows in found if table.rows(rows)]
    return spilled, spill(workspace, {"place": places[many]}) if many.any() and not star else None


def _few(group: Array, places: Array) -> Iterator[tuple[Array, Array]]:
    """All pairs of each small group."""
    sizes = bucket_sizes(group)[1]
    bounds = offsets_of(sizes)
    for low, high in batches(sizes, _PORTION):
        part = slice(bounds[low], bounds[high])
        own = places[part]
        packed = list(all_pairs(group[part], np.arange(len(own)), seeds.FEW))
        if packed:
            a, b = unpack(np.concatenate(packed))
            yield own[a], own[b]


def _hits(workspace: Workspace, a: Array, b: Array, length: int) -> Table:
    """Rows of hits: of different documents, one of them new."""
    kept = (a >> _RANK != b >> _RANK) & (b >> _RANK >= np.uint64(workspace.ranks.older))
    a, b = a[kept], b[kept]
    return {
        "pair": (a & ~_WORD) | (b >> _RANK),
        "a": (a & _WORD).astype(np.uint32),
        "b": (b & _WORD).astype(np.uint32),
        "words": np.full(len(a), length, dtype=np.uint16),
    }


def _by_batch(workspace: Workspace, bounds: Array, frequent: Spilled) -> Table:
    """Places, by the batch that their documents are in."""
    places = np.asarray(read(frequent)["place"])
    documents = workspace.ranks.by_rank[(places >> _RANK).astype(np.int64)]
    batch = np.searchsorted(bounds, documents, side="right") - 1
    return {"batch": batch.astype(np.uint64), "place": places}


def _runs_around(workspace: Workspace, rules: PassageRules, bounds: Array, rows: Table) -> list[Spilled]:
    """The longer runs that hold the seeds at these places."""
    batch, places = np.asarray(rows["batch"]), np.asarray(rows["place"])
    found: list[Spilled] = []
    first, size = bucket_sizes(batch)
    for low, count in zip(first.tolist(), size.tolist(), strict=True):
        documents = np.arange(bounds[int(batch[low])], bounds[int(batch[low]) + 1])
        offsets, words = _words(workspace, documents)
        hashes = run_hashes(words, rules.run)
        for at in range(low, low + count, 4 * _PORTION):
            part: Any = places[at : min(at + 4 * _PORTION, low + count)]
            own = workspace.ranks.by_rank[(part >> _RANK).astype(np.int64)] - documents[0]
            position = offsets[own] + (part & _WORD).astype(np.int64)
            starts = distinct((position[:, None] - np.arange(rules.run - rules.k + 1)).ravel())
            own = np.searchsorted(offsets, starts, side="right") - 1
            starts = starts[(starts >= 0) & (starts + rules.run <= offsets[own + 1])]
            if len(starts):
                rows_of: Table = {"hash": hashes[starts], "place": _places(workspace, documents, offsets, starts)}
                found.append(spill(workspace, rows_of))
    return found
