"""What each command says with `--json`: a struct for the command, or for each line that it prints. `pipeline schema NAME`
publishes their schemas beside those of the records; a command that prints records (`failures`) has no struct of its own.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from pipeline.model import Block, Failure, Offset, Relation
from pipeline.records import Count, EditRecord, PairRecord, Share, StruckShare


class Answer(Struct, frozen=True, kw_only=True):
    """What all answers have in common: they do not change, and every field is filled."""


class CleanAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline clean`, `pipeline failures retry`: what a run came to."""

    out: str
    inputs: Count
    documents: Count
    chars_in: Count
    """Code points of the sources."""
    chars_out: Count
    """Code points of the clean texts."""
    edits: Count
    paragraphs: Count
    linked: Count
    """Paragraphs that have near-duplicates."""
    templates: Count
    clusters: Count
    pairs: Count
    passages: Count
    failures: Count
    sources_struck: Count
    """Sources of which more than half was struck as copies."""
    families: dict[str, int]
    """By family of rules, by how many code points they shortened the texts; less than 0: lengthened."""
    passed_over: dict[str, int]
    """Records and parts of inputs that were never meant to be documents, by why they are none."""
    struck: tuple[StruckShare, ...]


class SettingAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline clean --show-settings`: an option."""

    name: str
    value: Any
    """Null where it is not set."""
    origin: str
    """`default`, `--config`, `command line`, or a file."""


class SniffAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline sniff`, `pipeline clean --dry-run`: how a file would be read."""

    source: str
    bytes: Count
    format: str | None
    """Null where the file cannot be opened."""
    compression: str | None
    encoding: str | None
    media_type: str | None
    fields: dict[str, str]
    """What its first record says of its document."""
    extra: tuple[str, ...]
    """Names of the fields that are not read and stay as `extra`."""
    begins: str | None
    """The beginning of its first document."""
    problem: str | None


class DuplicateAnswer(Answer, frozen=True, kw_only=True):
    """A paragraph of an output folder that is like one of the file."""

    out: str
    source: str
    document_id: str
    paragraph_id: str | None
    source_start: Offset
    source_end: Offset
    text: str
    jaccard: Share
    containment_ab: Share
    """Share of the file's paragraph that stands in the other."""
    containment_ba: Share
    relation: Relation


class SharedAnswer(Answer, frozen=True, kw_only=True):
    """A passage that the file shares with a document of an output folder."""

    out: str
    source: str
    document_id: str
    paragraph_id: str | None
    source_start: Offset
    source_end: Offset
    start: Offset
    """Of the file's text."""
    end: Offset
    text: str
    source_text: str
    words: Count
    similarity: Share


class MatchAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline match`: a paragraph of the file that stands in an output folder, or in part."""

    line: Annotated[int, Meta(ge=1)]
    start: Offset
    end: Offset
    text: str
    duplicates: tuple[DuplicateAnswer, ...]
    passages: tuple[SharedAnswer, ...]


class IndexAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline index`: an output folder."""

    out: str
    documents: Count


class WhyAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline why`: a line of a source."""

    source: str
    line: Annotated[int, Meta(ge=1)]
    start: Offset
    """Of the decoded source."""
    end: Offset
    text: str
    kept: bool
    paragraph: Block | None
    """That holds what is kept of it."""
    paragraph_id: str | None
    """What clusters, pairs and `explain-dup` call it."""
    edits: tuple[EditRecord, ...]
    """Those that touch the line."""
    signals: tuple[str, ...]
    """What each witness said; empty unless one line was asked for, or where it was not kept."""


class VerifyAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline verify`."""

    out: str
    documents: Count
    chars: Count
    edits: Count
    unaccounted: Count
    """Characters of sources that are neither kept nor in the ledger."""
    problems: tuple[str, ...]


class StatsAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline stats`. Shares are from 0 to 1."""

    inputs: Count
    documents: Count
    chars_in: Count
    chars_out: Count
    edits: Count
    paragraphs: Count
    linked: Count
    templates: Count
    clusters: Count
    pairs: Count
    passages: Count
    failures: Count
    sources_struck: Count
    removed: float
    """Of the characters; less than 0 where texts became longer."""
    failed: Share
    """Of the inputs, those with a failure."""
    empty: Share
    """Of the documents, those without text."""
    copies: Share
    """Of the documents, those that are a near-copy of another."""
    quality: Share
    """The mean expected F1."""
    worst: Share
    """The lowest expected F1."""


class DiffAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline diff`: a document that differs."""

    source: str
    what: str
    """`added`, `gone`, `input` (the input has changed), `text` or `fields` (anything else)."""
    before: Count
    """Characters of the clean text."""
    after: Count
    rules: dict[str, int]
    """By rule, how many characters more it removes now; less than 0: fewer."""
    fields: tuple[str, ...]
    """What else differs, by name: of metadata, and `source_id`, `added`, `created`, `quality`, `captions`, `posts`, `extra`,
    `blocks`, which have another form in the same text, and `removed`, which names other rules for what both leave out."""
    kinds: dict[str, int]
    """By kind, how many blocks more the text has now; less than 0: fewer."""


class PieceAnswer(Answer, frozen=True, kw_only=True):
    """Words of two paragraphs."""

    side: str
    """`both`, `a` or `b`."""
    text: str


class ExplainDupAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline explain-dup`: two paragraphs side by side."""

    a: str
    b: str
    pieces: tuple[PieceAnswer, ...]
    jaccard: Share
    containment_ab: Share
    containment_ba: Share
    threshold: Share
    found: PairRecord | None
    """The pair in the output; null where the run did not link them."""


class RestoreAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline restore`."""

    source: str
    rules: tuple[str, ...]
    """Those that were undone; empty: all edits."""
    text: str


class WrittenAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline export`, `init`, `learn`, `report`: a file or folder that was written."""

    path: str
    records: Count | None
    """Documents, chunks, paragraphs or rules in it; null where it holds none."""


class RuleAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline rules list`, `pipeline rules show`: a rule."""

    id: str
    category: str
    verdict: str
    scope: str
    where: str
    why: str
    near: tuple[str, ...]
    sites: tuple[str, ...]
    phrases: dict[str, tuple[str, ...]]
    """By language."""
    patterns: dict[str, tuple[str, ...]]
    matches: tuple[str, ...]
    misses: tuple[str, ...]


class RulesTestAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline rules test`."""

    rules: Count
    problems: tuple[str, ...]


class StoreAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline store info`: what is kept for a version of the program and the options; `pipeline store gc`: what was removed."""

    name: str
    """Empty: all together."""
    files: Count
    bytes: Count


class DoctorAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline doctor`: one thing that was looked at."""

    what: str
    state: str
    ok: bool


class OptionAnswer(Answer, frozen=True, kw_only=True):
    """An option of a command."""

    names: tuple[str, ...]
    value: str | None
    """What it takes; null for a flag."""
    multiple: bool
    help: str


class HelpAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline help`: a command."""

    command: str
    usage: str
    help: str
    options: tuple[OptionAnswer, ...]


class CompletionAnswer(Answer, frozen=True, kw_only=True):
    """`pipeline completion`."""

    shell: str
    script: str


ANSWERS: dict[str, type] = {
    "clean": CleanAnswer,
    "completion": CompletionAnswer,
    "diff": DiffAnswer,
    "doctor": DoctorAnswer,
    "explain-dup": ExplainDupAnswer,
    "export": WrittenAnswer,
    "failures list": Failure,
    "failures retry": CleanAnswer,
    "help": HelpAnswer,
    "index": IndexAnswer,
    "init": WrittenAnswer,
    "learn": RuleAnswer,
    "match": MatchAnswer,
    "report": WrittenAnswer,
    "restore": RestoreAnswer,
    "rules list": RuleAnswer,
    "rules show": RuleAnswer,
    "rules test": RulesTestAnswer,
    "settings": SettingAnswer,
    "sniff": SniffAnswer,
    "stats": StatsAnswer,
    "store gc": StoreAnswer,
    "store info": StoreAnswer,
    "verify": VerifyAnswer,
    "why": WhyAnswer,
}
"""What a line of each command's `--json` is. `settings` is what `clean --show-settings` prints."""
