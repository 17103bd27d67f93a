"""The texts of pairs, written into the workspace, each once: texts that are compared lie all over the corpus, and a pack would be
opened and decompressed anew for every few pairs of which it has a text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.engines.interface import Engine, item_size
from pipeline.corpus.table import Array, Blobs
from pipeline.match.at_a_time import stretches
from pipeline.match.core.columns import Utf8
from pipeline.match.core.packed import batches, groups, is_first
from pipeline.match.sorted_runs import KEY, in_portions
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
    wanted: Column
    """rows of `KEY`: the numbers of documents or paragraphs, and the characters of each"""
    first: int
    after: int


def write_texts(engine: Engine, workspace: Workspace, level: Level, texts: Iterable[Array]) -> PairTexts:
    """Write texts of documents or paragraphs into the workspace.

    texts: rows of `KEY`, in any order, and the same ones time and again: their numbers and the characters of each
    """
    wanted = Column(workspace.folder / "pair-texts.rows", KEY)
    chars = 0
    with wanted.writing() as append:
        for rows in in_portions(texts, workspace.folder / "pair-texts.runs"):
            each = rows[is_first(rows["high"])]
            append(each)
            chars += int(each["low"].sum())
    portions: list[_Portion] = []
    first: list[int] = []
    with wanted.reading() as read:
        for part in stretches(len(wanted)):
            rows = read(part.start, part.stop)
            for low, high in batches(rows["low"].astype(np.int64), item_size(chars, engine.workers, _CHARS, _LEAST)):
                portions.append(_Portion(level, wanted, part.start + low, part.start + high))
                first.append(int(rows["high"][low]))
    paths = list(engine.map(partial(_write, workspace), portions))
    wanted.path.unlink()
    return PairTexts(paths, np.array(first, dtype=np.int64))


def _write(workspace: Workspace, portion: _Portion) -> Path:
    """Write the texts of a portion. A step that is tried again writes another file."""
    packs = workspace.packs
    fetch = packs.document_texts if portion.level == "document" else packs.paragraph_texts
    number = portion.wanted.part(portion.first, portion.after)["high"].astype(np.int64)
    texts = fetch(number)
    path = workspace.folder / f"texts-{uuid4().hex}.table"
    table.write(path, {"number": number, "text": Blobs(texts.offsets, texts.data)})
    return path
