"""Kernels in C, which do in one pass over characters or columns what takes NumPy many: the same bits, some times as fast.

They are compiled when the program is installed, if there is a compiler; without one everything works, more slowly. Each
has a counterpart in Python, beside its only caller, which says what is right: tests/native compares them. Set
`PIPELINE_NATIVE=0` to go without.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

VERSION = 11
"""That of the kernels, as kernels.h has it. Compiled ones of another are left alone: the program was brought up to date, and
not installed again."""


def is_off() -> bool:
    """Whether the environment says to go without."""
    return os.environ.get("PIPELINE_NATIVE") == "0"


def _loaded() -> ModuleType | None:
    if is_off():
        return None
    try:
        found = import_module("pipeline.native._kernels")
    except ImportError:
        return None
    return found if getattr(found, "VERSION", None) == VERSION else None


kernels = _loaded()
"""The compiled kernels; None where they are not to be had."""

counterparts: dict[str, Callable[..., Any]] = {}
"""The functions in Python in whose place kernels stand, by the name of the kernel"""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Decorate a function that a kernel of its name takes the place of, where there are kernels: both are called alike."""
    counterparts[function.__name__] = function
    if kernels is None:
        return function
    kernel: _Function = getattr(kernels, function.__name__)
    return kernel
