"""What a comparison found, as workers read it: for each document of a pack what it shares, and with whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.column import Column
from pipeline.corpus.table import Array
from pipeline.match import rendering
from pipeline.match.at_a_time import in_stretches, stretches
from pipeline.match.clusters import Clusters
from pipeline.match.core import relation
from pipeline.match.core.difference import Contents
from pipeline.match.core.packed import HALF, owner_at, unpack
from pipeline.match.workspace import Workspace
from pipeline.model import Difference, Receipt
from pipeline.records import ClusterRecord, Membership, PairRecord, PassageRecord
from pipeline.tokens import offsets_of
from pipeline.zstandard import zstandard

S = TypeVar("S")
T = TypeVar("T")

MEMBERS, ROWS, ORIGINALS, CLUSTERS = "members.table", "members.rows", "originals.table", "clusters.ids"
FILES = (MEMBERS, ROWS, ORIGINALS, CLUSTERS)
"""What `Shared` reads of the workspace"""
_MEMBER = np.dtype([("number", "<i8"), ("canonical", "<i8"), ("cluster", "<u4"), ("relation", "i1"), ("covered", "?")])
"""A paragraph in a cluster, and the canonical one, both counted through all packs; where the cluster's id is; see `Clusters`"""
_ID = np.dtype("S32")
_LEVEL = 1
"""Of Zstandard: a fifth of the room, for a fifth of a percent of a run's time"""
_DIFFERENCES = 10
"""Differences between a paragraph and the one that is kept that the ledger tells."""


class RecordFile(Struct, Generic[T], frozen=True):
    """Records in a file, JSON Lines in Zstandard, in their final order: they wait there while OUT is written, which has them as
    they are."""

    path: Path
    count: int
    kind: type[T]
    """What a line is."""

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[T]:
        for line in self.lines():
            yield jsonlines.decode(line, self.kind)

    def lines(self) -> Iterator[bytes]:
        """Yield the records as lines of JSON."""
        if not self.count:
            return  # an empty file is none of Zstandard
        with zstandard().open(self.path, "rb") as handle:
            yield from handle


def packed(render: Callable[[S], bytes], part: S) -> bytes:
    """Return the lines that `render` gives of a part, as `RecordFile` has them: what it gives for several parts may stand one
    after another."""
    return bytes(zstandard().compress(render(part), _LEVEL))


class Copy(Struct, frozen=True):
    """A paragraph of which another, its canonical one, says all."""

    relation: str
    is_older: bool
    """whether the canonical one stands in the output that the run is held against"""
    number: int
    """of the paragraph, counted through all packs"""
    canonical: int


class Shared(Struct, frozen=True):
    """What the documents have in common. Small: give it to workers, each reads the part of the pack it works on."""

    clusters: RecordFile[ClusterRecord]
    pairs: RecordFile[PairRecord]
    passages: RecordFile[PassageRecord]
    workspace: Workspace

    @property
    def has_older(self) -> bool:
        """Whether the run is held against the output of another one."""
        return self.workspace.ranks.older > 0

    def memberships(self, number: int) -> dict[str, Membership]:
        """Return what the paragraphs of a pack that have near-duplicates are, by paragraph id."""
        packs = self.workspace.packs
        members = self._members(number)
        ids = packs.pack(number).paragraph_ids(members["number"] - packs.first_paragraph[number])
        clusters = Column(self.workspace.folder / CLUSTERS, _ID).at(members["cluster"]).tolist()
        is_canonical = (members["canonical"] == members["number"]).tolist()
        kinds = members["relation"].tolist()
        found: dict[str, Membership] = {}
        for row, name in enumerate(ids):
            what = relation.NAMES[kinds[row]]
            assert what is not None
            membership = clusters[row].decode(), is_canonical[row], what
            found[name.decode()] = membership
        return found

    def copies(self, number: int) -> dict[str, Copy]:
        """Return the paragraphs of a pack that may be removed, by id: every run of three words stands in the canonical one."""
        packs = self.workspace.packs
        # Packs of an older run come first: what is numbered below the border is in one of them.
        older = self.workspace.ranks.older
        first_new = np.searchsorted(packs.first_document, older)
        border = int(packs.first_paragraph[first_new])
        members = self._members(number)
        is_covered = members["covered"] & (members["canonical"] != members["number"])
        covered = members[is_covered]
        ids = packs.pack(number).paragraph_ids(covered["number"] - packs.first_paragraph[number])
        numbers = covered["number"].tolist()
        kinds = covered["relation"].tolist()
        found: dict[str, Copy] = {}
        for row, canonical in enumerate(covered["canonical"].tolist()):
            found[ids[row].decode()] = Copy(
                relation=str(relation.NAMES[kinds[row]]),
                is_older=canonical < border,
                number=numbers[row],
                canonical=canonical,
            )
        return found

    def receipt(self, copy: Copy) -> Receipt:
        """Return where the words of a removed paragraph are kept, in the source, and what differs there."""
        packs = self.workspace.packs
        place = packs.paragraph_place(copy.canonical)
        document, start, end = np.array(place)[:, None]  # arrays of one row: of one document
        ((first, last, _),) = packs.in_source(document, start, end)
        (name,) = packs.values("id", document)
        (source,) = packs.values("source", document)
        both = np.array([copy.number, copy.canonical])
        removed, canonical = packs.paragraph_texts(both)
        return Receipt(
            document_id=name.decode(),
            source=source.decode("utf-8", "surrogatepass"),
            start=first,
            end=last,
            differs=tuple(differences(removed, canonical)),
            older=copy.is_older,
        )

    def duplicate_of(self, number: int) -> dict[str, str]:
        """Return the canonical document's id, by the id of each document in a pack that is a near-copy of another."""
        packs = self.workspace.packs
        first = int(packs.first_document[number])
        last = int(packs.first_document[number + 1])
        columns = table.read(self.workspace.folder / ORIGINALS)
        original = table.array(columns, "original")[first:last]
        itself = np.arange(first, last)
        copies = np.flatnonzero(original != itself)
        ids = packs.pack(number).blobs("id", copies)
        ids_of_originals = packs.values("id", original[copies])
        found: dict[str, str] = {}
        for own, other in zip(ids, ids_of_originals, strict=True):
            found[own.decode()] = other.decode()
        return found

    def _members(self, number: int) -> Array:
        """Return the members of clusters in a pack, rows of `_MEMBER`."""
        folder = self.workspace.folder
        first = table.array(table.read(folder / MEMBERS), "first")
        return Column(folder / ROWS, _MEMBER).part(*first[number : number + 2].tolist())


def write_members(workspace: Workspace, copy_group: Array, found: Clusters) -> None:
    """Write what documents are, and paragraphs in clusters, for `Shared` to read a pack's part of it.

    copy_group: int64 [documents by rank], the canonical document of each
    """
    by_rank = workspace.ranks.by_rank
    # From ranks to numbers of documents, on both sides.
    original = np.empty(len(by_rank), dtype=np.int64)
    original[by_rank] = by_rank[copy_group]
    table.write(workspace.folder / ORIGINALS, {"original": original})
    packs = workspace.packs
    in_pack = np.zeros(len(packs.paths), dtype=np.int64)
    with Column(workspace.folder / ROWS, _MEMBER).writing() as append:
        for members in _member_rows(found):
            append(members)
            pack = owner_at(packs.first_paragraph, members["number"])
            in_pack += np.bincount(pack, minlength=len(in_pack))
    table.write(workspace.folder / MEMBERS, {"first": offsets_of(in_pack)})
    with Column(workspace.folder / CLUSTERS, _ID).writing() as append:
        for some in stretches(len(found)):
            canonical = found.packed[found.offsets[some]] >> HALF
            ids = rendering.cluster_ids(packs, found.level, found.numbers(canonical.astype(np.int64)))
            append(np.array(ids, dtype=_ID))


def _member_rows(found: Clusters) -> Iterator[Array]:
    """Yield the members of all clusters, by number, some at a time."""

    def places(packed: Array) -> Array:
        """Return where members stand among all paragraphs: in the order of their numbers."""
        _, slots = unpack(packed)
        return found.slots.places(slots).astype(np.uint32)

    order = np.argsort(in_stretches(places, found.packed))
    for some in stretches(len(order)):
        own = order[some]
        canonical, member = unpack(found.packed[own])
        members = np.empty(len(own), dtype=_MEMBER)
        members["number"] = found.numbers(member)
        members["canonical"] = found.numbers(canonical)
        members["cluster"] = owner_at(found.offsets, own)
        members["relation"] = found.relation[own]
        members["covered"] = found.covered[own]
        yield members


def write_no_members(workspace: Workspace) -> None:
    """Write that no document is a copy of another, and no paragraph in a cluster."""
    packs = workspace.packs
    table.write(workspace.folder / ORIGINALS, {"original": np.arange(len(packs))})
    table.write(workspace.folder / MEMBERS, {"first": np.zeros(len(packs.paths) + 1, dtype=np.int64)})
    for name in (ROWS, CLUSTERS):
        (workspace.folder / name).touch()


def differences(removed: str, canonical: str) -> list[Difference]:
    """Return what differs between a removed text and the one that is kept, as both are written; the first ones."""
    if removed == canonical:
        return []
    both = Contents([removed, canonical])
    changes = both.changes(0, 1)
    found = [Difference(removed=one, kept=other) for one, other in changes]
    if not found:  # the words are the same: letter case, punctuation, white space
        found = [Difference(removed=removed, kept=canonical)]
    return found[:_DIFFERENCES]
