"""The one tokenisation: what counts as a word everywhere in the project.

- Letters, numbers and marks make words; everything else separates them.
- Words are folded by code point: compatibility decomposition (NFKD) and full case folding; diacritics and
  invisible format characters disappear ("Café" is "cafe", "ﬁ" is "fi", "ß" is "ss").
- Apostrophes disappear ("don’t", "don't" and "dont" are one word).
- Ideographs, kana and letters of scripts written without spaces (Thai, Lao, Khmer, Myanmar) are words of one
  character, together with the marks attached to it. Korean goes by word.

The table in data/unicode.npz pins the Unicode version, so the result does not depend on the Python in use.

Everything is columnar: a batch of texts gives flat arrays, and no Python object is made per word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Sized
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pipeline import native

Array = NDArray[Any]

SEPARATOR, WORD, SINGLE, ATTACH, DROP, APOSTROPHE, MANY = range(7)
"""What a code point does: ends a word, is part of one, is one, belongs to the one before it, disappears,
disappears but is no part of the word's span at its edge, folds to several code points."""

MULTIPLIER = 0x9E3779B97F4A7C15
"""Spreads a word's length over the 64 bits its hash starts from: odd, the bits of the golden ratio."""

_BLOCK = 1 << 16
"""Code points tokenised at a time, so that the working arrays stay in the processor's cache."""

_WHITE, _UNSPACED = " \n", "，、"
"""Where a text may be cut."""

ASCII_DROP = 1
"""What stands for an apostrophe in `ascii_table`."""

CHAINED = 64
"""Pieces of eight bytes that are hashed one after another; those of a longer word behind them all at once."""

LOWEST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
"""Masks of the lowest so many bytes."""

_MASK64 = (1 << 64) - 1


class Tokens(Struct, frozen=True):
    """The words of a batch of texts, in order. Text `i` has the words `offsets[i]:offsets[i + 1]`."""

    offsets: Array
    """int64 [texts + 1]"""
    start: Array
    """int64 [words], code point of its own text where the word starts"""
    end: Array
    """int64 [words], where it ends; diacritics that follow it belong to it"""
    hash: Array
    """uint64 [words], `token_hash` of the folded word"""
    folded_offsets: Array
    """int64 [words + 1]: word `j` folded is `folded[folded_offsets[j]:folded_offsets[j + 1]]`"""
    folded: Array
    """uint32 [sum], code points"""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def words(self, text: int) -> list[str]:
        """The folded words of one text, as strings: to look at, not to compute with."""
        first, last = int(self.offsets[text]), int(self.offsets[text + 1])
        edges = self.folded_offsets[first : last + 1]
        if first == last:
            return []
        base = int(edges[0])
        joined = self.folded[base : int(edges[-1])].tobytes().decode("utf-32-le", "surrogatepass")
        cuts = (edges - base).tolist()
        return [joined[low:high] for low, high in pairwise(cuts)]


class Tables(NamedTuple):
    """The Unicode tables, expanded for direct lookup."""

    entry: Array
    """uint32 [0x110000]: kind << 24 | folded code point (for MANY: the row in `many_offsets`)"""
    many_offsets: Array
    """int64 [n + 1]"""
    many: Array
    """uint32 [m]: kind << 24 | folded code point"""


@cache
def tables() -> Tables:
    """Load the tables, once per process."""
    with np.load(Path(__file__).parent / "data" / "unicode.npz") as data:
        stage1 = data["stage1"]
        kinds, deltas = data["kinds"], data["deltas"]
        many_offsets, many = data["many_offsets"].astype(np.int64), data["many"]
    rows = kinds.astype(np.int32) << 24
    rows += deltas
    entry = rows[stage1].reshape(-1)
    entry += np.arange(entry.size, dtype=np.int32)
    return Tables(entry.view(np.uint32), many_offsets, many)


def tokenize(texts: Sequence[str]) -> Tokens:
    """The words of `texts`, with their spans, hashes and folded code points."""
    if native.kernels is not None:
        offsets, hashes, start, end, folded_offsets, folded = native.kernels.tokenize(texts, *tables())
        return Tokens(
            offsets=np.frombuffer(offsets, np.int64),
            start=np.frombuffer(start, np.int64),
            end=np.frombuffer(end, np.int64),
            hash=np.frombuffer(hashes, np.uint64),
            folded_offsets=np.frombuffer(folded_offsets, np.int64),
            folded=np.frombuffer(folded, np.uint32),
        )
    joined, edges = _join(texts)
    parts = [_spans(joined, low, high) for low, high in pieces_of(joined, _BLOCK)]
    start, end, hashes, lengths, folded = (np.concatenate(column) for column in zip(*parts, strict=True))
    offsets = np.searchsorted(start, edges)
    shift = np.repeat(edges[:-1], np.diff(offsets))
    return Tokens(offsets, start - shift, end - shift, hashes, offsets_of(lengths), folded)


def token_hashes(texts: Sequence[str]) -> tuple[Array, Array]:
    """(`offsets`, `hash`) as `tokenize` gives them, at half the cost: all that signing needs."""
    if native.kernels is not None:
        offsets, hashes = native.kernels.token_hashes(texts, *tables())
        return np.frombuffer(offsets, np.int64), np.frombuffer(hashes, np.uint64)
    joined, edges = _join(texts)
    parts = []
    for low, high in pieces_of(joined, _BLOCK):
        chars = _chars(joined[low:high])
        first, last = _edges(chars)
        start = first if chars.source is None else chars.source[first]
        parts.append((start + low, _hash(chars.value, first, last)))
    start, hashes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return np.searchsorted(start, edges), hashes


def token_hash(word: bytes) -> int:
    """Hash of one folded word, given in UTF-8: the definition that the columnar code follows.

    Eight bytes at a time, little-endian, the last ones filled up with zeros: h = mix64(h ^ bytes), starting
    from the length times `MULTIPLIER`. Words of up to eight bytes and one length cannot collide. Where more than eight bytes
    follow the first `CHAINED` pieces, the sum of mix64(bytes ^ place * `MULTIPLIER`) over those that follow, places counted
    from 1, goes in as the last piece.
    """
    value = len(word) * MULTIPLIER
    pieces = [int.from_bytes(word[at : at + 8], "little") for at in range(0, max(len(word), 1), 8)]
    if len(pieces) > CHAINED + 1:
        rest = enumerate(pieces[CHAINED:], 1)
        pieces[CHAINED:] = [sum(scalar_mix64(piece ^ place * MULTIPLIER) for place, piece in rest)]
    for piece in pieces:
        value = scalar_mix64(value ^ piece)
    return value


def span_hashes(values: Array, starts: Array, ends: Array, base: int) -> Array:
    """uint64: a hash of `values[start:end]`, in order, for every span; 0 for an empty one.

    The sum of `mix64(value ^ place * base)` modulo 2^64, places counted from 1. A polynomial would be cheaper,
    and equal for some different long sequences of two values only (those of Thue and Morse).
    """
    lengths = ends - starts
    place = ranges(np.ones_like(lengths), lengths).astype(np.uint64)
    place *= np.uint64(base)
    place ^= values.take(ranges(starts, lengths)).astype(np.uint64, copy=False)
    sums = np.zeros(len(place) + 1, dtype=np.uint64)
    np.cumsum(mix64(place), out=sums[1:])
    bounds = offsets_of(lengths)
    hashes: Array = sums[bounds[1:]]
    hashes -= sums[bounds[:-1]]
    return hashes


def mix64(values: Array) -> Array:
    """MurmurHash3's 64-bit finaliser, in place: a bijection, every output bit depends on every input bit."""
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


def scalar_mix64(value: int) -> int:
    """`mix64` of one number, of which the lowest 64 bits count."""
    value &= _MASK64
    value = ((value ^ (value >> 33)) * 0xFF51AFD7ED558CCD) & _MASK64
    value = ((value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53) & _MASK64
    return value ^ (value >> 33)


def ranges(starts: Array, lengths: Array) -> Array:
    """int64: `start, start + 1, ...`, `length` numbers, for every pair of the two, one after another."""
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    indices: Array = np.arange(total, dtype=np.int64)
    indices += np.repeat(starts - before, lengths)
    return indices


def lengths_of(texts: Collection[Sized]) -> Array:
    """Return how many characters, or bytes, each text has, int64."""
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def offsets_of(lengths: Array) -> Array:
    """int64 [n + 1]: where each of `n` consecutive ranges starts, and where the last ends."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


class _Chars(NamedTuple):
    """A block after folding, without the code points that disappear."""

    value: Array
    """uint8 or uint32, folded code points; 0 for separators"""
    single: Array | None = None
    """bool, code points that start a word even inside a run of letters; None where there are none"""
    source: Array | None = None
    """int64, where each came from in the block; None for the identity"""
    dropped: Array | None = None
    """bool [block], diacritics and the like that disappeared; None where there are none"""


def _chars(block: str) -> _Chars:
    if block.isascii():
        value = np.frombuffer(block.encode("ascii").translate(ascii_table()), dtype=np.uint8)
        if "'" not in block and "`" not in block:
            return _Chars(value)
        source = np.flatnonzero(value != ASCII_DROP)
        return _Chars(value.take(source), source=source)

    code = np.frombuffer(block.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    entry = tables().entry.take(code, mode="wrap")  # the fastest mode: the others check every index
    kind = _kind(entry)
    dropped: Array = kind == DROP
    many = np.flatnonzero(kind == MANY)
    origin = None
    if len(many):
        entry, origin = _unfold(entry, many)
        kind = _kind(entry)
    kept = np.flatnonzero((kind != DROP) & (kind != APOSTROPHE))
    if len(kept) < len(kind):
        entry = entry.take(kept)
        kind = _kind(entry)
        origin = kept if origin is None else origin.take(kept)
    value = entry & np.uint32(0xFFFFFF)
    value *= kind != SEPARATOR
    single: Array = kind == SINGLE
    run = single | (kind == ATTACH)  # a letter after one of these starts a word of its own
    if run.any():
        single[1:] |= (kind[1:] == WORD) & run[:-1]
    return _Chars(value, single if single.any() else None, origin, dropped if dropped.any() else None)


def _kind(entry: Array) -> Array:
    return (entry >> np.uint32(24)).astype(np.uint8)


def _unfold(entry: Array, many: Array) -> tuple[Array, Array]:
    """Replace the entries at `many` by their several code points; also where each entry came from."""
    table = tables()
    row = (entry[many] & np.uint32(0xFFFFFF)).astype(np.int64)
    lengths = table.many_offsets[row + 1] - table.many_offsets[row]
    added = np.concatenate(([0], np.cumsum(lengths - 1)))  # before each of them, and in all
    slots = many + added[:-1]
    bounds = np.concatenate(([0], slots + 1, [len(entry) + added[-1]]))
    source = np.arange(bounds[-1])
    source -= np.repeat(added, np.diff(bounds))
    inside = ranges(slots, lengths)
    source[inside] = np.repeat(many, lengths)
    unfolded = entry.take(source)
    unfolded[inside] = table.many[ranges(table.many_offsets[row], lengths)]
    return unfolded, source


def _edges(chars: _Chars) -> tuple[Array, Array]:
    """Where every word starts and ends, as indices into the block's folded code points."""
    inside = np.zeros(len(chars.value) + 2, dtype=bool)
    np.not_equal(chars.value, 0, out=inside[1:-1])
    if chars.single is None:
        change = np.flatnonzero(inside[1:] != inside[:-1])
        return change[::2], change[1::2]
    opens = np.zeros(len(chars.value) + 1, dtype=bool)
    opens[:-1] = inside[1:-1] & (chars.single | ~inside[:-2])
    closes = inside[1:-1] & (opens[1:] | ~inside[2:])
    return np.flatnonzero(opens), np.flatnonzero(closes) + 1


def _hash(value: Array, first: Array, last: Array) -> Array:
    """`token_hash` of every word `value[first:last]`."""
    hashes = _hash_bytes(value.astype(np.uint8), first, last)
    if value.dtype == np.uint8:
        return hashes
    wide = np.flatnonzero(value >= 0x80)
    words = np.searchsorted(last, wide, side="right")
    words = words[np.append(True, words[1:] != words[:-1])[: len(words)]]
    lengths = (last - first)[words]
    chars = value[ranges(first[words], lengths)]
    offsets = offsets_of(1 + (chars >= 0x80) + (chars >= 0x800) + (chars >= 0x10000))
    edges = offsets[offsets_of(lengths)]
    encoded = np.frombuffer(chars.tobytes().decode("utf-32-le").encode(), dtype=np.uint8)
    hashes[words] = _hash_bytes(encoded, edges[:-1], edges[1:])
    return hashes


def _hash_bytes(data: Array, first: Array, last: Array) -> Array:
    """`token_hash` of every word `data[first:last]`, eight bytes of all words at a time."""
    padded = np.zeros(len(data) + 8, dtype=np.uint8)
    padded[: len(data)] = data
    eight = np.ndarray(len(data) + 1, dtype="<u8", buffer=padded, strides=(1,))  # eight bytes from each one on
    left = last - first
    hashes: Array = left.astype(np.uint64) * np.uint64(MULTIPLIER)
    first, long = first.copy(), np.flatnonzero(left > 8)
    for _ in range(CHAINED):
        if not len(long):
            break
        at = first[long]
        hashes[long] = mix64(hashes[long] ^ eight[at])
        first[long] = at + 8
        left[long] -= 8
        long = long[left[long] > 8]
    tails = eight.take(first, mode="clip") & LOWEST_BYTES.take(left, mode="clip")
    for word in long.tolist():  # very few words are so long
        tails[word] = _hash_tail(data[first[word] : last[word]])
    return mix64(hashes ^ tails)


def _hash_tail(data: Array) -> np.uint64:
    """What goes into the hash of a long word for the bytes behind its first `CHAINED` pieces."""
    padded = np.zeros(-(-len(data) // 8) * 8, dtype=np.uint8)
    padded[: len(data)] = data
    pieces = padded.view("<u8")
    place = np.arange(1, len(pieces) + 1, dtype=np.uint64) * np.uint64(MULTIPLIER)
    total: np.uint64 = mix64(pieces ^ place).sum(dtype=np.uint64)
    return total


def _spans(joined: str, low: int, high: int) -> tuple[Array, Array, Array, Array, Array]:
    """(start, end, hash, length, folded) of the words in one block; the spans count in `joined`."""
    chars = _chars(joined[low:high])
    first, last = _edges(chars)
    start, end = first, last
    if chars.source is not None:
        start, end = chars.source[first], chars.source[last - 1] + 1
    if chars.dropped is not None:
        dropped = np.append(chars.dropped, False)
        while (trailing := dropped[end]).any():
            end = end + trailing
    folded = chars.value[chars.value != 0].astype(np.uint32)
    return start + low, end + low, _hash(chars.value, first, last), last - first, folded


def _join(texts: Sequence[str]) -> tuple[str, Array]:
    """The texts with a line break between them, and where each begins; one more edge than texts."""
    edges = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(lengths_of(texts) + 1, out=edges[1:])
    return "\n".join(texts), edges


def pieces_of(text: str, size: int) -> list[tuple[int, int]]:
    """Cut after white space, or a comma of scripts that have none, about every `size` code points, so that no word is cut: at
    least one piece, from where to where."""
    cuts, most = [0], size
    while (limit := cuts[-1] + most) < len(text):
        cut = _last_of(_WHITE, text, cuts[-1], limit)
        if cut < 0:
            cut = _last_of(_UNSPACED, text, cuts[-1], limit)
        if cut < 0:
            most *= 2
        else:
            cuts.append(cut + 1)
            most = size
    return list(pairwise([*cuts, len(text)]))


def _last_of(marks: str, text: str, low: int, high: int) -> int:
    return max(text.rfind(mark, low, high) for mark in marks)


@cache
def ascii_table() -> bytes:
    """For `bytes.translate`: the folded code point, 0 for separators, `ASCII_DROP` for apostrophes."""
    entry = tables().entry[:128]
    kind = entry >> 24
    table = np.zeros(256, dtype=np.uint8)
    table[:128] = np.where(kind == WORD, entry & 0xFF, np.where(kind == APOSTROPHE, ASCII_DROP, 0))
    return table.tobytes()
