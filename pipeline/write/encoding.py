"""Records as bytes: lines of JSON, the same in Zstandard, and rows of Parquet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pipeline import jsonlines
from pipeline.config import FileFormat
from pipeline.errors import OutputError
from pipeline.write.arrow_schema import arrow_row, arrow_schema
from pipeline.zstandard import zstandard

_GROUP_BYTES = 16 << 20
"""JSON bytes of a row group of Parquet, which is put together in memory."""
_ZSTANDARD_LEVEL = 3


class File:
    """A file that is hashed and counted as it is written; a file object for pyarrow."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sha256 = hashlib.sha256()
        self.bytes = 0
        with self._guarded():
            self._handle = path.open("wb")

    def write(self, data: Any) -> int:
        """Append bytes."""
        try:
            self._handle.write(data)
        except OSError as error:
            raise self._error(error) from error
        self.sha256.update(data)
        size = memoryview(data).nbytes
        self.bytes += size
        return size

    def tell(self) -> int:
        """How much was written."""
        return self.bytes

    def flush(self) -> None:
        """Nothing: who reads the file waits for its end."""

    def close(self) -> None:
        """Finish the file."""
        with self._guarded():
            self._handle.close()

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        return self._handle.closed

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._error(error) from error

    def _error(self, error: OSError) -> OutputError:
        return OutputError(f"{self.path}: cannot be written: {error.strerror or error}")


class Encoder(Protocol):
    """Puts records into one file."""

    file: File
    records: int

    def write(self, lines: bytes) -> None:
        """Append records, given as lines of JSON."""

    def close(self) -> None:
        """Write what is left. The file stays open."""


class JsonLines:
    """Records as lines of JSON, compressed or not."""

    def __init__(self, file: File, form: FileFormat) -> None:
        self.file = file
        self.records = 0
        self._compressor: Any = None
        if form == "jsonl.zst":
            zstd = zstandard()
            level, checksum = zstd.CompressionParameter.compression_level, zstd.CompressionParameter.checksum_flag
            self._compressor = zstd.ZstdCompressor(options={level: _ZSTANDARD_LEVEL, checksum: 1})

    def write(self, lines: bytes) -> None:
        data = self._compressor.compress(lines) if self._compressor else lines
        if data:
            self.file.write(data)
        self.records += lines.count(b"\n")

    def close(self) -> None:
        if self._compressor:
            self.file.write(self._compressor.flush())


class Parquet:
    """Records as rows."""

    def __init__(self, file: File, name: str) -> None:
        from pyarrow import parquet

        self.file = file
        self.records = 0
        self._schema = arrow_schema(name)
        self._fields = set(self._schema.names)
        self._name = name
        self._rows: list[dict[str, Any]] = []
        self._size = 0
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd", write_page_checksum=True)

    def write(self, lines: bytes) -> None:
        for line in lines.splitlines():
            record = arrow_row(self._name, jsonlines.decode(line, dict))
            if record.keys() != self._fields:
                raise ValueError(f"the record has the fields {list(record)}, its schema {self._schema.names}")
            self._rows.append(record)
            self._size += len(line)
            self.records += 1
            if self._size >= _GROUP_BYTES:
                self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_batch(pa.RecordBatch.from_pylist(self._rows, self._schema))
            self._rows, self._size = [], 0
