"""Two outputs side by side: which documents came, went and changed, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import Output


@dataclass(frozen=True, slots=True)
class Change:
    """What one document is in the second output, compared with the first."""

    source: str
    what: str
    """`added`, `gone`, `input` (the input has changed), `text`, `fields` or `same`"""
    before: int = 0
    """Characters of the clean text"""
    after: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """By rule, how many characters more it removes now; less than 0: fewer"""


def changes(first: Output, second: Output) -> Iterator[Change]:
    """Every document of either output, in order of source. Both are read once, side by side."""
    ours, theirs = first.ledgers(), second.ledgers()
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0].source < other[0].source):
            assert one is not None
            yield Change(one[0].source, "gone", before=len(one[0].text))
            one = next(ours, None)
        elif one is None or other[0].source < one[0].source:
            yield Change(other[0].source, "added", after=len(other[0].text))
            other = next(theirs, None)
        else:
            yield _change(*one, *other)
            one, other = next(ours, None), next(theirs, None)


def _change(
    before: DocumentRecord, edits_before: list[EditRecord], after: DocumentRecord, edits_after: list[EditRecord]
) -> Change:
    if before.metadata.sha256 != after.metadata.sha256:
        what = "input"
    elif before.text != after.text:
        what = "text"
    elif before.metadata != after.metadata or before.captions != after.captions:
        what = "fields"
    else:
        what = "same"
    rules = _removed(edits_after)
    rules.subtract(_removed(edits_before))
    moved = Counter({rule: count for rule, count in rules.items() if count})
    return Change(before.source, what, len(before.text), len(after.text), moved)


def _removed(edits: list[EditRecord]) -> Counter[str]:
    """By rule, how many characters it removes."""
    found: Counter[str] = Counter()
    for edit in edits:
        found[edit.rule] += len(edit.text) - len(edit.replacement)
    return found
