"""The compiled path (`pip install '.[fast]'`): texts to band keys, and pairs to overlaps, in single passes.

Every function gives the same bits as its counterpart in NumPy; tests/dedup/test_fast.py holds them to it.
Only this file imports numba, and only compiled.py imports this file. Machine code is cached on disk by
numba, and kernels release the GIL. Two traps of numba's types: uint64 with int64 makes float64, and
uint32 with uint32 uint64.
"""

# Numba compiles these functions from their values: to a type checker they are untyped, or typed too narrowly.
# mypy: disable-error-code="no-untyped-call, no-untyped-def, untyped-decorator, call-arg, import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from pipeline import tokens
from pipeline.dedup import shingle, verify
from pipeline.dedup.sign import EMPTY, Signing, permutations
from pipeline.tokens import Array

_LANES = 16
_TILE = 64
"""Permutations applied together: their state fills the vector registers of a processor with AVX-512."""

_ONE = np.uint64(1)
_M = np.uint64(tokens.MULTIPLIER)
_Q = np.uint64(shingle.MULTIPLIER)
_WORD, _SEPARATOR = np.uint32(tokens.WORD), np.uint32(tokens.SEPARATOR)
_SINGLE, _ATTACH = np.uint32(tokens.SINGLE), np.uint32(tokens.ATTACH)
_DROP, _APOSTROPHE, _MANY = np.uint32(tokens.DROP), np.uint32(tokens.APOSTROPHE), np.uint32(tokens.MANY)
_KIND_BITS, _VALUE_MASK = np.uint32(24), np.uint32(0xFFFFFF)
_CODES = np.uint32(0x110000)
_TAG_BITS = np.uint64(64 - verify.SET_BITS)


def encode(texts: Sequence[str], sizes: Array) -> tuple[Array, Array]:
    """(code points uint32, where each text begins int64 [texts + 1]) of texts of `sizes` code points."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return codes, tokens.offsets_of(sizes)


def sketch(codes: Array, edges: Array, signing: Signing) -> tuple[Array, Array]:
    """(fingerprint uint64 [texts], keys uint32 [bands, texts]) as `Sketches` has them.

    `codes`: code points (uint32) or UTF-8 (uint8); text `i` is `codes[edges[i]:edges[i + 1]]`.
    """
    count = len(edges) - 1
    result = np.empty(count, dtype=np.uint64), np.empty((signing.bands, count), dtype=np.uint32)
    _sketch(codes, edges, tokens.tables(), _scheme(signing), result)
    return result


def signatures(codes: Array, edges: Array, signing: Signing) -> Array:
    """uint32 [texts, permutations], as `sign.signatures` gives them."""
    powers, a, b, _ = _scheme(signing)
    result = np.empty((len(edges) - 1, len(a)), dtype=np.uint32)
    _signatures(codes, edges, tokens.tables(), (powers, a, b), result)
    return result[:, : signing.permutations]


def shingles(codes: Array, edges: Array, k: int) -> tuple[Array, Array]:
    """(offsets int64 [texts + 1], hash uint64) as `Shingles` has them."""
    table = tokens.tables()
    offsets = np.zeros(len(edges), dtype=np.int64)
    _count(codes, edges, table, k, offsets)
    hashes = np.empty(int(offsets[-1]), dtype=np.uint64)
    _shingles(codes, edges, table, _powers(k), (offsets, hashes))
    return offsets, hashes


def overlap(offsets: Array, hashes: Array, first: Array, second: Array) -> tuple[Array, Array, Array]:
    """(shared, size of the first, size of the second), int64 [pairs], as `verify.overlap` counts them.

    Set `i` is made of `hashes[offsets[i]:offsets[i + 1]]`, repeats and all.
    """
    sizes = np.diff(offsets)
    slots = 2 << int((sizes[first] + sizes[second]).max(initial=1)).bit_length()
    table = np.zeros(slots, dtype=np.uint64), np.zeros(slots, dtype=np.int64)
    result = tuple(np.zeros(len(first), dtype=np.int64) for _ in range(3))
    _overlap(offsets, hashes, (first, second), table, result)
    return result


@cache
def _scheme(signing: Signing) -> tuple[Array, Array, Array, Array]:
    """(powers for a shingle's words, factors and terms of the permutations in whole tiles, powers for a band)."""
    room = -signing.permutations % _TILE
    a, b = permutations(signing.permutations, signing.seed)
    a, b = np.pad(a, (0, room), constant_values=1), np.pad(b, (0, room))
    return _powers(signing.k), a, b, _powers(signing.rows)


def _powers(count: int) -> Array:
    return np.array([pow(shingle.MULTIPLIER, power, 1 << 64) for power in range(count)], dtype=np.uint64)


@intrinsic
def _least(typing: Any, hashes: Any, count: Any, a: Any, b: Any, out: Any) -> Any:
    """out[p] = min over hashes[:count] of a[p] * hash + b[p] modulo 2^32, for `_TILE` permutations.

    In explicit vector instructions: left to itself, the compiler does not keep the minima in registers.
    """
    word, size = ir.IntType(32), ir.IntType(64)
    vector = ir.VectorType(word, _LANES)
    undefined = ir.Constant(vector, ir.Undefined)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = [context.make_array(signature.args[i])(context, builder, args[i]).data for i in (0, 2, 3, 4)]
        vectors = [builder.bitcast(pointer, vector.as_pointer()) for pointer in data[1:]]

        def place(base: Any, index: int) -> Any:
            return builder.gep(base, [ir.Constant(size, index)])

        def load(base: Any, index: int) -> Any:
            value = builder.load(place(base, index))
            value.align = 4
            return value

        tiles = range(_TILE // _LANES)
        factors, terms = ([load(base, index) for index in tiles] for base in vectors[:2])
        minima = [cgutils.alloca_once_value(builder, ir.Constant(vector, [EMPTY] * _LANES)) for _ in tiles]
        with cgutils.for_range(builder, args[1]) as loop:
            value = builder.load(builder.gep(data[0], [loop.index]))
            value = builder.insert_element(undefined, value, ir.Constant(word, 0))
            value = builder.shuffle_vector(value, undefined, ir.Constant(vector, [0] * _LANES))
            for factor, term, slot in zip(factors, terms, minima, strict=True):
                new, old = builder.add(builder.mul(value, factor), term), builder.load(slot)
                builder.store(builder.select(builder.icmp_unsigned("<", new, old), new, old), slot)
        for index in tiles:
            builder.store(builder.load(minima[index]), place(vectors[2], index)).align = 4
        return context.get_dummy_value()

    return types.void(hashes, types.int64, a, b, out), generate


@njit(inline="always")
def _mix(value: Any) -> Any:
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@njit(nogil=True, cache=True)
def _words(codes: Any, low: Any, high: Any, table: Any, out: Any) -> Any:
    """Hashes of the words of codes[low:high] into `out`; how many there are.

    A word is under way if `power` is not 1. ASCII letters and separators take a short way through the loop.
    """
    entry, many_offsets, many = table
    count, at, end = np.uint64(0), np.uint64(low), np.uint64(high)
    total, power = np.uint64(0), _ONE
    alone = False  # the last code point was a word of its own, or was attached to one
    while at < end:
        code = np.uint32(codes[at])
        at += _ONE
        if code < np.uint32(0x80):
            found = entry[code]
            kind = found >> _KIND_BITS
            if kind == _WORD and not alone:
                total += np.uint64(found & _VALUE_MASK) * power
                power *= _M
                continue
            if kind == _SEPARATOR:
                out[count] = _mix(total)
                count += np.uint64(power != _ONE)
                total, power, alone = np.uint64(0), _ONE, False
                continue
        elif codes.itemsize == 1:
            more = 1 + (code >= 0xE0) + (code >= 0xF0)
            code &= np.uint32(0x3F >> more)
            for _ in range(more):
                if at < end:
                    code = code << np.uint32(6) | np.uint32(codes[at]) & np.uint32(0x3F)
                    at += _ONE
        found = entry[code] if code < _CODES else np.uint32(0)
        first, last = 0, 1
        expanded = found >> _KIND_BITS == _MANY
        if expanded:
            row = found & _VALUE_MASK
            first, last = many_offsets[row], many_offsets[row + 1]
        for part in range(first, last):
            if expanded:
                found = many[part]
            kind = found >> _KIND_BITS
            if kind in (_DROP, _APOSTROPHE):
                continue
            if power != _ONE and (kind in (_SEPARATOR, _SINGLE) or (kind == _WORD and alone)):
                out[count] = _mix(total)
                count += _ONE
                total, power = np.uint64(0), _ONE
            if kind != _SEPARATOR:
                total += np.uint64(found & _VALUE_MASK) * power
                power *= _M
            alone = kind in (_SINGLE, _ATTACH)
    if power != _ONE:
        out[count] = _mix(total)
        count += _ONE
    return np.int64(count)


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
def _minima(hashes: Any, count: Any, permuted: Any, mixed: Any, out: Any) -> None:
    """The signature of the shingles hashes[:count] into `out`; `mixed` is scratch."""
    a, b = permuted
    for at in range(count):
        value = np.uint32(hashes[at] >> np.uint64(32))
        value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
        value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
        mixed[at] = value ^ (value >> np.uint32(16))
    for tile in range(0, len(a), _TILE):
        _least(mixed, count, a[tile:], b[tile:], out[tile:])


@njit(nogil=True, cache=True)
def _room(edges: Any, many_offsets: Any) -> Any:
    """As many words as the longest text can have, and one more."""
    longest, folding = 0, 0
    for text in range(len(edges) - 1):
        longest = max(longest, edges[text + 1] - edges[text])
    for row in range(len(many_offsets) - 1):
        folding = max(folding, many_offsets[row + 1] - many_offsets[row])
    return longest * folding + 1


@njit(nogil=True, cache=True)
def _sketch(codes: Any, edges: Any, table: Any, scheme: Any, result: Any) -> None:
    powers, a, b, weights = scheme
    fingerprint, keys = result
    room = _room(edges, table[1])
    words, hashes = np.empty(room, np.uint64), np.empty(room, np.uint64)
    mixed, minima = np.empty(room, np.uint32), np.empty(len(a), np.uint32)
    rows = len(weights)
    for text in range(len(edges) - 1):
        count = _words(codes, edges[text], edges[text + 1], table, words)
        total, power = np.uint64(0), _ONE
        for at in range(count):
            total += words[at] * power
            power *= _Q
        fingerprint[text] = _mix(total)
        _minima(hashes, _runs(words, count, powers, hashes), (a, b), mixed, minima)
        for band in range(len(keys)):
            key = np.uint64(0)
            for row in range(rows):
                key += np.uint64(minima[band * rows + row]) * weights[row]
            keys[band, text] = np.uint32(_mix(key) >> np.uint64(32))


@njit(nogil=True, cache=True)
def _signatures(codes: Any, edges: Any, table: Any, scheme: Any, result: Any) -> None:
    powers, a, b = scheme
    room = _room(edges, table[1])
    words, hashes, mixed = np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(room, np.uint32)
    for text in range(len(edges) - 1):
        count = _words(codes, edges[text], edges[text + 1], table, words)
        _minima(hashes, _runs(words, count, powers, hashes), (a, b), mixed, result[text])


@njit(nogil=True, cache=True)
def _count(codes: Any, edges: Any, table: Any, k: Any, offsets: Any) -> None:
    words = np.empty(_room(edges, table[1]), np.uint64)
    for text in range(len(edges) - 1):
        count = _words(codes, edges[text], edges[text + 1], table, words)
        offsets[text + 1] = offsets[text] + max(count - k + 1, min(count, 1))


@njit(nogil=True, cache=True)
def _shingles(codes: Any, edges: Any, table: Any, powers: Any, result: Any) -> None:
    offsets, hashes = result
    words = np.empty(_room(edges, table[1]), np.uint64)
    for text in range(len(edges) - 1):
        count = _words(codes, edges[text], edges[text + 1], table, words)
        _runs(words, count, powers, hashes[offsets[text] :])


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
            size += offsets[pairs[side][pair] + 1] - offsets[pairs[side][pair]]
        mask = _ONE
        while mask < np.uint64(2 * size):
            mask <<= _ONE
        mask -= _ONE
        for side in range(2):
            text = pairs[side][pair]
            for at in range(offsets[text], offsets[text + 1]):
                element = hashes[at] >> _TAG_BITS
                slot = element & mask
                while marks[slot] > free and slots[slot] != element:
                    slot = (slot + _ONE) & mask
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
