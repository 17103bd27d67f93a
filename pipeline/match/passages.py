"""From hits to passages: an exchange by pair of documents, then the search of `core.passages` on some pairs at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from msgspec import Struct

from pipeline.corpus.column import Append
from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.engines.rows import in_order
from pipeline.corpus.table import Array, Table, array, arrays, concatenate, take
from pipeline.match.core import rows
from pipeline.match.core.evidence import PassageRules
from pipeline.match.core.hits import diagonals, promising
from pipeline.match.core.located import FoundPassages
from pipeline.match.core.packed import batches, distinct, groups, is_first, is_shared, order_of, pack
from pipeline.match.core.passages import passages
from pipeline.match.core.stretches import Stretches, Windows
from pipeline.match.families import write_families
from pipeline.match.hits import HIT_ROW, Spilled, find_hits, hits_of, read, rows_in, together
from pipeline.match.passage_rows import ROW, SharedPassages, rows_of
from pipeline.match.sorted_runs import in_portions
from pipeline.match.workspace import Workspace
from pipeline.tokens import offsets_of

_HITS = 1 << 15
"""Hits whose documents are compared together."""
_MERGED = 1 << 20
"""Hits looked at together for those that overlap."""
_EFFORT = 8
"""Comparing takes longer than moving: so many times more partitions, that every worker may have some."""
_SOME = 1 / 8
"""Share of a paragraph that stands verbatim in another, if one is to be most of the other or the same but for noise."""
_LARGE = 1 << 32
"""Code points that no paragraph has."""
_WORDS = 1 << 18
"""Words of a document whose evidence is added up at a time."""
_COPIES = 1 << 14
"""Copies of documents looked at together."""


def find_passages(engine: Engine, workspace: Workspace, rules: PassageRules) -> SharedPassages:
    """Write the passages that documents share."""
    workspace.save_paragraphs()
    hits = find_hits(engine, workspace, rules)
    found = SharedPassages.of(workspace.folder)
    with found.rows.writing() as append, found.pairs.writing() as append_pairs:
        pairs = _compared(engine, workspace, rules, hits, append)
        for some in in_portions(pairs, workspace.folder / "pairs.runs"):
            append_pairs(some.compress(is_first(some)))
        for one in hits:
            one.path.unlink()
        # Of very many equal documents only some were compared; what the others share is known without looking.
        copies = _further_copies(workspace, rules)
        for found_whole in engine.map(partial(_whole_documents, workspace), _portions(copies)):
            append(found_whole)
    write_families(workspace, found)
    return found


def _compared(
    engine: Engine, workspace: Workspace, rules: PassageRules, hits: Sequence[Spilled], append: Append
) -> Iterator[Array]:
    """Compare documents that have hits. Yields packed pairs of paragraphs, some at a time.

    append: takes the passages
    """
    size = HIT_ROW * rows_in(hits)
    count = partitions(_EFFORT * size, engine.workers)
    reduce = partial(_compare, workspace, rules)
    for found, pairs in engine.exchange(read, together(hits), "pair", count, reduce):
        append(found)
        yield pairs


def _compare(workspace: Workspace, rules: PassageRules, partition: Table) -> tuple[Array, Array]:
    """Return what a partition's pairs of documents share: (passages, rows of `ROW`; pairs of paragraphs that have a part in
    common, packed).

    partition: rows of hits, sorted by pair, all of those of each pair; emptied
    """
    every: list[Array] = [np.empty(0, dtype=ROW)]
    paragraphs = [np.empty(0, dtype=np.uint64)]
    shorter: list[Table] = []
    for part in _batches(partition, _MERGED):
        worth_a_look = _without_lone_hits(part, rules.run)
        shorter.append(_without_overlaps(worth_a_look, rules.run))
    partition.clear()  # of two long texts that repeat themselves there may be very many
    parts = _batches(concatenate(shorter), _HITS) if shorter else ()
    load = partial(_load, workspace)
    for part in parts:
        hits = hits_of(part)
        is_promising = promising(hits, rules.run, rules.gap)
        hits = hits.take(is_promising)
        found = passages(hits, workspace.lengths, load, rules)
        every.append(rows_of(found.passages))
        paragraphs.append(_paragraph_pairs(workspace, found))
    return np.concatenate(every), distinct(np.concatenate(paragraphs))


def _without_lone_hits(hits: Table, run: int) -> Table:
    """Return hits without the short ones that are all that two documents share: most are, and `promising` wants two.

    hits: sorted by pair
    """
    is_wanted = is_shared(array(hits, "pair"))
    is_wanted |= array(hits, "words") >= run
    is_wanted |= array(hits, "quoted")
    return take(hits, np.flatnonzero(is_wanted))


def _without_overlaps(hits: Table, run: int) -> Table:
    """Return hits, of which those of `run` words that overlap on one diagonal are one, sorted by pair.

    Where two long texts repeat themselves, nearly all hits overlap.
    """
    is_long = array(hits, "words") >= run
    if not is_long.any():
        return hits
    long = arrays(take(hits, np.flatnonzero(is_long)))
    pair = long["pair"]
    a = long["a"]
    b = long["b"]
    place = pack(diagonals(a, b), a)
    order = order_of(pair, place)
    place = place[order]
    pair = pair[order]
    words_on = np.diff(place)
    is_apart = is_first(pair)
    is_apart[1:] |= words_on > np.uint64(run)
    # One row for all hits that overlap: the words from the first one to the end of the last.
    first = np.flatnonzero(is_apart)
    following = np.append(first[1:], len(place))
    last = following - 1
    words_between = place[last] - place[first]
    words = words_between + np.uint64(run)
    quoted = long["quoted"][order]
    row_of_first = order[first]
    one_for_all: Table = {
        "pair": pair[first],
        "a": a[row_of_first],
        "b": b[row_of_first],
        "words": words.astype(np.uint32),
        "quoted": np.logical_or.reduceat(quoted, first),
    }
    short = take(hits, np.flatnonzero(~is_long))
    return in_order(concatenate([short, one_for_all]), "pair")


def _batches(hits: Table, most: int) -> Iterator[Table]:
    """Yield about so many hits of some pairs of documents at a time; they are sorted by pair."""
    _, size = groups(array(hits, "pair"))
    bounds = offsets_of(size)
    for low, high in batches(size, most):
        part = slice(bounds[low], bounds[high])
        yield {name: column[part] for name, column in arrays(hits).items()}


def _load(workspace: Workspace, windows: Windows) -> Stretches:
    """Return the words of windows."""
    words = workspace.words
    document = workspace.ranks.by_rank[windows.document]
    words_before = words.offsets[document]
    first = words_before + windows.first
    last = words_before + windows.last
    picked = words.pick(first, last)
    return Stretches(windows, picked, words.total, words.bits)


def _paragraph_pairs(workspace: Workspace, found: FoundPassages) -> Array:
    """Return pairs of compared paragraphs by their places, packed, of better rank first, that are worth a look.

    Verbatim parts of passages stand in both that are some of the shorter one, or scattered words that are many.
    """
    # One row a verbatim part, then one a place of scattered words; columns of [rows, 2] are of both sides.
    parts = found.parts
    scattered = found.scattered
    rank_of_parts = found.passages.rank[parts.passage]
    rank = np.concatenate((rank_of_parts, scattered.rank))
    start = np.concatenate((parts.start, scattered.start))
    document_a, document_b = workspace.ranks.by_rank[rank].T
    start_a, start_b = start.T
    # Code points that both share: of a part its length, of scattered words more than any paragraph needs.
    lengths = parts.end - parts.start
    enough = np.full(len(scattered.rank), _LARGE)
    shared = np.concatenate((lengths.min(axis=1), enough))

    better, better_size = workspace.paragraphs_at(document_a, start_a)
    other, other_size = workspace.paragraphs_at(document_b, start_b)
    shorter = np.minimum(better_size, other_size)
    is_in_both = (better >= 0) & (other >= 0)
    in_both = np.flatnonzero(is_in_both)
    keys = pack(better[in_both], other[in_both])
    # One row a pair of paragraphs.
    pairs, row, which = np.unique(keys, return_index=True, return_inverse=True)
    shared_by_pair = np.bincount(which, shared[in_both], len(pairs))
    shorter_of_pair = shorter[in_both[row]]
    return pairs[shared_by_pair >= _SOME * shorter_of_pair]


class _Copies(Struct, frozen=True):
    """Documents that are word for word the same as a better one. int64 each, by rank."""

    original: Array
    """the best document with these words"""
    copy: Array


def _further_copies(workspace: Workspace, rules: PassageRules) -> _Copies:
    """Return the copies whose words were not looked at, as there are so many of the same document."""
    is_wanted = workspace.is_further_copy & (workspace.lengths >= rules.run)
    is_wanted[: workspace.ranks.older] = False
    copy = np.flatnonzero(is_wanted)
    return _Copies(workspace.first_copy[copy], copy)


def _portions(copies: _Copies) -> list[_Copies]:
    """Return the same, so many at a time as are looked at together."""
    portions: list[_Copies] = []
    for low in range(0, len(copies.copy), _COPIES):
        some = slice(low, low + _COPIES)
        portions.append(rows.take(copies, some))
    return portions


def _whole_documents(workspace: Workspace, copies: _Copies) -> Array:
    """Return the passages of documents that are the same from the first word to the last, rows of `ROW`."""
    rank = np.stack((copies.original, copies.copy), axis=1)
    # One row a side of a passage.
    side = rank.ravel()
    document = workspace.ranks.by_rank[side]
    first = workspace.words.offsets[document]
    last = first + workspace.lengths[side] - 1
    # Of a whole document the first word and the last one are all that is needed.
    words = workspace.words
    first_words = words.pick(first, first + 1)
    last_words = words.pick(last, last + 1)
    end = last_words.end + last_words.closing.astype(np.int32)
    # One row a passage again.
    length = workspace.lengths[copies.copy]
    # Of one text there may be thousands of copies: its evidence is added up once.
    originals, which = np.unique(copies.original, return_inverse=True)
    found: Array = np.empty(len(length), dtype=ROW)
    found["rank"] = rank
    found["first"] = 0
    found["last"] = length[:, None]
    found["start"] = first_words.start.reshape(-1, 2)
    found["end"] = end.reshape(-1, 2)
    found["words"] = length
    found["longest"] = length
    found["similarity"] = 1.0
    found["bits"] = _evidence(workspace, originals)[which]
    return found


def _evidence(workspace: Workspace, ranks: Array) -> Array:
    """Return the evidence in all words of documents, float64.

    ranks: int64 [documents]
    """
    words = workspace.words
    bits = np.zeros(len(ranks))
    document = workspace.ranks.by_rank[ranks]
    first = words.offsets[document]
    last = first + workspace.lengths[ranks]
    for number in range(len(ranks)):
        end = int(last[number])
        for at in range(int(first[number]), end, _WORDS):
            hashes = words.hashes(at, min(at + _WORDS, end))
            of_words = words.bits(hashes)
            bits[number] += of_words.sum()
    return bits
