"""`pipeline verify OUT [--against INPUT]`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import terminal


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--against", multiple=True, metavar="INPUT", help="Check that OUT belongs to these files and folders.")
def command(out: Path, against: tuple[str, ...]) -> None:
    """Check OUT: every hash, every tiling, every offset.

    Exit code 0 when all holds, 1 when something does not.
    """
    from pipeline.write import verify as audit

    result = audit.audit(out, against)
    for problem in result.problems:
        terminal.say(problem, error=True)
    terminal.say(
        f"{result.documents} documents, {result.chars} characters of source, {result.edits} edits, "
        f"{result.unaccounted} characters unaccounted for: "
        + (f"{len(result.problems)} problems" if result.problems else "all holds")
    )
    sys.exit(1 if result.problems else 0)
