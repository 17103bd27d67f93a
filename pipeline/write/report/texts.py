"""The texts of paragraphs and documents that the report shows side by side, read where they lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pipeline.records import Member, PairPlace, PairRecord
from pipeline.write.report.facts import Facts
from pipeline.write.report.figures import MAX_SHOWN, cut
from pipeline.write.report.sharing import Cluster
from pipeline.write.report.whole import MIN_ID


class Side(NamedTuple):
    """One member of a cluster or a pair."""

    id: str
    source: str
    date: str | None
    text: str
    group: str


class Texts:
    """The members of clusters and pairs. Documents are read in the order in which they lie, each once."""

    def __init__(self, facts: Facts, clusters: Iterable[Cluster], pairs: Iterable[PairRecord]) -> None:
        index = facts.sharing.index
        shown: list[Member | PairPlace] = []
        for cluster in clusters:
            shown += (cluster.record.canonical, *cluster.record.members)
        for pair in pairs:
            shown += (pair.a, pair.b)
        wanted: dict[str, set[str | None]] = {}
        for one in shown:
            wanted.setdefault(one.document_id, set()).add(one.paragraph_id)
        found = {name: place for name in wanted if (place := index.find(name)) is not None}
        self._sides: dict[tuple[str, str | None], Side] = {}
        for name, place in sorted(found.items(), key=lambda item: item[1].place):
            record = facts.reader.before(place.place)
            texts = {record.paragraph_id(block): record.text[block.start : block.end] for block in record.blocks}
            group = index.groups[place.group]
            for paragraph_id in wanted[name]:
                text = record.text if paragraph_id is None else texts.get(paragraph_id, record.text)
                self._sides[name, paragraph_id] = Side(name[:MIN_ID], record.source, record.created, cut(text), group)

    def side(self, document_id: str, paragraph_id: str | None) -> Side | None:
        """Return a paragraph, or the beginning of a document; None of one that is not of this run."""
        return self._sides.get((document_id, paragraph_id))


def cluster(found: Cluster, texts: Texts, similarity: float | None) -> dict[str, Any]:
    """Return a cluster with the texts of its members, the canonical one first.

    similarity: the least that a member has to the canonical one; None where that was not compared, as of documents
    """
    record = found.record
    others = [member for member in record.members if member != record.canonical]
    sides = [texts.side(member.document_id, member.paragraph_id) for member in (record.canonical, *others)]
    known = [side for side in sides if side is not None]
    return {
        "id": record.cluster_id,
        "level": record.level,
        "relation": record.relation,
        "size": record.size,
        "groups": found.groups,
        "similarity": None if similarity is None else round(similarity, 4),
        "why": "stands in an earlier run" if sides[0] is None else why_canonical(known),
        "older": sides[0] is None,
        "members": [list(side) for side in known],
        "names": [source[:MAX_SHOWN] for source in record.sources],
    }


def why_canonical(sides: list[Side]) -> str:
    """Return why the first of these stands for all."""
    first, others = sides[0], sides[1:]
    dates = [side.date[:10] for side in others if side.date]
    if first.date and all(first.date[:10] < date for date in dates):
        return f"the earliest by date, {first.date[:10]}" if dates else f"the only one with a date, {first.date[:10]}"
    if all(len(first.text) > len(side.text) for side in others):
        return "the longest"
    return "the first by date, length and name"


def pair(record: PairRecord, texts: Texts) -> dict[str, Any] | None:
    """Return two paragraphs that are just similar enough; None where one of them is not of this run."""
    a = texts.side(record.a.document_id, record.a.paragraph_id)
    b = texts.side(record.b.document_id, record.b.paragraph_id)
    if a is None or b is None:
        return None
    return {"similarity": round(record.jaccard, 4), "relation": record.relation, "a": list(a), "b": list(b)}
