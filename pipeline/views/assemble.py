"""From verdicts on blocks to edits on characters, and to the blocks of the clean text."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter

from msgspec import Struct, field

from pipeline.expression import expression
from pipeline.judge.decide import Verdict
from pipeline.ledger import apply
from pipeline.model import BLOCK_BREAK, LINE_BREAK, Block, Edit, Span
from pipeline.text import normalise
from pipeline.text.blocks import NAMES, RUNS, VERBATIM, Blocks, Flag, Kind
from pipeline.views.marks import Marks

_EXACT = frozenset({"white-space", "byte-order-mark"})
"""Rules that say what each character is that they remove: their edits take nothing else along."""
_INDENTED_BREAK = expression(r"\n[ \t]*")
"""What may stay as it is between two lines of a list or a poem: its indentation says how deep the second stands."""
_JOINED, _CONTINUED = int(Flag.JOINED), int(Flag.CONTINUED)
"""As numbers, since NumPy asks the members of an enumeration a dozen questions each time"""
_MERGED = (Kind.PARAGRAPH, Kind.VERSE)
"""Kinds whose lines, parted by line breaks only, are one block of the clean text."""


class Assembled(Struct, frozen=True):
    """A document's clean text, the edits that lead to it, and its blocks."""

    text: str
    edits: tuple[Edit, ...]
    blocks: tuple[Block, ...]


class _Piece(Struct):
    """What is kept of one block: from its first to its last character, and the edits inside."""

    start: int
    end: int
    number: int
    """Place among the blocks of the source, or of an earlier assembly"""
    joined: str
    """What parts it from the piece before"""
    inner: list[Edit] = field(default_factory=list)


def assemble(
    source: str,
    blocks: Blocks,
    verdicts: Sequence[Verdict | None],
    inside: Mapping[int, Sequence[Edit]],
    decoding: Sequence[Edit],
    block_id: Callable[[int], str],
    *,
    entities: bool = False,
) -> Assembled:
    """The edits that remove what the verdicts say and set the rest as blocks.

    `inside` holds the edits of parts of a block, by its number. `decoding` are the edits that decoding left.
    `block_id` names the n-th block of the clean text. `entities`: the source may have HTML's character references.
    """
    removals: list[Edit] = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    repairs = _Repairs(source, entities)
    pieces: list[_Piece] = []
    kinds, flags, run = blocks.kind.tolist(), blocks.flags.tolist(), blocks.run.tolist()
    starts, ends = blocks.start.tolist(), blocks.end.tolist()
    for i, verdict in enumerate(verdicts):
        if verdict is not None:
            start, end = starts[i], ends[i]
            if i in inside or start == end or source[start].isspace() or source[end - 1].isspace():
                removals += _removed(source, start, end, inside.get(i, ()), verdict)
            else:
                removals.append(Edit(start, end, "", verdict.rule, verdict.evidence))
            continue
        piece = _kept(source, starts[i], ends[i], i, kinds[i], inside.get(i, ()), removals, repairs)
        if piece is None:
            continue
        if pieces and run[i] >= 0 and run[i] == run[pieces[-1].number]:
            is_listed = kinds[i] in (Kind.LIST_ITEM, Kind.TERM, Kind.DEFINITION)
            piece.joined = LINE_BREAK if is_listed or flags[i] & _JOINED else BLOCK_BREAK
        pieces.append(piece)
    notes = [edit for edit in decoding if edit.replacement]
    text, edits, places = _set(source, pieces, kinds, removals, notes)
    merged = _merged(pieces, places, kinds)
    marks = Marks(blocks.spans, edits)
    facts = _facts(blocks)
    made = (_block(blocks, facts[one[0]], block_id(n), *one, marks) for n, one in enumerate(merged))
    return Assembled(text, tuple(edits), tuple(made))


def assemble_whole(source: str, decoding: Sequence[Edit], block_id: str) -> Assembled:
    """All of the source as one block, with as few edits as can be."""
    edits = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    start = edits[-1].end if edits else 0
    rest = source[start:]
    if rest.isspace():
        edits.append(Edit(start, len(source), "", "white-space"))
    elif not unicodedata.is_normalized("NFC", rest):
        edits.append(Edit(start, len(source), unicodedata.normalize("NFC", rest), "unicode-nfc"))
    edits = _annotated(edits, [edit for edit in decoding if edit.replacement])
    text = apply(source, edits)
    blocks = (Block(block_id, "paragraph", 0, len(text), start, len(source)),) if text else ()
    return Assembled(text, tuple(edits), blocks)


def remove(source: str, assembled: Assembled, verdicts: Mapping[str, Verdict]) -> Assembled:
    """`assembled` without some of its blocks, given by id. Those that stay keep their ids; what was cut out of a removed block
    for a reason of its own keeps that reason."""
    removals: list[Edit] = []
    cut: dict[str, list[Edit]] = {identifier: [] for identifier in verdicts}
    stay: list[Block] = []
    pieces: dict[str, _Piece] = {}
    joined = BLOCK_BREAK
    for block in assembled.blocks:
        # Behind a removed block a line begins a block of its own where the removed one did.
        joined = max(joined, _break_before(assembled, block), key=len)
        if block.id not in verdicts:
            pieces[block.id] = _Piece(block.src_start, block.src_end, len(stay), joined)
            stay.append(block)
            joined = ""
    notes: list[Edit] = []
    starts = [block.src_start for block in assembled.blocks]
    for edit in assembled.edits:
        place = bisect_right(starts, edit.start) - 1
        holder = assembled.blocks[place] if place >= 0 else None
        is_inside = holder is not None and edit.start < holder.src_end
        if edit.start == edit.end:
            noted = edit.evidence.place or edit
            notes.append(edit.replace(start=noted.start, end=noted.end))
        elif is_inside and holder is not None:
            if holder.id not in verdicts:
                pieces[holder.id].inner.append(edit)
            elif not edit.replacement and edit.rule not in normalise.RULES:
                cut[holder.id].append(edit)
        elif not is_inside and edit.rule != "white-space":
            removals.append(edit)
    for block in assembled.blocks:
        if block.id in verdicts:
            removals += _removed(source, block.src_start, block.src_end, cut[block.id], verdicts[block.id])
    kinds = [NAMES.index(block.kind) for block in stay]
    text, edits, places = _set(source, list(pieces.values()), kinds, removals, notes)
    moved = (
        block.replace(
            start=start,
            end=end,
            marks=tuple(
                mark.replace(start=mark.start + start - block.start, end=mark.end + start - block.start)
                for mark in block.marks
            ),
        )
        for block, (start, end) in zip(stay, places, strict=True)
    )
    return Assembled(text, tuple(edits), tuple(moved))


def _break_before(assembled: Assembled, block: Block) -> str:
    before = assembled.text[max(0, block.start - 2) : block.start]
    return BLOCK_BREAK if before == BLOCK_BREAK or not before else LINE_BREAK


class _Repairs:
    """The repairs inside kept blocks, with the words of the document at hand for those that need them."""

    def __init__(self, source: str, entities: bool) -> None:
        self._source = source
        self._entities = entities
        self._words: frozenset[str] | None = None

    def knows(self, word: str) -> bool:
        """Whether the document has the word, in lower case."""
        if self._words is None:
            self._words = normalise.words(self._source)
        return word in self._words

    def of(self, start: int, end: int, kind: int) -> list[Edit]:
        """The repairs of a slice."""
        text = self._source[start:end]
        if kind in VERBATIM:
            return normalise.verbatim(text, start)
        return normalise.edits(text, start, self.knows, entities=self._entities)


def _removed(source: str, start: int, end: int, inside: Sequence[Edit], verdict: Verdict) -> Iterator[Edit]:
    """The edits that remove a whole block, around what is cut inside it for a reason of its own. What would be replaced inside
    goes with it."""
    position = start
    cut = [edit for edit in inside if not edit.replacement]
    for edit in (*cut, None):
        stop = edit.start if edit else end
        piece = source[position:stop]
        if piece.strip():
            first = position + len(piece) - len(piece.lstrip())
            yield Edit(first, position + len(piece.rstrip()), "", verdict.rule, verdict.evidence)
        if edit:
            yield edit
            position = edit.end


def _kept(
    source: str,
    start: int,
    end: int,
    number: int,
    kind: int,
    inside: Sequence[Edit],
    removals: list[Edit],
    repairs: _Repairs,
) -> _Piece | None:
    """The kept part of a block; None where nothing is left. What is cut at its edges joins `removals`."""
    if not inside:
        return _trimmed(source, _Piece(start, end, number, BLOCK_BREAK, repairs.of(start, end, kind)), removals)
    inner = list(inside)
    while inner and not inner[0].replacement and not source[start : inner[0].start].strip():
        removals.append(inner.pop(0))
        start = removals[-1].end
    while inner and not inner[-1].replacement and not source[inner[-1].end : end].strip():
        removals.append(inner.pop())
        end = removals[-1].start
    kept = source[start:end]
    start, end = start + len(kept) - len(kept.lstrip()), end - len(kept) + len(kept.rstrip())
    if start >= end:
        return None
    edits: list[Edit] = []
    position = start
    for edit in inner:
        edits += repairs.of(position, edit.start, kind)
        edits.append(edit)
        position = edit.end
        # A cut between two words leaves one space.
        while not edit.replacement and source[position].isspace() and source[edit.start - 1].isspace():
            position += 1
        if position > edit.end:
            edits.append(Edit(edit.end, position, "", "white-space"))
    edits += repairs.of(position, end, kind)
    return _trimmed(source, _Piece(start, end, number, BLOCK_BREAK, edits), removals)


def _trimmed(source: str, piece: _Piece, removals: list[Edit]) -> _Piece | None:
    """A piece without what a repair removes at its edges, such as a byte-order mark, or makes white space of, which joins
    `removals`; None where nothing is left."""
    inner = piece.inner
    while inner and inner[-1].end == piece.end and (edge := _removal(inner[-1])):
        del inner[-1]
        removals.append(edge)
        piece.end = removals[-1].start
        least = inner[-1].end if inner else piece.start
        while least < piece.end and source[piece.end - 1].isspace():
            piece.end -= 1
    while inner and inner[0].start == piece.start and (edge := _removal(inner[0])):
        del inner[0]
        removals.append(edge)
        piece.start = removals[-1].end
        most = inner[0].start if inner else piece.end
        while piece.start < most and source[piece.start].isspace():
            piece.start += 1
    return piece if piece.start < piece.end else None


def _removal(edit: Edit) -> Edit | None:
    """What a repair is at the edge of a piece: one that removes, be it that it makes white space of what it stands for."""
    if edit.rule in ("white-space", "unwrap") and edit.replacement.isspace():
        return Edit(edit.start, edit.end, "", "white-space")
    return None if edit.replacement else edit


def _set(
    source: str, pieces: Sequence[_Piece], kinds: Sequence[int], removals: Sequence[Edit], notes: Sequence[Edit]
) -> tuple[str, list[Edit], list[tuple[int, int]]]:
    """The text of the pieces with all between them removed, its edits, and where each piece stands in it."""
    pending = deque(sorted(removals, key=attrgetter("start")))
    edits: list[Edit] = []
    position = 0
    for number, piece in enumerate(pieces):
        before = piece.joined if number else ""
        keeps_indent = before == LINE_BREAK and kinds[piece.number] in RUNS
        edits += _between(source, position, piece.start, pending, before, keeps_indent)
        edits += piece.inner
        position = piece.end
    edits += _between(source, position, len(source), pending, "", False)
    edits = _annotated(edits, notes)
    return apply(source, edits), edits, _places(pieces, edits)


def _between(
    source: str, start: int, end: int, removals: deque[Edit], separator: str, keeps_indent: bool
) -> list[Edit]:
    """The edits of a stretch in which nothing is kept but a `separator`. Takes its removals off the front of `removals`."""
    own: list[Edit] = []
    # Where each stretch of white space begins and ends: one before each removal, and one behind all of them
    edges: list[tuple[int, int]] = []
    position = start
    is_exact = False
    while removals and removals[0].end <= end:
        removal = removals.popleft()
        own.append(removal)
        edges.append((position, removal.start))
        position = removal.end
        is_exact = is_exact or removal.rule in _EXACT
    edges.append((position, end))
    if is_exact:
        return _between_exact(source, start, end, own, separator, keeps_indent)
    kept, replaced = _separating(source, edges, separator, keeps_indent) if separator else (-1, -1)
    found: list[Edit] = []
    for i, (low, high) in enumerate(edges):
        if i:
            removal = own[i - 1]
            # A removed block takes along the white space between it and another removed one.
            takes = i < len(own) and removal.end < high and i not in (kept, replaced)
            found.append(Edit(removal.start, high, "", removal.rule, removal.evidence) if takes else removal)
            if takes:
                continue
        if low < high and i != kept:
            found.append(Edit(low, high, separator if i == replaced else "", "white-space"))
    return found


def _separating(source: str, edges: Sequence[tuple[int, int]], separator: str, keeps_indent: bool) -> tuple[int, int]:
    """(the first stretch of white space that is a `separator` as it is, the one that is replaced by it); -1 for none."""
    last = -1
    for i, (low, high) in enumerate(edges):
        if low == high:
            continue
        space = source[low:high]
        if space == separator or (keeps_indent and i == len(edges) - 1 and _INDENTED_BREAK.fullmatch(space)):
            return i, -1
        last = i
    return -1, last


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


class _Shift:
    """Offsets of the source as offsets of the clean text, asked in ascending order."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._shift = self._done = 0

    def __call__(self, offset: int) -> int:
        edits = self._edits
        while self._done < len(edits) and edits[self._done].end <= offset:
            edit = edits[self._done]
            self._shift += len(edit.replacement) - (edit.end - edit.start)
            self._done += 1
        inside = edits[self._done] if self._done < len(edits) else None
        if inside is not None and inside.start < offset:
            # In the midst of what is replaced: where the replacement begins.
            return inside.start + self._shift
        return offset + self._shift


def _places(pieces: Sequence[_Piece], edits: Sequence[Edit]) -> list[tuple[int, int]]:
    shift = _Shift(edits)
    return [(shift(piece.start), shift(piece.end)) for piece in pieces]


_Place = tuple[int, int, int, int, int]
"""Number of the first block of the source, start, end, src_start, src_end."""


def _merged(pieces: Sequence[_Piece], places: Sequence[tuple[int, int]], kinds: Sequence[int]) -> Iterator[_Place]:
    """The pieces, lines of one paragraph or stanza as one."""
    held: _Place | None = None
    for piece, (start, end) in zip(pieces, places, strict=True):
        kind = kinds[piece.number]
        if held is not None and piece.joined == LINE_BREAK and kind in _MERGED and kinds[held[0]] == kind:
            held = (held[0], held[1], end, held[3], piece.end)
            continue
        if held is not None:
            yield held
        held = piece.number, start, end, piece.start, piece.end
    if held is not None:
        yield held


_Facts = tuple[int, int, int, int, int, int, int]
"""Of a block its kind, level, depth, quote, number, post, and whether it is continued."""


def _facts(blocks: Blocks) -> list[_Facts]:
    """What the columns say of each block, as numbers of Python: these are asked one by one."""
    continued = blocks.flags & _CONTINUED
    columns = (blocks.kind, blocks.level, blocks.depth, blocks.quote, blocks.number, blocks.post, continued)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _block(
    blocks: Blocks,
    facts: _Facts,
    name: str,
    number: int,
    start: int,
    end: int,
    src_start: int,
    src_end: int,
    marks: Marks,
) -> Block:
    kind, level, depth, quote, ordinal, post, continued = facts
    return Block(
        id=name,
        kind=NAMES[kind],
        start=start,
        end=end,
        src_start=src_start,
        src_end=src_end,
        level=level,
        depth=depth,
        quote=quote,
        number=ordinal if ordinal >= 0 else None,
        language=blocks.languages.get(number),
        continued=continued > 0,
        post=post if post >= 0 else None,
        marks=marks.of(src_start, src_end, start - src_start),
    )
