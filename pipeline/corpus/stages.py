"""What a worker does once the lines of a shard are judged (`shards.py`): pure functions of a task, and of the files that
earlier stages left.

    clean_shard    judged lines, and the templates of the corpus -> a pack of clean documents
    finish         a pack, and what its documents share with others -> records, ready to be written
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np

from pipeline import bounds, jsonlines
from pipeline import document as cleaning
from pipeline.bounds import Problem
from pipeline.config import Config
from pipeline.corpus import packs, table
from pipeline.corpus.cache import Kept, documents
from pipeline.corpus.table import Blobs, Table
from pipeline.judge import templates
from pipeline.judge.decide import Verdict
from pipeline.judge.rules import book as rules
from pipeline.judge.rules.files import rule_book
from pipeline.judge.signals import Signals
from pipeline.judge.templates import Templates
from pipeline.match.shared import Copy, Shared
from pipeline.model import Evidence, Failure
from pipeline.prepare import HTML, Prepared
from pipeline.records import Document, DocumentRecord, Membership, with_shared
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Place

CLEAN, WHOLE, FINISH = "clean", "whole", "finish"
"""What a worker does with a document here, as it is said to `bounds`"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A shard whose lines are judged, and the templates of the corpus."""

    kept: Kept
    templates: Path
    """Table of `Templates`."""
    config: Config


def clean_shard(task: Judged) -> Path:
    """Clean the documents of a shard; their pack."""
    kept, config = task.kept, task.config
    found = read_templates(task.templates)
    digest = hashlib.blake2b(digest_size=8)
    judged: list[tuple[Prepared, Signals, list[Verdict | None]]] = []
    book = rule_book(config.rules)
    for prepared, evidence, rows in documents(kept, book):
        verdicts = template_verdicts(prepared, rows, found)
        main = main_text(prepared, evidence.main, rows, found)
        digest.update(jsonlines.encode([verdict.evidence if verdict else None for verdict in verdicts]))
        digest.update(np.array(main, dtype=bool).tobytes())
        judged.append((prepared, replace(evidence, main=main), verdicts))
    path = kept.stem.with_name(f"{kept.stem.name}-{digest.hexdigest()}.pack")
    if not packs.is_intact(path):
        cleaned: list[packs.Row] = []
        failures: list[Failure] = []
        for number, one in enumerate(judged):
            row, problems = _cleaned(number, *one, book, config)
            cleaned += [row] if row else []
            failures += problems
        packs.write(path, cleaned, failures)
    return path


def _cleaned(
    number: int,
    prepared: Prepared,
    evidence: Signals,
    verdicts: Sequence[Verdict | None],
    book: rules.RuleBook,
    config: Config,
) -> tuple[packs.Row | None, list[Failure]]:
    """A document as a pack holds it, whole where cleaning it costs too much; and what went wrong."""

    def clean() -> tuple[packs.Row | None, list[Failure]]:
        if prepared.whole:
            return packs.row(cleaning.keep_whole(prepared, config)), []
        if config.cleaning:
            document = cleaning.clean(prepared, evidence, verdicts, book, config)
        else:
            document = cleaning.keep_blocks(prepared, config)
        return packs.row(document), list(_without_text(prepared, document))

    def keep_whole(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        message = f"{problem.message}; all of its text is kept, uncleaned and not compared with others"
        failure = Failure(prepared.source, CLEAN, problem.reason, message)
        return packs.row(cleaning.keep_whole(prepared, config)), [failure]

    def refuse(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        message = f"{problem.message}; it has no record"
        return None, [Failure(prepared.source, CLEAN, problem.reason, message)]

    def second(problem: Problem) -> tuple[packs.Row | None, list[Failure]]:
        return bounds.attempt(WHOLE, number, lambda: keep_whole(problem), refuse)

    return bounds.attempt(CLEAN, number, clean, second)


def _without_text(prepared: Prepared, document: Document) -> Iterator[Failure]:
    """Why a record holds no text, if it holds none."""
    if document.text:
        return
    if prepared.blocks:
        yield Failure(prepared.source, CLEAN, "nothing-kept", "none of its text was taken for the main text")
    elif prepared.media_type == HTML:
        yield Failure(prepared.source, CLEAN, "empty", "the page shows no text, at least not without running scripts")
    else:
        yield Failure(prepared.source, CLEAN, "empty", "there is no text in it")


def template_verdicts(prepared: Prepared, rows: Table, found: Templates) -> list[Verdict | None]:
    """For each line of a document why it is a template, None where it is not; `rows` are its rows of `Kept.lines`.

    A short line inside the text is no template there, though it be one elsewhere: many a heading is also an item of a
    menu. And where all of a text would go, it is none: records that differ by a name or a number are no furniture.
    """
    verdicts: list[Verdict | None] = [None] * len(prepared.blocks)
    if not len(found) or not len(prepared.blocks):
        return verdicts
    forms, place = np.asarray(rows["form"]), np.asarray(rows["place"])
    size = np.array([len(text) for text in prepared.blocks.texts])
    may_be = (place != templates.INSIDE) | (size >= templates.HEADING_CHARS)
    # What the site says goes before what the corpus says.
    for scope in dict.fromkeys((templates.CORPUS, prepared.site)):
        numbers = found.find(templates.line_keys(scope, forms))
        for i in np.flatnonzero((numbers >= 0) & may_be).tolist():
            number = numbers[i]
            groups, of = int(found.groups[number]), int(found.of[number])
            evidence = Evidence(groups=groups, of=of, site=scope or None)
            verdicts[i] = Verdict("template", evidence)
    text = np.flatnonzero(place != templates.OUTSIDE).tolist()
    if all(verdicts[i] is not None for i in text):
        for i in text:
            verdicts[i] = None
    return verdicts


def main_text(prepared: Prepared, main: Sequence[bool], rows: Table, found: Templates) -> list[bool]:
    """Return which lines of a document are its main text: those that the model takes for it, and those that are text in most
    of the many documents that have them. `rows` are the document's rows of `Kept.lines`."""
    if not any(main) or not len(found.text):
        return list(main)
    shared = np.isin(np.asarray(rows["form"]), found.text)
    shared &= np.array([len(text) >= templates.HEADING_CHARS for text in prepared.blocks.texts])
    return (shared | np.array(main, dtype=bool)).tolist()


def first_texts(task: Judged) -> dict[int, tuple[str, str]]:
    """By key of a template: the site, and the folded line as it first stands in the shard."""
    found = read_templates(task.templates)
    texts: dict[int, tuple[str, str]] = {}
    for prepared, _, rows in documents(task.kept, rule_book(task.config.rules)):
        for scope in dict.fromkeys((prepared.site, templates.CORPUS)):
            keys = templates.line_keys(scope, np.asarray(rows.get("form", np.zeros(0, np.uint64))))
            for line in np.flatnonzero(found.find(keys) >= 0).tolist():
                texts.setdefault(int(keys[line]), (scope, rules.form(rules.fold(prepared.blocks.texts[line]))))
    return texts


def write_templates(path: Path, found: Templates) -> None:
    """Store templates for `read_templates`."""
    table.write(path, {column.name: getattr(found, column.name) for column in fields(Templates)})


def read_templates(path: Path) -> Templates:
    """The templates stored at `path`."""
    stored = table.read(path)
    return Templates(*(np.asarray(stored[column.name]) for column in fields(Templates)))


@dataclass(frozen=True, slots=True)
class Finished:
    """The records of one shard, ready to be written."""

    path: Path
    """Table, a row for each document: `documents` and `removed`, lines of JSON, compressed."""
    tally: Tally
    failures: tuple[Failure, ...]
    """Of its documents, and of documents that should be in it"""


def finish(shared: Shared, config: Config, folder: Path, task: tuple[int, Path]) -> Finished:
    """Make the records of the pack `task[1]`, number `task[0]` of those that were compared; they go into `folder`."""
    number, path = task
    pack = packs.Pack.open(path)
    memberships, duplicate_of = shared.memberships(number), shared.duplicate_of(number)
    copies = shared.copies(number)
    rows: list[tuple[bytes, bytes]] = []
    tally = Tally()
    failures = pack.failures()

    def make(i: int) -> None:
        record, edits = pack.record(i), pack.ledger(i)
        lines = pack.blob("ledger", i)
        unwanted = _unwanted(record, memberships, copies, shared, config)
        if unwanted:
            document = cleaning.without(Document.of(record, edits), unwanted)
            record, edits = document.record, list(document.ledger())
            lines = jsonlines.lines(edits)
        record = with_shared(record, memberships, duplicate_of.get(record.id))
        row = table.compress(jsonlines.lines([record])), table.compress(lines)
        tally.add(record, edits, Place(number, i))
        rows.append(row)

    def refuse(i: int, problem: Problem) -> None:
        source = pack.blob("source", i).decode("utf-8", "replace")
        failures.append(Failure(source, FINISH, problem.reason, f"{problem.message}; it has no record"))
        rows.append((table.compress(b""), table.compress(b"")))

    for i in range(len(pack)):
        bounds.attempt(FINISH, i, partial(make, i), partial(refuse, i))
    finished = folder / f"{number:06}.records"
    table.write(finished, {"documents": Blobs.of([d for d, _ in rows]), "removed": Blobs.of([r for _, r in rows])})
    return Finished(finished, tally, tuple(failures))


def _unwanted(
    record: DocumentRecord,
    memberships: Mapping[str, Membership],
    copies: Mapping[str, Copy],
    shared: Shared,
    config: Config,
) -> dict[str, Verdict]:
    """The paragraphs that are not wanted twice, with the reason: by the configuration, or because the run that this one is
    held against has them. Each of them says nothing, word by word, that the one that is kept does not say."""
    actions = {"copy": config.copy_action, "revision": config.revision_action}
    verdicts: dict[str, Verdict] = {}
    for paragraph in record.blocks if copies else ():
        copy = copies.get(paragraph.id)
        if copy is None:
            continue
        is_old = copy.is_older and copy.relation == "copy"
        if is_old or actions.get(copy.relation) == "strike":
            cluster_id, _, _ = memberships[paragraph.id]
            evidence = Evidence(paragraph_id=paragraph.id, cluster_id=cluster_id, kept=shared.receipt(copy))
            verdicts[paragraph.id] = Verdict(copy.relation, evidence)
    return verdicts
