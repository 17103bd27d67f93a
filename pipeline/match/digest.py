"""The first step: every text read once, and the little kept of it that finds what it shares with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.packs import Pack
from pipeline.corpus.table import Array, Blobs, Table
from pipeline.match import kept, kept_words
from pipeline.match.core import compiled
from pipeline.match.core.columns import Utf8
from pipeline.match.core.difference import symbol_fingerprints
from pipeline.match.core.evidence import BUCKET_BITS, word_counts
from pipeline.match.core.long import LONG
from pipeline.match.core.memory import columns_in_parts
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, sketch
from pipeline.match.core.stretches import Words
from pipeline.match.words import write_counts, write_words
from pipeline.match.workspace import Workspace
from pipeline.model import Level
from pipeline.tokens import offsets_of, ranges

_WORDS = "words"
_MOST_KEPT = 2 * LONG
"""Bytes of texts in a pack of which words are kept: so much is looked at together"""


class BandKeys:
    """The band keys of all texts of a level, on disk; a band is read when it is asked for, 4 bytes a text."""

    def __init__(self, path: Path, bands: int) -> None:
        self._path = path
        self._bands = bands
        self._counts: list[int] = []

    def append(self, handle: BinaryIO, keys: Array) -> None:
        """Add the keys of more texts, uint32 [bands, texts], to the file, which is open for writing."""
        self._counts.append(keys.shape[1])
        handle.write(np.ascontiguousarray(keys).data)

    def __getitem__(self, band: int) -> Array:
        """uint32 [texts]: the keys of one band."""
        keys = np.empty(sum(self._counts), dtype=np.uint32)
        at = done = 0
        with self._path.open("rb", buffering=0) as handle:
            for count in self._counts:
                handle.seek(4 * (at + band * count))
                handle.readinto(keys[done : done + count].data)
                at += self._bands * count
                done += count
        return keys


@dataclass(frozen=True, slots=True)
class Sketched:
    """What is kept of the texts of a level, in the order of the packs."""

    fingerprint: Array
    """uint64 [texts]"""
    symbols: Array
    """uint64 [texts], see `symbol_fingerprints`"""
    keys: BandKeys


@dataclass(frozen=True, slots=True)
class _Digest:
    """What is kept of a pack."""

    sketches: dict[Level, Sketches]
    symbols: dict[Level, Array]
    sizes: Array
    """int64, words of each document"""
    bucket: Array
    count: Array
    """int64, how often words occur, by bucket"""


def digest(
    engine: Engine, workspace: Workspace, signings: Mapping[Level, Signing], chars: int, *, words: bool
) -> dict[Level, Sketched]:
    """Sketch the texts of each level, and with `words` write down the words of all documents.

    chars: how much text there is, which decides whether the compiled path is worth loading
    """
    none = np.empty(0, dtype=np.uint64)
    fingerprints: dict[Level, list[Array]] = {level: [none] for level in signings}
    symbols: dict[Level, list[Array]] = {level: [none] for level in signings}
    keys = {level: BandKeys(_path(workspace, level), signings[level].bands) for level in signings}
    sizes: list[Array] = []
    counts = np.zeros(1 << BUCKET_BITS, dtype=np.int64)
    work = partial(_digest, workspace, dict(signings), chars // engine.workers, words)
    with ExitStack() as stack:
        files = {level: stack.enter_context(_path(workspace, level).open("wb")) for level in signings}
        for done in engine.map(work, range(len(workspace.packs.paths))):
            for level, sketches in done.sketches.items():
                fingerprints[level].append(sketches.fingerprint)
                symbols[level].append(done.symbols[level])
                keys[level].append(files[level], sketches.keys)
            sizes.append(done.sizes)
            counts[done.bucket] += done.count
    if words:
        buckets = np.flatnonzero(counts)
        write_counts(workspace.folder, sizes, buckets, counts[buckets])
    return {
        level: Sketched(
            np.concatenate(fingerprints[level]),
            np.concatenate(symbols[level]),
            keys[level],
        )
        for level in signings
    }


def _path(workspace: Workspace, level: Level) -> Path:
    return workspace.folder / f"{level}.bands"


def _digest(workspace: Workspace, signings: dict[Level, Signing], chars: int, words: bool, number: int) -> _Digest:
    # The driver says how much there is in all: a worker sees one pack, and numba pays from many on.
    compiled.kernels(chars)
    pack = workspace.packs.pack(number)
    sketches: dict[Level, Sketches] = {}
    symbols: dict[Level, Array] = {}
    for level, signing in signings.items():
        sketches[level], symbols[level] = _sketched(workspace, pack, level, signing, symbols=words)
    if not words:
        none = np.empty(0, dtype=np.int64)
        return _Digest(sketches, symbols, none, none, none)
    sizes = np.zeros(len(pack), dtype=np.int64)
    counts = np.zeros(1 << BUCKET_BITS, dtype=np.int64)
    write_words(workspace.folder, number, _counted(_words(workspace, pack), sizes, counts))
    bucket = np.flatnonzero(counts)
    return _Digest(sketches, symbols, sizes, bucket, counts[bucket])


def names_kept(pack: Path, signings: Mapping[Level, Signing], *, words: bool) -> list[str]:
    """Return the names, without suffix, of what is kept beside a pack when it is looked at so."""
    kinds = [_kind(level, signing, symbols=words) for level, signing in signings.items()]
    return [kept.name(pack, kind) for kind in (*kinds, *([_WORDS] if words else []))]


def _kind(level: Level, signing: Signing, *, symbols: bool) -> str:
    signed = f"{level}-{signing.k}-{signing.bands}-{signing.rows}-{signing.seed}"
    return f"{signed}-symbols" if symbols else signed


def _sketched(
    workspace: Workspace, pack: Pack, level: Level, signing: Signing, *, symbols: bool
) -> tuple[Sketches, Array]:
    """Return the sketches of a pack's texts of a level, and their symbols as far as they are wanted, uint64."""

    def make(documents: Array) -> kept.Rows:
        texts, first = texts_of(pack, level, documents)
        found = sketch(texts, signing)
        columns: Table = {"fingerprint": found.fingerprint, "keys": found.keys.T}
        if symbols:
            columns["symbols"] = symbol_fingerprints(texts)
        return kept.Rows(first, columns)

    if workspace.keeps(pack.path):
        columns = kept.rows_of(pack, _kind(level, signing, symbols=symbols), workspace.folder.name, make).columns
    else:
        columns = make(np.arange(len(pack))).columns
    found = Sketches(np.asarray(columns["fingerprint"]), np.asarray(columns["keys"]).T)
    return found, np.asarray(columns["symbols"]) if symbols else np.empty(0, dtype=np.uint64)


def _words(workspace: Workspace, pack: Pack) -> Iterator[tuple[Words, Array]]:
    """Yield words of a pack's documents, in parts, and the number of the document that each is in, int64."""
    if not workspace.keeps(pack.path) or int(pack.texts().sizes().sum()) > _MOST_KEPT:
        yield from columns_in_parts(pack.texts())
        return

    def make(documents: Array) -> kept.Rows:
        parts = list(columns_in_parts(texts_of(pack, "document", documents)[0]))
        sizes = np.zeros(len(documents), dtype=np.int64)
        for _, text in parts:
            sizes += np.bincount(text, minlength=len(sizes))
        return kept.Rows(offsets_of(sizes), kept_words.columns_of([part for part, _ in parts]))

    rows = kept.rows_of(pack, _WORDS, workspace.folder.name, make, kept_words.FORM)
    yield kept_words.words_of(rows.columns), np.repeat(np.arange(len(pack)), np.diff(rows.first))


def _counted(parts: Iterable[tuple[Words, Array]], sizes: Array, counts: Array) -> Iterator[Words]:
    """Yield words, and count them: those of each text in `sizes`, those of each bucket in `counts`."""
    for words, text in parts:
        sizes += np.bincount(text, minlength=len(sizes))
        counts += word_counts(words.hash)
        yield words


def texts_of(pack: Pack, level: Level, documents: Array) -> tuple[Utf8, Array]:
    """Return the texts of documents of a pack that are compared at a level, and where those of each begin, int64
    [documents + 1]."""
    if level == "document":
        every = pack.texts()
        texts = every if len(documents) == len(every) else every.take(documents)
        return texts, np.arange(len(documents) + 1)
    owner = np.asarray(pack.paragraphs["document"])
    compared = np.flatnonzero(np.asarray(pack.paragraphs["compared"]))
    # Paragraphs are sorted by document.
    bounds = np.searchsorted(owner[compared], np.arange(len(pack) + 1))
    sizes = np.diff(bounds)[documents]
    numbers = compared[ranges(bounds[documents], sizes)]
    column = Blobs.of(pack.paragraph_texts(numbers))
    return Utf8(column.data, column.offsets), offsets_of(sizes)
