"""Records of what documents share, as JSON Lines: made by workers, a stretch of rows at a time, from columns and packs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline import jsonlines
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match.clusters import Clusters, Linked
from pipeline.match.core.relation import NAMES
from pipeline.match.ordered import PassageRows
from pipeline.match.workspace import Workspace
from pipeline.model import Level, Relation
from pipeline.records import ClusterRecord, Member, PairRecord, PassagePlace, PassageRecord, Source


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive clusters."""

    workspace: Workspace
    level: Level
    clusters: Clusters


def stretches(workspace: Workspace, level: Level, found: Clusters, most: int) -> Iterator[Stretch]:
    """All clusters, so many members at a time; a larger cluster comes alone."""
    low = 0
    while low < len(found):
        start = int(found.offsets[low])
        high = max(low + 1, int(np.searchsorted(found.offsets, start + most, side="right")) - 1)
        members = slice(start, int(found.offsets[high]))
        part = Clusters(
            found.offsets[low : high + 1] - start,
            found.number[members],
            found.document[members],
            found.canonical[low:high],
            found.canonical_document[low:high],
            found.relation[low:high],
            found.member_relation[members],
        )
        yield Stretch(workspace, level, part)
        low = high


def cluster_lines(stretch: Stretch) -> bytes:
    """The records of clusters."""
    packs, found = stretch.workspace.packs, stretch.clusters
    once = np.append(True, found.document[1:] != found.document[:-1])[: len(found.document)]
    once[found.offsets[:-1]] = True
    distinct = np.append(0, np.cumsum(once))[found.offsets].tolist()
    sources = [name.decode("utf-8", "surrogatepass") for name in packs.values("source", found.document[once])]
    members = _members(packs, stretch.level, found.number, found.document)
    canonical = _members(packs, stretch.level, found.canonical, found.canonical_document)
    ids = cluster_ids(packs, stretch.level, found.canonical)
    bounds = found.offsets.tolist()
    records = (
        ClusterRecord(
            cluster_id=ids[i],
            level=stretch.level,
            relation=_name(kind),
            canonical=canonical[i],
            size=bounds[i + 1] - bounds[i],
            sources=sources[distinct[i] : distinct[i + 1]],
            members=members[bounds[i] : bounds[i + 1]],
        )
        for i, kind in enumerate(found.relation.tolist())
    )
    return jsonlines.lines(records)


def _name(kind: int) -> Relation:
    name = NAMES[kind]
    assert name is not None, "what has no relation is no row"
    return name


def cluster_ids(packs: Packs, level: Level, canonical: Array) -> list[str]:
    """The ids of the clusters with these canonical documents or paragraphs, int64."""
    names = packs.paragraph_ids(canonical) if level == "paragraph" else packs.values("id", canonical)
    return [hashlib.sha256(f"{level}\0{name.decode()}".encode()).hexdigest()[:32] for name in names]


def _members(packs: Packs, level: Level, numbers: Array, documents: Array) -> list[Member]:
    """Documents or paragraphs as records refer to them."""
    ids = packs.values("id", documents)
    if level == "document":
        return [Member(document_id=name.decode(), paragraph_id=None) for name in ids]
    own = zip(ids, packs.paragraph_ids(numbers), strict=True)
    return [Member(document_id=name.decode(), paragraph_id=paragraph.decode()) for name, paragraph in own]


def pair_lines(workspace: Workspace, pairs: Linked) -> bytes:
    """The records of pairs."""
    packs = workspace.packs
    first, second = (_members(packs, "paragraph", pairs.number[:, i], pairs.document[:, i]) for i in (0, 1))
    columns = (pairs.shared.tolist(), pairs.sizes.tolist(), pairs.relation.tolist())
    records = (
        PairRecord(
            a=one,
            b=two,
            jaccard=shared / max(a + b - shared, 1),
            containment_ab=shared / max(a, 1),
            containment_ba=shared / max(b, 1),
            relation=_name(kind),
        )
        for one, two, shared, (a, b), kind in zip(first, second, *columns, strict=True)
    )
    return jsonlines.lines(records)


def passage_lines(workspace: Workspace, rows: PassageRows) -> bytes:
    """The records of passages."""
    packs = workspace.packs
    places = (rows.document.ravel(), rows.start.ravel(), rows.end.ravel())
    named = (packs.values(name, places[0]) for name in ("id", "source"))
    sides = [
        PassagePlace(
            document_id=own.decode(),
            source=source.decode("utf-8", "surrogatepass"),
            start=start,
            end=end,
            text=text,
        )
        for own, source, (start, end, text) in zip(*named, packs.in_source(*places), strict=True)
    ]
    families = zip(packs.values("id", rows.first[:, 0]), *rows.first[:, 1:].T.tolist(), strict=True)
    names = [f"{own.decode()}\0{start}\0{end}" for own, start, end in families]
    dated = rows.earliest[rows.earliest >= 0]
    known = zip(*(packs.values(column, dated) for column in ("id", "source")), strict=True)
    earliest = iter(
        [Source(document_id=own.decode(), source=source.decode("utf-8", "surrogatepass")) for own, source in known]
    )
    firsts = [next(earliest) if number >= 0 else None for number in rows.earliest.tolist()]
    columns = (column.tolist() for column in (rows.words, rows.similarity, rows.bits, rows.longest, rows.origins))
    records = (
        PassageRecord(
            a=a,
            b=b,
            words=words,
            similarity=round(similarity, 4),
            bits=round(bits, 1),
            longest_run=longest,
            family=hashlib.sha256(name.encode()).hexdigest()[:32],
            origins=origins,
            earliest=first,
        )
        for a, b, name, first, words, similarity, bits, longest, origins in zip(
            sides[::2], sides[1::2], names, firsts, *columns, strict=True
        )
    )
    return jsonlines.lines(records)
