"""Files inside a file: each is an input of its own, named `archive.zip#path`, whatever its format.

Nothing is unpacked to disk, so no path can lead anywhere. What members may come to together, how many there may be and
how deep they may lie is bounded for each input: an archive of a few kilobytes can hold petabytes.
"""

from __future__ import annotations

import posixpath
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import Protocol, cast

from pipeline.errors import InputError
from pipeline.model import RawDocument
from pipeline.read.compression import SUFFIXES
from pipeline.read.encodings import looks_like_text
from pipeline.read.interface import (
    MAX_EXPANDED,
    WITHOUT_DOCUMENT,
    Format,
    Item,
    ReadOptions,
    Skipped,
    Span,
    failure,
    member,
)
from pipeline.read.opened import Opened
from pipeline.wording import said

MAX_MEMBERS = 1_000_000
MAX_DEPTH = 4
"""Archives inside archives."""
MAX_RATIO = 500
"""Members of more than `MAX_EXPANDED` together, and of more than this for each byte of the input, are a bomb."""
_BINARY = SUFFIXES | {
    ".zip",
    ".wacz",
    ".epub",
    ".docx",
    ".odt",
    ".pdf",
    ".parquet",
    ".arrow",
    ".feather",
    ".tgz",
    ".tar",
}
_CONTROLS = bytes(range(9))
_PIECE = 1 << 18
_IN_MEMORY = 1 << 24


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


class Budget:
    """What all members of one input may come to, however deep they lie; or all documents of one file."""

    def __init__(self, size: int) -> None:
        """`size`: of the input, in bytes."""
        self._most = max(MAX_EXPANDED, size * MAX_RATIO)
        self._spent = 0
        self._members = 0

    @property
    def most(self) -> int:
        """So many bytes, and no more."""
        return self._most

    def spend(self, count: int) -> None:
        """Count so many bytes more.

        Raises:
            InputError: `too-large`.
        """
        self._spent += count
        if self._spent > self._most:
            raise InputError(
                "too-large", f"what it holds comes to more than {self._most >> 20} MiB; the rest is not read"
            )

    def enter(self) -> None:
        """Count a member more.

        Raises:
            InputError: `too-large`.
        """
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise InputError("too-large", f"it holds more than {MAX_MEMBERS:,} files; the rest is not read")


def everything(opened: Opened, form: Format, options: ReadOptions, span: Span | None = None) -> Iterator[Item]:
    """What a file gives, or a part of it, and a failure for what ended the reading. Of a whole file that gives nothing, it
    is said that there is nothing. Documents are counted, too: a table with a dictionary can say one text a billion times.
    Never raises for an input."""
    found = False
    budget = Budget(opened.size())
    try:
        check_called_right(opened, form)
        for item in form.read(opened, span, options):
            found = True
            if isinstance(item, RawDocument):
                budget.spend(len(item.data))
            yield item
    except InputError as error:
        yield failure(opened.source, opened.problem or error)
    else:
        if opened.problem is not None:
            yield failure(opened.source, opened.problem)
        elif span is None and not found:
            yield Skipped(WITHOUT_DOCUMENT)


def check_called_right(opened: Opened, form: Format) -> None:
    """Check that a file which is called like a compressed one or an archive is one, or is text: some servers send it so.

    Raises:
        InputError: `damaged`.
    """
    suffix = posixpath.splitext(opened.source.lower())[1]
    head = opened.head()
    if suffix not in _BINARY or opened.compression is not None or form.name != "document" or not head:
        return
    if not looks_like_text(head) or head.translate(None, _CONTROLS) != head:
        raise InputError("damaged", f"is called {suffix}, but its beginning is not that of such a file")


class Members:
    """Reads the members of one archive."""

    def __init__(self, archive: Opened, options: ReadOptions) -> None:
        self._archive = archive
        self._options = options
        self._names: Counter[str] = Counter()
        if archive.budget is None:
            archive.budget = Budget(archive.size())
        self._budget = archive.budget

    @property
    def most(self) -> int:
        """A member of more bytes is none that the input can hold."""
        return self._budget.most

    def passed(self, path: str) -> None:
        """Count the name of a member that is not read, or in another part of the archive."""
        inside = _inside(path)
        if not _leads_out(inside) and not _is_hidden(inside):
            self._name(inside)

    def read(self, path: str, stream: Readable, errors: tuple[type[Exception], ...]) -> Iterator[Item]:
        """What a member gives. `errors`: what its stream raises where it is damaged.

        Raises:
            InputError: the bounds of the archive are passed.
        """
        self._budget.enter()
        inside = _inside(path)
        if _leads_out(inside):
            message = f"the path of a member leads out of the archive: {path[:200]!r}"
            yield failure(self._archive.source, InputError("unsafe-path", message))
            return
        if _is_hidden(inside):
            yield Skipped("hidden file")
            return
        name = self._name(inside)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
            problem = None
            try:
                while piece := stream.read(_PIECE):
                    self._budget.spend(len(piece))
                    copy.write(piece)
            except errors as error:
                problem = InputError("damaged", f"the rest of it cannot be read: {said(error)}")
            copy.seek(0)
            yield from self._inside(name, copy)
            if problem is not None:
                yield failure(name, problem)

    def _name(self, path: str) -> str:
        """The name of a member, unlike that of any other."""
        path = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("#", "%23")
        self._names[path] += 1
        count = self._names[path]
        name = f"{self._archive.source}#{path}"
        return name if count == 1 else member(name, count - 1)

    def _inside(self, name: str, copy: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[Item]:
        from pipeline.read import registry  # which knows the formats that have members

        inner = Opened(name, cast("object", copy), depth=self._archive.depth + 1, budget=self._budget)  # type: ignore[arg-type]
        options = self._options.of(name)
        form = registry.recognise(inner.head(), name, options)
        if form.has_members and inner.depth > MAX_DEPTH:
            yield failure(
                name, InputError("nested", f"archives inside archives, more than {MAX_DEPTH} deep, are not read")
            )
        else:
            yield from everything(inner, form, options)


def _inside(path: str) -> str:
    """Where in the archive a member lies."""
    return posixpath.normpath(path.replace("\\", "/").lstrip("/") or "unnamed")


def _leads_out(inside: str) -> bool:
    return inside == ".." or inside.startswith("../")


def _is_hidden(inside: str) -> bool:
    return any(part.startswith(".") for part in inside.split("/")) or inside.startswith("__MACOSX/")
