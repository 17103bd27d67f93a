"""The door to the compiled path: whether to go through it is decided here."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

WORTH_LOADING = 32_000_000
"""Characters from which loading numba, about a second, is made up for by what it saves."""


def kernels(chars: int) -> ModuleType | None:
    """`pipeline.match.core.fast`, if numba is installed and either loaded already or worth loading for so much."""
    name = "pipeline.match.core.fast"
    if name in sys.modules or chars >= WORTH_LOADING:
        try:
            return importlib.import_module(name)
        except ImportError:
            return None
    return None
