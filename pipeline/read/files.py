"""Which files the inputs are, and what they are called in the output."""

from __future__ import annotations

import heapq
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path

from msgspec import Struct

from pipeline import patterns
from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.read import chosen, file_list, remote
from pipeline.read.chosen import Chosen
from pipeline.read.entry import Entry, portable
from pipeline.read.opened import STDIN, opened
from pipeline.read.outputs import is_output
from pipeline.streams import standard_input


class _Tree(Struct):
    """A folder, and the files below it that are inputs."""

    root: str
    expressions: list[re.Pattern[str]]
    """One of them matches the path below the root, or that of a folder on the way."""
    given: str
    """The first of the inputs that it is"""
    follow: bool = False
    """Whether links to files may lead out of the root."""
    chosen: Chosen = chosen.ALL

    def wants(self, path: str) -> bool:
        return any(one.match(path) for one in self.expressions) and self.chosen.wants(path)


_ALL = expression("")
_BY_SOURCE = attrgetter("source")
Told = Callable[[str], None]


def _untold(folder: str) -> None:
    """Say nothing."""


def listed(
    inputs: Sequence[str],
    exclude: Path | None = None,
    lists: Sequence[str] = (),
    *,
    follow: bool = False,
    wanted: Chosen = chosen.ALL,
    told: Told = _untold,
) -> Iterator[Entry]:
    """Every file of `inputs` (files, folders, glob patterns, URLs, `-`) and of those named in the files `lists`, in the order
    of their names, as it is asked for.

    Hidden files are passed over, and so are the folder `exclude` and output folders of other runs, of which `told` is given the
    paths: what a run has written is read only where it is named. A file below a folder is named by its path below it.
    With several folders the folder's own name comes first, so that names do not depend on the order of the inputs.
    Links to files are read if they stay below their folder, or with `follow`; links to folders are not. Of the files below
    a folder those are read that are `wanted`, and that its `.pipelineignore` leaves.

    Raises:
        UsageError: an input does not exist, is itself an output folder, or two files would have one name.
    """
    files = [entry for path in lists for entry in file_list.entries(path)]
    trees: dict[str, _Tree] = {}
    for item in dict.fromkeys(inputs):
        found = _look(item)
        if isinstance(found, Entry):
            files.append(found)
        else:
            place = found.root if remote.is_url(found.root) else os.path.realpath(found.root)
            if place not in trees:
                own = wanted if remote.is_url(found.root) else wanted.below(found.root)
                trees[place] = _Tree(found.root, [], found.given, follow, own)
            trees[place].expressions += found.expressions
    excluded = os.path.realpath(exclude) if exclude else None
    if excluded in trees:
        raise UsageError(f"{trees[excluded].root}: is input and output folder at once; write into another one")
    for tree in trees.values():
        if _ALL in tree.expressions and not remote.is_url(tree.root) and is_output(tree.root):
            raise UsageError(
                f"{tree.root}: is the output folder of a run, and no folder of pages; give what that run has read, or the files "
                "in it that you mean"
            )
    prefixes = {place: place.rstrip("/").rpartition("/")[2] + "/" if len(trees) > 1 else "" for place in trees}
    if twice := [place for place in trees if list(prefixes.values()).count(prefixes[place]) > 1]:
        raise _clash(twice[0], twice[1], prefixes[twice[0]].rstrip("/"))
    listings = [_listing(tree, prefixes[place], excluded, told) for place, tree in trees.items()]
    files = list(_unique(sorted(files, key=_BY_SOURCE)))
    for tree, prefix in ((tree, prefixes[place]) for place, tree in trees.items()):
        for file in files:
            below = os.path.join(tree.root, file.source.removeprefix(prefix))
            if file.source.startswith(prefix) and os.path.exists(below) and not os.path.samefile(below, file.path):
                raise _clash(below, file.path, file.source)
    return _unique(heapq.merge(files, *listings, key=_BY_SOURCE))


def find(
    inputs: Sequence[str],
    exclude: Path | None = None,
    lists: Sequence[str] = (),
    *,
    follow: bool = False,
    wanted: Chosen = chosen.ALL,
    told: Told = _untold,
) -> list[Entry]:
    """What `listed` gives, at once.

    Raises:
        UsageError: an input does not exist, is itself an output folder, or two files would have one name.
    """
    return list(listed(inputs, exclude, lists, follow=follow, wanted=wanted, told=told))


def stored(entries: Sequence[Entry], folder: Path) -> list[Entry]:
    """The same inputs, with standard input, which can be read only once and by this process, as a file in `folder`."""
    return [_stored(entry, folder / "stdin") if entry.path == STDIN else entry for entry in entries]


def _stored(entry: Entry, path: Path) -> Entry:
    with opened(entry.path) as stream, path.open("wb") as copy:
        shutil.copyfileobj(stream, copy)
    return Entry(entry.source, str(path), path.stat().st_size)


def _look(item: str) -> Entry | _Tree:
    """What one input is.

    Raises:
        UsageError: there is nothing of the kind.
    """
    if item == STDIN:
        standard_input()  # now, before anything is written
        return Entry("stdin", STDIN, 0)
    if remote.is_url(item):
        # In a web address ? begins a query
        if not item.startswith(("http:", "https:")) and (tree := _glob(item)):
            return tree
        size = remote.size(item)
        return _Tree(item, [_ALL], item) if size is None else Entry(remote.name(item), item, size)
    if os.path.isfile(item):
        return Entry(portable(os.path.basename(item)), item, os.stat(item).st_size)
    if os.path.isdir(item):
        return _Tree(item, [_ALL], item)
    if os.path.exists(item):
        raise UsageError(f"{item}: is neither file nor folder; a pipe is read by '-', as standard input")
    if (tree := _glob(item)) and os.path.isdir(tree.root):
        return tree
    raise UsageError(f"{item}: no such file or folder")


def _glob(item: str) -> _Tree | None:
    """The files that a glob pattern means; None where it is none.

    `*` and `?` stand for anything but `/`, `**` for any number of folders, `[a-z]` for a character, `[!a-z]` for another.
    """
    parts = item.replace(os.sep, "/").split("/")
    fixed = next((i for i, part in enumerate(parts) if patterns.is_pattern(part)), None)
    if fixed is None:
        return None
    root = "/".join(parts[:fixed]) or ("/" if item.startswith("/") else ".")
    return _Tree(root, [patterns.glob("/".join(parts[fixed:]), item)], item)


def _listing(tree: _Tree, prefix: str, excluded: str | None, told: Told) -> Iterator[Entry]:
    """The files of a tree. That there are any is known when this returns.

    Raises:
        UsageError: no file matches, or the folder cannot be listed.
    """
    found = _remote(tree, prefix) if remote.is_url(tree.root) else _walk(tree, prefix, excluded, told)
    first = next(found, None)
    if first is None:
        if _ALL not in tree.expressions:
            raise UsageError(f"{tree.given}: no file matches the pattern")
        return iter(())
    return chain([first], found)


def _remote(tree: _Tree, prefix: str) -> Iterator[Entry]:
    for below, url, size in remote.walk(tree.root):
        if tree.wants(below) and not any(part.startswith(".") for part in below.split("/")):
            yield Entry(prefix + portable(below), url, size)


def _walk(tree: _Tree, prefix: str, excluded: str | None, told: Told) -> Iterator[Entry]:
    try:
        stack = [(tree.root, prefix, iter(_children(tree.root)))]
    except OSError as error:
        raise UsageError(f"{tree.root}: cannot be read: {error.strerror}") from None
    inside = "" if tree.follow else os.path.realpath(tree.root)
    while stack:
        folder, above, names = stack[-1]
        name = next(names, None)
        if name is None:
            stack.pop()
            continue
        path = os.path.join(folder, name.rstrip("/"))
        source = above + portable(name)
        if name.endswith("/"):
            is_own = excluded and os.path.basename(excluded) == name[:-1] and os.path.realpath(path) == excluded
            if is_own or is_output(path):
                told(path)
                continue
            try:
                stack.append((path, source, iter(_children(path))))
            except OSError:
                yield Entry(source, path, 0)
        elif tree.wants(source[len(prefix) :]):
            yield _entry(source, path, inside)


def _entry(source: str, path: str, inside: str) -> Entry:
    try:
        found = os.stat(path, follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            return Entry(source, path, os.stat(path).st_size, inside)
        return Entry(source, path, found.st_size)
    except OSError:
        return Entry(source, path, 0)


def _children(folder: str) -> list[str]:
    """The names in a folder, those of folders with a `/`, in the order of the whole paths below. Links to folders are
    not followed: they may lead anywhere, and round in circles."""
    with os.scandir(folder) as found:
        names = [item.name + "/" * item.is_dir(follow_symlinks=False) for item in found if item.name[0] != "."]
    names.sort(key=portable)
    return names


def _unique(entries: Iterable[Entry]) -> Iterator[Entry]:
    """`entries` without those that were given twice.

    Raises:
        UsageError: two files have one name.
    """
    last = None
    for entry in entries:
        if last is None or last.source != entry.source:
            yield entry
            last = entry
        elif os.path.realpath(last.path) != os.path.realpath(entry.path):
            raise _clash(last.path, entry.path, entry.source)


def _clash(first: str, second: str, name: str) -> UsageError:
    return UsageError(
        f"{first} and {second} would both be called {name!r}: give their common parent folder instead, or rename one"
    )
