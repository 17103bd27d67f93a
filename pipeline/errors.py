"""Errors, named by how far the damage reaches: one input, or the whole run.

A damaged input is never an exception that leaves the pipeline: it becomes a `Failure` record and the run goes on.
"""

from __future__ import annotations


class PipelineError(Exception):
    """A run cannot go on. The message says what is wrong, where, and what to do; the command line prints it alone."""

    exit_code = 2


class UsageError(PipelineError):
    """The command, the configuration or a rule file is wrong."""


class OutputError(PipelineError):
    """The output folder cannot be written, or is not ours to overwrite."""

    exit_code = 4


class OutputBusyError(PipelineError):
    """Another run holds the output folder."""

    exit_code = 5


class InputError(Exception):
    """One input gives no record, or only part of one. Caught at the stage's edge and turned into a `Failure`.

    `reason` is a stable, machine-readable name such as `binary`, `empty` or `truncated`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
