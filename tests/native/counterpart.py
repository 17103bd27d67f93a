"""What compiled kernels are compared with: the same functions in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pipeline import native


def both(function: Callable[..., Any], *args: Any) -> tuple[Any, Any]:
    """What a function gives with the kernels, and without them."""
    assert native.kernels is not None
    compiled = function(*args)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "kernels", None)
        return compiled, function(*args)


def assert_same_columns(one: Any, two: Any) -> None:
    """Arrays, or tuples of them, of the same kind and with the same numbers."""
    if isinstance(one, tuple):
        assert len(one) == len(two)
        for left, right in zip(one, two, strict=True):
            assert_same_columns(left, right)
        return
    assert one.dtype == two.dtype
    assert one.flags.writeable
    np.testing.assert_array_equal(one, two)
