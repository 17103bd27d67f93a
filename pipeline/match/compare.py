"""What the documents of a run have in common: near-copies of documents and paragraphs, and shared passages.

Documents lie in packs. The driver holds columns of numbers only, of documents and of paragraphs that others are like; what is
known of every paragraph lies in files of the workspace. Texts are read by workers, where they lie, and the records are written
to files as they are made.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct

from pipeline.config import Config
from pipeline.corpus.column import Column
from pipeline.corpus.engines.interface import Engine, item_size
from pipeline.corpus.engines.local import InProcess
from pipeline.corpus.packs import Packs, place_of
from pipeline.corpus.table import Array
from pipeline.match import kept_passages, rendering, settings
from pipeline.match.at_a_time import stretches
from pipeline.match.clusters import Clusters, alike, clusters
from pipeline.match.contained import contained
from pipeline.match.core.packed import contains, inverse, is_first, pack_unordered, unpack
from pipeline.match.core.relation import NOISE
from pipeline.match.core.sign import Signing
from pipeline.match.digest import digest, names_kept
from pipeline.match.items import Documents, Items, Paragraphs
from pipeline.match.kept_passages import passages_of
from pipeline.match.known import Sort, remembered
from pipeline.match.linked import OrderedPairs, linked
from pipeline.match.near import Near, near_duplicates
from pipeline.match.ordered import in_output
from pipeline.match.pairs import Least, Pairs, joined, verify_pairs
from pipeline.match.passage_rows import SharedPassages
from pipeline.match.passages import find_passages
from pipeline.match.rendering import Stretches
from pipeline.match.settings import LEVELS
from pipeline.match.shared import FILES, RecordFile, Shared, packed, write_members, write_no_members
from pipeline.match.sides import write_sides
from pipeline.match.sketched import Sketched
from pipeline.match.slots import Slots
from pipeline.match.sorted_runs import in_portions
from pipeline.match.workspace import PACKS, SPANS, Ranks, Workspace, workspace
from pipeline.model import Level
from pipeline.read.entry import file_of
from pipeline.records import ClusterRecord, PairRecord, PassageRecord

__all__ = ["RecordFile", "Shared", "compare", "copy_groups", "kept_names", "kept_names_of_texts", "nothing_shared"]

T = TypeVar("T")

_ROWS = 1 << 14
"""Records made at a time, at most."""
_LEAST_ROWS = 1 << 11
"""Records that are worth an item of their own."""


def compare(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path, older: int = 0) -> Shared:
    """Compare the documents in packs.

    The first `older` packs belong to another, finished run: what stands in them is the original of what new documents
    have of it, and clusters, pairs and passages are given only if a new document takes part. `Shared` reads from
    `scratch`.
    """
    space, order = _prepare(paths, scratch, older)
    found = _find(engine, space, order, config)
    waiting = [found.pairs.path, *(column.path for column in found.passages.columns)]
    space.tidy((*FILES, SPANS, *(path.name for path in waiting)))
    passages = len(found.passages)
    sides = write_sides(engine, space, found.passages, order)
    ordered = in_output(space, found.passages, sides, found.copy_group, _rows(engine, passages))
    write = partial(_write, space, engine)
    members = sum(len(of_level.packed) for of_level in found.clusters)
    in_stretches = Stretches(space, found.clusters, _rows(engine, members))
    count = sum(map(len, found.clusters))
    pair_lines = partial(rendering.pair_lines, space)
    passage_lines = partial(rendering.passage_lines, space, sides)
    shared = Shared(
        clusters=write("clusters", ClusterRecord, rendering.cluster_lines, in_stretches, count),
        pairs=write("pairs", PairRecord, pair_lines, found.pairs, found.pairs.pairs),
        passages=write("passages", PassageRecord, passage_lines, ordered, passages),
        workspace=space,
    )
    sides.remove()
    space.tidy((*FILES, *(lines.path.name for lines in (shared.clusters, shared.pairs, shared.passages))))
    return shared


class _Found(Struct, frozen=True):
    """What a comparison comes to, without what it was found by."""

    clusters: list[Clusters]
    """of documents, then of paragraphs"""
    pairs: OrderedPairs
    passages: SharedPassages
    copy_group: Array
    """int64 [documents by rank]: the canonical document of each"""


def _find(engine: Engine, space: Workspace, order: Array, config: Config) -> _Found:
    """Find what documents have in common, and write what they are, and their paragraphs.

    order: int64 [documents], the place of each document by source
    """
    documents = Documents(space)
    paragraphs = _paragraphs(space, config)
    sketched = digest(engine, space, settings.signings(config), words=True)
    copied = _near_duplicates(engine, space, documents, sketched, config)
    near = _near_duplicates(engine, space, paragraphs, sketched, config)
    every = np.arange(len(documents))
    space.save_copies(copied.representative[every])
    copy_group = copied.canonical[every]

    # Paragraphs of which one is most of another, or spoilt by scanning, share passages, not shingles.
    rules = settings.passage_rules(config)
    find = partial(find_passages, engine, space, rules)
    passages = passages_of(space, rules, find)
    candidates = _by_rank(space, paragraphs, near, passages.pairs)
    further = _quoting(engine, space, paragraphs, candidates, config)
    same_documents = alike(documents, copied, sketched["document"].symbols, joined([]), config)
    same_paragraphs = alike(paragraphs, near, sketched["paragraph"].symbols, further, config)
    is_quote = (further.flags & NOISE) == 0  # the others are alike but for noise

    slots = Slots(space, order)
    found = [clusters(same_documents, slots), clusters(same_paragraphs, slots)]
    write_members(space, copy_group, found[1])
    quotes = further.take(is_quote)
    pairs = linked(same_paragraphs, quotes, slots, config)
    count = len(same_paragraphs.pairs) + len(near.representative) + len(quotes)
    inside = contained(space, passages, copy_group, slots)
    ordered = OrderedPairs(space, slots, pairs, inside, _rows(engine, count))
    return _Found(found, ordered, passages, copy_group)


def _rows(engine: Engine, count: int) -> int:
    """Return how many records to make at a time, of so many."""
    return item_size(count, engine.workers, _ROWS, _LEAST_ROWS)


def _near_duplicates(
    engine: Engine, space: Workspace, items: Items, sketched: Mapping[Level, Sketched], config: Config
) -> Near:
    """Return the near-duplicates of a level, with the help of what earlier runs have verified. Keys of bands are removed then."""
    level = items.level
    threshold = settings.threshold(config, level)
    k = settings.signing(config, level).k
    with remembered(space, items, _near(level, config)) as known:
        near = near_duplicates(engine, space, items, sketched[level], threshold, k, known)
    sketched[level].keys.remove()
    return near


def _quoting(engine: Engine, space: Workspace, items: Items, candidates: Array, config: Config) -> Pairs:
    """Return the candidates of which one is in the other, or which are the same but for noise."""
    least = Least(jaccard=np.inf, containment=config.containment, noisy=True)
    with remembered(space, items, _quoted(config)) as known:
        return verify_pairs(engine, space, items, candidates, config.shingle_words, least, known)


def nothing_shared(paths: Sequence[Path], scratch: Path) -> Shared:
    """Return what documents in packs share where they are not compared: nothing."""
    space, _ = _prepare(paths, scratch, 0)
    write_no_members(space)
    none: list[bytes] = []
    write = partial(_write, space, InProcess())
    return Shared(
        clusters=write("clusters", ClusterRecord, bytes, none, 0),
        pairs=write("pairs", PairRecord, bytes, none, 0),
        passages=write("passages", PassageRecord, bytes, none, 0),
        workspace=space,
    )


def copy_groups(paths: Sequence[Path], engine: Engine, config: Config, scratch: Path) -> Array:
    """Return the number of the document of which each is a near-copy, int64 [documents]; its own where there is none."""
    space, _ = _prepare(paths, scratch, 0)
    whole = Documents(space)
    signing = settings.signing(config, "document")
    threshold = config.document_threshold
    digested = digest(engine, space, {"document": signing}, words=False)
    sketched = digested["document"]
    with remembered(space, whole, _copied(config)) as known:
        # Which are copies is all that is wanted, not how they differ.
        near = near_duplicates(engine, space, whole, sketched, threshold, signing.k, known, described=False)
    original = np.empty(len(whole), dtype=np.int64)
    every = np.arange(len(whole))
    original[whole.number(every)] = whole.number(near.canonical[every])
    shutil.rmtree(space.folder)
    return original


def kept_names(packs: Sequence[Path], config: Config) -> Iterator[str]:
    """Yield the names, without suffix, of what `compare` keeps beside packs for the next run."""
    signings = settings.signings(config)
    for path in packs:
        yield from names_kept(place_of(path), signings, words=True)
    sorts = [_near(level, config) for level in LEVELS]
    sorts.append(_quoted(config))
    sorts.append(kept_passages.sort(settings.passage_rules(config)))
    for sort in sorts:
        yield sort.file(packs)


def kept_names_of_texts(packs: Sequence[Path], config: Config) -> Iterator[str]:
    """Yield the same of what `copy_groups` keeps."""
    signings: dict[Level, Signing] = {"document": settings.signing(config, "document")}
    for path in packs:
        yield from names_kept(path, signings, words=False)
    yield _copied(config).file(packs)


def _near(level: Level, config: Config) -> Sort:
    """Return how near-duplicates of a level are kept."""
    threshold = settings.threshold(config, level)
    return Sort(f"near-{level}s", (config.shingle_words, threshold))


def _quoted(config: Config) -> Sort:
    """Return how pairs of which one is in the other are kept."""
    return Sort("quoted", (config.shingle_words, config.containment))


def _copied(config: Config) -> Sort:
    """Return how near-copies of documents, as `copy_groups` wants them, are kept."""
    return Sort("copied", (config.shingle_words, config.document_threshold))


def _prepare(paths: Sequence[Path], scratch: Path, older: int) -> tuple[Workspace, Array]:
    """Return (workspace, the place of each document by source, int64)."""
    folder = Path(tempfile.mkdtemp(prefix="compare-", dir=scratch))
    packs = Packs(paths)
    packs.save(folder / PACKS)
    order = inverse(packs.order())
    old = int(packs.first_document[older])
    is_new = np.arange(len(packs)) >= old
    # The older run first, then the earlier document, then the longer one.
    shortest_first = packs.column("chars")
    date = packs.column("date")
    by_rank = np.lexsort((order, -shortest_first, date, is_new))
    ranks = Ranks(rank=inverse(by_rank), by_rank=by_rank, older=old)
    ranks.save(folder)
    return workspace(folder), order


def _paragraphs(space: Workspace, config: Config) -> Paragraphs:
    """Return the paragraphs that are compared."""
    space.save_paragraphs()
    differ = len(config.thresholds) > 1
    return Paragraphs(space, _thresholds(space, config) if differ else None)


def _thresholds(space: Workspace, config: Config) -> Array:
    """Return the similarity that paragraphs of each document must reach, float64, where files differ in it."""
    thresholds: list[float] = []
    every = np.arange(len(space.packs))
    for source in space.packs.values("source", every):
        name = file_of(source.decode("utf-8", "surrogatepass"))
        thresholds.append(config.of(name).threshold)
    return np.array(thresholds, dtype=np.float64)


def _by_rank(space: Workspace, items: Paragraphs, near: Near, pairs: Column) -> Array:
    """Return pairs of paragraphs by their ranks, uint64, sorted, each once, without those known to be equal or near-duplicates.
    So is a pair whose words are those of near-duplicates: each is linked to the first of its words, and these to each other.

    pairs: uint64, by their places
    """

    def wanted() -> Iterator[Array]:
        """Yield those that are wanted, in any order."""
        with pairs.reading() as read:
            for part in stretches(len(pairs)):
                one, two = map(items.ranks_at, unpack(read(part.start, part.stop)))
                first_of_one = near.representative[one]
                first_of_two = near.representative[two]
                is_other = first_of_one != first_of_two
                is_near = contains(near.pairs.key, pack_unordered(first_of_one, first_of_two))
                is_open = is_other & ~is_near
                yield pack_unordered(one[is_open], two[is_open])

    sorted_keys = in_portions(wanted(), space.folder / "candidates.runs")
    parts = [keys.compress(is_first(keys)) for keys in sorted_keys]
    return np.concatenate([np.empty(0, dtype=np.uint64), *parts])


def _write(
    space: Workspace,
    engine: Engine,
    name: str,
    kind: type[T],
    render: Callable[[Any], bytes],
    parts: Sequence[Any],
    count: int,
) -> RecordFile[T]:
    """Write the records of all parts, so many in all, into a file of the workspace.

    kind: of the records
    render: gives the lines of a part
    """
    path = space.folder / f"{name}.jsonl.zst"
    with path.open("wb") as handle:
        for lines in engine.map(partial(packed, render), parts):
            handle.write(lines)
    return RecordFile(path, count, kind)
