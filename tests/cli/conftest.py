"""A command run in this process, which is twenty times as fast as one of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pipeline import cli

Said = Callable[..., tuple[int, str, str]]
Told = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """A command: exit code, what it prints, what it says beside that."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pipeline", *map(str, arguments)])
        code = cli._run()
        return (code, *capfd.readouterr())

    return run


@pytest.fixture
def told(said: Said) -> Told:
    """What a command prints with `--json`: a dictionary a line. It ends with the exit code `code`, or 0."""

    def run(*arguments: object, code: int = 0) -> list[dict[str, Any]]:
        got, printed, problem = said(*arguments, "--json")
        assert got == code, problem
        return [json.loads(line) for line in printed.splitlines()]

    return run
