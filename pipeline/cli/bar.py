"""How far a run is, on one line of a terminal: stage, share, documents, speed, and about how long it will take.

The line stands on standard error, and only where that is a terminal; whatever else is printed goes above it.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable

from pipeline.cli.terminal import ERASE
from pipeline.corpus.progress import Progress, Say
from pipeline.wording import plural

_SHARES = {"reading": 0.62, "cleaning": 0.16, "comparing": 0.1, "writing": 0.12}
"""About what of a run's time each stage takes: measured on pages and on plain texts."""
_EVERY = 0.1
"""Seconds between two looks of the line"""
_LEAST = 2.0
"""Seconds that a run must have taken before it is said how long it will take"""


class Bar(Progress):
    """Shows how far a run is."""

    def __init__(self, say: Say, loudest: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """`loudest`: the highest level of what `say` prints."""
        super().__init__(self._say_above)
        self._told, self._loudest = say, loudest
        self._clock = clock
        self._start = self._begun = self._shown = clock()
        self._stage, self._unit = "", ""
        self._total = self._done = self._documents = 0

    def stage(self, name: str, total: int, unit: str = "") -> None:
        """A stage begins."""
        self._stage, self._total, self._unit = name, total, unit
        self._done, self._begun = 0, self._clock()
        self._show(always=True)

    def advance(self, done: int, documents: int = 0) -> None:
        """So much more is done."""
        self._done += done
        self._documents += documents
        self._show()

    def end(self) -> None:
        """Take the line away."""
        _write(ERASE)

    def line(self) -> str:
        """What the line says now."""
        now = self._clock()
        share = min(self._done / self._total, 1) if self._total else 0
        parts = [f"{self._stage} {share:4.0%}" if self._total else f"{self._stage} ..."]
        parts += [plural(self._documents, "document")] if self._documents else []
        if self._unit == "bytes" and self._done and now > self._begun:
            parts.append(f"{self._done / (now - self._begun) / 1e6:.1f} MB/s")
        left = self._left(share, now - self._start)
        parts += [f"about {left // 60}:{left % 60:02} left"] if left is not None else []
        return "  ".join(parts)

    def _left(self, share: float, elapsed: float) -> int | None:
        """Seconds that the run will probably take yet."""
        names = list(_SHARES)
        before = sum(_SHARES[name] for name in names[: names.index(self._stage)])
        done = before + share * _SHARES[self._stage]
        if elapsed < _LEAST or done < 0.02:
            return None
        return round(elapsed * (1 - done) / done)

    def _show(self, always: bool = False) -> None:
        now = self._clock()
        if always or now - self._shown >= _EVERY:
            self._shown = now
            width = shutil.get_terminal_size().columns - 1
            _write(ERASE + self.line()[:width])

    def _say_above(self, level: int, message: str) -> None:
        if level <= self._loudest:
            _write(ERASE)
            self._told(level, message)


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # nobody looks any more; the run goes on
