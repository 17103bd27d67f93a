"""What a document's ledger comes to, rule by rule: all that the report needs of it, but for what it shows whole.

It does not change with the other documents of a run. So it is made once, with the document, and kept beside its ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.ledger import Edits
from pipeline.write.report.families import family_of

EXAMPLES = 3
MAX_EXAMPLE = 240
"""Characters shown of what a rule has removed"""


class Summed(NamedTuple):
    """The edits of a rule in one document."""

    edits: int
    chars: int
    """Code points by which they shorten it"""
    examples: tuple[int, ...]
    """The first few that took out something to be shown, each another text: their numbers in the ledger"""


def summed(edits: Edits, removed: Sequence[str]) -> dict[str, Summed]:
    """Return what the edits of a document come to, by rule. `removed`: what each takes out."""
    rules = [verdict.rule for verdict in edits.verdicts]
    chars = dict.fromkeys(rules, 0)
    shown: dict[str, dict[str, int]] = {rule: {} for rule in chars}
    lacking = set(filter(is_shown, chars))  # rules of which more is to be shown
    for number, (rule, text) in enumerate(zip(rules, removed, strict=True)):
        chars[rule] += len(text)
        if rule in lacking and (seen := example(text)):
            shown[rule].setdefault(seen, number)
            if len(shown[rule]) == EXAMPLES:
                lacking.remove(rule)
    for number, replacement in edits.replacements.items():
        chars[rules[number]] -= len(replacement)
    counts = Counter(rules)
    return {rule: Summed(counts[rule], chars[rule], tuple(shown[rule].values())) for rule in chars}


def is_shown(rule: str) -> bool:
    """Whether examples are given of what a rule removes."""
    return family_of(rule, {}) != "repairs"


def example(removed: str) -> str:
    """Return what is shown of an edit that takes out this; empty where there is nothing to be seen."""
    return removed.strip()[: MAX_EXAMPLE + 1]
