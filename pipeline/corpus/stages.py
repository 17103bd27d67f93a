"""What a worker does once the lines of a shard are judged (`shards.py`): pure functions of a task, and of the files that
earlier stages left.

    clean_shard    judged lines, and the templates of the corpus -> a pack of clean documents
    finish         a pack, and what its documents share with others -> records, ready to be written
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from pipeline import bounds, jsonlines
from pipeline import document as cleaning
from pipeline.bounds import Problem
from pipeline.config import Config
from pipeline.corpus import packs, table
from pipeline.corpus.cache import CLEANED, CachedShard, blob, cached_documents, documents, stretches
from pipeline.corpus.table import Array, Blobs
from pipeline.judge import templates
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.rules.files import rule_book
from pipeline.judge.rules.folding import fold, form
from pipeline.judge.signals import Signals
from pipeline.judge.templates import Templates
from pipeline.match.shared import Copy, Shared
from pipeline.meta.lines import meta_line
from pipeline.model import Evidence, Failure, Verdict
from pipeline.prepare import HTML, Prepared
from pipeline.read.entry import file_of
from pipeline.records import Document, DocumentRecord, EditRecord, Membership, document_of, with_shared
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Place

CLEAN, WHOLE, FINISH = "clean", "whole", "finish"
"""What a worker does with a document here, as it is said to `bounds`"""


class Judged(Struct, frozen=True):
    """A shard whose lines are judged, and the templates of the corpus."""

    shard: CachedShard
    templates: Path
    """Table of `Templates`."""
    config: Config
    run: str = ""
    """The same for all shards of one run, and for no other run"""


def clean_shard(task: Judged) -> Path:
    """Clean the documents of a shard, but for those that an earlier run has cleaned; their pack."""
    shard, config = task.shard, task.config
    found = read_templates(task.templates)
    stored = shard.stored_lines()
    lines = shard.line_columns(stored)
    struck, by_site = templates.struck(lines, found)
    main = templates.main_text(lines, found)
    keys = list(_keys(shard, lines.first, (struck, by_site, main)))
    name = hashlib.blake2b(b"".join(keys), digest_size=8).hexdigest()
    path = shard.stem.with_name(f"{shard.stem.name}-{name}.pack")
    if packs.is_intact(path):
        return path
    pieces: dict[int, packs.Part | packs.Taken] = {}
    is_missing = np.ones(len(keys), dtype=bool)
    for earlier, places in cached_documents(shard.stem.parent, CLEANED, task.run).places(keys).items():
        if packs.is_intact(earlier):
            own = list(stretches(places))
            for (number, _, count), taken in zip(own, packs.Pack.open(earlier).taken(own), strict=True):
                pieces[number] = taken
                is_missing[number : number + count] = False
    rows: dict[int, packs.Row] = {}
    failures: list[Failure] = []
    book = rule_book(config.rules)
    for number, prepared, evidence in documents(shard, book, set(np.flatnonzero(is_missing).tolist()), stored):
        among = slice(*lines.first[number : number + 2].tolist())
        verdicts = _template_verdicts(struck[among], by_site[among], prepared.site)
        signals = replace(evidence, main=main[among].tolist())
        row, problems = _cleaned(number, prepared, signals, verdicts, book, config)
        if row is not None:
            rows[number] = row if problems else replace(row, key=keys[number])
        failures += problems
    for number, _, count in stretches([(number, number) for number in sorted(rows)]):
        pieces[number] = packs.part([rows[one] for one in range(number, number + count)])
    packs.write_divided(path, [pieces[number] for number in sorted(pieces)], failures)
    return path


def _keys(shard: CachedShard, first: Array, decided: Sequence[Array]) -> Iterator[bytes]:
    """For each document of a shard that could be read as text a key, 16 bytes, of all that its clean text follows from: what
    was read, and what is `decided` of its lines from those of other documents."""
    stored = shard.documents("row", "key")
    bounds = first.tolist()
    for i, row in enumerate(np.asarray(stored["row"]).tolist()):
        if row >= 0:
            parts = [column[bounds[row] : bounds[row + 1]].tobytes() for column in decided]
            yield hashlib.blake2b(b"".join((blob(stored, "key", i), *parts)), digest_size=16).digest()


def _template_verdicts(struck: Array, by_site: Array, site: str) -> dict[int, Verdict]:
    """For the lines of a document that are templates why. The evidence has the template's key for the number of groups, until
    `finish` counts them: they change with every new page, and the clean text does not."""
    found = np.flatnonzero(struck)
    keys, own = struck[found].tolist(), by_site[found].tolist()
    return {
        line: Verdict("template", Evidence(groups=key, of=0, site=site if is_own else None))
        for line, key, is_own in zip(found.tolist(), keys, own, strict=True)
    }


def _cleaned(
    number: int,
    prepared: Prepared,
    evidence: Signals,
    verdicts: Mapping[int, Verdict],
    book: RuleBook,
    config: Config,
) -> tuple[packs.Row | None, list[Failure]]:
    """A document as a pack holds it, whole where cleaning it costs too much; and what went wrong."""

    def clean() -> tuple[packs.Row | None, list[Failure]]:
        if prepared.whole:
            return packs.row(cleaning.keep_whole(prepared, config), number), []
        if config.cleaning:
            cleaned = cleaning.clean(prepared, evidence, verdicts, book, config.of(file_of(prepared.source)))
        else:
            cleaned = cleaning.keep_blocks(prepared, config)
        return packs.row(cleaned, number), list(_without_text(prepared, cleaned.record.text))

    def keep_whole(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        message = f"{problem.message}; all of its text is kept, uncleaned and not compared with others"
        failure = Failure(prepared.source, CLEAN, problem.reason, message)
        return packs.row(cleaning.keep_whole(prepared, config), number), [failure]

    def refuse(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        message = f"{problem.message}; it has no record"
        return None, [Failure(prepared.source, CLEAN, problem.reason, message)]

    def second(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        return bounds.attempt(WHOLE, number, lambda: keep_whole(problem), refuse)

    return bounds.attempt(CLEAN, number, clean, second)


def _without_text(prepared: Prepared, text: str) -> Iterator[Failure]:
    """Why a record holds no text, if it holds none."""
    if text:
        return
    if prepared.blocks:
        yield Failure(prepared.source, CLEAN, "nothing-kept", "none of its text was taken for the main text")
    elif prepared.media_type == HTML:
        yield Failure(prepared.source, CLEAN, "empty", "the page shows no text, at least not without running scripts")
    else:
        yield Failure(prepared.source, CLEAN, "empty", "there is no text in it")


def first_texts(task: Judged) -> dict[int, tuple[str, str]]:
    """By key of a template: the site, and the folded line as it first stands in the shard; but for lines that say when, by whom
    or where a text was published, since a rule would take them before the fields do."""
    found = read_templates(task.templates)
    texts: dict[int, tuple[str, str]] = {}
    lines = task.shard.line_columns()
    for number, prepared, _ in documents(task.shard, rule_book(task.config.rules)):
        forms = lines.form[slice(*lines.first[number : number + 2].tolist())]
        for scope in dict.fromkeys((prepared.site, templates.CORPUS)):
            keys = templates.line_keys(scope, forms)
            for line in np.flatnonzero(found.find(keys) >= 0).tolist():
                text = prepared.blocks.texts[line]
                if meta_line(text) is None:
                    texts.setdefault(int(keys[line]), (scope, form(fold(text))))
    return texts


def write_templates(path: Path, found: Templates) -> None:
    """Store templates for `read_templates`, as they are: every task reads them, and looks few of them up."""
    table.write(path, asdict(found))


def read_templates(path: Path) -> Templates:
    """The templates stored at `path`."""
    stored = table.read(path)
    return Templates(*(np.asarray(stored[name]) for name in Templates.__struct_fields__))


class Finished(Struct, frozen=True):
    """The records of one shard, ready to be written."""

    path: Path
    """Table, a row for each document: `documents` and `removed`, lines of JSON, as OUT has them. They are not compressed, since
    they lie here no longer than it takes to write them there."""
    failures: tuple[Failure, ...]
    """Of its documents, and of documents that should be in it"""


class Numbered(Struct, frozen=True):
    """A pack of clean documents."""

    number: int
    """Of the pack among those that were compared"""
    path: Path
    documents: Array
    """int64: the numbers of its documents in the order in which they are written"""


class Finishing:
    """Makes the records of a pack, with what its documents share with others and the counts of templates."""

    def __init__(self, shared: Shared, found: Path, config: Config, task: Numbered) -> None:
        """`found`: table of the `Templates` of the corpus."""
        self.pack = packs.Pack.open(task.path)
        self._places = self.pack.edits()
        self._numbers = task.documents
        self._counts = read_templates(found)
        self._memberships: dict[str, dict[str, Membership]] = {}
        for name, membership in shared.memberships(task.number).items():
            self._memberships.setdefault(document_of(name), {})[name] = membership
        self._duplicate_of = shared.duplicate_of(task.number)
        may_strike = shared.has_older or "strike" in (config.copy_action, config.revision_action)
        self._copies = shared.copies(task.number) if may_strike else {}
        self._shared = shared
        self._config = config

    def record(self, i: int) -> tuple[DocumentRecord, bytes, bool]:
        """The record of a document, the lines of its edits, and whether these are others than the pack has."""
        number = int(self._numbers[i])
        record = self.pack.record(i).replace(number=number)
        lines = self.pack.lines_of(i, self._places, number, self._counts)
        memberships = self._memberships.get(record.id, {})
        unwanted = _unwanted(record, memberships, self._copies, self._shared, self._config)
        if unwanted:
            document = cleaning.without(Document.of(record, jsonlines.decode_lines(lines, EditRecord)), unwanted)
            record, lines = document.record, jsonlines.lines(document.ledger())
        return with_shared(record, memberships, self._duplicate_of.get(record.id)), lines, bool(unwanted)


def finish(shared: Shared, found: Path, config: Config, folder: Path, task: Numbered) -> tuple[Finished, Tally]:
    """Make the records of a pack; they go into `folder`. `found`: table of the `Templates` of the corpus. Also what the report
    needs of them."""
    finishing = Finishing(shared, found, config, task)
    pack = finishing.pack
    rows: list[tuple[bytes, bytes]] = []
    tally = Tally()
    failures = pack.failures()

    def make(i: int) -> None:
        record, lines, is_changed = finishing.record(i)
        place = Place(task.number, i)
        if is_changed:
            tally.add(record, jsonlines.decode_lines(lines, EditRecord), place)
        else:
            tally.add_summed(record, pack.summed(i), partial(_edit, lines), place)
        rows.append((jsonlines.lines([record]), lines))

    def refuse(i: int, problem: Problem) -> None:
        source = pack.blob("source", i).decode("utf-8", "replace")
        failures.append(Failure(source, FINISH, problem.reason, f"{problem.message}; it has no record"))
        rows.append((b"", b""))

    for i in range(len(pack)):
        bounds.attempt(FINISH, i, partial(make, i), partial(refuse, i))
    finished = folder / f"{task.number:06}.records"
    table.write(finished, {"documents": Blobs.of([d for d, _ in rows]), "removed": Blobs.of([r for _, r in rows])})
    return Finished(finished, tuple(failures)), tally


def _edit(lines: bytes, number: int) -> EditRecord:
    """One of a document's edits, by its number."""
    return jsonlines.decode(lines.split(b"\n", number + 1)[number], EditRecord)


def _unwanted(
    record: DocumentRecord,
    memberships: Mapping[str, Membership],
    copies: Mapping[str, Copy],
    shared: Shared,
    config: Config,
) -> dict[str, Verdict]:
    """The ids of the blocks that are not wanted twice, with the reason: by the configuration, or because the run that this one is
    held against has them. Each of them says nothing, word by word, that the one that is kept does not say."""
    actions = {"copy": config.copy_action, "revision": config.revision_action}
    verdicts: dict[str, Verdict] = {}
    for paragraph in record.blocks if copies else ():
        name = record.paragraph_id(paragraph)
        copy = copies.get(name)
        if copy is None:
            continue
        is_old = copy.is_older and copy.relation == "copy"
        if is_old or actions.get(copy.relation) == "strike":
            cluster_id, _, _ = memberships[name]
            evidence = Evidence(paragraph_id=name, cluster_id=cluster_id, kept=shared.receipt(copy))
            verdicts[paragraph.id] = Verdict(copy.relation, evidence)
    return verdicts
