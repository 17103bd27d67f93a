"""Passages, measured: the guarantee on verbatim runs, and the recall of planted quotes."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from bench.matching.corpus import Quote, documents
from bench.matching.oracle import Pair, shared_runs
from pipeline.config import Config
from pipeline.match import settings
from pipeline.match.passage_rows import AllPassages
from pipeline.match.texts import passages


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in generated documents."""

    documents: int
    reported: int
    seconds: float
    runs: int
    """verbatim runs of the guaranteed length that two documents share, by the oracle"""
    missed: int
    recall: dict[str, tuple[int, int]]
    """(found, planted) by kind of quote"""


def measure(count: int) -> Outcome:
    texts, quotes = documents(count)
    rules = settings.passage_rules(Config())
    start = time.process_time()
    found = passages(texts, rules)
    seconds = time.process_time() - start
    spans = _spans(found)
    runs = shared_runs(texts, rules.run)
    missed = sum(not _covers(spans[pair], *sides) for pair, listed in runs.items() for sides in listed)
    recall: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for quote in quotes:
        hit = _hit(spans, texts, quote)
        if hit is not None:
            kind = f"{'8 to 12' if quote.words < 13 else '13 or more'} words, {quote.edits} edits"
            recall[kind] = recall[kind][0] + hit, recall[kind][1] + 1
    return Outcome(count, len(found), seconds, sum(map(len, runs.values())), missed, dict(sorted(recall.items())))


Spans = dict[Pair, list[tuple[Pair, Pair]]]


def _spans(found: AllPassages) -> Spans:
    spans: Spans = defaultdict(list)
    rows = zip(found.rank.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
    for (a, b), start, end in rows:
        spans[a, b].append(((start[0], end[0]), (start[1], end[1])))
    return spans


def _covers(spans: list[tuple[Pair, Pair]], one: Pair, two: Pair) -> bool:
    return any(a[0] <= one[0] and one[1] <= a[1] and b[0] <= two[0] and two[1] <= b[1] for a, b in spans)


def _hit(spans: Spans, texts: list[str], quote: Quote) -> bool | None:
    """Whether most of the quote is in a passage on both sides; None where another quote was put into it."""
    low, high = sorted((quote.source, quote.other))
    wanted = {quote.source: quote.text, quote.other: quote.copy}
    places = {document: texts[document].find(text) for document, text in wanted.items()}
    if min(places.values()) < 0:
        return None
    return any(
        all(
            min(end, places[document] + len(wanted[document])) - max(start, places[document])
            > 0.5 * len(wanted[document])
            for document, (start, end) in ((low, a), (high, b))
        )
        for a, b in spans[low, high]
    )
