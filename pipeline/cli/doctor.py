"""`pipeline doctor`"""

from __future__ import annotations

import sys

import click

from pipeline.cli import terminal


@click.command()
def command() -> None:
    """Look at this installation: Python, libraries, extras, and a small run.

    Exit code 0 when all that is needed works, 1 when something does not.
    """
    from pipeline import doctor

    bad = 0
    for finding in doctor.examine():
        terminal.say(f"{'FAILED' if finding.is_bad else 'ok':6} {finding.what}: {finding.state}")
        bad += finding.is_bad
    sys.exit(1 if bad else 0)
