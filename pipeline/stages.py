"""What a worker does: each stage is a pure function of a task and of the files that earlier stages left in a folder.

first_pass      a shard's inputs -> its prepared documents, a pack of what rules and model make of them
strike_templates    the same documents again, where they have lines that turned out to be templates
strike_copies       their packs without paragraphs that others have
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from pipeline import cleaning, packs
from pipeline.boilerplate import rules, templates
from pipeline.boilerplate.decide import Verdict
from pipeline.boilerplate.templates import Templates
from pipeline.compare import Shared
from pipeline.config import Config
from pipeline.evidence import Judgement, gather
from pipeline.model import Document
from pipeline.preparing import load
from pipeline.shards import Kept, blob, rule_book
from pipeline.sinks import records, report
from pipeline.sinks.records import Membership, Record
from pipeline.store import table
from pipeline.store.table import Array, Blobs


@dataclass(frozen=True, slots=True)
class Again:
    """A shard to be cleaned again, now that the templates are known."""

    kept: Kept
    templates: Path
    """Table of `Templates`."""
    config: Config


def strike_templates(task: Again) -> tuple[Path, int]:
    """Clean the documents that have templates again; the pack with all documents, and how many had some."""
    kept, config = task.kept, task.config
    found = read_templates(task.templates)
    rows = table.read(kept.lines)
    if not table.rows(rows):
        return kept.pack, 0
    numbers = found.find(np.asarray(rows["key"]))
    documents, place = np.asarray(rows["document"]), np.asarray(rows["place"])
    concerned = np.unique(documents[numbers >= 0]).tolist()
    if not concerned:
        return kept.pack, 0
    used = np.unique(numbers[numbers >= 0])
    digest = hashlib.blake2b(b"".join(c[used].tobytes() for c in (found.key, found.groups, found.of)), digest_size=8)
    path = kept.stem.with_name(f"{kept.stem.name}-{digest.hexdigest()}.pack")
    if not packs.exists(path):
        book = rule_book(config.rules)
        stored = kept.documents()
        changed: dict[int, Document] = {}
        sources = {row: i for i, row in enumerate(np.asarray(stored["row"]).tolist())}
        for number in concerned:
            source = blob(stored, "source", sources[number]).decode("utf-8", "surrogatepass")
            prepared = load(source, blob(stored, "prepared", number))
            judgement = Judgement(*orjson.loads(blob(stored, "judgement", number)))
            folded = [rules.fold(line.text) for line in prepared.lines]
            verdicts = template_verdicts(prepared.site, folded, place[documents == number], found)
            evidence = gather(prepared, judgement, book, verdicts)
            changed[number] = cleaning.clean(prepared, evidence, book, config)[0]
        pack = packs.Pack.open(kept.pack)
        packs.write(path, [changed.get(i) or packs.Stored(pack, i) for i in range(len(pack))])
    return path, len(concerned)


def template_verdicts(site: str, folded: Sequence[str], place: Array, found: Templates) -> list[Verdict | None]:
    """For each line of a document of `site` why it is a template, None where it is not.

    `place`: where each line stands, as `templates.places` says. A short line inside the text is no template there, though
    it be one elsewhere: many a heading is also an item of a menu.
    """
    verdicts: list[Verdict | None] = [None] * len(folded)
    for scope in dict.fromkeys((templates.CORPUS, site)):  # what the site says goes before what the corpus says
        numbers = found.find(templates.line_keys(scope, folded)).tolist()
        for i, number in enumerate(numbers):
            is_heading = place[i] == templates.INSIDE and len(folded[i]) < templates.HEADING_CHARS
            if number >= 0 and not is_heading:
                evidence = {"groups": int(found.groups[number]), "of": int(found.of[number]), "site": scope or None}
                verdicts[i] = Verdict("template", evidence)
    return verdicts


def first_texts(task: Again) -> dict[int, tuple[str, str]]:
    """By key of a template: the site, and the folded line as it first stands in the shard."""
    found = read_templates(task.templates)
    texts: dict[int, tuple[str, str]] = {}
    stored = task.kept.documents()
    for i, number in enumerate(np.asarray(stored["row"]).tolist()):
        if number < 0:
            continue
        prepared = load(blob(stored, "source", i).decode("utf-8", "surrogatepass"), blob(stored, "prepared", number))
        folded = [rules.fold(line.text) for line in prepared.lines]
        for scope in dict.fromkeys((prepared.site, templates.CORPUS)):
            keys = templates.line_keys(scope, folded)
            for line in np.flatnonzero(found.find(keys) >= 0).tolist():
                texts.setdefault(int(keys[line]), (scope, folded[line]))
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
    rows: list[tuple[bytes, bytes]] = []
    tally = report.Tally()
    for i in range(len(pack)):
        record, edits = pack.record(i), pack.ledger(i)
        unwanted = _unwanted(record, memberships, config)
        if unwanted:
            document = cleaning.without(records.read_document(record, edits), unwanted)
            record, edits = records.document(document, {}, None), list(records.removed(document))
        record = records.with_shared(record, memberships, duplicate_of.get(record["id"]))
        tally.add(record, edits)
        rows.append((_line(record), b"".join(map(_line, edits))))
    finished = folder / f"{number:06}.records"
    table.write(finished, {"documents": Blobs.of([d for d, _ in rows]), "removed": Blobs.of([r for _, r in rows])})
    return Finished(finished, tally)


def _unwanted(record: Record, memberships: Mapping[str, Membership], config: Config) -> dict[str, Verdict]:
    """The paragraphs that the configuration does not want twice in a corpus, with the reason."""
    actions = (("copy", config.copy_action), ("revision", config.revision_action))
    unwanted = {kind for kind, action in actions if action == "strike"}
    verdicts: dict[str, Verdict] = {}
    for paragraph in record["paragraphs"] if unwanted else ():
        cluster_id, canonical, relation = memberships.get(paragraph["id"], (None, True, None))
        if not canonical and relation in unwanted:
            verdicts[paragraph["id"]] = Verdict(
                str(relation), {"paragraph_id": paragraph["id"], "cluster_id": cluster_id}
            )
    return verdicts


def _line(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
