"""`pipeline schema`"""

from __future__ import annotations

from importlib import resources

import click


@click.command()
def command() -> None:
    """Print the JSON Schema of the output files: one definition for the lines of each."""
    click.echo(resources.files("pipeline.data").joinpath("schema.json").read_text(encoding="utf-8"), nl=False)
