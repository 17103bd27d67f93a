"""All that the report says of a run, before it is written as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from pipeline.model import Failure
from pipeline.records import DocumentRecord
from pipeline.write.report.families import BY_KEY, family_of
from pipeline.write.report.gather import Tally
from pipeline.write.report.sample import Listed, Place
from pipeline.write.report.sharing import Sharing
from pipeline.write.report.whole import Part


class RuleInfo(NamedTuple):
    """What a rule book says of a rule."""

    category: str
    why: str


class Reader(Protocol):
    """Reads documents of the run where they lie."""

    def before(self, place: Place) -> DocumentRecord:
        """Return a document before copies of others were struck from it."""

    def parts(self) -> Iterator[Part]:
        """Yield what the page shows of the documents of `whole.groups`, in their order, as they are written. Once."""


class Facts(Struct, frozen=True, dict=True):
    """What a run did, and with what."""

    version: str
    config: Mapping[str, Any]
    defaults: Mapping[str, Any]
    """The configuration of a run without options"""
    libraries: Mapping[str, str | None]
    counts: Mapping[str, int]
    passed_over: Mapping[str, int]
    """Parts of inputs that were never meant to be documents, by reason"""
    rules: Mapping[str, RuleInfo]
    """The rule book"""
    tally: Tally
    sharing: Sharing
    failures: Sequence[Failure]
    reader: Reader

    def family(self, rule: str) -> str:
        """Return the key of a rule's family."""
        return family_of(rule, {rule: self.rules[rule].category} if rule in self.rules else {})

    def why(self, rule: str) -> str:
        """Return what a rule is for."""
        return self.rules[rule].why if rule in self.rules else BY_KEY[self.family(rule)].what

    @cached_property
    def chars(self) -> Counter[str]:
        """Code points by which each family of rules shortened the documents."""
        found: Counter[str] = Counter()
        for rule, count in self.tally.chars.items():
            found[self.family(rule)] += count
        return found

    @cached_property
    def rule_names(self) -> list[str]:
        """The rules that made edits, those that took out most first."""
        return self.tally.rule_names()

    @cached_property
    def listed(self) -> list[Listed]:
        """The documents that the report lists, by source."""
        return self.tally.sample.rows()
