"""What a comparison found, as workers read it: for each document of a pack what it shares, and with whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from pipeline import jsonlines
from pipeline.corpus import table
from pipeline.corpus.table import Array, Blobs, Table
from pipeline.match import rendering
from pipeline.match.clusters import Clusters
from pipeline.match.core import relation, rows
from pipeline.match.core.difference import Contents
from pipeline.match.workspace import Workspace
from pipeline.model import Difference, Receipt
from pipeline.records import ClusterRecord, Membership, PairRecord, PassageRecord

T = TypeVar("T")

MEMBERS, ORIGINALS, CLUSTERS = "members.table", "originals.table", "clusters.table"
FILES = (MEMBERS, ORIGINALS, CLUSTERS)
"""What `Shared` reads of the workspace"""
_DIFFERENCES = 10
"""Differences between a paragraph and the one that is kept that the ledger tells."""


@dataclass(frozen=True, slots=True)
class RecordFile(Generic[T]):
    """Records in a file, JSON Lines, in their final order."""

    path: Path
    count: int
    kind: type[T]
    """What a line is."""

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[T]:
        with self.path.open("rb") as handle:
            for line in handle:
                yield jsonlines.decode(line, self.kind)


@dataclass(frozen=True, slots=True)
class Copy:
    """A paragraph of which another, its canonical one, says all."""

    relation: str
    is_older: bool
    """whether the canonical one stands in the output that the run is held against"""
    number: int
    """of the paragraph, counted through all packs"""
    canonical: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What the documents have in common. Small: give it to workers, each reads the part of the pack it works on."""

    clusters: RecordFile[ClusterRecord]
    pairs: RecordFile[PairRecord]
    passages: RecordFile[PassageRecord]
    workspace: Workspace

    def memberships(self, number: int) -> dict[str, Membership]:
        """Return what the paragraphs of a pack that have near-duplicates are, by paragraph id."""
        packs = self.workspace.packs
        members = self._members(number)
        ids = packs.pack(number).paragraph_ids(members.own)
        clusters = self._cluster_ids(members.canonical)
        is_canonical = (members.canonical == members.number).tolist()
        kinds = members.relation.tolist()
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
        is_covered = members.covered & (members.canonical != members.number)
        covered = rows.take(members, is_covered)
        ids = packs.pack(number).paragraph_ids(covered.own)
        numbers = covered.number.tolist()
        kinds = covered.relation.tolist()
        found: dict[str, Copy] = {}
        for row, canonical in enumerate(covered.canonical.tolist()):
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

    def _cluster_ids(self, canonical: Array) -> list[bytes]:
        """Return the ids of the clusters with these canonical paragraphs, int64."""
        columns = table.read(self.workspace.folder / CLUSTERS)
        place = np.searchsorted(table.array(columns, "canonical"), canonical)
        return table.blobs(columns, "id").some(place)

    def _members(self, number: int) -> _PackMembers:
        """Return the members of clusters in a pack."""
        packs = self.workspace.packs
        bounds = packs.first_paragraph[number : number + 2]
        columns = table.arrays(table.read(self.workspace.folder / MEMBERS))
        own = slice(*np.searchsorted(columns["number"], bounds).tolist())
        numbers = columns["number"][own]
        return _PackMembers(
            own=numbers - bounds[0],
            number=numbers,
            canonical=columns["canonical"][own],
            relation=columns["relation"][own],
            covered=columns["covered"][own],
        )


@dataclass(frozen=True, slots=True)
class _PackMembers:
    """Paragraphs of a pack that are in clusters."""

    own: Array
    """int64, number in the pack"""
    number: Array
    """int64, counted through all packs"""
    canonical: Array
    """int64, number of the canonical paragraph"""
    relation: Array
    """int8"""
    covered: Array
    """bool, whether all that it says stands in the canonical one"""


def write_members(workspace: Workspace, copy_group: Array, found: Clusters) -> None:
    """Write what documents are, and paragraphs in clusters, for `Shared` to read a pack's part of it.

    copy_group: int64 [documents by rank], the canonical document of each
    """
    by_rank = workspace.ranks.by_rank
    # From ranks to numbers of documents, on both sides.
    original = np.empty(len(by_rank), dtype=np.int64)
    original[by_rank] = by_rank[copy_group]
    order = np.argsort(found.number)
    members = np.diff(found.offsets)
    _write_columns(
        workspace,
        original,
        number=found.number[order],
        canonical=np.repeat(found.canonical, members)[order],
        relation=found.member_relation[order],
        covered=found.member_covered[order],
    )
    _write_clusters(workspace, found.canonical)


def write_no_members(workspace: Workspace) -> None:
    """Write that no document is a copy of another, and no paragraph in a cluster."""
    itself = np.arange(len(workspace.packs))
    none = np.empty(0, dtype=np.int64)
    _write_columns(workspace, itself, number=none, canonical=none, relation=none, covered=none)
    _write_clusters(workspace, none)


def _write_columns(workspace: Workspace, original: Array, **members: Array) -> None:
    """Write a row a document (original), and a row a paragraph in a cluster (the others)."""
    table.write(workspace.folder / ORIGINALS, {"original": original})
    table.write(workspace.folder / MEMBERS, members)


def _write_clusters(workspace: Workspace, canonical: Array) -> None:
    """Write a row a cluster of paragraphs, by the number of its canonical one, int64."""
    canonical = np.sort(canonical)
    ids = rendering.cluster_ids(workspace.packs, "paragraph", canonical)
    columns: Table = {
        "canonical": canonical,
        "id": Blobs.of([one.encode() for one in ids]),
    }
    table.write(workspace.folder / CLUSTERS, columns)


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
