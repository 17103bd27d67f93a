"""What a worker does once the lines of a shard are judged (`shards.py`): pure functions of a task, and of the files that
earlier stages left.

    clean_shard    judged lines, and the templates of the corpus -> a pack of clean documents
    finish         a pack, and what its documents share with others -> records, ready to be written
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline import document as cleaning
from pipeline import jsonlines
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
from pipeline.model import Evidence
from pipeline.prepare import Prepared
from pipeline.records import Document, DocumentRecord, Membership, with_shared
from pipeline.write import report


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
    cleaned: list[tuple[Prepared, Signals, list[Verdict | None]]] = []
    book = rule_book(config.rules)
    for prepared, evidence, rows in documents(kept, book):
        verdicts = template_verdicts(prepared, rows, found)
        digest.update(jsonlines.encode([verdict.evidence if verdict else None for verdict in verdicts]))
        cleaned.append((prepared, evidence, verdicts))
    path = kept.stem.with_name(f"{kept.stem.name}-{digest.hexdigest()}.pack")
    if not packs.exists(path):
        packs.write(path, [cleaning.clean(*one, book, config) for one in cleaned])
    return path


def template_verdicts(prepared: Prepared, rows: Table, found: Templates) -> list[Verdict | None]:
    """For each line of a document why it is a template, None where it is not; `rows` are its rows of `Kept.lines`.

    A short line inside the text is no template there, though it be one elsewhere: many a heading is also an item of a
    menu.
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
    return verdicts


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
    table.write(path, {"key": found.key, "groups": found.groups, "of": found.of})


def read_templates(path: Path) -> Templates:
    """The templates stored at `path`."""
    stored = table.read(path)
    return Templates(*(np.asarray(stored[name]) for name in ("key", "groups", "of")))


@dataclass(frozen=True, slots=True)
class Finished:
    """The records of one shard, ready to be written."""

    path: Path
    """Table, a row for each document: `documents` and `removed`, lines of JSON."""
    tally: report.Tally


def finish(shared: Shared, config: Config, folder: Path, task: tuple[int, Path]) -> Finished:
    """Make the records of the pack `task[1]`, number `task[0]` of those that were compared; they go into `folder`."""
    number, path = task
    pack = packs.Pack.open(path)
    memberships, duplicate_of = shared.memberships(number), shared.duplicate_of(number)
    copies = shared.copies(number)
    rows: list[tuple[bytes, bytes]] = []
    tally = report.Tally()
    for i in range(len(pack)):
        record, edits = pack.record(i), pack.ledger(i)
        lines = pack.blob("ledger", i)
        unwanted = _unwanted(record, memberships, copies, shared, config)
        if unwanted:
            document = cleaning.without(Document.of(record, edits), unwanted)
            record, edits = document.record, list(document.ledger())
            lines = jsonlines.lines(edits)
        record = with_shared(record, memberships, duplicate_of.get(record.id))
        tally.add(record, edits)
        rows.append((jsonlines.lines([record]), lines))
    finished = folder / f"{number:06}.records"
    table.write(finished, {"documents": Blobs.of([d for d, _ in rows]), "removed": Blobs.of([r for _, r in rows])})
    return Finished(finished, tally)


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
