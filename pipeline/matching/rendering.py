"""Records of what documents share, as JSON Lines: made by workers, a stretch of rows at a time, from columns and packs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from pipeline import ledger
from pipeline.dedup.relation import NAMES
from pipeline.matching.clusters import Clusters, Linked
from pipeline.matching.digest import Level
from pipeline.matching.ordered import PassageRows
from pipeline.matching.workspace import Workspace
from pipeline.model import Edit
from pipeline.packs import Packs

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
    paragraphs = stretch.level == "paragraph"
    identify = _paragraph_reference if paragraphs else _document_reference
    lines: list[bytes] = []
    for i in range(len(found)):
        members = slice(int(found.offsets[i]), int(found.offsets[i + 1]))
        canonical = int(found.canonical[i]), int(found.canonical_document[i])
        documents = found.document[members]
        once = documents[np.append(True, documents[1:] != documents[:-1])]
        sources = b",".join(orjson.dumps(_name(packs, number, "source")) for number in once.tolist())
        own = zip(found.number[members].tolist(), documents.tolist(), strict=True)
        # Joined as bytes, since a cluster can have a million members.
        lines.append(
            b'{"cluster_id":"%s","level":"%s","relation":"%s","canonical":%s,"size":%d,"sources":[%s],"members":[%s]}\n'
            % (
                cluster_id(packs, stretch.level, canonical[0]).encode(),
                stretch.level.encode(),
                str(NAMES[int(found.relation[i])]).encode(),
                identify(packs, *canonical),
                members.stop - members.start,
                sources,
                b",".join([identify(packs, *member) for member in own]),
            )
        )
    return b"".join(lines)


def cluster_id(packs: Packs, level: Level, canonical: int) -> str:
    """The id of the cluster with this canonical document or paragraph."""
    name = _paragraph_id(packs, canonical).decode() if level == "paragraph" else _name(packs, canonical, "id")
    return hashlib.sha256(f"{level}\0{name}".encode()).hexdigest()[:32]


def _name(packs: Packs, document: int, column: str) -> str:
    pack, own = packs.find(document)
    return pack.blob(column, own).decode("utf-8", "surrogatepass")


def _paragraph_id(packs: Packs, paragraph: int) -> bytes:
    pack, own = packs.find_paragraph(paragraph)
    return pack.paragraph_id(own)


def _paragraph_reference(packs: Packs, paragraph: int, document: int) -> bytes:
    return b'{"document_id":"%s","paragraph_id":"%s"}' % (
        _name(packs, document, "id").encode(),
        _paragraph_id(packs, paragraph),
    )


def _document_reference(packs: Packs, number: int, document: int) -> bytes:
    return b'{"document_id":"%s","paragraph_id":null}' % _name(packs, document, "id").encode()


def pair_lines(workspace: Workspace, pairs: Linked) -> bytes:
    """The records of pairs."""
    packs = workspace.packs
    lines: list[bytes] = []
    columns = (pairs.number, pairs.document, pairs.shared, pairs.sizes, pairs.relation)
    for numbers, documents, shared, (a, b), kind in zip(*(column.tolist() for column in columns), strict=True):
        sides = [
            {"document_id": _name(packs, document, "id"), "paragraph_id": _paragraph_id(packs, number).decode()}
            for number, document in zip(numbers, documents, strict=True)
        ]
        record = {
            "a": sides[0],
            "b": sides[1],
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
    side = _sides(packs)
    lines: list[bytes] = []
    for row in range(len(rows)):
        places = zip(*(column[row].tolist() for column in (rows.document, rows.start, rows.end)), strict=True)
        a, b = (side(*place) for place in places)
        document, start, end = rows.first[row].tolist()
        record = {
            "a": a,
            "b": b,
            "words": int(rows.words[row]),
            "similarity": round(float(rows.similarity[row]), 4),
            "longest_run": int(rows.longest[row]),
            "family": hashlib.sha256(f"{_name(packs, document, 'id')}\0{start}\0{end}".encode()).hexdigest()[:32],
            "origins": int(rows.origins[row]),
        }
        lines.append(orjson.dumps(record, option=_APPEND))
    return b"".join(lines)


def _sides(packs: Packs) -> Callable[[int, int, int], dict[str, Any]]:
    """What gives a side of a passage, by document, start and end in its clean text."""
    maps: dict[int, tuple[ledger.OffsetMap, str]] = {}

    def side(number: int, start: int, end: int) -> dict[str, Any]:
        pack, own = packs.find(number)
        if number not in maps:
            rows = pack.ledger(own)
            edits = [Edit(row["start"], row["end"], row["replacement"], row["rule"]) for row in rows]
            text = ledger.undo(
                pack.text(own), ((e.start, e.end, r["text"], e.replacement) for e, r in zip(edits, rows, strict=True))
            )
            maps[number] = ledger.OffsetMap(edits), text
        offsets, source = maps[number]
        start, end = offsets.start(start), offsets.end(end)
        return {
            "document_id": pack.blob("id", own).decode(),
            "source": pack.blob("source", own).decode("utf-8", "surrogatepass"),
            "start": start,
            "end": end,
            "text": source[start:end],
        }

    return side
