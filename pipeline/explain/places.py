"""Why a line stands in the clean text or does not: the ledger, read for one place of one document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.model import Block, Line
from pipeline.records import EditRecord
from pipeline.text import lines as segment
from pipeline.write.output import Ledgered

_PLACE = expression(r"(?P<source>.+?):(?P<at>@?)(?P<number>\d{1,18})", re.DOTALL)


class Explanation(Struct, frozen=True):
    """What became of one line of the source."""

    number: int
    """Line number, from 1, as an editor counts."""
    line: Line
    edits: list[EditRecord]
    """The edits that touch the line, in order."""
    paragraph: Block | None
    """The paragraph that holds what is kept of it."""


def parse_place(place: str) -> tuple[str, int | None, bool]:
    """`SOURCE`, `SOURCE:LINE` or `SOURCE:@OFFSET` as (source, number, whether the number is an offset)."""
    match = _PLACE.fullmatch(place)
    if match is None:
        return place, None, False
    return match["source"], int(match["number"]), bool(match["at"])


def explain(document: Ledgered, number: int | None, is_offset: bool) -> list[Explanation]:
    """What became of one line, or of every line.

    Raises:
        UsageError: the document has no such line or offset.
    """
    source = document.text
    breaks = [match.end() for match in segment.LINE_BREAK.finditer(source)]
    starts = [0, *breaks]
    found = list(_explanations(document, starts))
    if number is None:
        return found
    if is_offset:
        chosen = [one for one in found if one.line.start <= number < one.line.end]
    else:
        chosen = [one for one in found if one.number == number]
    if chosen:
        return chosen
    name = document.record.source
    if not is_offset and 1 <= number <= len(starts):
        raise UsageError(f"{name}: line {number} is blank")
    if is_offset and number < len(source):
        raise UsageError(f"{name}: the character at {number} is white space between lines")
    if is_offset:
        raise UsageError(f"{name}: has {len(source):,} characters; there is none at {number:,}")
    raise UsageError(f"{name}: has {len(starts):,} lines; there is no line {number:,}, and a character is :@{number}")


def _explanations(document: Ledgered, starts: list[int]) -> Iterator[Explanation]:
    paragraphs = document.record.blocks
    number = edit_at = paragraph_at = 0
    for line in segment.lines(document.text):
        while number < len(starts) and starts[number] <= line.start:
            number += 1
        edits = document.removed
        while edit_at < len(edits) and edits[edit_at].end <= line.start:
            edit_at += 1
        touching: list[EditRecord] = []
        for edit in edits[edit_at:]:
            if edit.start >= line.end:
                break
            touching.append(edit)
        while paragraph_at < len(paragraphs) and paragraphs[paragraph_at].src_end <= line.start:
            paragraph_at += 1
        holds = paragraph_at < len(paragraphs) and paragraphs[paragraph_at].src_start < line.end
        yield Explanation(number, line, touching, paragraphs[paragraph_at] if holds else None)
