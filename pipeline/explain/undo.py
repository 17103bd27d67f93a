"""A document as it was, or as it would be if some rules had not been asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline import ledger
from pipeline.errors import UsageError
from pipeline.model import BLOCK_BREAK, Edit
from pipeline.text.decode import decoder
from pipeline.wording import suggestion
from pipeline.write.output import Ledgered


def restored(found: Ledgered) -> bytes:
    """The bytes of a plain text; of any other document, its visible text as UTF-8.

    Raises:
        UsageError: the record's encoding is none, or has no bytes for the text.
    """
    metadata = found.record.metadata
    if metadata.media_type != "text/plain":
        return found.text.encode()
    try:
        return decoder.encode(found.text, metadata.encoding, [one.edit for one in found.removed])
    except (LookupError, ValueError):
        raise UsageError(
            f"{found.record.source}: its text cannot be written as {metadata.encoding!r}, which its record says: see "
            "`pipeline verify`"
        ) from None


def without(found: Ledgered, rules: Collection[str]) -> str:
    """The clean text of a document if some rules had not been asked.

    Raises:
        UsageError: none of them has changed the document.
    """
    edits = [one.edit for one in found.removed]
    if unknown := sorted(set(rules) - {edit.rule for edit in edits}):
        there = sorted({edit.rule for edit in edits})
        raise UsageError(f"{found.record.source}: no edit is by the rule {unknown[0]!r}{suggestion(unknown[0], there)}")
    return ledger.apply(found.text, list(_undone(edits, rules)))


def _undone(edits: Sequence[Edit], rules: Collection[str]) -> Iterator[Edit]:
    """The edits but those of some rules. White space that was removed beside those parts two blocks again."""
    for before, edit, after in zip([None, *edits], edits, [*edits[1:], None], strict=False):
        if edit.rule in rules:
            continue
        follows = before is not None and before.rule in rules and before.end == edit.start
        leads = after is not None and after.rule in rules and after.start == edit.end
        if edit.rule == "white-space" and not edit.replacement and (follows or leads):
            yield edit.replace(replacement=BLOCK_BREAK)
        else:
            yield edit
