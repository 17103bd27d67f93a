"""The files that hold records: JSON Lines, numbered shards of it in Zstandard, and Parquet. Written, and read back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, get_args

from pipeline import jsonlines
from pipeline.config import FileFormat
from pipeline.errors import UsageError
from pipeline.model import Row
from pipeline.read.opened import Opened
from pipeline.records import ALL_FILES, OutputFile
from pipeline.wording import installing
from pipeline.write.arrow_schema import free_fields
from pipeline.write.encoding import Encoder, File, JsonLines, Parquet

FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
SHARD_BYTES = 256 << 20
"""Of records as JSON, before compression."""


class RecordFiles:
    """Writes the records of one output in their order: into `documents.jsonl`, or into numbered shards.

    The same records give the same files, byte for byte, with the same versions of the libraries. Without any record
    there is still one file, so that readers find the columns.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        form: FileFormat = "jsonl",
        *,
        shard_bytes: int = SHARD_BYTES,
    ) -> None:
        """`name` is that of the output, such as `documents`.

        Raises:
            UsageError: the library for `form` is missing.
        """
        self._folder = folder
        self._name = name
        self._form = form
        self._shard_bytes = shard_bytes
        self._number = 0
        self._size = 0
        self._encoder: Encoder | None = None
        self.written: list[OutputFile] = []
        """The finished files."""
        if form == "parquet":
            _require_pyarrow()

    def write(self, record: Row) -> None:
        """Append one record.

        Raises:
            OutputError: the file cannot be written.
        """
        self.write_lines(jsonlines.lines([record]))

    def write_lines(self, lines: bytes) -> None:
        """Append records that are lines of JSON already; they stay in one file.

        Raises:
            OutputError: the file cannot be written.
        """
        if self._form != "jsonl" and self._size and self._size + len(lines) > self._shard_bytes:
            self._finish()
        if self._encoder is None:
            self._encoder = self._begin()
        self._encoder.write(lines)
        self._size += len(lines)

    def close(self) -> None:
        """Finish the last file.

        Raises:
            OutputError: it cannot be written.
        """
        if self._encoder is None and not self.written:
            self._encoder = self._begin()
        if self._encoder is not None:
            self._finish()

    def __enter__(self) -> RecordFiles:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self.close()
        elif self._encoder is not None:
            with suppress(Exception):  # what went wrong first is what counts
                self._encoder.close()
                self._encoder.file.close()

    def _begin(self) -> Encoder:
        shard = "" if self._form == "jsonl" else f"-{self._number:05d}"
        file = File(self._folder / f"{self._name}{shard}.{self._form}")
        return Parquet(file, self._name) if self._form == "parquet" else JsonLines(file, self._form)

    def _finish(self) -> None:
        assert self._encoder is not None
        file = self._encoder.file
        self._encoder.close()
        file.close()
        written = OutputFile(
            path=file.path.name, sha256=file.sha256.hexdigest(), bytes=file.bytes, records=self._encoder.records
        )
        self.written.append(written)
        self._encoder, self._size = None, 0
        self._number += 1


def _require_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise UsageError(f"Parquet files need a library: {installing('parquet')}") from None


def output_name(path: str | Path) -> str:
    """The output that a file belongs to: `documents` for `documents-00003.jsonl.zst`."""
    return Path(path).name.partition(".")[0].partition("-")[0]


def read(path: str | Path) -> Iterator[Any]:
    """The records of one file of an output, in their order, whatever its format: each of the type that `ALL_FILES` has for it.

    Raises:
        UsageError: the file cannot be read, or is damaged; the message says where.
    """
    path = Path(path)
    try:
        yield from _rows(path) if path.suffix == ".parquet" else _lines(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


def _lines(path: Path) -> Iterator[Row]:
    kind = ALL_FILES[output_name(path)]
    with path.open("rb", buffering=0) as file:
        source = Opened(path.name, file)
        for number, line in enumerate(source.content, 1):
            try:
                yield jsonlines.decode(line, kind)
            except jsonlines.JsonError as error:
                raise UsageError(f"{path}, line {number}: {source.problem or f'not such a record: {error}'}") from None
        if source.problem:
            raise UsageError(f"{path}: {source.problem}")


def _rows(path: Path) -> Iterator[Row]:
    _require_pyarrow()
    import pyarrow as pa
    from pyarrow import parquet

    name = output_name(path)
    free = free_fields(name)
    try:
        with parquet.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(1024, use_threads=False):
                for row in batch.to_pylist():
                    objects = {key: jsonlines.decode(row[key].encode(), dict) for key in free}
                    yield jsonlines.convert({**row, **objects}, ALL_FILES[name])
    except pa.ArrowException as error:
        raise UsageError(f"{path}: not a whole Parquet file: {error}") from None
    except jsonlines.JsonError as error:
        raise UsageError(f"{path}: a row is not such a record: {error}") from None
