"""TOML files that users write, read with a bound, what is wrong told in one sentence; and those of `data/`, which are ours."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import UsageError

_DATA = Path(__file__).parent / "data"
MOST = 32 << 20
"""Bytes of a file of options or rules. What is longer is none, and may have no end: `/dev/zero`."""


def read(path: Path) -> bytes:
    """The content of a file.

    Raises:
        UsageError: it cannot be read, is a device, or is too long to be a file of options or rules.
    """
    try:
        if stat.S_ISBLK(mode := path.stat().st_mode) or stat.S_ISCHR(mode):
            raise UsageError(f"{path}: is a device, not a file")
        with path.open("rb") as handle:
            return bounded(handle, str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def bounded(handle: BinaryIO, name: str) -> bytes:
    """What is left of an open file, called `name`.

    Raises:
        UsageError: it is too long to be a file of options or rules.
    """
    data = handle.read(MOST + 1)
    if len(data) > MOST:
        raise UsageError(f"{name}: has more than {MOST >> 20} MiB, too many for a file of options or rules")
    return data


def parse(text: str, name: str) -> dict[str, Any]:
    """What TOML says.

    Raises:
        UsageError: it is none, or has brackets too deep inside each other or an integer of thousands of digits.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{name}: not valid TOML: lists or tables too deep inside each other") from None
    except ValueError as error:  # among them TOMLDecodeError
        raise UsageError(f"{name}: not valid TOML: {error}") from None


def data(name: str) -> dict[str, Any]:
    """A file of `data/`."""
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def phrases(name: str) -> frozenset[str]:
    """All that the lists in the tables of a file of `data/` have."""
    return frozenset(phrase for one in data(name).values() for phrase in one)
