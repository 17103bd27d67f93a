"""Edits applied, undone and checked: the arithmetic that makes every character accountable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from pipeline.model import Edit, Verdict


class Edits:
    """Edits of one source in columns, in its order. Nearly all of them take out a line: an object for each would cost more than
    what is done with it."""

    __slots__ = ("ends", "replacements", "starts", "verdicts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.verdicts: list[Verdict] = []
        """Why each was made"""
        self.replacements: dict[int, str] = {}
        """By number, of those that put something in the place of what they take out"""

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Edits:
        """The columns of some edits."""
        made = cls()
        made.extend(edits)
        return made

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Edit]:
        rows = zip(self.starts, self.ends, self.verdicts, strict=True)
        for number, (start, end, verdict) in enumerate(rows):
            yield Edit(start, end, self.replacements.get(number, ""), verdict.rule, verdict.evidence)

    def add(self, start: int, end: int, verdict: Verdict, replacement: str = "") -> None:
        """Add one behind all others."""
        if replacement:
            self.replacements[len(self.starts)] = replacement
        self.starts.append(start)
        self.ends.append(end)
        self.verdicts.append(verdict)

    def extend(self, edits: Iterable[Edit]) -> None:
        """Add some behind all others."""
        for edit in edits:
            self.add(edit.start, edit.end, Verdict(edit.rule, edit.evidence), edit.replacement)

    def removed(self, source: str) -> list[str]:
        """The slice of the source that each takes out."""
        return [source[start:end] for start, end in zip(self.starts, self.ends, strict=True)]


def apply(source: str, edits: Sequence[Edit]) -> str:
    """The clean text: `source` with the edits carried out.

    Raises:
        ValueError: the edits overlap, are out of order or out of bounds.
    """
    pieces: list[str] = []
    position = 0
    length = len(source)
    for edit in edits:
        if not position <= edit.start <= edit.end <= length:
            raise ValueError(f"edit {edit.rule!r} at [{edit.start}, {edit.end}) overlaps another or is out of bounds")
        pieces += (source[position : edit.start], edit.replacement)
        position = edit.end
    pieces.append(source[position:])
    return "".join(pieces)


def undo(text: str, edits: Iterable[tuple[int, int, str, str]]) -> str:
    """The source: `text` with the edits taken back, each given as (start, end, source slice, replacement).

    Raises:
        ValueError: the edits do not belong to this text.
    """
    pieces: list[str] = []
    position = cursor = 0
    for start, end, removed, replacement in edits:
        kept = start - position
        after = cursor + kept
        if kept < 0 or end - start != len(removed) or text[after : after + len(replacement)] != replacement:
            raise ValueError(f"the edit at [{start}, {end}) does not belong to this text")
        pieces += (text[cursor:after], removed)
        cursor, position = after + len(replacement), end
    pieces.append(text[cursor:])
    return "".join(pieces)


class OffsetMap:
    """Offsets of the clean text as offsets of the source."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        shifts = accumulate(len(edit.replacement) - (edit.end - edit.start) for edit in edits)
        self._edits = edits
        self._text_ends = [edit.end + shift for edit, shift in zip(edits, shifts, strict=True)]

    def start(self, offset: int) -> int:
        """The source offset of the character at `offset`; of a replacement's character, where its edit begins."""
        edit, source = self._locate(offset)
        return edit.start if edit else source

    def end(self, offset: int) -> int:
        """The source offset just behind the character before `offset`."""
        edit, source = self._locate(offset - 1)
        return edit.end if edit else source + 1

    def _locate(self, position: int) -> tuple[Edit | None, int]:
        """The edit whose replacement holds the character at `position` of the text, and else its source offset."""
        done = bisect_right(self._text_ends, position)
        if done < len(self._edits):
            edit = self._edits[done]
            if position >= self._text_ends[done] - len(edit.replacement):
                return edit, edit.start
        if done == 0:
            return None, position
        return None, self._edits[done - 1].end + position - self._text_ends[done - 1]
