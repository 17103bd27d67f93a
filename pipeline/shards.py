"""Shards: some inputs that one worker cleans together, and what is kept of them between stages and between runs.

What a shard gives is kept under a digest of its inputs, names and bytes, in a folder for one version of the program and
the options. A later run that finds the same takes it as it is; one that finds other inputs takes over the documents that
have not changed. Files are written once and never changed, that of the documents last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import orjson

from pipeline import cleaning, packs
from pipeline.boilerplate import rules, templates
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.evidence import gather, judge
from pipeline.model import Document, Failure, RawDocument
from pipeline.preparing import Prepared, dump, prepare
from pipeline.sources import reading
from pipeline.store import table
from pipeline.store.table import Blobs, Table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input file, or of a part of it."""

    source: str
    sha256: str | None
    bytes: int
    documents: int
    failures: tuple[Failure, ...]
    skipped: Mapping[str, int]
    """Records that were never meant to be documents, counted by why they are none."""

    @property
    def status(self) -> str:
        """`ok`, `partial` or `failed`."""
        if not self.failures:
            return "ok"
        return "partial" if self.documents else "failed"

    def __add__(self, other: Outcome) -> Outcome:
        """What became of two parts of one file."""
        reasons = {**self.skipped, **other.skipped}
        return Outcome(
            self.source,
            other.sha256 or self.sha256,
            self.bytes + other.bytes,
            self.documents + other.documents,
            self.failures + other.failures,
            {reason: self.skipped.get(reason, 0) + other.skipped.get(reason, 0) for reason in reasons},
        )


@dataclass(frozen=True, slots=True)
class Shard:
    """Some inputs, in their order."""

    parts: tuple[reading.Part, ...]
    folder: Path
    """Where what it gives is kept."""
    config: Config
    run: str
    """The same for all shards of one run, and for no other run."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a shard gave: files whose names begin with the same path."""

    stem: Path
    outcomes: tuple[Outcome, ...]
    reused: int
    """How many documents were taken over from an earlier run."""

    @property
    def pack(self) -> Path:
        """The documents as rules and model leave them."""
        return _pack(self.stem)

    @property
    def lines(self) -> Path:
        """Table of where its lines stand, for the search for templates."""
        return _lines(self.stem)

    def documents(self) -> Table:
        """What was read and prepared. A row for each document read: `key`, `source`, `failures` (JSON): Blobs, and `row`,
        its number in the pack, -1 for one that cannot be read as text. A row for each in the pack: `prepared`, `judgement`."""
        return table.read(_documents(self.stem))


def _documents(stem: Path) -> Path:
    return stem.with_suffix(".documents")


def _pack(stem: Path) -> Path:
    return stem.with_suffix(".pack")


def _lines(stem: Path) -> Path:
    return stem.with_suffix(".lines")


@dataclass(frozen=True, slots=True)
class _Read:
    """A document as it was read."""

    raw: RawDocument
    key: bytes
    """Of its name, of its content and of what its container says."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A document on its way into the shard's files."""

    prepared: bytes
    judgement: bytes
    document: Document | packs.Stored
    lines: Table


def clean_shard(shard: Shard) -> Kept:
    """Read, prepare, judge and clean the inputs of a shard. Never raises for an input: a bad one becomes a failure."""
    read, outcomes = _read(shard)
    stem = shard.folder / hashlib.blake2b(b"".join(one.key for one in read), digest_size=16).hexdigest()
    reused = len(read)
    if not _documents(stem).exists():
        reused = _clean(read, stem, shard)
    kept = table.read(_documents(stem))
    failures, rows = kept.get("failures", ()), np.asarray(kept.get("row", ())).tolist()
    done = 0
    merged: list[Outcome] = []
    for outcome, count in outcomes:
        own = slice(done, done + count)
        found = tuple(Failure(**failure) for i in range(count) for failure in orjson.loads(failures[done + i]))
        is_text = sum(row >= 0 for row in rows[own])
        merged.append(replace(outcome, documents=is_text, failures=outcome.failures + found))
        done += count
    return Kept(stem, tuple(merged), reused)


def _read(shard: Shard) -> tuple[list[_Read], list[tuple[Outcome, int]]]:
    """The documents of the shard's parts; and of each part, how reading it went and how many documents it gave."""
    options = reading.read_options(shard.config.input_format, shard.config.fields)
    read: list[_Read] = []
    outcomes: list[tuple[Outcome, int]] = []
    for part in shard.parts:
        failures: list[Failure] = []
        facts = reading.Facts(None, 0, {})
        before = len(read)
        for item in reading.read(part, options):
            match item:
                case RawDocument():
                    read.append(_Read(item, _key(item)))
                case Failure():
                    failures.append(item)
                case reading.Facts():
                    facts = item
        outcome = Outcome(part.entry.source, facts.sha256, facts.bytes, 0, tuple(failures), dict(facts.skipped))
        outcomes.append((outcome, len(read) - before))
    return read, outcomes


def _key(raw: RawDocument) -> bytes:
    said = orjson.dumps(dict(raw.fields), option=orjson.OPT_SORT_KEYS)
    name = raw.source.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(b"\0".join((name, said, raw.data)), digest_size=16).digest()


def _clean(read: Sequence[_Read], stem: Path, shard: Shard) -> int:
    """Clean what no earlier run has cleaned, and write all files; how many documents were taken over."""
    known = _known(shard.folder, shard.run)
    book = rule_book(shard.config.rules)
    failures: list[list[Failure]] = [[] for _ in read]
    rows: dict[int, _Row] = {}
    fresh: list[tuple[int, Prepared]] = []
    for i, one in enumerate(read):
        if (place := known.find(one.key)) is not None:
            failures[i], row = _taken_over(*place)
            rows |= {i: row} if row else {}
            continue
        try:
            prepared, failures[i] = prepare(one.raw)
            fresh.append((i, prepared))
        except InputError as error:
            failures[i] = [Failure(one.raw.source, "decode", error.reason, str(error))]
    judged = judge([prepared for _, prepared in fresh], book, shard.config.favor)
    for (i, prepared), judgement in zip(fresh, judged, strict=True):
        evidence = gather(prepared, judgement, book)
        document, kept = cleaning.clean(prepared, evidence, book, shard.config)
        judgement_json = orjson.dumps([judgement.scores, judgement.main])
        rows[i] = _Row(dump(prepared), judgement_json, document, _places(prepared.site, evidence.folded, kept))
    made = [rows[i] for i in sorted(rows)]
    packs.write(_pack(stem), [row.document for row in made])
    lines = [{**row.lines, "document": np.full(table.rows(row.lines), i)} for i, row in enumerate(made)]
    table.write(_lines(stem), table.concatenate(lines))
    places = {i: row for row, i in enumerate(sorted(rows))}
    table.write(
        _documents(stem),
        {
            "key": Blobs.of([one.key for one in read]),
            "source": Blobs.of([one.raw.source.encode("utf-8", "surrogatepass") for one in read]),
            "failures": Blobs.of([orjson.dumps([asdict(failure) for failure in found]) for found in failures]),
            "row": np.array([places.get(i, -1) for i in range(len(read))], dtype=np.int64),
            "prepared": Blobs.of([row.prepared for row in made]),
            "judgement": Blobs.of([row.judgement for row in made]),
        },
    )
    return len(read) - len(fresh)


class _Known:
    """What earlier runs left in a folder: where each document is, by its key. 24 bytes a document."""

    def __init__(self, folder: Path) -> None:
        self._stems = [path.with_suffix("") for path in sorted(folder.glob("*.documents"))]
        columns = [table.read(_documents(stem), ["key"]).get("key") for stem in self._stems]
        found = [column for column in columns if isinstance(column, Blobs)]
        sizes = [len(column) for column in found]
        keys = np.concatenate([np.zeros(0, np.uint8), *(np.asarray(column.data) for column in found)]).view("V16")
        self._owner = np.repeat(np.arange(len(found)), sizes)
        self._place = np.concatenate([np.zeros(0, np.int64), *(np.arange(size) for size in sizes)])
        halves = keys.view(np.uint64).reshape(-1, 2)
        self._order = np.lexsort((halves[:, 1], halves[:, 0]))
        self._halves = halves[self._order]

    def find(self, key: bytes) -> tuple[Kept, int] | None:
        """The files that hold a document, and its number there."""
        high, low = np.frombuffer(key, dtype=np.uint64)
        first, last = (
            np.searchsorted(self._halves[:, 0], high, "left"),
            np.searchsorted(self._halves[:, 0], high, "right"),
        )
        for at in range(int(first), int(last)):
            if self._halves[at, 1] == low:
                number = int(self._order[at])
                return Kept(self._stems[int(self._owner[number])], (), 0), int(self._place[number])
        return None


@lru_cache(maxsize=1)
def _known(folder: Path, run: str) -> _Known:
    """What was in `folder` when the run began, or somewhat later: both are right."""
    return _Known(folder)


def _taken_over(kept: Kept, place: int) -> tuple[list[Failure], _Row | None]:
    documents = kept.documents()
    number = int(np.asarray(documents["row"])[place])
    failures = [Failure(**failure) for failure in orjson.loads(blob(documents, "failures", place))]
    if number < 0:
        return failures, None
    lines = table.read(kept.lines)
    own = np.flatnonzero(np.asarray(lines["document"]) == number) if lines else np.zeros(0, dtype=np.int64)
    return failures, _Row(
        blob(documents, "prepared", number),
        blob(documents, "judgement", number),
        packs.Stored(packs.Pack.open(kept.pack), number),
        table.take(lines, own),
    )


def blob(rows: Table, name: str, number: int) -> bytes:
    """One value of a column of byte strings."""
    column = rows[name]
    assert isinstance(column, Blobs)
    return column[number]


@cache
def rule_book(texts: tuple[str, ...]) -> rules.RuleBook:
    """The built-in rules together with those of the given rule files."""
    if not texts:
        return rules.builtin()
    added = (rule for number, text in enumerate(texts, 1) for rule in rules.parse(text, f"rule file {number}"))
    return rules.RuleBook((*rules.builtin_rules(), *added))


def _places(site: str, folded: Sequence[str], kept: Sequence[bool]) -> Table:
    """Where a document's lines stand: a row for each, in its site and in the corpus as a whole."""
    place = templates.places(kept)
    scopes = dict.fromkeys((site, templates.CORPUS))
    return {
        "key": np.concatenate([templates.line_keys(scope, folded) for scope in scopes]),
        "site": np.repeat(np.array([templates.site_key(scope) for scope in scopes], dtype=np.uint64), len(place)),
        "place": np.tile(place, len(scopes)),
    }
