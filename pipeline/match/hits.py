"""Hits found by exchanges: the steps of `core.hits.all_hits` in partitions. Rows are columns of numbers on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from uuid import uuid4

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine, item_size, partitions
from pipeline.corpus.table import Array, Table
from pipeline.match.core import rows as rows_of
from pipeline.match.core import seeds
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import Hits
from pipeline.match.core.packed import HALF, LOWER, batches, groups, is_shared, owner_at, pack, unpack
from pipeline.match.core.seeds import QUOTED_PLACE, PlacePairs
from pipeline.match.core.shingle import run_hashes
from pipeline.match.workspace import Workspace

_BATCH = 1 << 20
"""Words of the documents that are looked at together, at most."""
_LEAST = 1 << 18
"""Words that are worth an item of their own."""
_ROW = 16
"""Bytes of a place and its hash."""
_SEED_ROW = 20
"""Bytes of the same with the words beside it."""
HIT_ROW = 19
"""Bytes of a hit."""
_AT_ONCE = 1 << 19
"""Words whose seeds are exchanged at once; those of more in two rounds, since they take as much of the disk as the words do."""
_TOGETHER = 1 << 19
"""Rows of spilled tables that are exchanged as one item, about: each partition opens a file for every item."""


_WAITING = 1 << 17
"""Rows of hits that wait to be written together: each file costs as much as thousands of them."""


class Spilled(Struct, frozen=True):
    """A table of the workspace, and how many rows it has."""

    path: Path
    rows: int


class _WordRange(Struct, frozen=True):
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
    most = item_size(workspace.words.total, engine.workers, _BATCH, _LEAST)
    ranges = list(_cut(workspace.words.offsets, most))
    hits: list[Spilled] = []
    frequent: list[Spilled] = []
    # Every seed goes where all of its places come together.
    size = _SEED_ROW * workspace.words.total
    stays_in_memory = partitions(size, engine.workers) == 1
    rounds = 1 if stays_in_memory or workspace.words.total <= _AT_ONCE else 2
    count = partitions(size // rounds, engine.workers)
    reduce = partial(_infrequent, workspace, rules.k)
    for number in range(rounds):
        emit = partial(_seeds, workspace, rules.k, rounds, number)
        for found in engine.exchange(emit, ranges, "hash", count, reduce):
            hits += found.hits
            if found.frequent is not None:
                frequent.append(found.frequent)
    if not frequent:
        return hits
    # Places of frequent seeds go where the words of their document are: there the longer runs are seen.
    emit_places = partial(_by_range, workspace, ranges, rules.run - rules.k)
    reduce_places = partial(_dense, workspace, rules, ranges)
    count = partitions(_ROW * rows_in(frequent), engine.workers)
    runs: list[Spilled] = []
    for some in engine.exchange(emit_places, together(frequent), "range", count, reduce_places):
        runs += some
    # Those runs again go where all of their places come together.
    reduce_runs = partial(_every, workspace, rules.run)
    count = partitions(_ROW * rows_in(runs), engine.workers)
    for more in engine.exchange(read, together(runs), "hash", count, reduce_runs):
        hits += more
    return hits


def rows_in(tables: Iterable[Spilled]) -> int:
    """Return how many rows tables have together."""
    return sum(one.rows for one in tables)


def together(tables: Sequence[Spilled]) -> list[Sequence[Spilled]]:
    """Return tables, in order, so many at a time as are exchanged as one item: large enough that there are few."""
    sizes = np.array([one.rows for one in tables], dtype=np.int64)
    return [tables[low:high] for low, high in batches(sizes, _TOGETHER)]


def read(tables: Sequence[Spilled]) -> Table:
    """Return the rows of spilled tables, one after another."""
    # Copied one by one, so that no more than one file is open at a time
    return table.concatenate([table.copied(table.read(one.path)) for one in tables])


def spill(workspace: Workspace, rows: Table) -> Spilled:
    """Write rows into the workspace, packed, since there are more of them than of words where much is shared, and each is read
    once. A step that is tried again writes another file."""
    path = workspace.folder / f"{uuid4().hex}.table"
    table.write(path, rows, compressed=True)
    return Spilled(path, table.rows(rows))


def hits_of(rows: Table) -> Hits:
    """Return the hits in rows of a table."""
    columns = table.arrays(rows)
    better, other = unpack(columns["pair"])
    return Hits(
        better=better,
        other=other,
        a=columns["a"].astype(np.int64),
        b=columns["b"].astype(np.int64),
        words=columns["words"].astype(np.int64),
        quoted=columns["quoted"],
    )


def _cut(offsets: Array, most: int) -> Iterator[_WordRange]:
    """Yield the ranges of words that are looked at together, of documents that begin and end at these words."""
    for low, high in batches(np.diff(offsets), most):
        first = int(offsets[low])
        last = int(offsets[high])
        if high - low > 1:
            yield _WordRange(low, high, first, last)
            continue
        # One document may be longer than a batch: it is cut.
        after = max(last, first + 1)  # one without words is a range, too
        for begin in range(first, after, most):
            end = min(begin + most, last)
            yield _WordRange(low, high, begin, end)


class _WordsOfRange:
    """The words of a range, and some more that the first and the last runs of a part of a document go on to."""

    def __init__(self, workspace: Workspace, words: _WordRange, more: int, earlier: int = 0) -> None:
        every = workspace.words
        ranks = workspace.ranks
        offsets = every.offsets[words.document : words.after + 1]
        first = max(words.first - earlier, int(offsets[0]))
        last = min(words.last + more, int(offsets[-1]))
        self.offsets = np.clip(offsets, first, last) - first
        """int64 [documents + 1]: where each document begins among these words"""
        self.words, self.flags = every.hashes_and_flags(first, last)
        """uint64, hashes; uint8"""
        self.range = words.first - first, words.last - first
        """where those of the range itself begin and end among these words"""
        self.rank = ranks.rank[words.document : words.after]
        """int64 [documents]"""
        self._by_rank = ranks.by_rank
        self._first = words.document
        # Words of the first document that stand before these
        self._before = first - int(offsets[0])

    def first_places(self) -> Array:
        """Return the place of the first of these words of each document, uint64."""
        return pack(self.rank, np.full(len(self.rank), self._before))

    def places(self, position: Array) -> Array:
        """Return places, uint64, of positions among these words."""
        document = owner_at(self.offsets, position)
        word = position - self.offsets[document] + self._before
        return pack(self.rank[document], word)

    def positions(self, places: Array) -> Array:
        """Return positions, int64, of places in these documents."""
        rank, word = unpack(places)
        document = self._by_rank[rank] - self._first
        return self.offsets[document] + word - self._before


def _seeds(workspace: Workspace, k: int, rounds: int, number: int, words: _WordRange) -> Table:
    """Return those seeds of a range of words that have their turn in round `number` of so many."""
    # Its last seeds go on, and the word before the first and the one after the last are wanted.
    own = _WordsOfRange(workspace, words, k, earlier=1)
    is_wanted = ~workspace.is_further_copy[own.rank]
    columns = (own.offsets, own.words, own.flags, own.first_places(), is_wanted)
    # At the edges are some of the ranges beside this one, without the words beside them.
    found = seeds.seeds_of(*columns, k, own.range, (number, rounds))
    return {**rows_of.columns(found)}


class _Infrequent(Struct, frozen=True):
    """What a partition of seeds gives."""

    hits: list[Spilled]
    frequent: Spilled | None
    """the places of the seeds that more than few share"""


def _infrequent(workspace: Workspace, k: int, rows: Table) -> _Infrequent:
    """Return the hits of seeds that are found in few places or several, and the places of those that are in more than few.

    rows: seeds as `_seeds` gives them, sorted by hash
    """
    found = _shared(rows)
    few = seeds.infrequent_pairs(found)
    several = seeds.pairs_of_several(found)
    hits = _spilled(workspace, chain(few, several), k)
    places = found.place[found.frequent]
    frequent = spill(workspace, {"place": places}) if len(places) else None
    return _Infrequent(hits, frequent)


def _every(workspace: Workspace, run: int, rows: Table) -> list[Spilled]:
    """Return the hits of longer runs, of few places and of many.

    rows: runs of `run` words as `_dense` gives them, sorted by hash
    """
    found = _shared(rows)
    few = seeds.infrequent_pairs(found)
    many = seeds.frequent_pairs(found)
    return _spilled(workspace, chain(few, many), run)


def _shared(rows: Table) -> seeds.SharedRuns:
    """Return the runs of a partition that stand in more than one document; rows are sorted by hash.

    rows: with a column `beside` where they are seeds
    """
    hashes = table.array(rows, "hash")
    places = table.array(rows, "place")
    several = is_shared(hashes)  # most stand alone, and need no more sorting
    beside = table.array(rows, "beside")[several] if "beside" in rows else None
    return seeds.shared(hashes[several], places[several], beside)


def _spilled(workspace: Workspace, pairs: Iterable[PlacePairs], words: int) -> list[Spilled]:
    """Write pairs of places that have so many words in common as tables of hits."""
    spilled: list[Spilled] = []
    waiting: list[Table] = []
    count = 0
    for part in pairs:
        rows = _rows(workspace, part, words)
        waiting.append(rows)
        count += table.rows(rows)
        if count >= _WAITING:
            spilled.append(spill(workspace, table.concatenate(waiting)))
            waiting = []
            count = 0
    if count:
        spilled.append(spill(workspace, table.concatenate(waiting)))
    return spilled


def _rows(workspace: Workspace, pairs: PlacePairs, words: int) -> Table:
    """Return pairs of places as rows of hits: those with a new document."""
    rank_of_worse = pairs.b >> HALF
    # The better of two documents has the lower rank: if the other one is of an older run, both are.
    is_new = rank_of_worse >= np.uint64(workspace.ranks.older)
    a = pairs.a[is_new]
    b = pairs.b[is_new]
    quoted = ((a | b) & QUOTED_PLACE) > 0
    a &= ~QUOTED_PLACE
    b &= ~QUOTED_PLACE
    better = a & ~LOWER
    other = b >> HALF
    return {
        "pair": better | other,
        "a": (a & LOWER).astype(np.uint32),
        "b": (b & LOWER).astype(np.uint32),
        "words": np.full(len(a), words, dtype=np.uint16),
        "quoted": quoted,
    }


def _by_range(workspace: Workspace, ranges: list[_WordRange], more: int, frequent: Sequence[Spilled]) -> Table:
    """Return places with the number of the range that they are in.

    The first `more` words of a range that goes on with a document belong to the range before as well: longer runs that
    begin there have them.
    """
    places = table.array(read(frequent), "place")
    rank, word = unpack(places)
    document = workspace.ranks.by_rank[rank]
    offsets = workspace.words.offsets
    word += offsets[document]
    # int64 [ranges] each
    edges = [(one.document, one.first, one.last) for one in ranges]
    begins, first, last = np.array(edges, dtype=np.int64).T
    goes_on = first > offsets[begins]  # with a document of the range before

    number = np.searchsorted(last, word, side="right")
    words_before = word - first[number]
    is_in_two = goes_on[number] & (words_before < more)
    range_before = number[is_in_two] - 1
    numbers = np.concatenate((number, range_before))
    return {
        "range": numbers.astype(np.uint64),
        "place": np.concatenate((places, places[is_in_two])),
    }


def _dense(workspace: Workspace, rules: PassageRules, ranges: list[_WordRange], rows: Table) -> list[Spilled]:
    """Return the longer runs that only they themselves can be found by.

    rows: the places of frequent seeds with the number of their range, as `_by_range` gives them, sorted by range
    """
    spilled: list[Spilled] = []
    numbers = table.array(rows, "range")
    places = table.array(rows, "place")
    first, size = groups(numbers)
    last = first + size
    for low, high in zip(first.tolist(), last.tolist(), strict=True):
        number = int(numbers[low])
        own = _WordsOfRange(workspace, ranges[number], rules.run - 1)
        frequent = own.positions(places[low:high])
        start = seeds.dense_runs(own.offsets, frequent, rules.k, rules.run)
        if len(start):
            hashes = run_hashes(own.words, rules.run)
            runs: Table = {
                "hash": hashes[start],
                "place": own.places(start),
            }
            spilled.append(spill(workspace, runs))
    return spilled
