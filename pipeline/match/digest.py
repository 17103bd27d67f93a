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
from pipeline.corpus.table import Array, Blobs
from pipeline.match.core import compiled
from pipeline.match.core.columns import Utf8
from pipeline.match.core.difference import symbol_fingerprints
from pipeline.match.core.evidence import BUCKET_BITS, word_counts
from pipeline.match.core.memory import columns_in_parts
from pipeline.match.core.sign import Signing
from pipeline.match.core.sketch import Sketches, sketch
from pipeline.match.core.stretches import Words
from pipeline.match.words import write_counts, write_words
from pipeline.match.workspace import Workspace
from pipeline.model import Level


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
        texts = texts_of(pack, level)
        sketches[level] = sketch(texts, signing)
        symbols[level] = symbol_fingerprints(texts)
    if not words:
        none = np.empty(0, dtype=np.int64)
        return _Digest(sketches, symbols, none, none, none)
    sizes = np.zeros(len(pack), dtype=np.int64)
    counts = np.zeros(1 << BUCKET_BITS, dtype=np.int64)
    write_words(workspace.folder, number, _counted(columns_in_parts(pack.texts()), sizes, counts))
    bucket = np.flatnonzero(counts)
    return _Digest(sketches, symbols, sizes, bucket, counts[bucket])


def _counted(parts: Iterable[tuple[Words, Array]], sizes: Array, counts: Array) -> Iterator[Words]:
    """Yield words, and count them: those of each text in `sizes`, those of each bucket in `counts`."""
    for words, text in parts:
        sizes += np.bincount(text, minlength=len(sizes))
        counts += word_counts(words.hash)
        yield words


def texts_of(pack: Pack, level: Level) -> Utf8:
    """Return the texts of a pack that are compared at a level."""
    if level == "document":
        return pack.texts()
    compared = np.flatnonzero(np.asarray(pack.paragraphs["compared"]))
    column = Blobs.of(pack.paragraph_texts(compared))
    return Utf8(column.data, column.offsets)
