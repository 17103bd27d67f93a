"""The plan of a run, from top to bottom: which stage follows which, and what goes from one to the next.

    inputs -> first pass                    a shard at a time: read, prepare, judge, clean
           -> copies of whole documents
           -> templates                     what many of them have, each group of copies counted once
           -> strike templates              the documents that have some, again
           -> near-duplicates, passages     all documents together
           -> records

Documents and their lines lie in files of the run's folder; from stage to stage go small descriptions of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline import compare, packs, stages
from pipeline.boilerplate import templates
from pipeline.boilerplate.templates import Templates
from pipeline.compare import Shared
from pipeline.config import Config
from pipeline.engines import local
from pipeline.engines.interface import Engine
from pipeline.say import Say
from pipeline.sinks import report
from pipeline.sinks.records import Record
from pipeline.sources import files, reading
from pipeline.sources.interface import ReadOptions
from pipeline.sources.opened import STDIN
from pipeline.stages import Finished, Outcome, Shard
from pipeline.store import table
from pipeline.store.table import Array, Table

IN_PROCESS_BYTES = 2_000_000
"""Less input than this is cleaned before a worker process would have started."""
SHARD_BYTES = 2_000_000
ROWS_OF_A_PARTITION = 2_000_000
OPEN_TABLES = 64


def engine(entries: Sequence[files.Entry], workers: int | None, scratch: Path) -> local.InProcess | local.Processes:
    """The engine for a run on this machine: this process alone where the input is small, or comes from standard input."""
    workers = workers or local.default_workers()
    is_small = sum(entry.size for entry in entries) < IN_PROCESS_BYTES
    if workers == 1 or is_small or any(entry.path == STDIN for entry in entries):
        return local.InProcess(scratch)
    return local.Processes(workers, scratch)


@dataclass(frozen=True, slots=True)
class Done:
    """What a run has come to, before it is written."""

    outcomes: list[Outcome]
    """One for each input file, in order of source."""
    packs: packs.Packs
    shared: Shared
    finished: list[Finished]
    """One for each pack."""
    tally: report.Tally
    templates: int

    def records(self) -> Iterator[tuple[bytes, bytes]]:
        """Of every document, in order of source and id: the line of its record, the lines of its edits."""
        order = self.packs.order()
        tables: dict[int, Table] = {}
        owner = np.searchsorted(self.packs.first_document, order, side="right") - 1
        for number, document in zip(owner.tolist(), order.tolist(), strict=True):
            if number not in tables:
                if len(tables) == OPEN_TABLES:
                    tables.clear()
                tables[number] = table.read(self.finished[number].path)
            row = document - int(self.packs.first_document[number])
            lines = [tables[number][name] for name in ("documents", "removed")]
            yield lines[0][row], lines[1][row]

    def canonical_text(self, cluster: Record) -> str:
        """The text that the members of a cluster share, or the title of the document that they copy."""
        return self.shared.text_of(cluster["canonical"])


def run(
    engine: Engine, entries: Sequence[files.Entry], options: ReadOptions, config: Config, folder: Path, say: Say
) -> Done:
    """Clean the inputs and compare them; files of every stage lie in `folder`."""
    shards, outcomes = first_passes(engine, entries, options, config, folder, say)
    paths = [shard.pack for shard in shards]
    found = learn_templates(engine, shards, config, folder)
    if len(found):
        again = [stages.Again(shard, folder / "templates") for shard in shards]
        stages.write_templates(folder / "templates", found)
        say(1, f"{len(found)} templates, in {sum(engine.map(stages.strike_templates, again))} documents")
    shared = compare.compare(paths, engine, config, folder)
    finished = list(engine.map(partial(stages.finish, shared, config), list(enumerate(paths))))
    tally = report.Tally()
    for part in finished:
        tally.merge(part.tally)
    return Done(outcomes, packs.Packs(paths), shared, finished, tally, len(found))


def first_passes(
    engine: Engine, entries: Sequence[files.Entry], options: ReadOptions, config: Config, folder: Path, say: Say
) -> tuple[list[Shard], list[Outcome]]:
    """The inputs as shards, each read and cleaned by itself; what became of each input file."""
    stages.rule_book(config.rules)  # a broken rule file is told before any work
    shards = [
        Shard(number, tuple(parts), folder, config)
        for number, parts in enumerate(reading.shards(entries, SHARD_BYTES, options))
    ]
    outcomes: list[Outcome] = []
    for done in engine.map(stages.first_pass, shards):
        for outcome in done:
            if outcomes and outcomes[-1].source == outcome.source:
                outcomes[-1] += outcome
            else:
                outcomes.append(outcome)
            say(2, f"{outcome.source}: {outcome.status}")
        say(1, f"{len(outcomes)} of {len(entries)} inputs cleaned")
    return shards, outcomes


def learn_templates(engine: Engine, shards: Sequence[Shard], config: Config, folder: Path) -> Templates:
    """The lines that are furniture of a site, or of the corpus."""
    opened = packs.Packs([shard.pack for shard in shards])
    if len(opened) < templates.MIN_GROUPS[config.favor]:
        return templates.NONE
    groups = compare.copy_groups([shard.pack for shard in shards], engine, config, folder)
    bounds = pairwise(opened.first_document.tolist())
    numbered = [_Numbered(shard, groups[low:high]) for shard, (low, high) in zip(shards, bounds, strict=True)]
    counted = list(engine.map(_sites, numbered))
    standing = np.unique(np.concatenate([one for one, _ in counted]), axis=0)
    sites, sizes = np.unique(standing[:, 0], return_counts=True)
    rows = sum(count for _, count in counted)
    partitions = rows // ROWS_OF_A_PARTITION + 1
    reduce = partial(_count, sites, sizes, config.favor)
    return templates.join(list(engine.exchange(_line_rows, numbered, "key", partitions, reduce)))


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A shard, and the group of copies of each of its documents."""

    shard: Shard
    groups: Array


def _sites(numbered: _Numbered) -> tuple[Array, int]:
    """(uint64 [n, 2]: the sites of a shard with the groups that stand in them; rows of its table of lines)."""
    rows = table.read(numbered.shard.lines)
    groups = numbered.groups.astype(np.uint64)[np.asarray(rows["document"])]
    return np.unique(np.stack((np.asarray(rows["site"]), groups), axis=1), axis=0), table.rows(rows)


def _line_rows(numbered: _Numbered) -> Table:
    """Where a shard's lines stand, by group of copies; lines of a site's only group are left out."""
    rows = table.read(numbered.shard.lines)
    groups = numbered.groups[np.asarray(rows["document"])]
    return {"key": rows["key"], "site": rows["site"], "group": groups, "place": rows["place"]}


def _count(sites: Array, sizes: Array, favor: str, rows: Table) -> Templates:
    if not rows:
        return templates.NONE
    columns = templates.Places(*(np.asarray(rows[name]) for name in ("key", "site", "group", "place")))
    return templates.count(columns, sites, sizes, favor)
