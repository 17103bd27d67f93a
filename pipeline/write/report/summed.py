"""What a document's ledger comes to, rule by rule: all that the report needs of it, but for what it shows whole.

It does not change with the other documents of a run. So it is made once, with the document, and kept beside its ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.model import Edit
from pipeline.records import EditRecord
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


def summed(edits: Sequence[Edit | EditRecord], removed: Sequence[str]) -> dict[str, Summed]:
    """Return what the edits of a document come to, by rule. `removed`: what each takes out."""
    chars: dict[str, list[int]] = {}
    shown: dict[str, dict[str, int]] = {}
    for number, (edit, text) in enumerate(zip(edits, removed, strict=True)):
        rule = edit.rule
        if rule not in chars:
            chars[rule] = []
            shown[rule] = {}
        chars[rule].append(len(text) - len(edit.replacement))
        if len(shown[rule]) < EXAMPLES and is_shown(rule) and (seen := example(text)):
            shown[rule].setdefault(seen, number)
    return {rule: Summed(len(own), sum(own), tuple(shown[rule].values())) for rule, own in chars.items()}


def is_shown(rule: str) -> bool:
    """Whether examples are given of what a rule removes."""
    return family_of(rule, {}) != "repairs"


def example(removed: str) -> str:
    """Return what is shown of an edit that takes out this; empty where there is nothing to be seen."""
    return removed.strip()[: MAX_EXAMPLE + 1]
