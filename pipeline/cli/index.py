"""`pipeline index OUT...`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import terminal


@click.command()
@click.argument("outs", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))
def command(outs: tuple[Path, ...]) -> None:
    """Index the output folders OUT, so that `pipeline match` answers at once.

    The index lies in OUT itself. Of a folder that has one already only what is new since is added.
    """
    from pipeline.match import query

    for out, count in zip(outs, query.index(outs), strict=True):
        terminal.say(f"{out}: {count:,} documents are indexed")
