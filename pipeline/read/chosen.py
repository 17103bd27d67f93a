"""Which files below an input folder are inputs: patterns to include and exclude, as `.gitignore` has them.

What a pattern is, `pipeline/patterns.py` says. Of the patterns to exclude the last one that matches decides; `!` before it takes
a file back in.
"""

from __future__ import annotations

import os

from msgspec import Struct

from pipeline import patterns
from pipeline.errors import UsageError

IGNORE_FILE = ".pipelineignore"


class Chosen(Struct, frozen=True):
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
        if self.include and not any(patterns.holds(pattern, path) for pattern in self.include):
            return False
        wanted = True
        for pattern in self.exclude:
            if patterns.holds(pattern.removeprefix("!"), path):
                wanted = pattern.startswith("!")
        return wanted


ALL = Chosen()
