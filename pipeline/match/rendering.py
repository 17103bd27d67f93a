"""Records of what documents share, as JSON Lines: made by workers, a stretch of rows at a time, from columns and packs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import orjson

from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match.clusters import Clusters, Linked
from pipeline.match.core.relation import NAMES
from pipeline.match.ordered import PassageRows
from pipeline.match.settings import Level
from pipeline.match.workspace import Workspace

_APPEND = orjson.OPT_APPEND_NEWLINE


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
    sources = [
        orjson.dumps(name.decode("utf-8", "surrogatepass")) for name in packs.values("source", found.document[once])
    ]
    members = _references(packs, stretch.level, found.number, found.document)
    canonical = _references(packs, stretch.level, found.canonical, found.canonical_document)
    ids = cluster_ids(packs, stretch.level, found.canonical)
    bounds = found.offsets.tolist()
    lines: list[bytes] = []
    for i, kind in enumerate(found.relation.tolist()):
        own = members[bounds[i] : bounds[i + 1]]
        # Joined as bytes, since a cluster can have a million members.
        lines.append(
            b'{"cluster_id":"%s","level":"%s","relation":"%s","canonical":%s,"size":%d,"sources":[%s],"members":[%s]}\n'
            % (
                ids[i].encode(),
                stretch.level.encode(),
                str(NAMES[kind]).encode(),
                canonical[i],
                len(own),
                b",".join(sources[distinct[i] : distinct[i + 1]]),
                b",".join(own),
            )
        )
    return b"".join(lines)


def cluster_ids(packs: Packs, level: Level, canonical: Array) -> list[str]:
    """The ids of the clusters with these canonical documents or paragraphs, int64."""
    names = packs.paragraph_ids(canonical) if level == "paragraph" else packs.values("id", canonical)
    return [hashlib.sha256(f"{level}\0{name.decode()}".encode()).hexdigest()[:32] for name in names]


def _references(packs: Packs, level: Level, numbers: Array, documents: Array) -> list[bytes]:
    """Documents or paragraphs as records refer to them."""
    ids = packs.values("id", documents)
    if level == "document":
        return [b'{"document_id":"%s","paragraph_id":null}' % name for name in ids]
    own = zip(ids, packs.paragraph_ids(numbers), strict=True)
    return [b'{"document_id":"%s","paragraph_id":"%s"}' % names for names in own]


def pair_lines(workspace: Workspace, pairs: Linked) -> bytes:
    """The records of pairs."""
    packs = workspace.packs
    sides = []
    for i in (0, 1):
        ids = zip(packs.values("id", pairs.document[:, i]), packs.paragraph_ids(pairs.number[:, i]), strict=True)
        sides.append([{"document_id": own.decode(), "paragraph_id": number.decode()} for own, number in ids])
    lines: list[bytes] = []
    columns = (pairs.shared.tolist(), pairs.sizes.tolist(), pairs.relation.tolist())
    for one, two, shared, (a, b), kind in zip(*sides, *columns, strict=True):
        record = {
            "a": one,
            "b": two,
            "jaccard": shared / max(a + b - shared, 1),
            "containment_ab": shared / max(a, 1),
            "containment_ba": shared / max(b, 1),
            "relation": NAMES[kind],
        }
        lines.append(orjson.dumps(record, option=_APPEND))
    return b"".join(lines)


def passage_lines(workspace: Workspace, rows: PassageRows) -> bytes:
    """The records of passages."""
    packs = workspace.packs
    places = (rows.document.ravel(), rows.start.ravel(), rows.end.ravel())
    named = (packs.values(name, places[0]) for name in ("id", "source"))
    sides = [
        {
            "document_id": own.decode(),
            "source": source.decode("utf-8", "surrogatepass"),
            "start": start,
            "end": end,
            "text": text,
        }
        for own, source, (start, end, text) in zip(*named, packs.in_source(*places), strict=True)
    ]
    families = zip(packs.values("id", rows.first[:, 0]), *rows.first[:, 1:].T.tolist(), strict=True)
    names = [f"{own.decode()}\0{start}\0{end}" for own, start, end in families]
    dated = rows.earliest[rows.earliest >= 0]
    known = zip(*(packs.values(column, dated) for column in ("id", "source")), strict=True)
    earliest = iter(
        [{"document_id": own.decode(), "source": source.decode("utf-8", "surrogatepass")} for own, source in known]
    )
    firsts = [next(earliest) if number >= 0 else None for number in rows.earliest.tolist()]
    columns = (column.tolist() for column in (rows.words, rows.similarity, rows.bits, rows.longest, rows.origins))
    lines: list[bytes] = []
    for a, b, name, first, words, similarity, bits, longest, origins in zip(
        sides[::2], sides[1::2], names, firsts, *columns, strict=True
    ):
        record = {
            "a": a,
            "b": b,
            "words": words,
            "similarity": round(similarity, 4),
            "bits": round(bits, 1),
            "longest_run": longest,
            "family": hashlib.sha256(name.encode()).hexdigest()[:32],
            "origins": origins,
            "earliest": first,
        }
        lines.append(orjson.dumps(record, option=_APPEND))
    return b"".join(lines)
