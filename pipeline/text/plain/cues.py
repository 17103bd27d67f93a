"""Subtitles and captions as transcripts: WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip (.srt).

What is said becomes paragraphs, the cues of one sentence together; numbers, times, styles and tags become edits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pipeline.model import Edit, Line
from pipeline.text import blocks, shape
from pipeline.text.blocks import Blocks, Draft, Kind
from pipeline.text.lines import lines
from pipeline.text.plain import markers

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?$")
_SUBRIP = re.compile(rf"\ufeff?\s*\d{{1,6}}[ \t]*\r?\n[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}")
_WEBVTT = re.compile(r"\ufeff?WEBVTT(?:[ \t].*)?(?:\r?\n|\r|$)")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z]{2,3}(?:-\w+)*)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_TAG = re.compile(
    r"<v(?:\.[^<>\s]*)?[ \t]+(?P<voice>[^<>]+)>|</?(?:[bicuv]|ruby|rt|lang|font)(?:\.[^<>\s]*)*(?:[ \t][^<>]*)?>"
    r"|<\d{1,3}:[\d:.]+>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_WORD_TIME = re.compile(r"<\d{1,3}:\d{2}[\d:.]*>")
_DASH = re.compile(r"(?:[-–—‐]\s?|>>+\s?)(?=[^\W_\d]|[“\"'¿¡(\[])")
"""What a line begins with where another person speaks"""
_SOUND = re.compile(r"[\[(♪♫]")
MAX_CHARS = 600
"""Code points of a paragraph; transcripts of machines have no full stop."""
TIMING, MARKUP, AGAIN = "cue", "cue-markup", "cue-again"
"""What the ledger calls the numbers and times of cues, styles and notes; tags; and lines that are shown once more while the
next one comes up."""


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
    found = lines(source)
    spoken = list(_spoken(found))
    if not spoken:
        return None
    layout = _Layout(source, is_rolling=_WORD_TIME.search(source) is not None)
    for line in spoken:
        layout.add(line)
    layout.close()
    language = _LANGUAGE.search(source[: spoken[0].start]) if is_webvtt else None
    return Cues(
        blocks.columns(source, layout.drafts),
        tuple(layout.inside),
        tuple(_between(source, layout)),
        language[1].lower().partition("-")[0] if language else None,
    )


def _spoken(found: tuple[Line, ...]) -> Iterator[Line]:
    """Yield the lines of the cues that are no numbers, times, styles or notes. What stands between two cues and is none of
    these is text."""
    timings = [i for i, line in enumerate(found) if _TIMING.match(line.text)]
    for timing, following in pairwise([*timings, len(found)]):
        stop = following
        is_named = following < len(found) and found[following].gap == 1 and following - 1 > timing
        if is_named and (found[following - 1].gap > 1 or found[following - 1].text.isdigit()):
            stop -= 1  # the number of the next cue
        elif following < len(found) and following - 1 > timing and found[following - 1].text.isdigit():
            stop -= 1
        is_aside = False
        for line in found[timing + 1 : stop]:
            if line.gap > 1:
                is_aside = _ASIDE.match(line.text) is not None
            if not is_aside:
                yield line


@dataclass
class _Layout:
    """The blocks made so far, and the one that is open."""

    source: str
    is_rolling: bool
    """Whether each line is shown twice and more, as players of live captions want it"""
    drafts: list[Draft] = field(default_factory=list)
    inside: list[Edit] = field(default_factory=list)
    again: list[Edit] = field(default_factory=list)
    _start: int = -1
    _end: int = -1
    _voice: str = ""
    """Who speaks"""
    _kind: Kind = Kind.PARAGRAPH
    _edits: list[Edit] = field(default_factory=list)
    _shown: tuple[str, ...] = ()
    """The last lines, where each is shown again"""

    def add(self, line: Line) -> None:
        """Take the next line of a cue."""
        tags = list(_TAG.finditer(line.text))
        plain = " ".join(_TAG.sub("", line.text).split())
        if not plain:
            self.again.append(Edit(line.start, line.end, "", MARKUP))
            return
        if self.is_rolling:
            if plain in self._shown:
                self.again.append(Edit(line.start, line.end, "", AGAIN))
                return
            self._shown = (*self._shown[-1:], plain)
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
            while self.again and self.again[-1].start >= self._end:
                self.again.pop()
            self._edits.append(Edit(self._end, start, space, TIMING))

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
    again = {edit.start: edit for edit in layout.again}
    for (_, end), (start, _) in pairwise(edges):
        for match in re.finditer(r"[^\s\ufeff](?:[^\r\n]*\S)?", source[end:start]):
            place = end + match.start()
            yield again.get(place) or Edit(place, end + match.end(), "", TIMING)
