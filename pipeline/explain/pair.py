"""Two paragraphs of an output, word by word: what they share, how alike they are, and what a run made of them."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.match.core import shingle
from pipeline.records import DocumentRecord, PairRecord
from pipeline.write.output import Output

_WORD = expression(r"\S+|\n+")
Side = Literal["both", "a", "b"]


class Compared(Struct, frozen=True):
    """Two paragraphs side by side."""

    a: str
    b: str
    pieces: list[tuple[Side, str]]
    """The words of both in their order: in both, in `a` alone, in `b` alone"""
    jaccard: float
    """Exact, of their shingles"""
    containment_ab: float
    """Share of a's shingles that b has"""
    containment_ba: float
    found: PairRecord | None
    """The pair in the output; None where the run did not link them"""


def compare(output: Output, a: str, b: str) -> Compared:
    """Compare two paragraphs, each given by its id, as clusters and `pairs` have it.

    Raises:
        UsageError: the output has no such paragraph.
    """
    texts = {name: _text(output, name) for name in (a, b)}
    k = output.manifest.config["shingle_words"]
    ours, theirs = (_shingles(texts[name], k) for name in (a, b))
    shared = len(ours & theirs)
    found = (pair for pair in output.records("pairs") if {pair.a.paragraph_id, pair.b.paragraph_id} == {a, b})
    return Compared(
        texts[a],
        texts[b],
        _pieces(_WORD.findall(texts[a]), _WORD.findall(texts[b])),
        shared / max(len(ours | theirs), 1),
        shared / max(len(ours), 1),
        shared / max(len(theirs), 1),
        next(found, None),
    )


def _text(output: Output, name: str) -> str:
    for record, removed in output.ledgers():
        if not name.startswith(record.id[:8]):
            continue
        if (text := _in_record(record, name)) is not None:
            return text
        for edit in removed:  # taken out as a copy
            if edit.evidence.paragraph_id == name:
                return edit.text
    raise UsageError(
        f"{output.path}: has no paragraph {name!r}; ids stand in clusters and pairs: a document's, a hyphen, a block's"
    )


def _in_record(record: DocumentRecord, name: str) -> str | None:
    return next((record.text[one.start : one.end] for one in record.blocks if record.paragraph_id(one) == name), None)


def _shingles(text: str, k: int) -> set[int]:
    made = shingle.shingles([text], k)
    return set(made.hash.tolist())


def _pieces(a: list[str], b: list[str]) -> list[tuple[Side, str]]:
    pieces: list[tuple[Side, str]] = []
    for what, low, high, start, stop in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("both", " ".join(a[low:high])))
            continue
        if high > low:
            pieces.append(("a", " ".join(a[low:high])))
        if stop > start:
            pieces.append(("b", " ".join(b[start:stop])))
    return pieces
