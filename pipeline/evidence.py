"""What is known of every line before anything is decided: what rules say, what the model thinks, how the line looks.

Gathered for many documents at once, since the model is cheapest in batches; no document's evidence depends on another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import shape
from pipeline.boilerplate import rules
from pipeline.boilerplate.decide import Verdict
from pipeline.boilerplate.rules import Hit, RuleBook
from pipeline.preparing import Prepared


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one document; every sequence has an item for each of its lines."""

    folded: Sequence[str]
    """The form that rules match and copies are known by."""
    hits: Sequence[tuple[Hit, ...]]
    """The rules that hold, in their context."""
    prose: Sequence[bool]
    """Running text, to which no rule objects."""
    model: Sequence[Verdict | None]
    """Why the model does not take it for the main text; None where it does."""


def gather(batch: Sequence[Prepared], book: RuleBook) -> list[Evidence]:
    """The evidence on each document of `batch`."""
    gathered: list[Evidence] = []
    for prepared in batch:
        folded = [rules.fold(line.text) for line in prepared.lines]
        found = [book.line(key) for key in folded]
        prose = [not hits and shape.is_prose(line.text) for hits, line in zip(found, prepared.lines, strict=True)]
        model: list[Verdict | None] = [None] * len(folded)
        if prepared.markup is not None:
            from pipeline.text.html_facts import FACTS

            struck = Verdict("not-main-text", {"extractor": 0})
            model = [None if kept else struck for kept in prepared.markup.facts[:, FACTS.index("kept")].tolist()]
        gathered.append(Evidence(folded, rules.in_context(found, prose), prose, model))
    return gathered
