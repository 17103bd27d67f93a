"""What the report needs of the documents, gathered by the workers that write them; it does not grow with the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from pipeline.ledger import Edits
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.report.index import Documents
from pipeline.write.report.sample import Listed, Place, Sample
from pipeline.write.report.summed import EXAMPLES, Summed, example, summed
from pipeline.write.struck import Shares, source_of, struck_from

MAX_GROUP = 120
"""Characters of the name of a group of documents"""
MAX_NAME = 300
"""Characters shown of a title: a line may be a whole file"""

MAX_SOURCE = 2_000
"""Characters of the name of a source; what is no longer than this can be asked for by `pipeline why`"""


class Tally(Struct):
    """Counts of all documents, some examples for each rule, a sample of the documents, and an index of them."""

    counts: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    """By rule, as the two that follow"""
    chars: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Text and source"""
    shares: Shares = field(default_factory=Shares)
    sample: Sample = field(default_factory=Sample)
    index: Documents = field(default_factory=Documents)

    def add(self, record: DocumentRecord, ledger: Sequence[EditRecord], place: Place) -> None:
        """Take one document into account, by its record and those of its edits."""
        rules = summed(Edits.of(one.edit for one in ledger), [one.text for one in ledger])
        self.add_summed(record, rules, ledger.__getitem__, place, struck_from(ledger))

    def add_summed(
        self,
        record: DocumentRecord,
        rules: Mapping[str, Summed],
        edit: Callable[[int], EditRecord],
        place: Place,
        struck: int = 0,
    ) -> None:
        """Take one document into account, by its record and what its edits come to.

        edit: gives one of them by its number
        struck: code points of copies among what they took out
        """
        meta = record.metadata
        self.counts.update(
            documents=1,
            chars_in=meta.chars_in,
            chars_out=meta.chars_out,
            edits=sum(one.edits for one in rules.values()),
            paragraphs=len(record.blocks),
            linked=sum(block.cluster_id is not None for block in record.blocks),
        )
        name = source_of(record)
        self.shares.add(record, name, struck)
        for rule, one in rules.items():
            self.edits[rule] += one.edits
            self.chars[rule] += one.chars
            self.documents[rule] += 1
            shown = self.examples.setdefault(rule, [])
            for number in one.examples:
                if len(shown) < EXAMPLES:
                    self._show(rule, example(edit(number).text), record.source)
        group = name[:MAX_GROUP]
        self.index.add(record.id, group, record.created, place)
        self.sample.add([_listed(record, group, rules, place)])

    def rule_names(self) -> list[str]:
        """Return the rules that made edits, those that took out most first."""
        return sorted(self.edits, key=lambda rule: (-self.chars[rule], rule))

    def _show(self, rule: str, text: str, source: str) -> None:
        shown = self.examples.setdefault(rule, [])
        if len(shown) < EXAMPLES and all(text != other for other, _ in shown):
            shown.append((text, source))

    def merge(self, other: Tally) -> None:
        """Take into account what `other` did, whose documents come after these."""
        for own, more in (
            (self.counts, other.counts),
            (self.edits, other.edits),
            (self.chars, other.chars),
            (self.documents, other.documents),
        ):
            own.update(more)
        self.shares.merge(other.shares)
        self.sample.add(other.sample.listed)
        self.index.merge(other.index)
        for rule, shown in other.examples.items():
            for text, source in shown:
                self._show(rule, text, source)


def _listed(record: DocumentRecord, group: str, rules: Mapping[str, Summed], place: Place) -> Listed:
    meta = record.metadata
    return Listed(
        id=record.id,
        source=record.source[:MAX_SOURCE],
        title=meta.title[:MAX_NAME] if meta.title else None,
        group=group,
        date=record.created[:10] if record.created else None,
        chars_in=meta.chars_in,
        chars_out=meta.chars_out,
        quality=record.quality.f1 if record.quality else None,
        duplicate_of=record.duplicate_of,
        removed=tuple(sorted((rule, one.chars) for rule, one in rules.items())),
        pieces=len(record.blocks) + sum(one.edits for one in rules.values()),
        place=place,
    )
