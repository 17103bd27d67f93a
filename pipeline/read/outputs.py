"""Output folders of runs, as they are met among inputs: what the program itself has written is nobody's page."""

from __future__ import annotations

import os

PRIVATE = ".pipeline"
"""The folder inside OUT that is ours alone: lock, staging, store. Its presence says that OUT is ours to replace."""
MANIFEST = "manifest.json"
_SIGNS = (b'"schema_version"', b'"pipeline_version"')
_HEAD = 4096
"""Bytes; a manifest begins with the versions, and may have a row for each of a million inputs."""


def passed_over(folder: str) -> str:
    """What is said of an output folder that was met below an input folder."""
    return f"{folder}: is the output folder of a run, and passed over; to read files of it, name them"


def is_output(folder: str) -> bool:
    """Whether a run has written this folder, or it is a copy of such a one."""
    if os.path.isdir(os.path.join(folder, PRIVATE)):
        return True
    path = os.path.join(folder, MANIFEST)
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return all(sign in head for sign in _SIGNS)
