"""A command, and the memory that it and all its descendants take, by `/proc`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05
"""Seconds between two looks"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command came to."""

    exit_code: int
    seconds: float
    stderr: str
    tree_mib: int
    """The highest sum of memory of all its processes; what they share counts once. Pages of mapped files are left out: the
    system takes them back whenever it wants."""
    parent_mib: int
    """The highest of the first process alone"""
    largest_mib: int
    """The highest of any process alone"""


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end and watch it."""
    begun = time.monotonic()
    tree = parent = largest = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            sizes = [_kib(pid) for pid in _descendants(process.pid)]
            tree, parent, largest = max(tree, sum(sizes)), max(parent, sizes[0]), max(largest, *sizes)
            time.sleep(_EVERY)
        assert process.stderr is not None
        said = process.stderr.read()
    return Ran(process.returncode, time.monotonic() - begun, said, tree >> 10, parent >> 10, largest >> 10)


def _descendants(root: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended
                continue
            children.setdefault(parent, []).append(int(path.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")), 0)
