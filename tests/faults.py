"""A file system that fails when it is told to: at its N-th operation it is full, is damaged, kills, or loses power;
or the user interrupts there.

    with Faults(folder, at=7, deed="full"): ...

Operations are what this process does to files below `folder`: create, write, rename, link, remove, sync. A loss of power
leaves of a file what was synced of it. Of the names in a folder it leaves those that were there when the folder was last
synced (`synced`), or those of the last moment (`all`): file systems do both, and all that lies between.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(eq=False)
class Node:
    """A file, a link or a folder."""

    synced: bytes = b""
    """What is on the disk of a file"""
    target: str | None = None
    """Where a link leads"""
    is_folder: bool = False


class Faults:
    """Counts the operations below a folder, and does what it is told at one of them."""

    def __init__(self, folder: Path, at: int | None = None, deed: str = "full", lost: Path | None = None) -> None:
        """`lost`: where to put what is left of `folder` after a loss of power, for the deeds `synced` and `all`."""
        self.folder = folder.absolute()
        self.at, self.deed, self.lost = at, deed, lost
        self.done: list[str] = []
        """The operations so far"""
        self._undo: list[tuple[Any, str, Any]] = []
        self._now: dict[str, Node] = {}
        """By path, as this process sees it"""
        self._disk: dict[str, dict[str, Node]] = {}
        """By folder, then by name, as it is on the disk"""

    def __enter__(self) -> Faults:
        self._now[str(self.folder)] = Node(is_folder=True)
        for path in self.folder.rglob("*"):
            if path.is_symlink():
                self._now[str(path)] = Node(target=os.readlink(path))
            else:
                self._now[str(path)] = Node(path.read_bytes() if path.is_file() else b"", None, path.is_dir())
        for path, node in self._now.items():
            if node.is_folder:
                self._disk[path] = self._names(path)
        for name in ("mkdir", "unlink", "rmdir", "rename", "replace", "link", "symlink"):
            self._wrap(os, name, self._on_names)
        self._wrap(os, "fsync", self._on_sync)
        self._wrap(io, "open", self._on_open)
        self._wrap(builtins, "open", self._on_open)
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, real in reversed(self._undo):
            setattr(owner, name, real)

    def _wrap(self, owner: Any, name: str, how: Callable[..., Any]) -> None:
        real = getattr(owner, name)
        self._undo.append((owner, name, real))
        setattr(owner, name, lambda *arguments, **options: how(name, real, *arguments, **options))

    def step(self, what: str) -> None:
        """One operation is about to be done: do what was told, if this is the one."""
        if len(self.done) == self.at:
            if self.deed in ("full", "damaged"):
                number = errno.ENOSPC if self.deed == "full" else errno.EIO
                raise OSError(number, os.strerror(number))
            if self.deed == "interrupted":
                self.done.append(what)  # before the handler, which does more
                os.kill(os.getpid(), signal.SIGINT)
                return
            if self.lost is not None:
                self._leave(str(self.folder), self.lost)
            os.kill(os.getpid(), signal.SIGKILL)
        self.done.append(what)

    def _path(self, path: Any, folder: int | None = None) -> str | None:
        """The absolute path of something below our folder, None for anything else."""
        if not isinstance(path, str | os.PathLike):
            return None
        above = "" if folder is None else os.readlink(f"/proc/self/fd/{folder}")
        absolute = os.path.abspath(os.path.join(above, os.fspath(path)))
        return absolute if absolute.startswith(f"{self.folder}/") else None

    def _on_names(
        self, name: str, real: Callable[..., Any], *paths: Any, dir_fd: int | None = None, **more: Any
    ) -> Any:
        ours = [self._path(path, dir_fd) for path in paths[:2]]
        last = ours[-1] if name in ("rename", "replace", "link", "symlink") else ours[0]
        if last is None:
            return real(*paths, **more)
        self.step(f"{name} {os.path.basename(last)}")
        result = real(*paths, **more) if dir_fd is None else real(*paths, dir_fd=dir_fd, **more)
        first = ours[0] or ""
        if name == "mkdir":
            self._now[last], self._disk[last] = Node(is_folder=True), {}
        elif name in ("unlink", "rmdir"):
            del self._now[last]
        elif name == "symlink":
            self._now[last] = Node(target=os.fspath(paths[0]))
        elif name == "link":
            self._now[last] = self._now[first]
        elif self._now.get(last) is not self._now[first]:  # else nothing happens: they are the same file
            for path in [path for path in self._now if path == first or path.startswith(f"{first}/")]:
                self._now[last + path[len(first) :]] = self._now.pop(path)
        return result

    def _on_sync(self, name: str, real: Callable[..., Any], handle: Any) -> Any:
        number = handle if isinstance(handle, int) else handle.fileno()
        path = os.readlink(f"/proc/self/fd/{number}")
        if path in self._now:
            self.step(f"sync {os.path.basename(path)}")
            if self._now[path].is_folder:
                self._disk[path] = self._names(path)
            else:
                self._now[path].synced = Path(path).read_bytes()
        return real(number)

    def _on_open(
        self, name: str, real: Callable[..., Any], file: Any, mode: str = "r", *more: Any, **options: Any
    ) -> Any:
        path = self._path(file)
        if path is None or not any(sign in mode for sign in "wax+"):
            return real(file, mode, *more, **options)
        self.step(f"create {os.path.basename(path)}")
        opened = real(file, mode, *more, **options)
        if "w" in mode or path not in self._now:
            self._now[path] = Node()
        return _Written(self, opened)

    def _names(self, folder: str) -> dict[str, Node]:
        return {os.path.basename(path): node for path, node in self._now.items() if os.path.dirname(path) == folder}

    def _leave(self, folder: str, lost: Path) -> None:
        """Put what is left of `folder` after a loss of power into `lost`."""
        lost.mkdir()
        names = self._disk.get(folder, {}) if self.deed == "synced" else self._names(folder)
        for name, node in names.items():
            if node.is_folder:
                self._leave(os.path.join(folder, name), lost / name)
            elif node.target is not None:
                (lost / name).symlink_to(node.target)
            else:
                (lost / name).write_bytes(node.synced)


class _Written:
    """A file that is being written: its first write is an operation, and so is its last."""

    def __init__(self, faults: Faults, file: Any) -> None:
        self._faults, self._file = faults, file
        self._is_empty = True

    def write(self, data: Any) -> Any:
        """Write and flush, so that what is there can be seen at once."""
        if self._is_empty:
            self._faults.step("write")
            self._is_empty = False
        count = self._file.write(data)
        self._file.flush()
        return count

    def close(self) -> None:
        """Write the rest."""
        if self._file.mode == "wb" and not self._file.closed:
            try:
                self._faults.step("finish")
            finally:
                self._file.close()
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def child(action: Callable[[], int]) -> int:
    """The exit code of `action` in a copy of this process, negative for a signal."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = action()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def copy(folder: Path, to: Path) -> Path:
    """A copy of a folder, with its links."""
    return Path(shutil.copytree(folder, to, symlinks=True))
