"""Packs: cleaned documents on disk, as columns, so that what compares them need hold none in memory.

A pack is what one shard gave. All packs of a run, one after another, number its documents and its paragraphs.
"""

from pipeline.corpus.packs.divided import place_of
from pipeline.corpus.packs.judged_texts import DOCUMENTS, LINES
from pipeline.corpus.packs.many import Packs
from pipeline.corpus.packs.one import (
    MIN_WORDS,
    NO_DATE,
    NO_KEY,
    NOT_JUDGED,
    Pack,
    Part,
    Row,
    Taken,
    is_intact,
    is_long,
    part,
    row,
    text_row,
    write,
    write_divided,
    write_parts,
)

__all__ = [
    "DOCUMENTS",
    "LINES",
    "MIN_WORDS",
    "NOT_JUDGED",
    "NO_DATE",
    "NO_KEY",
    "Pack",
    "Packs",
    "Part",
    "Row",
    "Taken",
    "is_intact",
    "is_long",
    "part",
    "place_of",
    "row",
    "text_row",
    "write",
    "write_divided",
    "write_parts",
]
