"""Two outputs side by side: which documents came, went and changed, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field

from pipeline.model import Block
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import Output

PARTS = ("source_id", "added", "created", "quality", "captions", "posts", "extra")
"""What a record says beside its text, its metadata and its blocks"""
TOLD = ("sha256", "chars_out")
"""Metadata that differ where input and text do"""


class Change(Struct, frozen=True):
    """What one document is in the second output, compared with the first."""

    source: str
    what: str
    """`added`, `gone`, `input` (the input has changed), `text`, `fields` (anything else) or `same`"""
    before: int = 0
    """Characters of the clean text"""
    after: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """By rule, how many characters more it removes now; less than 0: fewer"""
    fields: tuple[str, ...] = ()
    """What else differs, by name: of metadata, and what else a record says (`PARTS`), `blocks`, which have another form in the
    same text, and `removed`, which names other rules for what both leave out"""
    kinds: Counter[str] = field(default_factory=Counter)
    """By kind, how many blocks more the text has now; less than 0: fewer"""


def changes(first: Output, second: Output) -> Iterator[Change]:
    """Every document of either output, in order of source. Both are read once, side by side."""
    for one, other in _side_by_side(first, second):
        yield _change(one, other)


def change_of(source: str, first: Output, second: Output) -> tuple[Change, str, str]:
    """What the document called `source` (or whose id begins so in either output) is, and its two clean texts.

    Raises:
        UsageError: neither output has it.
    """
    for one, other in _side_by_side(first, second):
        if any(side is not None and side[0].is_called(source) for side in (one, other)):
            return _change(one, other), one[0].text if one else "", other[0].text if other else ""
    raise second.unknown(source)


_Side = tuple[DocumentRecord, list[EditRecord]]


def _side_by_side(first: Output, second: Output) -> Iterator[tuple[_Side | None, _Side | None]]:
    """The documents of two outputs by source; None in place of one that is in the other alone."""
    ours, theirs = first.ledgers(), second.ledgers()
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0].source < other[0].source):
            yield one, None
            one = next(ours, None)
        elif one is None or other[0].source < one[0].source:
            yield None, other
            other = next(theirs, None)
        else:
            yield one, other
            one, other = next(ours, None), next(theirs, None)


def _change(one: _Side | None, other: _Side | None) -> Change:
    if other is None:
        assert one is not None
        return Change(one[0].source, "gone", before=len(one[0].text))
    if one is None:
        return Change(other[0].source, "added", after=len(other[0].text))
    (before, edits_before), (after, edits_after) = one, other
    rules = _removed(edits_after)
    rules.subtract(_removed(edits_before))
    moved = _moved(rules)
    fields = _fields(before, after)
    if moved and before.text == after.text and before.metadata.sha256 == after.metadata.sha256:
        fields += ("removed",)
    if before.metadata.sha256 != after.metadata.sha256:
        what = "input"
    elif before.text != after.text:
        what = "text"
    else:
        what = "fields" if fields else "same"
    kinds: Counter[str] = Counter(block.kind for block in after.blocks)
    kinds.subtract(block.kind for block in before.blocks)
    return Change(before.source, what, len(before.text), len(after.text), moved, fields, _moved(kinds))


def _fields(before: DocumentRecord, after: DocumentRecord) -> tuple[str, ...]:
    """What differs beside the text. Who is a copy of whom depends on other documents, and is none of it."""
    names = [name for name in before.metadata if name not in TOLD and before.metadata[name] != after.metadata[name]]
    names += [name for name in PARTS if before[name] != after[name]]
    if before.text == after.text and list(map(_form, before.blocks)) != list(map(_form, after.blocks)):
        names.append("blocks")
    return tuple(names)


def _form(block: Block) -> tuple[object, ...]:
    """What a block is, wherever it stands and whatever it says."""
    marks = tuple((mark.kind, mark.href) for mark in block.marks)
    own = block.level, block.depth, block.quote, block.number, block.language, block.continued, block.post
    return (block.kind, *own, marks)


def _moved(counts: Counter[str]) -> Counter[str]:
    return Counter({name: count for name, count in counts.items() if count})


def _removed(edits: list[EditRecord]) -> Counter[str]:
    """By rule, how many characters it removes."""
    found: Counter[str] = Counter()
    for edit in edits:
        found[edit.rule] += len(edit.text) - len(edit.replacement)
    return found
