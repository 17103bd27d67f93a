"""Receipts checked: what was taken out because it is said elsewhere stands there, word by word, in the clean text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ledger import apply
from pipeline.records import DocumentRecord
from pipeline.text import normalise
from pipeline.tokens import token_hashes
from pipeline.write.links import Links
from pipeline.write.output import Output

RECEIPT_WORDS = 3
"""Words of a run that must stand in the text that is kept."""


class Receipts:
    """The receipts of an output, and the paragraphs that they name. Memory grows with these alone."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._kept: dict[tuple[str, int, int], str] = {}
        self._is_alone = not output.manifest.against
        """Whether the run was held against no other, so that all receipts are for what stands here"""
        self._sources: dict[int, str] = {}
        """Of the documents that have receipts, by number"""
        for edit in output.records("removed"):
            receipt = edit.evidence.kept
            if receipt is not None and (self._is_alone or not receipt.older):  # what another output has is not here
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

    def problems(self, links: Links) -> Iterator[str]:
        """Yield what is said to be kept and is not, once all documents are added, also to `links`."""
        for edit in self._output.records("removed") if self._kept else ():
            receipt = edit.evidence.kept
            if receipt is None:
                continue
            if receipt.older and not self._is_alone:
                continue
            name = f"removed, {self._sources[edit.document]}: the {edit.rule} at {edit.start}"
            if receipt.older:
                yield f"{name} says that another run keeps it, and the manifest knows of none"
                continue
            if not links.has(receipt.document_id, receipt.source):
                yield f"{name} is kept in {receipt.source}, which is not the source of {receipt.document_id}"
            kept = self._kept[receipt.document_id, receipt.start, receipt.end]
            if not _stands_in(edit.text, kept):
                yield f"{name} has words that are not kept at {receipt.source}:{receipt.start}"


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
