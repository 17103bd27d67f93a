"""The output folder: held by one run, written beside what is shown, and shown in one step (`commit.py`)."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import weakref
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from pipeline import jsonlines
from pipeline.errors import OutputBusyError, OutputError
from pipeline.read.outputs import MANIFEST, PRIVATE
from pipeline.records import FILES, Manifest, OutputFile
from pipeline.write import commit
from pipeline.write.formats import FORMATS, output_name

REPORT = "report.html"
HELD: list[OutputFolder] = []
"""The folders that this process holds, for who ends it and has to say what has become of them"""


class OutputFolder:
    """OUT, held for one run. Files appear under their final names only in `publish`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.staging = path / PRIVATE / "staging"
        self.scratch = path / PRIVATE / "scratch"
        """For what a run needs only while it lasts"""
        self.store = path / PRIVATE / "store"
        """For what the next run can use"""
        self.outputs: list[OutputFile] = []
        self.is_published = False
        """Whether OUT shows what this run has written"""
        self.is_fresh = False
        """Whether this run keeps nothing for the next"""

    def write(self, name: str, data: bytes) -> None:
        """Stage an output file that holds no records."""
        with self.guarded():
            (self.staging / name).write_bytes(data)
        self.outputs.append(
            OutputFile(path=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), records=None)
        )

    def may_write(self, name: str, mark: bytes) -> bool:
        """Whether nothing of somebody else's has this name: in a folder that was forced, a `README.md` may. One of ours has the
        mark."""
        path = self.path / name
        if name in _earlier_outputs(self.path) or not os.path.lexists(path):
            return True
        with self.guarded():
            return path.is_file() and mark in path.read_bytes()

    def publish(self, manifest: Manifest) -> None:
        """Show every staged file, and the manifest. Files of an earlier run that this one lacks go away."""
        with self.guarded():
            (self.staging / MANIFEST).write_bytes(jsonlines.indented(manifest))
            names = {MANIFEST, *(output.path for output in self.outputs)}
            earlier = {MANIFEST, *_earlier_outputs(self.path)}
            commit.publish(self.path, self.path / PRIVATE, names, earlier, self._shown)

    def replace(self, manifest: Manifest) -> None:
        """Show the staged files, and the manifest, which knows those that stay as they are, too."""
        with self.guarded():
            (self.staging / MANIFEST).write_bytes(jsonlines.indented(manifest))
            names = {MANIFEST, *(output.path for output in self.outputs)}
            commit.publish(self.path, self.path / PRIVATE, names, names, self._shown)

    def _shown(self) -> None:
        self.is_published = True

    def keep(self, name: str) -> Path:
        """The folder `name` of the store, made where it is missing."""
        with self.guarded():
            (self.store / name).mkdir(parents=True, exist_ok=True)
        return self.store / name

    def prune(self, name: str, used: Container[str]) -> None:
        """Remove from the store what the run did not use: other folders, and files whose names up to the dot are not in
        `used`. What cannot be removed stays."""
        with suppress(OSError):
            for folder in self.store.iterdir():
                if folder.name != name:
                    shutil.rmtree(folder, ignore_errors=True)
            for path in (self.store / name).iterdir():
                if path.name.partition(".")[0] not in used:
                    path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what this run, or one that was killed, has left half done."""
        for leftover in (self.staging, self.scratch):
            shutil.rmtree(leftover, ignore_errors=True)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turns a failure of the file system into an `OutputError` that says where."""
        try:
            yield
        except OSError as error:
            raise OutputError(f"{error.filename or self.path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def hold(path: Path, *, force: bool) -> Iterator[OutputFolder]:
    """The output folder `path`, locked against other runs and ready to write into.

    Raises:
        OutputError: the folder holds files of somebody else and `force` is not given, or it cannot be written.
        OutputBusyError: another run holds it.
    """
    folder = OutputFolder(path)
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: is a file; OUT must be a folder")
    if not force and _is_foreign(path):
        raise OutputError(
            f"{path}: is not empty and was not written by pipeline; choose another folder, or --force to write into it"
        )
    with folder.guarded():
        (path / PRIVATE).mkdir(parents=True, exist_ok=True)
        commit.sync(path.absolute().parent)
        lock = (path / PRIVATE / "lock").open("a+b")
    with lock:
        if not _lock(lock):
            raise OutputBusyError(
                f"{path}: another run is writing here{_holder(lock)}; wait for it to end, or choose another folder"
            )
        with folder.guarded():
            _sign(lock)
            commit.settle(path, path / PRIVATE)
            folder.clear()
            folder.staging.mkdir()
            folder.scratch.mkdir()
        try:
            HELD.append(folder)
            with folder.guarded():
                yield folder
        finally:
            with suppress(OSError):  # the next run will
                folder.is_published |= commit.settle(path, path / PRIVATE)
            if not os.path.lexists(path / PRIVATE / commit.CURRENT):
                folder.clear()
            HELD.remove(folder)  # last: who is interrupted before is told what has become of it


def stored(path: Path) -> Iterator[tuple[str, int, int]]:
    """What is kept under the output folder `path`: name, number of files and bytes of each folder of the store.

    Raises:
        OutputError: `path` is no output folder.
    """
    if not (path / PRIVATE).is_dir():
        raise OutputError(f"{path}: is not an output folder of pipeline")
    store = path / PRIVATE / "store"
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        sizes = [item.stat().st_size for item in folder.rglob("*") if item.is_file()]
        yield folder.name, len(sizes), sum(sizes)


def forget(path: Path) -> tuple[int, int]:
    """Remove what is kept under the output folder `path`; how many files and bytes that was.

    Raises:
        OutputError: `path` is no output folder.
        OutputBusyError: a run holds it.
    """
    found = list(stored(path))
    with hold(path, force=False) as output:
        shutil.rmtree(output.store, ignore_errors=True)
    return sum(files for _, files, _ in found), sum(size for _, _, size in found)


def _lock(handle: BinaryIO) -> bool:
    """Lock an open file against other processes until it is closed; False where another one holds it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt  # Windows, where what is locked cannot be read: a byte far behind the content is

        handle.seek(_FAR)
        lock = partial(msvcrt.locking, handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        lock = partial(fcntl.flock, handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        lock()
    except OSError:
        return False
    return True


def _sign(lock: BinaryIO) -> None:
    """Write down who holds the lock. A copy of this process does not: it must not keep the lock when this one ends."""
    lock.truncate(0)
    lock.write(jsonlines.encode({"process": os.getpid(), "machine": socket.gethostname()}))
    lock.flush()
    _LOCKS.add(lock)


def _holder(lock: BinaryIO) -> str:
    """Who holds the lock, as far as it has said so."""
    try:
        lock.seek(0)
        said = jsonlines.decode(lock.read(_FAR), dict[str, Any])
        return f" (process {said['process']} on {said['machine']})"
    except (OSError, ValueError, TypeError, KeyError):
        return ""


_FAR = 1 << 16
_LOCKS: weakref.WeakSet[BinaryIO] = weakref.WeakSet()


def _let_go() -> None:
    for lock in _LOCKS:
        lock.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _is_foreign(path: Path) -> bool:
    if not path.is_dir() or (path / PRIVATE).is_dir() or _earlier_outputs(path):
        return False
    return any(item.name != ".gitkeep" for item in path.iterdir())


def is_written(name: str) -> bool:
    """Whether a run may write a file of this name into OUT."""
    return name in (MANIFEST, REPORT) or (output_name(name) in FILES and name.endswith(FORMATS))


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the last run that finished in `path`; empty where none did."""
    try:
        manifest = jsonlines.decode((path / MANIFEST).read_bytes(), dict)
    except (OSError, jsonlines.JsonError):
        return {}
    return manifest if "pipeline_version" in manifest else {}


def _earlier_outputs(path: Path) -> set[str]:
    """The names of the files that the manifest in `path` lists; never one outside the folder."""
    try:
        outputs: Sequence[Any] = read_manifest(path).get("outputs", ())
        return {name for item in outputs if Path(name := str(item["path"])).name == name}
    except (KeyError, TypeError):
        return set()
