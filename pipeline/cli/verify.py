"""`pipeline verify OUT [--against INPUT]`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--against", multiple=True, metavar="INPUT", help="Check that OUT belongs to these files and folders.")
@options.as_json("the result")
def command(out: Path, against: tuple[str, ...], as_json: bool) -> None:
    """Check OUT: every hash, every tiling, every offset.

    Exit code 0 when all holds, 1 when something does not.
    """
    from pipeline.answers import VerifyAnswer
    from pipeline.write import verify as audit

    result = audit.audit(out, against)
    if as_json:
        terminal.say_row(
            VerifyAnswer(
                out=str(out),
                documents=result.documents,
                chars=result.chars,
                edits=result.edits,
                unaccounted=result.unaccounted,
                problems=tuple(result.problems),
            )
        )
        sys.exit(1 if result.problems else 0)
    for problem in result.problems:
        terminal.say(problem, error=True)
    terminal.say(
        f"{plural(result.documents, 'document')}, {plural(result.chars, 'character')} of source, "
        f"{plural(result.edits, 'edit')}, {plural(result.unaccounted, 'character')} unaccounted for: "
        + (plural(len(result.problems), "problem") if result.problems else "all holds")
    )
    sys.exit(1 if result.problems else 0)
