"""Two outputs side by side: which documents came, went and changed, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.model import Block
from pipeline.records import DocumentRecord, EditRecord
from pipeline.write.output import Output

PARTS = ("source_id", "quality", "captions", "posts", "extra")
"""What a record says beside its text, its metadata and its blocks"""
TOLD = ("sha256", "chars_out")
"""Metadata that differ where input and text do"""


@dataclass(frozen=True, slots=True)
class Change:
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
    """What else differs, by name: of metadata, and `source_id`, `quality`, `captions`, `posts`, `extra`, `blocks`, which have
    another form in the same text"""
    kinds: Counter[str] = field(default_factory=Counter)
    """By kind, how many blocks more the text has now; less than 0: fewer"""


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
    fields = _fields(before, after)
    if before.metadata.sha256 != after.metadata.sha256:
        what = "input"
    elif before.text != after.text:
        what = "text"
    else:
        what = "fields" if fields else "same"
    rules = _removed(edits_after)
    rules.subtract(_removed(edits_before))
    kinds: Counter[str] = Counter(block.kind for block in after.blocks)
    kinds.subtract(block.kind for block in before.blocks)
    return Change(before.source, what, len(before.text), len(after.text), _moved(rules), fields, _moved(kinds))


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
