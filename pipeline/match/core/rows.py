"""Rows in columns: structs of arrays of one length, a value a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, astuple

from pipeline.tokens import Array

R = TypeVar("R", bound=Struct)


def take(rows: R, index: Array | slice) -> R:
    """Return some of the rows, by number, by flag or by stretch."""
    if not isinstance(index, slice) and index.dtype == bool:
        index = np.flatnonzero(index)  # once for all columns
    return type(rows)(*(column[index] for column in astuple(rows)))


def columns(rows: Struct) -> dict[str, Array]:
    """Return the columns by name."""
    return asdict(rows)


def from_columns(kind: type[R], named: Mapping[str, Array]) -> R:
    """Return rows of a kind, given their columns by name; there may be other columns among these."""
    return kind(*(named[name] for name in kind.__struct_fields__))


def concatenate(parts: Sequence[R]) -> R:
    """Return the rows of all parts, one part after another. There is at least one part."""
    columns = zip(*map(astuple, parts), strict=True)
    return type(parts[0])(*map(np.concatenate, columns))
