"""What is known of every line before anything is decided: what rules say, what the model thinks, how the line looks.

Gathered for many documents at once, since features and model are cheapest in batches; what is known of a document does
not depend on the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from pipeline.config import Favor
from pipeline.corpus.table import Array
from pipeline.judge import model as line_model
from pipeline.judge.features import Batch
from pipeline.judge.rules.book import Hit, RuleBook, fold, form
from pipeline.judge.templates import LONG_WORDS, text_key
from pipeline.prepare import Prepared
from pipeline.text import shape

NOT_ASKED = -1
TOGETHER = 4000
"""Lines whose features are computed together: their table stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Signals:
    """On one document; every sequence has an item for each of its lines."""

    keys: Sequence[int]
    """64 bits, the same for lines that say the same; 0 for lines that say nothing."""
    forms: Sequence[int]
    """The same for short lines that differ in numbers only; 0 for lines without a letter."""
    hits: Sequence[tuple[Hit, ...]]
    """The rules that hold for the line, wherever it stands."""
    words: Sequence[int]
    prose: Sequence[bool]
    """Running text, to which no rule objects."""
    scores: Sequence[int]
    """What the line model makes of it, in thousandths of a logit."""
    main: Sequence[bool]
    """Whether the model takes it for the main text."""
    extractor: Sequence[int]
    """What the extractor makes of it: 2 all of it is text, 1 part of it, 0 none, -1 it was not asked."""


NO_SIGNALS = Signals((), (), (), (), (), (), (), ())
"""On a document without lines"""


def unjudged(lines: int) -> Signals:
    """The signals of a document that is not to be judged: all of its lines are text."""
    nothing = [0] * lines
    return Signals(
        keys=nothing,
        forms=nothing,
        hits=[()] * lines,
        words=nothing,
        prose=[False] * lines,
        scores=nothing,
        main=[True] * lines,
        extractor=[NOT_ASKED] * lines,
    )


def gather(documents: Sequence[Prepared], book: RuleBook, favor: Favor) -> Iterator[Signals]:
    """The evidence on each document, in order."""
    for batch in _batches(documents):
        yield from _gather(batch, book, favor)


def _batches(documents: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Documents of one kind, some thousand lines together."""
    batch: list[Prepared] = []
    size = 0
    for document in documents:
        other = bool(batch) and (batch[0].markup is None) != (document.markup is None)
        if batch and (other or size + len(document.lines) > TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += len(document.lines)
    if batch:
        yield batch


def _gather(documents: Sequence[Prepared], book: RuleBook, favor: Favor) -> Iterator[Signals]:
    batch = Batch.of([document.lines for document in documents])
    if not batch.texts:
        yield from (NO_SIGNALS for _ in documents)
        return
    folded = [fold(text) for text in batch.texts]
    keys = list(map(text_key, folded))
    hits = [book.match(key) for key in folded]
    facts = _facts(documents)
    judged = line_model.judge_all(batch, hits, favor, facts)
    words = judged.words.tolist()
    forms = [
        text_key(form(key) if count <= LONG_WORDS else key)  # a long line is no furniture with another number
        for key, count in zip(folded, words, strict=True)
    ]
    prose = [
        not found and (count >= shape.LONG_PROSE_WORDS or (count >= shape.PROSE_WORDS and shape.ends_sentence(text)))
        for found, count, text in zip(hits, words, batch.texts, strict=True)
    ]
    scores, main = judged.scores.tolist(), judged.keep.tolist()
    extractor = facts["kept"].tolist() if facts else [NOT_ASKED] * len(words)
    bounds = batch.offsets.tolist()
    for low, high in pairwise(bounds):
        part = slice(low, high)
        yield Signals(
            keys[part], forms[part], hits[part], words[part], prose[part], scores[part], main[part], extractor[part]
        )


def _facts(documents: Sequence[Prepared]) -> dict[str, Array] | None:
    tables = [document.markup.facts for document in documents if document.markup and document.markup.facts is not None]
    return dict(zip(_fact_names(), np.concatenate(tables).T, strict=True)) if tables else None


@cache
def _fact_names() -> tuple[str, ...]:
    from pipeline.text.html.facts import FACTS  # imports lxml, which plain text needs not

    return FACTS
