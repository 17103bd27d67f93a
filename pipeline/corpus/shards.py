"""Shards: some inputs that one worker reads and judges together. The first stage of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from pathlib import Path

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import bounds, jsonlines
from pipeline.bounds import Problem
from pipeline.config import Config
from pipeline.corpus import listed, packs, table
from pipeline.corpus.cache import (
    JUDGED,
    CachedShard,
    Outcome,
    Row,
    blob,
    cached_documents,
    documents_path,
    lines_path,
    taken_over,
)
from pipeline.corpus.listed import Listed
from pipeline.corpus.table import Blobs, Table
from pipeline.errors import InputError
from pipeline.judge import templates
from pipeline.judge.decide import strikes
from pipeline.judge.rules import files as rule_files
from pipeline.judge.rules.book import RuleBook
from pipeline.judge.signals import NO_SIGNALS, Signals, gather
from pipeline.meta.rights import of_headers
from pipeline.model import Failure, RawDocument
from pipeline.prepare import Prepared, dump, prepare, prepare_whole
from pipeline.read import reading
from pipeline.read.entry import file_of
from pipeline.read.interface import ReadOptions
from pipeline.text.blocks import INTEGERS

READ, DIGEST, JUDGE, WHOLE = "read", "digest", "judge", "whole"
"""What a worker does with a document here, as it is said to `bounds`"""
PIECE_BYTES = 4_000_000
"""Of documents that are judged together: more than most shards hold, less than a large compressed file does"""
_NUMBERS = 1 << 40
"""More documents than a part has"""


class Shard(Struct, frozen=True):
    """Some inputs, in their order."""

    parts: tuple[reading.Part, ...]
    folder: Path
    """Where what it gives is kept."""
    config: Config
    run: str
    """The same for all shards of one run, and for no other run."""


class _Read(Struct, frozen=True):
    """A document as it was read."""

    raw: RawDocument
    key: bytes
    """Of its name, its content and all that its container states of it."""
    number: int
    """Names it in its shard: the same in every attempt."""


class _Piece(Struct, frozen=True):
    """Documents of a shard that are judged and kept together."""

    read: list[_Read] = field(default_factory=list)
    outcomes: list[tuple[Outcome, int]] = field(default_factory=list)
    """See `Listed`"""

    def listed(self) -> Listed:
        """What is kept of it for a run that finds the same files."""
        name = hashlib.blake2b(b"".join(one.key for one in self.read), digest_size=16).hexdigest()
        return Listed(name, self.outcomes)


def judge_shard(shard: Shard) -> list[CachedShard]:
    """Read and prepare the inputs of a shard, and see what rules and model make of each line, a piece at a time.

    Never raises for an input: a bad one becomes a failure.
    """
    found = listed.find(shard.folder, shard.parts, shard.run)
    if found is not None:
        name, pieces = found
        cached = [CachedShard(shard.folder / one.name, listed=name) for one in pieces]
        if all(one.is_intact() for one in cached):
            return list(map(_with_outcomes, cached, pieces))
    cached, pieces = [], []
    for piece in _pieces(shard):
        pieces.append(piece.listed())
        cached.append(_cached(piece.read, shard.folder / pieces[-1].name, shard))
    kept = listed.keep(shard.folder, shard.parts, pieces)
    return [replace(_with_outcomes(one, piece), listed=kept) for one, piece in zip(cached, pieces, strict=True)]


def _cached(read: Sequence[_Read], stem: Path, shard: Shard) -> CachedShard:
    """The documents of a piece, judged now or earlier."""
    found = CachedShard(stem)
    if not found.is_intact():
        _judge(read, stem, shard)
    return found


def _with_outcomes(found: CachedShard, piece: Listed) -> CachedShard:
    """The same with what became of its files."""
    judged = found.documents("failures", "row")
    rows = np.asarray(judged["row"]).tolist()
    done = 0
    merged: list[Outcome] = []
    for outcome, count in piece.outcomes:
        own = range(done, done + count)
        failures = tuple(
            failure for i in own for failure in jsonlines.decode(blob(judged, "failures", i), tuple[Failure, ...])
        )
        is_text = sum(rows[i] >= 0 for i in own)
        merged.append(replace(outcome, documents=is_text, failures=outcome.failures + failures))
        done += count
    return replace(found, outcomes=tuple(merged))


def _pieces(shard: Shard) -> Iterator[_Piece]:
    """What the parts of the shard hold, in pieces of bounded size, the last of which may have no document.

    A document that an earlier attempt ended on begins a piece, so that what stands before it is kept and not done again.
    """
    options = reading.options_of(shard.config)
    piece = _Piece()
    size = 0
    for index, part in enumerate(shard.parts):
        before = len(piece.read)
        failures: list[Failure] = []
        facts = reading.Facts(None, 0, {})
        for item in _items(part, options, index * _NUMBERS):
            match item:
                case _Read():
                    if piece.read and (size > PIECE_BYTES or bounds.refused(JUDGE, item.number)):
                        outcome = Outcome(part.entry.source, None, 0, 0, tuple(failures), {})
                        piece.outcomes.append((outcome, len(piece.read) - before))
                        yield piece
                        piece, size, before, failures = _Piece(), 0, 0, []
                    piece.read.append(item)
                    size += len(item.raw.data)
                case Failure():
                    failures.append(item)
                case reading.Facts():
                    facts = item
        outcome = Outcome(part.entry.source, facts.sha256, facts.bytes, 0, tuple(failures), dict(facts.skipped))
        piece.outcomes.append((outcome, len(piece.read) - before))
    yield piece


def _items(part: reading.Part, options: ReadOptions, first: int) -> Iterator[_Read | Failure | reading.Facts]:
    """What reading a part gives, its documents numbered from `first`. Where reading itself cannot go on, a failure says
    so, and what has been read until then is kept."""
    items = reading.read(part, options)
    number = first
    problem: Problem | None = None

    def refuse(found: Problem) -> None:
        nonlocal problem
        problem = found

    while (item := bounds.attempt(READ, number, lambda: next(items, None), refuse)) is not None:
        if isinstance(item, RawDocument):
            yield _Read(item, _key(item), number)
            number += 1
        else:
            yield item
    if problem is not None:
        what = "it" if number == first else f"what follows its document {number - first}"
        message = f"{what} cannot be read: reading it {problem.message}"
        yield Failure(part.entry.source, "read", problem.reason, message)
        yield bounds.attempt(DIGEST, first, lambda: reading.facts(part), lambda _: reading.Facts(None, 0, {}))


def _key(raw: RawDocument) -> bytes:
    stated = jsonlines.encode([sorted(raw.fields.items()), raw.extra, of_headers(raw.headers)])
    name = raw.source.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(b"\0".join((name, stated, raw.data)), digest_size=16).digest()


def _judge(read: Sequence[_Read], stem: Path, shard: Shard) -> None:
    """Judge what no earlier run has judged, and write all files."""
    failures: list[list[Failure]] = [[] for _ in read]
    rows: dict[int, Row] = {}
    fresh = set(range(len(read)))
    for path, numbers in cached_documents(shard.folder, JUDGED, shard.run).places([one.key for one in read]).items():
        earlier = CachedShard(path.with_suffix(""))
        if not earlier.is_intact():
            continue
        taken = taken_over(earlier, [place for _, place in numbers])
        for (i, _), (found_failures, row) in zip(numbers, taken, strict=True):
            fresh.remove(i)
            failures[i] = found_failures
            if row is not None:
                rows[i] = row
    order = sorted(fresh)
    for i, (found_failures, row) in zip(order, _judged([read[i] for i in order], shard.config), strict=True):
        failures[i] = found_failures
        if row is not None:
            rows[i] = row
    made = [rows[i] for i in sorted(rows)]
    texts = [packs.text_row(row.source, row.text) for row in made]
    packs.write(stem.with_suffix(".texts"), texts, texts=False)
    table.write(
        lines_path(stem), table.concatenate([row.lines for row in made]), compressed=True, steps=("start", "end")
    )
    places = {i: row for row, i in enumerate(sorted(rows))}
    table.write(
        documents_path(stem),
        {
            "key": Blobs.of([one.key for one in read]),
            "source": Blobs.of([one.raw.source.encode("utf-8", "surrogatepass") for one in read]),
            "failures": Blobs.of([jsonlines.encode(found) for found in failures]),
            "row": np.array([places.get(i, -1) for i in range(len(read))], dtype=np.int64),
            "prepared": Blobs.of([row.prepared for row in made]),
            "first": np.array([0, *accumulate(table.rows(row.lines) for row in made)], dtype=np.int64),
        },
        compressed=True,
    )


def _judged(read: Sequence[_Read], config: Config) -> list[tuple[list[Failure], Row | None]]:
    """For each document what went wrong with it, and its rows where it could be read as text."""
    book = rule_files.rule_book(config.rules)
    by_number = {one.number: one for one in read}
    found = {one.number: _prepared(one, config) for one in read}
    texts = {number: prepared for number, (prepared, _) in found.items() if prepared is not None}

    def judge(numbers: Sequence[int]) -> list[Row]:
        documents = [texts[number] for number in numbers]
        if config.cleaning:
            return list(map(_row, documents, _gathered(documents, book, config)))
        return [_row(document, None) for document in documents]

    def refuse(number: int, problem: Problem) -> Row | None:
        prepared, failures = _whole(by_number[number], problem)
        found[number] = prepared, failures
        return _row(prepared, NO_SIGNALS if config.cleaning else None) if prepared else None

    rows = dict(zip(texts, bounds.attempt_together(JUDGE, list(texts), judge, refuse), strict=True))
    return [(found[one.number][1], rows.get(one.number)) for one in read]


def _gathered(documents: Sequence[Prepared], book: RuleBook, config: Config) -> Iterator[Signals]:
    """The evidence on each document, in order, as the options for its file want it."""
    if not config.inputs:
        yield from gather(documents, book, config.favor)
        return
    favors = [config.of(file_of(document.source)).favor for document in documents]
    found: dict[int, Signals] = {}
    for favor in dict.fromkeys(favors):
        own = [number for number, one in enumerate(favors) if one == favor]
        found |= zip(own, gather([documents[number] for number in own], book, favor), strict=True)
    yield from (found[number] for number in range(len(documents)))


def _prepared(one: _Read, config: Config) -> tuple[Prepared | None, list[Failure]]:
    """A document cut into lines, or whole where that costs too much, and what went wrong."""

    def work() -> tuple[Prepared | None, list[Failure]]:
        try:
            return prepare(one.raw, extractor=config.cleaning and config.extractor != "none")
        except InputError as error:
            return None, [Failure(one.raw.source, "decode", error.reason, str(error))]

    return bounds.attempt(JUDGE, one.number, work, lambda problem: _whole(one, problem))


def _whole(one: _Read, problem: Problem) -> tuple[Prepared | None, list[Failure]]:
    """A document that could not be judged, with all of its text where that can be had, and the failure that says so."""
    source = one.raw.source

    def work() -> tuple[Prepared | None, list[Failure]]:
        try:
            prepared = prepare_whole(one.raw)
        except InputError as error:
            return None, [Failure(source, "decode", error.reason, str(error))]
        message = f"{problem.message}; all of its text is kept, unjudged and not compared with others"
        return prepared, [Failure(source, "judge", problem.reason, message)]

    def refuse(_: Problem) -> tuple[None, list[Failure]]:
        return None, [Failure(source, "judge", problem.reason, f"{problem.message}; it has no record")]

    return bounds.attempt(WHOLE, one.number, work, refuse)


def _row(prepared: Prepared, evidence: Signals | None) -> Row:
    """A document with the evidence on it. Where there is none, since nothing of it is to be judged, nothing is kept to learn
    templates from."""
    blocks, site = prepared.blocks, prepared.site
    columns: Table = {name: getattr(blocks, name) for name in INTEGERS}
    if evidence is None:
        return Row(prepared.source, dump(prepared), "", columns)
    key, form = np.array(evidence.keys, dtype=np.uint64), np.array(evidence.forms, dtype=np.uint64)
    main = list(evidence.main)
    names = [b""] * len(main)
    for i, hits in enumerate(evidence.hits):
        if hits:
            main[i] = main[i] and not strikes(hits)
            names[i] = "\n".join([hit.pattern for hit in hits]).encode()
    return Row(
        prepared.source,
        dump(prepared),
        "\n\n".join(compress(blocks.texts, main)),
        {
            **columns,
            "words": np.array(evidence.words, dtype=np.int64),
            "prose": np.array(evidence.prose, dtype=bool),
            "main": np.array(evidence.main, dtype=bool),
            "score": np.array(evidence.scores, dtype=np.int32),
            "extractor": np.array(evidence.extractor, dtype=np.int8),
            "titles": np.array(evidence.titles, dtype=np.int8),
            "key": key,
            "hits": Blobs.of(names),
            "place": templates.places(main),
            "masked": key ^ form,
            "site": np.full(len(blocks), templates.text_key(site), dtype=np.uint64),
        },
    )
