"""What tests of engines on many machines share: a corpus of many small tasks, a run over it, and whom to kill meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

PATIENCE = 300
"""Seconds."""

DRIVER = """
import sys
from pipeline.corpus import plan
from pipeline.cli import main
from pipeline.corpus.engines import interface
from tests.corpus import hostile
if __name__ == "__main__":
    plan.SHARD_BYTES, plan.ROWS_OF_A_PARTITION, interface.PARTITION_BYTES = 40_000, 500, 40_000
    plan.judge_shard = hostile.judge_shard
    main()
"""
"""`pipeline`, with shards and partitions so small that a few pages make many, and documents that are bad for a worker."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes that run on this machine."""

    engine: str
    master: str
    nodes: Sequence[subprocess.Popen[bytes]]
    """What each was started with; without the first there is no cluster"""
    environment: Mapping[str, str] = field(default_factory=dict)

    def clean(self, corpus: Path, out: Path, *options: str) -> subprocess.Popen[str]:
        """Begin to clean on the cluster."""
        return begin(corpus, out, "--engine", self.engine, "--master", self.master, *options, env=self.environment)

    def kill_a_node(self) -> None:
        """Kill a node of the cluster, with all that it has started."""
        node = [one for one in self.nodes[1:] if one.poll() is None][-1]
        family = descendants(node.pid)
        assert family, "it has done no work yet"
        for process in (node.pid, *family):
            os.kill(process, signal.SIGKILL)


def begin(corpus: Path, out: Path, *options: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Begin to clean, in another process."""
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, "clean", *options, str(corpus), str(out)],
        env={**os.environ, **(env or {})},
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(run: subprocess.Popen[str], code: int = 0) -> str:
    """What a run has said, when it has ended with this exit code."""
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == code, said
    assert "Traceback" not in said
    return said


def heard(run: subprocess.Popen[str], words: str) -> None:
    """Wait until a run has said this, and goes on."""
    assert run.stderr is not None
    for line in run.stderr:
        if words in line:
            break
    assert run.poll() is None


def descendants(parent: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [parent]
    for one in found:
        found += children.get(one, [])
    return found[1:]
