"""What the report needs of clusters, pairs and passages: gathered in one look at each as they are written, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest, nsmallest
from math import log2
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from pipeline.records import ClusterRecord, PairRecord, PassagePlace, PassageRecord, Source
from pipeline.write.report.index import Found, Index, order

T = TypeVar("T")

MOST_CLUSTERS = 150
MOST_MEMBERS = 12
MOST_FAMILIES = 250
MOST_PLACES = 24
MOST_BORDERLINE = 16
MOST_FLOWS = 100_000
"""Pairs of groups that are counted; where there are more, those with least in common are dropped."""
BINS = 50
"""Of the histogram of similarities from 0 to 1"""


class Flow(Struct):
    """What one group of documents shares with another."""

    pieces: int = 0
    """Passages, and paragraphs or documents that are near-duplicates"""
    words: int = 0
    """Of the passages"""


class Quote(Struct):
    """A family of passages: one quote, and the places where it stands."""

    id: str
    origins: int
    earliest: Source | None
    bits: float = 0
    words: int = 0
    similarity: float = 1
    """The least of its passages"""
    passages: int = 0
    places: dict[str, PassagePlace] = field(default_factory=dict)
    """By id of document, each with the longest wording that was found in it"""

    @property
    def importance(self) -> tuple[float, float, str]:
        """How many independent documents have it and how telling its words are, both as logarithms: a quote in ten
        documents goes before a long text in two, and what has one origin, as copies of one document do, comes last."""
        return (round(log2(1 + self.bits) * log2(self.origins), 2), self.bits, self.id)


class Cluster(NamedTuple):
    """A cluster, its members cut short."""

    record: ClusterRecord
    groups: int
    """How many groups of documents have it"""


class Sharing(Struct):
    """What the documents share."""

    index: Index
    threshold: float
    """The similarity from which two paragraphs are near-duplicates"""
    flows: dict[tuple[int, int], Flow] = field(default_factory=dict)
    """By numbers of groups: the one that had it first, the one that had it later"""
    unordered: dict[tuple[int, int], Flow] = field(default_factory=dict)
    """The same, the smaller number first, where dates do not say who was first"""
    dropped: int = 0
    """Pairs of groups that are not counted any more"""
    clusters: list[Cluster] = field(default_factory=list)
    quotes: dict[str, Quote] = field(default_factory=dict)
    near: list[int] = field(default_factory=lambda: [0] * BINS)
    """Pairs of paragraphs by similarity"""
    inside: list[int] = field(default_factory=lambda: [0] * BINS)
    """The same, of those where one paragraph quotes the other"""
    borderline: list[PairRecord] = field(default_factory=list)
    similarity: dict[str, float] = field(default_factory=dict)
    """Of the clusters that are shown, by id of the canonical paragraph: the least that a member has to it"""
    _canonical: dict[str, str] | None = None
    """By paragraph that a cluster shows: the canonical one. Made when the first pair comes, which is after all clusters"""

    def add_cluster(self, record: ClusterRecord) -> None:
        """Take a cluster into account."""
        first = self.index.find(record.canonical.document_id)
        groups: set[int] = set()
        for member in record.members:
            found = self.index.find(member.document_id)
            if found is None:
                continue
            groups.add(found.group)
            if member != record.canonical:
                self._flow(first, found, 0)
        brief = record.replace(members=record.members[:MOST_MEMBERS], sources=record.sources[:MOST_MEMBERS])
        self.clusters.append(Cluster(brief, len(groups)))
        self.clusters = _trimmed(self.clusters, MOST_CLUSTERS, _spread)

    def add_pair(self, record: PairRecord) -> None:
        """Take a pair into account."""
        if record.relation == "contained":  # of whole documents
            return
        self._compare(record)
        at = min(int(round(record.jaccard * BINS, 9)), BINS - 1)  # 0.58 x 50 is a hair less than 29
        if record.jaccard < self.threshold:
            self.inside[at] += 1
            return
        self.near[at] += 1
        self.borderline.append(record)
        if len(self.borderline) > 2 * MOST_BORDERLINE:
            self.borderline = self.closest()

    def add_passage(self, record: PassageRecord) -> None:
        """Take a passage into account."""
        self._flow(self.index.find(record.a.document_id), self.index.find(record.b.document_id), record.words)
        quote = self.quotes.get(record.family)
        if quote is None:
            quote = self.quotes[record.family] = Quote(record.family, record.origins, record.earliest)
        quote.passages += 1
        quote.bits = max(quote.bits, record.bits)
        quote.words = max(quote.words, record.words)
        quote.similarity = min(quote.similarity, record.similarity)
        for side in (record.a, record.b):
            known = quote.places.get(side.document_id)
            is_longer = known is not None and len(side.text) > len(known.text)
            if is_longer or (known is None and len(quote.places) < MOST_PLACES):
                quote.places[side.document_id] = side
        if len(self.quotes) > 4 * MOST_FAMILIES:
            self.quotes = {one.id: one for one in nlargest(2 * MOST_FAMILIES, self.quotes.values(), key=_importance)}

    def _compare(self, record: PairRecord) -> None:
        """Note how similar a member of a cluster is to the canonical one."""
        if self._canonical is None:
            shown = [one.record for one in self.widest()]
            self._canonical = {
                str(member.paragraph_id): str(one.canonical.paragraph_id)
                for one in shown
                for member in one.members
                if one.level == "paragraph" and member != one.canonical
            }
        one, two = str(record.a.paragraph_id), str(record.b.paragraph_id)
        for member, other in ((one, two), (two, one)):
            if self._canonical.get(member) == other:
                self.similarity[other] = min(self.similarity.get(other, 1), record.jaccard)

    def similarity_of(self, cluster: Cluster) -> float | None:
        """Return the least similarity of a member to the canonical one; None where they were not compared, as documents."""
        return self.similarity.get(str(cluster.record.canonical.paragraph_id))

    def closest(self) -> list[PairRecord]:
        """Return the near-duplicates whose similarity is just enough."""
        return nsmallest(MOST_BORDERLINE, self.borderline, key=_closeness)

    def widest(self) -> list[Cluster]:
        """Return the clusters that most groups have, then the largest."""
        return nlargest(MOST_CLUSTERS, self.clusters, key=_spread)

    def most_important(self) -> list[Quote]:
        """Return the families of passages, the most important first."""
        return nlargest(MOST_FAMILIES, self.quotes.values(), key=_importance)

    def _flow(self, one: Found | None, two: Found | None, words: int) -> None:
        """Count one piece of text that two documents share."""
        if one is None or two is None or one.group == two.group:
            return
        which = order(one.date, two.date)
        between = (one.group, two.group) if which <= 0 else (two.group, one.group)
        table = self.flows if which else self.unordered
        if not which:
            between = min(between), max(between)
        flow = table.get(between)
        if flow is None:
            if len(table) >= 2 * MOST_FLOWS:
                self._drop(table)
            flow = table[between] = Flow()
        flow.pieces += 1
        flow.words += words

    def _drop(self, table: dict[tuple[int, int], Flow]) -> None:
        """Forget the pairs of groups with least in common. What is kept must not depend on how groups are numbered."""
        names = self.index.groups

        def weight(item: tuple[tuple[int, int], Flow]) -> tuple[int, list[str]]:
            (one, two), flow = item
            return flow.pieces, sorted((names[one], names[two]))

        kept = nlargest(MOST_FLOWS, table.items(), key=weight)
        self.dropped += len(table) - len(kept)
        table.clear()
        table.update(kept)


def _trimmed(rows: list[T], most: int, key: Callable[[T], tuple[int, int, bool, str]]) -> list[T]:
    return rows if len(rows) <= 2 * most else nlargest(most, rows, key=key)


def _spread(cluster: Cluster) -> tuple[int, int, bool, str]:
    """Return a key by which clusters that more groups have are greater, then larger ones, then those that differ."""
    record = cluster.record
    return cluster.groups, record.size, record.relation != "copy", record.cluster_id + record.level


def _importance(quote: Quote) -> tuple[float, float, str]:
    return quote.importance


def _closeness(pair: PairRecord) -> tuple[float, str, str]:
    return pair.jaccard, str(pair.a.paragraph_id), str(pair.b.paragraph_id)
