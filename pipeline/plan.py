"""The plan of a run, top to bottom: every step a pure function, put together here and nowhere else.

inputs -> read -> prepare -> clean                 one document at a time, on any engine
       -> near-duplicates -> passages              all documents together
       -> records
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import islice

from pipeline import cleaning
from pipeline.boilerplate import rules
from pipeline.boilerplate.decide import Verdict
from pipeline.compare import Shared
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.evidence import gather
from pipeline.model import Document, Failure, RawDocument
from pipeline.preparing import Prepared, prepare
from pipeline.sources import reading
from pipeline.sources.interface import ReadOptions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input file, or of a part of it."""

    source: str
    sha256: str | None
    bytes: int
    documents: tuple[Document, ...]
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

    parts: tuple[reading.Part, ...]
    config: Config


def clean_shard(shard: Shard) -> list[Outcome]:
    """Read, prepare and clean the inputs of a shard. Never raises for an input: a bad one becomes a failure."""
    book = rule_book(shard.config.rules)
    options = reading.read_options(shard.config.input_format, shard.config.fields)
    read = [_read(part, options) for part in shard.parts]
    prepared = [one for item in read for one in item.prepared]
    evidence = gather(prepared, book)
    documents = iter([cleaning.clean(*one, book, shard.config) for one in zip(prepared, evidence, strict=True)])
    return [
        Outcome(item.source, item.sha256, item.bytes, tuple(islice(documents, len(item.prepared))), item.failures)
        for item in read
    ]


@dataclass(frozen=True, slots=True)
class _Read:
    """One input file, read and prepared."""

    source: str
    sha256: str | None
    bytes: int
    prepared: tuple[Prepared, ...]
    failures: tuple[Failure, ...]


@cache
def rule_book(texts: tuple[str, ...]) -> rules.RuleBook:
    """The built-in rules together with those of the given rule files."""
    if not texts:
        return rules.builtin()
    added = (rule for number, text in enumerate(texts, 1) for rule in rules.parse(text, f"rule file {number}"))
    return rules.RuleBook((*rules.builtin_rules(), *added))


def _read(part: reading.Part, options: ReadOptions) -> _Read:
    failures: list[Failure] = []
    prepared: list[Prepared] = []
    facts = reading.Facts(None, 0, {})
    for item in reading.read(part, options):
        match item:
            case RawDocument():
                try:
                    document, problems = prepare(item)
                except InputError as error:
                    failures.append(Failure(item.source, "decode", error.reason, str(error)))
                else:
                    prepared.append(document)
                    failures += problems
            case Failure():
                failures.append(item)
            case reading.Facts():
                facts = item
    return _Read(part.entry.source, facts.sha256, facts.bytes, tuple(prepared), tuple(failures))


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
