"""The compiled path (`pip install '.[fast]'`): texts to band keys, and pairs to overlaps, in single passes.

Every function gives the same bits as its counterpart in NumPy; tests/match/core/test_fast.py holds them to it.
Only this file imports numba, and only compiled.py imports this file. Machine code is cached on disk by numba, and kernels
release the GIL. Two traps of numba's types: uint64 with int64 makes float64, and uint32 with uint32 uint64.
"""

# Numba compiles these functions from their values: to a type checker they are untyped, or typed too narrowly.
# mypy: disable-error-code="no-untyped-call, no-untyped-def, untyped-decorator, call-arg, import-untyped"

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import njit

from pipeline import tokens
from pipeline.match.core import shingle, verify
from pipeline.match.core.sign import EMPTY, Signing, permutations
from pipeline.tokens import CHAINED, Array

_GROWTH = 16
"""Bytes that one byte of text can become, folded and with separators: 12 at most (U+FDFA)."""

_MOST_WORDS = 2
"""Words that one byte of text can become."""

_PADDING = 16
"""Zeros after the last word, so that eight bytes can be read from anywhere in it."""
_TOGETHER = 4
"""Hashes permuted in one pass."""
_NOT_PLAIN = np.uint8(0xFF)
"""Stands for bytes that are no plain ASCII: apostrophes, and those of longer code points."""
_LENGTH = np.uint64(tokens.MULTIPLIER)
_SEQUENCE = np.uint64(shingle.MULTIPLIER)
_LOWEST = tokens.LOWEST_BYTES
_WORD, _SEPARATOR = np.uint32(tokens.WORD), np.uint32(tokens.SEPARATOR)
_SINGLE, _ATTACH = np.uint32(tokens.SINGLE), np.uint32(tokens.ATTACH)
_DROP, _APOSTROPHE, _MANY = np.uint32(tokens.DROP), np.uint32(tokens.APOSTROPHE), np.uint32(tokens.MANY)
_KIND_BITS, _VALUE_MASK = np.uint32(24), np.uint32(0xFFFFFF)
_CODES = np.uint32(0x110000)
_TAG_BITS = np.uint64(64 - verify.SET_BITS)


def sketch(data: Array, edges: Array, signing: Signing) -> tuple[Array, Array]:
    """(fingerprint uint64 [texts], keys uint32 [bands, texts]) as `Sketches` has them.

    `data`: UTF-8, uint8; text `i` is `data[edges[i]:edges[i + 1]]`.
    """
    count = len(edges) - 1
    fingerprint = np.empty(count, dtype=np.uint64)
    keys = np.empty((signing.bands, count), dtype=np.uint32)
    _sketch(data, edges, _table(), _scheme(signing), (fingerprint, keys))
    return fingerprint, keys


def shingles(data: Array, edges: Array, k: int) -> tuple[Array, Array]:
    """(offsets int64 [texts + 1], hash uint64) as `Shingles` has them."""
    size = int(edges[-1] - edges[0])
    offsets = np.zeros(len(edges), dtype=np.int64)
    hashes = np.empty(_MOST_WORDS * size, dtype=np.uint64)
    _shingles(data, edges, _table(), _powers(k), (offsets, hashes))
    return offsets, hashes[: offsets[-1]]


def overlap(offsets: Array, hashes: Array, first: Array, second: Array) -> tuple[Array, Array, Array]:
    """(shared, size of the first, size of the second), int64 [pairs], as `verify.overlap` counts them.

    Set `i` is made of `hashes[offsets[i]:offsets[i + 1]]`, repeats and all.
    """
    sizes = np.diff(offsets)
    largest = int((sizes[first] + sizes[second]).max(initial=1))
    slots = 2 << largest.bit_length()  # a power of two, at most half of them taken
    elements = np.zeros(slots, dtype=np.uint64)
    marks = np.zeros(slots, dtype=np.int64)
    shared = np.zeros(len(first), dtype=np.int64)
    a = np.zeros_like(shared)
    b = np.zeros_like(shared)
    _overlap(offsets, hashes, (first, second), (elements, marks), (shared, a, b))
    return shared, a, b


@cache
def _table() -> tuple[Array, Array, Array, Array]:
    """A short table for plain ASCII, `_NOT_PLAIN` for all other bytes, and the Unicode tables."""
    plain = np.full(256, _NOT_PLAIN, dtype=np.uint8)
    plain[:128] = np.frombuffer(tokens.ascii_table(), dtype=np.uint8)[:128]
    plain[plain == tokens.ASCII_DROP] = _NOT_PLAIN
    return plain, *tokens.tables()


@cache
def _scheme(signing: Signing) -> tuple[Array, Array, Array, Array]:
    """(powers for a shingle's words, factors and terms of the permutations, powers for the rows of a band).

    The permutations come row by row instead of band by band, so that keys are made of neighbours.
    """
    shape = signing.bands, signing.rows
    factors, terms = permutations(signing.permutations, signing.seed)
    factors = np.ascontiguousarray(factors.reshape(shape).T.ravel())
    terms = np.ascontiguousarray(terms.reshape(shape).T.ravel())
    return _powers(signing.k), factors, terms, _powers(signing.rows)


def _powers(count: int) -> Array:
    powers = [pow(shingle.MULTIPLIER, power, 1 << 64) for power in range(count)]
    return np.array(powers, dtype=np.uint64)


@njit(inline="always")
def _mix(value: Any) -> Any:
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@njit(nogil=True, cache=True)
def _fold(data: Any, low: Any, high: Any, table: Any, out: Any) -> Any:
    """Words of `data[low:high]`, folded, in UTF-8, with at least one 0 between them, into `out`; its length."""
    plain = table[0]
    to = 0
    at = low
    while at < high:
        value = plain[data[at]]
        if value != _NOT_PLAIN:
            out[to] = value
            to += 1
            at += 1
            continue
        # What is not plain ASCII is folded code point by code point, until none is left that others hang on.
        alone = False
        while True:
            at, to, alone = _fold_one(data, at, high, table, out, to, alone)
            if at >= high or not alone:
                break
    out[to : to + _PADDING] = 0
    return to


@njit(nogil=True, cache=True)
def _fold_one(data: Any, at: Any, high: Any, table: Any, out: Any, to: Any, alone: Any) -> Any:
    """Fold the code point at `at`: (where the next one stands, where the next one goes, whether this is a word alone)."""
    plain, entry, many_offsets, many = table
    code = np.uint32(data[at])
    at += 1
    if code < np.uint32(0x80):
        value = plain[code]
        if value != _NOT_PLAIN:  # else an apostrophe, which disappears
            if alone:
                out[to] = 0
                to += 1
                alone = False
            out[to] = value
            to += 1
        return at, to, alone
    more = 1 + (code >= 0xE0) + (code >= 0xF0)
    code &= np.uint32(0x3F >> more)
    for _ in range(more):
        if at < high:
            code = np.uint32(code << np.uint32(6) | np.uint32(data[at]) & np.uint32(0x3F))
            at += 1
    found = entry[code] if code < _CODES else np.uint32(0)
    if found >> _KIND_BITS != _MANY:
        to, alone = _put(out, to, found, alone)
        return at, to, alone
    row = found & _VALUE_MASK
    for part in range(many_offsets[row], many_offsets[row + 1]):
        to, alone = _put(out, to, many[part], alone)
    return at, to, alone


@njit(inline="always")
def _put(out: Any, to: Any, found: Any, alone: Any) -> Any:
    """Write one folded code point, and a 0 before it where a word ends: (where the next one goes, whether it is alone)."""
    kind = found >> _KIND_BITS
    if kind in (_DROP, _APOSTROPHE):
        return to, alone
    if kind in (_SEPARATOR, _SINGLE) or (kind == _WORD and alone):
        out[to] = 0
        to += 1
    if kind != _SEPARATOR:
        to = _encode(out, to, np.uint32(found & _VALUE_MASK))
    return to, kind in (_SINGLE, _ATTACH)


@njit(inline="always")
def _encode(out: Any, to: Any, code: Any) -> Any:
    """Write one code point in UTF-8; where the next one goes."""
    if code < 0x80:
        out[to] = code
        return to + 1
    more = 1 + (code >= 0x800) + (code >= 0x10000)
    for at in range(to + more, to, -1):
        out[at] = 0x80 | (code & 0x3F)
        code = np.uint32(code >> np.uint32(6))
    out[to] = (0xF0 << (3 - more)) & 0xFF | code
    return to + more + 1


@njit(inline="always")
def _eight(data: Any, at: Any) -> Any:
    """The eight bytes of `data` from `at` on as one number, little-endian: compiled to one load."""
    value = np.uint64(data[at])
    value |= np.uint64(data[at + 1]) << np.uint64(8)
    value |= np.uint64(data[at + 2]) << np.uint64(16)
    value |= np.uint64(data[at + 3]) << np.uint64(24)
    value |= np.uint64(data[at + 4]) << np.uint64(32)
    value |= np.uint64(data[at + 5]) << np.uint64(40)
    value |= np.uint64(data[at + 6]) << np.uint64(48)
    value |= np.uint64(data[at + 7]) << np.uint64(56)
    return value


@njit(nogil=True, cache=True)
def _words(data: Any, low: Any, high: Any, table: Any, scratch: Any) -> Any:
    """Hashes of the words of `data[low:high]` into the first of `scratch`; how many there are.

    Branches on words cannot be predicted, so there are few: edges are written whether needed or not, and the first eight
    bytes of all words are hashed before the rest of the long ones.
    """
    out, folded, edges, long = scratch
    size = _fold(data, low, high, table, folded)
    count = 0
    before = False
    for at in range(size + 1):
        inside = folded[at] != 0
        edges[count] = at
        count += inside != before
        before = inside
    words = count >> 1
    longer = 0
    for word in range(words):
        first = edges[2 * word]
        length = edges[2 * word + 1] - first
        head = _eight(folded, first) & _LOWEST[min(length, 8)]
        out[word] = _mix(np.uint64(length) * _LENGTH ^ head)
        long[longer] = word
        longer += length > 8
    for at_long in range(longer):
        word = long[at_long]
        value = out[word]
        first = edges[2 * word] + 8
        left = edges[2 * word + 1] - first
        pieces = 1
        while left > 8 and pieces < CHAINED:
            value = _mix(value ^ _eight(folded, first))
            first += 8
            left -= 8
            pieces += 1
        tail = _tail(folded, first, left) if left > 8 else _eight(folded, first) & _LOWEST[left]
        out[word] = _mix(value ^ tail)
    return words


@njit(nogil=True, cache=True)
def _tail(folded: Any, first: Any, left: Any) -> Any:
    """What goes into the hash of a long word for the `left` bytes behind its first pieces, see `token_hash`."""
    total = place = np.uint64(0)
    while left > 0:
        place += _LENGTH
        total += _mix(_eight(folded, first) & _LOWEST[min(left, 8)] ^ place)
        first += 8
        left -= 8
    return total


@njit(nogil=True, cache=True)
def _runs(words: Any, count: Any, powers: Any, out: Any) -> Any:
    """Hashes of the shingles of words[:count] into `out`; how many there are."""
    if count == 0:
        return 0
    k = len(powers)
    runs = max(1, count - k + 1)
    out[:runs] = np.uint64(0)
    for step in range(min(k, count)):
        for at in range(runs):
            out[at] += words[at + step] * powers[step]
    for at in range(runs):
        out[at] = _mix(out[at])
    return runs


@njit(nogil=True, cache=True)
def _fingerprint(words: Any, count: Any) -> Any:
    total, place = np.uint64(0), np.uint64(0)
    for at in range(count):
        place += _SEQUENCE
        total += _mix(words[at] ^ place)
    return total


@njit(nogil=True, cache=True)
def _minima(hashes: Any, count: Any, permuted: Any, mixed: Any, out: Any) -> None:
    """The signature of the shingles `hashes[:count]` into `out`; `mixed` is scratch."""
    a, b = permuted
    for at in range(count):
        value = np.uint32(hashes[at] >> np.uint64(32))
        value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        mixed[at] = value ^ (value >> np.uint32(16))
    for at in range(count, -(-count // _TOGETHER) * _TOGETHER):
        mixed[at] = mixed[count - 1]  # repeats change no minimum
    out[:] = np.uint32(EMPTY)
    for at in range(0, count, _TOGETHER):
        # Several hashes in one pass over the permutations: fewer loads and stores of the minima.
        one, two, three, four = mixed[at], mixed[at + 1], mixed[at + 2], mixed[at + 3]
        for place in range(len(a)):
            factor, term = a[place], b[place]
            least = min(np.uint32(factor * one + term), np.uint32(factor * two + term))
            other = min(np.uint32(factor * three + term), np.uint32(factor * four + term))
            out[place] = min(out[place], least, other)


@njit(nogil=True, cache=True)
def _scratch(edges: Any) -> Any:
    """(hashes, folded text, edges of words, long words): room for the words of the longest text."""
    longest = 0
    for text in range(len(edges) - 1):
        longest = max(longest, edges[text + 1] - edges[text])
    words = longest * _MOST_WORDS + 1
    hashes = np.empty(words, np.uint64)
    folded = np.empty(longest * _GROWTH + _PADDING, np.uint8)
    word_edges = np.empty(2 * words + 2, np.int64)
    long = np.empty(words, np.int64)
    return hashes, folded, word_edges, long


@njit(nogil=True, cache=True)
def _sketch(data: Any, edges: Any, table: Any, scheme: Any, result: Any) -> None:
    powers, a, b, weights = scheme
    fingerprint, keys = result
    key = np.empty(len(keys), np.uint64)
    scratch = _scratch(edges)
    words = scratch[0]
    hashes = np.empty(len(words), np.uint64)
    mixed = np.empty(len(words) + _TOGETHER, np.uint32)
    minima = np.empty(len(a), np.uint32)
    for text in range(len(edges) - 1):
        count = _words(data, edges[text], edges[text + 1], table, scratch)
        fingerprint[text] = _fingerprint(words, count)
        runs = _runs(words, count, powers, hashes)
        _minima(hashes, runs, (a, b), mixed, minima)
        key[:] = np.uint64(0)
        for row in range(len(weights)):
            for band in range(len(key)):
                key[band] += np.uint64(minima[row * len(key) + band]) * weights[row]
        for band in range(len(key)):
            keys[band, text] = np.uint32(_mix(key[band]) >> np.uint64(32))


@njit(nogil=True, cache=True)
def _shingles(data: Any, edges: Any, table: Any, powers: Any, result: Any) -> None:
    offsets, hashes = result
    scratch = _scratch(edges)
    for text in range(len(edges) - 1):
        count = _words(data, edges[text], edges[text + 1], table, scratch)
        first = offsets[text]
        runs = _runs(scratch[0], count, powers, hashes[first:])
        offsets[text + 1] = first + runs


@njit(nogil=True, cache=True)
def _overlap(offsets: Any, hashes: Any, pairs: Any, table: Any, result: Any) -> None:
    """One small hash table serves all pairs: `marks` says whose a slot is.

    A mark is 4 * (pair + 1), plus 1 if the element is in the first set, plus 2 if it is in the second; a
    lower one was left by an earlier pair, and the slot is free.
    """
    slots, marks = table
    shared, a, b = result
    for pair in range(len(shared)):
        free = 4 * (pair + 1)
        size = 0
        for side in range(2):
            text = pairs[side][pair]
            size += offsets[text + 1] - offsets[text]
        # Of the table each pair uses so much as it needs: a small one stays in the processor's cache.
        mask = np.uint64(1)
        while mask < np.uint64(2 * size):
            mask <<= np.uint64(1)
        mask -= np.uint64(1)
        for side in range(2):
            text = pairs[side][pair]
            for at in range(offsets[text], offsets[text + 1]):
                element = hashes[at] >> _TAG_BITS
                slot = element & mask
                while marks[slot] > free and slots[slot] != element:
                    slot = (slot + np.uint64(1)) & mask
                mark = max(marks[slot], free)
                if mark & (1 + side):
                    continue
                slots[slot] = element
                marks[slot] = mark | (1 + side)
                if side:
                    b[pair] += 1
                    shared[pair] += mark & 1
                else:
                    a[pair] += 1
