"""What a run was asked to do, kept in OUT beside what it has made, so that it can be asked again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from pipeline import jsonlines
from pipeline.config import Config, FileFormat
from pipeline.errors import UsageError
from pipeline.read.chosen import Chosen
from pipeline.read.outputs import PRIVATE

NAME = "asked.json"


class Asked(Struct, frozen=True, kw_only=True):
    """The arguments of a run."""

    folder: str
    """The working folder, which names of inputs may start at."""
    inputs: tuple[str, ...]
    lists: tuple[str, ...]
    """Files that name more inputs."""
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    follow: bool
    against: tuple[str, ...]
    format: FileFormat
    config: Config

    @property
    def chosen(self) -> Chosen:
        """Which files below folders are inputs."""
        return Chosen(self.include, self.exclude)


def keep(out: Path, asked: Asked) -> None:
    """Keep it in the output folder `out`, whose last run it was.

    Raises:
        OSError: it cannot be written.
    """
    path = out / PRIVATE / NAME
    staged = path.with_suffix(".new")
    # Names as they are, also those that are not UTF-8, which only escapes of JSON can say
    staged.write_text(json.dumps(msgspec.to_builtins(asked), indent=2) + "\n")
    os.replace(staged, path)


def recall(out: Path) -> Asked:
    """What the last run in `out` was asked to do.

    Raises:
        UsageError: that is not known.
    """
    try:
        return jsonlines.convert(json.loads((out / PRIVATE / NAME).read_bytes()), Asked)
    except (OSError, ValueError, UsageError):
        raise UsageError(
            f"{out}: what its run was asked to do is not known, as where the folder was copied without "
            f"{PRIVATE}: give `pipeline clean` its inputs again"
        ) from None
