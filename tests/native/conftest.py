"""Kernels are compared with their counterparts where they were compiled; CI insists that they were."""

from __future__ import annotations

import os

import pytest

from pipeline import native

REQUIRED = "kernels" in os.environ.get("PIPELINE_REQUIRE", "").split(",")


@pytest.fixture(autouse=True)
def compiled() -> None:
    """There are kernels."""
    if native.kernels is None and not REQUIRED:
        pytest.skip("needs the compiled kernels, and so a C compiler; PIPELINE_REQUIRE=kernels insists on them")
