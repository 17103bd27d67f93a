"""How time and memory grow: one size in a process of its own, on texts that stay on disk.

Memory is what the process allocates. Pages of the mapped file are left aside: the system takes them back when it
needs them.

python -m bench.matching.growth FOLDER COUNT [FAST]
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from bench.matching.corpus import load_columns
from bench.matching.peer import memory
from pipeline.dedup import compiled, match
from pipeline.dedup.sign import Signing
from pipeline.dedup.sketch import sketch


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


def main(folder: str, count: str, fast: str) -> None:
    compiled._WORTH_LOADING = 0 if fast == "fast" else 1 << 62
    texts = load_columns(Path(folder), int(count))
    signing = Signing()
    match.near_duplicates(texts[:100], 0.7, signing)
    peak = Peak()
    before = peak.bytes
    start, cpu = time.perf_counter(), time.process_time()
    sketches = sketch(texts, signing)
    signed, signed_cpu = time.perf_counter() - start, time.process_time() - cpu

    found = match.match_sketches(sketches, texts.take, 0.7, signing)
    result = {
        "count": len(texts),
        "sign": signed,
        "all": time.perf_counter() - start,
        "sign cpu": signed_cpu,
        "all cpu": time.process_time() - cpu,
        "memory": peak.stop() - before,
        "peak": peak.bytes,
        "pairs": len(found.pairs),
        "rejected": found.rejected,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
