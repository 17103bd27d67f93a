"""From hits to passages: an exchange by pair of documents, then the search of `core.passages` on some pairs at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.engines.rows import in_order
from pipeline.corpus.table import Array, Table, concatenate, take
from pipeline.match.core import located
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.families import families
from pipeline.match.core.hits import promising
from pipeline.match.core.located import FoundPassages
from pipeline.match.core.packed import batches, distinct, groups, is_first, merged, pack
from pipeline.match.core.passages import passages
from pipeline.match.core.stretches import Stretches, Windows
from pipeline.match.hits import HIT_ROW, find_hits, hits_of, read
from pipeline.match.workspace import Workspace
from pipeline.wording import plural

_HITS = 1 << 14
"""Hits whose documents are compared together."""
_MERGED = 1 << 20
"""Hits looked at together for those that overlap."""
_EFFORT = 16
"""Comparing takes longer than moving: so many times more partitions, that every worker may have some."""
_SOME = 1 / 8
"""Share of a paragraph that stands verbatim in another, if one is to be most of the other or the same but for noise."""
_LARGE = 1 << 32
"""Code points that no paragraph has."""
_WORDS = 1 << 18
"""Words of a document whose evidence is added up at a time."""
_COPIES = 1 << 14
"""Copies of documents looked at together."""


@dataclass(frozen=True, slots=True, repr=False)
class AllPassages:
    """Passages, one row each; on side 0 stands the document of better rank. Columns of [passages, 2] are of both sides."""

    rank: Array
    """int32 [passages, 2]: the documents, by rank"""
    start: Array
    """int32 [passages, 2], code points of the clean text"""
    end: Array
    """int32 [passages, 2]"""
    words: Array
    """int32: words that are the same"""
    longest: Array
    """int32: words of the longest verbatim run"""
    similarity: Array
    """float64"""
    bits: Array
    """float64: evidence in the words that are the same"""
    family: Array
    """int32"""
    paragraphs: Array
    """uint64: packed pairs of paragraphs, by number, that have a verbatim part in common; sorted"""

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {plural(len(self), 'passage')}, {plural(len(set(self.family.tolist())), 'quote')}>"


def find_passages(engine: Engine, workspace: Workspace, rules: PassageRules) -> AllPassages:
    """Return the passages that documents share."""
    workspace.save_paragraphs()
    hits = find_hits(engine, workspace, rules)
    size = HIT_ROW * sum(one.rows for one in hits)
    count = partitions(_EFFORT * size, engine.workers)
    tables: list[Table] = [_rows(located.nothing())]
    paragraphs = np.empty(0, dtype=np.uint64)
    for rows, pairs in engine.exchange(read, hits, "pair", count, partial(_compare, workspace, rules)):
        tables.append(rows)
        paragraphs = distinct(merged(paragraphs, pairs))
    # Of very many equal documents only some were compared; what the others share is known without looking.
    copies = _portions(_further_copies(workspace, rules))
    tables += engine.map(partial(_whole_documents, workspace), copies)
    first = _joined(tables, "first")
    last = _joined(tables, "last")
    rank = _joined(tables, "rank")
    before = np.zeros(len(workspace.lengths) + 1, dtype=np.int64)
    np.cumsum(workspace.lengths, out=before[1:])
    family = families(before[rank] + first, before[rank] + last)
    return AllPassages(
        rank,
        _joined(tables, "start"),
        _joined(tables, "end"),
        _joined(tables, "words"),
        _joined(tables, "longest"),
        _joined(tables, "similarity"),
        _joined(tables, "bits"),
        family.astype(np.int32),
        paragraphs,
    )


def _joined(tables: Sequence[Table], name: str) -> Array:
    """Return a column of several tables, which lose it."""
    return np.concatenate([np.asarray(one.pop(name)) for one in tables])


def _compare(workspace: Workspace, rules: PassageRules, rows: Table) -> tuple[Table, Array]:
    """Return (passages of a partition's pairs of documents, pairs of paragraphs that have a part in common)."""
    tables: list[Table] = []
    paragraphs = [np.empty(0, dtype=np.uint64)]
    some = [_without_overlaps(part, rules.run) for part in _batches(rows, _MERGED)]
    rows.clear()  # of two long texts that repeat themselves there may be very many
    for part in _batches(concatenate(some), _HITS) if some else ():
        hits = hits_of(part)
        hits = hits.take(np.flatnonzero(promising(hits, rules.run, rules.gap)))
        found = passages(hits, workspace.lengths, partial(_load, workspace), rules)
        tables.append(_rows(found))
        paragraphs.append(_paragraph_pairs(workspace, found))
    joined: Table = {name: np.concatenate([np.asarray(one[name]) for one in tables]) for name in tables[0]}
    return joined, distinct(np.concatenate(paragraphs))


def _without_overlaps(rows: Table, run: int) -> Table:
    """Return hits, of which those of `run` words that overlap on one diagonal are one, sorted by pair.

    Where two long texts repeat themselves, nearly all are.
    """
    is_long = np.asarray(rows["words"]) >= run
    if not is_long.any():
        return rows
    pair, a, b, quoted = (np.asarray(rows[name])[is_long] for name in ("pair", "a", "b", "quoted"))
    place = pack(b.astype(np.int64) - a + (1 << 31), a)  # the diagonal, and where on it
    order = np.argsort(place) if pair[0] == pair[-1] else np.lexsort((place, pair))
    place = place[order]
    pair = pair[order]
    fresh = is_first(pair)
    fresh[1:] |= np.diff(place) > np.uint64(run)
    first, size = groups(np.cumsum(fresh))
    words = place[first + size - 1] - place[first] + np.uint64(run)
    merged: Table = {
        "pair": pair[first],
        "a": a[order[first]],
        "b": b[order[first]],
        "words": words.astype(np.uint32),
        "quoted": np.logical_or.reduceat(quoted[order], first),
    }
    return in_order(concatenate([take(rows, np.flatnonzero(~is_long)), merged]), "pair")


def _batches(rows: Table, most: int) -> Iterator[Table]:
    """Yield about so many hits of some pairs of documents at a time; rows are sorted by pair."""
    first, size = groups(np.asarray(rows["pair"]))
    for low, high in batches(size, most):
        begin = int(first[low])
        end = int(first[high - 1] + size[high - 1])
        yield {name: np.asarray(column)[begin:end] for name, column in rows.items()}


def _load(workspace: Workspace, windows: Windows) -> Stretches:
    """Return the words of windows."""
    words = workspace.words
    begin = words.offsets[workspace.ranks.by_rank[windows.document]]
    picked = words.pick(begin + windows.first, begin + windows.last)
    return Stretches(windows, picked, words.total, words.bits)


def _rows(found: FoundPassages) -> Table:
    """Return passages as rows: the columns of `AllPassages`, and `first`, `last`: words of the document."""
    rows = found.passages
    table: Table = {
        name: getattr(rows, name).astype(np.int32)
        for name in ("rank", "start", "end", "first", "last", "words", "longest")
    }
    table["similarity"] = rows.similarity
    table["bits"] = rows.bits
    return table


def _paragraph_pairs(workspace: Workspace, found: FoundPassages) -> Array:
    """Return pairs of compared paragraphs, packed, of better rank first, that are worth a look.

    Verbatim parts of passages stand in both that are some of the shorter one, or scattered words that are many.
    """
    pieces = found.pieces
    rank = np.concatenate((found.passages.rank[pieces.passage], found.scattered.rank))
    start = np.concatenate((pieces.start, found.scattered.start))
    parts = (pieces.end - pieces.start).min(axis=1)
    many = np.full(len(found.scattered.rank), _LARGE)
    document = workspace.ranks.by_rank[rank]
    better, better_size = workspace.paragraphs_at(document[:, 0], start[:, 0])
    other, other_size = workspace.paragraphs_at(document[:, 1], start[:, 1])
    both = (better >= 0) & (other >= 0)
    pairs, place, which = np.unique(pack(better[both], other[both]), return_index=True, return_inverse=True)
    shared = np.bincount(which, np.concatenate((parts, many))[both], len(pairs))
    shorter = np.minimum(better_size, other_size)[both][place]
    return pairs[shared >= _SOME * shorter]


@dataclass(frozen=True, slots=True)
class _Copies:
    """Documents that are word for word the same as a better one. int64 each, by rank."""

    original: Array
    copy: Array


def _further_copies(workspace: Workspace, rules: PassageRules) -> _Copies:
    """Return the copies whose words were not looked at, as there are so many of the same document."""
    copy = np.flatnonzero(workspace.is_further_copy)
    copy = copy[workspace.lengths[copy] >= rules.run]
    copy = copy[copy >= workspace.ranks.older]
    return _Copies(workspace.first_copy[copy], copy)


def _portions(copies: _Copies) -> list[_Copies]:
    bounds = range(0, len(copies.copy), _COPIES)
    return [_Copies(copies.original[low : low + _COPIES], copies.copy[low : low + _COPIES]) for low in bounds]


def _whole_documents(workspace: Workspace, copies: _Copies) -> Table:
    """Return the passages of documents that are the same from the first word to the last."""
    rank = np.stack((copies.original, copies.copy), axis=1)
    length = workspace.lengths[copies.copy]
    document = rank.ravel()
    every = workspace.lengths[document]
    begin = workspace.words.offsets[workspace.ranks.by_rank[document]]
    head = workspace.words.pick(begin, begin + 1)
    tail = workspace.words.pick(begin + every - 1, begin + every)
    end = tail.end + tail.closing.astype(np.int32)
    whole = np.stack((length, length), axis=1).astype(np.int32)
    first, bits = np.unique(copies.original, return_inverse=True)
    return {
        "rank": rank.astype(np.int32),
        "start": head.start.reshape(-1, 2),
        "end": end.reshape(-1, 2),
        "first": np.zeros_like(whole),
        "last": whole,
        "words": length.astype(np.int32),
        "longest": length.astype(np.int32),
        "similarity": np.ones(len(length)),
        "bits": _evidence(workspace, first)[bits],
    }


def _evidence(workspace: Workspace, ranks: Array) -> Array:
    """Return the evidence in all words of documents, float64."""
    words = workspace.words
    bits = np.zeros(len(ranks))
    begin = words.offsets[workspace.ranks.by_rank[ranks]]
    end = begin + workspace.lengths[ranks]
    for number, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        for at in range(first, last, _WORDS):
            bits[number] += words.bits(words.hashes(at, min(at + _WORDS, last))).sum()
    return bits
