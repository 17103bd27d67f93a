"""A file that somebody asked for by its name: it is there whole, or as it was before."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from pipeline.errors import OutputError


def write(path: Path, data: str | bytes) -> None:
    """Write a file beside `path`, and give it that name once all of it is written. Text is UTF-8.

    Raises:
        OutputError: it cannot be written; what was there before still is.
    """
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    place = Path(os.path.realpath(path))  # what a link leads to, not the link
    staged = place.with_name(f".{token_hex(8)}.part")
    try:
        if place.exists() and not place.is_file():  # a pipe or a terminal, which has nothing beside it
            place.write_bytes(content)
            return
        staged.write_bytes(content)
        os.replace(staged, place)
    except OSError as error:
        with suppress(OSError):
            staged.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
