"""`pipeline rules list|test`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import terminal

if TYPE_CHECKING:
    from pipeline.judge.rules.book import Rule


@click.group()
def command() -> None:
    """Look at and test boilerplate rules."""


@command.command("list")
def list_rules() -> None:
    """Print the built-in rules: id, category, verdict, and why each exists."""
    from pipeline.judge.rules.files import builtin_rules

    for rule in builtin_rules():
        terminal.say(f"{rule.id:32} {rule.category:12} {rule.verdict:6} {rule.why}")


@command.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def test_rules(files: tuple[Path, ...]) -> None:
    """Check the examples of the rule FILEs, or of the built-in rules: exit code 1 where one does not hold."""
    from pipeline.config import read_rules
    from pipeline.judge.rules import files as rule_files

    found: list[Rule] = []
    read_rules(files, lambda text, name: found.extend(rule_files.parse(text, name)))
    found = found or list(rule_files.builtin_rules())
    problems = rule_files.check(found)
    for problem in problems:
        terminal.say(problem, error=True)
    terminal.say(f"{len(found)} rules: " + (f"{len(problems)} problems" if problems else "all examples hold"))
    sys.exit(1 if problems else 0)
