"""A worker process: warm, killable, and it says which document it is on.

It is forked where that is safe: on Linux, from a process with one thread. That costs some milliseconds and no start-up,
so even a run over five files is bounded. Elsewhere it is spawned by a fork server that has the program loaded, or anew.
"""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

from pipeline import bounds
from pipeline.bounds import Culprits, Limits, Mark, Problem
from pipeline.corpus.engines.jobs import Job, problem_of
from pipeline.errors import OutputError, PipelineError

SAFE_PATH = "PYTHONSAFEPATH"
"""https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH"""
RARELY = 200_000, 10, 10
"""Thresholds of the garbage collector. Steps make hundreds of thousands of objects and hardly a cycle: by default a tenth
of the time would go into looking for cycles."""
_ENDING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 5
"""Seconds that a worker which was told to end may take."""

_STARTING = threading.Lock()
"""What starts a process changes this one for that moment, and threads of another program may each start one."""

Function = Callable[[Any], Any]
Order = tuple[str, Function, Any, Culprits, bool]
"""What is sent to a worker: the folder that paths are relative to, a function, an item, the culprits among its documents,
whether the worker is alone."""


class Died(Exception):
    """The process of a worker has ended before its item was done, or is of no more use for it."""

    def __init__(self, mark: Mark | None, problem: Problem) -> None:
        super().__init__(problem.message)
        self.mark = mark
        """The documents it was on"""
        self.problem = problem


class Worker:
    """One worker process, seen from the process that started it."""

    def __init__(self, limits: Limits, mark: Path, siblings: Sequence[Worker] = (), folder: Path | None = None) -> None:
        """Start it. `mark`: the file in which it says what it is on. `siblings`: the other workers of this process.
        `folder`: what paths are relative to, by default the current folder of this process."""
        context, is_fork = _context()
        self.connection, other = context.Pipe()
        # A forked process has our ends of all pipes; held open there, they would hide that we have ended.
        ours = [self.connection, *(sibling.connection for sibling in siblings)] if is_fork else []
        self._mark = mark
        self._folder = folder
        self._process = context.Process(target=_work, args=(other, ours, limits, mark), daemon=True)
        with _STARTING, nothing_of_the_user(), _no_interrupt(), _may_have_children():
            self._process.start()
        other.close()
        self.job: Job[Any] | None = None
        """What it is doing"""
        self.items = 0
        """How many items it was given"""
        self.held = 0
        """Bytes of memory by which it had grown after the last item, as far as that is known"""

    def send(self, function: Function, job: Job[Any]) -> None:
        """Let it do an item.

        Raises:
            Died: it cannot.
        """
        order: Order = (str(self._folder or os.getcwd()), function, job.item, job.culprits, job.alone)
        data = pickle.dumps(order, pickle.HIGHEST_PROTOCOL)
        self.job = job
        self.items += 1
        job.started(self._mark)
        try:
            self.connection.send_bytes(data)
        except OSError:
            raise self._died() from None

    def receive(self) -> Any:
        """What the function gave. Waits for it.

        Raises:
            Died: the process has ended.
            PipelineError: the function raised it.
        """
        try:
            result, error, self.held = self.connection.recv()
        except (EOFError, OSError):
            raise self._died() from None
        if isinstance(error, bounds.Starved):
            raise Died(error.mark, Problem("memory-limit", "needs more memory than its limit"))
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Send the process home when it is idle."""
        self.connection.close()
        self._process.join(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self.connection.close()
        self._mark.unlink(missing_ok=True)

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        pid: int | None = self._process.pid
        return pid

    def _died(self) -> Died:
        self._process.join(_PATIENCE)
        mark, code = bounds.read_mark(self._mark), self._process.exitcode
        self.kill()
        return Died(mark, problem_of(code))


def _context() -> tuple[Any, bool]:
    """How processes are started, and whether they are forked from this one."""
    if _may_fork():
        return multiprocessing.get_context("fork"), True
    if "forkserver" in multiprocessing.get_all_start_methods():
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.corpus.plan"])
        return context, False
    return multiprocessing.get_context("spawn"), False


def _may_fork() -> bool:
    """Whether this process can be forked: another thread might hold a lock that nobody would release in the copy."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


@contextmanager
def nothing_of_the_user() -> Iterator[None]:
    """Keep the user's own files out of the workers that start meanwhile.

    The main module is hidden, since spawned workers would run it anew: a script that calls us need not be guarded by
    `if __name__ == "__main__"`. And Python must not put the current folder first on the path (`-c` does, by which
    `multiprocessing` starts its servers and workers), or a `random.py` that lies there would be run by each of them.
    """
    main = sys.modules["__main__"]
    safe = os.environ.get(SAFE_PATH)
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if safe is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = safe


@contextmanager
def _may_have_children() -> Iterator[None]:
    """Let a process that another program has started as a daemon of its own, as Dask does with its workers, start one. The
    rule against it is there for processes that nobody would end; ours end with the one that started them."""
    process = multiprocessing.current_process()
    before = process.daemon
    process.daemon = False
    try:
        yield
    finally:
        process.daemon = before


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold back an interrupt until the process that starts meanwhile has forgotten what this one does about it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(connection: Connection, ours: Sequence[Connection], limits: Limits, mark: Path) -> None:
    """The life of a worker process. `ours`: ends of pipes that belong to the process that started it."""
    for other in ours:
        other.close()
    _forget_handlers()
    gc.freeze()
    gc.set_threshold(*RARELY)
    at_first = _memory()
    orders: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, orders), daemon=True).start()
    while True:
        folder, function, item, culprits, alone = pickle.loads(orders.get())
        os.chdir(folder)
        try:
            with bounds.use(limits, mark, culprits, alone=alone):
                answer: tuple[Any, BaseException | None] = function(item), None
        except (PipelineError, bounds.Starved) as error:
            answer = None, error
        except OSError as error:
            answer = None, failed(error, mark.parent)
        except Exception as error:
            answer = None, unforeseen(error)
        connection.send((*answer, _memory() - at_first))


def _memory() -> int:
    """Bytes of memory that this process has, but for files; 0 where the system does not say so."""
    try:
        with open("/proc/self/statm", "rb") as handle:
            _, resident, of_files = map(int, handle.read().split()[:3])
    except (OSError, ValueError):
        return 0
    return (resident - of_files) * mmap.PAGESIZE


def _forget_handlers() -> None:
    """Leave an interrupt to the process that started this one, and let the timers of `bounds` end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGPROF", "SIGALRM", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _listen(connection: Connection, orders: SimpleQueue[bytes]) -> None:
    """Take orders, and end this process when nobody is there to give any: one that was killed cannot say so."""
    try:
        while True:
            orders.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)


def failed(error: OSError, folder: Path) -> OutputError:
    """What the disk refused in a step that works in `folder`."""
    return OutputError(f"{error.filename or folder}: {error.strerror or error}")


def unforeseen(error: Exception) -> PipelineError:
    """An error that no document is to blame for, as one sentence."""
    problem = bounds.problem_of(error)
    return PipelineError(f"this should not happen, please report it: {problem.message}")
