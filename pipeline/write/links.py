"""What records of documents, clusters and passages say of each other, held together. Eight bytes of memory for each name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from pipeline.records import ClusterRecord, DocumentRecord, EditRecord, PassageRecord
from pipeline.tokens import token_hashes
from pipeline.write.keys import Keys

_STANDS_FOR, _MEMBER, _GONE = "canonical", "member", "gone"


class Links:
    """Which document has which source, and which cluster each paragraph and document says that it is in."""

    def __init__(self) -> None:
        self._sources = Keys()
        self._dates = Keys()
        self._in_clusters = Keys()
        self._linked = 0
        """Paragraphs and documents that say so"""
        self._met = 0
        """Of them, those that clusters have"""
        self._documents = 0

    def add(self, record: DocumentRecord, edits: Sequence[EditRecord]) -> None:
        """Take a document into account, and what was taken out of it as a copy."""
        self._documents += 1
        self._sources.add(record.id, record.source)
        self._dates.add(record.id, record.created or "")
        for block in record.blocks:
            if block.cluster_id is not None:
                self._in_clusters.add(
                    record.id, record.paragraph_id(block), block.cluster_id, _STANDS_FOR if block.canonical else _MEMBER
                )
                self._linked += 1
        said = {(one.evidence.paragraph_id, one.evidence.cluster_id) for one in edits}  # of one paragraph, several may
        for paragraph_id, cluster_id in said:
            if paragraph_id and cluster_id:
                self._in_clusters.add(record.id, paragraph_id, cluster_id, _GONE)
                self._linked += 1
        if record.duplicate_of is not None:
            self._in_clusters.add(record.id, record.duplicate_of)
            self._linked += 1

    def has(self, document_id: str, source: str) -> bool:
        """Whether a document is called so."""
        return (document_id, source) in self._sources

    def is_of(self, document_id: str, date: str | None) -> bool:
        """Whether a document is of that date."""
        return (document_id, date or "") in self._dates

    def cluster(self, cluster: ClusterRecord) -> Iterator[str]:
        """Yield what its members do not say of themselves."""
        name = f"clusters, {cluster.cluster_id}"
        canonical = cluster.canonical
        stands_for = canonical.document_id if cluster.level == "document" else canonical.paragraph_id
        if cluster.cluster_id != hashlib.sha256(f"{cluster.level}\0{stands_for}".encode()).hexdigest()[:32]:
            yield f"{name}: the id does not follow from the canonical member"
        documents = list(dict.fromkeys(one.document_id for one in cluster.members))
        if len(documents) != len(cluster.sources) or not all(map(self.has, documents, cluster.sources)):
            yield f"{name}: `sources` are not those of the members"
        for member in dict.fromkeys((one.document_id, one.paragraph_id) for one in cluster.members):
            document, paragraph = member
            said: tuple[str, ...] | None
            is_canonical = member == (canonical.document_id, canonical.paragraph_id)
            if paragraph is None:
                said = None if is_canonical else (document, canonical.document_id)
            elif (document, paragraph, cluster.cluster_id, _GONE) in self._in_clusters:
                self._met += 1
                continue
            else:
                said = (document, paragraph, cluster.cluster_id, _STANDS_FOR if is_canonical else _MEMBER)
            if said is None:
                continue
            if said in self._in_clusters:
                self._met += 1
            else:
                yield f"{name}: the record of {document} does not say of {paragraph or 'itself'} what it is there"

    def unmet(self) -> Iterator[str]:
        """Yield, once all clusters were seen, whether documents speak of others."""
        if self._met != self._linked:
            yield f"clusters: have {self._met} of the {self._linked} paragraphs and documents that say they are in one"

    def passage(self, passage: PassageRecord) -> Iterator[str]:
        """Yield what is too much to be true of a passage whose places were found to quote their sources."""
        if passage.origins > self._documents:
            yield f"has {passage.origins} origins, of {self._documents} documents"
        if passage.longest_run > passage.words:
            yield f"says that {passage.longest_run} of its {passage.words} words are the longest run"
        for place in (passage.a, passage.b):
            if len(place.text) < place.end - place.start:  # not all of it is quoted
                continue
            words = len(token_hashes([place.text])[1])
            if passage.words > words:
                yield f"says that {passage.words} words are the same, and there are {words} at {place.source}:{place.start}"
