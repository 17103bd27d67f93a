"""What a run may use of machines and memory."""

from __future__ import annotations

from msgspec import Struct

from pipeline.config import EngineName
from pipeline.corpus.engines import local
from pipeline.corpus.engines.interface import Executor
from pipeline.errors import UsageError

MIB = 1 << 20
SHARE = 0.8
"""Of the memory that is free, what a run takes unless it is told."""
PROCESS_BYTES = 600_000_000
"""What a worker holds at its peak, and this process beside its workers, as measured (docs/scale.md)."""


class Resources(Struct, frozen=True):
    """What a run may use."""

    workers: int | None = None
    """processes; by default as many as there are processors, and memory for them; 0: this process alone"""
    memory: int | None = None
    """bytes, for all processes on this machine; by default a share of what is free"""
    engine: EngineName = "local"
    master: str | None = None
    """the address of the cluster for the engine, where it is not this machine's"""
    executor: Executor | None = None
    """what runs the work in place of an engine of ours"""

    def __post_init__(self) -> None:
        """
        Raises:
            UsageError: the memory given is too little for any worker.
        """
        if self.memory is not None and self.memory < PROCESS_BYTES:
            raise UsageError(f"--memory {self.memory // MIB}M is too little: give {-(-PROCESS_BYTES // MIB)}M or more")

    def local_workers(self) -> int:
        """How many worker processes this machine is to have."""
        workers = self.workers or local.default_workers()
        if self.workers and self.memory is None:
            return workers
        return max(1, min(workers, int((self.memory or SHARE * _free()) // PROCESS_BYTES) - 1))


def _free() -> int:
    """Bytes of memory that processes can have without swapping, where the system says."""
    try:
        with open("/proc/meminfo", encoding="ascii") as facts:
            sizes = dict(line.split(":", 1) for line in facts)
        return int(sizes["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        return 1 << 62
