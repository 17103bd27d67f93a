"""A plain text as blocks. It reads from top to bottom: what is verbatim first, then what stands in rows, then paragraphs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.model import Edit
from pipeline.text.blocks import Blocks, Kind
from pipeline.text.plain import code, hints, mails, tables, threads
from pipeline.text.plain.code import Region
from pipeline.text.plain.paragraphs import QUOTE_MARK, is_bare, paragraphs
from pipeline.text.plain.physical import Physical
from pipeline.text.plain.rows import Made, Rows
from pipeline.text.plain.runs import number_runs

_CODE, _TABLE = int(Kind.CODE), int(Kind.TABLE)


class LaidOut(NamedTuple):
    """A plain text as blocks, with the edits inside them and between."""

    blocks: Blocks
    inside: tuple[Edit, ...]
    between: tuple[Edit, ...]


def lay_out(source: str, start: int = 0) -> Blocks:
    """The blocks of a plain text, from the code point `start` on."""
    return read(source, start).blocks


def read(source: str, start: int = 0) -> LaidOut:
    """The blocks of a plain text, from the code point `start` on, with edits of what marks a quotation."""
    text = Physical(source, start)
    layout = _Layout(text)
    layout.take(_CODE, code.fences(text))
    layout.take(_TABLE, tables.bar_tables(text, layout.free))
    layout.take(_CODE, code.code(text, layout.free))
    layout.take(_TABLE, tables.column_tables(text, layout.free))
    made, inside = paragraphs(text, layout.free)
    rows, between = _rows(text, [*layout.made, *made], layout.free)
    posts = threads.find(rows)
    if not posts:
        mails.quoted(rows)
    number_runs(rows)
    languages = {int(rows.place[first]): name for first, name in layout.languages.items()}
    blocks = Blocks(**rows.columns(), texts=rows.texts, languages=languages, posts=posts)
    return LaidOut(blocks, tuple(inside), tuple(between))


class _Layout:
    """Which lines are code or in tables, and which are still free."""

    def __init__(self, text: Physical) -> None:
        self.free = bytearray(b"\1" * len(text))
        """1 of each line that is"""
        self.made: list[Made] = []
        self.languages: dict[int, str] = {}
        """Of code, by its first line"""

    def take(self, kind: int, regions: Iterable[Region]) -> None:
        """Make a block of each region."""
        for region in regions:
            self.made.append(Made(region.first, region.stop, kind))
            if region.language:
                self.languages[region.first] = region.language
            self.free[region.first : region.stop] = bytes(region.stop - region.first)


def _rows(text: Physical, made: list[Made], free: bytearray) -> tuple[Rows, list[Edit]]:
    """The blocks, none of them in a run yet, with the edits between them: a line of nothing but marks of a quotation is a blank
    one."""
    bare = [i for i in text.where(hints.QUOTE) if is_bare(text.texts[i])]
    gap = text.column.gap.copy()
    for i in bare:
        gap[i + 1 : i + 2] += 1
    left_out = [i for i in bare if free[i]]
    edits = [Edit(text.start[i], text.end[i], "", QUOTE_MARK) for i in left_out]
    return Rows(text, made, left_out, gap), edits
