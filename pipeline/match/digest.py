"""The first step: every text read once, and the little kept of it that finds what it shares with others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.cache import CachedDocuments, cached_documents
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.packs import Pack
from pipeline.corpus.table import Array, Blobs
from pipeline.match import kept, kept_words
from pipeline.match.core.columns import Utf8
from pipeline.match.core.difference import symbol_fingerprints
from pipeline.match.core.evidence import BUCKET_BITS, word_counts
from pipeline.match.core.long import LONG
from pipeline.match.core.memory import columns_in_parts
from pipeline.match.core.packed import owners
from pipeline.match.core.packed import pack as pack_numbers
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, sketch, sketch_words
from pipeline.match.core.stretches import Words
from pipeline.match.sketched import Gathered, Sketched
from pipeline.match.words import write_counts, write_words
from pipeline.match.workspace import Workspace
from pipeline.model import Level
from pipeline.tokens import offsets_of, ranges

_WORDS = "words"
_MOST_HELD = 2 * LONG
"""Bytes of texts in a pack of which all words are held together, and kept for the next run"""


class _Digest(Struct, frozen=True):
    """What is kept of a pack."""

    sketches: dict[Level, Sketches]
    symbols: dict[Level, Array]
    sizes: Array
    """int64, words of each document"""
    bucket: Array
    count: Array
    """int64, how often words occur, by bucket"""


def digest(
    engine: Engine, workspace: Workspace, signings: Mapping[Level, Signing], *, words: bool
) -> dict[Level, Sketched]:
    """Sketch the texts of each level, and with `words` write down the words of all documents."""
    sizes: list[Array] = []
    counts = np.zeros(1 << BUCKET_BITS, dtype=np.int64)
    packs = range(len(workspace.packs.paths))
    work = partial(_digest, workspace, dict(signings), words)
    with ExitStack() as stack:
        gathered: dict[Level, Gathered] = {}
        for level, signing in signings.items():
            gathered[level] = Gathered(workspace.folder, level, signing.bands, stack)
        for done in engine.map(work, packs):
            for level, of_level in gathered.items():
                of_level.add(done.sketches[level], done.symbols[level])
            sizes.append(done.sizes)
            counts[done.bucket] += done.count
    if words:
        buckets = np.flatnonzero(counts)
        write_counts(workspace.folder, sizes, buckets, counts[buckets])
    return {level: of_level.sketched() for level, of_level in gathered.items()}


def _digest(workspace: Workspace, signings: dict[Level, Signing], words: bool, number: int) -> _Digest:
    """Look at the texts of a pack."""
    pack = workspace.packs.pack(number)
    known = _known_words(workspace, pack) if words else None
    sketches: dict[Level, Sketches] = {}
    symbols: dict[Level, Array] = {}
    for level, signing in signings.items():
        sketches[level] = _sketched(workspace, pack, level, signing, known)
        symbols[level] = _symbols(workspace, pack, level) if words else np.empty(0, dtype=np.uint64)
    if not words:
        none = np.empty(0, dtype=np.int64)
        return _Digest(sketches, symbols, sizes=none, bucket=none, count=none)
    sizes = np.zeros(len(pack), dtype=np.int64)
    counted = _Counted()
    parts = columns_in_parts(pack.texts()) if known is None else [(known.words, owners(np.diff(known.first)))]
    write_words(workspace.folder, number, _counting(parts, sizes, counted))
    counts = counted.counts
    bucket = np.flatnonzero(counts != 0)  # four times as fast as without the comparison
    return _Digest(
        sketches=sketches,
        symbols=symbols,
        sizes=sizes,
        bucket=bucket,
        count=counts[bucket],
    )


def names_kept(place: Path, signings: Mapping[Level, Signing], *, words: bool) -> list[str]:
    """Return the names, without suffix, of what is kept beside the content of a pack when it is looked at so."""
    kinds = [_kind(level, signing) for level, signing in signings.items()]
    if words:
        kinds.append(_WORDS)
        kinds += (_kind_of_symbols(level) for level in signings)
    return [kept.name(place, kind) for kind in kinds]


def _kind(level: Level, signing: Signing) -> str:
    """Return what the rows of sketches are called that are kept: they depend on how texts are signed."""
    settings = (level, signing.k, signing.bands, signing.rows, signing.seed)
    return "-".join(map(str, settings))


def _kind_of_symbols(level: Level) -> str:
    """Return what the rows of symbols are called that are kept: they depend on the texts alone."""
    return f"{level}-symbols"


def _sketched(workspace: Workspace, pack: Pack, level: Level, signing: Signing, known: _KnownWords | None) -> Sketches:
    """Return the sketches of a pack's texts of a level; `known`: the words of its documents, where they are at hand."""

    def make(documents: Array) -> kept.Rows:
        """Return the sketches of the texts of documents."""
        tokens = None if known is None else _tokens(pack, level, documents, known)
        if tokens is not None:
            found = sketch_words(*tokens, signing)
            first = _first_texts(pack, level, documents)
        else:
            texts, first = texts_of(pack, level, documents)
            found = sketch(texts, signing)
        return kept.Rows(first, {"fingerprint": found.fingerprint, "keys": found.keys.T})

    columns = table.arrays(_rows(workspace, pack, _kind(level, signing), make).columns)
    return Sketches(columns["fingerprint"], columns["keys"].T)


def _symbols(workspace: Workspace, pack: Pack, level: Level) -> Array:
    """Return the symbols of a pack's texts of a level, uint64."""

    def make(documents: Array) -> kept.Rows:
        """Return the symbols of the texts of documents."""
        texts, first = texts_of(pack, level, documents)
        return kept.Rows(first, {"symbols": symbol_fingerprints(texts)})

    return table.array(_rows(workspace, pack, _kind_of_symbols(level), make).columns, "symbols")


def _rows(
    workspace: Workspace,
    pack: Pack,
    kind: str,
    make: Callable[[Array], kept.Rows],
    form: kept.Form = kept.AS_THEY_ARE,
) -> kept.Rows:
    """Return the rows of a kind of all documents of a pack, kept ones where there are; `make` gives those of some, see
    `kept.rows_of`."""
    if not workspace.keeps(pack.path):
        return make(np.arange(len(pack)))
    return kept.rows_of(pack, kind, partial(_earlier, workspace, pack), make, form)


def _earlier(workspace: Workspace, pack: Pack) -> CachedDocuments:
    """Return which documents the packs beside this one have that are not of this run."""
    run = workspace.folder.name
    return cached_documents(pack.path.parent, f"*{pack.path.suffix}", run, workspace.names, by="content")


class _KnownWords(Struct, frozen=True):
    """The words of the documents of a pack."""

    first: Array
    """int64 [documents + 1]: where those of each begin"""
    words: Words


def _known_words(workspace: Workspace, pack: Pack) -> _KnownWords | None:
    """Return the words of a pack's documents, kept ones where there are; None where they are too many to be held together."""
    if table.sizes(pack.documents, "text").sum() > _MOST_HELD:
        return None

    def make(documents: Array) -> kept.Rows:
        """Return the words of documents."""
        texts, _ = texts_of(pack, "document", documents)
        parts: list[Words] = []
        sizes = np.zeros(len(documents), dtype=np.int64)
        for words, text in columns_in_parts(texts):
            parts.append(words)
            sizes += np.bincount(text, minlength=len(sizes))
        return kept.Rows(offsets_of(sizes), kept_words.columns_of(parts))

    rows = _rows(workspace, pack, _WORDS, make, kept_words.FORM)
    return _KnownWords(rows.first, kept_words.words_of(rows.columns))


def _tokens(pack: Pack, level: Level, documents: Array, known: _KnownWords) -> tuple[Array, Array] | None:
    """Return (where the words of each of the texts of documents begin, int64 [texts + 1]; their hashes, uint64) as tokenising
    these texts would give them; None where a word goes over the edge of one."""
    first = known.first[documents]
    last = known.first[documents + 1]
    if level == "paragraph":
        numbers, _ = _compared(pack, documents)
        owner, start, end = (table.array(pack.paragraphs, name)[numbers] for name in ("document", "start", "end"))
        words = known.words
        # Words by document, then by where they start; words that are one character are at one place.
        place = pack_numbers(owners(np.diff(known.first)), words.start)
        first = np.searchsorted(place, pack_numbers(owner, start))
        last = np.searchsorted(place, pack_numbers(owner, end))
        before = np.maximum(first - 1, 0)
        goes_over_start = (first > known.first[owner]) & (words.end[before] > start)
        goes_over_end = (last > first) & (words.end[np.maximum(last - 1, 0)] > end)
        if goes_over_start.any() or goes_over_end.any():
            return None
    sizes = last - first
    return offsets_of(sizes), known.words.hash[ranges(first, sizes)]


class _Counted:
    """How often words occur, as part after part comes in."""

    def __init__(self) -> None:
        self._counts: Array | None = None

    def add(self, words: Array) -> None:
        """Count more words, given by hash."""
        found = word_counts(words)
        # Most packs are one part: zeros to begin with would be as much memory again.
        self._counts = found if self._counts is None else self._counts + found

    @property
    def counts(self) -> Array:
        """How often, by bucket, int64."""
        return np.zeros(0, dtype=np.int64) if self._counts is None else self._counts


def _counting(parts: Iterable[tuple[Words, Array]], sizes: Array, counted: _Counted) -> Iterator[Words]:
    """Yield words, and count them: those of each text in `sizes`."""
    for words, text in parts:
        sizes += np.bincount(text, minlength=len(sizes))
        counted.add(words.hash)
        yield words


def texts_of(pack: Pack, level: Level, documents: Array) -> tuple[Utf8, Array]:
    """Return the texts of documents of a pack that are compared at a level, and where those of each begin, int64
    [documents + 1]."""
    if level == "document":
        texts = pack.texts()
        if len(documents) < len(texts):
            texts = texts.take(documents)
        return texts, np.arange(len(documents) + 1)
    numbers, first = _compared(pack, documents)
    column = Blobs.of(pack.paragraph_texts(numbers))
    return Utf8(column.data, column.offsets), first


def _first_texts(pack: Pack, level: Level, documents: Array) -> Array:
    """Return where the texts of a level of each document begin, int64 [documents + 1], as `texts_of` has them."""
    if level == "document":
        return np.arange(len(documents) + 1)
    _, first = _compared(pack, documents)
    return first


def _compared(pack: Pack, documents: Array) -> tuple[Array, Array]:
    """Return the numbers of the paragraphs of documents that are compared, int64, and where those of each begin, int64
    [documents + 1]."""
    compared = np.flatnonzero(table.array(pack.paragraphs, "compared"))
    owner = table.array(pack.paragraphs, "document")[compared]
    # Paragraphs are sorted by document.
    numbers_of_documents = np.arange(len(pack) + 1)
    bounds = np.searchsorted(owner, numbers_of_documents)
    sizes = np.diff(bounds)[documents]
    first = bounds[documents]
    return compared[ranges(first, sizes)], offsets_of(sizes)
