"""One verdict for every line, from all that is known of it. The first signal in this order decides:

1. a field: the line is metadata or a caption, and stands in another field of the record;
2. a rule that removes;
3. it is a copy of an earlier line of the document, and that one is kept;
4. nothing in it is a letter or a digit;
5. the line is a template of its site;
6. the line model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from pipeline.judge.repetition import Repeat
from pipeline.judge.rules.rule import Hit, Hits
from pipeline.model import Evidence, Span, Verdict
from pipeline.text.blocks import Blocks

LINE_MODEL = "line-model"
"""What the ledger calls the line model"""


def strikes(hits: Sequence[Hit]) -> bool:
    """Whether any rule of these decides alone."""
    return any(hit.rule.verdict == "strike" for hit in hits)


def rule_verdict(hits: Sequence[Hit]) -> Verdict | None:
    """The verdict of the first rule that decides alone."""
    for hit in hits:
        if hit.rule.verdict == "strike":
            return Verdict(hit.rule.id, Evidence(pattern=hit.pattern))
    return None


@lru_cache(maxsize=1 << 14)
def model_verdict(score: int) -> Verdict:
    """The verdict of the line model, from its score: one of some thousand."""
    return Verdict(LINE_MODEL, Evidence(score=score / 1000))


def decide(
    blocks: Blocks,
    lifted: Mapping[int, Verdict],
    hits: Hits,
    repeats: Sequence[Repeat],
    ornaments: Collection[int],
    templates: Mapping[int, Verdict],
    model: Sequence[int | None],
) -> list[Verdict | None]:
    """A verdict for each line, None where it is kept. All but `hits` and `model` go by line number; `ornaments` are those that
    have no letter or digit, `model` has the scores of the lines that the model removes."""
    verdicts = [None if score is None else model_verdict(score) for score in model]
    repeated = {repeat.line: repeat for repeat in repeats}
    kept: dict[int, int] = {}  # by the first of some copies, the one that is kept
    # Of most lines nothing is known but what the model makes of them.
    matched = [i for i, found in enumerate(hits) if found]
    for i in sorted({*lifted, *matched, *repeated, *ornaments, *templates}):
        verdict = lifted.get(i) or rule_verdict(hits[i])
        repeat = repeated.get(i)
        if verdict is None and repeat is not None:
            is_kept = verdicts[repeat.first] is None
            place = repeat.first if is_kept else kept.get(repeat.first)
            if place is not None:
                first = Span(int(blocks.start[place]), int(blocks.end[place]))
                verdict = Verdict("repeat-in-document", Evidence(place=first, copies=repeat.copies))
        if verdict is None and i in ornaments:
            verdict = Verdict("ornament")
        verdicts[i] = verdict or templates.get(i) or verdicts[i]
        if verdicts[i] is None and repeat is not None:
            kept[repeat.first] = i
    return verdicts
