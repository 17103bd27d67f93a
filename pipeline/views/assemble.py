"""From verdicts on lines to edits on characters, and to the paragraphs of the clean text."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.judge.decide import Verdict
from pipeline.ledger import apply
from pipeline.model import Edit, Kind, Line, Paragraph, Span
from pipeline.text import normalise, shape

PARAGRAPH_BREAK = "\n\n"
LINE_BREAK = "\n"
VERSE_LINES = 3
VERSE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Assembled:
    """A document's clean text and the edits that lead to it."""

    text: str
    edits: tuple[Edit, ...]
    paragraphs: tuple[Paragraph, ...]


@dataclass(slots=True)
class _Kept:
    """What is kept of one line: from its first to its last character, and what is struck between and around."""

    start: int
    end: int
    kind: Kind
    gap: int
    inner: list[Edit] = field(default_factory=list)


def assemble(
    source: str,
    lines: Sequence[Line],
    verdicts: Sequence[Verdict | None],
    inside: Mapping[int, Sequence[Edit]],
    kinds: Mapping[int, Kind],
    decoding: Sequence[Edit],
    paragraph_id: Callable[[int], str],
) -> Assembled:
    """The edits that strike what the verdicts say and set the rest as paragraphs.

    `inside` holds the edits of parts of a line and `kinds` what a line is, both by line number; a line without a kind is
    body. `decoding` are the edits that decoding left. `paragraph_id` names the n-th paragraph.
    """
    strikes: list[Edit] = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    kept: list[_Kept] = []
    for i, (line, verdict) in enumerate(zip(lines, verdicts, strict=True)):
        if verdict is None:
            kept_line = _keep(source, line, inside.get(i, ()), kinds.get(i, "body"), strikes)
        else:
            strikes += _strike(source, line, inside.get(i, ()), verdict)
            kept_line = None
        if kept_line is not None:
            kept.append(kept_line)
    return _set(
        source, list(_blocks(kept, source)), strikes, [edit for edit in decoding if edit.replacement], paragraph_id
    )


def assemble_whole(source: str, decoding: Sequence[Edit], paragraph_id: str) -> Assembled:
    """All of the source as one paragraph, with as few edits as can be."""
    edits = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    start = edits[-1].end if edits else 0
    rest = source[start:]
    if rest.isspace():
        edits.append(Edit(start, len(source), "", "white-space"))
    elif not unicodedata.is_normalized("NFC", rest):
        edits.append(Edit(start, len(source), unicodedata.normalize("NFC", rest), "unicode-nfc"))
    edits = _annotated(edits, [edit for edit in decoding if edit.replacement])
    text = apply(source, edits)
    paragraphs = (Paragraph(paragraph_id, "body", 0, len(text), start, len(source)),) if text else ()
    return Assembled(text, tuple(edits), paragraphs)


def strike(source: str, assembled: Assembled, verdicts: Mapping[str, Verdict]) -> Assembled:
    """`assembled` without some of its paragraphs, given by id. Those that stay keep their ids."""
    struck = [p for p in assembled.paragraphs if p.id in verdicts]
    stay = [p for p in assembled.paragraphs if p.id not in verdicts]
    strikes = [Edit(p.src_start, p.src_end, "", verdicts[p.id].rule, verdicts[p.id].evidence) for p in struck]
    kept = {p.id: _Kept(p.src_start, p.src_end, p.kind, 0) for p in stay}
    notes: list[Edit] = []
    starts = [p.src_start for p in assembled.paragraphs]
    for edit in assembled.edits:
        holder = bisect_right(starts, edit.start) - 1
        paragraph = assembled.paragraphs[holder] if holder >= 0 else None
        inside = paragraph is not None and edit.start < paragraph.src_end
        if edit.start == edit.end:
            place = edit.evidence.place or edit
            notes.append(replace(edit, start=place.start, end=place.end))
        elif inside and paragraph is not None and paragraph.id not in verdicts:
            kept[paragraph.id].inner.append(edit)
        elif not inside and edit.rule != "white-space":
            strikes.append(edit)
    return _set(source, [[line] for line in kept.values()], strikes, notes, lambda number: stay[number].id)


def _set(
    source: str,
    blocks: Sequence[Sequence[_Kept]],
    strikes: Sequence[Edit],
    notes: Sequence[Edit],
    paragraph_id: Callable[[int], str],
) -> Assembled:
    """Paragraphs, each of kept lines, with everything between them struck."""
    pending = deque(sorted(strikes, key=lambda edit: edit.start))
    edits: list[Edit] = []
    spans: list[tuple[int, int, Kind]] = []
    position = 0
    for block in blocks:
        before = PARAGRAPH_BREAK if spans else ""
        for line in block:
            edits += _between(source, position, line.start, pending, before)
            edits += line.inner
            position, before = line.end, LINE_BREAK
        spans.append((block[0].start, block[-1].end, block[0].kind))
    edits += _between(source, position, len(source), pending, "")
    edits = _annotated(edits, notes)
    return Assembled(apply(source, edits), tuple(edits), tuple(_paragraphs(spans, edits, paragraph_id)))


def _strike(source: str, line: Line, inside: Sequence[Edit], verdict: Verdict) -> Iterator[Edit]:
    """The edits that strike a whole line, around what is struck inside it for a reason of its own."""
    if not inside and not line.text[:1].isspace() and not line.text[-1:].isspace():
        if line.text:
            yield Edit(line.start, line.end, "", verdict.rule, verdict.evidence)
        return
    position = line.start
    for edit in (*inside, None):
        end = edit.start if edit else line.end
        piece = source[position:end]
        if piece.strip():
            start = position + len(piece) - len(piece.lstrip())
            yield Edit(start, position + len(piece.rstrip()), "", verdict.rule, verdict.evidence)
        if edit:
            yield edit
            position = edit.end


def _keep(source: str, line: Line, inside: Sequence[Edit], kind: Kind, strikes: list[Edit]) -> _Kept | None:
    """The kept part of a line; None where nothing is left. What is struck at its edges joins `strikes`."""
    if not inside:
        return _Kept(line.start, line.end, kind, line.gap, normalise.edits(line.text, line.start))
    start, end = line.start, line.end
    inner = list(inside)
    while inner and not inner[0].replacement and not source[start : inner[0].start].strip():
        strikes.append(inner.pop(0))
        start = strikes[-1].end
    while inner and not inner[-1].replacement and not source[inner[-1].end : end].strip():
        strikes.append(inner.pop())
        end = strikes[-1].start
    kept = source[start:end]
    start, end = start + len(kept) - len(kept.lstrip()), end - len(kept) + len(kept.rstrip())
    if start >= end:
        return None
    pieces: list[Edit] = []
    position = start
    for edit in inner:
        pieces += normalise.edits(source[position : edit.start], position)
        pieces.append(edit)
        position = edit.end
        while not edit.replacement and source[position].isspace() and source[edit.start - 1].isspace():
            position += 1
        if position > edit.end:
            pieces.append(Edit(edit.end, position, "", "white-space"))
    pieces += normalise.edits(source[position:end], position)
    return _Kept(start, end, kind, line.gap, pieces)


def _blocks(kept: Sequence[_Kept], source: str) -> Iterator[list[_Kept]]:
    """The kept lines by paragraph: each its own, but for the lines of a stanza."""
    i = 0
    while i < len(kept):
        end = i + 1
        while end < len(kept) and _is_verse(kept[end], source) and kept[end].gap == 1 and _touch(kept, end, source):
            end += 1
        if end - i < VERSE_LINES or not _is_verse(kept[i], source):
            end = i + 1
        yield list(kept[i:end])
        i = end


def _is_verse(line: _Kept, source: str) -> bool:
    return (
        line.kind == "body"
        and line.end - line.start <= VERSE_CHARS
        and not shape.is_prose(source[line.start : line.end])
    )


def _touch(kept: Sequence[_Kept], i: int, source: str) -> bool:
    return not source[kept[i - 1].end : kept[i].start].strip()


def _between(source: str, start: int, end: int, strikes: deque[Edit], separator: str) -> Iterator[Edit]:
    """The edits of a stretch in which nothing is kept but a `separator`. Takes its strikes off the front of `strikes`."""
    found: list[Edit] = []
    position = start
    while strikes and strikes[0].end <= end:
        strike = strikes.popleft()
        if strike.start > position:
            found.append(Edit(position, strike.start, "", "white-space"))
        found.append(strike)
        position = strike.end
    if position < end:
        found.append(Edit(position, end, "", "white-space"))
    blanks = [i for i, edit in enumerate(found) if edit.rule == "white-space"]
    if separator and blanks:
        ready = next((i for i in blanks if source[found[i].start : found[i].end] == separator), None)
        if ready is None:
            found[blanks[-1]] = replace(found[blanks[-1]], replacement=separator)
        else:
            del found[ready]
    yield from _with_breaks(found)


def _with_breaks(edits: Sequence[Edit]) -> Iterator[Edit]:
    """`edits`, where a struck line takes along the white space between it and another struck one."""
    held: Edit | None = None
    for i, edit in enumerate(edits):
        is_break = edit.rule == "white-space" and not edit.replacement and i + 1 < len(edits)
        if is_break and held and held.rule != "white-space" and held.end == edit.start:
            held = replace(held, end=edit.end)
            continue
        if held:
            yield held
        held = edit
    if held:
        yield held


def _annotated(edits: Sequence[Edit], notes: Sequence[Edit]) -> list[Edit]:
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


def _paragraphs(
    spans: Sequence[tuple[int, int, Kind]], edits: Sequence[Edit], paragraph_id: Callable[[int], str]
) -> Iterator[Paragraph]:
    shift = done = 0

    def text_offset(offset: int) -> int:
        nonlocal shift, done
        while done < len(edits) and edits[done].end <= offset:
            shift += len(edits[done].replacement) - (edits[done].end - edits[done].start)
            done += 1
        return offset + shift

    for number, (start, end, kind) in enumerate(spans):
        text_start, text_end = text_offset(start), text_offset(end)
        yield Paragraph(paragraph_id(number), kind, text_start, text_end, start, end)
