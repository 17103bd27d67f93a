"""`pipeline stats OUT`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import options, terminal

FAILED = 1


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="End with exit code 1 where it is true: 'removed>40%', 'failures>0', 'quality<0.8'. Give it again for more.",
)
@options.as_json("the figures")
def command(out: Path, conditions: tuple[str, ...], as_json: bool) -> None:
    """Print an output folder in figures: documents, shares removed, failed and empty, quality."""
    from pipeline.answers import StatsAnswer
    from pipeline.explain import stats
    from pipeline.write.output import finished

    figures = stats.stats(finished(out))
    true = [condition for condition in conditions if stats.holds(condition, figures)]
    if as_json:
        terminal.say_row(StatsAnswer(**figures))  # type: ignore[arg-type]  # counts are whole
    else:
        width = max(map(len, figures))
        for name, value in figures.items():
            terminal.say(f"{name:{width}}  {f'{value:,}' if isinstance(value, int) else f'{value:.2%}'}")
    for condition in true:
        terminal.complain(f"{condition} is true of {out}")
    sys.exit(FAILED if true else 0)
