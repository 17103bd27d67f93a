"""Files named in a file, one a line or with NULs between (`find -print0`), for runs over files that no folder has together."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pipeline.errors import UsageError
from pipeline.read import remote
from pipeline.read.entry import Entry, portable
from pipeline.read.opened import STDIN
from pipeline.streams import standard_input


def entries(path: str) -> list[Entry]:
    """The files named in the file at `path`, or on standard input where it is `-`.

    A file is called by its path below the folder that all of them have in common, an address by its host and path. One that is
    not there is an input that cannot be read.

    Raises:
        UsageError: the list cannot be read, or names a folder.
    """
    try:
        data = standard_input().read() if path == STDIN else open(path, "rb").read()  # noqa: SIM115  # closed at once
    except OSError as error:
        raise UsageError(f"{path}: the list of files cannot be read: {error.strerror}") from None
    names = data.split(b"\0") if b"\0" in data else data.splitlines()
    items = list(dict.fromkeys(os.fsdecode(name) for name in names if name.strip()))
    local = [item for item in items if not remote.is_url(item)]
    if folders := [item for item in local if os.path.isdir(item)]:
        raise UsageError(f"{path}: names a folder, {folders[0]}: list its files, or give it as an input")
    above = os.path.commonpath([os.path.dirname(os.path.abspath(item)) for item in local]) if local else ""
    return [_remote(item) if remote.is_url(item) else _local(item, above) for item in items]


def _local(item: str, above: str) -> Entry:
    name = os.path.relpath(os.path.abspath(item), above).replace(os.sep, "/")
    try:
        size = os.stat(item).st_size
    except OSError:
        size = 0
    return Entry(portable(name), item, size)


def _remote(item: str) -> Entry:
    parts = urlsplit(item)
    query = f"?{parts.query}" if parts.query else ""
    return Entry(portable(f"{parts.netloc}{parts.path}{query}".strip("/")), item, 0)
