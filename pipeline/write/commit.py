"""The one step from the output of one run to that of the next, whenever power or patience run out.

Files that lie in OUT cannot be replaced all at once, but what a link leads to can. So for the moment of the change every
name in OUT is a link through `.pipeline/current`:

    1. the files of the new run are on the disk, in `.pipeline/staging`
    2. `current` leads to `.pipeline/old`, where the files of the old run have second names
    3. each name in OUT becomes a link through `current`: who reads it still reads the old run
    4. `current` is renamed to lead to `.pipeline/staging`: this is the step. Who reads OUT reads the new run
    5. the new files take the place of the links, and nothing of this is left

Wherever that stops, OUT shows one of the two runs whole, and `settle` makes files of the links again: those of the old
run up to step 4, those of the new one from then on. Each step is on the disk before the next begins.

Where the file system has no links, names are replaced one after another once `current`, a file there, says so; a run that
was stopped in the middle of that is brought to its end by `settle`.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CURRENT, OLD, STAGING = "current", "old", "staging"
STAGED = "link"
"""A link or a file that is about to get its name"""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""What a file system says that has no links of a kind, and Windows to those who may make none"""
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def publish(
    out: Path,
    private: Path,
    names: Collection[str],
    earlier: Collection[str],
    done: Callable[[], None] = lambda: None,
) -> None:
    """Show the files `names`, which lie in the staging folder below `private`, in `out`. Of `earlier`, the names of the
    run before, those that are not among them go away. `done` is called once they are shown, before an interrupt that has
    waited is let through.

    Raises:
        OSError: something cannot be written, and the old run is still shown.
    """
    for name in names:
        sync(private / STAGING / name)
    sync(private / STAGING)
    present = [name for name in {*names, *earlier} if (out / name).is_file()]
    with _undisturbed():
        _publish(out, private, names, earlier, present)
        done()


def _publish(
    out: Path, private: Path, names: Collection[str], earlier: Collection[str], present: Collection[str]
) -> None:
    try:
        _link_old(out, private, present)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.rmtree(private / OLD, ignore_errors=True)
        _replace(private / CURRENT, "\n".join(sorted(set(earlier) - set(names))))
    else:
        for name in {*names, *present}:
            _replace_by_link(out / name, os.path.join(private.name, CURRENT, name), private)
        sync(out)
        _replace_by_link(private / CURRENT, STAGING, private)
    with suppress(OSError):  # the new run is shown; what cannot be tidied up now, the next run will
        sync(private)
        settle(out, private)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let an interrupt wait: the step takes some milliseconds, and who interrupts it wants to know on which side it is.

    The handlers wait, and not the signals: one that this thread has blocked is given to another thread, and its handler runs
    here all the same.
    """
    if threading.current_thread() is not threading.main_thread():  # handlers are the main thread's
        yield
        return
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda sent, _: waiting.append(sent)) for number in _INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if waiting:
            signal.raise_signal(waiting[0])


def settle(out: Path, private: Path) -> bool:
    """Bring to its end what `publish` has begun, or take it back where it did not come to the step itself; whether `out`
    has another run than before.

    Raises:
        OSError: something cannot be written.
    """
    current = private / CURRENT
    is_new = False
    if current.is_symlink():
        is_new = os.readlink(current) == STAGING
        _move(private / os.readlink(current), out)
        for path in out.iterdir():
            if path.is_symlink() and Path(os.readlink(path)).parts[:2] == (private.name, CURRENT):
                path.unlink()
    elif current.exists():
        is_new = True
        _move(private / STAGING, out)
        for name in current.read_text().splitlines():
            (out / name).unlink(missing_ok=True)
    if current.is_symlink() or current.exists():
        sync(out)
        current.unlink()
    shutil.rmtree(private / OLD, ignore_errors=True)
    (private / STAGED).unlink(missing_ok=True)
    return is_new


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before anything else is done.

    Raises:
        OSError: it cannot be.
    """
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link_old(out: Path, private: Path, present: Collection[str]) -> None:
    """Give the files of the old run second names, and let `current` lead to them."""
    shutil.rmtree(private / OLD, ignore_errors=True)
    (private / OLD).mkdir()
    for name in present:
        os.link(out / name, private / OLD / name)
    sync(private / OLD)
    _replace_by_link(private / CURRENT, OLD, private)
    sync(private)


def _replace_by_link(path: Path, target: str, folder: Path) -> None:
    staged = folder / STAGED
    staged.unlink(missing_ok=True)
    os.symlink(target, staged)
    os.replace(staged, path)


def _replace(path: Path, text: str) -> None:
    staged = path.with_name(STAGED)
    staged.write_text(text)
    sync(staged)
    os.replace(staged, path)


def _move(folder: Path, out: Path) -> None:
    """Put the files of a folder into the place of the links in `out`."""
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        os.replace(path, out / path.name)
