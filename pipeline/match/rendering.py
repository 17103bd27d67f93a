"""Records of what documents share, as JSON Lines: made by workers, a stretch of rows at a time, from columns and packs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline import jsonlines
from pipeline.corpus.packs import Pack, Packs
from pipeline.corpus.packs.source import Sources
from pipeline.corpus.table import Array
from pipeline.match.clusters import Clusters, Linked
from pipeline.match.core.packed import distinct, is_first
from pipeline.match.core.relation import NAMES
from pipeline.match.core.speaker import speaker
from pipeline.match.ordered import PassageRows
from pipeline.match.workspace import Workspace
from pipeline.model import Level, Relation
from pipeline.records import (
    MAX_PASSAGE_TEXT,
    ClusterRecord,
    Member,
    PairPlace,
    PairRecord,
    PassagePlace,
    PassageRecord,
    Source,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive clusters."""

    workspace: Workspace
    level: Level
    clusters: Clusters


def stretches(workspace: Workspace, level: Level, found: Clusters, most: int) -> Iterator[Stretch]:
    """Yield all clusters, so many members at a time; a larger cluster comes alone."""
    low = 0
    while low < len(found):
        end = int(found.offsets[low]) + most
        fits = int(np.searchsorted(found.offsets, end, side="right")) - 1
        high = max(low + 1, fits)
        yield Stretch(workspace, level, found.part(low, high))
        low = high


def cluster_lines(stretch: Stretch) -> bytes:
    """Return the records of clusters."""
    packs = stretch.workspace.packs
    found = stretch.clusters
    # Members are sorted by document: a source is named once for all of its paragraphs.
    once = is_first(found.document)
    once[found.offsets[:-1]] = True
    before = np.zeros(len(once) + 1, dtype=np.int64)
    np.cumsum(once, out=before[1:])
    first_source = before[found.offsets].tolist()
    sources = [_source(name) for name in packs.values("source", found.document[once])]
    members = _members(packs, stretch.level, found.number, found.document)
    canonical = _members(packs, stretch.level, found.canonical, found.canonical_document)
    ids = cluster_ids(packs, stretch.level, found.canonical)
    bounds = found.offsets.tolist()
    records = (
        ClusterRecord(
            cluster_id=ids[i],
            level=stretch.level,
            relation=_relation(kind),
            canonical=canonical[i],
            size=bounds[i + 1] - bounds[i],
            sources=sources[first_source[i] : first_source[i + 1]],
            members=members[bounds[i] : bounds[i + 1]],
        )
        for i, kind in enumerate(found.relation.tolist())
    )
    return jsonlines.lines(records)


def _relation(kind: int) -> Relation:
    name = NAMES[kind]
    assert name is not None, "what has no relation is no row"
    return name


def cluster_ids(packs: Packs, level: Level, canonical: Array) -> list[str]:
    """Return the ids of the clusters with these canonical documents or paragraphs, int64."""
    names = packs.paragraph_ids(canonical) if level == "paragraph" else packs.values("id", canonical)
    return [hashlib.sha256(f"{level}\0{name.decode()}".encode()).hexdigest()[:32] for name in names]


def _members(packs: Packs, level: Level, numbers: Array, documents: Array) -> list[Member]:
    """Return documents or paragraphs as records refer to them."""
    ids = packs.values("id", documents)
    if level == "document":
        return [Member(document_id=name.decode(), paragraph_id=None) for name in ids]
    own = zip(ids, packs.paragraph_ids(numbers), strict=True)
    return [Member(document_id=name.decode(), paragraph_id=paragraph.decode()) for name, paragraph in own]


def pair_lines(workspace: Workspace, pairs: Linked) -> bytes:
    """Return the records of pairs."""
    records = (
        PairRecord(
            a=one,
            b=other,
            jaccard=shared / max(a + b - shared, 1),
            containment_ab=shared / max(a, 1),
            containment_ba=shared / max(b, 1),
            relation=_relation(kind),
        )
        for one, other, shared, (a, b), kind in zip(
            _pair_side(workspace.packs, pairs, 0),
            _pair_side(workspace.packs, pairs, 1),
            pairs.shared.tolist(),
            pairs.sizes.tolist(),
            pairs.relation.tolist(),
            strict=True,
        )
    )
    return jsonlines.lines(records)


def _pair_side(packs: Packs, pairs: Linked, side: int) -> list[PairPlace]:
    """Return the paragraphs or documents on one side of pairs; of documents the span of the source that the other has."""
    number = pairs.number[:, side]
    document = pairs.document[:, side]
    names: dict[int, str] = {}
    paragraphs = np.flatnonzero(number >= 0)
    for row, name in zip(paragraphs.tolist(), packs.paragraph_ids(number[paragraphs]), strict=True):
        names[row] = name.decode()
    spans: dict[int, tuple[int, int]] = {}
    whole = np.flatnonzero(number < 0)
    found = packs.in_source(document[whole], pairs.start[whole, side], pairs.end[whole, side])
    for row, (start, end, _) in zip(whole.tolist(), found, strict=True):
        spans[row] = start, end
    sides: list[PairPlace] = []
    for row, own in enumerate(packs.values("id", document)):
        start_end = spans.get(row, (None, None))
        place = PairPlace(
            document_id=own.decode(),
            paragraph_id=names.get(row),
            start=start_end[0],
            end=start_end[1],
        )
        sides.append(place)
    return sides


def passage_lines(workspace: Workspace, rows: PassageRows) -> bytes:
    """Return the records of passages."""
    sides = _passage_sides(workspace.packs, rows)
    records = (
        PassageRecord(
            a=a,
            b=b,
            words=words,
            similarity=round(similarity, 4),
            bits=round(bits, 1),
            longest_run=longest,
            family=family,
            origins=origins,
            earliest=earliest,
        )
        for a, b, words, similarity, bits, longest, family, origins, earliest in zip(
            sides[::2],
            sides[1::2],
            rows.words.tolist(),
            rows.similarity.tolist(),
            rows.bits.tolist(),
            rows.longest.tolist(),
            _family_names(workspace.packs, rows),
            rows.origins.tolist(),
            _first_sources(workspace.packs, rows.earliest),
            strict=True,
        )
    )
    return jsonlines.lines(records)


def _passage_sides(packs: Packs, rows: PassageRows) -> list[PassagePlace]:
    """Return both sides of each passage, one after the other; spans count in the source."""
    # One stretch of a document is a side of many passages, as where all quote it.
    document = rows.document.ravel()
    start = rows.start.ravel()
    end = rows.end.ravel()
    order = np.lexsort((end, start, document))
    is_new = is_first(document[order], start[order], end[order])
    which = np.empty(len(order), dtype=np.int64)
    which[order] = np.cumsum(is_new) - 1
    once = order[is_new]
    documents = document[once]
    starts = start[once]
    ends = end[once]
    sides: list[PassagePlace] = []
    for pack, rows_of_pack, own in packs.of_documents(documents):
        spans = zip(own.tolist(), starts[rows_of_pack].tolist(), ends[rows_of_pack].tolist(), strict=True)
        sides += _sides_of(pack, spans)
    return [sides[place] for place in which.tolist()]


def _sides_of(pack: Pack, spans: Iterable[tuple[int, int, int]]) -> Iterator[PassagePlace]:
    """Yield what records say of stretches of documents of one pack: (number of the document, start, end), in order."""
    sources = Sources(pack)
    for number, first, last in spans:
        start, end, text = sources.stretch(number, first, last)
        yield PassagePlace(
            document_id=pack.blob("id", number).decode(),
            source=_source(pack.blob("source", number)),
            start=start,
            end=end,
            text=text[:MAX_PASSAGE_TEXT],
            speaker=speaker(sources.text(number), first, last),
        )


def _family_names(packs: Packs, rows: PassageRows) -> list[str]:
    """Return the names of the families of passages."""
    ids = packs.values("id", rows.first[:, 0])
    names: list[str] = []
    for own, (start, end) in zip(ids, rows.first[:, 1:].tolist(), strict=True):
        name = f"{own.decode()}\0{start}\0{end}"
        names.append(hashlib.sha256(name.encode()).hexdigest()[:32])
    return names


def _first_sources(packs: Packs, earliest: Array) -> list[Source | None]:
    """Return who said it first, for each passage; None where no date is known."""
    used = distinct(earliest[earliest >= 0])
    found: dict[int, Source] = {}
    for document in used.tolist():
        pack, number = packs.find(document)
        record = pack.record(number)
        found[document] = Source(
            document_id=record.id,
            source=record.source,
            date=record.metadata.date,
            agency=record.metadata.agency,
        )
    return [found.get(document) for document in earliest.tolist()]


def _source(name: bytes) -> str:
    return name.decode("utf-8", "surrogatepass")
