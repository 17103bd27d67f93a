"""What a run may use of machines and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.engines import local

EngineName = Literal["local", "spark"]

SHARE = 0.8
"""Of the memory that is free, what a run takes unless it is told."""
PROCESS_BYTES = 600_000_000
"""What a worker needs at its peak, and this process beside its workers."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a run may use."""

    workers: int | None = None
    """processes; by default as many as there are processors, and memory for them"""
    memory: int | None = None
    """bytes, for all processes on this machine; by default a share of what is free"""
    engine: EngineName = "local"
    spark_master: str | None = None

    def local_workers(self) -> int:
        """How many worker processes this machine is to have."""
        fitting = int((self.memory or SHARE * _free()) // PROCESS_BYTES) - 1
        return self.workers or max(1, min(local.default_workers(), fitting))


def _free() -> int:
    """Bytes of memory that processes can have without swapping, where the system says."""
    try:
        with open("/proc/meminfo", encoding="ascii") as facts:
            sizes = dict(line.split(":", 1) for line in facts)
        return int(sizes["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return 1 << 62
