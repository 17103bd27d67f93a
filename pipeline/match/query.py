"""What of a new text stands in finished output folders already, by an index that stays in each of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from pipeline import prepare as preparing
from pipeline.config import Config
from pipeline.corpus import packs
from pipeline.errors import InputError, UsageError
from pipeline.match import indexes, settings
from pipeline.match.core import relation
from pipeline.match.core.bands import expected_recall
from pipeline.match.core.difference import Contents
from pipeline.match.index import IndexPart, Matches, VerifiedPairs
from pipeline.model import RawDocument
from pipeline.tokens import Array
from pipeline.write.output import Output, finished

Record = dict[str, Any]


class MatchAnswer(Struct, frozen=True):
    """What of a text stands in output folders."""

    records: list[Record]
    """A record for every line that has a match, in order: line (from 1), start, end, text; `duplicates`: out, source,
    document_id, paragraph_id, source_start, source_end, text there, jaccard, containment_ab (of the line in the paragraph
    found), containment_ba, relation; `passages`: start, end, text here, out, source, document_id, paragraph_id,
    source_start, source_end, source_text there, words, similarity."""
    threshold: float
    """Jaccard similarity of near-duplicates; of several folders the least"""
    expected_recall: float
    """the share of pairs with the threshold of a folder that its index finds, at least; more of those above it"""


def matches(name: str, data: bytes, outs: Sequence[Path], threshold: float | None = None) -> MatchAnswer:
    """Return the lines (paragraphs) of a text that have near-duplicates or shared passages in output folders.

    data: plain text or HTML, called `name` in messages
    threshold: by default that of the run that wrote a folder

    Raises:
        UsageError: the data hold no text, or a folder is not the output of a finished run.
        OutputError: an index cannot be written.
    """
    try:
        prepared, _ = preparing.prepare(RawDocument(name, data))
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None
    blocks = prepared.blocks
    lines = zip(blocks.start.tolist(), blocks.end.tolist(), strict=True)
    question = _Question(prepared.text, list(lines))
    found: list[_Matched] = []
    thresholds: list[float] = []
    recalls: list[float] = []
    for out in dict.fromkeys(outs):  # each once
        output = finished(out)
        config = settings.of_output(output, threshold)
        thresholds.append(config.threshold)
        for part in _parts(output):
            signing = part.signing
            recalls.append(expected_recall(config.threshold, signing.bands, signing.rows))
            found.append(_Matched(str(out), part, question, config))
    records = _records(question, found)
    return MatchAnswer(list(records), min(thresholds), min(recalls))


def index(outs: Sequence[Path]) -> list[int]:
    """Bring the index of each output folder up to date, or make it; return how many documents each has.

    Raises:
        UsageError: a folder is not the output of a finished run.
        OutputError: an index cannot be written.
    """
    counts: list[int] = []
    for out in outs:
        parts = _parts(finished(out))
        counts.append(sum(part.documents for part in parts))
    return counts


def _parts(output: Output) -> list[IndexPart]:
    """Return the parts of an output's index, which is made with the options of the run that wrote the output."""
    config = settings.of_output(output)
    return indexes.open_index(output, config)


def as_json(record: Record) -> str:
    """A record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


class _Question(Struct, frozen=True):
    """A text that is looked for."""

    text: str
    lines: Sequence[tuple[int, int]]
    """spans in `text`"""

    @property
    def texts(self) -> list[str]:
        """The text of each line."""
        return [self.text[start:end] for start, end in self.lines]


def _records(question: _Question, found: Sequence[_Matched]) -> Iterator[Record]:
    """Yield `MatchAnswer.records`, of what parts of indexes have found."""
    duplicates: dict[int, list[Record]] = defaultdict(list)
    passages: dict[int, list[Record]] = defaultdict(list)
    for one in found:
        for line, records in one.duplicates().items():
            duplicates[line] += records
        for line, records in one.passages().items():
            passages[line] += records
    for line, (start, end) in enumerate(question.lines):
        if line in duplicates or line in passages:
            lines_before = question.text.count("\n", 0, start)
            yield {
                "line": lines_before + 1,
                "start": start,
                "end": end,
                "text": question.text[start:end],
                "duplicates": sorted(duplicates[line], key=lambda record: -record["jaccard"]),
                "passages": sorted(passages[line], key=lambda record: (record["start"], record["end"])),
            }


class _Matched:
    """What a text shares with one part of an index, as records."""

    def __init__(self, out: str, part: IndexPart, question: _Question, config: Config) -> None:
        self._out = out
        self._part = part
        self._question = question
        self._config = config
        self._shared = part.matches(
            question.text,
            question.lines,
            config.threshold,
            config.containment,
        )

    def duplicates(self) -> dict[int, list[Record]]:
        """Return the near-duplicates, and what is contained, by line."""
        texts = self._question.texts
        # Short lines, headings say, are looked for in passages only, as in a run.
        is_compared = np.array([packs.is_long(text) for text in texts], dtype=bool)
        pairs = self._shared.pairs
        pairs = pairs.take(is_compared[pairs.a])
        others = self._part.texts_of(pairs.b)
        numbers = pairs.b.tolist()
        overlap = pairs.overlap
        jaccard = overlap.jaccard.tolist()
        containment_ab = overlap.containment_ab.tolist()
        containment_ba = overlap.containment_ba.tolist()
        kinds = _relations(texts, others, pairs, self._config).tolist()
        records: dict[int, list[Record]] = defaultdict(list)
        for row, line in enumerate(pairs.a.tolist()):
            number = numbers[row]
            document, start, end = self._part.paragraph_place(number)
            record = {
                **self._place(document, start, end, number),
                "text": others[row],
                "jaccard": jaccard[row],
                "containment_ab": containment_ab[row],
                "containment_ba": containment_ba[row],
                "relation": relation.NAMES[kinds[row]],
            }
            records[line].append(record)
        return records

    def passages(self) -> dict[int, list[Record]]:
        """Return the passages by the line that they begin in, without those of which every part is in a duplicate."""
        shared = self._shared
        rows = shared.found.passages
        records: dict[int, list[Record]] = defaultdict(list)
        for row, standing in _unexplained(shared):
            start, start_there = rows.start[row].tolist()
            end, end_there = rows.end[row].tolist()
            _, document = rows.rank[row].tolist()
            # A passage that begins between lines belongs to the first line that a part of it stands in.
            in_lines = [(line, number) for line, number in standing if line >= 0]
            line, number = in_lines[0] if in_lines else (-1, -1)
            text_there = self._part.text(document)
            record = {
                **self._place(document, start_there, end_there, number),
                "start": start,
                "end": end,
                "text": self._question.text[start:end],
                "source_text": text_there[start_there:end_there],
                "words": int(rows.words[row]),
                "similarity": round(float(rows.similarity[row]), 4),
            }
            records[line].append(record)
        return records

    def _place(self, document: int, start: int, end: int, paragraph: int) -> Record:
        """Return where a span of a document's text stands, for a record."""
        part = self._part
        source, name = part.document(document)
        paragraph_id = None
        if paragraph >= 0:
            (paragraph_id,) = part.names_of(np.array([paragraph]))
        source_start, source_end = part.in_source(document, start, end)
        return {
            "out": self._out,
            "source": source,
            "document_id": name,
            "paragraph_id": paragraph_id,
            "source_start": source_start,
            "source_end": source_end,
        }


def _relations(texts: Sequence[str], others: Sequence[str], pairs: VerifiedPairs, config: Config) -> Array:
    """Return what lines are to the paragraphs found, int8."""
    every = [*texts, *others]
    contents = Contents(every)
    numbers_of_others = np.arange(len(texts), len(every))
    differences = contents.differences(pairs.a, numbers_of_others)
    flags = np.zeros(len(pairs), dtype=np.uint8)
    flags[differences.telling] |= relation.TELLING
    flags[differences.at_the_ends] |= relation.AT_THE_ENDS
    return relation.relations(
        pairs.overlap,
        same_document=np.zeros(len(pairs), dtype=bool),
        flags=flags,
        rules=settings.relation_rules(config, "paragraph", config.containment),
    )


def _unexplained(shared: Matches) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the passages of which some verbatim part is in no pair: row, and (line, paragraph) of its parts."""
    pairs = shared.pairs
    lines = pairs.a.tolist()
    numbers = pairs.b.tolist()
    explained = set(zip(lines, numbers, strict=True))
    standing_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
    places = shared.standing.tolist()
    for part, passage in enumerate(shared.found.parts.passage.tolist()):
        line, number = places[part]
        standing_of[passage].append((line, number))
    for row, standing in sorted(standing_of.items()):
        if not explained.issuperset(standing):
            yield row, standing
