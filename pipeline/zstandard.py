"""The one door to Zstandard."""

from __future__ import annotations

import sys
from typing import Any


def zstandard() -> Any:
    """The library for zstandard, which Python brings along from 3.14 on."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
