"""Which files below an input folder are inputs: patterns to include and exclude, as `.gitignore` has them.

A pattern without a slash matches a name at any depth; one with a slash the path below the folder. `*` and `?` stand for
anything but `/`, `**` for any number of folders, `[a-z]` for a character, `[!a-z]` for another. What matches a folder
matches all that is in it. Of the patterns to exclude the last one that matches decides; `!` before it takes a file back in.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache

from pipeline.errors import UsageError
from pipeline.wording import spelled

IGNORE_FILE = ".pipelineignore"
_SIGN = re.compile(r"\*\*/|\*\*|[*?]|\[!?\]?[^\]/]*\]")
_SIGNS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Patterns of the command line."""

    include: tuple[str, ...] = ()
    """Where there are any, a file matches one of them"""
    exclude: tuple[str, ...] = ()

    def below(self, root: str) -> Chosen:
        """The same, behind what the folder's `.pipelineignore` excludes.

        Raises:
            UsageError: that file cannot be read.
        """
        path = os.path.join(root, IGNORE_FILE)
        if not os.path.isfile(path):
            return self
        try:
            with open(path, encoding="utf-8") as file:
                lines = [line.rstrip() for line in file]
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read: {error}") from None
        own = tuple(line for line in lines if line and not line.startswith("#"))
        return Chosen(self.include, (*own, *self.exclude))

    def wants(self, path: str) -> bool:
        """Whether the file at `path` below its folder is an input."""
        if self.include and not any(_compiled(pattern).match(path) for pattern in self.include):
            return False
        wanted = True
        for pattern in self.exclude:
            if _compiled(pattern.removeprefix("!")).match(path):
                wanted = pattern.startswith("!")
        return wanted


ALL = Chosen()


def is_pattern(text: str) -> bool:
    """Whether a part of a path has signs that stand for other characters."""
    return _SIGN.search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of `Chosen`, to be matched at the beginning of a path.

    Raises:
        UsageError: it is none.
    """
    plain = pattern.replace(os.sep, "/").rstrip("/")
    anywhere = "" if "/" in plain else "(?:.*/)?"
    return glob(plain.removeprefix("/"), pattern, anywhere)


def glob(pattern: str, shown: str, before: str = "") -> re.Pattern[str]:
    """A pattern as an expression for whole paths, and for those of all that lies below. `before` stands before it.

    Raises:
        UsageError: it is none; the message calls it `shown`.
    """
    pattern = spelled(pattern)  # as names are
    regex = ""
    position = 0
    for match in _SIGN.finditer(pattern):
        sign = match.group()
        regex += re.escape(pattern[position : match.start()])
        if sign in _SIGNS:
            regex += _SIGNS[sign]
        else:
            characters = re.sub(r"([\\^\[\]&~|])", r"\\\1", sign[1:-1].removeprefix("!"))
            regex += f"[{'^' * (sign[1] == '!')}{characters}]"
        position = match.end()
    regex += re.escape(pattern[position:])
    try:
        return re.compile(f"{before}(?:{regex})(?:/.*)?\\Z", re.DOTALL)
    except re.error as error:
        raise UsageError(f"{shown}: not a pattern: {error}") from None
