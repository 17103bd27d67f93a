"""Shards: some inputs that one worker reads and judges together. The first stage of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import numpy as np

from pipeline import jsonlines
from pipeline.config import Config
from pipeline.corpus import packs, table
from pipeline.corpus.cache import Kept, Outcome, Row, blob, documents_path, known, lines_path, taken_over
from pipeline.corpus.table import Blobs
from pipeline.errors import InputError
from pipeline.judge import templates
from pipeline.judge.rules import files as rule_files
from pipeline.judge.signals import Signals, gather
from pipeline.model import Failure, RawDocument
from pipeline.prepare import Prepared, dump, prepare
from pipeline.read import reading
from pipeline.text.blocks import INTEGERS


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
class _Read:
    """A document as it was read."""

    raw: RawDocument
    key: bytes
    """Of its name, its content and all that its container states of it."""


def judge_shard(shard: Shard) -> Kept:
    """Read and prepare the inputs of a shard, and see what rules and model make of each line.

    Never raises for an input: a bad one becomes a failure.
    """
    read, outcomes = _read(shard)
    stem = shard.folder / hashlib.blake2b(b"".join(one.key for one in read), digest_size=16).hexdigest()
    if not documents_path(stem).exists():
        _judge(read, stem, shard)
    kept = table.read(documents_path(stem), ["failures", "row"])
    rows = np.asarray(kept["row"]).tolist()
    done = 0
    merged: list[Outcome] = []
    for outcome, count in outcomes:
        own = range(done, done + count)
        found = tuple(
            failure for i in own for failure in jsonlines.decode(blob(kept, "failures", i), tuple[Failure, ...])
        )
        is_text = sum(rows[i] >= 0 for i in own)
        merged.append(replace(outcome, documents=is_text, failures=outcome.failures + found))
        done += count
    return Kept(stem, tuple(merged))


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
    stated = jsonlines.encode([sorted(raw.fields.items()), raw.extra])
    name = raw.source.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(b"\0".join((name, stated, raw.data)), digest_size=16).digest()


def _judge(read: Sequence[_Read], stem: Path, shard: Shard) -> None:
    """Judge what no earlier run has judged, and write all files."""
    earlier = known(shard.folder, shard.run)
    book = rule_files.rule_book(shard.config.rules)
    failures: list[list[Failure]] = [[] for _ in read]
    rows: dict[int, Row] = {}
    fresh: list[tuple[int, Prepared]] = []
    kept: dict[Path, list[tuple[int, int]]] = {}
    for i, one in enumerate(read):
        if (found := earlier.find(one.key)) is not None:
            kept.setdefault(found[0], []).append((i, found[1]))
            continue
        try:
            prepared, failures[i] = prepare(one.raw, extractor=shard.config.extractor != "none")
            fresh.append((i, prepared))
        except InputError as error:
            failures[i] = [Failure(one.raw.source, "decode", error.reason, str(error))]
    for earlier_stem, numbers in kept.items():
        taken = taken_over(Kept(earlier_stem), [place for _, place in numbers])
        for (i, _), (found_failures, row) in zip(numbers, taken, strict=True):
            failures[i] = found_failures
            if row is not None:
                rows[i] = row
    evidence = gather([prepared for _, prepared in fresh], book, shard.config.favor)
    for (i, prepared), judged in zip(fresh, evidence, strict=True):
        rows[i] = _row(prepared, judged)
    made = [rows[i] for i in sorted(rows)]
    packs.write_texts(stem.with_suffix(".texts"), [(row.source, row.text) for row in made])
    table.write(lines_path(stem), table.concatenate([row.lines for row in made]))
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
    )


def _row(prepared: Prepared, evidence: Signals) -> Row:
    blocks, site = prepared.blocks, prepared.site
    main = [
        is_main and not any(hit.rule.verdict == "strike" for hit in hits)
        for is_main, hits in zip(evidence.main, evidence.hits, strict=True)
    ]
    forms = np.array(evidence.forms, dtype=np.uint64)
    return Row(
        prepared.source,
        dump(prepared),
        "\n\n".join(text for text, is_main in zip(blocks.texts, main, strict=True) if is_main),
        {
            **{name: getattr(blocks, name) for name in INTEGERS},
            "words": np.array(evidence.words, dtype=np.int64),
            "prose": np.array(evidence.prose, dtype=bool),
            "main": np.array(evidence.main, dtype=bool),
            "score": np.array(evidence.scores, dtype=np.int32),
            "extractor": np.array(evidence.extractor, dtype=np.int8),
            "titles": np.array(evidence.titles, dtype=np.int8),
            "key": np.array(evidence.keys, dtype=np.uint64),
            "hits": Blobs.of(["\n".join(hit.pattern for hit in hits).encode() for hits in evidence.hits]),
            "place": templates.places(main),
            "form": forms,
            "site": np.full(len(blocks), templates.text_key(site), dtype=np.uint64),
        },
    )
