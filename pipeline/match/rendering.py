"""Records of what documents share, as JSON Lines: made by workers, a stretch of rows at a time, from columns and packs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
from msgspec import Struct

from pipeline import jsonlines
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match.clusters import ClusterRows, Clusters
from pipeline.match.core.packed import batches, distinct, is_first, unpack
from pipeline.match.core.relation import NAMES
from pipeline.match.linked import PairRows
from pipeline.match.ordered import PassageRows
from pipeline.match.sides import Sides
from pipeline.match.workspace import Workspace
from pipeline.model import Level, Relation
from pipeline.records import (
    ClusterRecord,
    Member,
    PairPlace,
    PairRecord,
    PassageRecord,
    Source,
)
from pipeline.tokens import offsets_of


class Stretch(Struct, frozen=True):
    """Consecutive clusters."""

    workspace: Workspace
    level: Level
    clusters: ClusterRows


class Stretches(Sequence[Stretch]):
    """All clusters, so many members at a time, and a larger cluster alone; put together when they are asked for."""

    def __init__(self, workspace: Workspace, found: Sequence[Clusters], most: int) -> None:
        self._workspace = workspace
        self._parts: list[tuple[Clusters, int, int]] = []
        for every in found:
            for low, high in batches(np.diff(every.offsets), most):
                self._parts.append((every, low, high))

    def __len__(self) -> int:
        return len(self._parts)

    @overload
    def __getitem__(self, index: int) -> Stretch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Stretch]: ...
    def __getitem__(self, index: int | slice) -> Stretch | list[Stretch]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        every, low, high = self._parts[index]
        return Stretch(self._workspace, every.level, every.part(low, high))


def cluster_lines(stretch: Stretch) -> bytes:
    """Return the records of clusters."""
    return jsonlines.lines(_cluster_records(stretch))


def _cluster_records(stretch: Stretch) -> Iterator[ClusterRecord]:
    """Yield the records of clusters, in order."""
    packs = stretch.workspace.packs
    found = stretch.clusters
    # Members are sorted by document: a source is named once for all of its paragraphs.
    is_new_source = is_first(found.document)
    is_new_source[found.offsets[:-1]] = True
    sources_before = offsets_of(is_new_source)
    documents = found.document[is_new_source]
    sources = [_source(name) for name in packs.values("source", documents)]
    members = _members(packs, stretch.level, found.number, found.document)
    canonical = _members(packs, stretch.level, found.canonical, found.canonical_document)
    ids = cluster_ids(packs, stretch.level, found.canonical)
    spans_of_members = pairwise(found.offsets.tolist())
    spans_of_sources = pairwise(sources_before[found.offsets].tolist())
    kinds = found.relation.tolist()
    for row, (first, last) in enumerate(spans_of_members):
        first_source, last_source = next(spans_of_sources)
        yield ClusterRecord(
            cluster_id=ids[row],
            level=stretch.level,
            relation=_relation(kinds[row]),
            canonical=canonical[row],
            size=last - first,
            sources=sources[first_source:last_source],
            members=members[first:last],
        )


def _relation(kind: int) -> Relation:
    """Return the name of a relation, by its number."""
    name = NAMES[kind]
    assert name is not None, "what has no relation is no row"
    return name


def cluster_ids(packs: Packs, level: Level, canonical: Array) -> list[str]:
    """Return the ids of the clusters with these canonical documents or paragraphs, int64."""
    names = _names(packs, level, canonical)
    return [_digest(level, name.decode()) for name in names]


def _names(packs: Packs, level: Level, numbers: Array) -> list[bytes]:
    """Return the ids of documents or paragraphs."""
    if level == "document":
        return packs.values("id", numbers)
    return packs.paragraph_ids(numbers)


def _digest(*parts: object) -> str:
    """Return the id of what is named by these parts."""
    name = "\0".join(map(str, parts))
    digest = hashlib.sha256(name.encode()).hexdigest()
    return digest[:32]


def _members(packs: Packs, level: Level, numbers: Array, documents: Array) -> list[Member]:
    """Return documents or paragraphs as records refer to them.

    numbers: int64, of documents or paragraphs, by the level
    documents: int64, the document of each
    """
    ids = packs.values("id", documents)
    if level == "document":
        return [Member(document_id=name.decode(), paragraph_id=None) for name in ids]
    members: list[Member] = []
    paragraph_ids = packs.paragraph_ids(numbers)
    for name, paragraph in zip(ids, paragraph_ids, strict=True):
        member = Member(document_id=name.decode(), paragraph_id=paragraph.decode())
        members.append(member)
    return members


def pair_lines(workspace: Workspace, pairs: PairRows) -> bytes:
    """Return the records of pairs."""
    return jsonlines.lines(_pair_records(workspace.packs, pairs))


def _pair_records(packs: Packs, pairs: PairRows) -> Iterator[PairRecord]:
    """Yield the records of pairs, in order."""
    one = _pair_side(packs, pairs, 0)
    other = _pair_side(packs, pairs, 1)
    sizes = pairs.sizes.tolist()
    kinds = pairs.relation.tolist()
    for row, shared in enumerate(pairs.shared.tolist()):
        a, b = sizes[row]
        union = a + b - shared
        yield PairRecord(
            a=one[row],
            b=other[row],
            jaccard=shared / max(union, 1),
            containment_ab=shared / max(a, 1),
            containment_ba=shared / max(b, 1),
            relation=_relation(kinds[row]),
        )


def _pair_side(packs: Packs, pairs: PairRows, side: int) -> list[PairPlace]:
    """Return the paragraphs or documents on one side of pairs; of documents the span of the source that the other has."""
    number = pairs.number[:, side]
    document = pairs.document[:, side]
    ids = packs.values("id", document)
    is_paragraph = number >= 0
    # Of paragraphs their ids, of documents the spans, in order of the rows that are one.
    paragraph_ids = iter(packs.paragraph_ids(number[is_paragraph]))
    is_document = ~is_paragraph
    start_in_text = pairs.start[is_document, side]
    end_in_text = pairs.end[is_document, side]
    spans = iter(packs.in_source(document[is_document], start_in_text, end_in_text))
    sides: list[PairPlace] = []
    for row, is_one in enumerate(is_paragraph.tolist()):
        own = ids[row].decode()
        if is_one:
            name = next(paragraph_ids).decode()
            sides.append(PairPlace(document_id=own, paragraph_id=name, start=None, end=None))
        else:
            start, end, _ = next(spans)
            sides.append(PairPlace(document_id=own, paragraph_id=None, start=start, end=end))
    return sides


def passage_lines(workspace: Workspace, sides: Sides, rows: PassageRows) -> bytes:
    """Return the records of passages."""
    return jsonlines.lines(_passage_records(workspace.packs, sides, rows.read()))


def _passage_records(packs: Packs, sides: Sides, rows: Array) -> Iterator[PassageRecord]:
    """Yield the records of passages, rows of `ORDERED`, in order; their sides are JSON already."""
    both: list[Any] = sides.read(np.stack(unpack(rows["high"]), axis=1).ravel())
    families = _family_names(packs, rows)
    first_sources = _first_sources(packs, rows["earliest"])
    similarity = rows["similarity"].tolist()
    bits = rows["bits"].tolist()
    longest = rows["longest"].tolist()
    origins = rows["origins"].tolist()
    for row, words in enumerate(rows["words"].tolist()):
        yield PassageRecord(
            a=both[2 * row],
            b=both[2 * row + 1],
            words=words,
            similarity=round(similarity[row], 4),
            bits=round(bits[row], 1),
            longest_run=longest[row],
            family=families[row],
            origins=origins[row],
            earliest=first_sources[row],
        )


def _family_names(packs: Packs, rows: Array) -> list[str]:
    """Return the names of the families of passages."""
    ids = packs.values("id", rows["document"])
    starts = rows["start"].tolist()
    ends = rows["end"].tolist()
    names: list[str] = []
    for row, name in enumerate(ids):
        names.append(_digest(name.decode(), starts[row], ends[row]))
    return names


def _first_sources(packs: Packs, earliest: Array) -> list[Source | None]:
    """Return who said it first, for each passage; None where no date is known.

    earliest: int32 [passages], the document, -1 where none is known
    """
    used = distinct(earliest[earliest >= 0])
    ids = packs.values("id", used)
    sources = packs.values("source", used)
    found: dict[int, Source] = {}
    for row, document in enumerate(used.tolist()):
        pack, number = packs.find(document)
        metadata = pack.metadata(number)
        found[document] = Source(
            document_id=ids[row].decode(),
            source=_source(sources[row]),
            date=metadata.date,
            agency=metadata.agency,
        )
    return [found.get(document) for document in earliest.tolist()]


def _source(name: bytes) -> str:
    """Return the name of a source as it is written in records."""
    return name.decode("utf-8", "surrogatepass")
