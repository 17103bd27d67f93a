"""Patterns of file names, as `.gitignore` has them: the same wherever one may be given.

`*` and `?` stand for anything but `/`, `**` for any number of folders, `[a-z]` for a character, `[!a-z]` for another. A pattern
without a slash holds for a name at any depth, one with a slash for the path below the folder that is read; and what holds for a
folder holds for all that is in it.
"""

from __future__ import annotations

import os
import re
from functools import cache

from pipeline.errors import UsageError
from pipeline.expression import expression
from pipeline.wording import spelled

_SIGN = expression(r"\*\*/|\*\*|[*?]|\[!?\]?[^\]/]*\]")
_SIGNS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def is_pattern(text: str) -> bool:
    """Whether a part of a path has signs that stand for other characters."""
    return _SIGN.search(text) is not None


def holds(pattern: str, path: str) -> bool:
    """Whether a pattern holds for the file at `path` below its folder.

    Raises:
        UsageError: it is no pattern.
    """
    return compiled(pattern).match(path) is not None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression that is matched at the beginning of a path.

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
