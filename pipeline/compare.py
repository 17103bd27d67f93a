"""What the documents of a run have in common: near-copies of documents and paragraphs, and shared passages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline import ledger, shape
from pipeline.config import Config
from pipeline.dedup import bands, families, match, relation
from pipeline.dedup.passages import PassageRules, Passages, passages
from pipeline.dedup.sign import Signing
from pipeline.model import Document, Paragraph, Relation
from pipeline.sinks.records import Membership, Record
from pipeline.tokens import Array

Level = Literal["paragraph", "document"]
COPY_SIMILARITY = 0.9
"""Jaccard similarity from which a near-duplicate is a copy; below it some word has changed that may matter."""
MIN_WORDS = 5
"""Shorter paragraphs are not compared: that two texts both say "Thank you" means nothing."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the documents have in common, as the records of the output."""

    clusters: list[Record]
    pairs: list[Record]
    passages: list[Record]
    memberships: dict[str, Membership]
    """By paragraph id."""
    duplicate_of: dict[str, str]
    """The canonical document's id, by document id."""


@dataclass(frozen=True, slots=True)
class _Items:
    """The texts compared at one level, with where each comes from."""

    level: Level
    texts: list[str]
    documents: list[Document]
    paragraphs: list[Paragraph | None]
    number: Array
    """int64: the place of each text's document in the run."""
    rank: Array
    """int64, least first: which member of a cluster is the canonical one."""

    def reference(self, i: int) -> Record:
        paragraph = self.paragraphs[i]
        return {"document_id": self.documents[i].id, "paragraph_id": paragraph.id if paragraph else None}


def compare(documents: Sequence[Document], config: Config) -> Shared:
    """Compare the cleaned documents of a run. The result does not depend on their order."""
    rank = _document_rank(documents)
    whole, pieces = _documents(documents, rank), _paragraphs(documents, rank)
    whole_bands, whole_rows = bands.choose_bands(config.document_threshold)
    copies = match.near_duplicates(
        whole.texts,
        config.document_threshold,
        Signing(config.shingle_words, whole_bands, whole_rows, config.seed),
        whole.rank,
    )
    signing = Signing(config.shingle_words, config.bands, config.num_perm // config.bands, config.seed)
    alike = match.near_duplicates(pieces.texts, config.threshold, signing, pieces.rank)
    found = passages([document.text for document in documents], PassageRules(run=config.passage_words), rank)
    contained = match.contained(
        found,
        match.Places(
            pieces.number,
            np.array([p.start for p in pieces.paragraphs if p], dtype=np.int64),
            np.array([p.end for p in pieces.paragraphs if p], dtype=np.int64),
        ),
        lambda numbers: [pieces.texts[i] for i in numbers.tolist()],
        k=config.shingle_words,
        threshold=config.containment,
        rank=pieces.rank,
    )
    document_clusters, _ = _clusters(whole, copies, config.document_threshold)
    paragraph_clusters, memberships = _clusters(pieces, alike, config.threshold)
    return Shared(
        clusters=document_clusters + paragraph_clusters,
        pairs=list(_pair_records(pieces, alike, contained, config)),
        passages=list(_passage_records(documents, found, copies.canonical)),
        memberships=memberships,
        duplicate_of={documents[i].id: documents[c].id for i, c in enumerate(copies.canonical.tolist()) if c != i},
    )


def _document_rank(documents: Sequence[Document]) -> Array:
    """Which document is preferred as the canonical one: the earliest by date, then the longest, then by source name."""
    order = sorted(
        range(len(documents)),
        key=lambda i: (documents[i].metadata.date or "9999", -len(documents[i].text), documents[i].source),
    )
    rank = np.empty(len(documents), dtype=np.int64)
    rank[order] = np.arange(len(documents))
    return rank


def _documents(documents: Sequence[Document], rank: Array) -> _Items:
    texts = [document.text for document in documents]
    number = np.arange(len(documents), dtype=np.int64)
    return _Items("document", texts, list(documents), [None] * len(documents), number, rank)


def _paragraphs(documents: Sequence[Document], rank: Array) -> _Items:
    places = [
        (number, paragraph)
        for number, document in enumerate(documents)
        for paragraph in document.paragraphs
        if paragraph.kind != "heading" and shape.words(document.text[paragraph.start : paragraph.end]) >= MIN_WORDS
    ]
    number = np.array([number for number, _ in places], dtype=np.int64)
    order = np.lexsort((np.arange(len(places)), rank[number]))
    own_rank = np.empty(len(places), dtype=np.int64)
    own_rank[order] = np.arange(len(places))
    return _Items(
        "paragraph",
        [documents[i].text[paragraph.start : paragraph.end] for i, paragraph in places],
        [documents[i] for i, _ in places],
        [paragraph for _, paragraph in places],
        number,
        own_rank,
    )


def _relations(items: _Items, pairs: match.Pairs, threshold: float, containment: float = 1.0) -> list[Relation | None]:
    numbers = relation.number_fingerprints(items.texts)
    kinds = relation.relations(
        pairs.overlap,
        items.number[pairs.a] == items.number[pairs.b],
        np.zeros(len(pairs), dtype=bool),
        numbers[pairs.a] == numbers[pairs.b],
        relation.RelationRules(similar=threshold, copy=max(threshold, COPY_SIMILARITY), contained=containment),
    )
    return [relation.NAMES[kind] for kind in kinds.tolist()]


def _clusters(
    items: _Items, found: match.NearDuplicates, threshold: float
) -> tuple[list[Record], dict[str, Membership]]:
    members: dict[int, list[int]] = {}
    for i, canonical in enumerate(found.canonical.tolist()):
        members.setdefault(canonical, []).append(i)
    by_pair = dict(
        zip(
            zip(found.pairs.a.tolist(), found.pairs.b.tolist(), strict=True),
            _relations(items, found.pairs, threshold),
            strict=True,
        )
    )
    representative = found.representative.tolist()
    clusters: list[Record] = []
    memberships: dict[str, Membership] = {}
    for canonical, group in sorted(members.items(), key=lambda item: items.documents[item[0]].source):
        if len(group) < 2:
            continue
        relations: dict[int, Relation] = {}
        for i in group:
            same: Relation = "repeat" if items.number[i] == items.number[canonical] else "copy"
            relations[i] = by_pair.get((canonical, representative[i])) or same
        others = {kind for i, kind in relations.items() if i != canonical}
        relations[canonical] = next(kind for kind in ("revision", "copy", "repeat", "template") if kind in others)
        cluster_id = _cluster_id(items, canonical)
        for i in group:
            if (paragraph := items.paragraphs[i]) is not None:
                memberships[paragraph.id] = (cluster_id, i == canonical, relations[i])
        clusters.append(
            {
                "cluster_id": cluster_id,
                "level": items.level,
                "relation": relations[canonical],
                "canonical": items.reference(canonical),
                "size": len(group),
                "sources": sorted({items.documents[i].source for i in group}),
                "members": [items.reference(i) for i in sorted(group, key=lambda i: _place(items, i))],
            }
        )
    return clusters, memberships


def _cluster_id(items: _Items, canonical: int) -> str:
    paragraph = items.paragraphs[canonical]
    name = paragraph.id if paragraph else items.documents[canonical].id
    return hashlib.sha256(f"{items.level}\0{name}".encode()).hexdigest()[:32]


def _place(items: _Items, i: int) -> tuple[str, int]:
    paragraph = items.paragraphs[i]
    return items.documents[i].source, paragraph.start if paragraph else 0


def _pair_records(
    items: _Items, found: match.NearDuplicates, contained: match.Pairs, config: Config
) -> Iterator[Record]:
    """Verified pairs of near-duplicates, those of equal texts with the first of them, and paragraphs quoted whole."""
    rows: dict[tuple[int, int], tuple[float, float, float, Relation]] = {}
    for pairs in (found.pairs, contained):
        figures = (pairs.overlap.jaccard, pairs.overlap.containment_ab, pairs.overlap.containment_ba)
        kinds = _relations(items, pairs, config.threshold, config.containment)
        columns = zip(pairs.a.tolist(), pairs.b.tolist(), *(column.tolist() for column in figures), kinds, strict=True)
        for a, b, jaccard, ab, ba, kind in columns:
            if kind is not None:
                rows.setdefault((a, b), (jaccard, ab, ba, kind))
    for i, first in enumerate(found.representative.tolist()):
        if i != first:
            same: Relation = "repeat" if items.number[i] == items.number[first] else "copy"
            rows[first, i] = (1.0, 1.0, 1.0, same)

    def ordered(a: int, b: int) -> bool:
        return _place(items, a) <= _place(items, b)

    for (a, b), (jaccard, ab, ba, kind) in sorted(
        (
            ((a, b), row) if ordered(a, b) else ((b, a), (row[0], row[2], row[1], row[3]))
            for (a, b), row in rows.items()
        ),
        key=lambda item: (_place(items, item[0][0]), _place(items, item[0][1])),
    ):
        yield {
            "a": items.reference(a),
            "b": items.reference(b),
            "jaccard": jaccard,
            "containment_ab": ab,
            "containment_ba": ba,
            "relation": kind,
        }


def _family_names(documents: Sequence[Document], found: Passages) -> dict[int, str]:
    """An id for each family of passages: from the first place, by document id, where its text stands."""
    first: dict[int, str] = {}
    for row in range(len(found)):
        for i in (0, 1):
            place = f"{documents[found.documents[row, i]].id}\0{found.start[row, i]}\0{found.end[row, i]}"
            first[found.family[row]] = min(first.get(found.family[row], place), place)
    return {family: hashlib.sha256(place.encode()).hexdigest()[:32] for family, place in first.items()}


def _passage_records(documents: Sequence[Document], found: Passages, copy_group: Array) -> Iterator[Record]:
    maps: dict[int, tuple[ledger.OffsetMap, str]] = {}

    def side(number: int, start: int, end: int) -> Record:
        document = documents[number]
        if number not in maps:
            edits = zip(document.edits, document.removed, strict=True)
            undone = ledger.undo(document.text, ((e.start, e.end, text, e.replacement) for e, text in edits))
            maps[number] = ledger.OffsetMap(document.edits), undone
        offsets, source = maps[number]
        start, end = offsets.start(start), offsets.end(end)
        return {
            "document_id": document.id,
            "source": document.source,
            "start": start,
            "end": end,
            "text": source[start:end],
        }

    independent = families.origins(found.family, found.documents, copy_group)
    names = _family_names(documents, found)
    rows: list[Record] = []
    for row in range(len(found)):
        sides = [side(int(found.documents[row, i]), int(found.start[row, i]), int(found.end[row, i])) for i in (0, 1)]
        sides.sort(key=lambda place: (place["source"], place["start"]))
        rows.append(
            {
                "a": sides[0],
                "b": sides[1],
                "words": int(found.words[row]),
                "similarity": round(float(found.similarity[row]), 4),
                "longest_run": int(found.longest[row]),
                "family": names[found.family[row]],
                "origins": int(independent[found.family[row]]),
            }
        )
    rows.sort(key=lambda row: [(row[s]["source"], row[s]["start"], row[s]["end"]) for s in ("a", "b")])
    return iter(rows)
