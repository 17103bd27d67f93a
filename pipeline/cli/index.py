"""`pipeline index OUT...`"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import options, terminal
from pipeline.wording import plural


@click.command()
@click.argument("outs", nargs=-1, required=True, metavar="OUT...", type=click.Path(path_type=Path))
@options.as_json("a line for each")
def command(outs: tuple[Path, ...], as_json: bool) -> None:
    """Index the output folders OUT, so that `pipeline match` answers at once.

    The index lies in OUT itself. Of a folder that has one already only what is new since is added.
    """
    from pipeline.answers import IndexAnswer
    from pipeline.match import query

    for out, count in zip(outs, query.index(outs), strict=True):
        if as_json:
            terminal.say_row(IndexAnswer(out=str(out), documents=count))
        else:
            terminal.say(f"{out}: {plural(count, 'document')} {'is' if count == 1 else 'are'} indexed")
