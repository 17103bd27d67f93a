"""Files and folders as inputs: which there are, what they are called in the output, and their bytes."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError, UsageError
from pipeline.model import RawDocument
from pipeline.sources import compression

STDIN = "-"
MAX_BYTES = 1 << 30
"""A single document of more decompressed bytes is refused: no text is that long, a decompression bomb is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input file. Sorted by `source`."""

    source: str
    path: str
    size: int


def find(inputs: Sequence[str], exclude: Path | None = None) -> list[Entry]:
    """Every file of `inputs` (files, folders, `-`) by source name. Hidden files and what lies in `exclude` are passed over.

    A file below a folder is named by its path below it. With several folders the folder's own name comes first, so that
    names do not depend on the order of the inputs.

    Raises:
        UsageError: an input does not exist, or two files would have one name.
    """
    folders = [item for item in inputs if item != STDIN and Path(item).is_dir()]
    found: list[Entry] = []
    for item in dict.fromkeys(inputs):
        if item == STDIN:
            found.append(Entry("stdin", STDIN, 0))
        elif item in folders:
            prefix = f"{Path(item).resolve().name}/" if len(folders) > 1 else ""
            found.extend(_walk(item, prefix, exclude))
        elif Path(item).is_file():
            found.append(Entry(_portable(Path(item).name), item, Path(item).stat().st_size))
        else:
            raise UsageError(f"{item}: no such file or folder")
    found.sort(key=lambda entry: entry.source)
    counts = Counter(entry.source for entry in found)
    if twice := [entry for entry in found if counts[entry.source] > 1]:
        raise UsageError(
            f"{twice[0].path} and {twice[1].path} would both be called {twice[0].source!r}: "
            "give their common parent folder instead, or rename one"
        )
    return found


def _walk(folder: str, prefix: str, exclude: Path | None) -> Iterator[Entry]:
    root = Path(folder)
    excluded = exclude.resolve() if exclude else None
    for parent, names, files in os.walk(root):
        names[:] = sorted(
            name for name in names if not name.startswith(".") and (Path(parent) / name).resolve() != excluded
        )
        for name in sorted(files):
            path = Path(parent) / name
            if name.startswith(".") or not path.is_file():
                continue
            yield Entry(prefix + _portable(path.relative_to(root).as_posix()), str(path), path.stat().st_size)


def _portable(name: str) -> str:
    """A file name as text: bytes that are not UTF-8, which a name may hold on Linux, become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace") if not name.isascii() else name


@dataclass(frozen=True, slots=True)
class Found:
    """What reading one file gave."""

    sha256: str
    """Of the file as it lies there."""
    bytes: int
    document: RawDocument
    problem: InputError | None
    """Why the document is only a part of what it was."""


def read(entry: Entry) -> Found:
    """The file's document, decompressed.

    Raises:
        InputError: the file gives no document at all.
    """
    try:
        data = sys.stdin.buffer.read() if entry.path == STDIN else Path(entry.path).read_bytes()
    except OSError as error:
        raise InputError("unreadable", f"cannot be read: {error.strerror}") from None
    content, problem = compression.decompress(data, MAX_BYTES)
    return Found(hashlib.sha256(data).hexdigest(), len(data), RawDocument(entry.source, content), problem)
