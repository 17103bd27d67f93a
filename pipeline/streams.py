"""The standard streams, any of which may be closed, as those of daemons and of some schedulers are."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from pipeline.errors import UsageError

_NAMES = ("stdin", "stdout", "stderr")
_CLOSED: set[str] = set()


def open_closed() -> None:
    """Have what is printed on closed streams go nowhere, and no file take their places: whoever writes to descriptor 2, say,
    would write into it."""
    for name in _NAMES:
        if getattr(sys, name) is not None:
            continue
        _CLOSED.add(name)
        handle = os.open(os.devnull, os.O_RDWR)  # the lowest that is free, so that of the stream
        os.set_inheritable(handle, True)
        if name != "stdin":
            setattr(sys, name, open(handle, "w", encoding="utf-8", closefd=False))  # noqa: SIM115  # as long as this process


def standard_input() -> BinaryIO:
    """Standard input, for bytes.

    Raises:
        UsageError: it is closed.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed, so nothing can be read from it")
    return sys.stdin.buffer


def need_output() -> None:
    """Check that what is asked for on standard output can be written there.

    Raises:
        UsageError: it is closed.
    """
    if "stdout" in _CLOSED:
        raise UsageError("standard output is closed, so nothing can be written to it")
