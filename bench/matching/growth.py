"""How time and memory grow: one size in a process of its own, on texts that stay on disk.

Memory is what the process allocates. Pages of the mapped file are left aside: the system takes them back when it
needs them.

python -m bench.matching.growth FOLDER COUNT pipeline|pipeline-numpy TIMES

With TIMES other than 0, the texts are one line so many times.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.matching.corpus import load_columns
from bench.matching.peer import memory
from pipeline import native
from pipeline.config import Config
from pipeline.match import settings
from pipeline.match.core.sketch import sketch
from pipeline.match.texts import near_duplicates


class Peak(threading.Thread):
    """The most memory of its own that the process held, looked at a hundred times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = memory("RssAnon")
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ended.wait(0.01):
            self.bytes = max(self.bytes, memory("RssAnon"))

    def stop(self) -> int:
        self._ended.set()
        self.join()
        return self.bytes


def main(folder: str, count: str, name: str, repeated: str) -> None:
    if name == "pipeline-numpy":
        native.kernels = None
    texts: Sequence[str] = load_columns(Path(folder), int(count))
    near_duplicates(texts[:100])
    if int(repeated):
        texts = ["Subscribe to our newsletter for daily updates."] * int(repeated)
    peak = Peak()
    before = peak.bytes
    cpu = time.process_time()
    sketch(texts, settings.signing(Config(), "paragraph"))
    signed_cpu = time.process_time() - cpu

    cpu = time.process_time()
    found = near_duplicates(texts)
    result = {
        "sign cpu": signed_cpu,
        "all cpu": time.process_time() - cpu,
        "memory": peak.stop() - before,
        "pairs": len(found.a),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
