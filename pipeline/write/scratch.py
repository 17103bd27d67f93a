"""Temporary folders, which are gone when the program ends: also where an interrupt ends it at once, and nothing is unwound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

OPEN: list[Path] = []
"""Those that are in use."""


@contextmanager
def scratch(*, prefix: str = "pipeline-", inside: Path | None = None) -> Iterator[Path]:
    """A new folder; `inside`: in this one, from which files of it can be moved at once."""
    with TemporaryDirectory(prefix=prefix, dir=inside) as name:
        OPEN.append(path := Path(name))
        try:
            yield path
        finally:
            OPEN.remove(path)
