"""What stands beside the name of who wrote a contribution to a thread, and is no name: buttons, ranks, advertisements."""

from __future__ import annotations

from functools import cache

from pipeline import toml_file


@cache
def labels() -> frozenset[str]:
    """All of it, in lower case, whole."""
    return toml_file.phrases("signers.toml")
