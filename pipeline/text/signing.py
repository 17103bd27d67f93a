"""What stands beside the name of who wrote a contribution to a thread, and is no name: buttons, ranks, advertisements."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def labels() -> frozenset[str]:
    """All of it, in lower case, whole."""
    tables = tomllib.loads(files("pipeline.data").joinpath("signers.toml").read_text("utf-8"))
    return frozenset(label for labels in tables.values() for label in labels)
