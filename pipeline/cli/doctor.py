"""`pipeline doctor`"""

from __future__ import annotations

import sys

import click

from pipeline.cli import options, terminal


@click.command()
@options.as_json("a line for each finding")
def command(as_json: bool) -> None:
    """Look at this installation: Python, libraries, extras, and a small run.

    Exit code 0 when all that is needed works, 1 when something does not.
    """
    from pipeline import doctor
    from pipeline.answers import DoctorAnswer

    bad = 0
    for finding in doctor.examine():
        if as_json:
            terminal.say_row(DoctorAnswer(what=finding.what, state=finding.state, ok=not finding.is_bad))
        else:
            state: terminal.Style = "bad" if finding.is_bad else "good"
            said = "FAILED" if finding.is_bad else "ok"
            terminal.say_styled([(f"{said:6}", state), (f" {finding.what}: {finding.state}", "plain")])
        bad += finding.is_bad
    sys.exit(1 if bad else 0)
