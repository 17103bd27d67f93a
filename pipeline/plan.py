"""The plan of a run, top to bottom: every step a pure function, put together here and nowhere else.

inputs -> read -> prepare -> clean                 one document at a time, on any engine
       -> near-duplicates -> passages              all documents together
       -> records
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline import cleaning
from pipeline.boilerplate import rules
from pipeline.boilerplate.decide import Verdict
from pipeline.compare import Shared
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.model import Document, Failure
from pipeline.sources import files


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input file."""

    source: str
    sha256: str | None
    bytes: int
    status: str
    """`ok`, `partial` or `failed`."""
    documents: tuple[Document, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """Some inputs that one worker cleans together."""

    entries: tuple[files.Entry, ...]
    config: Config


def clean_shard(shard: Shard) -> list[Outcome]:
    """Read, prepare and clean the inputs of a shard. Never raises for an input: a bad one becomes a failure."""
    book = rule_book(shard.config.rules)
    return [_clean_entry(entry, book, shard.config) for entry in shard.entries]


@cache
def rule_book(texts: tuple[str, ...]) -> rules.RuleBook:
    """The built-in rules together with those of the given rule files."""
    if not texts:
        return rules.builtin()
    added = (rule for number, text in enumerate(texts, 1) for rule in rules.parse(text, f"rule file {number}"))
    return rules.RuleBook((*rules.builtin_rules(), *added))


def _clean_entry(entry: files.Entry, book: rules.RuleBook, config: Config) -> Outcome:
    failures: list[Failure] = []
    documents: list[Document] = []
    sha256, size = None, entry.size
    stage = "read"
    try:
        found = files.read(entry)
        sha256, size = found.sha256, found.bytes
        if found.problem is not None:
            failures.append(Failure(entry.source, stage, found.problem.reason, str(found.problem)))
        stage = "decode"
        prepared, problems = cleaning.prepare(found.document)
        failures += problems
        documents.append(cleaning.clean(prepared, book, config))
    except InputError as error:
        failures.append(Failure(entry.source, stage, error.reason, str(error)))
    status = "failed" if not documents else "partial" if failures else "ok"
    return Outcome(entry.source, sha256, size, status, tuple(documents), tuple(failures))


def without_copies(document: Document, shared: Shared, config: Config) -> Document:
    """`document` without the paragraphs that the configuration does not want twice in a corpus."""
    unwanted = {
        kind
        for kind, action in (("copy", config.copy_action), ("revision", config.revision_action))
        if action == "strike"
    }
    verdicts: dict[str, Verdict] = {}
    for paragraph in document.paragraphs:
        cluster_id, canonical, relation = shared.memberships.get(paragraph.id, (None, True, None))
        if not canonical and relation in unwanted:
            verdicts[paragraph.id] = Verdict(str(relation), {"paragraph_id": paragraph.id, "cluster_id": cluster_id})
    return cleaning.without(document, verdicts) if verdicts else document
