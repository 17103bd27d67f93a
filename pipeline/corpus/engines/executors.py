"""The executors that the command line knows by name: those of Ray and of Dask. Any other is handed over from Python."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from pipeline.corpus.engines.interface import Task
from pipeline.corpus.engines.worker import nothing_of_the_user
from pipeline.errors import UsageError
from pipeline.wording import installing, last_words

_RETRIES = 8
"""How often Ray runs a task again whose process or node it has lost."""
_PATIENCE = 20
"""Seconds to look for the head of a cluster, and between two looks at whether it is still there"""
_LOOKS = 2
"""How often the head of Ray's cluster may be missed. Ray itself waits for a minute."""


class Ray:
    """Runs functions as tasks of a Ray cluster, each on one processor."""

    def __init__(self, address: str | None, neutral: Path) -> None:
        """`address`: that of the cluster, by default RAY_ADDRESS, else a cluster that this machine belongs to, else a new one
        on this machine alone. `neutral`: a folder without modules.

        Raises:
            UsageError: Ray is not installed, or cannot be reached.
        """
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        try:
            import ray
        except ImportError:
            raise UsageError(f"--engine ray needs Ray: {installing('ray')}") from None
        self._ray: Any = ray
        self._is_ours = not ray.is_initialized()
        if self._is_ours:
            # Ray puts the current folder first on the path of all its workers, and takes SIGTERM for itself.
            with chdir(neutral), _signals_kept(), nothing_of_the_user():
                try:
                    _look_for(address or os.environ.get("RAY_ADDRESS"))
                    ray.init(address, include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
                except Exception as error:
                    raise UsageError(f"Ray cannot be reached{_at(address)}: {last_words(str(error))}") from None
        self._remote = ray.remote(num_cpus=1, max_retries=_RETRIES, scheduling_strategy="SPREAD")(_call)

    @property
    def num_workers(self) -> int:
        """The processors of the cluster."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Task:
        """Run the function with these arguments as a task."""
        return _RayTask(self._ray, self._remote.remote(function, *args))

    def close(self) -> None:
        """Leave the cluster, which ends what is still under way."""
        if self._is_ours:
            self._ray.shutdown()


class _RayTask:
    """A task, while the head of the cluster is there: Ray ends this process without a word when it has lost that for long."""

    def __init__(self, ray: Any, reference: Any) -> None:
        self._ray = ray
        self._reference = reference

    def result(self) -> Any:
        missed = 0
        while True:
            try:
                return self._ray.get(self._reference, timeout=_PATIENCE)
            except self._ray.exceptions.GetTimeoutError:
                missed = 0 if _answers(self._ray.get_runtime_context().gcs_address) else missed + 1
                if missed == _LOOKS:
                    raise BrokenExecutor("the head of its cluster has gone away") from None

    def cancel(self) -> None:
        self._ray.cancel(self._reference, force=True)


class Dask:
    """Runs functions as tasks of a Dask cluster."""

    def __init__(self, address: str | None, workers: int | None) -> None:
        """`address`: that of the scheduler, or the path of the file that it has written; by default what Dask's configuration
        says, such as DASK_SCHEDULER_ADDRESS, else a new cluster on this machine alone, of so many `workers`.

        Raises:
            UsageError: Dask is not installed, or its scheduler cannot be reached.
        """
        try:
            import dask
            import distributed
            from distributed.comm import addressing
        except ImportError:
            raise UsageError(f"--engine dask needs Dask: {installing('dask')}") from None
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong is told by us, in one line
        library: Any = distributed
        address = address or dask.config.get("scheduler-address", None)
        if address is None:
            how: dict[str, Any] = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        elif address.endswith(".json"):
            how = {"scheduler_file": address}
        else:
            how = {"address": address}
        with nothing_of_the_user():
            try:
                if "scheduler_file" in how:
                    _wait_for(Path(how["scheduler_file"]))
                elif "address" in how:  # a client with one that makes no sense is not rid of
                    addressing.get_address_host(addressing.normalize_address(address))
                self._client: Any = library.Client(timeout=_PATIENCE, set_as_default=False, **how)
            except Exception as error:
                raise UsageError(f"Dask cannot be reached{_at(address)}: {last_words(str(error))}") from None
        self._executor = self._client.get_executor(pure=False)

    @property
    def num_workers(self) -> int:
        """The threads of all workers, each of which runs a task."""
        return max(1, sum(self._client.ncores().values()))

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Task:
        """Run the function with these arguments as a task."""
        return _DaskTask(self._client, self._executor.submit(function, *args))

    def close(self) -> None:
        """Leave the cluster; one that was started for this ends."""
        self._client.close()


class _DaskTask:
    """A task of which nothing is heard any more when the scheduler goes away for good."""

    def __init__(self, client: Any, future: Future[Any]) -> None:
        self._client = client
        self._future = future

    def result(self) -> Any:
        while True:
            try:
                return self._future.result(_PATIENCE)
            except TimeoutError:
                if self._future.done():
                    raise
                if self._client.status not in ("running", "connecting"):
                    raise BrokenExecutor("its scheduler has gone away") from None

    def cancel(self) -> None:
        if self._client.status == "running":
            self._future.cancel()


def _call(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def _look_for(address: str | None) -> None:
    """Look whether anybody answers at HOST:PORT. Ray itself does so for ten minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = (address or "").rpartition(":")
    if port.isdecimal() and "://" not in host:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def _answers(address: str) -> bool:
    try:
        _look_for(address)
    except OSError:
        return False
    return True


def _wait_for(file: Path) -> None:
    """Wait for the file of a scheduler that may be starting.

    Raises:
        OSError: there is none.
    """
    deadline = time.monotonic() + _PATIENCE
    while not file.exists():
        if time.monotonic() > deadline:
            raise FileNotFoundError("there is no such file")
        time.sleep(0.1)


def _at(address: str | None) -> str:
    return f" at {address}" if address else ""


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Whatever starts meanwhile, this process does at a signal what it did before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
