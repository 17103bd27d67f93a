"""What packs take from the shard that they lie beside, in place of holding it themselves: the sources of its documents, and their
main texts, which copies are found by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.table import Blobs, Column
from pipeline.judge.templates import OUTSIDE
from pipeline.model import BLOCK_BREAK

DOCUMENTS, LINES = ".documents", ".lines"
"""Suffixes of the tables of a shard that a pack without texts lies beside, see `CachedShard`"""


class _Source(Struct, frozen=True):
    """What is read of a document as `prepare.dump` wrote it."""

    text: str


class WithTexts(table.Stored):
    """The columns of a pack, with its texts, be it that they were written there or that they follow from what lies beside it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._texts: Blobs | None = None

    def __getitem__(self, name: str) -> Column:
        if name != "text" or super().__contains__(name):
            return super().__getitem__(name)
        texts = self._texts or main_texts(self._path)
        if texts.data.nbytes <= table.MOST_IN_MEMORY:
            self._texts = texts
        return texts


class Origins:
    """The sources of the documents of the shard that a pack of clean documents came from, which is named after it."""

    def __init__(self, pack: Path) -> None:
        self._path = pack.with_name(pack.stem.partition("-")[0] + DOCUMENTS)
        self._stored: table.Stored | None = None

    def __getitem__(self, row: int) -> str:
        """The source of a document, by its row in the shard."""
        if self._stored is None:
            self._stored = table.Stored(self._path)
        return jsonlines.decode(table.blobs(self._stored, "prepared")[row], _Source).text


def main_texts(path: Path) -> Blobs:
    """The main texts of the documents of a shard, UTF-8; empty where nothing was judged. `path`: of the pack beside it."""
    stored = table.read(path.with_suffix(DOCUMENTS), ["prepared", "first"])
    lines = table.read(path.with_suffix(LINES), ["start", "end", "place"])
    first = np.asarray(stored["first"]).tolist()
    prepared = table.blobs(stored, "prepared")
    if "place" not in lines:
        return Blobs.of([b""] * len(prepared))
    is_main = np.asarray(lines["place"]) != OUTSIDE
    starts, ends = np.asarray(lines["start"]), np.asarray(lines["end"])
    texts: list[bytes] = []
    for number, dumped in enumerate(prepared):
        own = slice(first[number], first[number + 1])
        source = jsonlines.decode(dumped, _Source).text
        places = zip(starts[own][is_main[own]].tolist(), ends[own][is_main[own]].tolist(), strict=True)
        texts.append(BLOCK_BREAK.join(source[start:end] for start, end in places).encode("utf-8", "surrogatepass"))
    return Blobs.of(texts)
