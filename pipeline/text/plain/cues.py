"""Subtitles and captions as transcripts: WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip (.srt).

What is said becomes paragraphs, the cues of one sentence together; numbers, times, styles and tags become edits.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct, field

from pipeline.expression import expression
from pipeline.model import Edit, Line
from pipeline.text import blocks, shape
from pipeline.text.blocks import Blocks, Draft, Kind
from pipeline.text.lines import lines
from pipeline.text.plain import cue_credits, markers

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = expression(rf"(?P<start>{_TIME})[ \t]*-->[ \t]*(?P<end>{_TIME})(?:[ \t].*)?$")
_SUBRIP = expression(rf"\ufeff?\s*\d{{1,6}}[ \t]*\r?\n[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}")
_WEBVTT = expression(r"\ufeff?WEBVTT(?:[ \t].*)?(?:\r?\n|\r|$)")
_ASIDE = expression(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_LANGUAGE = expression(r"^Language:[ \t]*([A-Za-z]{2,3}(?:-\w+)*)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_TAG = expression(
    r"<v(?:\.[^<>\s]*)?[ \t]+(?P<voice>[^<>]+)>|</?(?:[bicuv]|ruby|rt|lang|font)(?:\.[^<>\s]*)*(?:[ \t][^<>]*)?>"
    r"|<\d{1,3}:[\d:.]+>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_WORD_TIME = expression(r"<\d{1,3}:\d{2}[\d:.]*>")
_DASH = expression(r"(?:[-–—‐]\s?|>>+\s?)(?=[^\W_\d]|[“\"'¿¡(\[])")
"""What a line begins with where another person speaks"""
_SOUND = expression(r"[\[(♪♫]")
_ROWS = 8
"""Lines that are on the screen at once"""
_AT_ONCE = 0.5
"""Seconds between two cues of which the second shows lines of the first once more"""
_LEAST_ROLLED = 2
"""So many cues have to show lines of the one before, and half of all that follow one at once"""
MAX_CHARS = 600
"""Code points of a paragraph; transcripts of machines have no full stop."""
TIMING, MARKUP, AGAIN, CREDIT = "cue", "cue-markup", "cue-again", "cue-credit"
"""What the ledger calls the numbers and times of cues, styles and notes; tags; lines that are shown once more while the
next one comes up; and who made the subtitles."""


class Cues(NamedTuple):
    """Subtitles as blocks, with the edits inside them and between."""

    blocks: Blocks
    inside: tuple[Edit, ...]
    between: tuple[Edit, ...]
    language: str | None


def read(source: str) -> Cues | None:
    """The blocks of subtitles; None where a text is none, or nothing is said."""
    is_webvtt = _WEBVTT.match(source) is not None
    if not is_webvtt and not _SUBRIP.match(source):  # as of most texts
        return None
    cues = list(_cues(lines(source)))
    if not cues:
        return None
    layout = _Layout(source)
    again = _shown_again(cues, has_word_times=_WORD_TIME.search(source) is not None)
    for number, cue in enumerate(cues):
        is_at_edge = number < cue_credits.EDGE or number >= len(cues) - cue_credits.EDGE
        if is_at_edge and cue_credits.is_credit(" ".join(filter(None, cue.said))):
            layout.close()
            layout.leave_out(cue.lines, CREDIT)
            continue
        for line, said in zip(cue.lines, cue.said, strict=True):
            if not said:
                layout.leave_out([line], MARKUP)
            elif line.start in again:
                layout.leave_out([line], AGAIN)
            else:
                layout.add(line)
    layout.close()
    language = _LANGUAGE.search(source[: cues[0].lines[0].start]) if is_webvtt else None
    return Cues(
        blocks.columns(source, layout.drafts),
        tuple(layout.inside),
        tuple(_between(source, layout)),
        language[1].lower().partition("-")[0] if language else None,
    )


class _Cue(NamedTuple):
    """What is shown at once."""

    start: float
    """Seconds"""
    end: float
    lines: list[Line]
    said: list[str]
    """Of each line, without tags"""


def _cues(found: tuple[Line, ...]) -> Iterator[_Cue]:
    """Yield the cues in which something stands, without numbers, times, styles and notes. What stands between two cues and is
    none of these is text."""
    timings = [i for i, line in enumerate(found) if _TIMING.match(line.text)]
    for timing, following in pairwise([*timings, len(found)]):
        stop = following
        is_named = following < len(found) and found[following].gap == 1 and following - 1 > timing
        if is_named and (found[following - 1].gap > 1 or found[following - 1].text.isdigit()):
            stop -= 1  # the number of the next cue
        elif following < len(found) and following - 1 > timing and found[following - 1].text.isdigit():
            stop -= 1
        shown: list[Line] = []
        is_aside = False
        for line in found[timing + 1 : stop]:
            if line.gap > 1:
                is_aside = _ASIDE.match(line.text) is not None
            if not is_aside:
                shown.append(line)
        if shown and (times := _TIMING.match(found[timing].text)):
            said = [" ".join(_TAG.sub("", line.text).split()) for line in shown]
            yield _Cue(_seconds(times["start"]), _seconds(times["end"]), shown, said)


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _shown_again(cues: Sequence[_Cue], *, has_word_times: bool) -> set[int]:
    """Where lines begin that stood in the cue before or go on in the next, if the file is one whose lines roll up or grow.

    In one with times of its words they do. In others a word may be said twice: there it takes several cues that show what
    the one before did, at once, and something new.
    """
    again: set[int] = set()
    rolled = followed = 0
    before: list[tuple[str, int]] = []
    """Of the cue before what is said in each line, and where the line begins that says it first"""
    end = 0.0
    for cue in cues:
        rows = [(said, line.start) for said, line in zip(cue.said, cue.lines, strict=True) if said]
        is_next = bool(before) and (has_word_times or cue.start - end <= _AT_ONCE)
        known, now = [said for said, _ in before], [said for said, _ in rows]
        shared = _shared(known, now) if is_next else 0
        if not shared or known[-shared:] != now:  # with nothing new it may be said twice
            followed += is_next
            rolled += shared > 0
        if shared:
            for place, (said, start) in enumerate(before[-shared:]):
                if rows[place][0] == said:
                    again.add(rows[place][1])
                    rows[place] = (said, start)
                else:
                    again.add(start)
        before, end = rows, cue.end
    return again if has_word_times or (rolled >= _LEAST_ROLLED and rolled * 2 >= followed) else set()


def _shared(before: Sequence[str], now: Sequence[str]) -> int:
    """How many lines at the end of a cue are those at the head of the next, of which the last may have grown."""
    for count in range(min(len(before), len(now), _ROWS), 0, -1):
        if before[-count:-1] == now[: count - 1] and _goes_on(before[-1], now[count - 1]):
            return count
    return 0


def _goes_on(said: str, now: str) -> bool:
    """Whether a line is another one, or begins with its words."""
    if not now.startswith(said):
        return False
    rest = now[len(said) :]
    return not rest or not rest[0].isalnum() or _is_unspaced(rest[0])


class _Layout(Struct):
    """The blocks made so far, and the one that is open."""

    source: str
    drafts: list[Draft] = field(default_factory=list)
    inside: list[Edit] = field(default_factory=list)
    left_out: list[Edit] = field(default_factory=list)
    """Lines that are not said, or said elsewhere"""
    _start: int = -1
    _end: int = -1
    _voice: str = ""
    """Who speaks"""
    _kind: Kind = Kind.PARAGRAPH
    _edits: list[Edit] = field(default_factory=list)

    def leave_out(self, shown: Iterable[Line], rule: str) -> None:
        """Take lines that are no part of the text."""
        self.left_out += (Edit(line.start, line.end, "", rule) for line in shown)

    def add(self, line: Line) -> None:
        """Take the next line of a cue."""
        tags = list(_TAG.finditer(line.text))
        plain = " ".join(_TAG.sub("", line.text).split())
        voice = next((" ".join(tag["voice"].split()) for tag in tags if tag["voice"]), "")
        first = line.text[tags[0].end() :].lstrip() if tags and not tags[0].start() else line.text
        if self._begins(voice, first, plain, len(plain)):
            self.close()
            self._start = line.start
            self._voice = voice or self._voice if self._voice and not _DASH.match(first) else voice
            self._kind = Kind.TURN if voice or markers.speaker(plain) else Kind.PARAGRAPH
        else:
            self._join(line.start)
        for tag in tags:
            start, end = line.start + tag.start(), line.start + tag.end()
            says_who = tag["voice"] is not None and start == self._start
            self._edits.append(Edit(start, end, f"{voice}: " if says_who else "", MARKUP))
        self._end = line.end

    def _begins(self, voice: str, first: str, plain: str, size: int) -> bool:
        """Whether a line begins a paragraph: another one speaks, or the sentence before has ended."""
        if self._start < 0 or (voice and voice != self._voice):
            return True
        before = _TAG.sub("", self.source[max(self._start, self._end - 80) : self._end])
        return (
            _DASH.match(first) is not None
            or _SOUND.match(plain) is not None
            or markers.speaker(plain) is not None
            or shape.ends_sentence(before.rstrip())
            or before.rstrip().endswith(("]", "♪", "♫"))
            or self._end - self._start + size > MAX_CHARS
        )

    def _join(self, start: int) -> None:
        """Go on with the open paragraph in a line that begins at `start`: what lies between becomes a space."""
        between = self.source[self._end : start]
        if between.strip():
            space = "" if _is_unspaced(self.source[self._end - 1]) and _is_unspaced(self.source[start]) else " "
            first = bisect_left(self.left_out, self._end, key=lambda edit: edit.start)
            edits = self._tiles(start, self.left_out[first:])
            del self.left_out[first:]
            last = edits.pop()
            edits.append(last.replace(replacement=space, rule=TIMING if last.rule == MARKUP else last.rule))
            self._edits += edits

    def _tiles(self, stop: int, left_out: Sequence[Edit]) -> list[Edit]:
        """Edits without a gap, from the end of what was said last to `stop`, each with its own reason."""
        tiles: list[Edit] = []
        position = self._end
        for edit in left_out:
            if edit.start > position:
                tiles.append(Edit(position, edit.start, "", TIMING))
            behind = self.source[edit.end : stop]
            position = edit.end + len(behind) - len(behind.lstrip())
            tiles.append(Edit(edit.start, position, "", edit.rule))
        if position < stop:
            tiles.append(Edit(position, stop, "", TIMING))
        return tiles

    def close(self) -> None:
        """End the open paragraph."""
        if self._start >= 0:
            gap = 2 if self.drafts else 0
            self.drafts.append(Draft(self._start, self._end, gap, self._kind))
            self.inside += self._edits
        self._edits = []
        self._start = -1


def _is_unspaced(char: str) -> bool:
    return "\u0e00" <= char <= "\u0eff" or "\u3000" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff"


def _between(source: str, layout: _Layout) -> Iterator[Edit]:
    """Yield the edits of what stands between the paragraphs, in order, line by line."""
    edges = [(0, 0), *((draft.start, draft.end) for draft in layout.drafts), (len(source), len(source))]
    left_out = {edit.start: edit for edit in layout.left_out}
    for (_, end), (start, _) in pairwise(edges):
        for match in re.finditer(r"[^\s\ufeff](?:[^\r\n]*\S)?", source[end:start]):
            place = end + match.start()
            yield left_out.get(place) or Edit(place, end + match.end(), "", TIMING)
