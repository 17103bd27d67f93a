"""From verdicts on blocks to edits on characters, and to the blocks of the clean text."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

import numpy as np
from msgspec import Struct

from pipeline.ledger import Edits, apply
from pipeline.model import BLOCK_BREAK, LINE_BREAK, Block, Edit, Verdict
from pipeline.text import normalise
from pipeline.text.blocks import NAMES, VERBATIM, Blocks, Flag, Kind
from pipeline.tokens import Array
from pipeline.views.marks import Marks
from pipeline.views.setting import Piece, Setting, annotated

_JOINED, _CONTINUED = int(Flag.JOINED), int(Flag.CONTINUED)
"""As numbers, since NumPy asks the members of an enumeration a dozen questions each time"""
_LISTED = tuple(map(int, (Kind.LIST_ITEM, Kind.TERM, Kind.DEFINITION)))
"""Kinds of which each stands on the line below the one before"""
_MERGED = tuple(map(int, (Kind.PARAGRAPH, Kind.VERSE)))
"""Kinds whose lines, parted by line breaks only, are one block of the clean text."""


class Assembled(Struct, frozen=True):
    """A document's clean text, the edits that lead to it, and its blocks."""

    text: str
    edits: Edits
    blocks: tuple[Block, ...]


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
    unread = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    repairs = _Repairs(source, entities)
    setting = Setting(source)
    pieces: list[Piece] = []
    places: list[tuple[int, int]] = []
    kinds, flags, run = blocks.kind.tolist(), blocks.flags.tolist(), blocks.run.tolist()
    starts, ends = blocks.start.tolist(), blocks.end.tolist()
    may_need = normalise.may_need(source, blocks.start, blocks.end)
    done = 0
    for i in _looked_at(blocks.texts, verdicts, inside, [bisect_right(starts, edit.start) for edit in unread]):
        setting.take_out(starts[done:i], ends[done:i], verdicts[done:i])
        done = i + 1
        while unread and unread[0].end <= starts[i]:
            setting.remove(unread.pop(0))
        verdict = verdicts[i]
        if verdict is not None:
            for edit in _removed(source, starts[i], ends[i], inside.get(i, ()), verdict):
                setting.remove(edit)
            continue
        piece: Piece | None
        edges: Sequence[Edit]
        if may_need[i] or i in inside:
            piece, edges = _kept(source, starts[i], ends[i], i, kinds[i], inside.get(i, ()), repairs)
        else:  # as most
            piece, edges = Piece(starts[i], ends[i], i, BLOCK_BREAK), ()
        if piece is None:
            setting.remove_all(edges)
            continue
        if pieces and run[i] >= 0 and run[i] == run[pieces[-1].number]:
            piece.joined = LINE_BREAK if kinds[i] in _LISTED or flags[i] & _JOINED else BLOCK_BREAK
        before = [edge for edge in edges if edge.end <= piece.start] if edges else ()
        setting.remove_all(before)
        places.append(setting.put(piece, kinds[i]))
        setting.remove_all(edges[len(before) :])
        pieces.append(piece)
    setting.take_out(starts[done:], ends[done:], verdicts[done:])
    setting.remove_all(unread)
    text, edits = setting.finished([edit for edit in decoding if edit.replacement])
    merged = list(_merged(pieces, places, kinds))
    marks = Marks(blocks.spans, list(edits) if blocks.spans else ())
    facts = _facts(blocks, np.array([place[0] for place in merged], dtype=np.int64))
    rows = enumerate(zip(merged, facts, strict=True))
    return Assembled(text, edits, tuple(_block(blocks, own, block_id(n), *place, marks) for n, (place, own) in rows))


def _looked_at(
    texts: Sequence[str], verdicts: Sequence[Verdict | None], inside: Container[int], others: Iterable[int]
) -> list[int]:
    """The blocks that are not simply taken out whole, in order; and some `others`."""
    found = {
        i
        for i, verdict in enumerate(verdicts)
        if verdict is None or i in inside or not texts[i] or texts[i].strip() != texts[i]
    }
    found.update(i for i in others if i < len(verdicts))
    return sorted(found)


def assemble_whole(source: str, decoding: Sequence[Edit], block_id: str) -> Assembled:
    """All of the source as one block, with as few edits as can be."""
    edits = [edit for edit in decoding if edit.start < edit.end and not edit.replacement]
    start = edits[-1].end if edits else 0
    rest = source[start:]
    if rest.isspace():
        edits.append(Edit(start, len(source), "", "white-space"))
    elif not unicodedata.is_normalized("NFC", rest):
        edits.append(Edit(start, len(source), unicodedata.normalize("NFC", rest), "unicode-nfc"))
    edits = annotated(edits, [edit for edit in decoding if edit.replacement])
    text = apply(source, edits)
    blocks = (Block(block_id, "paragraph", 0, len(text), start, len(source)),) if text else ()
    return Assembled(text, Edits.of(edits), blocks)


def remove(source: str, assembled: Assembled, verdicts: Mapping[str, Verdict]) -> Assembled:
    """`assembled` without some of its blocks, given by id. Those that stay keep their ids; what was cut out of a removed block
    for a reason of its own keeps that reason."""
    removals: list[Edit] = []
    cut: dict[str, list[Edit]] = {identifier: [] for identifier in verdicts}
    stay: list[Block] = []
    inner: dict[str, list[Edit]] = {block.id: [] for block in assembled.blocks}
    pieces: list[Piece] = []
    joined = BLOCK_BREAK
    for block in assembled.blocks:
        # Behind a removed block a line begins a block of its own where the removed one did.
        joined = max(joined, _break_before(assembled, block), key=len)
        if block.id not in verdicts:
            pieces.append(Piece(block.src_start, block.src_end, len(stay), joined, inner[block.id]))
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
                inner[holder.id].append(edit)
            elif not edit.replacement and edit.rule not in normalise.RULES:
                cut[holder.id].append(edit)
        elif not is_inside and edit.rule != "white-space":
            removals.append(edit)
    for block in assembled.blocks:
        if block.id in verdicts:
            removals += _removed(source, block.src_start, block.src_end, cut[block.id], verdicts[block.id])
    setting = Setting(source)
    places: list[tuple[int, int]] = []
    waiting = deque(sorted(removals, key=attrgetter("start")))
    for block, piece in zip(stay, pieces, strict=True):
        while waiting and waiting[0].end <= piece.start:
            setting.remove(waiting.popleft())
        places.append(setting.put(piece, NAMES.index(block.kind)))
    setting.remove_all(waiting)
    text, edits = setting.finished(notes)
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
    return Assembled(text, edits, tuple(moved))


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
    source: str, start: int, end: int, number: int, kind: int, inside: Sequence[Edit], repairs: _Repairs
) -> tuple[Piece | None, list[Edit]]:
    """The kept part of a block, None where nothing is left; and what is cut at its edges, in order."""
    if not inside:
        own = repairs.of(start, end, kind)
        piece = Piece(start, end, number, BLOCK_BREAK, own)
        return _trimmed(source, piece, own, []) if own else (piece, own)
    removals: list[Edit] = []
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
        return None, sorted(removals, key=attrgetter("start"))
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
    return _trimmed(source, Piece(start, end, number, BLOCK_BREAK, edits), edits, removals)


def _trimmed(source: str, piece: Piece, inner: list[Edit], removals: list[Edit]) -> tuple[Piece | None, list[Edit]]:
    """A piece without what a repair removes at its edges, such as a byte-order mark, or makes white space of; None where nothing
    is left. And those edges with the `removals` beside them, in order. `inner`: the edits inside the piece, which is changed."""
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
    removals.sort(key=attrgetter("start"))
    return (piece if piece.start < piece.end else None), removals


def _removal(edit: Edit) -> Edit | None:
    """What a repair is at the edge of a piece: one that removes, be it that it makes white space of what it stands for."""
    if edit.rule in ("white-space", "unwrap") and edit.replacement.isspace():
        return Edit(edit.start, edit.end, "", "white-space")
    return None if edit.replacement else edit


_Place = tuple[int, int, int, int, int]
"""Number of the first block of the source, start, end, src_start, src_end."""


def _merged(pieces: Sequence[Piece], places: Sequence[tuple[int, int]], kinds: Sequence[int]) -> Iterator[_Place]:
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


def _facts(blocks: Blocks, numbers: Array) -> Iterator[_Facts]:
    """What the columns say of some blocks, as numbers of Python: these are asked one by one."""
    continued = blocks.flags & _CONTINUED
    columns = (blocks.kind, blocks.level, blocks.depth, blocks.quote, blocks.number, blocks.post, continued)
    return zip(*(column[numbers].tolist() for column in columns), strict=True)


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
        marks=marks.of(src_start, src_end, start - src_start) if blocks.spans else (),
    )
