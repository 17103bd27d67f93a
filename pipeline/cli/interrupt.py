"""Ctrl-C: the program ends at once, wherever it is, and says truly what has become of the output folder.

Nothing is unwound. What is on the disk is such that a run may be killed at any moment, and an exception in the middle of
anything would only find places where it is lost or printed. A call of the library gets a `KeyboardInterrupt` as ever.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

INTERRUPTED = 130
_TIDYING = 1
"""Seconds that may be spent on removing what is half done"""


def end_at_once() -> None:
    """From now on, end this process and its workers at an interrupt, or when it is told to terminate."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)


def no_more() -> None:
    """From now on, do nothing at an interrupt: all is done, and Python, which is about to end, would die of it silently."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end(number: int, _: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    erased = "\r\x1b[K" if os.isatty(2) else ""  # the line that says how far the run is
    os.write(2, f"{erased}pipeline: interrupted{_state()}\n".encode("utf-8", "backslashreplace"))
    _kill_workers()
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, lambda *_: os._exit(128 + number))
        signal.alarm(_TIDYING)
    _tidy_up()
    os._exit(128 + number)


def _state() -> str:
    """What has become of the output folder that is held, if any."""
    folder = sys.modules.get("pipeline.write.folder")
    if folder is None or not folder.HELD:
        return ""
    from pipeline.cli.terminal import safe

    held = folder.HELD[-1]
    if any(held.path.is_relative_to(one) for one in _scratch()):  # nobody has asked for that folder, or knows its name
        return ""
    out = safe(str(held.path))
    if held.is_published:
        return f"; {out} has the output of this run"
    kept = "" if held.is_fresh else "; what is done so far is kept, and the same command goes on from there"
    return f"; {out} is as it was{kept}"


def _kill_workers() -> None:
    if "multiprocessing" in sys.modules:
        import multiprocessing

        for worker in multiprocessing.active_children():
            worker.kill()


def _scratch() -> list[Path]:
    """The temporary folders that are in use."""
    scratch = sys.modules.get("pipeline.write.scratch")
    return list(scratch.OPEN) if scratch else []


def _tidy_up() -> None:
    """Remove what is half done. What is left of it in an output folder, the next run removes."""
    folder = sys.modules.get("pipeline.write.folder")
    for held in folder.HELD if folder else ():
        held.clear()
    for path in _scratch():
        shutil.rmtree(path, ignore_errors=True)
