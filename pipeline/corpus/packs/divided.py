"""Where the columns of a pack's documents lie: in its own file, or their content in another, which packs may have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.corpus import table
from pipeline.corpus.packs.judged_texts import WithTexts
from pipeline.corpus.table import Array, Column

PLACE = "place"
"""The column of one value that names the other file, which lies beside the pack"""


def place_of(path: Path) -> Path:
    """Where the content of the documents of a pack lies.

    Raises:
        ValueError: it is no pack, or damaged in this.
    """
    return _place(table.Stored(path, check=True), path)


def _place(stored: table.Stored, path: Path) -> Path:
    if PLACE not in stored:
        return path
    return path.with_name(os.fsdecode(table.blobs(stored, PLACE)[0]))


class Documents(WithTexts):
    """The columns of a pack's documents, wherever they lie."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            ValueError: it is no pack, or not a whole one.
        """
        super().__init__(path)
        self._content: table.Stored | None = None
        self.place = _place(self, path)
        if self.place != path:
            self._content = table.Stored(self.place)

    def __getitem__(self, name: str) -> Column:
        if self._content is not None and name in self._content:
            return self._content[name]
        return super().__getitem__(name)

    def sizes(self, name: str) -> Array:
        if self._content is not None and name in self._content:
            return self._content.sizes(name)
        return super().sizes(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (self._content is not None and name in self._content)

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        yield from self._content or ()

    def __len__(self) -> int:
        return super().__len__() + len(self._content or ())
