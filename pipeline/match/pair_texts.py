"""The texts of pairs, written into the workspace, each once: texts that are compared lie all over the corpus, and a pack would be
opened and decompressed anew for every few pairs of which it has a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine, item_size
from pipeline.corpus.table import Array, Blobs
from pipeline.match.core.columns import Utf8
from pipeline.match.core.packed import batches, groups
from pipeline.match.workspace import Workspace
from pipeline.model import Level

_CHARS = 1 << 24
"""Characters of the texts in a file, about, at most"""
_LEAST = 500_000
"""Characters that are worth a file of their own"""


class PairTexts(Struct, frozen=True):
    """Texts of documents or paragraphs, in files of the workspace. Small: give it to workers, each reads what it needs."""

    paths: list[Path]
    first: Array
    """int64 [files]: the number of the first text in each, ascending"""

    def fetch(self, numbers: Array) -> Utf8:
        """Return the texts with these numbers, int64, which ascend."""
        texts: list[bytes] = []
        file = np.searchsorted(self.first, numbers, side="right") - 1
        first, size = groups(file)
        for low, count in zip(first.tolist(), size.tolist(), strict=True):
            stored = table.read(self.paths[file[low]])
            row = np.searchsorted(table.array(stored, "number"), numbers[low : low + count])
            texts += table.blobs(stored, "text").some(row)
        column = Blobs.of(texts)
        return Utf8(column.data, column.offsets)

    def remove(self) -> None:
        """Remove the files."""
        for path in self.paths:
            path.unlink()


class _Portion(Struct, frozen=True):
    """Texts that are written to one file."""

    level: Level
    number: Array
    """int64, of documents or paragraphs"""


def write_texts(engine: Engine, workspace: Workspace, level: Level, number: Array, size: Array) -> PairTexts:
    """Write texts of documents or paragraphs into the workspace.

    number: int64 [texts], ascending
    size: whole numbers [texts], characters of each
    """
    most = item_size(int(size.sum(dtype=np.int64)), engine.workers, _CHARS, _LEAST)
    portions = list(_portions(level, number, size, most))
    paths = list(engine.map(partial(_write, workspace), portions))
    first = np.array([portion.number[0] for portion in portions], dtype=np.int64)
    return PairTexts(paths, first)


def _portions(level: Level, number: Array, size: Array, most: int) -> Iterator[_Portion]:
    """Yield the texts of each file, of about so many characters."""
    for low, high in batches(size.astype(np.int64), most):
        yield _Portion(level, number[low:high])


def _write(workspace: Workspace, portion: _Portion) -> Path:
    """Write the texts of a portion. A step that is tried again writes another file."""
    packs = workspace.packs
    fetch = packs.document_texts if portion.level == "document" else packs.paragraph_texts
    texts = fetch(portion.number)
    path = workspace.folder / f"texts-{uuid4().hex}.table"
    table.write(path, {"number": portion.number, "text": Blobs(texts.offsets, texts.data)})
    return path
