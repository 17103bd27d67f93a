"""What is known of every line before anything is decided: what rules say, what the model thinks, how the line looks.

The model judges many documents at once, since it is cheapest in batches; no judgement depends on another document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import shape
from pipeline.boilerplate import lines, rules
from pipeline.boilerplate.decide import Verdict
from pipeline.boilerplate.rules import Hit, RuleBook
from pipeline.preparing import Prepared


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the line model makes of a document."""

    scores: Sequence[int]
    """For each line, in thousandths of a logit."""
    main: Sequence[bool]
    """For each line whether it is taken for the main text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """On one document; every sequence has an item for each of its lines."""

    folded: Sequence[str]
    """The form that rules match and copies are known by."""
    hits: Sequence[tuple[Hit, ...]]
    """The rules that hold, in their context."""
    prose: Sequence[bool]
    """Running text, to which no rule objects."""
    model: Sequence[Verdict | None]
    """Why the model does not take it for the main text; None where it does."""
    templates: Sequence[Verdict | None]
    """Why it is furniture that many documents have; None where it is not."""


def judge(batch: Sequence[Prepared], book: RuleBook, favor: lines.Favor) -> list[Judgement]:
    """What the line model makes of each document of `batch`."""
    return [_judge(prepared, book, favor) for prepared in batch]


def _judge(prepared: Prepared, book: RuleBook, favor: lines.Favor) -> Judgement:
    if not prepared.lines:
        return Judgement([], [])
    if prepared.markup is not None and prepared.markup.facts is not None:
        from pipeline.text.html_facts import FACTS

        kept = prepared.markup.facts[:, FACTS.index("kept")].tolist()
        return Judgement([1000 * (2 * bool(value) - 1) for value in kept], [value != 0 for value in kept])
    judged = lines.judge(prepared.lines, [book.line(line.text) for line in prepared.lines], favor)
    return Judgement(judged.scores.tolist(), judged.keep.tolist())


def gather(
    prepared: Prepared, judgement: Judgement, book: RuleBook, templates: Sequence[Verdict | None] | None = None
) -> Evidence:
    """The evidence on one document."""
    folded = [rules.fold(line.text) for line in prepared.lines]
    found = [book.line(line.text) for line in prepared.lines]
    prose = [not hits and shape.is_prose(line.text) for hits, line in zip(found, prepared.lines, strict=True)]
    model = [
        None if main else Verdict("line-model", {"score": score / 1000})
        for score, main in zip(judgement.scores, judgement.main, strict=True)
    ]
    return Evidence(
        folded, rules.in_context(found, prose, prepared.site), prose, model, templates or [None] * len(folded)
    )
