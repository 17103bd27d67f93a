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
from pipeline.tokens import offsets_of
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
        families = set(self.family.tolist())
        passages = plural(len(self), "passage")
        return f"<{type(self).__name__}: {passages}, {plural(len(families), 'quote')}>"


def find_passages(engine: Engine, workspace: Workspace, rules: PassageRules) -> AllPassages:
    """Return the passages that documents share."""
    workspace.save_paragraphs()
    hits = find_hits(engine, workspace, rules)
    size = HIT_ROW * sum(one.rows for one in hits)
    count = partitions(_EFFORT * size, engine.workers)
    tables: list[Table] = [_rows(located.nothing())]
    paragraphs = np.empty(0, dtype=np.uint64)
    reduce = partial(_compare, workspace, rules)
    for rows, pairs in engine.exchange(read, hits, "pair", count, reduce):
        tables.append(rows)
        paragraphs = distinct(merged(paragraphs, pairs))
    # Of very many equal documents only some were compared; what the others share is known without looking.
    copies = _portions(_further_copies(workspace, rules))
    tables += engine.map(partial(_whole_documents, workspace), copies)
    first = _joined(tables, "first")
    last = _joined(tables, "last")
    rank = _joined(tables, "rank")
    begin = offsets_of(workspace.lengths)[rank]
    family = families(begin + first, begin + last)
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
        is_promising = promising(hits, rules.run, rules.gap)
        hits = hits.take(np.flatnonzero(is_promising))
        found = passages(hits, workspace.lengths, partial(_load, workspace), rules)
        tables.append(_rows(found))
        paragraphs.append(_paragraph_pairs(workspace, found))
    return concatenate(tables), distinct(np.concatenate(paragraphs))


def _without_overlaps(rows: Table, run: int) -> Table:
    """Return hits, of which those of `run` words that overlap on one diagonal are one, sorted by pair.

    Where two long texts repeat themselves, nearly all are.
    """
    is_long = np.asarray(rows["words"]) >= run
    if not is_long.any():
        return rows
    long = take(rows, np.flatnonzero(is_long))
    pair = np.asarray(long["pair"])
    a = np.asarray(long["a"])
    b = np.asarray(long["b"])
    quoted = np.asarray(long["quoted"])
    diagonal = b.astype(np.int64) - a + (1 << 31)  # made positive
    place = pack(diagonal, a)
    # Of one pair, as where a text of megabytes repeats itself, one key sorts much faster than two.
    is_one_pair = pair[0] == pair[-1]
    order = np.argsort(place) if is_one_pair else np.lexsort((place, pair))
    place = place[order]
    pair = pair[order]
    fresh = is_first(pair)
    fresh[1:] |= np.diff(place) > np.uint64(run)
    first, size = groups(np.cumsum(fresh))
    last = first + size - 1
    words = place[last] - place[first] + np.uint64(run)
    merged: Table = {
        "pair": pair[first],
        "a": a[order[first]],
        "b": b[order[first]],
        "words": words.astype(np.uint32),
        "quoted": np.logical_or.reduceat(quoted[order], first),
    }
    short = take(rows, np.flatnonzero(~is_long))
    return in_order(concatenate([short, merged]), "pair")


def _batches(rows: Table, most: int) -> Iterator[Table]:
    """Yield about so many hits of some pairs of documents at a time; rows are sorted by pair."""
    first, size = groups(np.asarray(rows["pair"]))
    for low, high in batches(size, most):
        last = high - 1
        part = slice(int(first[low]), int(first[last] + size[last]))
        yield {name: np.asarray(column)[part] for name, column in rows.items()}


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
    pieces = found.parts
    scattered = found.scattered
    rank = np.concatenate((found.passages.rank[pieces.passage], scattered.rank))
    start = np.concatenate((pieces.start, scattered.start))
    # Code points that both share: of a piece its length, of scattered words more than any paragraph needs.
    parts = (pieces.end - pieces.start).min(axis=1)
    many = np.full(len(scattered.rank), _LARGE)
    size = np.concatenate((parts, many))
    document = workspace.ranks.by_rank[rank]
    better, better_size = workspace.paragraphs_at(document[:, 0], start[:, 0])
    other, other_size = workspace.paragraphs_at(document[:, 1], start[:, 1])
    both = (better >= 0) & (other >= 0)
    shorter = np.minimum(better_size, other_size)[both]
    keys = pack(better[both], other[both])
    pairs, place, which = np.unique(keys, return_index=True, return_inverse=True)
    shared = np.bincount(which, size[both], len(pairs))
    shorter = shorter[place]
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
    portions: list[_Copies] = []
    for low in range(0, len(copies.copy), _COPIES):
        some = slice(low, low + _COPIES)
        portions.append(_Copies(copies.original[some], copies.copy[some]))
    return portions


def _whole_documents(workspace: Workspace, copies: _Copies) -> Table:
    """Return the passages of documents that are the same from the first word to the last."""
    rank = np.stack((copies.original, copies.copy), axis=1)
    length = workspace.lengths[copies.copy]
    document = rank.ravel()
    begin = workspace.words.offsets[workspace.ranks.by_rank[document]]
    last = begin + workspace.lengths[document] - 1
    # Of a whole document the first word and the last one are all that is needed.
    head = workspace.words.pick(begin, begin + 1)
    tail = workspace.words.pick(last, last + 1)
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
    for number in range(len(ranks)):
        last = int(end[number])
        for at in range(int(begin[number]), last, _WORDS):
            hashes = words.hashes(at, min(at + _WORDS, last))
            bits[number] += words.bits(hashes).sum()
    return bits
