"""One verdict for every line, from all that is known of it. The first signal in this order decides:

1. a field: the line is metadata or a caption, and stands in another field of the record;
2. a rule that removes;
3. it is a copy of an earlier line of the document, and that one is kept;
4. nothing in it is a letter or a digit;
5. the line is a template of its site;
6. the line model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.judge.repetition import Repeat
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.model import NO_EVIDENCE, Evidence, Line, Span

LINE_MODEL = "line-model"
"""What the ledger calls the line model"""


class Verdict(Struct, frozen=True):
    """Why a line is removed."""

    rule: str
    evidence: Evidence = NO_EVIDENCE


def strikes(hits: Sequence[Hit]) -> bool:
    """Whether any rule of these decides alone."""
    return any(hit.rule.verdict == "strike" for hit in hits)


def rule_verdict(hits: Sequence[Hit]) -> Verdict | None:
    """The verdict of the first rule that decides alone."""
    for hit in hits:
        if hit.rule.verdict == "strike":
            return Verdict(hit.rule.id, Evidence(pattern=hit.pattern))
    return None


def model_verdict(score: int) -> Verdict:
    """The verdict of the line model, from its score."""
    return Verdict(LINE_MODEL, Evidence(score=score / 1000))


def decide(
    lines: Sequence[Line],
    lifted: Mapping[int, Verdict],
    hits: Hits,
    repeats: Sequence[Repeat],
    ornaments: Sequence[bool],
    templates: Sequence[Verdict | None],
    model: Sequence[int | None],
) -> list[Verdict | None]:
    """A verdict for each line, None where it is kept. `lifted` and `repeats` go by line number, `model` has the scores of the
    lines that the model removes."""
    repeated = {repeat.line: repeat for repeat in repeats}
    kept: dict[int, int] = {}  # by the first of some copies, the one that is kept
    verdicts: list[Verdict | None] = []
    for i in range(len(lines)):
        verdict = lifted.get(i)
        if verdict is None and hits[i]:
            verdict = rule_verdict(hits[i])
        repeat = repeated.get(i)
        if verdict is None and repeat is not None:
            is_kept = verdicts[repeat.first] is None
            place = repeat.first if is_kept else kept.get(repeat.first)
            if place is not None:
                line = lines[place]
                first = Span(line.start, line.end)
                verdict = Verdict("repeat-in-document", Evidence(place=first, copies=repeat.copies))
        if verdict is None and ornaments[i]:
            verdict = Verdict("ornament")
        verdict = verdict or templates[i]
        score = model[i]
        if verdict is None and score is not None:
            verdict = model_verdict(score)
        if verdict is None and repeat is not None:
            kept[repeat.first] = i
        verdicts.append(verdict)
    return verdicts
