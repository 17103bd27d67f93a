"""Bounds around one document: whatever a document does, it costs the run no more than itself.

What it raises is caught here and becomes a `Problem`. For the rest (endless loops, exhausted memory, a library that
crashes) a worker process writes down which document it is on, in a file that outlives it, and has the kernel end it when
the document takes too long. Whoever started the worker reads the file, and has the work done again without that document
(`corpus/engines/jobs.py`). So nothing here watches, and no thread is needed.

The state is that of the process. Without `use`, as in a call of the library, nothing but exceptions is caught.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from msgspec import Struct, field

Result = TypeVar("Result")

LIGHT_BYTES = 600 << 20
"""What a process may hold while others work beside it. A document that needs more is done again alone."""
RESERVE_BYTES = 400 << 20
"""What the other processes of a run hold while a document is done alone."""
LEAST_MEMORY = LIGHT_BYTES + RESERVE_BYTES
_MARK_BYTES = 64
_PACKAGE = Path(__file__).parent


class Limits(Struct, frozen=True):
    """What one document may cost."""

    cpu_seconds: float = 10
    wall_seconds: float = 20
    """Where more processes want to run than there are processors, longer in proportion: who waits is not to blame"""
    memory_bytes: int = 2 << 30
    """For all processes of the run together, while the document is done alone"""


class Mark(NamedTuple):
    """The documents that a process is on, numbered within its item, and what it does with them."""

    stage: str
    first: int
    last: int


class Problem(NamedTuple):
    """Why a document could not be worked on."""

    reason: Literal["crashed", "cpu-limit", "wall-limit", "memory-limit", "unforeseen"]
    message: str


LIMITED = frozenset(("crashed", "cpu-limit", "wall-limit", "memory-limit"))
"""The reasons that may be others where a document may cost more; a process may crash for want of memory"""


class Culprits(Struct, frozen=True):
    """What is known of documents on which an earlier attempt at the same item ended."""

    refused: dict[tuple[str, int], Problem] = field(default_factory=dict)
    """By stage and number: not to be touched again."""
    apart: frozenset[Mark] = frozenset()
    """Documents that were worked on together when the process ended. One of them is to blame."""


class Starved(BaseException):
    """There is no memory for a document. The item is to be done again in a new process: alone, or without the document.

    Only the loop of the worker catches it.
    """

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark)
        self.mark = mark


class _State(Struct):
    limits: Limits | None = None
    alone: bool = True
    patience: float = 1
    culprits: Culprits = field(default_factory=Culprits)
    mark: Mark | None = None
    file: int = -1
    """Descriptor of the file that says which document this process is on."""


_state = _State()


@contextmanager
def use(limits: Limits, path: Path, culprits: Culprits, *, alone: bool) -> Iterator[None]:
    """Bound the documents of one item in this process, which is a worker that may be killed.

    `path`: where to write down which document it is on. `alone`: no other worker is busy, so all memory may be used.
    """
    _state.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    _state.limits, _state.culprits, _state.alone = limits, culprits, alone
    _state.patience = _processes_for_each_processor()
    try:
        yield
    finally:
        os.close(_state.file)
        _state.limits, _state.culprits, _state.alone, _state.file = None, Culprits(), True, -1


def read_mark(path: Path) -> Mark | None:
    """Which documents a process was on when it ended; None where it was on none, or wrote nothing."""
    try:
        words = path.read_bytes().split()
        return Mark(words[0].decode(), int(words[1]), int(words[2]))
    except (OSError, IndexError, ValueError):
        return None


@contextmanager
def on(stage: str, first: int, last: int | None = None) -> Iterator[None]:
    """Say that this process is on a document of its item, or on several at once, and bound what that costs."""
    if _state.limits is None:
        yield
        return
    _state.mark = Mark(stage, first, first if last is None else last)
    os.pwrite(_state.file, " ".join(map(str, _state.mark)).encode().ljust(_MARK_BYTES), 0)
    _limit_memory(_state.limits.memory_bytes - RESERVE_BYTES if _state.alone else LIGHT_BYTES)
    _start_timers(_state.limits, _state.patience)
    try:
        yield
    except MemoryError:
        raise Starved(_state.mark) from None
    finally:
        _stop_timers()
        _limit_memory(None)
        os.pwrite(_state.file, b" " * _MARK_BYTES, 0)
        _state.mark = None


def tick() -> None:
    """Start the time for the document anew. Called while input is being read: as long as there is more of it, the work
    is getting on, however large the input is."""
    if _state.limits is not None and _state.mark is not None:
        _start_timers(_state.limits, _state.patience)


def refused(stage: str, number: int) -> Problem | None:
    """Why a document must not be touched, if it has ended this work before."""
    return _state.culprits.refused.get((stage, number))


def attempt(stage: str, number: int, work: Callable[[], Result], otherwise: Callable[[Problem], Result]) -> Result:
    """What `work` gives for one document, or what `otherwise` makes of the reason why it gives nothing."""
    problem = refused(stage, number)
    if problem is None:
        try:
            with on(stage, number):
                return work()
        except (KeyboardInterrupt, Starved):
            raise
        except BaseException as error:  # whatever it is, it is this document's alone
            problem = problem_of(error)
    return otherwise(problem)


def attempt_together(
    stage: str,
    numbers: Sequence[int],
    work: Callable[[Sequence[int]], Sequence[Result]],
    otherwise: Callable[[int, Problem], Result],
) -> list[Result]:
    """The same for several documents that are cheaper to do at once: `work` gives one result for each of their numbers.

    Where something goes wrong, each is done by itself, so that only the one to blame is lost.
    """
    if not numbers:
        return []
    if Mark(stage, numbers[0], numbers[-1]) not in _state.culprits.apart:
        try:
            with on(stage, numbers[0], numbers[-1]):
                return list(work(numbers))
        except (KeyboardInterrupt, Starved):
            raise
        except BaseException:
            pass  # which of them it was shows when each is done by itself
    results: list[Result] = []
    for number in numbers:
        alone, refuse = partial(work, [number]), partial(otherwise, number)
        results.append(attempt(stage, number, lambda alone=alone: alone()[0], refuse))  # type: ignore[misc]
    return results


def problem_of(error: BaseException) -> Problem:
    """What an error that nobody foresaw means for a document."""
    if isinstance(error, MemoryError):
        return Problem("memory-limit", "needs more memory than there is")
    what = " ".join(str(error).split())[:200]
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [file.stem for file in files if _PACKAGE in file.parents and file.stem != "bounds"]
    where = f" in {ours[-1]}" if ours else ""
    return Problem("unforeseen", f"{type(error).__name__}{where}" + (f": {what}" if what else ""))


def _processes_for_each_processor() -> float:
    """How many want to run for each one that can, over the last minute; at least 1."""
    try:
        return max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
    except (AttributeError, OSError):  # Windows has no such figure
        return 1


if sys.platform == "win32":

    def _start_timers(limits: Limits, patience: float) -> None:
        """Windows has no timer that ends a process; a thread of Python's own does."""
        faulthandler.dump_traceback_later(limits.wall_seconds * patience, exit=True)

    def _stop_timers() -> None:
        faulthandler.cancel_dump_traceback_later()

    def _limit_memory(most: int | None) -> None:
        """Nothing: there is no such limit."""

    def open_files() -> int:
        """How many files a process may have open at a time."""
        return 512

else:
    import resource

    def _start_timers(limits: Limits, patience: float) -> None:
        # By default these signals end the process, whatever it is doing
        signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds * patience)

    def _stop_timers() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    _HARD = resource.getrlimit(resource.RLIMIT_DATA)[1]

    def _limit_memory(most: int | None) -> None:
        """Let the process have so many bytes of its own, None: as many as it wants. Only Linux enforces it."""
        wanted = resource.RLIM_INFINITY if most is None else most
        resource.setrlimit(resource.RLIMIT_DATA, (_HARD if most is None else wanted, _HARD))

    def open_files() -> int:
        """How many files a process may have open at a time."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return sys.maxsize if most == resource.RLIM_INFINITY else most
