"""The compiled path (`pip install '.[fast]'`): texts to band keys, and pairs to overlaps, in single passes.

Every function gives the same bits as its counterpart in NumPy; tests/match/core/test_fast.py holds them to it.
Only this file imports numba, and only compiled.py imports this file. Machine code is cached on disk by numba, and kernels
release the GIL. Two traps of numba's types: uint64 with int64 makes float64, and uint32 with uint32 uint64.
"""

# Numba types kernels by the values they are called with; to a type checker they are untyped.
# mypy: disable-error-code="no-untyped-call, no-untyped-def, import-untyped"

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit

from pipeline import tokens
from pipeline.match.core import shingle, verify
from pipeline.match.core.packed import HALF
from pipeline.match.core.sign import EMPTY, Signing, permutations
from pipeline.tokens import APOSTROPHE, ATTACH, CHAINED, DROP, MANY, SEPARATOR, SINGLE, WORD, Array

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
"""Factor of a word's length, and of the place of a piece in a long word."""
_SEQUENCE = np.uint64(shingle.MULTIPLIER)
"""Factor of a word's place in its text."""
_LOWEST = tokens.LOWEST_BYTES
"""Masks, uint64 [9]: of the lowest 0 to 8 bytes."""

# What an entry of the Unicode tables says of a code point: its kind above, the code point that it is folded to below.
_KIND_BITS = np.uint32(24)
_VALUE_MASK = np.uint32(0xFFFFFF)

_CODES = np.uint32(0x110000)
"""Unicode code points."""
_SIX_BITS = np.uint32(6)
"""Of a code point, that each further byte of UTF-8 has."""
_TAG_BITS = np.uint64(64 - verify.SET_BITS)
"""Lowest bits of a hash that are no part of a set's element."""
_ONE = np.uint64(1)
"""Added to another kind of integer, an uint64 would become a float64."""

# Of the finalisers of MurmurHash3, of 64 and of 32 bits
_HALF_AND_ONE = np.uint64(33)
_FIRST_FACTOR = np.uint64(0xFF51AFD7ED558CCD)
_SECOND_FACTOR = np.uint64(0xC4CEB9FE1A85EC53)
_FIRST_FACTOR_32 = np.uint32(0x85EBCA6B)
_SECOND_FACTOR_32 = np.uint32(0xC2B2AE35)

_kernel = njit(nogil=True, cache=True)
"""Compiles a loop over whole columns."""
_inlined = njit(inline="always")
"""Compiles a step of such loops into them."""


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
    of_pairs = sizes[first] + sizes[second]
    largest = int(of_pairs.max(initial=1))
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
    folded = np.frombuffer(tokens.ascii_table(), dtype=np.uint8)
    plain = np.full(256, _NOT_PLAIN, dtype=np.uint8)
    plain[:128] = folded[:128]
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
    """The first powers of the multiplier of shingles, uint64."""
    powers = [pow(shingle.MULTIPLIER, power, 1 << 64) for power in range(count)]
    return np.array(powers, dtype=np.uint64)


@_inlined
def _mix(value):
    """`mix64` of one number, uint64."""
    value ^= value >> _HALF_AND_ONE
    value *= _FIRST_FACTOR
    value ^= value >> _HALF_AND_ONE
    value *= _SECOND_FACTOR
    return value ^ (value >> _HALF_AND_ONE)


@_inlined
def _mix32(value):
    """`sign._mix32` of one number, uint32."""
    value ^= value >> np.uint32(16)
    value = np.uint32(value * _FIRST_FACTOR_32)
    value ^= value >> np.uint32(13)
    value = np.uint32(value * _SECOND_FACTOR_32)
    return value ^ (value >> np.uint32(16))


@_kernel
def _fold(data, low, high, table, out):
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


@_kernel
def _fold_one(data, at, high, table, out, to, alone):
    """Fold the code point at `at`: (where the next one stands, where the next one goes, whether this is a word alone)."""
    plain, entry, many_offsets, many = table
    byte = data[at]
    if byte < 0x80:
        value = plain[byte]
        if value != _NOT_PLAIN:  # else an apostrophe, which disappears
            if alone:
                out[to] = 0
                to += 1
                alone = False
            out[to] = value
            to += 1
        return at + 1, to, alone
    code, at = _decode(data, at, high)
    found = entry[code] if code < _CODES else np.uint32(0)
    if found >> _KIND_BITS != MANY:
        to, alone = _put(out, to, found, alone)
        return at, to, alone
    # One code point that is folded to several
    row = found & _VALUE_MASK
    first = many_offsets[row]
    last = many_offsets[row + 1]
    for part in range(first, last):
        to, alone = _put(out, to, many[part], alone)
    return at, to, alone


@_inlined
def _decode(data, at, high):
    """Read the code point, of several bytes of UTF-8, at `at`: (it, uint32; where the next one stands)."""
    code = np.uint32(data[at])
    at += 1
    more = 1 + (code >= 0xE0) + (code >= 0xF0)
    code &= np.uint32(0x3F >> more)  # the first byte has the fewer bits of it, the more bytes follow
    for _ in range(more):
        if at < high:
            bits = np.uint32(data[at] & 0x3F)
            code = np.uint32(code << _SIX_BITS | bits)
            at += 1
    return code, at


@_inlined
def _put(out, to, found, alone):
    """Write one folded code point, and a 0 before it where a word ends: (where the next one goes, whether it is alone)."""
    kind = found >> _KIND_BITS
    if kind in (DROP, APOSTROPHE):
        return to, alone
    if kind in (SEPARATOR, SINGLE) or (kind == WORD and alone):
        out[to] = 0
        to += 1
    if kind != SEPARATOR:
        code = np.uint32(found & _VALUE_MASK)
        to = _encode(out, to, code)
    return to, kind in (SINGLE, ATTACH)


@_inlined
def _encode(out, to, code):
    """Write one code point in UTF-8; where the next one goes."""
    if code < 0x80:
        out[to] = code
        return to + 1
    more = 1 + (code >= 0x800) + (code >= 0x10000)
    for at in range(to + more, to, -1):
        out[at] = 0x80 | (code & 0x3F)
        code = np.uint32(code >> _SIX_BITS)
    lead = (0xF0 << (3 - more)) & 0xFF  # as many ones as there are bytes
    out[to] = lead | code
    return to + more + 1


@_inlined
def _eight(data, at):
    """The eight bytes of `data` from `at` on as one number, little-endian: compiled to one load."""
    value = np.uint64(0)
    for place in range(8):
        byte = np.uint64(data[at + place])
        value |= byte << np.uint64(8 * place)
    return value


@_inlined
def _at_most_eight(data, at, count):
    """The same of so many bytes, or of eight if there are more."""
    return _eight(data, at) & _LOWEST[min(count, 8)]


@_kernel
def _words(data, low, high, table, scratch):
    """Hashes of the words of `data[low:high]` into the first of `scratch`; how many there are.

    Branches on words cannot be predicted, so there are few: edges are written whether needed or not, and the first eight
    bytes of all words are hashed before the rest of the long ones.
    """
    out, folded, edges, long = scratch
    size = _fold(data, low, high, table, folded)
    words = _find_words(folded, size, edges)
    longer = 0
    for word in range(words):
        first = edges[2 * word]
        length = edges[2 * word + 1] - first
        head = _at_most_eight(folded, first, length)
        weighted_length = np.uint64(length) * _LENGTH
        out[word] = _mix(weighted_length ^ head)
        long[longer] = word
        longer += length > 8
    for place in range(longer):
        word = long[place]
        first = edges[2 * word]
        last = edges[2 * word + 1]
        out[word] = _rest_of_word(out[word], folded, first + 8, last)
    return words


@_inlined
def _find_words(folded, size, edges):
    """Write where each word of `folded[:size]` begins and ends, one after the other, into `edges`; how many words."""
    count = 0
    before = False
    for at in range(size + 1):
        inside = folded[at] != 0
        edges[count] = at
        count += inside != before
        before = inside
    return count >> 1


@_inlined
def _rest_of_word(value, folded, first, last):
    """The hash of a word, which was `value` for its first eight bytes, with the others, `folded[first:last]`."""
    left = last - first
    pieces = 1
    while left > 8 and pieces < CHAINED:
        piece = _eight(folded, first)
        value = _mix(value ^ piece)
        first += 8
        left -= 8
        pieces += 1
    rest = _tail(folded, first, left) if left > 8 else _at_most_eight(folded, first, left)
    return _mix(value ^ rest)


@_kernel
def _tail(folded, first, left):
    """What goes into the hash of a long word for the `left` bytes behind its first pieces, see `token_hash`."""
    total = np.uint64(0)
    place = np.uint64(0)
    while left > 0:
        place += _LENGTH
        piece = _at_most_eight(folded, first, left)
        total += _mix(piece ^ place)
        first += 8
        left -= 8
    return total


@_kernel
def _runs(words, count, powers, out):
    """Hashes of the shingles of words[:count] into `out`; how many there are."""
    if count == 0:
        return 0
    k = len(powers)
    runs = max(1, count - k + 1)
    out[:runs] = np.uint64(0)
    for step in range(min(k, count)):
        power = powers[step]
        for at in range(runs):
            out[at] += words[at + step] * power
    for at in range(runs):
        out[at] = _mix(out[at])
    return runs


@_kernel
def _fingerprint(words, count):
    """The fingerprint of words[:count], as `Shingles` has it."""
    total = np.uint64(0)
    place = np.uint64(0)
    for at in range(count):
        place += _SEQUENCE
        total += _mix(words[at] ^ place)
    return total


@_kernel
def _minima(hashes, count, permuted, mixed, out):
    """The signature of the shingles `hashes[:count]` into `out`; `mixed` is scratch."""
    a, b = permuted
    for at in range(count):
        upper = np.uint32(hashes[at] >> HALF)
        mixed[at] = _mix32(upper)
    whole_groups = -(-count // _TOGETHER) * _TOGETHER
    for at in range(count, whole_groups):
        mixed[at] = mixed[count - 1]  # repeats change no minimum
    out[:] = np.uint32(EMPTY)
    for at in range(0, count, _TOGETHER):
        # Several hashes in one pass over the permutations: fewer loads and stores of the minima.
        one = mixed[at]
        two = mixed[at + 1]
        three = mixed[at + 2]
        four = mixed[at + 3]
        for place in range(len(a)):
            factor = a[place]
            term = b[place]
            first = np.uint32(factor * one + term)
            second = np.uint32(factor * two + term)
            third = np.uint32(factor * three + term)
            fourth = np.uint32(factor * four + term)
            # Pair by pair, so that none waits for all of those before it.
            least = min(first, second)
            other = min(third, fourth)
            out[place] = min(out[place], least, other)


@_kernel
def _scratch(edges):
    """(hashes, folded text, edges of words, long words): room for the words of the longest text."""
    longest = 0
    for text in range(len(edges) - 1):
        size = edges[text + 1] - edges[text]
        longest = max(longest, size)
    words = longest * _MOST_WORDS + 1
    hashes = np.empty(words, np.uint64)
    folded = np.empty(longest * _GROWTH + _PADDING, np.uint8)
    word_edges = np.empty(2 * words + 2, np.int64)
    long = np.empty(words, np.int64)
    return hashes, folded, word_edges, long


@_kernel
def _sketch(data, edges, table, scheme, result):
    """Fill `result`, the arrays that `sketch` returns."""
    powers, a, b, weights = scheme
    fingerprint, keys = result
    scratch = _scratch(edges)
    words = scratch[0]
    # Reused from text to text
    hashes = np.empty(len(words), np.uint64)
    mixed = np.empty(len(words) + _TOGETHER, np.uint32)
    minima = np.empty(len(a), np.uint32)
    key = np.empty(len(keys), np.uint64)
    for text in range(len(edges) - 1):
        count = _words(data, edges[text], edges[text + 1], table, scratch)
        fingerprint[text] = _fingerprint(words, count)
        runs = _runs(words, count, powers, hashes)
        _minima(hashes, runs, (a, b), mixed, minima)
        _fill_keys(key, minima, weights)
        for band in range(len(key)):
            upper = _mix(key[band]) >> HALF
            keys[band, text] = np.uint32(upper)


@_inlined
def _fill_keys(key, minima, weights):
    """The sums of the weighted minima of each band, uint64, into `key`; minima come row by row."""
    key[:] = np.uint64(0)
    bands = len(key)
    for row in range(len(weights)):
        weight = weights[row]
        of_row = minima[row * bands : (row + 1) * bands]
        for band in range(bands):
            key[band] += np.uint64(of_row[band]) * weight


@_kernel
def _shingles(data, edges, table, powers, result):
    """Fill `result`, the arrays that `shingles` returns."""
    offsets, hashes = result
    scratch = _scratch(edges)
    words = scratch[0]
    for text in range(len(edges) - 1):
        count = _words(data, edges[text], edges[text + 1], table, scratch)
        first = offsets[text]
        runs = _runs(words, count, powers, hashes[first:])
        offsets[text + 1] = first + runs


@_kernel
def _overlap(offsets, hashes, pairs, table, result):
    """One small hash table serves all pairs: `marks` says whose a slot is.

    A mark is 4 * (pair + 1), plus 1 if the element is in the first set, plus 2 if it is in the second; a
    lower one was left by an earlier pair, and the slot is free.
    """
    first, second = pairs
    slots, marks = table
    shared, a, b = result
    for pair in range(len(shared)):
        free = 4 * (pair + 1)
        mask = _mask(offsets, first[pair], second[pair])
        for side in range(2):
            text = pairs[side][pair]
            own = 1 + side  # the bit of this set in a mark
            for at in range(offsets[text], offsets[text + 1]):
                element = hashes[at] >> _TAG_BITS
                slot = element & mask
                while marks[slot] > free and slots[slot] != element:
                    slot = (slot + _ONE) & mask
                mark = max(marks[slot], free)
                if mark & own:
                    continue  # a repeat
                slots[slot] = element
                marks[slot] = mark | own
                if side:
                    b[pair] += 1
                    shared[pair] += mark & 1
                else:
                    a[pair] += 1


@_inlined
def _mask(offsets, one, two):
    """Of the table each pair uses so much as it needs: a small one stays in the processor's cache."""
    size = offsets[one + 1] - offsets[one]
    size += offsets[two + 1] - offsets[two]
    slots = _ONE
    while slots < np.uint64(2 * size):
        slots <<= _ONE
    return slots - _ONE
