"""A plain text as blocks. It reads from top to bottom: what is verbatim first, then what stands in rows, then paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.model import Edit
from pipeline.text import blocks, shape
from pipeline.text.blocks import Blocks, Draft, Flag, Kind
from pipeline.text.plain import code, markers, tables, wrapping
from pipeline.text.plain.code import Region
from pipeline.text.plain.physical import Physical, physical

TURNS = 3
"""So many lines of speakers, of whom one speaks twice, make a dialogue."""
BETWEEN_TURNS = 3
"""Blocks between two turns that belong to the dialogue: stage directions, interruptions."""
STANZA_LINES = 3
VERSE_CHARS = 80
VERSE_WORDS = 3.5
"""The mean of a stanza's lines; the items of a menu are shorter."""
FEW_WORDS, FEW_LINES = 2, 3
"""At most one of three lines of a stanza has so few words: below a menu, a headline and a standfirst are long, and the mean of
all is no less than that of a poem."""
ALIKE = 0.6
"""The share of a stanza's lines that are about as long as its middle one; lines of a page's head differ."""
MAX_STANZA_GAP = 3
"""Line breaks between two stanzas of a poem"""
COUPLETS = 3
"""So many stanzas of as many lines, all indented, are a poem, however short the lines."""
NEAR_ITEMS = 2
"""Line breaks between two items of a list."""


QUOTE_MARK = "quote-mark"
"""What the ledger calls the mark of a quotation before a line that goes on with the one above, or before nothing."""
WRAPPED_CHARS = 50
"""A line of a quotation that is longer goes on in the next: programs that send mail break lines so."""


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
    layout = _Layout(physical(source, start))
    found = layout.blocks()
    return LaidOut(found, tuple(layout.inside), tuple(layout.between))


@dataclass
class _Layout:
    """Where laying out stands: which lines are taken, and the blocks made so far by their first line."""

    text: Physical
    free: list[bool] = field(init=False)
    marked: list[bool] = field(init=False)
    """Which lines begin something of their own."""
    made: dict[int, tuple[int, Draft]] = field(default_factory=dict)
    """By first line: the stop, and the block."""
    languages: dict[int, str] = field(default_factory=dict)
    """By first line."""
    inside: list[Edit] = field(default_factory=list)
    between: list[Edit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = [True] * len(self.text)
        self.marked = list(map(markers.has_mark, self.text.texts))

    def blocks(self) -> Blocks:
        """Make all blocks."""
        text = self.text
        self.take(Kind.CODE, code.fences(text))
        if any(text.bars):
            self.take(Kind.TABLE, tables.bar_tables(text, self.free))
        self.take(Kind.CODE, code.code(text, self.free))
        if any(text.tabs) or any(text.wide_gaps):
            self.take(Kind.TABLE, tables.column_tables(text, self.free))
        self.paragraphs()
        drafts = [draft for _, (_, draft) in sorted(self.made.items())]
        numbers = {first: number for number, first in enumerate(sorted(self.made))}
        number_runs(drafts, text.source)
        return blocks.columns(
            text.source, drafts, languages={numbers[first]: name for first, name in self.languages.items()}
        )

    def take(self, kind: Kind, regions: Iterable[Region]) -> None:
        """Make a block of each region."""
        for region in regions:
            self.add(region.first, region.stop, kind)
            if region.language:
                self.languages[region.first] = region.language
            for i in range(region.first, region.stop):
                self.free[i] = False

    def add(
        self, first: int, stop: int, kind: Kind, level: int = 0, depth: int = 0, quote: int = 0, number: int = -1
    ) -> None:
        """Make a block of the lines from `first` to `stop` (exclusive)."""
        text = self.text
        gap = text.gap[first] + (first > 0 and _is_bare(text.texts[first - 1]))
        draft = Draft(text.start[first], text.end[stop - 1], gap, kind, level, depth, quote, number)
        self.made[first] = stop, draft

    def paragraphs(self) -> None:
        """Make blocks of all lines that are left, stretch by stretch without a blank line."""
        groups = self.groups()
        width = wrapping.width_of(self.text, [group for group in groups if self.may_wrap(*group)])
        indents: list[int] = []
        for first, stop in groups:
            self.group(first, stop, width, indents)

    def groups(self) -> list[tuple[int, int]]:
        """Stretches of free lines without a blank line inside: first line and stop."""
        found: list[tuple[int, int]] = []
        for i, is_free in enumerate(self.free):
            if not is_free:
                continue
            if found and found[-1][1] == i and self.text.gap[i] == 1:
                found[-1] = found[-1][0], i + 1
            else:
                found.append((i, i + 1))
        return found

    def may_wrap(self, first: int, stop: int) -> bool:
        """Whether line breaks in a stretch may be an editor's: no line begins with a mark of its own."""
        return stop - first > 1 and not any(self.marked[first + 1 : stop])

    def group(self, first: int, stop: int, width: int | None, indents: list[int]) -> None:
        """Make blocks of one stretch. `indents` are those of the open items of a list, the outermost first."""
        text = self.text
        whole = width is None and wrapping.is_wrapped(text, first, stop)
        i = first
        while i < stop:
            line = text.texts[i]
            # A line that underlines is one of ornament, which has a mark.
            is_over_mark = i + 1 < stop and self.marked[i + 1]
            if is_over_mark and (level := markers.underline(text.texts[i + 1])) and shape.is_heading(line):
                self.add(i, i + 1, Kind.HEADING, level)
                self.add(i + 1, i + 2, Kind.SEPARATOR)
                indents.clear()
                i += 2
                continue
            is_marked = self.marked[i]
            if is_marked and (found := markers.heading(line)):
                self.add(i, i + 1, Kind.HEADING, found[0])
                indents.clear()
                i += 1
                continue
            if is_marked and _is_bare(line):
                self.between.append(Edit(text.start[i], text.end[i], "", QUOTE_MARK))
                i += 1
                continue
            if is_marked and markers.is_separator(line):  # one line: what stands below it is text
                self.add(i, i + 1, Kind.SEPARATOR)
                i += 1
                continue
            marker = markers.item(line) if is_marked else None
            end = i + 1
            while end < stop and not self.marked[end] and self.goes_on(end - 1, whole, width, marker is not None, i):
                end += 1
            if marker is not None:
                depth = _depth(indents, text.indent[i], marker.size)
                self.add(i, end, Kind.LIST_ITEM, depth=depth, number=marker.number)
            elif is_marked and (depth := markers.quote_depth(line)):
                end = self.quoted(i, stop, depth)
                self.add(i, end, Kind.QUOTE, quote=depth)
            elif markers.is_caption(line):
                self.add(i, end, Kind.CAPTION)
            else:
                self.add(i, end, Kind.PARAGRAPH)
                if text.gap[i] > NEAR_ITEMS or not text.indent[i]:
                    indents.clear()
            i = end

    def quoted(self, first: int, stop: int, depth: int) -> int:
        """One past the last line of a quoted paragraph; the marks of its later lines are edits."""
        text = self.text
        i = first + 1
        while i < stop and len(text.texts[i - 1]) > WRAPPED_CHARS and markers.quote_depth(text.texts[i]) == depth:
            size = markers.quote_size(text.texts[i])
            said = text.texts[i][size:]
            if not said or markers.item(said) or markers.is_separator(said):
                break
            self.inside.append(Edit(text.end[i - 1], text.start[i] + size, " ", QUOTE_MARK))
            i += 1
        return i

    def goes_on(self, i: int, whole: bool, width: int | None, is_item: bool, first: int) -> bool:
        """Whether line `i + 1` belongs to the same block as line `i`."""
        if whole:
            return True
        text = self.text
        if is_item and text.indent[i + 1] > text.indent[first]:
            return True
        return wrapping.goes_on(text, i, width)


def _depth(indents: list[int], indent: int, size: int) -> int:
    """How deep an item stands that begins at this column; keeps `indents` up to date."""
    while indents and indent < indents[-1]:
        indents.pop()
    if not indents or indent >= indents[-1] + 2:
        indents.append(indent)
    return len(indents)


def number_runs(drafts: list[Draft], source: str) -> None:
    """Say which blocks make a run: the items of a list, the turns of a dialogue, the lines of a stanza. In place."""
    run = 0
    run = _lists(drafts, run)
    run = _dialogues(drafts, source, run)
    run = _stanzas(drafts, source, run)
    _quotations(drafts, run)
    _headings(drafts, source)


def _lists(drafts: list[Draft], run: int) -> int:
    """Neighbouring items are a list; a single numbered line with prose behind it is a heading or a clause."""
    i = 0
    while i < len(drafts):
        stop = i + 1
        if drafts[i].kind != Kind.LIST_ITEM:
            i = stop
            continue
        while stop < len(drafts) and drafts[stop].kind == Kind.LIST_ITEM and drafts[stop].gap <= NEAR_ITEMS:
            stop += 1
        if stop - i == 1 and drafts[i].number >= 0:
            drafts[i] = drafts[i]._replace(kind=Kind.PARAGRAPH, depth=0, number=-1)
        else:
            for j in range(i, stop):
                joined = Flag.JOINED if j > i and drafts[j].gap == 1 else Flag(0)
                drafts[j] = drafts[j]._replace(run=run, flags=drafts[j].flags | joined)
            run += 1
        i = stop
    return run


def _dialogues(drafts: list[Draft], source: str, run: int) -> int:
    """Turns of speakers, with what stands between two of them."""
    names: dict[int, str] = {}
    for i, draft in enumerate(drafts):
        if draft.kind not in (Kind.PARAGRAPH, Kind.LIST_ITEM) or draft.run >= 0:
            continue
        if (name := markers.speaker(source[draft.start : min(draft.end, draft.start + 200)])) is not None:
            names[i] = name
    counts = Counter(names.values())
    if len(names) < TURNS or max(counts.values(), default=0) < 2:
        return run
    # Labels such as "Servings:" stand once each; speakers speak again.
    turns = [i for i, name in names.items() if counts[name] > 1]
    turns = [i for i in names if counts[names[i]] > 1 or any(abs(i - j) <= BETWEEN_TURNS for j in turns)]
    previous: int | None = None
    for i in turns:
        if previous is not None and i - previous <= BETWEEN_TURNS + 1:
            for j in range(previous + 1, i):
                if drafts[j].run < 0:
                    drafts[j] = drafts[j]._replace(run=run)
        elif previous is not None:
            run += 1
        joined = Flag.JOINED if previous is not None and drafts[i].gap == 1 else Flag(0)
        drafts[i] = drafts[i]._replace(kind=Kind.TURN, run=run, flags=drafts[i].flags | joined)
        previous = i
    return run + 1


def _stanzas(drafts: list[Draft], source: str, run: int) -> int:
    """The stanzas of a poem, which is one run: short lines that follow each other without a blank line, of more words than a
    menu's items have; and beside such stanzas those of two lines, and lines by themselves that are indented as these are."""
    groups = list(_short_groups(drafts))
    sure = [_is_stanza(drafts[first:stop], source) and not _is_head(drafts, first, stop) for first, stop in groups]
    couplets = _couplets(drafts, groups, source)
    for low, high in _poems(drafts, groups):
        is_verse = [sure[i] or couplets[i] for i in range(low, high)]
        if not any(is_verse):
            continue
        widest = max(
            draft.end - draft.start
            for i in range(low, high)
            if is_verse[i - low]
            for draft in drafts[slice(*groups[i])]
        )
        indents = {i: _indent(drafts[groups[i][0]], source) for i in range(low, high)}
        least = min(indents[i] for i in range(low, high) if is_verse[i - low])
        verse = [
            is_verse[i - low] or _is_beside(i - low, is_verse, groups[i], drafts, least <= indents[i] > 0, widest)
            for i in range(low, high)
        ]
        previous = -1
        for i in range(low, high):
            if not verse[i - low]:
                continue
            # Stanzas are one poem if they look so: all of them indented, or of as many lines.
            is_next = previous == i - 1 >= low and (
                min(indents[i], indents[previous]) > 0 or _size(groups[i]) == _size(groups[previous])
            )
            run += previous >= 0 and not is_next
            for j in range(*groups[i]):
                flags = drafts[j].flags | (Flag.JOINED if j > groups[i][0] else 0)
                drafts[j] = drafts[j]._replace(kind=Kind.VERSE, run=run, flags=flags)
            previous = i
        run += 1
    return run


def _short_groups(drafts: Sequence[Draft]) -> Iterator[tuple[int, int]]:
    """Yield stretches of short lines without a blank line inside: the first line and the stop."""
    may_be_verse = list(map(_may_be_verse, drafts))
    gaps = [draft.gap for draft in drafts]
    i = 0
    while i < len(drafts):
        stop = i
        while stop < len(drafts) and may_be_verse[stop] and (stop == i or gaps[stop] == 1):
            stop += 1
        is_whole = stop < len(drafts) and gaps[stop] == 1
        if stop > i and not is_whole:
            yield i, stop
        elif stop - i >= STANZA_LINES:
            yield i, stop  # what stands directly below is no verse, but so many lines may be
        i = max(stop, i + 1)


def _size(group: tuple[int, int]) -> int:
    return group[1] - group[0]


def _poems(drafts: Sequence[Draft], groups: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield stretches of groups that follow each other with a blank line or two between: the first and the stop."""
    first = 0
    for i in range(1, len(groups) + 1):
        is_next = i < len(groups) and groups[i][0] == groups[i - 1][1] and drafts[groups[i][0]].gap <= MAX_STANZA_GAP
        if not is_next:
            yield first, i
            first = i


def _is_head(drafts: Sequence[Draft], first: int, stop: int) -> bool:
    """Whether lines are the first of a document and long ones follow: its headline, and who wrote it when."""
    return first == 0 and stop < len(drafts) and not _may_be_verse(drafts[stop])


def _is_stanza(lines: Sequence[Draft], source: str) -> bool:
    """Whether short lines are a stanza, whatever stands around: three and more, about as long as each other."""
    if len(lines) < STANZA_LINES:
        return False
    lengths = sorted(draft.end - draft.start for draft in lines)
    middle = lengths[len(lengths) // 2]
    alike = sum(middle * 2 <= 5 * length and length <= 2 * middle for length in lengths)
    if alike < ALIKE * len(lengths):
        return False
    words = [shape.words(source[draft.start : draft.end]) for draft in lines]
    few = sum(count <= FEW_WORDS for count in words)
    return sum(words) >= VERSE_WORDS * len(words) and FEW_LINES * few <= len(words)


def _couplets(drafts: Sequence[Draft], groups: Sequence[tuple[int, int]], source: str) -> list[bool]:
    """Which groups are stanzas of a poem whose stanzas have the same few lines each, all of them indented."""
    found = [False] * len(groups)
    for low, high in _poems(drafts, groups):
        # The number of a part stands alone.
        sizes = Counter(_size(one) for one in groups[low:high] if _size(one) > 1)
        size, count = sizes.most_common(1)[0] if sizes else (0, 0)
        if count < COUPLETS or count < sizes.total():
            continue
        for i in range(low, high):
            first, stop = groups[i]
            found[i] = stop - first == size and all(_indent(draft, source) > 0 for draft in drafts[first:stop])
    return found


def _is_beside(
    place: int,
    is_verse: Sequence[bool],
    group: tuple[int, int],
    drafts: Sequence[Draft],
    is_indented: bool,
    widest: int,
) -> bool:
    """Whether a group of one or two lines is a stanza for the stanzas beside it."""
    first, stop = group
    size = stop - first
    if any(draft.end - draft.start > widest * 3 // 2 for draft in drafts[first:stop]):
        return False
    above = any(is_verse[:place])
    below = any(is_verse[place + 1 :])
    if size == 1:
        return is_indented and above and below
    return (above and below) or (is_indented and (above or below))


def _indent(draft: Draft, source: str) -> int:
    """Characters of white space before a line."""
    start = draft.start
    while start and source[start - 1] in " \t\u3000":
        start -= 1
    return draft.start - start


def _may_be_verse(draft: Draft) -> bool:
    return draft.kind == Kind.PARAGRAPH and draft.run < 0 and draft.end - draft.start <= VERSE_CHARS


def _quotations(drafts: list[Draft], run: int) -> None:
    """Lines of a quotation that follow each other at once are one run."""
    for i in range(1, len(drafts)):
        before, draft = drafts[i - 1], drafts[i]
        if before.kind == draft.kind == Kind.QUOTE and before.quote == draft.quote and draft.gap == 1:
            if before.run < 0:
                drafts[i - 1] = before = before._replace(run=run)
                run += 1
            drafts[i] = draft._replace(run=before.run, flags=draft.flags | Flag.JOINED)


def _is_bare(line: str) -> bool:
    """Whether a line has nothing but marks of a quotation."""
    return line[0] == ">" and markers.quote_size(line) == len(line)


def _headings(drafts: list[Draft], source: str) -> None:
    """A short line that ends no sentence, with a blank line and prose below, is a heading."""
    for i in range(len(drafts) - 1):
        draft, following = drafts[i], drafts[i + 1]
        if draft.kind != Kind.PARAGRAPH or following.gap == 1 or draft.run >= 0:
            continue
        if draft.end - draft.start > shape.HEADING_CHARS:
            continue
        text = source[draft.start : draft.end]
        if shape.ends_sentence(text) or not shape.is_heading(text):
            continue
        if shape.is_prose(source[following.start : following.end]):
            drafts[i] = draft._replace(kind=Kind.HEADING)
