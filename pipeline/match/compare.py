"""What the documents of a run have in common: near-copies of documents and paragraphs, and shared passages.

Documents lie in packs. The driver holds columns of numbers only, some dozen bytes a document and a paragraph; texts are
read by workers, where they lie, and the records are written to files as they are made.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from pipeline import jsonlines
from pipeline.config import Config
from pipeline.corpus import table
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match import rendering, settings
from pipeline.match.clusters import COPY_SIMILARITY, Clusters, Linked, clusters, linked
from pipeline.match.core import relation
from pipeline.match.core.packed import contains, distinct, pack, unpack
from pipeline.match.digest import digest
from pipeline.match.near import Items, Near, near_duplicates, verify_pairs
from pipeline.match.ordered import Ordered
from pipeline.match.passages import find_passages
from pipeline.match.rendering import Stretch
from pipeline.match.settings import LEVELS
from pipeline.match.workspace import PACKS, Ranks, Workspace, workspace
from pipeline.model import Level
from pipeline.records import ClusterRecord, Member, Membership, PairRecord, PassageRecord

__all__ = ["COPY_SIMILARITY", "Lines", "Shared", "compare", "copy_groups"]

T = TypeVar("T")

_MEMBERS, _ORIGINALS = "members.table", "originals.table"
_ROWS = 4096
"""Records made at a time."""


@dataclass(frozen=True, slots=True)
class Lines(Generic[T]):
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
class Shared:
    """What the documents have in common. Small: give it to workers, each reads the part of the pack it works on."""

    clusters: Lines[ClusterRecord]
    pairs: Lines[PairRecord]
    passages: Lines[PassageRecord]
    workspace: Workspace

    def memberships(self, number: int) -> dict[str, Membership]:
        """By paragraph id, of the paragraphs in a pack that have near-duplicates."""
        packs = self.workspace.packs
        part = slice(int(packs.first_paragraph[number]), int(packs.first_paragraph[number + 1]))
        columns = table.read(self.workspace.folder / _MEMBERS)
        canonical, kinds = (np.asarray(columns[name])[part] for name in ("canonical", "relation"))
        own = np.flatnonzero(canonical >= 0)
        ids = packs.pack(number).paragraph_ids(own)
        clusters = rendering.cluster_ids(packs, "paragraph", canonical[own])
        is_canonical = (canonical[own] == part.start + own).tolist()
        found: dict[str, Membership] = {}
        for name, cluster, first, kind in zip(ids, clusters, is_canonical, kinds[own].tolist(), strict=True):
            what = relation.NAMES[kind]
            assert what is not None
            found[name.decode()] = cluster, first, what
        return found

    def known(self, number: int) -> frozenset[str]:
        """The ids of those paragraphs in a pack whose canonical one stands in the older run."""
        packs = self.workspace.packs
        older = int(packs.first_paragraph[np.searchsorted(packs.first_document, self.workspace.ranks.older)])
        part = slice(int(packs.first_paragraph[number]), int(packs.first_paragraph[number + 1]))
        canonical = np.asarray(table.read(self.workspace.folder / _MEMBERS)["canonical"])[part]
        found = np.flatnonzero((canonical >= 0) & (canonical < older))
        return frozenset(name.decode() for name in packs.pack(number).paragraph_ids(found))

    def duplicate_of(self, number: int) -> dict[str, str]:
        """The canonical document's id, by the id of each document in a pack that is a near-copy of another."""
        packs = self.workspace.packs
        first, last = int(packs.first_document[number]), int(packs.first_document[number + 1])
        original = np.asarray(table.read(self.workspace.folder / _ORIGINALS)["original"])[first:last]
        copies = np.flatnonzero(original != np.arange(first, last))
        ids = zip(packs.pack(number).blobs("id", copies), packs.values("id", original[copies]), strict=True)
        return {own.decode(): other.decode() for own, other in ids}

    def text_of(self, reference: Member) -> str:
        """The text of a paragraph, given as records refer to it; of a document its title, or where it is from."""
        packs = self.workspace.packs
        pack, number = packs.with_id(reference.document_id)
        record = pack.record(number)
        if reference.paragraph_id is None:
            return record.metadata.title or record.source
        found = next(one for one in record.blocks if one.id == reference.paragraph_id)
        return record.text[found.start : found.end]


def compare(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path, older: int = 0) -> Shared:
    """Compare the documents in packs.

    The first `older` packs belong to another, finished run: what stands in them is the original of what new documents
    have of it, and clusters, pairs and passages are given only if a new document takes part. `Shared` reads from
    `scratch`.
    """
    space, order = _prepare(paths, scratch, older)
    levels: dict[Level, Items] = {"document": _documents(space), "paragraph": _paragraphs(space)}
    signings = {level: settings.signing(config, level) for level in LEVELS}
    thresholds = {level: settings.threshold(config, level) for level in LEVELS}
    sketched = digest(engine, space, signings, int(levels["document"].size.sum(dtype=np.int64)), words=True)
    near = {
        level: near_duplicates(engine, space, items, sketched[level], thresholds[level], signings[level])
        for level, items in levels.items()
    }
    found = {level: clusters(items, near[level], thresholds[level], order) for level, items in levels.items()}
    space.save_copies(near["document"].representative)
    quotes = find_passages(engine, space, settings.passage_rules(config))
    pieces = levels["paragraph"]
    candidates = _by_rank(space, pieces, near["paragraph"], quotes.paragraphs)
    contained = verify_pairs(
        engine, space, pieces, candidates, k=config.shingle_words, jaccard=np.inf, containment=config.containment
    )
    pairs = linked(pieces, near["paragraph"], contained, config.threshold, config.containment, order)
    reused = Ordered(space.packs, space.ranks.by_rank, quotes, near["document"].canonical, order, _ROWS)
    _write_members(space, near["document"], found["paragraph"])
    space.tidy((_MEMBERS, _ORIGINALS))
    return Shared(
        _write(
            space,
            "clusters",
            ClusterRecord,
            engine,
            rendering.cluster_lines,
            _stretches(space, found),
            sum(map(len, found.values())),
        ),
        _write(space, "pairs", PairRecord, engine, partial(rendering.pair_lines, space), _parts(pairs), len(pairs)),
        _write(
            space,
            "passages",
            PassageRecord,
            engine,
            partial(rendering.passage_lines, space),
            reused,
            reused.passages,
        ),
        space,
    )


def copy_groups(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path) -> Array:
    """int64 [documents]: the number of the document of which each is a near-copy; its own where there is none."""
    space, _ = _prepare(paths, scratch, 0)
    whole = _documents(space)
    signing = settings.signing(config, "document")
    sketched = digest(engine, space, {"document": signing}, int(whole.size.sum(dtype=np.int64)), words=False)
    near = near_duplicates(engine, space, whole, sketched["document"], config.document_threshold, signing)
    original = np.empty(len(whole), dtype=np.int64)
    original[whole.number] = whole.number[near.canonical]
    shutil.rmtree(space.folder)
    return original


def _prepare(paths: Sequence[Path], scratch: Path, older: int) -> tuple[Workspace, Array]:
    """(workspace, the place of each document by source, int64)."""
    folder = Path(tempfile.mkdtemp(prefix="compare-", dir=scratch))
    packs = Packs(paths)
    packs.save(folder / PACKS)
    order = np.empty(len(packs), dtype=np.int64)
    order[packs.order()] = np.arange(len(packs))
    old = int(packs.first_document[older])
    new = np.arange(len(packs)) >= old
    by_rank = np.lexsort((order, -packs.column("chars"), packs.column("date"), new))
    rank = np.empty_like(order)
    rank[by_rank] = np.arange(len(packs))
    Ranks(rank, by_rank, old).save(folder)
    return workspace(folder), order


def _documents(space: Workspace) -> Items:
    by_rank = space.ranks.by_rank
    size = space.packs.column("chars")[by_rank].astype(np.int32)
    return Items("document", by_rank, by_rank, size, by_rank, space.ranks.older)


def _paragraphs(space: Workspace) -> Items:
    """The paragraphs that are long enough, by the rank of their documents, then in the order of the text."""
    packs = space.packs
    number = np.flatnonzero(packs.paragraph_column("compared"))
    document = packs.paragraph_column("document")[number]
    place = np.argsort(space.ranks.rank[document], kind="stable")
    size = (packs.paragraph_column("end") - packs.paragraph_column("start"))[number].astype(np.int32)
    older = int(np.searchsorted(document, space.ranks.older))
    return Items("paragraph", number[place], document[place], size[place], place, older)


def _by_rank(space: Workspace, items: Items, near: Near, paragraphs: Array) -> Array:
    """Pairs of paragraphs by their ranks, uint64, without those known to be equal or near-duplicates."""
    own = np.zeros(int(space.packs.first_paragraph[-1]), dtype=np.int64)
    own[items.number] = np.arange(len(items))
    first, second = (own[side] for side in unpack(paragraphs))
    other = near.representative[first] != near.representative[second]
    first, second = first[other], second[other]
    keys = distinct(pack(np.minimum(first, second), np.maximum(first, second)))
    return keys[~contains(near.pairs.key, keys)]


def _write_members(space: Workspace, copied: Near, found: Clusters) -> None:
    """Write down what each document and paragraph is, for `Shared` to read a pack's part of it."""
    by_rank = space.ranks.by_rank
    original = np.empty(len(by_rank), dtype=np.int64)
    original[by_rank] = by_rank[copied.canonical]
    table.write(space.folder / _ORIGINALS, {"original": original})
    paragraphs = int(space.packs.first_paragraph[-1])
    canonical = np.full(paragraphs, -1, dtype=np.int64)
    canonical[found.number] = np.repeat(found.canonical, np.diff(found.offsets))
    kind = np.zeros(paragraphs, dtype=np.int8)
    kind[found.number] = found.member_relation
    table.write(space.folder / _MEMBERS, {"canonical": canonical, "relation": kind})


def _stretches(space: Workspace, found: Mapping[Level, Clusters]) -> list[Stretch]:
    return [part for level, some in found.items() for part in rendering.stretches(space, level, some, _ROWS)]


def _parts(rows: Linked) -> list[Linked]:
    return [rows.part(low, min(low + _ROWS, len(rows))) for low in range(0, len(rows), _ROWS)]


def _write(
    space: Workspace,
    name: str,
    kind: type[T],
    engine: Engine,
    render: Callable[[Any], bytes],
    parts: Sequence[Any],
    count: int,
) -> Lines[T]:
    path = space.folder / f"{name}.jsonl"
    with path.open("wb") as handle:
        for lines in engine.map(render, parts):
            handle.write(lines)
    return Lines(path, count, kind)
