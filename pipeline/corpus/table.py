"""Tables of columns in one file, readable a column or a row at a time without reading the rest.

A private format for intermediate results, not for exchange: a JSON header with each column's type, place and checksum,
then the columns as they lie in memory, or compressed where a table is read as a whole. Fixed-width columns are NumPy arrays;
a column of byte strings is its bytes and offsets.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from math import prod
from pathlib import Path
from secrets import token_hex
from typing import Any
from zlib import crc32

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from pipeline.errors import OutputError
from pipeline.zstandard import zstandard

Array = NDArray[Any]

_MAGIC = b"PLTABLE4"
_HEAD = struct.Struct("<8sQQI")
"""Magic; length of the header; size of the file; CRC-32 of the header"""
_ALIGN = 64
_LEVEL, _LEVEL_OF_TEXTS = 1, 3
"""Of Zstandard. Level 3 gains a percent or two on numbers, and on single documents, for half as much time again; on many texts
together a seventh."""
MIN_COMPRESSED = 1024
"""Bytes. What is shorter is stored as it is."""


class Blobs(Struct, frozen=True):
    """A column of byte strings: row `i` is `data[offsets[i]:offsets[i + 1]]`."""

    offsets: Array
    """int64 [rows + 1]"""
    data: Array
    """uint8"""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> bytes:
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        edges = self.offsets.tolist()
        data = self.data.data
        return (bytes(data[low:high]) for low, high in pairwise(edges))

    def some(self, rows: Array) -> list[bytes]:
        """The rows at these places."""
        first, last = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        data = self.data.data
        return [bytes(data[low:high]) for low, high in zip(first, last, strict=True)]

    def part(self, first: int, last: int) -> Blobs:
        """A copy of the rows from `first` to `last` (exclusive)."""
        offsets = np.array(self.offsets[first : last + 1])
        data = np.array(self.data[int(offsets[0]) : int(offsets[-1])])
        return Blobs(offsets - offsets[0], data)

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


def blobs(table: Mapping[str, Column], name: str) -> Blobs:
    """A column of byte strings."""
    column = table[name]
    assert isinstance(column, Blobs)
    return column


def array(table: Mapping[str, Column], name: str) -> Array:
    """A column of numbers."""
    column = table[name]
    assert not isinstance(column, Blobs)
    return column


def arrays(table: Mapping[str, Column]) -> dict[str, Array]:
    """The columns of numbers, without those of byte strings."""
    return {name: column for name, column in table.items() if not isinstance(column, Blobs)}


def rows(table: Mapping[str, Column]) -> int:
    """How many rows a table has."""
    if isinstance(table, Stored):
        return table.rows
    return len(next(iter(table.values()))) if table else 0


def sizes(table: Mapping[str, Column], name: str) -> Array:
    """How many bytes the values of a column of byte strings have, int64, without reading them."""
    if isinstance(table, Stored):
        return table.sizes(name)
    return np.diff(blobs(table, name).offsets)


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


def copied(table: Mapping[str, Column]) -> Table:
    """A copy in memory of a table that may be mapped."""
    return stretch(table, 0, rows(table))


def stretch(table: Mapping[str, Column], first: int, last: int) -> Table:
    """A copy of the rows from `first` to `last` (exclusive)."""
    return {
        name: column.part(first, last) if isinstance(column, Blobs) else np.array(column[first:last])
        for name, column in table.items()
    }


def compress(value: bytes) -> bytes:
    """Return a byte string in less space, where that is worth while, as `decompress` takes it."""
    if len(value) < MIN_COMPRESSED:
        return b"\0" + value
    return b"\1" + _compressed(value, _LEVEL)


def _compressed(value: bytes | memoryview, level: int) -> bytes:
    compressor = _compressor(level)
    return bytes(compressor.compress(value, compressor.FLUSH_FRAME))


@cache
def _compressor(level: int) -> Any:
    """Compresses values, one after another: a new one for each would take as long as compressing a short one."""
    return zstandard().ZstdCompressor(level=level)


def decompress(value: bytes) -> bytes:
    """Return what `compress` was given."""
    return bytes(zstandard().decompress(value[1:])) if value[:1] == b"\1" else value[1:]


def write(
    path: Path,
    table: Mapping[str, Column],
    *,
    compressed: bool = False,
    plain: Collection[str] = (),
    steps: Collection[str] = (),
) -> None:
    """Write a table. It appears under its name only when it is whole, as far as this process is concerned; what a loss of
    power does to it afterwards, its checksums show.

    `compressed`: for a table of which whole columns are read, not single rows. They are decompressed when they are read.
    `plain`: columns of it that are not, since they are of values that `compress` gave. `steps`: columns of whole numbers that
    mostly rise, of which what each row adds is compressed.

    Raises:
        OutputError: it cannot be written.
    """
    entries: list[dict[str, Any]] = []
    stored: list[memoryview | bytes] = []
    at = 0
    for entry, array in _parts(table):
        data: memoryview | bytes = np.ascontiguousarray(array).data
        if compressed and entry["name"] not in plain and array.nbytes >= MIN_COMPRESSED:
            if entry["part"] == "offsets" or entry["name"] in steps:
                data = np.diff(array, prepend=array.dtype.type(0)).data  # where that overflows, so does the sum
                entry["steps"] = True
            data = _compressed(data, _LEVEL_OF_TEXTS if entry["part"] == "data" else _LEVEL)
            entry["compressed"] = len(data)
        place = {"dtype": array.dtype.str, "shape": list(array.shape), "at": at, "crc32": crc32(data)}
        entries.append({**entry, **place})
        stored.append(data)
        at += -(-entry.get("compressed", array.nbytes) // _ALIGN) * _ALIGN
    header = json.dumps(entries).encode()
    base = _base(len(header))
    staged = path.with_name(f"{path.name}.{token_hex(8)}.tmp")  # process numbers are those of one machine
    try:
        with staged.open("wb") as handle:
            handle.write(_HEAD.pack(_MAGIC, len(header), base + at, crc32(header)) + header)
            for entry, data in zip(entries, stored, strict=True):
                handle.seek(base + entry["at"])
                handle.write(data)
            handle.truncate(base + at)
        os.replace(staged, path)
    except OSError as error:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _parts(table: Mapping[str, Column]) -> Iterator[tuple[dict[str, Any], Array]]:
    """What is stored of a table, a part after another: a column is asked for when its turn has come."""
    for name, column in table.items():
        if isinstance(column, Blobs):
            yield {"name": name, "part": "offsets"}, column.offsets
            yield {"name": name, "part": "data"}, column.data
        else:
            yield {"name": name, "part": "values"}, column


def read(path: Path, columns: Sequence[str] | None = None, *, check: bool = False) -> Table:
    """A table's columns, mapped into memory: pages are read when they are touched. Compressed ones are decompressed.

    `check`: read these columns through and compare their checksums, as for files that an earlier run has left. While a
    column lives, one file is open for all of the table's.

    Raises:
        ValueError: the file is not a whole table, or damaged as far as was checked.
    """
    opened = Stored(path, check=check)
    return {name: opened[name] for name in opened if columns is None or name in columns}


def read_left(path: Path, columns: Sequence[str] | None = None) -> Table | None:
    """The columns of a table that an earlier run may have left; None where it is missing, or damaged in these."""
    try:
        return read(path, columns, check=True)
    except (OSError, ValueError):
        return None


MOST_IN_MEMORY = 1 << 24
"""Bytes of a column that stays decompressed"""


class Stored(Mapping[str, Column]):
    """A table as it lies on the disk: a column is mapped, or decompressed, when it is first asked for; a large one that is
    compressed whenever it is, since many tables may be open.

    Asking for a column raises ValueError where it is damaged, as far as can be seen.
    """

    def __init__(self, path: Path, *, check: bool = False) -> None:
        """`check`: see `read`.

        Raises:
            ValueError: the file is not a whole table.
        """
        self._path = path
        self._check = check
        self._mapped, self._base, entries = _opened(path)
        self._entries: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            self._entries.setdefault(entry["name"], []).append(entry)
        self._columns: Table = {}

    def __getitem__(self, name: str) -> Column:
        if name in self._columns:
            return self._columns[name]
        entries = self._entries[name]
        parts = {entry["part"]: self._array(entry) for entry in entries}
        column = Blobs(parts["offsets"], parts["data"]) if "offsets" in parts else parts["values"]
        in_memory = sum(parts[entry["part"]].nbytes for entry in entries if "compressed" in entry)
        if in_memory <= MOST_IN_MEMORY:
            self._columns[name] = column
        return column

    def _array(self, entry: Mapping[str, Any]) -> Array:
        stored = _stored(self._mapped, self._base, entry)
        # Of what is compressed the checksum costs little, and decompressing may take any damage for data.
        if (self._check or "compressed" in entry) and crc32(stored.data) != entry["crc32"]:
            raise ValueError(f"{self._path}: the column {entry['name']!r} is damaged")
        data = zstandard().decompress(stored.data) if "compressed" in entry else stored
        values = np.frombuffer(data, entry["dtype"])
        if "steps" in entry:
            values = np.cumsum(values, dtype=values.dtype)
        return values.reshape(entry["shape"])

    def sizes(self, name: str) -> Array:
        """How many bytes the values of a column of byte strings have, int64: nothing but its offsets is decompressed."""
        column = self._columns.get(name)
        if isinstance(column, Blobs):
            return np.diff(column.offsets)
        return np.diff(self._array(next(entry for entry in self._entries[name] if entry["part"] == "offsets")))

    def __contains__(self, name: object) -> bool:
        return name in self._entries  # a Mapping would read the column to see whether it is there

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def rows(self) -> int:
        """How many rows the table has, without looking at any."""
        first = next(iter(self._entries.values()), None)
        if first is None:
            return 0
        length = int(first[0]["shape"][0])
        return length - 1 if first[0]["part"] == "offsets" else length


def _opened(path: Path) -> tuple[mmap.mmap, int, list[dict[str, Any]]]:
    """A table's file, mapped; where its columns begin, and what its header says of each.

    Raises:
        ValueError: the file is not a whole table.
    """
    with path.open("rb", buffering=0) as handle:
        if os.fstat(handle.fileno()).st_size < _HEAD.size:
            raise ValueError(f"{path}: not a table")
        mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    magic, length, size, checksum = _HEAD.unpack(mapped[: _HEAD.size])
    header = mapped[_HEAD.size : _HEAD.size + length] if magic == _MAGIC and size == len(mapped) else b""
    if not header or crc32(header) != checksum:
        raise ValueError(f"{path}: not a whole table")
    return mapped, _base(length), json.loads(header)


def _stored(mapped: mmap.mmap, base: int, entry: Mapping[str, Any]) -> Array:
    """The bytes of a column as they lie in the file, uint8."""
    size = entry["compressed"] if "compressed" in entry else prod(entry["shape"]) * np.dtype(entry["dtype"]).itemsize
    return np.frombuffer(mapped, np.uint8, size, base + entry["at"]) if size else np.empty(0, np.uint8)


def is_intact(path: Path) -> bool:
    """Whether there is a table at `path` and nothing of it is damaged. All of it is read, and nothing decompressed."""
    try:
        mapped, base, entries = _opened(path)
    except (OSError, ValueError):
        return False
    return all(crc32(_stored(mapped, base, entry).data) == entry["crc32"] for entry in entries)


def _base(header: int) -> int:
    """Where the columns begin behind a header of so many bytes."""
    return -(-(_HEAD.size + header) // _ALIGN) * _ALIGN
