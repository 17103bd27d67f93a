"""Rows in columns: dataclasses of arrays of one length, a value a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline.tokens import Array

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


def take(rows: R, index: Array | slice) -> R:
    """Return some of the rows, by number, by flag or by stretch."""
    if not isinstance(index, slice) and index.dtype == bool:
        index = np.flatnonzero(index)  # once for all columns
    columns: list[Array] = []
    for column in fields(rows):
        values = getattr(rows, column.name)
        columns.append(values[index])
    return type(rows)(*columns)


def columns(rows: DataclassInstance) -> dict[str, Array]:
    """Return the columns by name."""
    return {column.name: getattr(rows, column.name) for column in fields(rows)}


def from_columns(kind: type[R], named: Mapping[str, Array]) -> R:
    """Return rows of a kind, given their columns by name; there may be other columns among these."""
    own = [named[column.name] for column in fields(kind)]
    return kind(*own)


def concatenate(parts: Sequence[R]) -> R:
    """Return the rows of all parts, one part after another. There is at least one part."""
    kind = type(parts[0])
    columns: list[Array] = []
    for column in fields(kind):
        of_parts = [getattr(part, column.name) for part in parts]
        columns.append(np.concatenate(of_parts))
    return kind(*columns)
