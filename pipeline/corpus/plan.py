"""The plan of a run, from top to bottom: which stage follows which, and what goes from one to the next.

    inputs -> judged lines                  a shard at a time: read, prepare, ask rules and model
           -> templates                     what many documents have, each group of copies counted once
           -> clean documents               a shard at a time
           -> near-duplicates, passages     all documents together
           -> records                       a shard at a time

Documents and their lines lie in files of the run's folder; from stage to stage go small descriptions of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.config import Config
from pipeline.corpus import kept_templates, packs, shown, stages, table
from pipeline.corpus.cache import CachedShard, Outcome, blob
from pipeline.corpus.engines import local
from pipeline.corpus.engines.interface import Engine, partitions
from pipeline.corpus.engines.resources import Resources
from pipeline.corpus.progress import Progress, Say
from pipeline.corpus.shards import Shard, judge_shard
from pipeline.corpus.stages import Finished
from pipeline.corpus.table import Array, Table
from pipeline.judge import templates
from pipeline.judge.rules.files import rule_book
from pipeline.judge.templates import Templates
from pipeline.match import compare, settings
from pipeline.match.core import packed
from pipeline.match.shared import Shared
from pipeline.model import Failure
from pipeline.read import reading
from pipeline.read.entry import Entry, file_of
from pipeline.read.interface import ReadOptions
from pipeline.records import Cleaned, DocumentRecord, EditRecord
from pipeline.write.output import Output
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Place
from pipeline.write.report.whole import Part

if TYPE_CHECKING:
    from pipeline.corpus.engines.futures import Futures
    from pipeline.corpus.engines.spark import Spark

ONE_WORKER_BYTES = 2_000_000
"""Less input than this is cleaned before a second worker would have had anything to do."""
SHARD_BYTES = 2_000_000
LINE_ROW = 46
"""Bytes of a row of `_line_rows`, of which there are two for most lines"""
_TIMES = "times.table"
_FORM_BITS = 20
"""Lines are counted in 2^20 buckets first, and exchanged where there are enough of them in one: of most there is one alone."""
OPEN_TABLES = 4
GOOD_RECALL = 0.999
"""Where fewer of the pairs at a threshold are expected to be found, a run says so unasked."""


def engine(
    entries: Sequence[Entry], resources: Resources, config: Config, scratch: Path
) -> local.InProcess | local.Processes | Spark | Futures:
    """The engine for a run. On this machine, a single worker where the input is small."""
    if resources.engine == "spark":
        from pipeline.corpus.engines.spark import Spark

        return Spark(scratch, config.limits, resources.master)
    if resources.executor is not None or resources.engine in ("ray", "dask"):
        from pipeline.corpus.engines import futures

        return futures.engine(resources, scratch, config.limits)
    if resources.workers == 0:
        return local.InProcess(scratch)
    workers = resources.local_workers()
    is_small = sum(entry.size for entry in entries) < ONE_WORKER_BYTES
    return local.Processes(1 if is_small else workers, scratch, config.limits)


class Folders(NamedTuple):
    """Where files of a run lie."""

    cache: Path
    """What the next run can use."""
    scratch: Path
    """What this one needs."""


class Done(Struct, frozen=True):
    """What a run has come to, before it is written."""

    outcomes: list[Outcome]
    """One for each input file, in order of source."""
    packs: packs.Packs
    order: Array
    """int64 [documents]: the documents in the order in which they are written"""
    shared: Shared
    finished: list[Finished]
    """One for each pack."""
    tally: Tally
    templates: int
    used: frozenset[str]
    """Names, without suffix, of the files that are worth keeping for the next run."""
    older: int
    """Packs of other runs, which were compared before those of this one"""
    shown: Iterator[Part]
    """The documents that the report may show whole, made by workers as long as their engine is open"""

    def records(self) -> Iterator[tuple[bytes, bytes]]:
        """Of every document, in order of source and id: the line of its record, the lines of its edits. They can be had once:
        what was read goes away, since OUT has it."""
        read = lru_cache(maxsize=OPEN_TABLES)(lambda number: table.read(self.finished[number].path))
        owner = np.searchsorted(self.packs.first_document, self.order, side="right") - 1
        left = np.diff(self.packs.first_document).tolist()
        for number, document in zip(owner.tolist(), self.order.tolist(), strict=True):
            row = document - int(self.packs.first_document[number])
            stored = read(number)
            yield blob(stored, "documents", row), blob(stored, "removed", row)
            left[number] -= 1
            if not left[number]:
                with suppress(OSError):  # where files that are open cannot go away, they do so later
                    self.finished[number].path.unlink()

    def before(self, place: Place) -> DocumentRecord:
        """A document before copies of others were struck from it, by the pack it came from and its row there."""
        return self.packs.pack(place.pack - self.older).record(place.row)

    def parts(self) -> Iterator[Part]:
        """What the page shows of the documents that the report may show whole. It can be had once."""
        return self.shown


def run(
    engine: Engine,
    entries: Sequence[Entry],
    options: ReadOptions,
    config: Config,
    place: Folders,
    progress: Progress,
    against: Sequence[Output] = (),
) -> Done:
    """Clean the inputs and compare them, with each other and with the documents of `against`."""
    cached, outcomes = judge_shards(engine, entries, options, config, place.cache, progress)
    counts = templates_of(engine, cached, config, place)
    found = stages.read_templates(counts)
    run_name = token_hex(8)
    judged = [stages.Judged(one, counts, config, run_name) for one in cached]
    paths = list(progress.watch("cleaning", judged, engine.map(stages.clean_shard, judged)))
    progress.say(1, f"cleaned, with {len(found)} templates")
    older = older_packs(against, place.scratch)
    if config.matching:
        say_recall(config, progress.say)
        progress.stage("comparing", 0)
        shared = compare.compare([*older, *paths], engine, config, place.scratch, len(older))
    else:
        shared = compare.nothing_shared(paths, place.scratch)
    cleaned = packs.Packs(paths)
    order = cleaned.order()
    finish = partial(stages.finish, shared, counts, config, place.scratch)
    numbered = list(_numbered(cleaned, order, len(older)))
    finished, tally = gathered(progress.watch("writing", numbered, engine.map(finish, numbered)))
    if place.cache == place.scratch:
        _forget(cached)
    outcomes = _with_failures(outcomes, [failure for part in finished for failure in part.failures])
    used = frozenset(_used(paths, cached, counts, config))
    parts = shown.parts(engine, [one.path for one in finished], len(older), tally)
    return Done(outcomes, cleaned, order, shared, finished, tally, len(found), used, len(older), parts)


def _forget(cached: Sequence[CachedShard]) -> None:
    """Remove what was read and judged, of which nothing is kept and nothing needed any more: OUT has room for itself then."""
    for one in cached:
        for path in one.files():
            with suppress(OSError):  # where files that are open cannot go away, they do so later
                path.unlink(missing_ok=True)


def _numbered(cleaned: packs.Packs, order: Array, older: int) -> Iterator[stages.Numbered]:
    """The packs of a run, each with its number among those that were compared and with the numbers of its documents."""
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    for number, path in enumerate(cleaned.paths):
        yield stages.Numbered(
            older + number, path, places[slice(*cleaned.first_document[number : number + 2].tolist())]
        )


def gathered(parts: Iterable[tuple[Finished, Tally]]) -> tuple[list[Finished], Tally]:
    """The records of all shards, and what the report needs of them."""
    finished: list[Finished] = []
    tally = Tally()
    for part, told in parts:
        finished.append(part)
        tally.merge(told)  # as they come: all of them together would be kilobytes for each document
    return finished, tally


def _used(paths: Sequence[Path], cached: Sequence[CachedShard], counts: Path, config: Config) -> Iterator[str]:
    """The names, without suffix, of the files that are worth keeping. `counts`: the table of templates, kept or not."""
    yield from (one.stem.name for one in cached)
    yield from (one.listed for one in cached if one.listed)
    yield from (path.stem for path in paths)
    yield from (packs.place_of(path).stem for path in paths)
    yield counts.stem
    yield from compare.kept_names_of_texts([one.texts for one in cached], config)
    yield from compare.kept_names(paths, config)


def say_recall(config: Config, say: Say) -> None:
    """Say what share of the pairs at the thresholds is expected to be found: to everybody where that is little."""
    for level in settings.LEVELS:
        recall = settings.recall(config, level)
        threshold = settings.threshold(config, level)
        loudness = 1 if recall >= GOOD_RECALL else 0
        say(loudness, f"of {level}s with a similarity of {threshold}, {recall:.2%} are expected to be found")


def _with_failures(outcomes: Sequence[Outcome], failures: Sequence[Failure]) -> list[Outcome]:
    """What became of each input, with the failures of documents that came to light after they were read."""
    by_file: dict[str, list[Failure]] = {}
    for failure in failures:
        by_file.setdefault(file_of(failure.source), []).append(failure)
    return [replace(one, failures=(*one.failures, *by_file.get(one.source, ()))) for one in outcomes]


def older_packs(against: Sequence[Output], folder: Path) -> list[Path]:
    """The documents of finished runs, in packs. One that several of them have is taken from the first."""
    paths: list[Path] = []
    batch: list[Cleaned] = []
    size = 0

    def write() -> None:
        paths.append(folder / f"older-{len(paths):06}.pack")
        packs.write(paths[-1], [packs.row(document) for document in batch])

    for record, ledger in _each_once(against):
        batch.append(Cleaned.of(record, ledger))
        size += record.metadata.chars_in
        if size > SHARD_BYTES:
            write()
            batch, size = [], 0
    if batch:
        write()
    return paths


def _each_once(outputs: Sequence[Output]) -> Iterator[tuple[DocumentRecord, list[EditRecord]]]:
    known: set[str] = set()
    for output in outputs:
        for record, ledger in output.ledgers():
            if record.id not in known:
                known.add(record.id)
                yield record, ledger


def judge_shards(
    engine: Engine, entries: Sequence[Entry], options: ReadOptions, config: Config, folder: Path, progress: Progress
) -> tuple[list[CachedShard], list[Outcome]]:
    """The inputs, shard by shard, every line judged; what became of each input file."""
    rule_book(config.rules)  # a broken rule file is told before any work
    run_name = token_hex(8)
    shards = [Shard(tuple(parts), folder, config, run_name) for parts in reading.shards(entries, SHARD_BYTES, options)]
    cached: list[CachedShard] = []
    outcomes: list[Outcome] = []
    progress.stage("reading", sum(entry.size for entry in entries), "bytes")
    for pieces in engine.map(judge_shard, shards):
        for outcome in (outcome for one in pieces for outcome in one.outcomes):
            if outcomes and outcomes[-1].source == outcome.source:
                outcomes[-1] += outcome
            else:
                outcomes.append(outcome)
            passed = "".join(f", {count} passed over: {reason}" for reason, count in outcome.skipped.items())
            progress.say(2, f"{outcome.source}: {outcome.status}{passed}")
            progress.advance(outcome.bytes, outcome.documents)
        cached += pieces
    progress.say(1, f"{len(outcomes)} of {len(entries)} inputs read")
    return cached, [outcome.named() for outcome in outcomes]


def templates_of(engine: Engine, cached: Sequence[CachedShard], config: Config, place: Folders) -> Path:
    """The table of the templates of all documents: that of an earlier run over the same ones, or a new one."""
    name = kept_templates.name(cached, config)
    path = place.scratch / "templates" if name is None else place.cache / f"{name}{kept_templates.SUFFIX}"
    if not table.is_intact(path):
        stages.write_templates(path, learn_templates(engine, cached, config, place.scratch))
    return path


def learn_templates(engine: Engine, cached: Sequence[CachedShard], config: Config, scratch: Path) -> Templates:
    """The lines that are furniture of a site, or of the corpus."""
    paths = [one.texts for one in cached]
    opened = packs.Packs(paths)
    if not config.cleaning or len(opened) < templates.MIN_GROUPS[config.favor]:
        return templates.NONE
    groups = compare.copy_groups(paths, engine, config, scratch)
    bounds = pairwise(opened.first_document.tolist())
    numbered = [_Numbered(one, groups[low:high]) for one, (low, high) in zip(cached, bounds, strict=True)]
    times = np.zeros(1 << _FORM_BITS, dtype=np.int64)
    standing: list[Array] = []
    for counted in engine.map(_sites, numbered):
        standing.append(counted.standing)
        times[counted.bucket] += counted.times
    sites, sizes = np.unique(_pairs_once(np.concatenate(standing))[:, 0], return_counts=True)
    least = templates.least_groups(config.favor)
    counts = scratch / _TIMES
    table.write(counts, {"is_frequent": times >= least})
    count = partitions(2 * LINE_ROW * int(times[times >= least].sum()), engine.workers)
    reduce = partial(_count, sites, sizes, config.favor)
    found = templates.join(list(engine.exchange(partial(_line_rows, counts), numbered, "key", count, reduce)))
    counts.unlink()
    return found


class _Numbered(Struct, frozen=True):
    """A shard, and the group of copies of each of its documents."""

    shard: CachedShard
    groups: Array


class _Sites(NamedTuple):
    """What is known of the lines of a shard before those that may be templates are counted."""

    standing: Array
    """uint64 [n, 2]: its sites, and that of the corpus, with the groups that stand in them"""
    bucket: Array
    """int64, ascending: see `_buckets`"""
    times: Array
    """int64: how many of its lines are in each bucket"""


def _buckets(form: Array) -> Array:
    """int64: where lines are counted before it is known which of them many documents have."""
    return (form >> np.uint64(64 - _FORM_BITS)).astype(np.int64)


def _sites(numbered: _Numbered) -> _Sites:
    """Look at the lines of a shard for the first time."""
    lines = numbered.shard.line_columns()
    is_line = lines.form != 0
    has_any = lines.in_document(is_line) > 0
    site = lines.site[lines.first[:-1][has_any]]  # all lines of a document have the same
    group = numbered.groups[has_any].astype(np.uint64)
    corpus = np.uint64(templates.text_key(templates.CORPUS))
    is_own = site != corpus
    in_corpus = np.stack((np.full(len(group), corpus), group), axis=1)
    in_sites = np.stack((site[is_own], group[is_own]), axis=1)
    bucket, times = np.unique(_buckets(lines.form[is_line]), return_counts=True)
    return _Sites(_pairs_once(np.concatenate((in_corpus, in_sites))), bucket, times)


def _pairs_once(pairs: Array) -> Array:
    """[n, 2]: each pair once, in ascending order."""
    pairs = pairs[packed.order_of(*pairs.T)]
    return pairs[packed.is_first(*pairs.T)]


def _line_rows(counts: Path, numbered: _Numbered) -> Table:
    """Where a shard's lines stand, in their sites and in the corpus, by group of copies: those that are frequent enough to be
    templates, and some others in the same buckets. `counts`: table of what is frequent."""
    lines = numbered.shard.line_columns()
    is_frequent = table.array(table.read(counts), "is_frequent")[_buckets(lines.form)] & (lines.form != 0)
    form, site, place = lines.form, lines.site, lines.place
    is_long = lines.words > templates.LONG_WORDS
    group = lines.each(numbered.groups)
    corpus = np.uint64(templates.text_key(templates.CORPUS))
    own = np.flatnonzero(is_frequent & (site != corpus))
    every = np.flatnonzero(is_frequent)
    return {
        "key": np.concatenate((form[every], templates.keys(site[own], form[own]))),
        "site": np.concatenate((np.full(len(every), corpus), site[own])),
        "group": np.concatenate((group[every], group[own])),
        "place": np.concatenate((place[every], place[own])),
        "home": np.concatenate((site[every], site[own])),
        "long": np.concatenate((is_long[every], is_long[own])),
        "score": np.concatenate((lines.score[every], lines.score[own])),
        "exact": np.concatenate((lines.exact[every], lines.exact[own])),
    }


def _count(sites: Array, sizes: Array, favor: str, rows: Table) -> Templates:
    if not rows:
        return templates.NONE
    columns = templates.Standing(
        *(np.asarray(rows[name]) for name in ("key", "site", "group", "place", "home", "long", "score", "exact"))
    )
    return templates.count(columns, sites, sizes, favor)
