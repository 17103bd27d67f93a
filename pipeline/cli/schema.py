"""`pipeline schema`"""

from __future__ import annotations

import click

from pipeline.cli import terminal


@click.command()
def command() -> None:
    """Print the JSON Schema of the output files: one definition for the lines of each."""
    from pipeline.write.json_schema import json_schema_text

    terminal.say(json_schema_text(), newline=False)
