"""The folder that a comparison works in, as its workers see it: which packs there are, and columns over all of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from msgspec import Struct

from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match.core.packed import distinct, groups, place_in_group
from pipeline.match.core.paragraphs import ParagraphSpans
from pipeline.match.core.seeds import SEVERAL
from pipeline.match.words import AllWords
from pipeline.tokens import offsets_of, ranges

PACKS = "packs.table"
RANKS = "ranks.table"
COPIES = "copies.table"
PARAGRAPHS = "paragraphs.table"
SPANS = "paragraphs.rows"

_SPAN = np.dtype([("number", "<i8"), ("start", "<i4"), ("end", "<i4")])
"""A paragraph, counted through all packs, and where it stands in the text of its document"""


class Ranks(Struct, frozen=True):
    """The order in which documents are preferred as the original of what they share."""

    rank: Array
    """int64 [documents], least first"""
    by_rank: Array
    """int64 [documents]: the documents in that order"""
    older: int
    """so many of the first belong to an older run"""

    def save(self, folder: Path) -> None:
        """Write them down for the workers."""
        columns = {
            "rank": self.rank,
            "by_rank": self.by_rank,
            "older": np.array([self.older], dtype=np.int64),
        }
        table.write(folder / RANKS, columns)


class Workspace:
    """One comparison's folder. What is in it is read when it is first asked for, and never changes.

    Only its path goes to a worker, which opens it once: get one by `workspace`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return workspace, (self.folder,)

    def tidy(self, needed: Collection[str]) -> None:
        """Remove the files that only finding needs; `needed` are the names of others that stay."""
        for name in ("words", "lengths", "_copies", "first_paragraph"):
            self.__dict__.pop(name, None)
        for path in self.folder.iterdir():
            if path.name not in (PACKS, RANKS, *needed):
                path.unlink()

    def keeps(self, pack: Path) -> bool:
        """Whether the next run finds what is kept beside a pack: not where it lies among files of this run alone."""
        return pack.parent not in (self.folder, self.folder.parent)

    @cached_property
    def packs(self) -> Packs:
        """All packs."""
        return Packs.load(self.folder / PACKS)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the files of all packs are called."""
        return frozenset(path.name for path in self.packs.paths)

    @cached_property
    def ranks(self) -> Ranks:
        """Which documents are better than others."""
        columns = table.arrays(table.read(self.folder / RANKS))
        (older,) = columns["older"].tolist()
        return Ranks(
            rank=columns["rank"],
            by_rank=columns["by_rank"],
            older=older,
        )

    @cached_property
    def words(self) -> AllWords:
        """The words of all documents."""
        return AllWords(self.folder)

    @cached_property
    def lengths(self) -> Array:
        """How many words each document has, int64 [documents], by rank."""
        words_of_documents = np.diff(self.words.offsets)
        return words_of_documents[self.ranks.by_rank]

    def save_paragraphs(self) -> None:
        """Write down where the paragraphs that are compared stand, once."""
        if (self.folder / PARAGRAPHS).exists():
            return
        none = np.empty(0, dtype=np.int64)
        counts = [none]
        with self.paragraph_spans.writing() as append:
            for pack, before in zip(self.packs, self.packs.first_paragraph.tolist(), strict=False):
                own = np.flatnonzero(table.array(pack.paragraphs, "compared"))
                spans = np.empty(len(own), dtype=_SPAN)
                spans["number"] = own + before
                for name in ("start", "end"):
                    spans[name] = table.array(pack.paragraphs, name)[own]
                append(spans)
                document = table.array(pack.paragraphs, "document")[own]
                counts.append(np.bincount(document, minlength=len(pack)))
        table.write(self.folder / PARAGRAPHS, {"first": offsets_of(np.concatenate(counts))})

    @property
    def paragraph_spans(self) -> Column:
        """The paragraphs that are compared, in the order of the packs: `number`, `start`, `end`."""
        return Column(self.folder / SPANS, _SPAN)

    @cached_property
    def first_paragraph(self) -> Array:
        """Where the first paragraph of each document stands among those that are compared, int64 [documents + 1]."""
        return table.array(table.read(self.folder / PARAGRAPHS), "first")

    def paragraphs_at(self, document: Array, position: Array) -> tuple[Array, Array]:
        """Return (places among the compared paragraphs of those at code points of documents' texts, -1 for none; their code
        points): int64."""
        documents = distinct(document)
        first = self.first_paragraph[documents]
        counts = self.first_paragraph[documents + 1] - first
        places = ranges(first, counts)
        spans = self.paragraph_spans.at(places)
        owner = np.repeat(documents, counts)
        row = ParagraphSpans.of(owner, spans["start"], spans["end"]).at(document, position)
        found = row >= 0
        own = spans[row[found]]
        place = np.full(len(document), -1)
        place[found] = places[row[found]]
        sizes = np.zeros(len(document), dtype=np.int64)
        sizes[found] = own["end"] - own["start"]
        return place, sizes

    def save_copies(self, first_copy: Array) -> None:
        """Write down which documents are word for word the same, as `first_copy` has them."""
        order = np.argsort(first_copy, kind="stable")
        _, size = groups(first_copy[order])
        is_further = np.zeros(len(order), dtype=bool)
        is_further[order] = place_in_group(size) >= SEVERAL
        columns = {"first": first_copy, "further": is_further}
        table.write(self.folder / COPIES, columns)

    @cached_property
    def _copies(self) -> dict[str, Array]:
        """The columns of `save_copies`."""
        return table.arrays(table.read(self.folder / COPIES))

    @property
    def first_copy(self) -> Array:
        """The best document with the same words, int64 [documents], all by rank."""
        return self._copies["first"]

    @property
    def is_further_copy(self) -> Array:
        """Whether so many better documents have the same words that it is compared with none but the best: bool
        [documents], by rank."""
        return self._copies["further"]


@lru_cache(maxsize=2)
def workspace(folder: Path) -> Workspace:
    """The workspace in this folder, whose name was never used before."""
    return Workspace(folder)
