"""The folder that a comparison works in, as its workers see it: which packs there are, and columns over all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from pipeline.corpus import table
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match.words import Words

PACKS, RANKS = "packs.table", "ranks.table"


@dataclass(frozen=True, slots=True)
class Ranks:
    """The order in which documents are preferred as the original of what they share."""

    rank: Array
    """int64 [documents], least first"""
    by_rank: Array
    """int64 [documents]: the documents in that order"""
    older: int
    """so many of the first belong to an older run"""

    def save(self, folder: Path) -> None:
        """Write them down for the workers."""
        older = np.array([self.older], dtype=np.int64)
        table.write(folder / RANKS, {"rank": self.rank, "by_rank": self.by_rank, "older": older})


class Workspace:
    """One comparison's folder. What is in it is read when it is first asked for, and never changes.

    Only its path goes to a worker, which opens it once: get one by `workspace`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return workspace, (self.folder,)

    def tidy(self, kept: Collection[str]) -> None:
        """Remove the files that only finding needs; `kept` are the names of others that stay."""
        self.__dict__.pop("words", None)
        for path in self.folder.iterdir():
            if path.name not in (PACKS, RANKS, *kept):
                path.unlink()

    @cached_property
    def packs(self) -> Packs:
        """All packs."""
        return Packs.load(self.folder / PACKS)

    @cached_property
    def ranks(self) -> Ranks:
        """Which documents are better than others."""
        columns = table.read(self.folder / RANKS)
        return Ranks(np.asarray(columns["rank"]), np.asarray(columns["by_rank"]), int(np.asarray(columns["older"])[0]))

    @cached_property
    def words(self) -> Words:
        """The words of all documents."""
        return Words(self.folder)


@lru_cache(maxsize=2)
def workspace(folder: Path) -> Workspace:
    """The workspace in this folder, whose name was never used before."""
    return Workspace(folder)
