"""Vector instructions that numba does not write by itself: LLVM for the compiled path, in fast.py.

Numba's cache knows when the file of a compiled function has changed, not when this one has: after a change here remove
`__pycache__`.
"""

# mypy: disable-error-code="import-untyped, untyped-decorator"

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from pipeline import tokens
from pipeline.match.core.sign import EMPTY

_LANES = 16
TILE = 64
"""Permutations applied together: their state fills the vector registers of a processor with AVX-512."""

_WORD64 = ir.IntType(64)
_BYTES = ir.VectorType(ir.IntType(8), 64)
_LANE = ir.IntType(32)
_VECTOR = ir.VectorType(_LANE, _LANES)


def _pointer(context: Any, builder: Any, array: tuple[Any, Any], index: Any, item: Any) -> Any:
    """LLVM: pointer to `item` at `index` of an array given as (type, value)."""
    data = context.make_array(array[0])(context, builder, array[1]).data
    return builder.bitcast(builder.gep(data, [index]), item.as_pointer())


def _load(builder: Any, pointer: Any) -> Any:
    value = builder.load(pointer)
    value.align = 1
    return value


def _bytes(value: int) -> Any:
    return ir.Constant(_BYTES, [value] * 64)


@intrinsic
def load64(typing: Any, data: Any, at: Any) -> Any:
    """uint64: the eight bytes of `data` from `at` on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _load(builder, _pointer(context, builder, (signature.args[0], args[0]), args[1], _WORD64))

    return types.uint64(data, types.uint64), generate


@intrinsic
def zeros(typing: Any, value: Any) -> Any:
    """uint64: number of zero bits below the lowest one bit of `value`; 64 if there is none."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def ones(typing: Any, value: Any) -> Any:
    """uint64: number of one bits of `value`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), generate


@intrinsic
def inside_bits(typing: Any, data: Any, at: Any) -> Any:
    """uint64: a bit for each of the 64 bytes of `data` from `at` on, set where it is not 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = _load(builder, _pointer(context, builder, (signature.args[0], args[0]), args[1], _BYTES))
        return builder.bitcast(builder.icmp_unsigned("!=", value, _bytes(0)), _WORD64)

    return types.uint64(data, types.uint64), generate


@intrinsic
def fold64(typing: Any, data: Any, at: Any, out: Any, to: Any) -> Any:
    """Fold 64 bytes of `data` from `at` on, as if ASCII, into `out` from `to` on; 0 for what is no word.

    uint64: a bit for each byte, set where that is wrong: apostrophes and what is beyond ASCII.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = _load(builder, _pointer(context, builder, (signature.args[0], args[0]), args[1], _BYTES))
        lower = builder.or_(value, _bytes(0x20))
        letter = builder.icmp_unsigned("<", builder.sub(lower, _bytes(ord("a"))), _bytes(26))
        digit = builder.icmp_unsigned("<", builder.sub(value, _bytes(ord("0"))), _bytes(10))
        folded = builder.select(letter, lower, builder.select(digit, value, _bytes(0)))
        target = _pointer(context, builder, (signature.args[2], args[2]), args[3], _BYTES)
        builder.store(folded, target).align = 1
        wrong = builder.icmp_signed("<", value, _bytes(0))
        for apostrophe in tokens.ASCII_APOSTROPHES:
            wrong = builder.or_(wrong, builder.icmp_unsigned("==", value, _bytes(apostrophe)))
        return builder.bitcast(wrong, _WORD64)

    return types.uint64(data, types.uint64, out, types.uint64), generate


@intrinsic
def least(typing: Any, hashes: Any, count: Any, a: Any, b: Any, out: Any) -> Any:
    """out[p] = min over hashes[:count] of a[p] * hash + b[p] modulo 2^32, for `TILE` permutations."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def vectors(argument: int) -> list[Any]:
            array = signature.args[argument], args[argument]
            places = [ir.Constant(_WORD64, lane) for lane in range(0, TILE, _LANES)]
            return [_pointer(context, builder, array, place, _VECTOR) for place in places]

        undefined = ir.Constant(_VECTOR, ir.Undefined)
        factors, terms = ([_load(builder, pointer) for pointer in vectors(argument)] for argument in (2, 3))
        minima = [cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, [EMPTY] * _LANES)) for _ in factors]
        with cgutils.for_range(builder, args[1]) as loop:
            value = builder.load(_pointer(context, builder, (signature.args[0], args[0]), loop.index, _LANE))
            value = builder.insert_element(undefined, value, ir.Constant(_LANE, 0))
            value = builder.shuffle_vector(value, undefined, ir.Constant(_VECTOR, [0] * _LANES))
            for factor, term, slot in zip(factors, terms, minima, strict=True):
                new, old = builder.add(builder.mul(value, factor), term), builder.load(slot)
                builder.store(builder.select(builder.icmp_unsigned("<", new, old), new, old), slot)
        for slot, target in zip(minima, vectors(4), strict=True):
            builder.store(builder.load(slot), target).align = 1
        return context.get_dummy_value()

    return types.void(hashes, types.int64, a, b, out), generate
