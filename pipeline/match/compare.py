"""What the documents of a run have in common: near-copies of documents and paragraphs, and shared passages.

Documents lie in packs. The driver holds columns of numbers only, some dozen bytes a document and a paragraph; texts are
read by workers, where they lie, and the records are written to files as they are made.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pipeline.config import Config
from pipeline.corpus.engines.interface import Engine
from pipeline.corpus.engines.local import InProcess
from pipeline.corpus.packs import Packs
from pipeline.corpus.table import Array
from pipeline.match import kept_passages, rendering, settings
from pipeline.match.clusters import Alike, Clusters, Linked, alike, clusters, in_order, linked
from pipeline.match.contained import contained
from pipeline.match.core.packed import contains, distinct, pack, unpack
from pipeline.match.core.relation import NOISE
from pipeline.match.digest import Sketched, digest, names_kept
from pipeline.match.kept_passages import passages_of
from pipeline.match.known import Sort, remembered
from pipeline.match.near import Near, near_duplicates
from pipeline.match.ordered import Ordered
from pipeline.match.pairs import Items, Least, Pairs, joined, verify_pairs
from pipeline.match.passages import find_passages
from pipeline.match.rendering import Stretch
from pipeline.match.settings import LEVELS
from pipeline.match.shared import MEMBERS, ORIGINALS, RecordFile, Shared, write_members, write_no_members
from pipeline.match.workspace import PACKS, Ranks, Workspace, workspace
from pipeline.model import Level
from pipeline.read.entry import file_of
from pipeline.records import ClusterRecord, PairRecord, PassageRecord

__all__ = ["RecordFile", "Shared", "compare", "copy_groups", "kept_names", "kept_names_of_texts", "nothing_shared"]

T = TypeVar("T")

_ROWS = 4096
"""Records made at a time."""


def compare(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path, older: int = 0) -> Shared:
    """Compare the documents in packs.

    The first `older` packs belong to another, finished run: what stands in them is the original of what new documents
    have of it, and clusters, pairs and passages are given only if a new document takes part. `Shared` reads from
    `scratch`.
    """
    space, order = _prepare(paths, scratch, older)
    items: dict[Level, Items] = {"document": _documents(space), "paragraph": _paragraphs(space, config)}
    signings = settings.signings(config)
    chars = int(items["document"].size.sum(dtype=np.int64))
    sketched = digest(engine, space, signings, chars, words=True)
    near: dict[Level, Near] = {}
    for level in LEVELS:
        threshold = settings.threshold(config, level)
        with remembered(space, items[level], _near(level, config)) as known:
            near[level] = near_duplicates(
                engine, space, items[level], sketched[level], threshold, signings[level], known
            )
    copied = near["document"]
    space.save_copies(copied.representative)

    # Paragraphs of which one is most of another, or spoilt by scanning, share passages, not shingles.
    rules = settings.passage_rules(config)
    passages = passages_of(space, rules, partial(find_passages, engine, space, rules))
    pieces = items["paragraph"]
    candidates = _by_rank(space, pieces, near["paragraph"], passages.paragraphs)
    least = Least(jaccard=np.inf, containment=config.containment, noisy=True)
    with remembered(space, pieces, _quoted(config)) as known:
        further = verify_pairs(engine, space, pieces, candidates, config.shingle_words, least, known)
    no_noise = joined([])
    same_documents = alike(items["document"], copied, _symbols(sketched, items, "document"), no_noise, config)
    same_paragraphs = alike(pieces, near["paragraph"], _symbols(sketched, items, "paragraph"), further, config)

    found: dict[Level, Clusters] = {
        "document": clusters(same_documents, order),
        "paragraph": clusters(same_paragraphs, order),
    }
    pairs = linked(same_paragraphs, _quotes(same_paragraphs, further), config)
    inside = contained(space, passages, copied.canonical)
    ordered_pairs = in_order([pairs, inside], order)
    ordered = Ordered(space, passages, copied.canonical, order, _ROWS)
    write_members(space, copied, found["paragraph"])
    space.tidy((MEMBERS, ORIGINALS))
    write = partial(_write, space, engine)
    pair_lines = partial(rendering.pair_lines, space)
    passage_lines = partial(rendering.passage_lines, space)
    return Shared(
        write(
            "clusters", ClusterRecord, rendering.cluster_lines, _stretches(space, found), sum(map(len, found.values()))
        ),
        write("pairs", PairRecord, pair_lines, _parts(ordered_pairs), len(ordered_pairs)),
        write("passages", PassageRecord, passage_lines, ordered, ordered.passages),
        space,
    )


def nothing_shared(paths: Sequence[Path], scratch: Path) -> Shared:
    """Return what documents in packs share where they are not compared: nothing."""
    space, _ = _prepare(paths, scratch, 0)
    write_no_members(space)
    none: list[bytes] = []
    write = partial(_write, space, InProcess())
    return Shared(
        write("clusters", ClusterRecord, bytes, none, 0),
        write("pairs", PairRecord, bytes, none, 0),
        write("passages", PassageRecord, bytes, none, 0),
        space,
    )


def copy_groups(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path) -> Array:
    """Return the number of the document of which each is a near-copy, int64 [documents]; its own where there is none."""
    space, _ = _prepare(paths, scratch, 0)
    whole = _documents(space)
    signing = settings.signing(config, "document")
    chars = int(whole.size.sum(dtype=np.int64))
    sketched = digest(engine, space, {"document": signing}, chars, words=False)
    with remembered(space, whole, _copied(config)) as known:
        near = near_duplicates(engine, space, whole, sketched["document"], config.document_threshold, signing, known)
    original = np.empty(len(whole), dtype=np.int64)
    original[whole.number] = whole.number[near.canonical]
    shutil.rmtree(space.folder)
    return original


def kept_names(packs: Sequence[Path], config: Config) -> Iterator[str]:
    """Yield the names, without suffix, of what `compare` keeps beside packs for the next run."""
    for path in packs:
        yield from names_kept(path, settings.signings(config), words=True)
    of_passages = kept_passages.sort(settings.passage_rules(config))
    for sort in (*(_near(level, config) for level in LEVELS), _quoted(config), of_passages):
        yield sort.file(packs)


def kept_names_of_texts(packs: Sequence[Path], config: Config) -> Iterator[str]:
    """Yield the same of what `copy_groups` keeps."""
    for path in packs:
        yield from names_kept(path, {"document": settings.signing(config, "document")}, words=False)
    yield _copied(config).file(packs)


def _near(level: Level, config: Config) -> Sort:
    return Sort(f"near-{level}s", (config.shingle_words, settings.threshold(config, level)))


def _quoted(config: Config) -> Sort:
    return Sort("quoted", (config.shingle_words, config.containment))


def _copied(config: Config) -> Sort:
    return Sort("copied", (config.shingle_words, config.document_threshold))


def _prepare(paths: Sequence[Path], scratch: Path, older: int) -> tuple[Workspace, Array]:
    """Return (workspace, the place of each document by source, int64)."""
    folder = Path(tempfile.mkdtemp(prefix="compare-", dir=scratch))
    packs = Packs(paths)
    packs.save(folder / PACKS)
    order = np.empty(len(packs), dtype=np.int64)
    order[packs.order()] = np.arange(len(packs))
    old = int(packs.first_document[older])
    is_new = np.arange(len(packs)) >= old
    # The older run first, then the earlier document, then the longer one.
    chars = packs.column("chars")
    by_rank = np.lexsort((order, -chars, packs.column("date"), is_new))
    rank = np.empty_like(order)
    rank[by_rank] = np.arange(len(packs))
    Ranks(rank, by_rank, old).save(folder)
    return workspace(folder), order


def _documents(space: Workspace) -> Items:
    by_rank = space.ranks.by_rank
    size = space.packs.column("chars")[by_rank].astype(np.int32)
    return Items("document", by_rank, by_rank, size, by_rank, space.ranks.older)


def _paragraphs(space: Workspace, config: Config) -> Items:
    """Return the paragraphs that are long enough, by the rank of their documents, then in the order of the text."""
    packs = space.packs
    number = np.flatnonzero(packs.paragraph_column("compared"))
    document = packs.paragraph_column("document")[number]
    place = np.argsort(space.ranks.rank[document], kind="stable")
    chars = packs.paragraph_column("end") - packs.paragraph_column("start")
    size = chars[number].astype(np.int32)
    older = int(np.searchsorted(document, space.ranks.older))
    documents = document[place]
    differ = len(config.thresholds) > 1
    least = _thresholds(space, config)[documents] if differ else None
    return Items("paragraph", number[place], documents, size[place], place, older, least)


def _thresholds(space: Workspace, config: Config) -> Array:
    """Return the similarity that paragraphs of each document must reach, float64, where files differ in it."""
    thresholds: list[float] = []
    for source in space.packs.values("source", np.arange(len(space.packs))):
        name = file_of(source.decode("utf-8", "surrogatepass"))
        thresholds.append(config.of(name).threshold)
    return np.array(thresholds, dtype=np.float64)


def _symbols(sketched: dict[Level, Sketched], items: dict[Level, Items], level: Level) -> Array:
    """Return the symbols at the numbers of texts, uint64, by rank."""
    return sketched[level].symbols[items[level].place]


def _by_rank(space: Workspace, items: Items, near: Near, paragraphs: Array) -> Array:
    """Return pairs of paragraphs by their ranks, uint64, without those known to be equal or near-duplicates."""
    own = np.zeros(int(space.packs.first_paragraph[-1]), dtype=np.int64)
    own[items.number] = np.arange(len(items))
    first, second = unpack(paragraphs)
    one = own[first]
    two = own[second]
    is_other = near.representative[one] != near.representative[two]
    one = one[is_other]
    two = two[is_other]
    keys = distinct(pack(np.minimum(one, two), np.maximum(one, two)))
    return keys[~contains(near.pairs.key, keys)]


def _quotes(found: Alike, further: Pairs) -> Pairs:
    """Return the pairs of which most of one is in the other, without those that are alike but for noise."""
    return further.take(np.flatnonzero((further.flags & NOISE) == 0))


def _stretches(space: Workspace, found: dict[Level, Clusters]) -> list[Stretch]:
    every: list[Stretch] = []
    for level, some in found.items():
        every += rendering.stretches(space, level, some, _ROWS)
    return every


def _parts(rows: Linked) -> list[Linked]:
    bounds = range(0, len(rows), _ROWS)
    return [rows.take(slice(low, low + _ROWS)) for low in bounds]


def _write(
    space: Workspace,
    engine: Engine,
    name: str,
    kind: type[T],
    render: Callable[[Any], bytes],
    parts: Sequence[Any],
    count: int,
) -> RecordFile[T]:
    path = space.folder / f"{name}.jsonl"
    with path.open("wb") as handle:
        for lines in engine.map(render, parts):
            handle.write(lines)
    return RecordFile(path, count, kind)
