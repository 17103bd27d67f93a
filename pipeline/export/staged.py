"""Files that are made together: all of them are in their folder whole, or none is."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from pipeline import jsonlines
from pipeline.errors import OutputError
from pipeline.write.formats import SHARD_BYTES
from pipeline.write.scratch import scratch

_LEVEL = 6
"""Of gzip."""


@contextmanager
def staged(folder: Path, ours: Sequence[str]) -> Iterator[Path]:
    """A folder to write to; its files go to `folder` once all are written, and those that an earlier export left there go.

    ours: patterns of the files that such an export has, so that a shorter one leaves no shard of a longer one

    Raises:
        OutputError: the files cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with scratch(prefix=".export-", inside=folder) as staging:
            yield staging
            made = sorted(path.relative_to(staging) for path in staging.rglob("*") if path.is_file())
            older = {path.relative_to(folder) for pattern in ours for path in folder.glob(pattern)}
            for path in made:
                folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / path, folder / path)
            for path in older.difference(made):
                folder.joinpath(path).unlink()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from error


class Shards:
    """Writes rows as JSON Lines in gzip to numbered files, the same in several folders: row by row they belong together.

    The same rows give the same files, byte for byte, with the same version of the library. Without any row there is still one
    file in each folder.
    """

    def __init__(self, *folders: Path, shard_bytes: int = SHARD_BYTES) -> None:
        self._folders = folders
        self._shard_bytes = shard_bytes
        self._number = 0
        self._size = 0
        self._open = ExitStack()
        self._files: list[gzip.GzipFile] = []
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        self._begin()

    def write(self, *rows: Any) -> None:
        """Append a row to the file of each folder."""
        lines = [jsonlines.lines([row]) for row in rows]
        size = sum(map(len, lines))
        if self._size and self._size + size > self._shard_bytes:
            self._open.close()
            self._number += 1
            self._begin()
        for file, line in zip(self._files, lines, strict=True):
            file.write(line)
        self._size += size

    def __enter__(self) -> Shards:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def _begin(self) -> None:
        self._size = 0
        self._files = []
        for folder in self._folders:
            raw = self._open.enter_context(folder.joinpath(f"{self._number:05d}.jsonl.gz").open("wb"))
            packed = gzip.GzipFile(
                "", "wb", _LEVEL, raw, mtime=0
            )  # without name and time: the same bytes whenever it is made
            self._files.append(self._open.enter_context(packed))
