"""Kernels in C, which do in one pass over characters or columns what takes NumPy many: the same bits, some times as fast.

They are compiled when the program is installed, if there is a compiler; without one everything works, more slowly. Each
has a counterpart in Python, beside its only caller, which says what is right: tests/native compares them. Set
`PIPELINE_NATIVE=0` to go without.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType


def _loaded() -> ModuleType | None:
    if os.environ.get("PIPELINE_NATIVE") == "0":
        return None
    try:
        return import_module("pipeline.native._kernels")
    except ImportError:
        return None


kernels = _loaded()
"""The compiled kernels; None where they are not to be had."""
