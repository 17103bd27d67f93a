"""A text as it is set from the kept pieces of its source, and the edits between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from pipeline.expression import expression
from pipeline.ledger import Edits
from pipeline.model import LINE_BREAK, Edit, Span, Verdict
from pipeline.text.blocks import RUNS

_WHITE_SPACE = Verdict("white-space")
_EXACT = frozenset({"white-space", "byte-order-mark"})
"""Rules that say what each character is that they remove: their edits take nothing else along."""
_INDENTED_BREAK = expression(r"\n[ \t]*")
"""What may stay as it is between two lines of a list or a poem: its indentation says how deep the second stands."""


class Piece(Struct):
    """What is kept of one block: from its first to its last character, and the edits inside."""

    start: int
    end: int
    number: int
    """Place among the blocks of the source, or of an earlier assembly"""
    joined: str
    """What parts it from the piece before"""
    inner: Sequence[Edit] = ()


class Setting:
    """A text as it is set: what is taken out of the source and what is put into the text, in the order of the source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0  # of the source, up to which all is settled
        self._edits = Edits()
        self._parts: list[str] = []
        self._size = 0  # of the text
        self._is_begun = False
        # What is to be removed behind the position
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._verdicts: list[Verdict] = []
        self._is_exact = False

    def take_out(self, starts: Sequence[int], ends: Sequence[int], verdicts: Sequence[Verdict | None]) -> None:
        """Remove some blocks, each for its reason."""
        self._starts += starts
        self._ends += ends
        self._verdicts += verdicts  # type: ignore[arg-type]  # each has one

    def remove(self, edit: Edit) -> None:
        """Remove what an edit does."""
        self._starts.append(edit.start)
        self._ends.append(edit.end)
        self._verdicts.append(Verdict(edit.rule, edit.evidence))
        self._is_exact = self._is_exact or edit.rule in _EXACT

    def remove_all(self, edits: Iterable[Edit]) -> None:
        """Remove what some edits do."""
        for edit in edits:
            self.remove(edit)

    def put(self, piece: Piece, kind: int) -> tuple[int, int]:
        """Put a piece into the text, parted from the one before; where it stands there."""
        separator = piece.joined if self._is_begun else ""
        self._is_begun = True
        self._settle(piece.start, separator, keeps_indent=separator == LINE_BREAK and kind in RUNS)
        start = self._size
        self._add_edited(piece.start, piece.end, piece.inner)
        self._position = piece.end
        return start, self._size

    def finished(self, notes: Sequence[Edit]) -> tuple[str, Edits]:
        """The text, and all edits with what decoding noted."""
        self._settle(len(self._source), "", keeps_indent=False)
        edits = Edits.of(annotated(list(self._edits), notes)) if notes else self._edits
        return "".join(self._parts), edits

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)

    def _add_edited(self, start: int, end: int, edits: Sequence[Edit]) -> None:
        """Add a stretch of the source with the edits inside it carried out."""
        if edits:  # as few have
            for edit in edits:
                self._add(self._source[start : edit.start])
                self._add(edit.replacement)
                start = edit.end
            self._edits.extend(edits)
        self._add(self._source[start:end])

    def _settle(self, end: int, separator: str, *, keeps_indent: bool) -> None:
        """Make the edits of the stretch up to `end`, in which nothing is kept but a `separator`."""
        starts, ends = self._starts, self._ends
        if not starts and self._source[self._position : end] == separator:  # as between most pieces
            self._add(separator)
            return
        if self._is_exact:
            self._settle_exactly(end, separator, keeps_indent)
            return
        last = len(starts)  # the number of the last stretch of white space, if there is one before each removal
        kept, replaced = -1, -1
        if separator:
            edges = [*zip((self._position, *ends), (*starts, end), strict=True)]
            may_keep = keeps_indent or separator in self._source[self._position : end]
            kept = _separator(self._source, edges, separator, keeps_indent) if may_keep else -1
            if kept < 0:
                replaced = next((i for i in range(last, -1, -1) if edges[i][0] < edges[i][1]), -1)
            low, high = edges[kept]
            self._add(self._source[low:high] if kept >= 0 else separator if replaced >= 0 else "")
        first = starts[0] if starts else end
        if self._position < first and kept != 0:
            self._edits.add(self._position, first, _WHITE_SPACE, separator if replaced == 0 else "")
        if starts:
            parted = max(kept, replaced)
            if 0 < parted < last:
                self._take_out(0, parted)
                if parted == replaced:
                    self._edits.add(ends[parted - 1], starts[parted], _WHITE_SPACE, separator)
                self._take_out(parted, last)
            else:
                self._take_out(0, last)
            if ends[-1] < end and kept != last:
                self._edits.add(ends[-1], end, _WHITE_SPACE, separator if replaced == last else "")
            self._starts, self._ends, self._verdicts = [], [], []

    def _take_out(self, first: int, stop: int) -> None:
        """Remove some of what is to be removed, each with the white space between it and the next one."""
        edits = self._edits
        edits.starts += self._starts[first:stop]
        edits.ends += self._starts[first + 1 : stop]
        edits.ends.append(self._ends[stop - 1])
        edits.verdicts += self._verdicts[first:stop]

    def _settle_exactly(self, end: int, separator: str, keeps_indent: bool) -> None:
        """The same where removals say what each character is that they remove: white space among them may be the separator."""
        rows = zip(self._starts, self._ends, self._verdicts, strict=True)
        removals = [Edit(start, stop, "", verdict.rule, verdict.evidence) for start, stop, verdict in rows]
        found = _between_exact(self._source, self._position, end, removals, separator, keeps_indent)
        self._add_edited(self._position, end, found)
        self._starts, self._ends, self._verdicts = [], [], []
        self._is_exact = False


def _separator(source: str, edges: Sequence[tuple[int, int]], separator: str, keeps_indent: bool) -> int:
    """The first stretch of white space that is a `separator` as it is, -1 if there is none."""
    for i, (low, high) in enumerate(edges):
        if source[low:high] == separator:
            return i
    if keeps_indent and _INDENTED_BREAK.fullmatch(source[slice(*edges[-1])]):
        return len(edges) - 1
    return -1


def _between_exact(
    source: str, start: int, end: int, removals: Sequence[Edit], separator: str, keeps_indent: bool
) -> list[Edit]:
    """The same where removals say what each character is that they remove: white space among them may be the separator."""
    found: list[Edit] = []
    position = start
    for removal in removals:
        if removal.start > position:
            found.append(Edit(position, removal.start, "", "white-space"))
        found.append(removal)
        position = removal.end
    if position < end:
        found.append(Edit(position, end, "", "white-space"))
    blanks = [i for i, edit in enumerate(found) if edit.rule == "white-space"]
    if separator and blanks:
        for i in blanks:
            space = source[found[i].start : found[i].end]
            if space == separator or (keeps_indent and i == len(found) - 1 and _INDENTED_BREAK.fullmatch(space)):
                del found[i]
                break
        else:
            found[blanks[-1]] = found[blanks[-1]].replace(replacement=separator)
    return list(_with_breaks(found))


def _with_breaks(edits: Sequence[Edit]) -> Iterator[Edit]:
    """`edits`, where a removed block takes along the white space between it and another removed one."""
    held: Edit | None = None
    for i, edit in enumerate(edits):
        is_break = edit.rule == "white-space" and not edit.replacement and i + 1 < len(edits)
        if is_break and held and held.rule not in _EXACT and held.end == edit.start:
            held = held.replace(end=edit.end)
            continue
        if held:
            yield held
        held = edit
    if held:
        yield held


def annotated(edits: Sequence[Edit], notes: Sequence[Edit]) -> list[Edit]:
    """`edits` with what decoding noted, as edits of no length: bytes that the source alone would not give back."""
    merged: list[Edit] = []
    done = 0
    for note in notes:
        while done < len(edits) and edits[done].end <= note.start:
            merged.append(edits[done])
            done += 1
        at = min(note.start, edits[done].start) if done < len(edits) else note.start
        merged.append(Edit(at, at, "", note.rule, note.evidence.replace(place=Span(note.start, note.end))))
    merged.extend(edits[done:])
    return merged
