"""Shards: some inputs that one worker judges together, and what is kept of them between stages and between runs.

What a shard gives is kept under a digest of its inputs, names and bytes, in a folder for one version of the program and
the options. A later run that finds the same takes it as it is; one that finds other inputs takes over the documents that
have not changed. Files are written once and never changed, that of the documents last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import orjson

from pipeline import packs
from pipeline.boilerplate import rule_files, rules, templates
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.evidence import Evidence, gather
from pipeline.model import Failure, RawDocument
from pipeline.preparing import Prepared, dump, load, prepare
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
    def texts(self) -> Path:
        """Pack of what rules and model leave of each document, to know copies by."""
        return self.stem.with_suffix(".texts")

    def documents(self) -> Table:
        """What was read. A row for each document read: `key`, `source`, `failures` (JSON): Blobs, and `row`, -1 for one that
        cannot be read as text. For each other one `prepared`: Blobs, and `first`: where its lines begin; one more at the end.
        """
        return table.read(_documents(self.stem))

    def lines(self) -> Table:
        """A row for each line of each document. int64: `start`, `end`, `gap`, `words`; bool: `prose`, `main`; int32:
        `score`; int8: `extractor`, `place` (for templates); uint64: `key`, `form`, `site` (which stands for the document's);
        `hits`: Blobs, names of the patterns that hold."""
        return table.read(_lines(self.stem))


def _documents(stem: Path) -> Path:
    return stem.with_suffix(".documents")


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

    source: str
    prepared: bytes
    text: str
    lines: Table


def judge_shard(shard: Shard) -> Kept:
    """Read and prepare the inputs of a shard, and see what rules and model make of each line.

    Never raises for an input: a bad one becomes a failure.
    """
    read, outcomes = _read(shard)
    stem = shard.folder / hashlib.blake2b(b"".join(one.key for one in read), digest_size=16).hexdigest()
    reused = len(read)
    if not _documents(stem).exists():
        reused = _judge(read, stem, shard)
    kept = table.read(_documents(stem), ["failures", "row"])
    rows = np.asarray(kept["row"]).tolist()
    done = 0
    merged: list[Outcome] = []
    for outcome, count in outcomes:
        own = range(done, done + count)
        found = tuple(Failure(**failure) for i in own for failure in orjson.loads(blob(kept, "failures", i)))
        is_text = sum(rows[i] >= 0 for i in own)
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


def _judge(read: Sequence[_Read], stem: Path, shard: Shard) -> int:
    """Judge what no earlier run has judged, and write all files; how many documents were taken over."""
    known = _known(shard.folder, shard.run)
    book = rule_book(shard.config.rules)
    failures: list[list[Failure]] = [[] for _ in read]
    rows: dict[int, _Row] = {}
    fresh: list[tuple[int, Prepared]] = []
    for i, one in enumerate(read):
        if (place := known.find(one.key)) is not None:
            failures[i], row = _taken_over(one.raw.source, *place)
            rows |= {i: row} if row else {}
            continue
        try:
            prepared, failures[i] = prepare(one.raw, extractor=shard.config.extractor != "none")
            fresh.append((i, prepared))
        except InputError as error:
            failures[i] = [Failure(one.raw.source, "decode", error.reason, str(error))]
    evidence = gather([prepared for _, prepared in fresh], book, shard.config.favor)
    for (i, prepared), found in zip(fresh, evidence, strict=True):
        rows[i] = _row(prepared, found)
    made = [rows[i] for i in sorted(rows)]
    packs.write_texts(stem.with_suffix(".texts"), [(row.source, row.text) for row in made])
    table.write(_lines(stem), table.concatenate([row.lines for row in made]))
    places = {i: row for row, i in enumerate(sorted(rows))}
    table.write(
        _documents(stem),
        {
            "key": Blobs.of([one.key for one in read]),
            "source": Blobs.of([one.raw.source.encode("utf-8", "surrogatepass") for one in read]),
            "failures": Blobs.of([orjson.dumps([asdict(failure) for failure in found]) for found in failures]),
            "row": np.array([places.get(i, -1) for i in range(len(read))], dtype=np.int64),
            "prepared": Blobs.of([row.prepared for row in made]),
            "first": np.array([0, *accumulate(table.rows(row.lines) for row in made)], dtype=np.int64),
        },
    )
    return len(read) - len(fresh)


def _row(prepared: Prepared, evidence: Evidence) -> _Row:
    lines, site = prepared.lines, prepared.site
    main = [
        is_main and not any(hit.rule.verdict == "strike" for hit in hits)
        for is_main, hits in zip(evidence.main, evidence.hits, strict=True)
    ]
    forms = np.array(evidence.forms, dtype=np.uint64)
    return _Row(
        prepared.source,
        dump(prepared),
        "\n\n".join(line.text for line, is_main in zip(lines, main, strict=True) if is_main),
        {
            "start": np.array([line.start for line in lines], dtype=np.int64),
            "end": np.array([line.end for line in lines], dtype=np.int64),
            "gap": np.array([line.gap for line in lines], dtype=np.int64),
            "words": np.array(evidence.words, dtype=np.int64),
            "prose": np.array(evidence.prose, dtype=bool),
            "main": np.array(evidence.main, dtype=bool),
            "score": np.array(evidence.scores, dtype=np.int32),
            "extractor": np.array(evidence.extractor, dtype=np.int8),
            "key": np.array(evidence.keys, dtype=np.uint64),
            "hits": Blobs.of(["\n".join(hit.pattern for hit in hits).encode() for hits in evidence.hits]),
            "place": templates.places(main),
            "form": forms,
            "site": np.full(len(lines), templates.site_key(site), dtype=np.uint64),
        },
    )


def documents(kept: Kept, book: rules.RuleBook) -> Iterator[tuple[Prepared, Evidence, Table]]:
    """The documents of a shard with the evidence on each, and its rows of `Kept.lines`."""
    stored, lines = kept.documents(), kept.lines()
    bounds = np.asarray(stored["first"]).tolist()
    for i, row in enumerate(np.asarray(stored["row"]).tolist()):
        if row < 0:
            continue
        own = table.take(lines, np.arange(bounds[row], bounds[row + 1])) if lines else {}
        columns = {name: np.asarray(values).tolist() for name, values in own.items() if not isinstance(values, Blobs)}
        spans = zip(*(columns.get(name, ()) for name in ("start", "end", "gap")), strict=True)
        source = blob(stored, "source", i).decode("utf-8", "surrogatepass")
        names = [blob(own, "hits", line).decode() for line in range(table.rows(own))]
        hits = [tuple(map(book.hit, name.split("\n"))) if name else () for name in names]
        key, form, words, prose, score, main, extractor = (
            columns.get(name, ()) for name in ("key", "form", "words", "prose", "score", "main", "extractor")
        )
        evidence = Evidence(key, form, hits, words, prose, score, main, extractor)
        yield load(source, blob(stored, "prepared", row), spans), evidence, own


def find_document(store: Path, source: str, book: rules.RuleBook) -> tuple[Prepared, Evidence] | None:
    """The document called `source`, with the evidence on it, in what a run has kept; None where it is not there."""
    wanted = source.encode("utf-8", "surrogatepass")
    for path in sorted(store.rglob("*.documents")):
        kept = Kept(path.with_suffix(""), (), 0)
        if wanted in table.read(path, ["source"])["source"]:
            return next((found[:2] for found in documents(kept, book) if found[0].source == source), None)
    return None


class _Known:
    """What earlier runs left in a folder: where each document is, by its key. 32 bytes a document."""

    def __init__(self, folder: Path) -> None:
        self._stems = [path.with_suffix("") for path in sorted(folder.glob("*.documents"))]
        columns = [table.read(_documents(stem), ["key"])["key"] for stem in self._stems]
        sizes = [len(column) for column in columns]
        data = [np.asarray(column.data) for column in columns if isinstance(column, Blobs)]
        halves = np.concatenate([np.zeros(0, np.uint8), *data]).view(np.uint64).reshape(-1, 2)
        order = np.lexsort((halves[:, 1], halves[:, 0]))
        self._halves = halves[order]
        self._owner = np.repeat(np.arange(len(sizes)), sizes)[order]
        self._place = np.concatenate([np.zeros(0, np.int64), *(np.arange(size) for size in sizes)])[order]

    def find(self, key: bytes) -> tuple[Kept, int] | None:
        """The files that hold a document, and its number there."""
        high, low = np.frombuffer(key, dtype=np.uint64)
        first, last = (int(np.searchsorted(self._halves[:, 0], high, side)) for side in ("left", "right"))
        for at in range(first, last):
            if self._halves[at, 1] == low:
                return Kept(self._stems[int(self._owner[at])], (), 0), int(self._place[at])
        return None


@lru_cache(maxsize=1)
def _known(folder: Path, run: str) -> _Known:
    """What was in `folder` when the run began, or somewhat later: both are right."""
    return _Known(folder)


def _taken_over(source: str, kept: Kept, place: int) -> tuple[list[Failure], _Row | None]:
    stored = kept.documents()
    row = int(np.asarray(stored["row"])[place])
    failures = [Failure(**failure) for failure in orjson.loads(blob(stored, "failures", place))]
    if row < 0:
        return failures, None
    first, last = np.asarray(stored["first"])[row : row + 2].tolist()
    lines = kept.lines()
    own = table.take(lines, np.arange(first, last)) if lines else {}
    return failures, _Row(source, blob(stored, "prepared", row), packs.Pack.open(kept.texts).text(row), own)


def blob(rows: Table, name: str, number: int) -> bytes:
    """One value of a column of byte strings."""
    column = rows[name]
    assert isinstance(column, Blobs)
    return column[number]


@cache
def rule_book(texts: tuple[str, ...]) -> rules.RuleBook:
    """The built-in rules together with those of the given rule files."""
    if not texts:
        return rule_files.builtin()
    added = (rule for number, text in enumerate(texts, 1) for rule in rule_files.parse(text, f"rule file {number}"))
    return rules.RuleBook((*rule_files.builtin_rules(), *added))
