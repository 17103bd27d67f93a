"""Documents that end the process that works on them, by what their names say; nodes of a cluster import this, too."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from pipeline.corpus import shards

PROCESS, HOST = "killer-of-its-process", "killer-of-its-host"

_judge, _prepare = shards.judge_shard, shards.prepare


def judge_shard(shard: shards.Shard) -> Any:
    """`shards.judge_shard`, with documents that are bad for it."""
    shards.prepare = _wrapped
    return _judge(shard)


def _wrapped(document: Any, *rest: Any, **options: Any) -> Any:
    if HOST in document.source:
        # Our worker was started by a fork server, and that by the process that an executor runs tasks in.
        os.kill(_parent(_parent(os.getpid())), signal.SIGKILL)
    if HOST in document.source or PROCESS in document.source:
        os.kill(os.getpid(), signal.SIGKILL)
    return _prepare(document, *rest, **options)


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
