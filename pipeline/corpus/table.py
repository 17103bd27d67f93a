"""Tables of columns in one file, readable a column or a row at a time without reading the rest.

A private format for intermediate results, not for exchange: a JSON header with each column's type and place, then the
columns as they lie in memory. Fixed-width columns are NumPy arrays; a column of byte strings is its bytes and offsets.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MAGIC = b"PLTABLE1"
_ALIGN = 64


@dataclass(frozen=True, slots=True)
class Blobs:
    """A column of byte strings: row `i` is `data[offsets[i]:offsets[i + 1]]`."""

    offsets: Array
    """int64 [rows + 1]"""
    data: Array
    """uint8"""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> bytes:
        return bytes(self.data[int(self.offsets[row]) : int(self.offsets[row + 1])])

    def __iter__(self) -> Iterator[bytes]:
        return (self[row] for row in range(len(self)))

    def some(self, rows: Array) -> list[bytes]:
        """The rows at these places."""
        first, last = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        return [self.data[low:high].tobytes() for low, high in zip(first, last, strict=True)]

    @classmethod
    def of(cls, rows: Sequence[bytes]) -> Blobs:
        """The column of these byte strings."""
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        return cls(offsets, np.frombuffer(b"".join(rows), dtype=np.uint8))

    def take(self, rows: Array) -> Blobs:
        """The rows at these places, in this order."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        index = np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths) + np.arange(int(offsets[-1]))
        return Blobs(offsets, np.asarray(self.data)[index])


Column = Array | Blobs
Table = dict[str, Column]
"""Columns of equal length, by name."""


def rows(table: Mapping[str, Column]) -> int:
    """How many rows a table has."""
    return len(next(iter(table.values()))) if table else 0


def concatenate(tables: Sequence[Mapping[str, Column]]) -> Table:
    """The rows of several tables of the same columns, one after another."""
    if not tables:
        return {}
    return {name: _joined([table[name] for table in tables]) for name in tables[0]}


def _joined(columns: Sequence[Column]) -> Column:
    blobs = [column for column in columns if isinstance(column, Blobs)]
    if not blobs:
        return np.concatenate([column for column in columns if not isinstance(column, Blobs)])
    lengths = np.concatenate([np.diff(column.offsets) for column in blobs])
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Blobs(offsets, np.concatenate([np.asarray(column.data) for column in blobs]))


def take(table: Mapping[str, Column], index: Array) -> Table:
    """The rows of a table at these places."""
    return {name: column.take(index) if isinstance(column, Blobs) else column[index] for name, column in table.items()}


def stretch(table: Mapping[str, Column], first: int, last: int) -> Table:
    """A copy of the rows from `first` to `last` (exclusive)."""
    return {
        name: column.take(np.arange(first, last)) if isinstance(column, Blobs) else np.array(column[first:last])
        for name, column in table.items()
    }


def write(path: Path, table: Mapping[str, Column]) -> None:
    """Write a table. It appears under its name only when it is whole."""
    parts: list[tuple[dict[str, Any], Array]] = []
    for name, column in table.items():
        if isinstance(column, Blobs):
            parts.append(({"name": name, "part": "offsets"}, column.offsets))
            parts.append(({"name": name, "part": "data"}, column.data))
        else:
            parts.append(({"name": name, "part": "values"}, column))
    entries: list[dict[str, Any]] = []
    at = 0
    for entry, array in parts:
        entries.append({**entry, "dtype": array.dtype.str, "shape": list(array.shape), "at": at})
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    header = json.dumps(entries).encode()
    base = -(-(len(_MAGIC) + 8 + len(header)) // _ALIGN) * _ALIGN
    staged = path.with_name(f"{path.name}.{token_hex(8)}.tmp")  # process numbers are those of one machine
    with staged.open("wb") as handle:
        handle.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for entry, (_, array) in zip(entries, parts, strict=True):
            handle.seek(base + entry["at"])
            handle.write(np.ascontiguousarray(array).data)
        handle.truncate(base + at)
    os.replace(staged, path)


def read(path: Path, columns: Sequence[str] | None = None) -> Table:
    """A table's columns, mapped into memory: pages are read when they are touched.

    Raises:
        ValueError: the file is not a whole table.
    """
    with path.open("rb", buffering=0) as handle:
        if not os.fstat(handle.fileno()).st_size:
            raise ValueError(f"{path}: not a table")
        mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    start = len(_MAGIC) + 8
    if len(mapped) < start or mapped[: len(_MAGIC)] != _MAGIC:
        raise ValueError(f"{path}: not a table")
    length = int.from_bytes(mapped[len(_MAGIC) : start], "little")
    if len(mapped) < start + length:
        raise ValueError(f"{path}: the table is cut short")
    entries = json.loads(mapped[start : start + length])
    base = -(-(start + length) // _ALIGN) * _ALIGN
    found: dict[str, dict[str, Array]] = {}
    for entry in entries:
        if columns is not None and entry["name"] not in columns:
            continue
        dtype = np.dtype(entry["dtype"])
        size = prod(entry["shape"])
        at = base + entry["at"]
        if at + size * dtype.itemsize > len(mapped):
            raise ValueError(f"{path}: the table is cut short")
        array = np.frombuffer(mapped, dtype, size, at) if size else np.empty(0, dtype)
        found.setdefault(entry["name"], {})[entry["part"]] = (
            array if len(entry["shape"]) == 1 else array.reshape(entry["shape"])
        )
    return {
        name: Blobs(parts["offsets"], parts["data"]) if "offsets" in parts else parts["values"]
        for name, parts in found.items()
    }
