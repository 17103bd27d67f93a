"""What a worker does: each stage is a pure function of a task and of the files that earlier stages left in a folder.

first_pass      a shard's inputs -> its prepared documents, a pack of what rules and model make of them
strike_templates    the same documents again, where they have lines that turned out to be templates
strike_copies       their packs without paragraphs that others have
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import orjson

from pipeline import cleaning, packs
from pipeline.boilerplate import rules, templates
from pipeline.boilerplate.decide import Verdict
from pipeline.boilerplate.templates import Templates
from pipeline.compare import Shared
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.evidence import Judgement, gather, judge
from pipeline.model import Document, Failure, RawDocument
from pipeline.preparing import Prepared, dump, load, prepare
from pipeline.sinks import records, report
from pipeline.sinks.records import Membership, Record
from pipeline.sources import reading
from pipeline.sources.interface import ReadOptions
from pipeline.store import table
from pipeline.store.table import Array, Blobs, Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input file, or of a part of it."""

    source: str
    sha256: str | None
    bytes: int
    documents: int
    failures: tuple[Failure, ...]

    @property
    def status(self) -> str:
        """`ok`, `partial` or `failed`."""
        if not self.failures:
            return "ok"
        return "partial" if self.documents else "failed"

    def __add__(self, other: Outcome) -> Outcome:
        """What became of two parts of one file."""
        return Outcome(
            self.source,
            other.sha256 or self.sha256,
            self.bytes + other.bytes,
            self.documents + other.documents,
            self.failures + other.failures,
        )


@dataclass(frozen=True, slots=True)
class Shard:
    """Some inputs that one worker cleans together."""

    number: int
    parts: tuple[reading.Part, ...]
    folder: Path
    """Where its files go."""
    config: Config

    @property
    def pack(self) -> Path:
        """Its cleaned documents."""
        return self.folder / f"{self.number:06}.pack"

    @property
    def prepared(self) -> Path:
        """Its documents as they were before anything was decided."""
        return self.folder / f"{self.number:06}.prepared"

    @property
    def lines(self) -> Path:
        """Where its lines stand, for the search for templates."""
        return self.folder / f"{self.number:06}.lines"


def first_pass(shard: Shard) -> list[Outcome]:
    """Read, prepare, judge and clean the inputs of a shard. Never raises for an input: a bad one becomes a failure."""
    book = rule_book(shard.config.rules)
    options = reading.read_options(shard.config.input_format, shard.config.fields)
    documents: list[Prepared] = []
    outcomes: list[Outcome] = []
    for part in shard.parts:
        found, outcome = _read(part, options)
        documents += found
        outcomes.append(outcome)
    judged = judge(documents, book, shard.config.favor)
    cleaned: list[Document] = []
    stored: list[tuple[bytes, bytes, bytes]] = []
    lines: list[Table] = []
    for number, (prepared, judgement) in enumerate(zip(documents, judged, strict=True)):
        evidence = gather(prepared, judgement, book)
        document, kept = cleaning.clean(prepared, evidence, book, shard.config)
        cleaned.append(document)
        lines.append(_lines(number, prepared.site, evidence.folded, kept))
        stored.append((prepared.source.encode(), dump(prepared), orjson.dumps([judgement.scores, judgement.main])))
    packs.write(shard.pack, cleaned)
    table.write(shard.lines, table.concatenate(lines))
    columns = zip(*stored, strict=True) if stored else ((), (), ())
    names = ("source", "prepared", "judgement")
    table.write(shard.prepared, {name: Blobs.of(column) for name, column in zip(names, columns, strict=True)})
    return outcomes


def _read(part: reading.Part, options: ReadOptions) -> tuple[list[Prepared], Outcome]:
    failures: list[Failure] = []
    documents: list[Prepared] = []
    facts = reading.Facts(None, 0, {})
    for item in reading.read(part, options):
        match item:
            case RawDocument():
                try:
                    document, problems = prepare(item)
                except InputError as error:
                    failures.append(Failure(item.source, "decode", error.reason, str(error)))
                else:
                    documents.append(document)
                    failures += problems
            case Failure():
                failures.append(item)
            case reading.Facts():
                facts = item
    return documents, Outcome(part.entry.source, facts.sha256, facts.bytes, len(documents), tuple(failures))


@cache
def rule_book(texts: tuple[str, ...]) -> rules.RuleBook:
    """The built-in rules together with those of the given rule files."""
    if not texts:
        return rules.builtin()
    added = (rule for number, text in enumerate(texts, 1) for rule in rules.parse(text, f"rule file {number}"))
    return rules.RuleBook((*rules.builtin_rules(), *added))


def _lines(number: int, site: str, folded: Sequence[str], kept: Sequence[bool]) -> Table:
    """Where a document's lines stand: a row for each, in its site and in the corpus as a whole."""
    place = templates.places(kept)
    scopes = dict.fromkeys((site, templates.CORPUS))
    count = len(place) * len(scopes)
    return {
        "key": np.concatenate([templates.line_keys(scope, folded) for scope in scopes]),
        "site": np.repeat(np.array([templates.site_key(scope) for scope in scopes], dtype=np.uint64), len(place)),
        "document": np.full(count, number, dtype=np.int64),
        "place": np.tile(place, len(scopes)),
    }


@dataclass(frozen=True, slots=True)
class Again:
    """A shard to be cleaned again, now that the templates are known."""

    shard: Shard
    templates: Path
    """Table of `Templates`."""


def strike_templates(task: Again) -> int:
    """Clean the documents that have templates again, and write the shard's pack anew; how many there were."""
    shard, config = task.shard, task.shard.config
    found = read_templates(task.templates)
    rows = table.read(shard.lines)
    if not table.rows(rows):
        return 0
    documents, place = np.asarray(rows["document"]), np.asarray(rows["place"])
    concerned = np.unique(documents[found.find(np.asarray(rows["key"])) >= 0]).tolist()
    book = rule_book(config.rules)
    stored = table.read(shard.prepared)
    changed: dict[int, Document] = {}
    for number in concerned:
        source, prepared_json, judgement_json = (stored[name][number] for name in ("source", "prepared", "judgement"))
        prepared = load(source.decode(), prepared_json)
        judgement = Judgement(*orjson.loads(judgement_json))
        folded = [rules.fold(line.text) for line in prepared.lines]
        verdicts = template_verdicts(prepared.site, folded, place[documents == number], found)
        evidence = gather(prepared, judgement, book, verdicts)
        changed[number] = cleaning.clean(prepared, evidence, book, config)[0]
    if changed:
        packs.rewrite(shard.pack, changed)
    return len(changed)


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
    stored = table.read(task.shard.prepared)
    for number in range(table.rows(stored)):
        prepared = load(stored["source"][number].decode(), stored["prepared"][number])
        folded = [rules.fold(line.text) for line in prepared.lines]
        for scope in dict.fromkeys((prepared.site, templates.CORPUS)):
            keys = templates.line_keys(scope, folded)
            for i in np.flatnonzero(found.find(keys) >= 0).tolist():
                texts.setdefault(int(keys[i]), (scope, folded[i]))
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


def finish(shared: Shared, config: Config, task: tuple[int, Path]) -> Finished:
    """Make the records of the pack `task[1]`, number `task[0]` of those that were compared."""
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
    finished = path.with_suffix(".records")
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
