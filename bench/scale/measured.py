"""A command run to its end: processor time, wall time and peak memory of all processes it started, and the most that a folder
held meanwhile. Linux only."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36
_EVERY = 0.2
"""Seconds between two looks at memory."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took."""

    cpu: float
    """seconds, of all processes"""
    wall: float
    memory: int
    """bytes at the peak: shared pages are counted once, mapped files as far as they lie in memory"""
    disk: int = 0
    """bytes that a folder held at the peak"""


def run(
    command: Sequence[str], environment: Mapping[str, str], accept: Sequence[int] = (0,), folder: Path | None = None
) -> Cost:
    """Run a command; `folder` is looked at for its size.

    Raises:
        subprocess.CalledProcessError: it ends with another exit code than those in `accept`.
    """
    # Processes whose parent has ended become our children, so that what they took is counted.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    peak = _Peak(process.pid, folder)
    output, _ = process.communicate()
    wall = time.perf_counter() - start
    memory, disk = peak.stop()
    _reap()
    if process.returncode not in accept:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, memory, disk)


def _reap() -> None:
    """Wait for all that were left behind."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


class _Peak(threading.Thread):
    """The most memory that a process and its descendants held, and the most that a folder did."""

    def __init__(self, root: int, folder: Path | None) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._folder = folder
        self._memory = self._disk = 0
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ended.wait(_EVERY):
            self._memory = max(self._memory, sum(map(_memory, _tree(self._root))))
            if self._folder is not None:
                self._disk = max(self._disk, held(self._folder))

    def stop(self) -> tuple[int, int]:
        self._ended.set()
        self.join()
        return self._memory, self._disk


def held(folder: Path) -> int:
    """The bytes of all files below a folder, those that go away meanwhile left out."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _tree(root: int) -> set[int]:
    """A process, its descendants, and those of our own that have lost their parent."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    found = {process for process, parent in parents.items() if parent == os.getpid()} | {root}
    while more := {process for process, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _memory(process: int) -> int:
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as lines:
            return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except OSError:
        return 0
