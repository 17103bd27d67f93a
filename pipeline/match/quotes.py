"""From hits to passages: an exchange by pair of documents, then the steps of `dedup.passages` on some pairs at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.table import Array, Table
from pipeline.match.core.align import Runs, maximal_runs
from pipeline.match.core.candidates import bucket_sizes, distinct, pack
from pipeline.match.core.chain import Chains, chain
from pipeline.match.core.corpus import Corpus
from pipeline.match.core.families import families
from pipeline.match.core.match import Places
from pipeline.match.core.passages import PassageRules, Passages, evident, located
from pipeline.match.core.seeds import Hits
from pipeline.match.core.sketch import batches
from pipeline.match.core.spans import Spans
from pipeline.match.excerpt import Excerpt
from pipeline.match.hits import HIT_ROW, find_hits, read
from pipeline.match.screen import promising, screened
from pipeline.match.workspace import Workspace
from pipeline.tokens import Tokens, offsets_of

_WORDS = 1 << 20
"""Words of documents compared together."""
_HIT = 64
"""What a hit costs beside the words of its documents, in words."""
_EFFORT = 16
"""Comparing takes longer than moving: so many times more partitions, that every worker may have some."""

_RANK = np.uint64(32)
_WORD = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Quotes:
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
    family: Array
    """int32"""
    paragraphs: Array
    """uint64: packed pairs of paragraphs, by number, that have a verbatim part in common; sorted"""

    def __len__(self) -> int:
        return len(self.words)


def find_quotes(engine: Engine, workspace: Workspace, rules: PassageRules) -> Quotes:
    """Passages that documents share, as `dedup.passages` finds them."""
    hits = find_hits(engine, workspace, rules)
    count = partitions(_EFFORT * HIT_ROW * sum(one.rows for one in hits), engine.workers)
    work = partial(_quotes, workspace, rules)
    tables: list[Table] = []
    paragraphs = np.empty(0, dtype=np.uint64)
    for rows, pairs in engine.exchange(read, hits, "pair", count, work):
        tables.append(rows)
        paragraphs = distinct(np.concatenate((paragraphs, pairs)))
    tables = tables or [_table([])]
    first, last = (_joined(tables, name) for name in ("first", "last"))
    rank = _joined(tables, "rank")
    before = offsets_of(np.diff(workspace.words.offsets)[workspace.ranks.by_rank])
    family = families(before[rank] + first, before[rank] + last) if len(rank) else np.empty(0, dtype=np.int64)
    del first, last, before
    start, end, words, longest, similarity = (
        _joined(tables, name) for name in ("start", "end", "words", "longest", "similarity")
    )
    return Quotes(rank, start, end, words, longest, similarity, family.astype(np.int32), paragraphs)


def _joined(tables: Sequence[Table], name: str) -> Array:
    """A column of several tables, which lose it."""
    return np.concatenate([np.asarray(one.pop(name)) for one in tables])


def _quotes(workspace: Workspace, rules: PassageRules, rows: Table) -> tuple[Table, Array]:
    """(passages of a partition's pairs of documents, pairs of paragraphs)."""
    rows = screened(workspace, rules, rows)
    found = [_compare(workspace, rules, part) for part in _groups(workspace, rows)]
    return _table([one for one, _ in found]), np.concatenate([np.empty(0, np.uint64), *(pairs for _, pairs in found)])


def _groups(workspace: Workspace, rows: Table) -> Iterator[Table]:
    """The hits of some pairs of documents at a time."""
    pairs = np.asarray(rows["pair"])
    first, size = bucket_sizes(pairs)
    offsets, by_rank = workspace.words.offsets, workspace.ranks.by_rank
    one, two = (by_rank[side.astype(np.int64)] for side in (pairs[first] >> _RANK, pairs[first] & _WORD))
    fresh = np.append(True, one[1:] != one[:-1])[: len(one)]
    words = [offsets[documents + 1] - offsets[documents] for documents in (one, two)]
    cost = _HIT * size + words[1] + np.where(fresh, words[0], 0)
    bounds = np.append(first, len(pairs))
    for low, high in batches(cost, _WORDS):
        yield {name: np.asarray(column)[bounds[low] : bounds[high]] for name, column in rows.items()}


@dataclass(frozen=True, slots=True)
class _Found:
    """Passages of some documents, with the places in words that families go by."""

    passages: Passages
    places: Array
    """int64 [passages, 2 sides, first word and end], counted in the document"""


def _table(found: Sequence[_Found]) -> Table:
    """Passages as rows: the columns of `Quotes`, and `first`, `last`: words of the document, int32 [passages, 2]."""
    none = np.empty((0, 2), dtype=np.int32)
    columns: dict[str, list[Array]] = {name: [none] for name in ("rank", "start", "end", "first", "last")}
    columns |= {name: [none[:, 0]] for name in ("words", "longest", "similarity")}
    for one in found:
        parts = one.passages
        for name, column in (
            ("rank", parts.documents),
            ("start", parts.start),
            ("end", parts.end),
            ("first", one.places[:, :, 0]),
            ("last", one.places[:, :, 1]),
            ("words", parts.words),
            ("longest", parts.longest),
        ):
            columns[name].append(column.astype(np.int32))
        columns["similarity"].append(parts.similarity)
    joined: Table = {name: np.concatenate(parts) for name, parts in columns.items()}
    joined["similarity"] = np.asarray(joined["similarity"]).astype(np.float64)
    return joined


def _compare(workspace: Workspace, rules: PassageRules, hits: Table) -> tuple[_Found, Array]:
    """The passages of some pairs of documents, and the pairs of paragraphs that have a part in common."""
    pairs = np.asarray(hits["pair"])
    sides = [(pairs >> _RANK).astype(np.int64), (pairs & _WORD).astype(np.int64)]
    ranks = distinct(np.concatenate(sides))
    documents, every = workspace.ranks.by_rank[ranks], workspace.words.offsets
    excerpt = Excerpt(workspace.words, every[documents], every[documents + 1])
    begin = [excerpt.offsets[np.searchsorted(ranks, side)] for side in sides]
    a, b = (begin[i] + np.asarray(hits[name]).astype(np.int64) for i, name in enumerate(("a", "b")))
    runs = maximal_runs(excerpt, [Hits(a, b, np.asarray(hits["words"]).astype(np.int64))])
    chains = chain(excerpt, runs, rules.gap)
    chains = chains.take(promising(excerpt, chains, rules))
    workspace.words.forget()

    used = distinct(np.concatenate([excerpt.document(side) for side in (chains.runs.a, chains.runs.b)]))
    texts = list(workspace.packs.document_texts(documents[used]))
    first, last = every[documents[used]], every[documents[used] + 1]
    words, start, end, line = workspace.words.pick(first, last, ["hash", "start", "end", "line"])
    workspace.words.forget()
    none = np.empty(0, dtype=np.int64)
    tokens = Tokens(offsets_of(last - first), start, end, words, none, none)
    corpus = Corpus(tokens.offsets, words, workspace.words.bits(words), line, workspace.words.total)
    moved = [_moved(excerpt, corpus, used, side) for side in (chains.runs.a, chains.runs.b)]
    chains = Chains(chains.offsets, Runs(moved[0], moved[1], chains.runs.words))
    spans = Spans(texts, tokens)
    chains, evidence = evident(corpus, chains, spans, rules)
    found, places = located(corpus, chains, evidence, spans, tail=rules.tail, order=np.arange(len(used)))
    paragraphs = _paragraph_pairs(workspace, ranks[used], found)
    places = places - corpus.offsets[found.documents][:, :, None]
    return _Found(replace(found, documents=ranks[used][found.documents]), places), paragraphs


def _moved(excerpt: Excerpt, corpus: Corpus, used: Array, position: Array) -> Array:
    """Positions in the excerpt as positions in a corpus of only the documents that are used."""
    document = excerpt.document(position)
    moved: Array = position - excerpt.offsets[document] + corpus.offsets[np.searchsorted(used, document)]
    return moved


def _paragraph_pairs(workspace: Workspace, ranks: Array, found: Passages) -> Array:
    """uint64: pairs of compared paragraphs, by number, that a verbatim part of a passage stands in; of better rank first."""
    if not len(found):
        return np.empty(0, dtype=np.uint64)
    owner, number, start, end = workspace.packs.compared_paragraphs(workspace.ranks.by_rank[ranks])
    place = Places(owner, start, end)
    pieces = found.pieces
    sides = [place.at(found.documents[pieces.passage, i], pieces.start[:, i]) for i in (0, 1)]
    both = (sides[0] >= 0) & (sides[1] >= 0)
    return distinct(pack(number[sides[0][both]], number[sides[1][both]]))
