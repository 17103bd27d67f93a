"""Receipts checked: what was taken out because it is said elsewhere stands there, word by word, in the clean text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ledger import apply
from pipeline.records import DocumentRecord
from pipeline.text import normalise
from pipeline.tokens import token_hashes
from pipeline.write.output import Output

RECEIPT_WORDS = 3
"""Words of a run that must stand in the text that is kept."""


class Receipts:
    """The receipts of an output, and the paragraphs that they name. Memory grows with these alone."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._kept: dict[tuple[str, int, int], str] = {}
        self._sources: dict[int, str] = {}
        """Of the documents that have receipts, by number"""
        for edit in output.records("removed"):
            receipt = edit.evidence.kept
            if receipt is not None and not receipt.older:  # what another output has is not looked for here
                self._kept[receipt.document_id, receipt.start, receipt.end] = ""
                self._sources[edit.document] = ""

    def add(self, record: DocumentRecord) -> None:
        """Take from a document what receipts name."""
        if record.number in self._sources:
            self._sources[record.number] = record.source
        for paragraph in record.blocks if self._kept else ():
            place = (record.id, paragraph.src_start, paragraph.src_end)
            if place in self._kept:
                self._kept[place] = record.text[paragraph.start : paragraph.end]

    def problems(self) -> Iterator[str]:
        """Yield what is said to be kept and is not, once all documents are added."""
        for edit in self._output.records("removed") if self._kept else ():
            receipt = edit.evidence.kept
            if receipt is None or receipt.older:
                continue
            kept = self._kept[receipt.document_id, receipt.start, receipt.end]
            if not _stands_in(edit.text, kept):
                yield (
                    f"removed, {self._sources[edit.document]}: the {edit.rule} at {edit.start} has words that are not kept at "
                    f"{receipt.source}:{receipt.start}"
                )


def _stands_in(removed: str, kept: str) -> bool:
    """Whether every run of three words of a slice of a source stands in a clean text: as it is there, or repaired as it
    would be if it were kept."""
    runs = _runs(kept)
    if _runs(removed) <= runs:
        return True
    words = normalise.words(kept)
    for entities in (False, True):
        repairs = normalise.edits(removed, 0, words.__contains__, entities=entities)
        if _runs(apply(removed, repairs)) <= runs:
            return True
    return False


def _runs(text: str) -> set[tuple[int, ...]]:
    """Return the runs of three words of a text, by hash."""
    words = token_hashes([text])[1].tolist()
    return {tuple(words[at : at + RECEIPT_WORDS]) for at in range(max(1, len(words) - RECEIPT_WORDS + 1))}
