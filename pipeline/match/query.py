"""What of a new text stands in a finished output folder already. An index is kept there, made when it is first asked."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import prepare as preparing
from pipeline.config import Config
from pipeline.corpus import packs
from pipeline.errors import InputError, OutputError, UsageError
from pipeline.match import index, settings
from pipeline.match.clusters import rules
from pipeline.match.core import relation
from pipeline.match.core.bands import expected_recall
from pipeline.match.core.difference import Contents
from pipeline.match.index import Index, Indexed, Matches
from pipeline.model import RawDocument
from pipeline.records import DocumentRecord
from pipeline.text import shape
from pipeline.write.folder import MANIFEST, PRIVATE
from pipeline.write.output import Output

Record = dict[str, Any]

_PREFIX, _DIGITS = "index-", 16
_OPTIONS = ("shingle_words", "num_perm", "bands", "seed", "threshold", "containment", "passage_words")


@dataclass(frozen=True, slots=True)
class Answer:
    """What of a text stands in an output folder."""

    records: list[Record]
    """A record for every line that has a match, in order: line (from 1), start, end, text; `duplicates`: source,
    document_id, paragraph_id, text, jaccard, containment_ab (of the line in the paragraph found), containment_ba,
    relation; `passages`: start, end, text here, source, document_id, paragraph_id, source_text there, words,
    similarity."""
    threshold: float
    """Jaccard similarity of near-duplicates"""
    expected_recall: float
    """the share of pairs with this similarity that the index finds; more of those above it"""


def matches(name: str, data: bytes, out: Path, threshold: float | None = None) -> Answer:
    """The lines (paragraphs) of a text that have near-duplicates or shared passages in `out`.

    `data`: plain text or HTML, called `name` in messages. `threshold` is by default that of the run that wrote `out`.

    Raises:
        UsageError: the data hold no text, or `out` is not the output of a finished run.
        OutputError: the index cannot be written.
    """
    try:
        prepared, _ = preparing.prepare(RawDocument(name, data))
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None
    output = Output(out)
    config = _config(output, threshold)
    found = open_index(output, _config(output, None))
    blocks = prepared.blocks
    places = list(zip(blocks.start.tolist(), blocks.end.tolist(), strict=True))
    records = _records(found, prepared.text, places, config)
    recall = expected_recall(config.threshold, found.signing.bands, found.signing.rows)
    return Answer(list(records), config.threshold, recall)


def as_json(record: Record) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def open_index(output: Output, config: Config) -> Index:
    """The index of an output folder, built first where there is none for what the folder holds now.

    Raises:
        OutputError: it cannot be written.
    """
    signing, rules = settings.signing(config, "paragraph"), settings.passage_rules(config)
    manifest = output.path / MANIFEST
    made_by = f"{index.FORMAT} {signing} {rules}".encode()
    name = _PREFIX + hashlib.sha256(manifest.read_bytes() + made_by).hexdigest()[:_DIGITS]
    folder = output.path / PRIVATE / name
    try:
        if not folder.exists():
            for old in folder.parent.glob(f"{_PREFIX}{'?' * _DIGITS}"):  # not one that is being made
                shutil.rmtree(old, ignore_errors=True)
            index.build(folder, map(_indexed, output.records("documents")), signing, rules)
        return Index(folder, signing, rules)
    except OSError as error:
        where = error.filename or folder
        raise OutputError(f"{where}: the index cannot be written or read: {error.strerror or error}") from None
    except ValueError as error:
        raise OutputError(f"{error}; remove {folder} and ask again") from None


def _config(output: Output, threshold: float | None) -> Config:
    """The options that matter here, as the run that wrote the folder had them."""
    kept: dict[str, Any] = {name: value for name, value in output.manifest.config.items() if name in _OPTIONS}
    return Config(**(kept if threshold is None else kept | {"threshold": threshold}))


def _indexed(record: DocumentRecord) -> Indexed:
    paragraphs = [(one.id, one.start, one.end) for one in record.blocks]
    return Indexed(record.id, record.source, record.text, paragraphs)


def _records(found: Index, text: str, lines: Sequence[tuple[int, int]], config: Config) -> Iterator[Record]:
    texts = [text[start:end] for start, end in lines]
    shared = found.matches(text, lines, config.threshold, config.containment)
    duplicates, passages = _duplicates(found, texts, shared, config), _passages(found, text, shared)
    for line, (start, end) in enumerate(lines):
        if line in duplicates or line in passages:
            yield {
                "line": text.count("\n", 0, start) + 1,
                "start": start,
                "end": end,
                "text": texts[line],
                "duplicates": duplicates[line],
                "passages": passages[line],
            }


def _duplicates(found: Index, texts: Sequence[str], shared: Matches, config: Config) -> dict[int, list[Record]]:
    """By line."""
    worth = np.array([shape.words(text) >= packs.MIN_WORDS for text in texts], dtype=bool)
    pairs = shared.pairs.take(np.flatnonzero(worth[shared.pairs.a]))
    others = found.texts_of(pairs.b)
    contents = Contents([*texts, *others])
    differences = contents.differences(pairs.a, np.arange(len(texts), len(texts) + len(others)))
    flags = np.zeros(len(pairs), dtype=np.uint8)
    flags[differences.telling] |= relation.TELLING
    flags[differences.at_the_ends] |= relation.AT_THE_ENDS
    kinds = relation.relations(
        pairs.overlap,
        same_document=np.zeros(len(pairs), dtype=bool),
        flags=flags,
        rules=rules(config, "paragraph", config.containment),
    )
    figures = (pairs.overlap.jaccard, pairs.overlap.containment_ab, pairs.overlap.containment_ba, kinds)
    records: dict[int, list[Record]] = defaultdict(list)
    numbers = (pairs.a, found.documents_of(pairs.b), pairs.b)
    columns = zip(*(column.tolist() for column in (*numbers, *figures)), others, strict=True)
    for line, document, number, jaccard, ab, ba, kind, text in columns:
        records[line].append(
            {
                **_reference(found, document, number),
                "text": text,
                "jaccard": jaccard,
                "containment_ab": ab,
                "containment_ba": ba,
                "relation": relation.NAMES[kind],
            }
        )
    return records


def _passages(found: Index, text: str, shared: Matches) -> dict[int, list[Record]]:
    """By the line that they begin in; without those of which every piece is in a pair of `shared.pairs`."""
    known = set(zip(shared.pairs.a.tolist(), shared.pairs.b.tolist(), strict=True))
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = shared.found.passages
    for passage, line, number in zip(shared.found.pieces.passage.tolist(), *shared.pieces.T.tolist(), strict=True):
        places[passage].append((line, number))
    records: dict[int, list[Record]] = defaultdict(list)
    for row, pieces in sorted(places.items()):
        if known.issuperset(pieces):
            continue
        (start, other_start), (end, other_end) = rows.start[row].tolist(), rows.end[row].tolist()
        document = int(rows.rank[row, 1])
        line, number = next((place for place in pieces if place[0] >= 0), (-1, -1))
        records[line].append(
            {
                **_reference(found, document, number),
                "start": start,
                "end": end,
                "text": text[start:end],
                "source_text": found.text(document)[other_start:other_end],
                "words": int(rows.words[row]),
                "similarity": round(float(rows.similarity[row]), 4),
            }
        )
    return records


def _reference(found: Index, document: int, paragraph: int) -> Record:
    source, name = found.document(document)
    names = found.names_of(np.array([paragraph])) if paragraph >= 0 else [None]
    return {"source": source, "document_id": name, "paragraph_id": names[0]}
